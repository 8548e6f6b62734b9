"""This module knows the forms of a request's course: drafts, questions, escalations, results, emergencies, pushes."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from protocols.actions import Event
from sharing import partners, requests
from sharing.base import new_id
from sharing.requests.course_model import EmergencyCase, RequestMessage
from sharing.requests.model import InformationRequest, RequestDecision
from tests.house.deeds.partnership import AISHA, ALMO, COUNCIL, DANIEL, GRACE, POLICE, PRIYA, REF, TOM
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld
from tests.portal.conftest import TODAY
from tests.portal.coordinator_world import HERE, day

LINE = "1.3"


def _say(world: DeedWorld, command: Any, request_id: uuid.UUID, by: str) -> uuid.UUID:
    """Something said on a request; gives the message's id."""
    with world.unit(by) as unit:
        command(unit, requests.Say(request_id, _number(world, request_id), "Which of the two?"))
    with world.store.reading() as session:
        return session.scalars(
            select(RequestMessage.id)
            .where(RequestMessage.request_id == request_id)
            .order_by(RequestMessage.said_at.desc())
        ).first()


def _number(world: DeedWorld, request_id: uuid.UUID) -> int:
    with world.store.reading() as session:
        found = requests.requests_of(session, HERE)
    return next(each.version for each in found if each.id == request_id)


def _version(world: DeedWorld, request_id: uuid.UUID) -> dict[str, str]:
    return {"version": str(_number(world, request_id))}


def _refused(world: DeedWorld, *, kind: str = "possession") -> uuid.UUID:
    """A request that the supplier refused by its own choice."""
    by, to, decider = (TOM, COUNCIL, DANIEL) if kind == "possession" else (PRIYA, ALMO, AISHA)
    purpose = "possession-injunction" if kind == "possession" else kind
    command = requests.MakeRequest(
        kind=kind,
        supplier=to,
        purpose=purpose,
        fields=(("case.measures", None),),
        texts={"necessity": "The court", "proportionality": "No more"},
        subject_ref=world.deposit(AISHA if to == ALMO else PRIYA),
        answers={"proceedings": "possession"},
    )
    with world.unit(by) as unit:
        made = requests.make_request(unit, command)
    refusal = {"case.measures": ("discretion", "We choose not to")}
    with world.unit(decider) as unit:
        requests.decide(unit, requests.DecideRequest(made.request_id, _number(world, made.request_id), refuse=refusal))
    return made.request_id


# --- drafts ----------------------------------------------------------------------------------------


@leaves("/officer/requests/new", Event.DRAFT_SAVED)
def a_request_is_kept_as_a_draft(world: DeedWorld) -> Sending:
    fields = {"supplier": COUNCIL, "kind": "tenant-identity", "necessity": "Half a sentence", "save": "y"}
    return Sending(world.as_(TOM), "/officer/requests/new", fields)


@leaves("/officer/requests/drafts/<kind>/<supplier>")
def a_draft_of_a_request_is_opened(world: DeedWorld) -> Sending:
    assert world.send(a_request_is_kept_as_a_draft(world)).status_code == 302
    return Sending(world.as_(TOM), f"/officer/requests/drafts/tenant-identity/{COUNCIL}")


# --- to and fro ------------------------------------------------------------------------------------


@leaves("/liaison/requests/<uuid:request_id>/ask", Event.MORE_ASKED)
def the_supplier_asks_for_more(world: DeedWorld) -> Sending:
    made = world.request().request_id
    fields = {"words": "Which of the two?", **_version(world, made)}
    return Sending(world.as_(DANIEL), f"/liaison/requests/{made}/ask", fields)


@leaves("/officer/requests/<uuid:request_id>/answer", Event.MORE_ANSWERED)
def the_asker_answers(world: DeedWorld) -> Sending:
    made = world.request().request_id
    _say(world, requests.ask_more, made, DANIEL)
    return Sending(world.as_(TOM), f"/officer/requests/{made}/answer", {"words": "The elder", **_version(world, made)})


@leaves("/officer/requests/<uuid:request_id>/messages/<uuid:message_id>", Event.RECORD_VIEWED)
def a_question_is_opened_by_the_asker(world: DeedWorld) -> Sending:
    made = world.request().request_id
    said = _say(world, requests.ask_more, made, DANIEL)
    return Sending(world.as_(TOM), f"/officer/requests/{made}/messages/{said}")


@leaves("/liaison/requests/<uuid:request_id>/messages/<uuid:message_id>", Event.RECORD_VIEWED)
def an_answer_is_opened_by_the_supplier(world: DeedWorld) -> Sending:
    made = world.request().request_id
    _say(world, requests.ask_more, made, DANIEL)
    said = _say(world, requests.answer_more, made, TOM)
    return Sending(world.as_(DANIEL), f"/liaison/requests/{made}/messages/{said}")


