"""This module knows the forms of the auditor's counter: samples, working papers, what was told outside, break-glass."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from protocols.actions import Event
from sharing import audit, disclosures
from sharing.audit.model import AuditSample
from sharing.disclosures.model import Disclosure
from tests.house.deeds.partnership import COUNCIL, DANIEL, MIRIAM, TOM
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld
from tests.portal.conftest import TODAY
from tests.portal.coordinator_world import HERE, day

SEED = "quiet otters mend long fences"


def _sample(world: DeedWorld) -> uuid.UUID:
    """A sample that was committed to and whose period is over since."""
    with world.unit(MIRIAM) as unit:
        made = audit.commit_sample(unit, audit.CommitSample(TODAY - timedelta(days=30), TODAY, SEED))
    with Session(world.store.engine) as session:
        ended = TODAY - timedelta(days=1)
        session.execute(update(AuditSample).where(AuditSample.id == made).values(to_on=ended))
        session.commit()
    return made


def _drawn(world: DeedWorld) -> uuid.UUID:
    given = _released(world)
    with Session(world.store.engine) as session:
        before = world.store.clock.business_now() - timedelta(days=2)
        session.execute(update(Disclosure).where(Disclosure.id == given).values(decided_at=before))
        session.commit()
    made = _sample(world)
    with world.unit(MIRIAM) as unit:
        audit.draw_sample(unit, made, SEED)
    return made


def _released(world: DeedWorld) -> uuid.UUID:
    """A release of the council's to the police, by its id."""
    request = world.released()
    with world.store.reading() as session:
        (made, *_) = [each for each in disclosures.given_by(session, HERE, COUNCIL) if each.request_id == request]
    return made.id


@leaves("/auditor/samples", Event.SAMPLE_COMMITTED)
def a_seed_is_committed_to(world: DeedWorld) -> Sending:
    fields = {"wanted": "25", "seed": SEED, "kept": "y", **day("from_on", TODAY), **day("to_on", TODAY)}
    return Sending(world.as_(MIRIAM), "/auditor/samples", fields)


@leaves("/auditor/samples/<uuid:sample_id>/draw", Event.SAMPLE_DRAWN)
def a_sample_is_drawn(world: DeedWorld) -> Sending:
    return Sending(world.as_(MIRIAM), f"/auditor/samples/{_sample(world)}/draw", {"seed": SEED})


@leaves("/auditor/samples/<uuid:sample_id>/verify", Event.SAMPLE_VERIFIED)
def the_receipts_of_a_sample_are_verified(world: DeedWorld) -> Sending:
    return Sending(world.as_(MIRIAM), f"/auditor/samples/{_drawn(world)}/verify")


@leaves("/auditor/samples/<uuid:sample_id>/marks", Event.SAMPLE_MARKED)
def a_sample_is_marked(world: DeedWorld) -> Sending:
    made = _drawn(world)
    with world.store.reading() as session:
        version = audit.sample(session, HERE, made).version
        marks = {f"mark-{item.id}": "satisfactory" for item in audit.items(session, HERE, made)}
    return Sending(world.as_(MIRIAM), f"/auditor/samples/{made}/marks", {"version": str(version), **marks})


@leaves("/auditor/samples/<uuid:sample_id>/papers", Event.WORKING_PAPERS_TAKEN)
def the_working_papers_are_taken_away(world: DeedWorld) -> Sending:
    return Sending(world.as_(MIRIAM), f"/auditor/samples/{_drawn(world)}/papers")


TOLD = {
    **day("told_on", TODAY),
    "told_time": "00:05",
    "recipient": "outside",
    "told_to": "the neighbour at 12",
    "allowed_by": "",
    "channel": "doorstep",
    "purpose": "asb-case",
    "fields": ["subject.name"],
    "why": "Zebedee was at the door",
}


@leaves("/auditor/outside/report", Event.OUTSIDE_REPORTED)
def what_was_told_outside_is_reported(world: DeedWorld) -> Sending:
    return Sending(world.as_(TOM), "/auditor/outside/report", TOLD)


@leaves("/auditor/outside/<uuid:outside_id>/words", Event.RECORD_VIEWED)
def the_words_of_a_report_are_opened(world: DeedWorld) -> Sending:
    command = audit.ReportOutside(
        told_at=world.store.clock.business_now() - timedelta(hours=1),
        recipient="",
        channel="phone",
        purpose="asb-case",
        fields=("subject.name",),
        why="Zebedee was at the door",
        told_to="the neighbour at 12",
    )
    with world.unit(TOM) as unit:
        made = audit.report_outside(unit, command)
    return Sending(world.as_(TOM), f"/auditor/outside/{made.id}/words")


def _asked(world: DeedWorld) -> uuid.UUID:
    made = _released(world)
    with world.unit(MIRIAM) as unit:
        return audit.ask_to_break(unit, made, "The findings do not fit the fields")


@leaves("/auditor/log/<uuid:disclosure_id>/glass", Event.GLASS_ASKED)
def break_glass_is_asked_for(world: DeedWorld) -> Sending:
    reason = {"reason": "The findings do not fit the fields"}
    return Sending(world.as_(MIRIAM), f"/auditor/log/{_released(world)}/glass", reason)


@leaves("/auditor/glass/<uuid:glass_id>/answer", Event.GLASS_ALLOWED)
def break_glass_is_allowed_by_a_second_person(world: DeedWorld) -> Sending:
    return Sending(world.as_(DANIEL), f"/auditor/glass/{_asked(world)}/answer", {"answer": "allow", "version": "1"})


@leaves("/auditor/glass/<uuid:glass_id>/answer", Event.GLASS_REFUSED)
def break_glass_is_refused_by_a_second_person(world: DeedWorld) -> Sending:
    return Sending(world.as_(DANIEL), f"/auditor/glass/{_asked(world)}/answer", {"answer": "refuse", "version": "1"})


@leaves("/auditor/glass/<uuid:glass_id>/open", Event.RECORD_VIEWED, Event.GLASS_OPENED)
def what_was_given_is_opened_by_break_glass(world: DeedWorld) -> Sending:
    made = _asked(world)
    with world.unit(DANIEL) as unit:
        audit.answer_glass(unit, made, 1, allow=True)
    return Sending(world.as_(MIRIAM), f"/auditor/glass/{made}/open")
