"""This module knows that each form of the portal, filled in, leaves exactly its entries, and nothing where it has to be refused.

The forms and what they leave are in `tests/house/deeds`. Codes in brackets are those of the security page's table.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from portal.desk import Declared
from portal.security import HEADERS
from protocols.actions import Action, Event
from sharing.errors import UnreachableError
from tests.house.access_world import changed_tables, filled, open_counter, send
from tests.house.deeds import DEEDS, Deed, DeedWorld, Sending, poisoned
from tests.house.deeds.partnership import AISHA, BYSTANDER, ELSEWHERE, MIRIAM, PEOPLE, RUTH, TOM
from tests.house.written import access_table
from tests.portal.conftest import BASE
from tests.portal.coordinator_world import HERE

TABLE = access_table()
FORMS = {row["path"]: row for row in TABLE if row["method"] != "GET"}
UNDRIVEN: dict[str, str] = {}
"""Forms that cannot be driven here, and why. The list is empty and should stay so."""

HELD_BY_SOME = [deed for deed in DEEDS if not FORMS[deed.route]["roles"][0].startswith("anybody")]
EVERY = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
STYLES = {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ENDING = {Action.SIGN_IN, Action.SIGN_OUT}
"""Pages that end the session that other tests go on with; here they are asked for by nobody's session."""
CODES = {"owner", "supplier", "with_organisation", "members"}
"""Inputs that name an organisation."""


@pytest.fixture(scope="module")
def opened(module_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeedWorld]:
    """One partnership for the module: each deed makes what it needs."""
    world = DeedWorld(open_counter(module_database, tmp_path_factory.mktemp("forms")))
    yield world
    world.store.close()


@pytest.fixture
def world(opened: DeedWorld) -> Iterator[DeedWorld]:
    """The partnership; whatever a test asked, every answer carried the headers and only cookies that are kept from scripts."""
    opened.watched.answers.clear()
    yield opened
    for asked, status, headers in opened.watched.answers:
        assert unprotected(headers, is_built="/static/" in asked) == [], (asked, status)


def unprotected(headers: list[tuple[str, str]], *, is_built: bool = False) -> list[str]:
    """What is wrong with an answer's headers and cookies."""
    found = dict(headers)
    wrong = [name for name, value in HEADERS.items() if found.get(name) != value]
    if re.search("unsafe|\\*", found.get("Content-Security-Policy", "*")):
        wrong.append("the policy lets something unsafe in")
    if found.get("Cache-Control") != ("public, max-age=31536000, immutable" if is_built else "no-store"):
        wrong.append(f"Cache-Control: {found.get('Cache-Control')}")
    return wrong + [cookie for name, cookie in headers if name == "Set-Cookie" and not is_kept(cookie)]


def is_kept(cookie: str) -> bool:
    """Whether a cookie belongs to this host alone, travels by TLS alone, and shows itself to no script."""
    name, *styles = re.split(r";\s*", cookie)
    return name.startswith("__Host-") and set(styles) >= STYLES and not re.search("domain=", cookie, re.IGNORECASE)


def kinds(entries: list[dict]) -> Tally[str]:
    return Tally(entry["type"] for entry in entries)


def succeeded(answer) -> bool:
    return answer.status_code in {200, 302} and "/account/confirm" not in (answer.location or "")


# --- entries (D1) ----------------------------------------------------------------------------------


def test_every_form_is_driven():
    assert set(FORMS) - {deed.route for deed in DEEDS} == set(UNDRIVEN)
    assert {deed.route for deed in DEEDS} <= set(FORMS)
    assert len(FORMS) >= 58
    assert len(DEEDS) >= 71
    assert len({deed.name for deed in DEEDS}) == len(DEEDS)


