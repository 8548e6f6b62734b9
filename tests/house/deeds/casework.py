"""This module knows the forms of records, requests, visits, protocols and the ledger."""

from __future__ import annotations

from datetime import timedelta

from protocols.actions import Event
from sharing import visits
from tests.house.deeds.partnership import AISHA, ALMO, COLIN, COUNCIL, DANIEL, MIRIAM, POLICE, PRIYA, TOM
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld, digest_of, load_protocol, sign
from tests.portal.conftest import TODAY
from tests.portal.coordinator_world import day

ASK = {
    "supplier": COUNCIL,
    "kind": "tenant-identity",
    "purpose": "asb-case",
    "fields": ["subject.name"],
    "necessity": "Needed to decide on an injunction",
    "proportionality": "Only who",
}
ALLOW = {"field_subject_name": "as-is", "necessary": "They have to know", "proportionate": "One field", "reason": ""}
REFUSE = {**ALLOW, "field_subject_name": "discretion", "reason": "We choose not to"}


# --- records and requests --------------------------------------------------------------------------


@leaves("/liaison/records/new", Event.RECORD_DEPOSITED)
def a_record_is_deposited(world: DeedWorld) -> Sending:
    fields = {
        "reference": f"WF-2026-{world.number():04d}",
        "category": "NOIS",
        "area": "E05000593",
        "subject_name": "Zebedee Quillfeather",
        **day("retain_until", TODAY + timedelta(days=700)),
    }
    return Sending(world.as_(PRIYA), "/liaison/records/new", fields)


@leaves("/officer/requests/new", Event.REQUEST_MADE)
def a_request_is_made(world: DeedWorld) -> Sending:
    return Sending(world.as_(TOM), "/officer/requests/new", {**ASK, "subject_ref": world.deposit()})


@leaves("/officer/requests/new", Event.REQUEST_MADE, Event.REFUSED)
def a_request_without_its_reasons_is_refused_as_it_stands(world: DeedWorld) -> Sending:
    asked = {**ASK, "subject_ref": world.deposit(), "necessity": "", "proportionality": ""}
    return Sending(world.as_(TOM), "/officer/requests/new", asked)


@leaves("/officer/requests/<uuid:request_id>/mend", Event.REQUEST_MENDED)
def a_request_is_mended(world: DeedWorld) -> Sending:
    made = world.request(words=False)
    fields = {"necessity": "To decide", "proportionality": "Only who", "version": str(world.version(made.request_id))}
    return Sending(world.as_(TOM), f"/officer/requests/{made.request_id}/mend", fields)


@leaves("/officer/requests/<uuid:request_id>/mend", Event.REQUEST_MENDED, Event.REFUSED)
def a_request_is_mended_in_part_and_refused_again(world: DeedWorld) -> Sending:
    made = world.request(words=False)
    fields = {"necessity": "To decide", "proportionality": "", "version": str(world.version(made.request_id))}
    return Sending(world.as_(TOM), f"/officer/requests/{made.request_id}/mend", fields)


@leaves("/liaison/requests/<uuid:request_id>/words", Event.RECORD_VIEWED)
def the_askers_words_are_opened(world: DeedWorld) -> Sending:
    return Sending(world.as_(DANIEL), f"/liaison/requests/{world.request().request_id}/words")


@leaves("/liaison/requests/<uuid:request_id>", Event.REQUEST_DECIDED, Event.RECORD_VIEWED, Event.RELEASED)
def a_field_is_released(world: DeedWorld) -> Sending:
    made = world.request()
    fields = {**ALLOW, "version": str(world.version(made.request_id))}
    return Sending(world.as_(DANIEL), f"/liaison/requests/{made.request_id}", fields)


@leaves("/liaison/requests/<uuid:request_id>", Event.REQUEST_DECIDED, Event.REFUSED)
def a_field_is_refused(world: DeedWorld) -> Sending:
    made = world.request()
    fields = {**REFUSE, "version": str(world.version(made.request_id))}
    return Sending(world.as_(DANIEL), f"/liaison/requests/{made.request_id}", fields)


