"""This module knows the forms by which a release is taken along, and by which everything sealed ends."""

from __future__ import annotations

import uuid
from datetime import timedelta

from protocols.actions import Event
from sharing import disclosures, requests, retention
from sharing.disclosures import links
from sharing.requests.exporting import link_given
from tests.house.deeds.partnership import COUNCIL, DANIEL, POLICE, PRIYA, TOM
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld
from tests.portal.conftest import TODAY
from tests.portal.coordinator_world import HERE, day


def due_record(world: DeedWorld) -> None:
    """A record of the council's that may be kept until today."""
    reference = f"WF-2026-{world.number():04d}"
    with world.unit(PRIYA) as unit:
        values = {"subject.name": "Zebedee Quillfeather", "case.reference": reference}
        disclosures.deposit_record(unit, disclosures.DepositRecord(reference, "E05000593", "NOIS", TODAY, values))


def record(world: DeedWorld) -> uuid.UUID:
    """A record of the council's that is kept for long."""
    reference = world.deposit()
    with world.store.reading() as session:
        found = disclosures.find_record(session, HERE, COUNCIL, reference)
    assert found
    return found


def released(world: DeedWorld) -> uuid.UUID:
    """A disclosure to the police of what may be exported."""
    request_id = world.released()
    with world.store.reading() as session:
        made = requests.request(session, HERE, POLICE, request_id).disclosure_id
    assert made
    return made


@leaves("/officer/releases/<uuid:disclosure_id>/download", Event.EXPORTED, Event.RECORD_VIEWED)
def a_release_is_taken_along(world: DeedWorld) -> Sending:
    return Sending(world.as_(TOM), f"/officer/releases/{released(world)}/download", {"kind": "csv"})


@leaves("/liaison/retention", Event.RECORD_SHREDDED)
def what_is_due_is_erased(world: DeedWorld) -> Sending:
    place = {"partnership": HERE, "organisation": COUNCIL}
    with world.unit(DANIEL) as unit:  # what a form that was refused has left lying
        left = retention.preview(unit.session, unit.clock.today(), **place)
        if left.goes:
            retention.run(unit, left.code, **place)
    due_record(world)
    with world.store.reading() as session:
        seen = retention.preview(session, world.store.clock.today(), **place)
    assert len(seen.goes) == 1
    return Sending(world.as_(DANIEL), "/liaison/retention", {"code": seen.code})


@leaves("/liaison/retention/hold/<table>/<uuid:row_id>", Event.HOLD_PUT)
def a_record_is_put_on_hold(world: DeedWorld) -> Sending:
    fields = {"reason": "live-order", **day("review_on", TODAY + timedelta(days=90))}
    return Sending(world.as_(DANIEL), f"/liaison/retention/hold/case_record/{record(world)}", fields)


@leaves("/liaison/retention/holds/<uuid:hold_id>/lift", Event.HOLD_LIFTED)
def a_hold_is_lifted(world: DeedWorld) -> Sending:
    command = retention.PutHold(retention.RECORD, record(world), "audit", TODAY + timedelta(days=90))
    with world.unit(DANIEL) as unit:
        made = retention.put_hold(unit, command)
    return Sending(world.as_(DANIEL), f"/liaison/retention/holds/{made}/lift", {"reason": "ended", "version": "1"})


def given_by_link(world: DeedWorld) -> uuid.UUID:
    """A disclosure to the police of an age band, which may leave by a link: it names nobody."""
    reference = f"WF-2026-{world.number():04d}"
    values = {"subject.dob": "1986-03-27", "case.reference": reference}
    kept = TODAY + timedelta(days=700)
    with world.unit(PRIYA) as unit:
        disclosures.deposit_record(unit, disclosures.DepositRecord(reference, "E05000593", "NOIS", kept, values))
    asked = requests.MakeRequest(
        kind="tenant-identity",
        supplier=COUNCIL,
        purpose="asb-case",
        fields=(("subject.dob", "age-band"),),
        texts={"necessity": "To decide on an injunction", "proportionality": "Only how old"},
        subject_ref=reference,
    )
    with world.unit(TOM) as unit:
        made = requests.make_request(unit, asked)
    command = requests.DecideRequest(
        made.request_id, world.version(made.request_id), {"subject.dob": "age-band"}, {}, "Needed", "One field"
    )
    with world.unit(DANIEL) as unit:
        decided = requests.decide_request(unit, command)
    assert decided.outcome == "released"
    with world.store.reading() as session:
        found = requests.request(session, HERE, POLICE, made.request_id).disclosure_id
    assert found
    return found


def link(world: DeedWorld, disclosure_id: uuid.UUID) -> links.LinkMade:
    """A link that the recipient's officer has made."""
    with world.unit(TOM) as unit:
        return link_given(unit, disclosure_id, links.DEFAULT_HOURS)


@leaves("/officer/releases/<uuid:disclosure_id>/link", Event.LINK_MADE)
def a_link_is_made(world: DeedWorld) -> Sending:
    return Sending(world.as_(TOM), f"/officer/releases/{given_by_link(world)}/link", {"hours": "24"})


@leaves("/officer/releases/<uuid:disclosure_id>/link/end", Event.LINK_ENDED)
def a_link_is_taken_back(world: DeedWorld) -> Sending:
    made = given_by_link(world)
    link(world, made)
    return Sending(world.as_(TOM), f"/officer/releases/{made}/link/end")


@leaves("/given/<token>", Event.LINK_OPENED, Event.RECORD_VIEWED)
def a_link_is_opened_without_an_account(world: DeedWorld) -> Sending:
    made = link(world, given_by_link(world))
    return Sending(world.counter.anonymous(), f"/given/{made.token}", {"code": made.code})