@leaves("/officer/requests/<uuid:request_id>/escalate", Event.REQUEST_ESCALATED)
def a_refusal_is_escalated(world: DeedWorld) -> Sending:
    made = _refused(world)
    return Sending(
        world.as_(TOM), f"/officer/requests/{made}/escalate", {"words": "It matters", **_version(world, made)}
    )


@leaves("/officer/requests/<uuid:request_id>/withdraw", Event.REQUEST_WITHDRAWN)
def a_request_is_taken_back(world: DeedWorld) -> Sending:
    made = world.request().request_id
    return Sending(world.as_(TOM), f"/officer/requests/{made}/withdraw", {"words": "", **_version(world, made)})


def _to_confirm(world: DeedWorld) -> uuid.UUID:
    """A request on which an authorised colleague of Daniel's has decided, and which waits for a second officer."""
    priya = world.actor(PRIYA).officer_id
    with world.store.reading() as session:
        held = partners.authorisations(session, HERE, COUNCIL, world.store.clock.today())
    if not any(each.officer_id == priya and each.line == LINE for each in held):
        with world.unit(DANIEL) as unit:
            partners.authorise_decider(unit, partners.AuthoriseDecider(priya, REF, LINE))
    made = world.request().request_id
    with world.unit(DANIEL) as unit:
        now = unit.clock.business_now()
        unit.session.get(InformationRequest, made).status = "confirming"
        unit.session.add(
            RequestDecision(
                id=new_id(),
                partnership=HERE,
                request_id=made,
                officer_id=priya,
                decided_at=now,
                allow={"subject.name": "as-is"},
                refuse={},
                necessary="Needed",
                proportionate="One field",
            )
        )
        unit.record(Event.REQUEST_DECIDED, about=made)
    return made


@leaves("/liaison/requests/<uuid:request_id>/confirm", Event.DECISION_CONFIRMED, Event.RECORD_VIEWED, Event.RELEASED)
def a_second_officer_confirms(world: DeedWorld) -> Sending:
    made = _to_confirm(world)
    return Sending(world.as_(DANIEL), f"/liaison/requests/{made}/confirm", {"agreed": "yes", **_version(world, made)})


@leaves("/liaison/requests/<uuid:request_id>/confirm", Event.DECISION_CONFIRMED)
def a_second_officer_sends_it_back(world: DeedWorld) -> Sending:
    made = _to_confirm(world)
    return Sending(world.as_(DANIEL), f"/liaison/requests/{made}/confirm", {"agreed": "no", **_version(world, made)})


# --- how it ended ----------------------------------------------------------------------------------


@leaves("/officer/requests/<uuid:request_id>/result", Event.RESULT_RECORDED)
def the_courts_outcome_is_written_down(world: DeedWorld) -> Sending:
    made = _refused(world)
    fields = {"q_court_outcome": "settled", **_version(world, made)}
    return Sending(world.as_(TOM), f"/officer/requests/{made}/result", fields)


@leaves("/officer/requests/<uuid:request_id>/result", Event.RESULT_RECORDED, Event.MONITOR_STARTED)
def a_nomination_is_decided_and_watched(world: DeedWorld) -> Sending:
    made = _refused(world, kind="nomination-check")
    fields = {
        "q_nomination": "accepted-watched",
        "start_monitor": "y",
        "subject_informed": "yes",
        **day("informed_on", TODAY),
        **_version(world, made),
    }
    return Sending(world.as_(PRIYA), f"/officer/requests/{made}/result", fields)


@leaves("/officer/requests/<uuid:request_id>/result-words", Event.RECORD_VIEWED)
def the_words_of_a_result_are_opened(world: DeedWorld) -> Sending:
    made = _refused(world)
    answers = {"court-outcome": "settled", "outcome-words": "Nothing more to do"}
    with world.unit(TOM) as unit:
        requests.record_result(unit, requests.RecordResult(made, _number(world, made), answers))
    return Sending(world.as_(TOM), f"/officer/requests/{made}/result-words")


# --- emergencies -----------------------------------------------------------------------------------


def _emergency(world: DeedWorld) -> uuid.UUID:
    command = requests.MakeRequest(
        kind="emergency",
        supplier=POLICE,
        purpose="emergency",
        fields=(("subject.name", None),),
        texts={"harm": "Does not answer the door"},
        subject_ref=world.deposit(TOM),
    )
    with world.unit(PRIYA) as unit:
        return requests.make_request(unit, command).request_id


def _allowed(world: DeedWorld, *, by: str = GRACE, written: bool = False) -> tuple[uuid.UUID, dict[str, str]]:
    """An emergency that was answered; `by` allowed it, and with `written` wrote it up."""
    made = _emergency(world)
    with world.unit(GRACE) as unit:
        requests.allow_emergency(
            unit, requests.AllowEmergency(made, _number(world, made), {"subject.name": "as-is"}, called_back=True)
        )
    if written:
        with world.unit(GRACE) as unit:
            requests.write_up_emergency(unit, requests.CloseEmergency(made, 1, "The name, to find the door"))
    who = world.actor(by).officer_id
    with world.unit(GRACE) as unit:
        case = unit.session.scalars(select(EmergencyCase).where(EmergencyCase.request_id == made)).one()
        case.allowed_by, case.written_by = who, who if written else None
        unit.record(Event.EMERGENCY_ALLOWED, about=made)
        unit.session.flush()
        return made, {"version": str(case.version)}


