"""This module knows the forms of recalls, breaches and corrections."""

from __future__ import annotations

import uuid
from datetime import timedelta

from protocols.actions import Event
from sharing import disclosures, recalls, requests
from sharing.disclosures import recalled
from sharing.recalls import AssessBreach, BreachKind, DecideReport, DecideTelling, MakeRecall, Reason, Risk, Untold
from tests.house.deeds.partnership import COUNCIL, DANIEL, POLICE, TOM
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld
from tests.portal.coordinator_world import HERE, day


def _given(world: DeedWorld) -> tuple[uuid.UUID, uuid.UUID]:
    """A record of the council's, and the disclosure by which the police were given its name."""
    request_id = world.released()
    with world.store.reading() as session:
        found = requests.request(session, HERE, COUNCIL, request_id)
        assert found.disclosure_id
        record_id = recalled.record_of(session, HERE, found.disclosure_id)
    assert record_id
    return record_id, found.disclosure_id


def _recall(world: DeedWorld, *, note: str = "") -> uuid.UUID:
    record_id, disclosure_id = _given(world)
    with world.unit(DANIEL) as unit:
        return recalls.make_recall(unit, MakeRecall(record_id, (disclosure_id,), Reason.SAFETY, note)).recall_id


# --- recalls ---------------------------------------------------------------------------------------


@leaves("/liaison/recalls/new", Event.RECALL_MADE, Event.RECALL_ASKED)
def what_was_given_is_taken_back(world: DeedWorld) -> Sending:
    record_id, disclosure_id = _given(world)
    fields = {"record_id": str(record_id), "disclosures": [str(disclosure_id)], "reason": "safety", "due_days": "3"}
    return Sending(world.as_(DANIEL), "/liaison/recalls/new", fields)


@leaves("/liaison/recalls/<uuid:recall_id>/words", Event.RECORD_VIEWED)
def the_note_of_a_recall_is_opened(world: DeedWorld) -> Sending:
    return Sending(world.as_(DANIEL), f"/liaison/recalls/{_recall(world, note='Two tenants mixed up')}/words")


@leaves("/liaison/recalls/<uuid:recall_id>/end", Event.RECALL_ENDED)
def a_recall_by_mistake_ends(world: DeedWorld) -> Sending:
    fields = {"how": "mistake", "words": "The right tenant after all", "version": "1"}
    return Sending(world.as_(DANIEL), f"/liaison/recalls/{_recall(world)}/end", fields)


def _answer(world: DeedWorld, **fields: str) -> Sending:
    return Sending(world.as_(TOM), f"/liaison/recalls/{_recall(world)}/answer", {**fields, "sure": "y", "version": "1"})


@leaves("/liaison/recalls/<uuid:recall_id>/answer", Event.RECALL_ANSWERED, Event.RECORD_SHREDDED)
def a_recipient_answers_that_it_is_destroyed(world: DeedWorld) -> Sending:
    return _answer(world, answer="destroyed", because="", words="")


@leaves("/liaison/recalls/<uuid:recall_id>/answer", Event.RECALL_ANSWERED)
def a_recipient_answers_that_it_has_to_be_kept(world: DeedWorld) -> Sending:
    return _answer(world, answer="kept", because="court-order", words="Order 7KX")


# --- breaches --------------------------------------------------------------------------------------


def _breach(world: DeedWorld, *, steps: int = 0, about: tuple[uuid.UUID, ...] = ()) -> tuple[uuid.UUID, str]:
    """A breach of the council's with so many steps taken; its id and version."""
    now = world.store.clock.business_now()
    report = recalls.ReportBreach(BreachKind.LOST, now.date(), now - timedelta(hours=3), "A bag on a train", about)
    with world.unit(DANIEL) as unit:
        made = recalls.report_breach(unit, report)
    taken = (
        lambda unit: recalls.assess_breach(unit, AssessBreach(made, 1, Risk.UNLIKELY, "It was encrypted")),
        lambda unit: recalls.decide_report(unit, DecideReport(made, 2, reported=False, words="No risk")),
        lambda unit: recalls.decide_telling(unit, DecideTelling(made, 3, False, Untold.NOT_HIGH, "No risk")),
    )
    for step in taken[:steps]:
        with world.unit(DANIEL) as unit:
            step(unit)
    return made, str(steps + 1)


