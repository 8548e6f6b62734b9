"""This module knows the forms of registers, alerts and referrals."""

from __future__ import annotations

import uuid
from datetime import timedelta

from protocols.actions import Event
from sharing import registers
from sharing.registers import EnterRegister, MakeReferral, NameContact, RaiseAlert
from tests.house.deeds.partnership import AISHA, COUNCIL, DANIEL, GRACE, POLICE, PRIYA, TOM
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld
from tests.integration.register_world import MARKER, SUPPORT
from tests.portal.conftest import TODAY
from tests.portal.coordinator_world import day

REGISTERS, ALERTS, REFERRALS = "/officer/registers", "/officer/alerts", "/officer/referrals"
UNTIL = TODAY + timedelta(days=90)
WORDS = {"subject.name": "Zebedee Quillfeather", "case.history": "Came back at night"}


def _officer(world: DeedWorld, email: str) -> uuid.UUID:
    found = world.actor(email).officer_id
    assert found
    return found


# --- registers -------------------------------------------------------------------------------------


def _entry(world: DeedWorld, kind: str = "staff-safety", email: str = AISHA) -> uuid.UUID:
    answers = MARKER if kind == "staff-safety" else SUPPORT
    with world.unit(email) as unit:
        return registers.enter_register(unit, EnterRegister(kind, UNTIL, _officer(world, email), answers))


def _only_marker_of_the_council(world: DeedWorld) -> uuid.UUID:
    """A marker that nobody was told of, the council having no other."""
    with world.store.reading() as session:
        found = registers.entries(session, world.actor(PRIYA), TODAY, kind="staff-safety")
    for each in found:
        if each.mine and each.state(TODAY) is registers.State.LIVE:
            with world.unit(PRIYA) as unit:
                registers.end_register(unit, each.id, each.version, "replaced")
    return _entry(world, email=PRIYA)


def _new(world: DeedWorld, kind: str, given: dict[str, str]) -> Sending:
    fields = {f"q_{code}": text for code, text in given.items()}
    fields |= {**day("expires_on", UNTIL), "reviewer": str(_officer(world, AISHA))}
    return Sending(world.as_(AISHA), f"{REGISTERS}/of/{kind}/new", fields)


@leaves("/officer/registers/of/<kind>/new", Event.RECORD_DEPOSITED, Event.REGISTER_ENTERED)
def a_staff_safety_marker_is_entered(world: DeedWorld) -> Sending:
    return _new(world, "staff-safety", MARKER)


@leaves("/officer/registers/of/<kind>/new", Event.REGISTER_ENTERED)
def a_witness_support_plan_is_entered(world: DeedWorld) -> Sending:
    return _new(world, "witness-support", SUPPORT)


@leaves("/officer/registers/<uuid:entry_id>/open", Event.RECORD_VIEWED, Event.RECORD_VIEWED)
def a_marker_is_opened_by_whoever_keeps_it(world: DeedWorld) -> Sending:
    return Sending(world.as_(AISHA), f"{REGISTERS}/{_entry(world)}/open")


@leaves("/officer/registers/<uuid:entry_id>/open", Event.RECORD_VIEWED)
def a_witness_support_plan_is_opened_by_its_team(world: DeedWorld) -> Sending:
    return Sending(world.as_(AISHA), f"{REGISTERS}/{_entry(world, 'witness-support')}/open")


@leaves("/officer/registers/<uuid:entry_id>/review", Event.REGISTER_REVIEWED)
def an_entry_is_reviewed(world: DeedWorld) -> Sending:
    fields = {**day("expires_on", UNTIL), "version": "1"}
    return Sending(world.as_(AISHA), f"{REGISTERS}/{_entry(world)}/review", fields)


@leaves("/officer/registers/<uuid:entry_id>/end", Event.REGISTER_ENDED)
def an_entry_ends(world: DeedWorld) -> Sending:
    return Sending(world.as_(AISHA), f"{REGISTERS}/{_entry(world)}/end", {"reason": "no-longer", "version": "1"})


@leaves("/officer/registers/<uuid:entry_id>/team", Event.TEAM_CHANGED)
def somebody_joins_the_team_of_a_plan(world: DeedWorld) -> Sending:
    fields = {"officer": str(_officer(world, DANIEL)), "change": "joins", "version": "1"}
    return Sending(world.as_(PRIYA), f"{REGISTERS}/{_entry(world, 'witness-support', PRIYA)}/team", fields)


@leaves("/officer/registers/of/<kind>/circulate", Event.REGISTER_CIRCULATED, Event.RECORD_VIEWED, Event.RELEASED)
def a_marker_is_circulated_to_the_police(world: DeedWorld) -> Sending:
    _only_marker_of_the_council(world)
    return Sending(world.as_(DANIEL), f"{REGISTERS}/of/staff-safety/circulate", {"partners": [POLICE]})


@leaves("/officer/registers/told/<uuid:circulation_id>/open", Event.RECORD_VIEWED)
def a_marker_that_a_partner_told_of_is_opened(world: DeedWorld) -> Sending:
    made = _only_marker_of_the_council(world)
    with world.unit(DANIEL) as unit:
        registers.circulate_register(unit, "staff-safety", only=frozenset({POLICE}))
    with world.store.reading() as session:
        told = registers.told_to(session, str(world.actor(TOM).partnership), POLICE, TODAY)
    circulation = next(each.id for each in told if each.register_id == made)
    return Sending(world.as_(TOM), f"{REGISTERS}/told/{circulation}/open")


