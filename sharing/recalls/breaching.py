"""This module knows how a personal data breach is reported, and each decision that the law asks for after it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select

from protocols.actions import Action, Event
from sharing import disclosures, partners
from sharing.base import new_id
from sharing.disclosures import recalled
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.recalls.model import Breach, BreachDisclosure, BreachParty
from sharing.recalls.recalling import MakeRecall, Recalled, make_recall, officer_of, seal_words
from sharing.recalls.rules import BreachKind, Reason, Risk, Untold, may_leave_untold, must_report, report_by
from sharing.store import Unit, next_ref, refuse_older

WORDS = ("what", "risk_words", "report_words", "told_words", "lessons")
_MINUTE = timedelta(minutes=1)
"""A form gives a moment to the minute; the clock is finer."""


@dataclass(frozen=True)
class ReportBreach:
    """A breach of one's own organisation. `aware_at` starts the 72 hours; `disclosure_ids` are what it is about.

    `parties` are other organisations that it concerns, besides those that gave or hold the disclosures.
    """

    kind: BreachKind
    found_on: date
    aware_at: datetime
    what: str = field(repr=False)
    disclosure_ids: tuple[uuid.UUID, ...] = ()
    parties: tuple[str, ...] = ()


@dataclass(frozen=True)
class AssessBreach:
    """What follows for people."""

    breach_id: uuid.UUID
    version: int
    risk: Risk
    words: str = field(repr=False)


@dataclass(frozen=True)
class DecideReport:
    """Whether the Commissioner was told: with its reference and moment, or why not; why late, where it was."""

    breach_id: uuid.UUID
    version: int
    reported: bool
    reference: str = ""
    at: datetime | None = None
    words: str = field(default="", repr=False)


@dataclass(frozen=True)
class DecideTelling:
    """Whether the people themselves were told (UK GDPR art 34, DPA 2018 s68)."""

    breach_id: uuid.UUID
    version: int
    told: bool
    untold_because: Untold | None = None
    words: str = field(default="", repr=False)


def report_breach(unit: Unit, command: ReportBreach) -> uuid.UUID:
    """Put a breach on the register and tell every organisation that it concerns, at once: they see it without its words."""
    partnership, own = unit.actor.partnership or "", unit.actor.organisation or ""
    unit.require(Action.REPORT_BREACH, partnership=partnership, organisation=own)
    problems = _problems(unit, command)
    if problems:
        raise InvalidError(tuple(problems))
    about = [
        disclosures.disclosure_of(unit.session, partnership, own, each)
        for each in dict.fromkeys(command.disclosure_ids)
    ]
    concerned = {code for each in about for code in (each.supplier, each.recipient)} | set(command.parties)
    parties = sorted(concerned - {own})
    breach_id, ref = new_id(), next_ref(unit, unit.actor.partnership or "", Breach.made_at, "BR")
    facts = {
        "ref": ref,
        "kind": str(command.kind),
        "aware_at": command.aware_at.isoformat(),
        "disclosures": [each.ref for each in about],
        "parties": parties,
    }
    entry = unit.record(Event.BREACH_REPORTED, about=breach_id, facts=facts)
    sealed = seal_words(unit, "breach", breach_id, own, {"what": command.what})
    unit.session.add(
        Breach(
            id=breach_id,
            partnership=partnership,
            ref=ref,
            organisation=own,
            officer_id=officer_of(unit),
            kind=str(command.kind),
            found_on=command.found_on,
            aware_at=command.aware_at,
            made_at=unit.clock.business_now(),
            entry_id=entry.id,
            **sealed,
        )
    )
    unit.session.flush()
    unit.session.add_all(BreachParty(partnership=partnership, breach_id=breach_id, party=code) for code in parties)
    unit.session.add_all(
        BreachDisclosure(partnership=partnership, breach_id=breach_id, disclosure_id=each.id) for each in about
    )
    unit.session.flush()
    return breach_id


def _problems(unit: Unit, command: ReportBreach) -> list[Problem]:
    now, today = unit.clock.business_now(), unit.clock.today()
    found = []
    if command.aware_at > now + _MINUTE:
        found.append(Problem("When you became aware must be in the past", where="aware_on"))
    if command.found_on > today:
        found.append(Problem("When it happened must be today or in the past", where="found_on"))
    if not command.what.strip():
        found.append(Problem("Say what happened", where="what"))
    members = {each.code for each in partners.members(unit.session, unit.actor.partnership or "", today)}
    if set(command.parties) - members:
        found.append(Problem("Choose members of the partnership", where="parties"))
    return found


def assess_breach(unit: Unit, command: AssessBreach) -> None:
    """Say what follows for people. A higher risk than before undoes a decision to tell nobody."""
    row = _open_breach(unit, command.breach_id, command.version)
    _need(command.words, "risk_words", "Say why the risk is so")
    row.risk, row.assessed_at = str(command.risk), unit.clock.business_now()
    if row.reported is False and must_report(command.risk):
        row.reported, row.report_at = None, None
    if row.told is False and not may_leave_untold(command.risk, Untold(row.untold_because)):
        row.told, row.told_at, row.untold_because = None, None, ""
    _seal(unit, row, {"risk_words": command.words})
    _record(unit, row, "assess", {"risk": row.risk})


def decide_report(unit: Unit, command: DecideReport) -> None:
    """Record that the Commissioner was told, or why not. Later than 72 hours needs its reasons (UK GDPR art 33(1))."""
    row = _open_breach(unit, command.breach_id, command.version)
    if not row.risk:
        raise InvalidError.one("Assess the risk first", where="reported")
    if command.reported:
        _check_report(unit, row, command)
    elif must_report(Risk(row.risk)):
        raise InvalidError.one(
            "The Commissioner has to be told unless a risk to people is unlikely (UK GDPR article 33)",
            where="reported",
            mend="Report it, or assess the risk again.",
        )
    else:
        _need(command.words, "report_words", "Say why it is not reported")
    row.reported = command.reported
    row.report_ref = command.reference.strip() if command.reported else ""
    row.report_at = command.at if command.reported else unit.clock.business_now()
    _seal(unit, row, {"report_words": command.words})
    late = bool(command.reported and command.at and command.at > report_by(row.aware_at))
    _record(unit, row, "report", {"reported": command.reported, "late": late})


def _check_report(unit: Unit, row: Breach, command: DecideReport) -> None:
    if command.at is None:
        raise InvalidError.one("Enter when it was reported", where="report_on")
    if not row.aware_at - _MINUTE <= command.at <= unit.clock.business_now() + _MINUTE:
        raise InvalidError.one("It was reported between when you became aware and now", where="report_on")
    if command.at > report_by(row.aware_at):
        _need(command.words, "report_words", "It was reported later than 72 hours: give the reasons for the delay")


def decide_telling(unit: Unit, command: DecideTelling) -> None:
    """Record whether the people were told themselves. At high risk they are, but for the reasons of UK GDPR art 34(3)."""
    row = _open_breach(unit, command.breach_id, command.version)
    if not row.risk:
        raise InvalidError.one("Assess the risk first", where="told")
    why = command.untold_because
    if not command.told:
        if why is None:
            raise InvalidError.one("Choose why they are not told", where="untold_because")
        if not may_leave_untold(Risk(row.risk), why):
            raise InvalidError.one(
                "The risk is high: they have to be told, unless article 34(3) says otherwise", where="untold_because"
            )
    _need(command.words, "told_words", "Say how they were told, or why not")
    row.told, row.told_at = command.told, unit.clock.business_now()
    row.untold_because = "" if command.told else str(why)
    _seal(unit, row, {"told_words": command.words})
    _record(unit, row, "tell", {"told": command.told, "because": row.untold_because or None})


def close_breach(unit: Unit, breach_id: uuid.UUID, version: int, lessons: str) -> None:
    """Close a breach with what was learnt, once each decision is made. It stays on the register (UK GDPR art 33(5))."""
    row = _open_breach(unit, breach_id, version)
    if not row.risk or row.reported is None or row.told is None:
        raise InvalidError.one(
            "Assess the risk, and decide on the Commissioner and on telling people, before it is closed",
            where="lessons",
        )
    _need(lessons, "lessons", "Say what will be done differently")
    row.closed_at = unit.clock.business_now()
    _seal(unit, row, {"lessons": lessons})
    _record(unit, row, "close", {})


def recall_breached(unit: Unit, breach_id: uuid.UUID, version: int) -> tuple[Recalled, ...]:
    """Recall, in one act, everything that the breach is about and that one's own organisation gave."""
    row = _open_breach(unit, breach_id, version)
    linked = unit.session.scalars(select(BreachDisclosure).where(BreachDisclosure.breach_id == row.id)).all()
    by_record: dict[uuid.UUID, list[BreachDisclosure]] = {}
    for each in linked:
        given = disclosures.disclosure(unit.session, row.partnership, each.disclosure_id)
        record_id = recalled.record_of(unit.session, row.partnership, given.id)
        can = given.supplier == row.organisation and given.recalled_at is None and given.outcome != "refused"
        if can and record_id is not None:
            by_record.setdefault(record_id, []).append(each)
    if not by_record:
        raise InvalidError.one("Nothing that you gave is left to recall", where=row.ref)
    made = []
    for record_id, some in sorted(by_record.items()):
        done = make_recall(unit, MakeRecall(record_id, tuple(each.disclosure_id for each in some), Reason.BREACH))
        for each in some:
            each.recall_id = done.recall_id
        made.append(done)
    _record(unit, row, "recall", {"recalls": [each.ref for each in made]})
    return tuple(made)