@leaves("/liaison/breaches/new", Event.BREACH_REPORTED)
def a_breach_is_reported(world: DeedWorld) -> Sending:
    aware = world.store.clock.business_now() - timedelta(days=1)
    fields = {
        "kind": "lost-or-stolen",
        **day("found_on", aware.date()),
        **day("aware_on", aware.date()),
        "aware_time": "09:00",
        "what": "A bag on a train",
        "about": "",
    }
    return Sending(world.as_(DANIEL), "/liaison/breaches/new", fields)


@leaves("/liaison/breaches/<uuid:breach_id>/words", Event.RECORD_VIEWED)
def the_words_of_a_breach_are_opened(world: DeedWorld) -> Sending:
    return Sending(world.as_(DANIEL), f"/liaison/breaches/{_breach(world)[0]}/words")


def _step(world: DeedWorld, name: str, taken: int, **fields: str) -> Sending:
    made, version = _breach(world, steps=taken)
    return Sending(world.as_(DANIEL), f"/liaison/breaches/{made}/{name}", {**fields, "version": version})


@leaves("/liaison/breaches/<uuid:breach_id>/assess", Event.BREACH_HANDLED)
def the_risk_of_a_breach_is_assessed(world: DeedWorld) -> Sending:
    return _step(world, "assess", 0, risk="high", risk_words="A safe address")


@leaves("/liaison/breaches/<uuid:breach_id>/report", Event.BREACH_HANDLED)
def the_commissioner_is_told_of_a_breach(world: DeedWorld) -> Sending:
    now = world.store.clock.business_now()
    when = {**day("report_on", now.date()), "report_time": f"{now:%H:%M}"}
    return _step(world, "report", 1, reported="yes", reference="IC-1", **when, report_words="")


@leaves("/liaison/breaches/<uuid:breach_id>/tell", Event.BREACH_HANDLED)
def the_people_are_not_told_of_a_breach(world: DeedWorld) -> Sending:
    return _step(world, "tell", 2, told="no", untold_because="no-high-risk", told_words="No risk")


@leaves("/liaison/breaches/<uuid:breach_id>/close", Event.BREACH_HANDLED)
def a_breach_is_closed(world: DeedWorld) -> Sending:
    return _step(world, "close", 3, lessons="No bags on trains")


@leaves("/liaison/breaches/<uuid:breach_id>/recall", Event.BREACH_HANDLED, Event.RECALL_MADE, Event.RECALL_ASKED)
def a_breach_takes_back_what_it_is_about(world: DeedWorld) -> Sending:
    made, version = _breach(world, about=(_given(world)[1],))
    return Sending(world.as_(DANIEL), f"/liaison/breaches/{made}/recall", {"version": version})


# --- corrections -----------------------------------------------------------------------------------


@leaves(
    "/liaison/records/<uuid:record_id>/correct",
    Event.RECORD_CORRECTED,
    Event.RECORD_VIEWED,
    Event.RELEASED,
    Event.CORRECTION_SENT,
)
def a_name_is_put_right_and_the_holder_gets_it(world: DeedWorld) -> Sending:
    fields = {"code": "subject.name", "value": "Zebedee Quillfather"}
    return Sending(world.as_(DANIEL), f"/liaison/records/{_given(world)[0]}/correct", fields)


@leaves("/liaison/records/<uuid:record_id>/correct", Event.RECORD_CORRECTED)
def a_field_that_nobody_holds_is_put_right(world: DeedWorld) -> Sending:
    with world.store.reading() as session:
        record_id = disclosures.find_record(session, HERE, COUNCIL, world.deposit())
    fields = {"code": "visit.when", "value": "2026-11-21"}
    return Sending(world.as_(DANIEL), f"/liaison/records/{record_id}/correct", fields)


def _corrected(world: DeedWorld) -> uuid.UUID:
    """The notice that the police have just been given."""
    record_id, _ = _given(world)
    with world.unit(DANIEL) as unit:
        recalls.correct_record(unit, recalls.CorrectRecord(record_id, "subject.name", "Zebedee Quillfather"))
    with world.store.reading() as session:
        return recalls.notices_to(session, HERE, POLICE)[0].id


@leaves("/liaison/corrections/<uuid:notice_id>/open", Event.RECORD_VIEWED)
def the_right_value_is_opened(world: DeedWorld) -> Sending:
    return Sending(world.as_(TOM), f"/liaison/corrections/{_corrected(world)}/open")


@leaves("/liaison/corrections/<uuid:notice_id>/acknowledge", Event.CORRECTION_ACKNOWLEDGED)
def a_correction_is_acknowledged(world: DeedWorld) -> Sending:
    return Sending(world.as_(TOM), f"/liaison/corrections/{_corrected(world)}/acknowledge", {"version": "1"})
