"""What is due goes, what is held stays, nothing goes unseen, and nobody erases what is somebody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from protocols.actions import Event
from protocols.actor import Actor
from sharing import disclosures, requests, retention
from sharing.disclosures import endings
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.retention import PutHold
from sharing.tables import METADATA
from sharing.vault import SealedColumn
from tests.integration.disclosure_world import HISTORY, PARTNERSHIP, World, make_world
from tests.integration.retention_world import EIGHT_YEARS, let_pass

OPERATOR = Actor(operator="test")
PLACE = {"partnership": PARTNERSHIP, "organisation": "model-homes"}


@pytest.fixture
def world(store) -> World:
    """A record that was asked for and given."""
    made = make_world(store)
    made.deposit()
    asked = made.ask()
    made.decide(asked.request_id)
    made.asked = asked.request_id
    return made


def look(world: World, **place: str) -> retention.Preview:
    with world.store.reading() as session:
        return retention.preview(session, world.store.clock.today(), **place)


def erase(world: World, seen: str, actor: Actor = OPERATOR, **place) -> tuple[int, int, str]:
    with world.store.unit(actor) as unit:
        return retention.run(unit, seen, **place)


def the_record(world: World) -> disclosures.RecordView:
    with world.store.reading() as session:
        return disclosures.records_of(session, PARTNERSHIP, "model-homes")[0]


def the_copy(world: World) -> disclosures.DisclosureView:
    with world.store.reading() as session:
        return disclosures.given_to(session, PARTNERSHIP, "model-police")[0]


def hold(world: World, table: str, row_id, email: str = "liaison@homes.example", reason: str = "live-order"):
    command = PutHold(table, row_id, reason, world.store.clock.today() + timedelta(days=90))
    with world.store.unit(world.actor(email)) as unit:
        return retention.put_hold(unit, command)


def lift(world: World, hold_id, email: str = "liaison@homes.example", version: int = 1) -> None:
    with world.store.unit(world.actor(email)) as unit:
        retention.lift_hold(unit, hold_id, version, "ended")


# --- every sealed table ends -----------------------------------------------------------------------


def test_every_table_with_a_sealed_column_has_a_rule_that_empties_each_of_them():
    sealed = {
        name: {column.name for column in table.columns if isinstance(column.type, SealedColumn)}
        for name, table in METADATA.tables.items()
    }
    sealed = {name: columns for name, columns in sealed.items() if columns}
    cells = {rule.cells for rule in retention.RULES.values() if rule.cells}
    assert sealed.keys() - cells == retention.RULES.keys() - {"case_record"}
    assert cells <= sealed.keys()
    for name, rule in retention.RULES.items():
        assert set(rule.columns) == sealed.get(name, set()), name


# --- what is due ------------------------------------------------------------------------------------


def test_nothing_is_due_before_its_day(world: World):
    assert look(world).goes == ()


def test_a_copy_goes_on_its_own_day_while_the_record_stays(world: World):
    let_pass(world.store, (the_copy(world).kept_until - world.store.clock.today()).days)
    seen = look(world)
    assert [(each.table, each.ref, each.organisation) for each in seen.goes] == [
        ("disclosure", the_copy(world).ref, "model-police")
    ]
    assert erase(world, seen.code)[:2] == (1, 0)
    assert the_record(world).state == "live"
    assert look(world).goes == ()
    with world.store.unit(world.actor("officer@homes.example")) as unit:
        assert disclosures.view_own_record(unit, the_record(world).id)["case.history"] == HISTORY


def test_a_copy_goes_with_the_suppliers_limit_when_that_is_the_shorter(world: World):
    record = the_record(world)
    with world.store.unit(world.actor("officer@homes.example")) as unit:
        disclosures.keep_record_until(unit, record.id, world.store.clock.today() + timedelta(days=3))
        unit.record(Event.RECORD_DEPOSITED, about=record.id, facts={"reference": record.reference})
    let_pass(world.store, 3)
    assert {each.table for each in look(world).goes} == {"case_record", "disclosure"}


def test_everything_else_goes_with_the_quarter_that_its_key_ends_in(world: World):
    let_pass(world.store, 2 * 365 + 100)
    assert "information_request" in {each.table for each in look(world).goes}
    erase(world, look(world).code)
    found = world.request(world.asked, "model-police")
    assert found.status == "released"  # what was decided stays
    liaison = world.actor("liaison@homes.example")
    with pytest.raises(NotFoundError, match="Nothing was written"), world.store.unit(liaison) as unit:
        requests.view_words(unit, world.asked)


def test_nothing_goes_that_nobody_has_seen(world: World):
    let_pass(world.store, EIGHT_YEARS)
    with pytest.raises(StaleError, match="Look at it again"):
        erase(world, "0" * 12)
    assert the_record(world).state == "live"


def test_a_few_at_a_time_and_the_code_of_the_rest_goes_on(world: World):
    let_pass(world.store, EIGHT_YEARS)
    gone, left, code = erase(world, look(world).code, most=1)
    assert gone == 1
    assert left > 0
    assert code == look(world).code


def test_an_officer_erases_for_the_own_organisation_alone(world: World):
    let_pass(world.store, EIGHT_YEARS)
    liaison = world.actor("liaison@homes.example")
    with pytest.raises(NotPermittedError) as refused:
        erase(world, look(world).code, liaison)
    assert refused.value.rule == "own-organisation"
    own = look(world, **PLACE)
    assert {each.organisation for each in own.goes} == {"model-homes"}
    assert erase(world, own.code, liaison, **PLACE)[1] == 0
    assert {each.organisation for each in look(world).goes} == {"model-police"}


def test_an_officer_without_the_role_erases_nothing(world: World):
    let_pass(world.store, EIGHT_YEARS)
    with pytest.raises(NotPermittedError) as refused:
        erase(world, look(world, **PLACE).code, world.actor("officer@homes.example"), **PLACE)
    assert refused.value.rule == "role"


# --- holds -------------------------------------------------------------------------------------------


def test_a_hold_on_a_record_outlasts_both_limits_and_its_end_lets_both_go(world: World):
    put = hold(world, retention.RECORD, the_record(world).id)
    let_pass(world.store, EIGHT_YEARS)
    seen = look(world)
    assert {(each.table, each.hold) for each in seen.stays} == {
        ("case_record", "live-order"),
        ("disclosure", retention.RECORD_HOLD),
    }
    erase(world, seen.code)
    assert the_record(world).state == "live"
    lift(world, put)
    assert {each.table for each in look(world).goes} == {"case_record", "disclosure"}
    erase(world, look(world).code)
    assert the_record(world).state == "shredded"


def test_a_hold_on_a_copy_keeps_the_copy_alone_and_unopened(world: World):
    hold(world, retention.COPY, the_copy(world).id, "liaison@police.example", "proceedings")
    let_pass(world.store, EIGHT_YEARS)
    seen = look(world)
    assert [(each.table, each.hold) for each in seen.stays] == [("disclosure", "proceedings")]
    with pytest.raises(NotPermittedError) as refused:
        world.view(world.asked)
    assert refused.value.rule == "retention"


def test_nobody_holds_what_is_somebody_elses(world: World):
    record, copy = the_record(world).id, the_copy(world).id
    for table, row_id, email in (
        (retention.RECORD, record, "liaison@police.example"),
        (retention.COPY, copy, "liaison@homes.example"),
        ("information_request", world.asked, "liaison@police.example"),
        (retention.RECORD, copy, "liaison@homes.example"),
    ):
        with pytest.raises(NotFoundError):
            hold(world, table, row_id, email)
    put = hold(world, retention.RECORD, record)
    with pytest.raises(NotFoundError):
        lift(world, put, "liaison@police.example")
    with pytest.raises(StaleError):
        hold(world, retention.RECORD, record)


def test_a_hold_needs_a_reason_that_is_one_and_a_review_that_is_to_come(world: World):
    with pytest.raises(InvalidError):
        hold(world, retention.RECORD, the_record(world).id, reason="because Mr Smith said so")
    command = PutHold(retention.RECORD, the_record(world).id, "audit", world.store.clock.today())
    with world.store.unit(world.actor("liaison@homes.example")) as unit, pytest.raises(InvalidError):
        retention.put_hold(unit, command)


def test_what_is_on_hold_is_not_erased_before_its_day_either(world: World):
    hold(world, retention.RECORD, the_record(world).id)
    for row_id in (the_record(world).id, the_copy(world).id):
        with world.store.unit(OPERATOR) as unit, pytest.raises(NotPermittedError) as refused:
            retention.shred_one(unit, row_id, "erasure")
        assert refused.value.rule == "hold"


def test_a_year_with_a_hold_in_it_is_not_destroyed(world: World):
    hold(world, retention.COPY, the_copy(world).id, "liaison@police.example")
    year = the_copy(world).kept_until.year
    let_pass(world.store, EIGHT_YEARS)
    with world.store.reading() as session:
        seen = retention.preview_year(session, world.store.clock.today(), year)
    assert seen.held == (the_copy(world).ref,)
    with world.store.unit(OPERATOR) as unit, pytest.raises(NotPermittedError) as refused:
        retention.shred_year(unit, year, seen.records)
    assert refused.value.rule == "hold"
    with pytest.raises(NotPermittedError) as refused, world.store.unit(world.actor("liaison@homes.example")) as unit:
        retention.shred_year(unit, year, seen.records)
    assert refused.value.rule == "role"


def test_a_year_that_is_not_over_is_not_destroyed(world: World):
    year = the_copy(world).kept_until.year
    with world.store.unit(OPERATOR) as unit, pytest.raises(NotPermittedError, match="is not over"):
        retention.shred_year(unit, year, 1)


# --- the trace ----------------------------------------------------------------------------------------


def test_each_erasure_is_an_entry_about_the_row_without_its_content(world: World):
    let_pass(world.store, EIGHT_YEARS)
    seen = look(world)
    with world.store.unit(OPERATOR) as unit:
        retention.run(unit, seen.code)
    entries = [each for each in unit.recorded if each.type == Event.RECORD_SHREDDED]
    assert {each.about for each in entries} == {str(each.id) for each in seen.goes}
    assert {each.partnership for each in entries} == {PARTNERSHIP}
    for entry in entries:
        assert set(entry.facts) == {"table", "organisation", "quarter", "generation", "cells", "because"}


def test_what_is_erased_is_found_by_no_search_for_the_person(world: World):
    let_pass(world.store, EIGHT_YEARS)
    erase(world, look(world).code)
    with world.store.reading() as session:
        assert endings.ending(session, world.store.clock.today()) == ()
        assert endings.copies_of(session, the_record(world).id) == ()