def open_breach_words(unit: Unit, breach_id: uuid.UUID) -> dict[str, str]:
    """Open the words of one's own organisation's breach: an entry first."""
    row = _own_breach(unit, breach_id)
    sealed = {name: value for name in WORDS if (value := getattr(row, name)) is not None}
    own = disclosures.OwnRecord("breach", row.id, row.organisation, row.partnership)
    return disclosures.view_own(unit, own, sealed)


def _own_breach(unit: Unit, breach_id: uuid.UUID) -> Breach:
    row = unit.session.get(Breach, breach_id)
    if row is None or row.partnership != unit.actor.partnership or row.organisation != unit.actor.organisation:
        raise NotFoundError("There is no such breach.")
    return row


def _open_breach(unit: Unit, breach_id: uuid.UUID, version: int) -> Breach:
    """One's own breach, still open, as the form saw it."""
    row = _own_breach(unit, breach_id)
    unit.require(Action.HANDLE_BREACH, partnership=row.partnership, organisation=row.organisation)
    refuse_older(row.version, version)
    if row.closed_at is not None:
        raise InvalidError.one("This breach is closed.", where=row.ref)
    return row


def _need(text: str, where: str, message: str) -> None:
    if not text.strip():
        raise InvalidError.one(message, where=where)


def _seal(unit: Unit, row: Breach, words: dict[str, str]) -> None:
    for name, value in seal_words(unit, "breach", row.id, row.organisation, words).items():
        setattr(row, name, value)


def _record(unit: Unit, row: Breach, step: str, facts: Mapping[str, object]) -> None:
    unit.session.flush()
    unit.record(Event.BREACH_HANDLED, about=row.id, facts={"ref": row.ref, "step": step, **facts})