@leaves("/officer/emergencies/new", Event.REQUEST_MADE)
def somebody_is_in_danger(world: DeedWorld) -> Sending:
    fields = {
        "supplier": POLICE,
        "harm": "Does not answer",
        "subject": "The tenant",
        "fields": ["subject.name"],
        "channel": "view",
    }
    return Sending(world.as_(PRIYA), "/officer/emergencies/new", fields)


@leaves("/officer/emergencies/<uuid:request_id>/words", Event.RECORD_VIEWED)
def the_words_of_an_emergency_are_opened(world: DeedWorld) -> Sending:
    return Sending(world.as_(GRACE), f"/officer/emergencies/{_emergency(world)}/words")


@leaves("/officer/emergencies/<uuid:request_id>/allow", Event.EMERGENCY_ALLOWED, Event.RECORD_VIEWED, Event.RELEASED)
def an_emergency_is_allowed(world: DeedWorld) -> Sending:
    made = _emergency(world)
    fields = {"allow": ["subject.name|as-is"], "called_back": "y", **_version(world, made)}
    return Sending(world.as_(GRACE), f"/officer/emergencies/{made}/allow", fields)


@leaves("/officer/emergencies/<uuid:request_id>/write-up", Event.EMERGENCY_WRITTEN_UP)
def an_emergency_is_written_up(world: DeedWorld) -> Sending:
    made, version = _allowed(world)
    return Sending(
        world.as_(GRACE), f"/officer/emergencies/{made}/write-up", {"words": "The name, for the door", **version}
    )


@leaves("/officer/emergencies/<uuid:request_id>/review", Event.EMERGENCY_REVIEWED)
def an_emergency_is_reviewed(world: DeedWorld) -> Sending:
    made, version = _allowed(world, by=TOM, written=True)
    fields = {"finding": "justified", "words": "It was", **version}
    return Sending(world.as_(GRACE), f"/officer/emergencies/{made}/review", fields)


@leaves("/officer/emergencies/<uuid:request_id>/write-up/open", Event.RECORD_VIEWED)
def a_write_up_is_opened(world: DeedWorld) -> Sending:
    made, _ = _allowed(world, written=True)
    return Sending(world.as_(GRACE), f"/officer/emergencies/{made}/write-up/open")


# --- pushes ----------------------------------------------------------------------------------------


def _push(world: DeedWorld, *, given: bool = False) -> tuple[uuid.UUID, dict[str, str]]:
    command = requests.MakePush(
        reference=world.deposit(),
        recipient=POLICE,
        contact_id=world.actor(TOM).officer_id,
        purpose="asb-case",
        fields=("subject.name",),
        texts={"necessity": "They look for him", "proportionality": "Only who"},
    )
    with world.unit(PRIYA) as unit:
        made = requests.make_push(unit, command)
    if given:
        with world.unit(DANIEL) as unit:
            requests.decide_push(unit, requests.DecidePush(made, 1, {"subject.name": "as-is"}))
    return made, {"version": "1"}


@leaves("/officer/pushes/new", Event.PUSH_MADE)
def something_is_given_unasked(world: DeedWorld) -> Sending:
    fields = {
        "recipient": POLICE,
        "reference": world.deposit(),
        "purpose": "asb-case",
        "contact": str(world.actor(TOM).officer_id),
        "fields": ["subject.name"],
        "necessity": "They look for him",
        "proportionality": "Only who",
    }
    return Sending(world.as_(PRIYA), "/officer/pushes/new", fields)


@leaves("/liaison/pushes/<uuid:push_id>/words", Event.RECORD_VIEWED)
def the_words_of_a_push_are_opened(world: DeedWorld) -> Sending:
    made, _ = _push(world)
    return Sending(world.as_(DANIEL), f"/liaison/pushes/{made}/words")


@leaves("/liaison/pushes/<uuid:push_id>", Event.PUSH_DECIDED, Event.RECORD_VIEWED, Event.RELEASED)
def a_push_is_decided(world: DeedWorld) -> Sending:
    made, version = _push(world)
    return Sending(world.as_(DANIEL), f"/liaison/pushes/{made}", {"field_subject_name": "as-is", **version})


@leaves("/officer/pushes/<uuid:push_id>/open", Event.RECORD_VIEWED)
def what_was_given_unasked_is_opened(world: DeedWorld) -> Sending:
    made, _ = _push(world, given=True)
    return Sending(world.as_(TOM), f"/officer/pushes/{made}/open")
