"""This module knows the story's casework: made-up case records, requests between the partners, joint visits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from portal.demo.programme import Programme
from portal.demo.stage import Stage
from sharing import disclosures, meetings, requests, visits
from sharing.disclosures import DepositRecord
from sharing.errors import NotFoundError
from sharing.requests import DecideRequest, MakeRequest
from sharing.store.clock import LONDON
from sharing.visits import LogVisit

_ON = "case records, requests and visits"


def plan_casework(stage: Stage, programme: Programme, story: Mapping[str, Any]) -> None:
    """Add every record, request and visit of the story on its day."""
    for record in story["record"]:
        programme.add(record["on"], _ON, lambda r=record: _deposit(stage, r))  # type: ignore[misc]
    for asked in story["request"]:
        programme.add(asked["on"], _ON, lambda r=asked: _ask(stage, r))  # type: ignore[misc]
        if "decision" in asked:
            programme.add(asked["decision"]["on"], _ON, lambda r=asked: _decide(stage, r))  # type: ignore[misc]
    for visit in story["visit"]:
        programme.add(visit["on"], _ON, lambda v=visit: _visit(stage, v))  # type: ignore[misc]
        if "confirmed_by" in visit:
            programme.add(visit["confirmed_on"], _ON, lambda v=visit: _confirm(stage, v))  # type: ignore[misc]


def _deposit(stage: Stage, record: Mapping[str, Any]) -> None:
    facts = {name: record[name] for name in ("reference", "area", "category", "retain_until", "values")}
    with stage.by(record["by"], record.get("organisation")) as unit:
        disclosures.deposit_record(unit, DepositRecord(**facts, flags=tuple(record.get("flags", ()))))


def _ask(stage: Stage, asked: Mapping[str, Any]) -> None:
    facts = {
        name: asked[name]
        for name in ("kind", "supplier", "purpose", "texts", "subject_ref", "linked_kind", "linked_ref", "urgency")
        if name in asked
    }
    fields = tuple((each[0], each[1] if each[1:] else None) for each in asked["fields"])
    with stage.by(asked["by"], asked.get("organisation")) as unit:
        made = requests.make_request(unit, MakeRequest(fields=fields, **facts))
    if str(made.status) != asked["then"]:
        raise NotFoundError(f"{made.ref} is {made.status}; the story has it {asked['then']}: {made.told}")


def _decide(stage: Stage, asked: Mapping[str, Any]) -> None:
    decision = asked["decision"]
    with stage.reading() as session:
        found = next(
            each
            for each in requests.requests_of(session, stage.partnership, supplier=asked["supplier"])
            if each.subject_ref == asked["subject_ref"]
        )
    allow = {code: form or "as-is" for code, form in found.fields if code not in decision.get("refuse", {})}
    refuse = {code: (why[0], why[1]) for code, why in decision.get("refuse", {}).items()}
    with stage.by(decision["by"], asked["supplier"]) as unit:
        requests.decide_request(
            unit,
            DecideRequest(
                found.id,
                found.version,
                allow=allow,
                refuse=refuse,
                necessary=decision["necessary"],
                proportionate=decision["proportionate"],
            ),
        )


def _visit(stage: Stage, visit: Mapping[str, Any]) -> None:
    facts = {
        name: visit[name] for name in ("kind", "outcome", "place", "note", "log_number", "told_about") if name in visit
    }
    hour, minute = (int(part) for part in visit["at"].split(":"))
    with stage.reading() as session:
        action = meetings.action_by_ref(session, stage.partnership, visit["action"]) if "action" in visit else None
    with stage.by(visit["by"], visit.get("organisation")) as unit:
        visits.log_visit(
            unit,
            LogVisit(
                with_organisation=visit["with"],
                visited_at=datetime.combine(visit["made_on"], time(hour, minute), LONDON),
                action_id=action.id if action else None,
                **facts,
            ),
        )


def _confirm(stage: Stage, visit: Mapping[str, Any]) -> None:
    with stage.reading() as session:
        found = next(
            each
            for each in visits.visits(session, stage.partnership, visit["with"])
            if each.log_number == visit["log_number"]
        )
    with stage.by(visit["confirmed_by"], visit["with"]) as unit:
        visits.confirm_visit(unit, found.id, found.version)