# --- alerts ----------------------------------------------------------------------------------------


def _name(world: DeedWorld) -> None:
    with world.unit(GRACE) as unit:
        registers.name_contact(unit, NameContact(_officer(world, TOM), _officer(world, GRACE), 30))


def _alert(world: DeedWorld, *, acknowledged: bool = False) -> uuid.UUID:
    _name(world)
    happened = world.store.clock.business_now() - timedelta(hours=1)
    with world.unit(PRIYA) as unit:
        command = RaiseAlert("injunction", "CC/2026/0417", power_of_arrest=True, happened_at=happened, words=WORDS)
        made = registers.raise_alert(unit, command).id
    if acknowledged:
        with world.unit(TOM) as unit:
            registers.acknowledge_alert(unit, made, 1)
    return made


@leaves("/officer/alert-contacts/new", Event.ALERT_CONTACT_NAMED)
def whom_alerts_reach_is_named(world: DeedWorld) -> Sending:
    fields = {"area": "", "officer": str(_officer(world, TOM)), "deputy": str(_officer(world, GRACE)), "minutes": "30"}
    return Sending(world.as_(GRACE), "/officer/alert-contacts/new", fields)


@leaves("/officer/alerts/new", Event.RECORD_DEPOSITED, Event.ALERT_RAISED)
def a_breach_alert_is_raised(world: DeedWorld) -> Sending:
    _name(world)
    fields = {
        "order_kind": "injunction",
        "order_ref": "CC/2026/0417",
        "power_of_arrest": "yes",
        **day("happened_on", TODAY - timedelta(days=1)),
        "happened_time": "21:30",
        "area": "",
        "name": "Zebedee Quillfeather",
        "history": "Came back at night",
    }
    return Sending(world.as_(AISHA), f"{ALERTS}/new", fields)


@leaves("/officer/alerts/<uuid:alert_id>/open", Event.RECORD_VIEWED)
def what_happened_is_opened_by_whoever_raised_it(world: DeedWorld) -> Sending:
    return Sending(world.as_(PRIYA), f"{ALERTS}/{_alert(world)}/open")


@leaves("/officer/alerts/<uuid:alert_id>/tell", Event.ALERT_TOLD, Event.RECORD_VIEWED, Event.RELEASED)
def what_happened_is_told(world: DeedWorld) -> Sending:
    fields = {"necessity": "They have to know whom", "proportionality": "One name", "version": "1"}
    return Sending(world.as_(DANIEL), f"{ALERTS}/{_alert(world)}/tell", fields)


@leaves("/officer/alerts/<uuid:alert_id>/acknowledge", Event.ALERT_ACKNOWLEDGED)
def an_alert_is_acknowledged(world: DeedWorld) -> Sending:
    return Sending(world.as_(TOM), f"{ALERTS}/{_alert(world)}/acknowledge", {"version": "1"})


@leaves("/officer/alerts/<uuid:alert_id>/result", Event.ALERT_RESULT_RECORDED)
def the_result_of_an_alert_is_recorded(world: DeedWorld) -> Sending:
    fields = {"result": "arrest", "version": "2"}
    return Sending(world.as_(TOM), f"{ALERTS}/{_alert(world, acknowledged=True)}/result", fields)


# --- referrals -------------------------------------------------------------------------------------


def _referral(world: DeedWorld) -> uuid.UUID:
    answers = {"person": "A tenant", "need": "Cannot pay the rent"}
    with world.unit(AISHA) as unit:
        return registers.make_referral(unit, MakeReferral("tenancy-support", COUNCIL, answers=answers))


@leaves("/officer/referrals/of/<kind>/new", Event.REFERRAL_MADE)
def a_referral_is_made(world: DeedWorld) -> Sending:
    fields = {"recipient": COUNCIL, "q_person": "A tenant", "q_need": "Cannot pay the rent"}
    return Sending(world.as_(AISHA), f"{REFERRALS}/of/tenancy-support/new", fields)


@leaves("/officer/referrals/<uuid:referral_id>/part", Event.PART_WRITTEN)
def the_other_agency_writes_its_part(world: DeedWorld) -> Sending:
    fields = {"q_support": "A budget plan", "version": "1"}
    return Sending(world.as_(PRIYA), f"{REFERRALS}/{_referral(world)}/part", fields)


@leaves("/officer/referrals/<uuid:referral_id>/open/<organisation>", Event.RECORD_VIEWED)
def the_other_agencys_part_is_opened(world: DeedWorld) -> Sending:
    return Sending(world.as_(PRIYA), f"{REFERRALS}/{_referral(world)}/open/ascham-homes")


@leaves("/officer/referrals/<uuid:referral_id>/end", Event.REFERRAL_ENDED)
def a_referral_ends(world: DeedWorld) -> Sending:
    fields = {"outcome": "unmet", "unmet": "debt", "version": "1"}
    return Sending(world.as_(AISHA), f"{REFERRALS}/{_referral(world)}/end", fields)