@EVERY
def test_a_form_that_succeeds_leaves_exactly_its_entries(world: DeedWorld, deed: Deed):
    sending = deed.prepare(world)
    before = world.sizes()
    answer = world.send(sending)
    assert succeeded(answer), (answer.status_code, sending.visitor.errors(answer))
    left = world.entries_since(before)
    assert kinds(left) == Tally(map(str, deed.events))
    for entry in left:
        if deed.route.startswith("/account/") and "/people" not in deed.route:
            assert entry["log"].split("/")[1] == "operator"
        elif deed.route.startswith(
            "/given/"
        ):  # whoever has link and code, and no account: in the log of the partnership
            assert [entry[name] for name in ("actor", "organisation", "partnership")] == ["anonymous", None, HERE]
            assert entry["log"].split("/")[1] == HERE
        else:
            actor = world.actor(next(email for email, visitor in world.visitors.items() if visitor is sending.visitor))
            said = [entry[name] for name in ("actor", "organisation", "partnership")]
            assert said == [actor.pseudonym, actor.organisation, HERE]
            assert entry["log"].split("/")[1] == HERE


# --- forms of others' (A6, F1) ---------------------------------------------------------------------


@pytest.mark.parametrize("deed", HELD_BY_SOME, ids=lambda deed: deed.name)
def test_who_does_not_hold_the_action_changes_nothing_with_the_whole_form_and_each_try_is_one_entry(
    world: DeedWorld, deed: Deed
):
    roles = set(FORMS[deed.route]["roles"])
    sending = deed.prepare(world)
    others = [email for email in PEOPLE if not roles & set(map(str, world.actor(email).roles))]
    assert {RUTH, MIRIAM} - set(others) <= ({MIRIAM} if "auditor" in roles else set())
    for email in others:
        world.as_(email)
    state, before = world.state(), world.sizes()
    statuses = [world.send(replace(sending, visitor=world.as_(email))).status_code for email in others]
    assert statuses == [403] * len(others)
    assert kinds(world.entries_since(before)) == Tally({str(Event.DENIED): len(others)})
    assert changed_tables(state, world.state()) == []


def without_a_true_token(world: DeedWorld, sending: Sending) -> dict[str, int]:
    """How a whole form is answered that nobody of this session meant to send."""
    own, anonymous = world.token(sending.visitor), world.token(world.counter.anonymous())
    theirs = world.token(next(world.as_(email) for email in PEOPLE if world.as_(email) is not sending.visitor))
    answers = {
        "none": world.send(sending, token=""),
        "wrong": world.send(sending, token="wrong"),
        "a changed one": world.send(sending, token=own.swapcase()),
        "another session's": world.send(sending, token=theirs),
        "of nobody's session": world.send(sending, token=anonymous),
        "sent from another site": world.send(sending, token=own, headers={"Origin": "https://evil.example"}),
        "sent from a hidden origin": world.send(sending, token=own, headers={"Origin": "null"}),
    }
    fields = {**sending.fields, "csrf_token": own, "idempotency_key": uuid.uuid4().hex}
    for kind, body in (("text/plain", urlencode(fields, doseq=True)), ("application/json", json.dumps(fields))):
        answers[kind] = sending.visitor.client.post(
            sending.to, base_url=BASE, data=body, content_type=kind, query_string=sending.query
        )
    return {why: answer.status_code for why, answer in answers.items()}


@EVERY
def test_a_whole_form_is_refused_unless_its_own_session_sent_it_from_our_pages(world: DeedWorld, deed: Deed):
    sending = deed.prepare(world)
    own = world.token(sending.visitor)
    for email in PEOPLE[:2]:
        world.as_(email)
    state, before = world.state(), world.sizes()
    answers = without_a_true_token(world, sending)
    assert {why: status for why, status in answers.items() if status not in {400, 403}} == {}
    assert len(answers) == 9
    asked = {**sending.fields, "csrf_token": own, **sending.query}
    assert sending.visitor.get(sending.to, query_string=asked).status_code < 500
    assert changed_tables(state, world.state()) == []
    assert kinds(world.entries_since(before)) == Tally()
    if deed.route == "/account/phone":
        sending = deed.prepare(world)  # each look at that page shows another seed
    kept = world.send(sending, headers={"Origin": BASE})
    assert succeeded(kept), "the form that was refused has to be one that would have been taken"


# --- others' ids (A5) ------------------------------------------------------------------------------


def carriers(sending: Sending) -> Iterator[str]:
    """The form's own inputs that hold an id or an organisation's code."""
    for name, value in sending.fields.items():
        if name in CODES or UUID.search(str(value)):
            yield name


