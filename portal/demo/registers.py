"""This module knows the story's registers: a plan that only its team sees, a group, a breach alert, a home to be secured.

On the demonstration's day the alert has been acknowledged and has its result, and the referral waits for an answer that is late.
"""

from __future__ import annotations

from datetime import date, timedelta

from portal.demo.programme import Programme
from portal.demo.stage import Stage
from protocols.actor import Actor
from sharing import registers
from sharing.registers import AlertView, EnterRegister, MakeReferral, NameContact, RaiseAlert
from sharing.store import Session

WHERE = "preston"
LANDLORD = "farah.starling@ribblebank.example"
CONTACT, DEPUTY, NAMES = (
    "ian.kestrel@police.preston.example",
    "amy.wagtail@police.preston.example",
    "sonia.merlin@police.preston.example",
)
FIRE = "lancashire-fire"
GROUP = {
    "group": "Northside neighbourhood policing group",
    "sort": "steering",
    "post": "Neighbourhood manager",
    "attended-on": "2022-12-06",
}
PLAN = {
    "witness": "Orla Whitethroat, who saw it from the landing",
    "contact": "Rings back after six; no letters",
    "plan": "Taxi to court, a separate waiting room, screens asked for",
}
BREACH = {
    "subject.name": "Gus Moorhen",
    "case.history": "Came back to the block within a week and shouted at two doors",
}
HOME = {"address": "12 Pipit Close, PR97 0AB; ask for the tenant", "works": "letterbox", "why": "Threats to set fire"}
_ON = "registers, an alert and a referral"


def plan_registers(stage: Stage, programme: Programme) -> None:
    """Add the entries, the alert with its result, and the referral, on their days. Only one partnership has them."""
    if stage.partnership != WHERE:
        return
    programme.add(date(2022, 12, 7), _ON, lambda: _enter(stage, LANDLORD, "group-attended", GROUP, date(2023, 12, 7)))
    programme.add(date(2022, 12, 19), _ON, lambda: _name(stage))
    programme.add(date(2023, 1, 9), _ON, lambda: _raise(stage))
    programme.add(date(2023, 1, 10), _ON, lambda: _enter(stage, CONTACT, "witness-support", PLAN, date(2023, 7, 10)))
    programme.add(date(2023, 1, 10), _ON, lambda: _refer(stage))


def _enter(stage: Stage, email: str, kind: str, answers: dict[str, str], expires_on: date) -> None:
    with stage.by(email) as unit:
        registers.enter_register(unit, EnterRegister(kind, expires_on, stage.officer_id(email), answers))


def _name(stage: Stage) -> None:
    contact, deputy = stage.officer_id(CONTACT), stage.officer_id(DEPUTY)
    with stage.by(NAMES) as unit:
        registers.name_contact(unit, NameContact(contact, deputy, 30))


def _raise(stage: Stage) -> None:
    happened = stage.store.clock.business_now() - timedelta(minutes=40)
    command = RaiseAlert("injunction", "PR-22-0093", power_of_arrest=True, happened_at=happened, words=BREACH)
    with stage.by(LANDLORD) as unit:
        registers.raise_alert(unit, command)
    with stage.by(CONTACT) as unit:
        waiting = _alert(unit.session, unit.actor)
        registers.acknowledge_alert(unit, waiting.id, waiting.version)
    with stage.by(CONTACT) as unit:
        known = _alert(unit.session, unit.actor)
        registers.record_alert_result(unit, known.id, known.version, "warned")


def _alert(session: Session, actor: Actor) -> AlertView:
    return registers.alerts_of(session, actor)[0]


def _refer(stage: Stage) -> None:
    with stage.by(LANDLORD) as unit:
        registers.make_referral(unit, MakeReferral("target-hardening", FIRE, answers=HOME))
