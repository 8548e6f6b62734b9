"""`accord protocol diff NEW.toml --partnership P`: what a new text would have done with the record's releases and refusals."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

from portal import cli
from portal.commands import opening
from protocols import world as rulebook
from protocols.actor import Actor
from protocols.world import answer
from sharing import disclosures, partners
from tests.integration.disclosure_world import (
    BORN,
    NAME,
    PARTNERSHIP,
    World,
    make_world,
    partnership_toml,
    protocol_toml,
)


@pytest.fixture
def world(store, monkeypatch) -> World:
    made = make_world(store)

    @contextmanager
    def opened():
        yield store

    monkeypatch.setattr(opening, "opened", opened)
    return made


@pytest.fixture
def diff(world: World, tmp_path, capsys):
    """Replay the record under a text in which one thing is said otherwise; the result."""

    def run(old: str, new: str, *, to: str = PARTNERSHIP) -> dict:
        text = protocol_toml(world.store.clock.today(), version=2)
        assert old in text
        path = tmp_path / "new.toml"
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert cli.main(["protocol", "diff", str(path), "--partnership", to, "--json"]) == cli.DONE
        printed = capsys.readouterr().out
        assert NAME not in printed
        assert BORN not in printed
        result: dict = json.loads(printed)
        return result

    return run


def released(world: World) -> str:
    """A request that the police have had answered: name, age band, address."""
    world.deposit()
    return world.decide(world.ask().request_id).ref


def changes(result: dict) -> list[tuple[str, str, str]]:
    return [(each["kind"], each["case"], each["field"]) for each in result["changes"]]


LINE_1_1 = '"subject.address", "subject.role", "case.reference", "case.stage", "case.history"]'


def test_a_past_release_that_the_new_text_would_refuse_is_listed(world: World, diff):
    ref = released(world)
    result = diff(LINE_1_1, LINE_1_1.replace('"subject.address", ', ""))
    assert changes(result) == [("refused", ref, "subject.address")]
    assert result["changes"][0]["was"]["form"] == "as-is"
    assert result["changes"][0]["now"]["rule"]
    assert (result["cases"], result["strayed"], result["unjudged"]) == (1, [], [])


def test_a_past_refusal_that_the_new_text_would_let_pass_is_listed(world: World, diff):
    world.deposit()
    made = world.ask(fields=(("subject.name", None), ("tenancy.conduct", None)))
    world.decide(made.request_id)
    (past,) = past_cases(world)
    assert past.recorded["tenancy.conduct"] is None
    result = diff(LINE_1_1, LINE_1_1.replace('"case.stage"', '"case.stage", "tenancy.conduct"'))
    assert changes(result) == [("allowed", past.ref, "tenancy.conduct")]


def test_a_text_that_says_the_same_changes_nothing_and_every_case_is_answered_as_it_was(world: World, diff):
    released(world)
    result = diff("version = 2", "version = 2")
    assert (result["cases"], result["changes"], result["strayed"]) == (1, [], [])


def test_each_past_case_is_kept_as_the_rules_judged_it(world: World):
    released(world)
    (past,) = past_cases(world)
    with world.store.reading() as session:
        known = rulebook.load(partners.world(session, PARTNERSHIP))
    told = json.loads(answer(known, json.dumps(past.case)))["fields"]
    assert {code: each["form"] for code, each in told.items()} == past.recorded


def test_a_withdrawal_since_changes_nothing_about_what_was(world: World, diff):
    released(world)
    with world.store.unit(world.actor("signatory@homes.example")) as unit:
        partners.withdraw_from_protocol(unit, partners.WithdrawFromProtocol("MODEL-ISP"))
    assert diff("version = 2", "version = 2")["strayed"] == []


def test_a_refusal_without_a_record_is_named_and_not_judged_again(world: World, diff):
    made = world.ask(subject_ref="NO-SUCH")
    world.decide(
        made.request_id,
        allow={},
        refuse=dict.fromkeys(("subject.name", "subject.dob", "subject.address"), ("legal-bar", "not held")),
    )
    (past,) = past_cases(world)
    result = diff("version = 2", "version = 2")
    assert (result["cases"], result["unjudged"]) == (0, [past.ref])


def past_cases(world: World) -> tuple[disclosures.PastCase, ...]:
    with world.store.reading() as session:
        return disclosures.past_cases(session, PARTNERSHIP)


def test_a_fact_without_days_that_has_changed_since_is_said(world: World, diff):
    ref = released(world)
    text = partnership_toml(world.store.clock.today())
    start = text.index('email = "officer@police.example"')
    changed = text[:start] + text[start:].replace('roles = ["officer"]', 'roles = ["auditor"]', 1)
    with world.store.unit(Actor(operator="test")) as unit:
        partners.load_partnership(unit, changed)
    result = diff("version = 2", "version = 2")
    asked = {f"{ref} {code}" for code in ("subject.name", "subject.dob", "subject.address")}
    assert {each.split(":")[0] for each in result["strayed"]} == asked
    assert "a fact that has no days of its own has changed since" in result["strayed"][0]