@EVERY
def test_ids_of_others_beside_ones_own_have_no_effect(world: DeedWorld, deed: Deed):
    sending = deed.prepare(world)
    theirs = [world.rows_about(partnership=ELSEWHERE), world.rows_about(organisation=BYSTANDER)]
    assert min(map(len, theirs)) >= 10
    before = world.sizes()
    answer = world.send(poisoned(sending, world.elsewhere.ids, world.ids))
    assert succeeded(answer), (answer.status_code, sending.visitor.errors(answer))
    assert [world.rows_about(partnership=ELSEWHERE), world.rows_about(organisation=BYSTANDER)] == theirs
    left = world.entries_since(before)
    assert kinds(left) == Tally(map(str, deed.events))
    assert named(json.dumps(left), world.elsewhere.ids) + named(json.dumps(left), world.ids) == []


@pytest.mark.parametrize("stranger", ["another partnership", "another organisation"])
def test_ids_of_others_in_a_forms_own_inputs_reach_nothing_of_theirs(world: DeedWorld, stranger: str):
    is_far, tried = stranger == "another partnership", 0
    ids, code = (world.elsewhere.ids, "model-homes") if is_far else (world.ids, BYSTANDER)
    strange = [str(ids[name]) for name in ("officer_id", "action_id", "request_id")]
    for deed in DEEDS:
        if not is_far and "own-organisation" not in rules_of(deed):
            continue
        sending = deed.prepare(world)
        theirs = [world.rows_about(partnership=ELSEWHERE), world.rows_about(organisation=BYSTANDER)]
        before = world.sizes()
        for name in carriers(sending):
            for value in strange if name not in CODES else (code, f"{code}|{ids['officer_id']}"):
                answer = world.send(replace(sending, fields={**sending.fields, name: value}))
                assert answer.status_code < 500, (deed.name, name)
                tried += 1
        assert named(json.dumps(world.entries_since(before)), ids) == [], deed.name
        assert [world.rows_about(partnership=ELSEWHERE), world.rows_about(organisation=BYSTANDER)] == theirs, deed.name
    assert tried >= (30 if is_far else 10)


def test_a_whole_form_that_is_sent_to_somebody_elses_thing_does_nothing_to_it(world: DeedWorld):
    tried = 0
    for deed in DEEDS:
        for ids in (world.elsewhere.ids, world.ids):
            thing, *_ = re.findall(r"<uuid:(\w+)>", deed.route) or (
                "",
            )  # what a thing of a thing belongs to comes first
            is_near = ids is world.ids
            if thing not in ids or thing == "hotspot_id" or (is_near and thing == "meeting_id"):
                continue  # a meeting and a published place belong to the whole partnership
            sending = deed.prepare(world)
            path = UUID.sub(str(ids[thing]), sending.to, count=1)
            theirs = [world.rows_about(partnership=ELSEWHERE), world.rows_about(organisation=BYSTANDER)]
            before = world.sizes()
            answer = world.send(replace(sending, to=path))
            tried += 1
            unknown = not is_near or thing in {"request_id", "visit_id", "assessment_id"}
            expected = (
                {404} if unknown else {403, 404, 409, 422}
            )  # actions and officers are the whole partnership's to see
            assert answer.status_code in expected, (deed.name, answer.status_code)
            assert [world.rows_about(partnership=ELSEWHERE), world.rows_about(organisation=BYSTANDER)] == theirs, (
                deed.name
            )
            denied = {str(Event.DENIED): 1} if answer.status_code == 403 else {}
            assert kinds(world.entries_since(before)) == Tally(denied), deed.name
    assert tried >= 35


def rules_of(deed: Deed) -> tuple[str, ...]:
    from protocols.permits import RULES

    return RULES[Action(FORMS[deed.route]["action"])]


def named(text: str, ids: dict[str, uuid.UUID]) -> list[str]:
    """Which of these ids stand in a text; a place on the published list is everybody's."""
    return [name for name, value in ids.items() if str(value) in text and name != "hotspot_id"]


# --- answers (F4, F5) ------------------------------------------------------------------------------


