"""A breach runs against 72 hours, asks each decision that the law asks for, and shows itself to those it concerns."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sharing import recalls
from sharing.errors import InvalidError, NotFoundError, NotPermittedError
from sharing.ledger.model import LedgerEntry
from sharing.recalls import (
    AssessBreach,
    BreachKind,
    BreachView,
    DecideReport,
    DecideTelling,
    ReportBreach,
    Risk,
    Untold,
)
from sharing.recalls.rules import hours_left, may_leave_untold, must_report, report_by
from sharing.store import Store
from tests.integration.disclosure_world import PARTNERSHIP
from tests.integration.recall_world import (
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

WORDS = "The file on Zebedee Quillfeather went to the wrong team"


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


def report(world: RecallWorld, *recipients: str, hours: int = 5, email: str = LIAISON, **more) -> uuid.UUID:
    aware = world.store.clock.business_now() - timedelta(hours=hours)
    about = tuple(world.given[each] for each in recipients)
    command = ReportBreach(BreachKind.WRONG_RECIPIENT, aware.date(), aware, WORDS, about, **more)
    with world.store.unit(world.actor(email)) as unit:
        return recalls.report_breach(unit, command)


def seen(world: RecallWorld, breach_id: uuid.UUID, organisation: str | None = HOMES) -> BreachView:
    with world.store.reading() as session:
        return recalls.breach(session, PARTNERSHIP, breach_id, organisation)


def act(world: RecallWorld, command, *, email: str = LIAISON) -> None:
    """Take a step with the version that the page would show."""
    step = {
        AssessBreach: recalls.assess_breach,
        DecideReport: recalls.decide_report,
        DecideTelling: recalls.decide_telling,
    }[type(command)]
    with world.store.unit(world.actor(email)) as unit:
        step(unit, command)


# --- the clock -------------------------------------------------------------------------------------


def test_the_hours_run_from_awareness_through_the_weekend_and_are_rounded_down():
    friday = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert report_by(friday) == datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert hours_left(friday, friday) == 72
    assert hours_left(friday, friday + timedelta(minutes=1)) == 71
    assert hours_left(friday, friday + timedelta(hours=72)) == 0
    assert hours_left(friday, friday + timedelta(hours=72, minutes=1)) == -1


def test_the_clock_of_a_breach_ticks_turns_late_and_stops_when_it_is_decided(given: RecallWorld):
    found = seen(given, report(given, hours=70))
    now = given.store.clock.business_now()
    assert found.hours_left(now) == 1
    assert not found.is_late(now)
    assert found.is_late(now + timedelta(hours=3))
    act(given, AssessBreach(found.id, 1, Risk.UNLIKELY, "Nobody opened it"))
    act(given, DecideReport(found.id, 2, reported=False, words="A risk is unlikely"))
    decided = seen(given, found.id)
    assert decided.hours_left(now) is None
    assert not decided.is_late(now + timedelta(days=9))


# --- the decisions ---------------------------------------------------------------------------------


def test_the_law_asks_for_a_report_unless_a_risk_is_unlikely_and_for_telling_people_at_high_risk():
    assert [must_report(risk) for risk in Risk] == [False, True, True]
    assert [may_leave_untold(risk, Untold.NOT_HIGH) for risk in Risk] == [True, True, False]
    assert all(may_leave_untold(Risk.HIGH, why) for why in Untold if why is not Untold.NOT_HIGH)


def test_no_report_is_refused_while_there_is_a_risk(given: RecallWorld):
    breach_id = report(given)
    with pytest.raises(InvalidError, match="Assess the risk first"):
        act(given, DecideReport(breach_id, 1, reported=False, words="No"))
    act(given, AssessBreach(breach_id, 1, Risk.LIKELY, "It was read"))
    with pytest.raises(InvalidError, match="article 33"):
        act(given, DecideReport(breach_id, 2, reported=False, words="We would rather not"))
    assert seen(given, breach_id).reported is None


def test_a_late_report_gives_its_reasons_and_no_report_lies_in_the_future(given: RecallWorld):
    breach_id = report(given, hours=90)
    now = given.store.clock.business_now()
    act(given, AssessBreach(breach_id, 1, Risk.LIKELY, "It was read"))
    with pytest.raises(InvalidError, match="reasons for the delay"):
        act(given, DecideReport(breach_id, 2, reported=True, reference="IC-1", at=now))
    for wrong in (now + timedelta(hours=1), now - timedelta(hours=91)):
        with pytest.raises(InvalidError, match="between"):
            act(given, DecideReport(breach_id, 2, reported=True, at=wrong, words="Late"))
    act(given, DecideReport(breach_id, 2, reported=True, reference="IC-1", at=now, words="Found on a Friday night"))
    assert seen(given, breach_id).is_late(now)


def test_at_high_risk_people_are_told_unless_article_34_says_otherwise(given: RecallWorld):
    breach_id = report(given)
    act(given, AssessBreach(breach_id, 1, Risk.HIGH, "A safe address"))
    with pytest.raises(InvalidError, match="risk is high"):
        act(given, DecideTelling(breach_id, 2, told=False, untold_because=Untold.NOT_HIGH, words="No"))
    with pytest.raises(InvalidError, match="Choose why"):
        act(given, DecideTelling(breach_id, 2, told=False, words="No"))
    act(given, DecideTelling(breach_id, 2, told=False, untold_because=Untold.PROTECTED, words="It was encrypted"))
    assert seen(given, breach_id).told is False


def test_a_risk_that_turns_out_higher_undoes_the_decision_to_tell_nobody(given: RecallWorld):
    breach_id = report(given)
    act(given, AssessBreach(breach_id, 1, Risk.UNLIKELY, "Nobody opened it"))
    act(given, DecideReport(breach_id, 2, reported=False, words="A risk is unlikely"))
    act(given, DecideTelling(breach_id, 3, told=False, untold_because=Untold.NOT_HIGH, words="No risk"))
    act(given, AssessBreach(breach_id, 4, Risk.HIGH, "It was opened after all"))
    found = seen(given, breach_id)
    assert (found.reported, found.told) == (None, None)
    assert found.hours_left(given.store.clock.business_now()) is not None


def test_a_breach_closes_when_each_decision_is_made_and_then_stands(given: RecallWorld):
    breach_id = report(given)
    with pytest.raises(InvalidError, match="before it is closed"), given.store.unit(given.actor(LIAISON)) as unit:
        recalls.close_breach(unit, breach_id, 1, "Check twice")
    act(given, AssessBreach(breach_id, 1, Risk.UNLIKELY, "Nobody opened it"))
    act(given, DecideReport(breach_id, 2, reported=False, words="A risk is unlikely"))
    act(given, DecideTelling(breach_id, 3, told=False, untold_because=Untold.NOT_HIGH, words="No risk"))
    with given.store.unit(given.actor(LIAISON)) as unit:
        recalls.close_breach(unit, breach_id, 4, "Check twice")
    with pytest.raises(InvalidError, match="closed"):
        act(given, AssessBreach(breach_id, 5, Risk.HIGH, "Oh"))


def test_a_breach_of_tomorrow_without_words_or_with_strangers_is_refused(given: RecallWorld):
    with pytest.raises(InvalidError, match="in the past"):
        report(given, hours=-2)
    with pytest.raises(InvalidError, match="members"):
        report(given, parties=("far-council",))
    other = given.disclosure(given.given[POLICE])
    with pytest.raises(NotFoundError):
        report(given, POLICE, email="liaison@council.example")
    assert other.recalled_at is None


# --- who sees it -----------------------------------------------------------------------------------


def test_those_it_concerns_see_it_without_its_words_and_others_not_at_all(on_both: RecallWorld):
    breach_id = report(on_both, POLICE, COUNCIL)
    assert [each.recipient for each in seen(on_both, breach_id, POLICE).about] == [POLICE]
    assert len(seen(on_both, breach_id).about) == 2
    assert len(seen(on_both, breach_id, None).about) == 2
    with pytest.raises(NotFoundError):
        seen(on_both, breach_id, SECOND)
    with on_both.store.reading() as session:
        with pytest.raises(NotFoundError):
            recalls.breach(session, "far-csp", breach_id, None)
        counts = recalls.count_breaches(session, PARTNERSHIP, on_both.store.clock.business_now())
        entry = seen(on_both, breach_id).entry_id
        assert recalls.entry_parties(session, PARTNERSHIP, entry) == {POLICE, COUNCIL}
    assert (counts.in_all, counts.still_open, counts.undecided_late) == (1, 1, 0)
    for email in ("liaison@police.example", "liaison@council.example"):
        with pytest.raises(NotFoundError), on_both.store.unit(on_both.actor(email)) as unit:
            recalls.open_breach_words(unit, breach_id)
        with pytest.raises(NotFoundError):
            act(on_both, AssessBreach(breach_id, 1, Risk.UNLIKELY, "Not ours"), email=email)
    with on_both.store.unit(on_both.actor(LIAISON)) as unit:
        assert recalls.open_breach_words(unit, breach_id) == {"what": WORDS}
    on_both.store.integrate()
    with on_both.store.reading() as session:
        assert not [body for body in session.scalars(select(LedgerEntry.body)) if b"Quillfeather" in body]


def test_only_a_liaison_officer_or_an_administrator_reports(given: RecallWorld):
    for email in ("officer@homes.example", "auditor@council.example", "coordinator@council.example"):
        with pytest.raises(NotPermittedError):
            report(given, email=email)
    assert report(given, email="liaison@council.example")


# --- one click -------------------------------------------------------------------------------------


def test_a_breach_recalls_in_one_act_everything_that_was_given_and_leaves_the_rest(given: RecallWorld):
    breach_id = report(given, POLICE, COUNCIL)
    with given.store.unit(given.actor(LIAISON)) as unit:
        (made,) = recalls.recall_breached(unit, breach_id, 1)
    assert made.asked == 2
    assert {each.recall_id for each in seen(given, breach_id).about} == {made.recall_id}
    assert given.disclosure(given.given[SECOND]).recalled_at is None
    with pytest.raises(InvalidError, match="left to recall"), given.store.unit(given.actor(LIAISON)) as unit:
        recalls.recall_breached(unit, breach_id, 1)


def test_a_recipients_breach_tells_the_supplier_and_recalls_nothing_of_the_suppliers(given: RecallWorld):
    breach_id = report(given, POLICE, email="liaison@police.example")
    assert seen(given, breach_id, HOMES).organisation == POLICE
    with (
        pytest.raises(InvalidError, match="left to recall"),
        given.store.unit(given.actor("liaison@police.example")) as unit,
    ):
        recalls.recall_breached(unit, breach_id, 1)
    assert given.disclosure(given.given[POLICE]).recalled_at is None
