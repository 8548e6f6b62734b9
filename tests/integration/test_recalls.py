"""What was given is taken back: every recipient is asked, nobody opens it any more, silence is heard of, a mistake ends."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from protocols.actions import Event
from sharing import meetings, recalls
from sharing.disclosures.model import CaseRecord, Disclosure, DisclosureField
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.ledger.model import LedgerEntry
from sharing.meetings.model import Meeting
from sharing.recalls import AnswerStatus, EndRecall, MakeRecall, Reason, RecallState
from sharing.recalls.rules import answer_due, is_silent
from sharing.store import Store
from sharing.vault.model import RECORD_KEY
from tests.integration.disclosure_world import ADDRESS, BORN, HISTORY, NAME, PARTNERSHIP
from tests.integration.recall_world import (
    ASKERS,
    COUNCIL,
    HOMES,
    LIAISON,
    POLICE,
    SECOND,
    Kept,
    RecallWorld,
    keep_world,
    make_recall_world,
)


@pytest.fixture(scope="module")
def kept(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep_world(tmp_path_factory.mktemp("recalls") / "kept", sqlite_template)


@pytest.fixture
def given(kept: Kept, tmp_path: Path) -> Iterator[RecallWorld]:
    """Three partners hold the same three fields of one record."""
    world = kept.copy(tmp_path / "copy")
    yield world
    world.store.close()


@pytest.fixture
def on_both(store: Store) -> RecallWorld:
    """The same on either database, for what asks the database something new."""
    world = make_recall_world(store)
    world.give_to_all()
    return world


def entries(world: RecallWorld, kind: Event) -> list[str]:
    world.store.integrate()
    with world.store.reading() as session:
        bodies = session.scalars(
            select(LedgerEntry.body).where(LedgerEntry.type == str(kind)).order_by(LedgerEntry.idx)
        )
        return [body.decode() for body in bodies]


# --- what reached whom ----------------------------------------------------------------------------


def test_the_page_before_a_recall_knows_which_field_reached_whom_in_which_form_and_who_opened_it(on_both: RecallWorld):
    on_both.open_as(POLICE)
    on_both.open_as(POLICE)
    found = on_both.reached()
    assert [(each.recipient, each.channel) for each in found.releases] == [
        (POLICE, "view"),
        (COUNCIL, "view"),
        (SECOND, "view"),
    ]
    forms = {field.code: (field.form, field.protocol, field.line) for field in found.releases[0].fields}
    assert forms["subject.name"] == ("as-is", "MODEL-ISP", "1.1")
    assert forms["subject.dob"][0] == "age-band"
    (seen,) = found.openings[on_both.given[POLICE]]
    assert (seen.times, seen.actor) == (2, on_both.actor(ASKERS[POLICE]).pseudonym)
    assert set(seen.fields) == set(forms)
    assert found.openings[on_both.given[COUNCIL]] == ()
    told = repr(found)
    assert not [value for value in (NAME, ADDRESS, HISTORY, BORN) if value in told]


def test_nobody_else_can_ask_what_left_of_a_record(given: RecallWorld):
    for organisation, partnership in ((POLICE, PARTNERSHIP), (HOMES, "far-csp")):
        with given.store.reading() as session, pytest.raises(NotFoundError):
            recalls.reached(session, partnership, organisation, given.record_id)


# --- making ---------------------------------------------------------------------------------------


def test_a_recall_freezes_the_record_stops_every_view_and_asks_each_recipient_in_one_unit(given: RecallWorld):
    before = len(entries(given, Event.RECALL_ASKED))
    made = given.recall(note="We mixed up two tenants called Zebedee")
    assert made.asked == 3
    assert given.reached().record.state == "frozen"
    for recipient in ASKERS:
        assert given.disclosure(given.given[recipient]).recalled_at is not None
        with pytest.raises(NotPermittedError) as refused:
            given.open_as(recipient)
        assert refused.value.rule == "recalled"
    asked = entries(given, Event.RECALL_ASKED)[before:]
    assert len(asked) == 3
    for body in asked:
        assert sum(f'"recipient":"{each}"' in body for each in ASKERS) == 1
        assert "Zebedee" not in body
    (entry,) = entries(given, Event.RECALL_MADE)
    assert "Zebedee" not in entry
    assert '"frozen":true' in entry


def test_a_recall_names_some_recipients_and_the_freeze_stops_the_others_meanwhile(given: RecallWorld):
    given.recall(POLICE, reason=Reason.WRONG_RECIPIENT)
    with pytest.raises(NotPermittedError) as refused:
        given.open_as(POLICE)
    assert refused.value.rule == "recalled"
    assert given.disclosure(given.given[COUNCIL]).recalled_at is None
    with pytest.raises(NotPermittedError):
        given.open_as(COUNCIL)


def test_a_frozen_record_is_released_to_nobody_new(given: RecallWorld):
    given.recall()
    made = given.ask(ASKERS[POLICE])
    assert given.decide(made.request_id).outcome == "refused"


@pytest.mark.parametrize("email", ["officer@homes.example", "liaison@police.example", "auditor@council.example"])
def test_only_a_liaison_officer_of_the_supplier_recalls(given: RecallWorld, email: str):
    command = MakeRecall(given.record_id, tuple(given.given.values()), Reason.SAFETY)
    with pytest.raises((NotPermittedError, NotFoundError)), given.store.unit(given.actor(email)) as unit:
        recalls.make_recall(unit, command)
    assert given.reached().record.state == "live"


def test_a_recall_of_nothing_of_strangers_or_of_what_is_recalled_is_refused_and_nothing_changes(given: RecallWorld):
    with pytest.raises(InvalidError, match="at least one"), given.store.unit(given.actor(LIAISON)) as unit:
        recalls.make_recall(unit, MakeRecall(given.record_id, (), Reason.OTHER))
    other = given.deposit("MH-2026-0002")
    with pytest.raises(NotFoundError), given.store.unit(given.actor(LIAISON)) as unit:
        recalls.make_recall(unit, MakeRecall(other, (given.given[POLICE],), Reason.OTHER))
    with pytest.raises(InvalidError, match="working days"):
        given.recall(due_days=0)
    assert given.reached().record.state == "live"
    given.recall(POLICE)
    with pytest.raises(InvalidError, match="recalled already"):
        given.recall(POLICE, COUNCIL)
    assert given.disclosure(given.given[COUNCIL]).recalled_at is None


# --- answering ------------------------------------------------------------------------------------


def test_destroyed_destroys_the_copys_key_and_cells_and_both_sides_hold_the_entry(on_both: RecallWorld):
    made = on_both.recall()
    answered = on_both.answer(made.recall_id, POLICE)
    assert answered.copies_destroyed == 1
    copy = on_both.given[POLICE]
    with on_both.store.reading() as session:
        assert session.scalar(select(func.count()).where(RECORD_KEY.c.record == copy)) == 0
        assert not [
            each
            for each in session.scalars(select(DisclosureField.value).where(DisclosureField.disclosure_id == copy))
            if each is not None
        ]
        assert session.get_one(Disclosure, copy).opening is None
        assert session.scalar(select(func.count()).where(RECORD_KEY.c.record == on_both.given[COUNCIL])) == 1
        assert recalls.entry_parties(session, PARTNERSHIP, answered.entry_id) == {HOMES, POLICE}
        assert recalls.entry_parties(session, "far-csp", answered.entry_id) == frozenset()
    (shredded,) = entries(on_both, Event.RECORD_SHREDDED)
    assert f'"about":"{copy}"' in shredded
    assert on_both.seen(made.recall_id, POLICE).answers[0].status is AnswerStatus.DESTROYED
    with pytest.raises(InvalidError, match="That stands"):
        on_both.answer(made.recall_id, POLICE, "court-order", "Too late")


def test_kept_needs_its_reason_stays_closed_and_its_words_are_opened_only_by_the_two(given: RecallWorld):
    made = given.recall()
    with pytest.raises(InvalidError, match="Say which order"):
        given.answer(made.recall_id, COUNCIL, "court-order")
    given.answer(made.recall_id, COUNCIL, "court-order", "Order 7KX of the county court about Mr Quillfeather")
    with pytest.raises(NotPermittedError):
        given.open_as(COUNCIL)
    for email in (LIAISON, ASKERS[COUNCIL]):
        with given.store.unit(given.actor(email)) as unit:
            assert "7KX" in recalls.open_words(unit, made.recall_id)[COUNCIL]
    with given.store.unit(given.actor(ASKERS[POLICE])) as unit:
        assert recalls.open_words(unit, made.recall_id) == {}
    assert not [body for body in entries(given, Event.RECALL_ANSWERED) if "7KX" in body]
    given.answer(made.recall_id, COUNCIL)
    assert given.seen(made.recall_id).answers[1].status is AnswerStatus.DESTROYED


def test_a_recipient_sees_its_own_part_and_a_stranger_nothing(given: RecallWorld):
    made = given.recall(POLICE, COUNCIL)
    assert [each.recipient for each in given.seen(made.recall_id, POLICE).answers] == [POLICE]
    assert len(given.seen(made.recall_id).answers) == 2
    with pytest.raises(NotFoundError):
        given.seen(made.recall_id, SECOND)
    with given.store.reading() as session, pytest.raises(NotFoundError):
        recalls.recall(session, "far-csp", made.recall_id, None)
    command = recalls.AnswerRecall(made.recall_id, 1)
    for recall_id in (made.recall_id, uuid.uuid4()):
        with pytest.raises(NotFoundError), given.store.unit(given.actor(ASKERS[SECOND])) as unit:
            recalls.answer_recall(unit, recalls.AnswerRecall(recall_id, 1))
        with pytest.raises(NotFoundError), given.store.unit(given.actor(ASKERS[SECOND])) as unit:
            recalls.open_words(unit, recall_id)
    with pytest.raises(NotPermittedError), given.store.unit(given.actor("signatory@police.example")) as unit:
        recalls.answer_recall(unit, command)


def test_an_answer_to_another_version_of_the_question_is_refused(given: RecallWorld):
    made = given.recall()
    given.answer(made.recall_id, COUNCIL, "safeguarding", "A child is concerned")
    with pytest.raises(StaleError), given.store.unit(given.actor(ASKERS[COUNCIL])) as unit:
        recalls.answer_recall(unit, recalls.AnswerRecall(made.recall_id, 1))


# --- silence --------------------------------------------------------------------------------------


def test_the_due_day_counts_working_days_and_is_itself_in_time():
    def is_working(day: date) -> bool:
        return day.weekday() < 5 and day != date(2026, 12, 25)

    assert answer_due(date(2026, 11, 26), 3, is_working) == date(2026, 12, 1)
    assert answer_due(date(2026, 12, 24), 1, is_working) == date(2026, 12, 28)
    assert not is_silent(AnswerStatus.ASKED, date(2026, 12, 1), date(2026, 12, 1))
    assert is_silent(AnswerStatus.ASKED, date(2026, 12, 1), date(2026, 12, 2))
    assert not is_silent(AnswerStatus.KEPT, date(2026, 12, 1), date(2026, 12, 2))


def test_whoever_never_answers_is_on_the_next_agenda_by_reference_and_organisation_alone(given: RecallWorld):
    today = given.store.clock.today()
    coordinator = given.actor("coordinator@council.example")
    series = meetings.SetUpSeries("JOG", "JOG", "Joint group", today, today + timedelta(days=42), 14)
    with given.store.unit(coordinator) as unit:
        meetings.set_up_series(unit, series)
    with given.store.reading() as session:
        now, following = session.scalars(select(Meeting.id).order_by(Meeting.held_on)).all()[:2]
    made = given.recall()
    given.answer(made.recall_id, POLICE)
    given.answer(made.recall_id, COUNCIL, "court-order", "Order 7KX")
    due = given.seen(made.recall_id, SECOND).answers[0].due_on
    assert given.overdue(due) == []
    assert given.overdue(due + timedelta(days=1)) == [SECOND]

    def lines(meeting_id: uuid.UUID) -> list[str]:
        with given.store.reading() as session:
            items = meetings.compute_agenda(session, given.store.clock, PARTNERSHIP, meeting_id)
        return [line.text for item in items if item.heading.startswith("Recalls") for line in item.lines]

    assert lines(now) == []
    (line,) = lines(following)
    assert line.startswith(f"{made.ref}: Model Charity has not answered Model Homes about D{today.year}-00003 (due ")
    for value in (NAME, ADDRESS, "MH-2026-0001", "7KX"):
        assert value not in line
    given.answer(made.recall_id, SECOND)
    assert lines(following) == []


# --- ending ---------------------------------------------------------------------------------------


def test_a_recall_by_mistake_gives_back_what_was_not_destroyed(on_both: RecallWorld):
    made = on_both.recall()
    on_both.answer(made.recall_id, POLICE)
    on_both.end(made.recall_id, as_mistake=True)
    assert on_both.reached().record.state == "live"
    assert NAME in on_both.open_as(COUNCIL).values()
    with pytest.raises(NotPermittedError):
        on_both.open_as(POLICE)
    found = on_both.seen(made.recall_id)
    assert found.state is RecallState.MISTAKE
    assert {each.recipient: each.status for each in found.answers} == {
        POLICE: AnswerStatus.DESTROYED,
        COUNCIL: AnswerStatus.RELEASED,
        SECOND: AnswerStatus.RELEASED,
    }
    assert on_both.overdue(date(2999, 1, 1)) == []
    with pytest.raises(InvalidError, match="taken this recall back"):
        on_both.answer(made.recall_id, COUNCIL)


def test_a_settled_recall_lets_the_record_be_used_and_what_was_recalled_stays_so(given: RecallWorld):
    made = given.recall(POLICE)
    given.end(made.recall_id, as_mistake=False)
    assert NAME in given.open_as(COUNCIL).values()
    with pytest.raises(NotPermittedError):
        given.open_as(POLICE)
    assert given.overdue(date(2999, 1, 1)) == [POLICE]
    with pytest.raises(InvalidError, match="ended already"):
        given.end(made.recall_id, as_mistake=True)


def test_a_record_stays_frozen_as_long_as_another_recall_holds_it(given: RecallWorld):
    first, second = given.recall(POLICE), given.recall(COUNCIL)
    given.end(first.recall_id, as_mistake=True)
    assert given.reached().record.state == "frozen"
    given.end(second.recall_id, as_mistake=True)
    assert given.reached().record.state == "live"


def test_an_end_needs_its_reason_and_the_supplier(given: RecallWorld):
    made = given.recall()
    with pytest.raises(InvalidError, match="why"):
        given.end(made.recall_id, as_mistake=True, words=" ")
    with pytest.raises(NotFoundError), given.store.unit(given.actor("liaison@police.example")) as unit:
        recalls.end_recall(unit, EndRecall(made.recall_id, 1, as_mistake=True, words="Mine"))
    assert given.reached().record.state == "frozen"


def test_nothing_is_destroyed_of_a_record_that_a_live_order_holds(given: RecallWorld):
    made = given.recall()
    with given.store.unit(given.actor(LIAISON)) as unit:
        unit.session.get_one(CaseRecord, given.record_id).hold = True
        unit.record(Event.RECORD_DEPOSITED, about=given.record_id)
    with pytest.raises(InvalidError, match="live order"):
        given.answer(made.recall_id, POLICE)
    assert given.seen(made.recall_id, POLICE).answers[0].status is AnswerStatus.ASKED
    with given.store.reading() as session:
        assert session.scalar(select(func.count()).where(RECORD_KEY.c.record == given.given[POLICE])) == 1
    given.answer(made.recall_id, POLICE, "court-order", "The order that holds it")


def test_no_word_of_a_recall_a_breach_or_a_correction_rests_in_the_database_in_clear(given: RecallWorld):
    made = given.recall(note="Canarynote about two tenants")
    given.answer(made.recall_id, COUNCIL, "court-order", "Canaryorder of the county court")
    given.end(made.recall_id, as_mistake=True, words="Canaryend")
    with given.store.unit(given.actor(LIAISON)) as unit:
        recalls.correct_record(unit, recalls.CorrectRecord(given.record_id, "subject.name", "Canaryname Right"))
    aware = given.store.clock.business_now()
    with given.store.unit(given.actor(LIAISON)) as unit:
        recalls.report_breach(
            unit, recalls.ReportBreach(recalls.BreachKind.LOST, aware.date(), aware, "Canarybreach on a train")
        )
    given.store.integrate()
    folder = Path(given.store.engine.url.database or "").parent
    raw = b"".join(path.read_bytes() for path in sorted(folder.glob("accord.sqlite*")))
    assert made.ref.encode() in raw
    assert b"Canary" not in raw
    assert NAME.encode() not in raw
