"""This module knows that access is what the committed table says: by role, by form token, for what is one's own."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from portal.app import create_app
from protocols.roles import Role
from tests.conftest import DATABASES
from tests.house.access_world import (
    ROLES,
    AccessWorld,
    address,
    build,
    changed_tables,
    filled,
    neighbour,
    open_counter,
    send,
)
from tests.house.written import ACCESS, access_table, access_text
from tests.portal.conftest import BASE, Counter

ROOT = Path(__file__).resolve().parents[2]
TABLE = json.loads(ACCESS.read_text()) if ACCESS.exists() else []
LIVE = access_table()
ROUTES = [row for row in LIVE if row["action"] not in {"account:sign_in", "account:sign_out"}]
"""All but the steps of signing in and out, which end the session that other cells need; `test_sign_in_pages.py` has them."""

OF_THE_MODEL = {
    "auditor": "auditor@council.example",
    "coordinator": "coordinator@council.example",
    "officer": "officer@police.example",
    "liaison-officer": "liaison@homes.example",
}
"""Role → somebody who can reach the things that there are."""

OWN_THINGS = {"request_id", "visit_id", "entry_id"}
"""What belongs to the organisations that have a part in it.

A meeting, an action, a disclosure are the whole partnership's, and so is the list of its officers: who is there is no secret.
"""

MUTATING = [row for row in LIVE if row["method"] != "GET"]


@pytest.fixture(scope="module", params=DATABASES)
def module_kind(request: pytest.FixtureRequest) -> str:
    """Everything here is asked on both databases."""
    return str(request.param)


@pytest.fixture(scope="module")
def world(module_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccessWorld]:
    """One application for the module."""
    made = build(open_counter(module_database, tmp_path_factory.mktemp("access")))
    yield made
    made.store.close()


@pytest.fixture
def fresh(world: AccessWorld) -> AccessWorld:
    """Everybody signed in and authenticated just now."""
    for email in [*map(address, ROLES), *map(neighbour, ROLES), *OF_THE_MODEL.values()]:
        world.as_(email)
    world.let_authentications_age(timedelta(0))
    return world


def cell(row: dict) -> str:
    return f"{row['method']} {row['path']}"


# --- the table -------------------------------------------------------------------------------------


def test_the_committed_table_is_the_live_one():
    assert len(LIVE) >= 90
    assert ACCESS.read_text() == access_text(), "Access has changed. If it should: python -m tests.house.written"


def test_every_route_declares_an_action():
    assert [cell(row) for row in LIVE if row["action"].startswith("undeclared")] == []


def test_every_route_can_be_used_by_somebody():
    assert [cell(row) for row in LIVE if not row["roles"]] == []


def test_every_view_is_declared_right_below_its_route():
    found = 0
    for path in (ROOT / "portal").glob("*/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                marks = [ast.unparse(mark) for mark in node.decorator_list]
                if any(re.match(r"room\.(get|post|route)\(", mark) for mark in marks):
                    assert marks[-1].startswith("declare(Action."), f"{path.name}:{node.lineno} {node.name}"
                    found += 1
    assert found >= 90


def test_paths_are_kebab_case_with_typed_ids():
    for row in LIVE:
        for part in row["path"].strip("/").split("/"):
            assert re.fullmatch(r"[a-z0-9.-]*(<\w+(:\w+)?>)?[a-z0-9.-]*", part), row["path"]
        assert not re.search(r"<\w*_id>", row["path"]), f"{row['path']}: an id needs its type"


# --- default deny ----------------------------------------------------------------------------------


def test_a_view_without_a_declaration_is_refused_and_the_denial_is_recorded(fresh: AccessWorld):
    settings = fresh.counter.app.extensions["accord.settings"]
    app = create_app(settings, fresh.store)
    app.add_url_rule("/forgotten-to-declare", "forgotten", lambda: "reached")
    other = Counter(app, fresh.store, opened=fresh.counter.opened)
    assert other.anonymous().get("/forgotten-to-declare").status_code == 403
    before = len(fresh.denials())
    visitor = other.anonymous()
    _lend_session(fresh, address(Role.OFFICER), visitor)
    answer = visitor.get("/forgotten-to-declare")
    assert answer.status_code == 403
    assert "reached" not in answer.text
    assert fresh.denials()[before:] == [{"endpoint": "forgotten", "method": "GET", "rule": "undeclared"}]


def _lend_session(world: AccessWorld, email: str, visitor) -> None:
    with world.as_(email).client.session_transaction(base_url=BASE) as theirs:
        kept = dict(theirs)
    with visitor.client.session_transaction(base_url=BASE) as mine:
        mine.update(kept)


# --- route x role ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_a_role_meets_each_route_as_the_table_says(fresh: AccessWorld, role: Role):
    visitor = fresh.as_(address(role))
    token = visitor.token("/home")
    before, refused, wrong = len(fresh.denials()), [], []
    for row in ROUTES:
        size = fresh.entries()
        answer = send(visitor, row["method"], filled(row["path"]), token)
        left = fresh.entries() - size
        if left != (1 if answer.status_code == 403 else most_left(row) if answer.status_code < 400 else 0):
            wrong.append((cell(row), answer.status_code, f"{left} entries"))
        if {role.value, "anybody", "anybody signed in"} & set(row["roles"]):
            well = answer.status_code < 500 and "/account/sign-in" not in (answer.location or "")
        else:
            well = answer.status_code == 403
            refused.append((row["method"], fresh.endpoint(row)))
        if not well:
            wrong.append((cell(row), row["roles"], answer.status_code))
    assert wrong == []
    recorded = [facts for facts in fresh.denials()[before:] if facts["rule"] in {"role", "undeclared"}]
    assert [(facts["method"], facts["endpoint"]) for facts in recorded] == refused


def most_left(row: dict) -> int:
    """How many entries an empty form leaves that is taken all the same: it has no inputs, or nothing to do."""
    return 1 if cell(row) == "POST /auditor/ledger" else 0


def test_somebody_not_signed_in_is_led_to_the_sign_in_and_nothing_else(world: AccessWorld):
    before, wrong = world.denials(), []
    for row in LIVE:
        visitor = world.counter.anonymous()
        token = visitor.token("/account/sign-in") if row["method"] != "GET" else ""
        answer = send(visitor, row["method"], filled(row["path"]), token)
        if row["roles"] == ["anybody"]:
            well = answer.status_code < 500 and answer.status_code != 403
        else:
            well = answer.status_code == 302 and answer.location.startswith("/account/sign-in")
        if not well:
            wrong.append((cell(row), answer.status_code, answer.location))
    assert wrong == []
    assert world.denials() == before


def test_what_binds_the_organisation_asks_again_who_one_is(fresh: AccessWorld):
    rows = [row for row in ROUTES if row["fresh"]]
    assert len(rows) >= 5
    fresh.let_authentications_age(timedelta(minutes=16))
    for row in rows:
        visitor = fresh.holding(row["roles"])
        answer = send(visitor, row["method"], filled(row["path"]), visitor.token("/home"))
        assert answer.status_code == 302, cell(row)
        assert answer.location.startswith("/account/confirm?"), cell(row)


# --- forms -----------------------------------------------------------------------------------------


def test_every_form_is_refused_without_the_token_of_its_own_session(fresh: AccessWorld):
    assert len(MUTATING) >= 40
    strange = fresh.counter.anonymous().token("/account/sign-in")
    before, taken = fresh.state(), []
    for row in MUTATING:
        visitor = fresh.holding(row["roles"])
        for why, data in (("none", {}), ("wrong", {"csrf_token": "wrong"}), ("strange", {"csrf_token": strange})):
            answer = visitor.client.post(filled(row["path"]), base_url=BASE, data=data)
            if answer.status_code != 400:
                taken.append((cell(row), why, answer.status_code))
    assert taken == []
    assert changed_tables(before, fresh.state()) == []


def test_a_token_of_ones_own_session_is_taken(fresh: AccessWorld):
    visitor = fresh.as_(address(Role.OFFICER))
    answer = send(visitor, "POST", "/officer/visits/log", visitor.token("/home"))
    assert answer.status_code not in {400, 403} or "came from another place" not in answer.text


def test_reading_a_page_changes_no_business_state(fresh: AccessWorld):
    rows = [row for row in ROUTES if row["method"] == "GET"]
    assert len(rows) >= 50
    people = [(row, who) for row in rows for who in (fresh.holding(row["roles"]), *_of_the_model(fresh, row))]
    before = fresh.state()
    failed = [cell(row) for row, visitor in people if visitor.get(filled(row["path"], fresh.ids)).status_code >= 500]
    assert failed == []
    assert changed_tables(before, fresh.state()) == []


def _of_the_model(world: AccessWorld, row: dict) -> list:
    """Whoever can reach the things that there are."""
    return [world.as_(email) for role, email in OF_THE_MODEL.items() if role in row["roles"]][:1]


# --- others' things --------------------------------------------------------------------------------


def test_the_things_that_are_looked_for_are_there_for_those_who_may(fresh: AccessWorld):
    reached = {
        "/officer/requests/<uuid:request_id>": "officer@police.example",
        "/liaison/requests/<uuid:request_id>": "liaison@homes.example",
        "/auditor/log/<uuid:disclosure_id>": "auditor@council.example",
        "/auditor/receipts/<uuid:entry_id>.tlog-proof": "officer@police.example",
        "/coordinator/meetings/<uuid:meeting_id>": "coordinator@council.example",
        "/officer/actions/<uuid:action_id>": "officer@police.example",
        "/officer/visits/<uuid:visit_id>": "officer@police.example",
    }
    for path, email in reached.items():
        assert fresh.as_(email).get(filled(path, fresh.ids)).status_code == 200, path


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("relation", ["another partnership", "another organisation"])
def test_what_belongs_to_somebody_else_answers_like_what_is_not_there(fresh: AccessWorld, relation: str, role: Role):
    is_far = relation == "another partnership"
    visitor = fresh.as_(address(role) if is_far else neighbour(role))
    different, compared, before = [], 0, fresh.state()
    token = visitor.token("/account/sign-in")
    for row in others_things(fresh, all_of_them=is_far):
        if not is_far and role is Role.AUDITOR and "entry_id" in row["path"]:
            continue  # an auditor of the partnership fetches every receipt
        theirs = send(visitor, row["method"], filled(row["path"], fresh.ids), token)
        nothing = send(visitor, row["method"], filled(row["path"]), token)
        compared += 1
        expected = {404, 403, 400} if role.value in row["roles"] else {403}
        if (theirs.status_code, _body(theirs)) != (
            nothing.status_code,
            _body(nothing),
        ) or theirs.status_code not in expected:
            different.append((cell(row), theirs.status_code, nothing.status_code))
    assert different == []
    assert compared >= (30 if is_far else 9)
    assert changed_tables(before, fresh.state()) == []


def others_things(world: AccessWorld, *, all_of_them: bool) -> list[dict]:
    """The routes about a thing that somebody else has; `all_of_them` or those that are an organisation's own."""
    wanted = set(world.ids) if all_of_them else OWN_THINGS
    return [row for row in ROUTES if set(re.findall(r"<uuid:(\w+)>", row["path"])) & wanted]


def test_the_matrix_has_as_many_cells_as_it_should(world: AccessWorld):
    by_role = len(ROLES) * len(ROUTES)
    by_relation = len(ROLES) * sum(len(others_things(world, all_of_them=far)) for far in (True, False))
    assert by_role + len(LIVE) + by_relation >= 1500


def _body(answer) -> str:
    """A page without its form tokens and its address."""
    text = re.sub(r'value="[^"]*"', "", answer.text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", text)
