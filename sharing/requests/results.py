"""This module knows how a request ended for whoever asked, and the monitor that can follow it, which ends by itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from protocols.actions import Action, Event
from protocols.request_kinds import RequestKind, kind_of, last_day_of_monitor, wrong_with
from sharing.base import new_id
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.requests.asking import own_request
from sharing.requests.course_model import Monitor, RequestResult
from sharing.requests.details import seal_words, told_apart
from sharing.requests.model import InformationRequest
from sharing.requests.rules import OPEN
from sharing.store import Unit, refuse_older

TABLE = "request_result"


@dataclass(frozen=True)
class StartMonitor:
    """A monitor to be started: whether and when its subject was told, from when until when."""

    subject_informed: bool
    informed_on: date | None
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class RecordResult:
    """How a request ended: answers to the kind's result questions, and the monitor if one follows."""

    request_id: uuid.UUID
    version: int
    answers: Mapping[str, str] = field(repr=False)
    monitor: StartMonitor | None = None


def record_result(unit: Unit, command: RecordResult) -> uuid.UUID:
    """Write down how it ended; return the result's id. A later one counts instead of an earlier one, which stays.

    Raises InvalidError for what the kind of request does not ask, for fields that were not given, and for a monitor that is
    longer than twelve months or that its subject does not know of.
    """
    row = own_request(unit, command.request_id)
    unit.require(Action.RECORD_RESULT, partnership=row.partnership, organisation=row.asker)
    refuse_older(row.version, command.version)
    kind = kind_of(row.kind)
    problems = (*_problems(row, kind, command), *_monitor_problems(unit, row, kind, command.monitor))
    if problems:
        raise InvalidError(problems)
    made = _store(unit, row, kind, command)
    facts = {"ref": row.ref, "kind": row.kind, "answers": dict(made.answers), "words": made.words is not None}
    unit.record(Event.RESULT_RECORDED, about=row.id, facts=facts)
    if command.monitor is not None:
        _start(unit, row, command.monitor)
    return made.id


def _problems(row: InformationRequest, kind: RequestKind, command: RecordResult) -> tuple[Problem, ...]:
    if not kind.results:
        return (Problem("Nothing is written down at the end of this kind of request", where="kind"),)
    if row.status in {str(status) for status in OPEN}:
        return (Problem("This request is still open", "kind", "Its result is written down when it has been answered."),)
    found = [Problem(said, where=code) for code, said in wrong_with(kind.results, command.answers)]
    asked = {code for code, _ in row.fields}
    for each in kind.results:
        used = set(command.answers.get(each.code, "").split()) if each.type == "fields" else set()
        found += [Problem("This was not asked for, so it was not used", where=each.code)] if used - asked else []
    return tuple(found)


def _monitor_problems(
    unit: Unit, row: InformationRequest, kind: RequestKind, wanted: StartMonitor | None
) -> tuple[Problem, ...]:
    if wanted is None:
        return ()
    found = []
    if not kind.may_monitor:
        found.append(Problem("No monitor follows this kind of request", where="monitor"))
    if not wanted.subject_informed or wanted.informed_on is None:
        found.append(
            Problem(
                "A monitor runs only with the knowledge of whom it is about",
                where="subject_informed",
                mend="Tell them, and say on which day.",
            )
        )
    elif wanted.informed_on > unit.clock.today():
        found.append(Problem("The day on which they were told is still to come", where="informed_on"))
    if wanted.ends_on is not None and not wanted.starts_on < wanted.ends_on <= last_day_of_monitor(wanted.starts_on):
        found.append(Problem("A monitor ends after it starts, and within twelve months", where="ends_on"))
    held = unit.session.scalar(
        select(Monitor.id).where(Monitor.partnership == row.partnership, Monitor.request_id == row.id)
    )
    if held is not None:
        found.append(Problem("A monitor was started on this request before", where="monitor"))
    return tuple(found)


def _store(unit: Unit, row: InformationRequest, kind: RequestKind, command: RecordResult) -> RequestResult:
    clear, worded = told_apart(kind.results, command.answers)
    made_id = new_id()
    made = RequestResult(
        id=made_id,
        partnership=row.partnership,
        request_id=row.id,
        organisation=row.asker,
        officer_id=_officer(unit),
        recorded_at=unit.clock.business_now(),
        answers=clear,
        words=seal_words(unit, TABLE, made_id, row.asker, worded),
    )
    unit.session.add(made)
    unit.session.flush()
    return made


def _start(unit: Unit, row: InformationRequest, wanted: StartMonitor) -> None:
    if wanted.informed_on is None:
        raise InvalidError.one("Say on which day they were told.", where="informed_on")
    ends_on = wanted.ends_on or last_day_of_monitor(wanted.starts_on)
    made = Monitor(
        partnership=row.partnership,
        request_id=row.id,
        organisation=row.asker,
        supplier=row.supplier,
        purpose=row.purpose,
        subject_informed=True,
        informed_on=wanted.informed_on,
        starts_on=wanted.starts_on,
        ends_on=ends_on,
        officer_id=_officer(unit),
        started_at=unit.clock.business_now(),
    )
    unit.session.add(made)
    unit.session.flush()
    facts = {"ref": row.ref, "starts": wanted.starts_on.isoformat(), "ends": ends_on.isoformat(), "informed": True}
    unit.record(Event.MONITOR_STARTED, about=made.id, facts=facts)


def _officer(unit: Unit) -> uuid.UUID:
    if unit.actor.officer_id is None:
        raise NotFoundError("This is written down by an officer.")
    return unit.actor.officer_id