def test_every_kind_of_answer_of_every_route_carries_the_headers_and_kept_cookies(world: DeedWorld, monkeypatch):
    people = {role: email for email in reversed(PEOPLE) for role in map(str, world.actor(email).roles)}
    for row in TABLE:
        anonymous = world.counter.anonymous()
        signed_in = world.as_(people.get(row["roles"][0], PEOPLE[0]))
        for visitor in (anonymous,) if row["action"] in ENDING else (signed_in, anonymous):
            send(visitor, row["method"], filled(row["path"], world.ids), world.token(visitor))
    break_things(world, monkeypatch)
    fetch_files(world)
    answers = world.watched.answers
    assert {200, 302, 400, 403, 404, 405, 413, 500, 503} <= {status for _, status, _ in answers}
    assert len(answers) >= 2 * len(TABLE)
    files = {
        dict(headers)["Content-Type"].split(";")[0]
        for _, _, headers in answers
        if "Content-Disposition" in dict(headers)
    }
    assert len(files) >= 5, files
    cookies = [value for _, _, headers in answers for name, value in headers if name == "Set-Cookie"]
    assert len(cookies) >= 100
    assert all(unprotected(headers, is_built="/static/" in asked) == [] for asked, _, headers in answers)


def break_things(world: DeedWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for what is not there, too large, forbidden, and for pages that fail."""
    visitor, views = world.as_(PEOPLE[0]), world.counter.app.view_functions
    for method, path in (("get", "/nothing-here"), ("put", "/help"), ("trace", "/help"), ("get", "/auditor/log")):
        getattr(visitor.client, method)(path, base_url=BASE)
    visitor.client.get("/", base_url="https://evil.example")
    visitor.client.get("/static/nothing.css", base_url=BASE)
    too_large = {"CONTENT_LENGTH": str(10**9), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    visitor.client.post("/landlord/returns/send", base_url=BASE, environ_overrides=too_large)
    for endpoint, error in (("public.help_", RuntimeError("x")), ("public.cookies", UnreachableError("x"))):
        found = endpoint if endpoint in views else next(name for name in views if name.startswith("public."))

        def fail(error: Exception = error):
            raise error

        fail.accord = Declared(Action.OPEN_PUBLIC_PAGE)  # type: ignore[attr-defined]
        with monkeypatch.context() as patch:
            patch.setitem(views, found, fail)
            rule = next(rule.rule for rule in world.counter.app.url_map.iter_rules() if rule.endpoint == found)
            assert visitor.get(rule).status_code in {500, 503}


def fetch_files(world: DeedWorld) -> None:
    """Fetch a file of each kind that the portal gives."""
    year, meeting = world.store.clock.now().year, world.meeting()
    for email, path in (
        (TOM, "/coordinator/hotspots.csv"),
        (PEOPLE[0], f"/coordinator/meetings/{meeting}/minutes.docx"),
        (AISHA, "/landlord/returns/2026-Q3/quarterly/template.xlsx"),
        (MIRIAM, f"/auditor/receipts/{world.ids['entry_id']}.tlog-proof"),
        (MIRIAM, f"/auditor/ledger/{year}/head"),
    ):
        answer = world.as_(email).get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Content-Disposition"].startswith("attachment"), path
    export = next(deed for deed in DEEDS if deed.route.endswith("/export"))
    assert world.send(export.prepare(world)).status_code == 200


def test_a_cookie_or_header_that_is_missing_or_weak_is_seen():
    headers = [*HEADERS.items(), ("Cache-Control", "no-store")]
    good = "__Host-accord=x; Secure; HttpOnly; Path=/; SameSite=Lax"
    assert unprotected([*headers, ("Set-Cookie", good)]) == []
    for weak in ("Secure; ", "HttpOnly; ", "Path=/; ", "SameSite=Lax", "__Host-"):
        assert unprotected([*headers, ("Set-Cookie", good.replace(weak, ""))])
    assert unprotected([*headers, ("Set-Cookie", f"{good}; Domain=example.org")])
    for gone in range(len(headers)):
        assert unprotected(headers[:gone] + headers[gone + 1 :])
