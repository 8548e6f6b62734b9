"""This module knows how an officer says what was told outside the portal, and how that is judged by the rules of its moment."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from protocols.actions import Action, Event
from sharing import disclosures, partners
from sharing.audit import rules
from sharing.audit.model import OutsideDisclosure
from sharing.audit.rules import Verdict
from sharing.base import new_id
from sharing.clear_text import refuse_personal
from sharing.disclosures import OwnRecord, audited
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.partners import WorkKind
from sharing.store import Unit, next_ref

TABLE = "outside_disclosure"
CHANNELS = ("doorstep", "phone", "email", "corridor", "other")
KEPT = timedelta(days=2192)
"""Six years: as long as the log that counts the report is kept at least."""


@dataclass(frozen=True)
class ReportOutside:
    """What was told. `recipient` is a member's code, or empty for somebody outside; the words about anybody get sealed.

    `allowed_by` is the colleague who allowed it, if anybody did: that colleague sees the report and can say otherwise.
    `harm`: what danger there was, when it was told at once because of it; `called_back`: the recipient was confirmed by a call.
    """

    told_at: datetime
    recipient: str
    channel: str
    purpose: str
    fields: tuple[str, ...]
    why: str = field(repr=False)
    told_to: str = field(default="", repr=False)
    harm: str = field(default="", repr=False)
    called_back: bool = False
    allowed_by: uuid.UUID | None = None
    subject_ref: str = ""


@dataclass(frozen=True)
class Reported:
    """A report that was kept: its id and reference, and what it was judged to be."""

    id: uuid.UUID
    ref: str
    verdict: Verdict


def report_outside(unit: Unit, command: ReportOutside) -> Reported:
    """Keep what an officer told outside the portal, judged as at the moment when it was told.

    Reporting is never punished here with more than the truth: what was uncovered is kept as such, like what was covered.
    Raises InvalidError with everything that is missing, NotPermittedError.
    """
    partnership, organisation, officer = unit.actor.partnership, unit.actor.organisation, unit.actor.officer_id
    unit.require(Action.REPORT_OUTSIDE, partnership=partnership, organisation=organisation)
    if partnership is None or organisation is None or officer is None:
        raise NotFoundError("An officer in post reports what was told.")
    problems = _problems(unit, command, partnership, organisation)
    if problems:
        raise InvalidError(problems)
    refuse_personal(unit, {"subject_ref": command.subject_ref})
    record_id = disclosures.find_record(unit.session, partnership, organisation, command.subject_ref)
    judged = _judged(unit, command, partnership, organisation, officer, record_id)
    verdict = rules.verdict_of({"fields": judged}, command.fields)
    made_id, ref = new_id(), next_ref(unit, partnership, OutsideDisclosure.reported_at, "O")
    facts = {
        "ref": ref,
        "to": command.recipient or "outside",
        "channel": command.channel,
        "purpose": command.purpose,
        "fields": {code: [told["result"], told["rule"]] for code, told in judged.items()},
        "told_at": command.told_at.isoformat(),
        "allowed_by": str(command.allowed_by) if command.allowed_by else None,
        "verdict": str(verdict),
    }
    entry = unit.record(Event.OUTSIDE_REPORTED, about=made_id, facts=facts)
    unit.session.add(
        OutsideDisclosure(
            id=made_id,
            partnership=partnership,
            ref=ref,
            organisation=organisation,
            officer_id=officer,
            allowed_by=command.allowed_by,
            recipient=command.recipient or None,
            channel=command.channel,
            purpose=command.purpose,
            fields=list(command.fields),
            subject_ref=command.subject_ref.strip(),
            record_id=record_id,
            verdict=str(verdict),
            judged=judged,
            told_at=command.told_at,
            reported_at=unit.clock.business_now(),
            entry_id=entry.id,
            **_sealed(unit, made_id, organisation, command),
        )
    )
    unit.session.flush()
    return Reported(made_id, ref, verdict)


def _problems(unit: Unit, command: ReportOutside, partnership: str, organisation: str) -> tuple[Problem, ...]:
    members = {body.code for body in partners.members(unit.session, partnership, unit.clock.today())} - {organisation}
    offers = disclosures.offers(unit.session, partnership)
    known = {code for offer in offers.values() for code in offer.fields}
    day = unit.clock.today()
    people = partners.officers(
        unit.session, partnership, unit.clock.business_now(), day, organisation=organisation, also_former=True
    )
    colleagues = {each.id for each in people} - {unit.actor.officer_id}
    checks = (
        (command.told_at <= unit.clock.business_now(), "told_on", "This lies in the future: say when it was told"),
        (command.recipient in {"", *members}, "recipient", "Choose another member, or somebody outside"),
        (bool(command.recipient or command.told_to.strip()), "told_to", "Say whom you told"),
        (command.allowed_by in {None, *colleagues}, "allowed_by", "Choose a colleague, or nobody"),
        (command.channel in CHANNELS, "channel", "Say how it was told"),
        (command.purpose in offers, "purpose", "Choose what it was for"),
        (bool(command.fields) and set(command.fields) <= known, "fields", "Tick what you told"),
        (bool(command.why.strip()), "why", "Say why it was told"),
        (len(command.subject_ref.strip()) <= 40, "subject_ref", "A case reference has at most 40 characters"),  # noqa: PLR2004
    )
    return tuple(Problem(message, where) for is_good, where, message in checks if not is_good)


def _judged(
    unit: Unit,
    command: ReportOutside,
    partnership: str,
    organisation: str,
    officer: uuid.UUID,
    record_id: uuid.UUID | None,
) -> dict[str, Any]:
    """What the rules say of each field; somebody outside is under no protocol, so that nothing covers them."""
    if not command.recipient:
        nothing = {"result": "withheld", "form": None, "cover": None, "line": None, "rule": "gateway"}
        return {code: dict(nothing) for code in command.fields}
    told = audited.ToldOutside(
        organisation=organisation,
        recipient=command.recipient,
        officer_id=officer,
        decided_by=command.allowed_by,
        purpose=command.purpose,
        provision=disclosures.offer(unit.session, partnership, command.purpose).provision,
        fields=command.fields,
        told_at=command.told_at,
        record_id=record_id,
        assigned=_is_assigned(unit, command, partnership, officer),
        emergency=bool(command.harm.strip()),
        harm=bool(command.harm.strip()),
        called_back=command.called_back,
    )
    answer = audited.judge_outside(unit.session, partnership, told)
    kept = ("result", "form", "cover", "protocol", "version", "line", "gateway", "rule")
    return {code: {name: answer["fields"][code][name] for name in kept} for code in command.fields}


def _is_assigned(unit: Unit, command: ReportOutside, partnership: str, officer: uuid.UUID) -> bool:
    ref = command.subject_ref.strip()
    kinds = (WorkKind.CASE, WorkKind.ACTION, WorkKind.REQUEST)
    return bool(ref) and any(
        partners.is_assigned(unit.session, partnership, officer, kind, ref, command.told_at) for kind in kinds
    )


def _sealed(unit: Unit, made_id: uuid.UUID, organisation: str, command: ReportOutside) -> Mapping[str, Any]:
    words = {"told_to": command.told_to, "why": command.why, "harm": command.harm}
    return unit.vault.seal(
        unit.session,
        table=TABLE,
        record_id=made_id,
        organisation=organisation,
        retain_until=unit.clock.today() + KEPT,
        values={name: text.strip() for name, text in words.items() if text.strip()},
    )


def view_outside(unit: Unit, outside_id: uuid.UUID) -> dict[str, str]:
    """Open the words of a report of one's own organisation: an entry first, as for everything sealed."""
    row = unit.session.get(OutsideDisclosure, outside_id)
    if row is None or row.partnership != unit.actor.partnership or row.organisation != unit.actor.organisation:
        raise NotFoundError("There is no such report.")
    sealed = {"told_to": row.told_to, "why": row.why, "harm": row.harm}
    own = OwnRecord(TABLE, row.id, row.organisation, row.partnership)
    return disclosures.view_own(unit, own, {name: value for name, value in sealed.items() if value is not None})
