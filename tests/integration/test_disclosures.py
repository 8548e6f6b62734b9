"""Requests, decisions, releases and refusals: the gate, on both databases."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from protocols.actions import Event
from sharing import disclosures, partners, requests
from sharing.disclosures import LogQuery
from sharing.disclosures.model import CaseField, Disclosure, DisclosureField
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError, TamperedError
from sharing.ledger import read
from sharing.requests import RequestStatus
from tests.integration.disclosure_world import ADDRESS, BORN, HISTORY, NAME, PARTNERSHIP, World, make_world


@pytest.fixture
def world(store) -> World:
    return make_world(store)


def entries(world: World) -> list:
    with world.store.reading() as session:
        (log,) = read.logs(session, PARTNERSHIP)
        return [view.entry for view in read.entries(session, log.origin, limit=500)]


def test_a_request_waits_is_allowed_and_exactly_the_permitted_fields_leave(world: World):
    world.deposit()
    made = world.ask()
    assert made.status is RequestStatus.WAITING
    released = world.decide(made.request_id)
    assert released.outcome == "released"
    assert world.view(made.request_id) == {
        "subject.name": NAME,
        "subject.dob": "30 to 39" if world.store.clock.today().year - 1986 < 40 else "40 to 49",
        "subject.address": ADDRESS,
    }


def test_the_history_that_nobody_asked_for_does_not_leave(world: World):
    world.deposit()
    made = world.ask()
    world.decide(made.request_id)
    assert HISTORY not in world.view(made.request_id).values()


def test_a_date_of_birth_leaves_as_an_age_band_even_if_the_decider_allows_it_whole(world: World):
    world.deposit()
    made = world.ask(fields=(("subject.dob", None),))
    released = world.decide(made.request_id)
    assert released.answer["fields"]["subject.dob"]["result"] == "generalised"
    assert world.view(made.request_id)["subject.dob"] != BORN


def test_both_sides_get_a_receipt_of_the_same_entry(world: World):
    world.deposit()
    made = world.ask()
    released = world.decide(made.request_id)
    text = world.store.receipt(released.entry_id)
    assert text is not None
    assert len(text) < 8_000
    with world.store.reading() as session:
        assert disclosures.entry_parties(session, PARTNERSHIP, released.entry_id) == {"model-police", "model-homes"}


def test_every_opening_is_an_entry_and_no_entry_holds_a_value(world: World):
    world.deposit()
    made = world.ask()
    world.decide(made.request_id)
    before = len(entries(world))
    world.view(made.request_id)
    found = entries(world)
    assert len(found) == before + 1
    assert found[0].type == "record:viewed"
    text = json.dumps([entry.facts for entry in found])
    for value in (NAME, BORN, ADDRESS, HISTORY, "injunction"):
        assert value not in text


def test_a_request_linked_to_an_action_that_the_officer_does_not_work_on_says_the_smallest_lawful_change(world: World):
    world.deposit()
    made = world.ask(linked_kind="action", linked_ref="JOG-1-1")
    assert made.status is RequestStatus.BLOCKED
    assert {step["repair"] for line in made.told for step in line["change"]} == {"be-assigned"}
    with world.store.unit(world.actor("liaison@police.example")) as unit:
        officer = world.actor("officer@police.example").officer_id
        assert officer is not None
        partners.note_assignment(unit, partners.AssignOfficer(officer, partners.WorkKind.ACTION, "JOG-1-1"))
        unit.record(Event.OFFICER_ASSIGNED)
    version = world.request(made.request_id).version
    with world.store.unit(world.actor("officer@police.example")) as unit:
        mended = requests.mend_request(unit, made.request_id, version, {})
    assert mended.status is RequestStatus.WAITING
    assert world.decide(made.request_id).outcome == "released"


def test_a_missing_statement_is_refused_and_then_given(world: World):
    world.deposit()
    made = world.ask(texts={"necessity": "Needed"})
    assert made.status is RequestStatus.BLOCKED
    assert {step["repair"] for line in made.told for step in line["change"]} == {"give-statement"}
    with world.store.unit(world.actor("officer@police.example")) as unit:
        mended = requests.mend_request(
            unit, made.request_id, world.request(made.request_id).version, {"proportionality": "Only who and where"}
        )
    assert mended.status is RequestStatus.WAITING


def test_a_refusal_by_the_rules_is_a_first_class_record_with_a_receipt(world: World):
    world.deposit()
    made = world.ask(texts={})
    with world.store.reading() as session:
        count, found = disclosures.search_log(session, PARTNERSHIP, LogQuery(outcome="refused"))
    assert count == 1
    assert found[0].refused_by == "rules"
    assert found[0].entry_id == made.entry_id
    assert world.store.receipt(made.entry_id)


def test_the_suppliers_refusal_gives_its_class_and_reason_and_nothing_leaves(world: World):
    world.deposit()
    made = world.ask()
    refuse = dict.fromkeys(
        ("subject.name", "subject.dob", "subject.address"), ("discretion", "It would put a witness at risk")
    )
    released = world.decide(made.request_id, allow={}, refuse=refuse, necessary="", proportionate="")
    assert released.outcome == "refused"
    with pytest.raises(NotPermittedError):
        world.view(made.request_id)
    with world.store.reading() as session:
        assert disclosures.search_log(session, PARTNERSHIP, LogQuery(outcome="refused"))[1][0].refused_by == "supplier"


def test_whoever_asks_cannot_decide(world: World):
    world.deposit()
    made = world.ask(supplier="model-homes")
    with pytest.raises(NotPermittedError):
        world.decide(made.request_id, email="officer@homes.example")
    with pytest.raises((NotPermittedError, NotFoundError)):
        world.decide(made.request_id, email="liaison@police.example")


def test_an_organisation_that_has_signed_nothing_cannot_ask(store):
    world = make_world(store, signed=False)
    with pytest.raises(NotPermittedError) as refused:
        world.ask()
    assert refused.value.rule == "signed-protocol"


def test_a_charity_that_signed_is_told_nothing_personal(world: World):
    world.sign("signatory@charity.example")
    world.deposit()
    made = world.ask("officer@charity.example")
    released = world.decide(made.request_id)
    assert released.outcome == "refused" or all(
        told["form"] != "as-is" for told in released.answer["fields"].values() if told["form"]
    )


def test_withdrawal_bites_at_the_next_opening(world: World):
    world.deposit()
    made = world.ask()
    world.decide(made.request_id)
    assert world.view(made.request_id)
    with world.store.unit(world.actor("signatory@homes.example")) as unit:
        partners.withdraw_from_protocol(unit, partners.WithdrawFromProtocol("MODEL-ISP"))
    assert set(world.view(made.request_id)) == {"subject.dob"}  # an age band identifies nobody and needs no protocol


def test_a_colleague_who_does_not_work_on_the_request_cannot_open_it(world: World):
    world.deposit()
    made = world.ask()
    world.decide(made.request_id)
    with pytest.raises(NotPermittedError) as refused:
        world.view(made.request_id, "second@police.example")
    assert refused.value.rule == "assigned"


def test_a_third_organisation_cannot_tell_that_there_is_a_request(world: World):
    world.deposit()
    made = world.ask()
    with pytest.raises(NotFoundError):
        world.request(made.request_id, "model-council")


@pytest.mark.parametrize("flags", [("covert",), ("witness",), ("safe-address",), ("domestic-abuse",)])
def test_a_record_that_must_not_show_itself_looks_like_no_record_at_all(world: World, flags: tuple[str, ...]):
    world.deposit("MH-FLAGGED", flags=flags)
    flagged = world.ask(subject_ref="MH-FLAGGED")
    nothing = world.ask(subject_ref="MH-NOWHERE")
    assert flagged.status == nothing.status
    assert flagged.told == nothing.told


def test_where_nothing_is_held_the_supplier_refuses_and_the_refusal_is_on_the_record(world: World):
    made = world.ask(subject_ref="MH-NOWHERE")
    refuse = dict.fromkeys(("subject.name", "subject.dob", "subject.address"), ("discretion", "We hold nothing"))
    released = world.decide(made.request_id, allow={}, refuse=refuse, necessary="", proportionate="")
    assert released.outcome == "refused"
    assert world.request(made.request_id).status is RequestStatus.REFUSED


def test_allowing_without_a_record_says_what_to_do(world: World):
    made = world.ask(subject_ref="MH-NOWHERE")
    with pytest.raises(InvalidError, match="record"):
        world.decide(made.request_id)


def test_every_missing_answer_of_a_decision_is_said_at_once(world: World):
    world.deposit()
    made = world.ask()
    with pytest.raises(InvalidError) as refused:
        world.decide(made.request_id, allow={"subject.name": "as-is"}, necessary="", proportionate="")
    assert [problem.where for problem in refused.value.problems] == [
        "subject.dob",
        "subject.address",
        "necessary",
        "proportionate",
    ]


def test_two_deciders_cannot_both_win(world: World):
    world.deposit()
    made = world.ask()
    world.decide(made.request_id)
    with pytest.raises((StaleError, InvalidError)):
        world.decide(made.request_id)


def test_the_copy_ends_with_its_day(world: World):
    world.deposit()
    made = world.ask()
    world.decide(made.request_id)
    with world.store.reading() as session:
        (given,) = disclosures.given_to(session, PARTNERSHIP, "model-police")
    today = world.store.clock.today()
    assert given.kept_until is not None
    assert today + timedelta(days=360) < given.kept_until <= today + timedelta(days=366)
    assert not given.may_be_kept(given.kept_until)


def test_two_sealed_values_swapped_between_rows_fail_closed(world: World, operator):
    first, second = world.deposit(), world.deposit("MH-2026-0002")
    with world.store.engine.begin() as connection:
        table = CaseField.__table__
        rows = connection.execute(
            select(table.c.id, table.c.record_id, table.c.value).where(table.c.code == "subject.name")
        ).all()
        by_record = {row.record_id: row for row in rows}
        raw = "UPDATE case_field SET value = (SELECT value FROM case_field WHERE id = '{0}') WHERE id = '{1}'"
        a, b = by_record[first].id, by_record[second].id
        shown = (a.hex, b.hex) if connection.dialect.name == "sqlite" else (str(a), str(b))
        connection.exec_driver_sql(raw.format(*shown))
    made = world.ask(subject_ref="MH-2026-0002", fields=(("subject.name", None),))
    with pytest.raises(TamperedError):
        world.decide(made.request_id)


def test_the_recipients_copy_is_another_ciphertext_under_another_key(world: World):
    world.deposit()
    made = world.ask(fields=(("subject.name", None),))
    world.decide(made.request_id)
    with world.store.engine.connect() as connection:
        own = connection.exec_driver_sql("SELECT value FROM case_field WHERE code = 'subject.name'").scalar()
        copy = connection.exec_driver_sql("SELECT value FROM disclosure_field WHERE code = 'subject.name'").scalar()
    assert bytes(own) != bytes(copy)


def test_the_log_is_searched_by_organisation_purpose_protocol_reference_and_day(world: World):
    world.deposit()
    made = world.ask()
    released = world.decide(made.request_id)
    today = world.store.clock.today()
    with world.store.reading() as session:
        for wanted in (
            LogQuery(organisation="model-homes"),
            LogQuery(purpose="asb-case"),
            LogQuery(protocol="MODEL-ISP"),
            LogQuery(subject_ref="MH-2026-0001"),
            LogQuery(ref=released.ref),
            LogQuery(from_on=today, to_on=today),
        ):
            assert disclosures.search_log(session, PARTNERSHIP, wanted)[0] == 1
        for wanted in (LogQuery(organisation="model-council"), LogQuery(to_on=today - timedelta(days=1))):
            assert disclosures.search_log(session, PARTNERSHIP, wanted)[0] == 0
        assert disclosures.search_log(session, "another-csp", LogQuery())[0] == 0


def test_canaries_of_every_sealed_field_are_nowhere_in_the_database_files(world: World, tmp_path: Path):
    if world.store.engine.dialect.name != "sqlite":
        canaries_in_postgresql(world)
        return
    world.deposit()
    made = world.ask(texts={"subject": "CANARY-subject", "necessity": "CANARY-need", "proportionality": "CANARY-prop"})
    world.decide(made.request_id)
    world.view(made.request_id)
    backup = tmp_path / "backup.sqlite"
    source = sqlite3.connect(world.store.engine.url.database)
    with sqlite3.connect(backup) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    searched = 0
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            searched += len(data)
            for canary in (NAME, "Quillfeather", BORN, "Marmalade", "Xanthippe", "CANARY"):
                assert canary.encode() not in data, f"{canary} in {path.name}"
    assert searched > 100_000


def canaries_in_postgresql(world: World) -> None:
    world.deposit()
    made = world.ask()
    world.decide(made.request_id)
    with world.store.engine.connect() as connection:
        names = connection.exec_driver_sql(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).scalars()
        dump = [
            str(row) for name in list(names) for row in connection.exec_driver_sql(f'SELECT t::text FROM "{name}" t')
        ]
    text = "\n".join(dump)
    assert len(text) > 10_000
    for canary in (NAME, BORN, "Marmalade", "Xanthippe"):
        assert canary not in text
        assert canary.encode().hex() not in text


def test_a_recalled_disclosure_can_no_longer_be_opened(world: World):
    world.deposit()
    made = world.ask()
    world.decide(made.request_id)
    with world.store.engine.begin() as connection:
        connection.execute(update(Disclosure).values(recalled_at=world.store.clock.now()))
    with pytest.raises(NotPermittedError) as refused:
        world.view(made.request_id)
    assert refused.value.rule == "recalled"
    assert DisclosureField.__tablename__ == "disclosure_field"