@leaves("/liaison/requests/<uuid:request_id>", Event.REQUEST_DECIDED, Event.REFUSED)
def what_is_not_held_is_refused(world: DeedWorld) -> Sending:
    made = world.request(reference=f"NOT-HELD-{world.number()}")
    fields = {**REFUSE, "version": str(world.version(made.request_id))}
    return Sending(world.as_(DANIEL), f"/liaison/requests/{made.request_id}", fields)


@leaves("/officer/requests/<uuid:request_id>/open", Event.RECORD_VIEWED)
def what_was_given_is_opened(world: DeedWorld) -> Sending:
    return Sending(world.as_(TOM), f"/officer/requests/{world.released()}/open")


# --- visits ----------------------------------------------------------------------------------------


def _visit(**more: str) -> dict[str, str]:
    return {
        "kind": min(visits.visit_kinds()),
        "with_organisation": POLICE,
        "place": "14 Marmalade Row",
        "linked": "none",
        "outcome": min(visits.visit_outcomes()),
        **more,
    }


@leaves("/officer/visits/log", Event.VISIT_LOGGED)
def a_visit_is_logged(world: DeedWorld) -> Sending:
    return Sending(world.as_(AISHA), "/officer/visits/log", _visit())


@leaves("/officer/visits/log", Event.VISIT_LOGGED, Event.RECORD_VIEWED, Event.RELEASED)
def a_visit_at_which_something_was_told_is_logged(world: DeedWorld) -> Sending:
    action = str(world.action(owner=ALMO))
    return Sending(world.as_(AISHA), "/officer/visits/log", _visit(told_about=world.deposit(AISHA), linked=action))


@leaves("/officer/visits/log", Event.VISIT_LOGGED, Event.REFUSED)
def a_visit_at_which_too_much_was_told_is_logged(world: DeedWorld) -> Sending:
    told = world.deposit(AISHA, seen="")
    return Sending(world.as_(AISHA), "/officer/visits/log", _visit(told_about=told))


@leaves("/officer/visits/<uuid:visit_id>/confirm", Event.VISIT_CONFIRMED)
def a_visit_is_confirmed_by_the_other_agency(world: DeedWorld) -> Sending:
    return Sending(world.as_(TOM), f"/officer/visits/{world.visit()}/confirm", {"version": "1"})


@leaves("/officer/visits/<uuid:visit_id>/open", Event.RECORD_VIEWED)
def a_visits_own_place_is_opened(world: DeedWorld) -> Sending:
    return Sending(world.as_(AISHA), f"/officer/visits/{world.visit()}/open")


# --- protocols -------------------------------------------------------------------------------------


def _new_version(world: DeedWorld) -> tuple[str, int]:
    """Another protocol's next version: what becomes of it touches no other deed."""
    ref, number = "OTHER-ISP", world.number()
    load_protocol(world, ref, number)
    return ref, number


@leaves("/liaison/protocols/<ref>/<int:number>/sign", Event.PROTOCOL_SIGNED)
def a_version_is_signed(world: DeedWorld) -> Sending:
    ref, number = _new_version(world)
    fields = {"digest": digest_of(world, ref, number), "seniority": "Director", "read": "y"}
    return Sending(world.as_(DANIEL), f"/liaison/protocols/{ref}/{number}/sign", fields)


@leaves("/liaison/protocols/<ref>/<int:number>/withdraw", Event.PROTOCOL_WITHDRAWN)
def an_organisation_withdraws(world: DeedWorld) -> Sending:
    ref, number = _new_version(world)
    sign(world, COLIN, ref, number)
    return Sending(world.as_(COLIN), f"/liaison/protocols/{ref}/{number}/withdraw", {"sure": "y"})


# --- the ledger ------------------------------------------------------------------------------------


@leaves("/auditor/ledger", Event.LEDGER_VERIFIED)
def the_ledger_is_verified(world: DeedWorld) -> Sending:
    return Sending(world.as_(MIRIAM), "/auditor/ledger")


@leaves("/auditor/ledger/<int:year>/export", Event.LEDGER_EXPORTED)
def the_ledger_is_exported(world: DeedWorld) -> Sending:
    year = world.store.clock.now().year
    return Sending(world.as_(MIRIAM), f"/auditor/ledger/{year}/export")
