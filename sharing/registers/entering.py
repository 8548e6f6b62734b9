"""This module knows how an entry of a register is made, reviewed and ended, and how the team that may read it changes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from protocols.actions import Action, Event
from protocols.register_kinds import RegisterKind, UnknownKindError, Visible, complaints, register_kind
from sharing import disclosures, partners
from sharing.base import new_id
from sharing.disclosures import DepositRecord
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, Problem
from sharing.registers import read
from sharing.registers.model import RegisterEntry, RegisterMember
from sharing.registers.rules import END_REASONS, State, as_text, last_day, parted, review_due, state_on
from sharing.store import Unit, next_ref, refuse_older

TABLE = "register_entry"
CATEGORY = "ABUS"
"""The kind of behaviour under which a circulated entry's record stands: none of it is mapped, for it holds no place in clear."""
ANYWHERE = "*"
"""The area of a record that belongs to no ward."""


@dataclass(frozen=True)
class EnterRegister:
    """A new entry: the answers to its kind's questions, when it ends, and who reviews it."""

    kind: str
    expires_on: date
    reviewer_id: uuid.UUID
    answers: Mapping[str, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class ReviewRegister:
    """That an entry was looked at again and still counts, until when."""

    entry_id: uuid.UUID
    version: int
    expires_on: date


def enter_register(unit: Unit, command: EnterRegister) -> uuid.UUID:
    """Make an entry. What is about a person is sealed; whoever enters one that only a team may read is its first member.

    Raises InvalidError with every problem.
    """
    partnership, organisation, officer = unit.actor.partnership, unit.actor.organisation, unit.actor.officer_id
    unit.require(Action.ENTER_REGISTER, partnership=partnership, organisation=organisation)
    if partnership is None or organisation is None or officer is None:
        raise NotFoundError("An entry is made by an officer in a post.")
    kind = _kind(command.kind)
    problems = _problems(unit, kind, command)
    if problems:
        raise InvalidError(problems)
    row = _new_row(unit, kind, command, (partnership, organisation, officer))
    unit.session.add(row)
    unit.session.flush()
    if kind.visible is Visible.TEAM:
        _join(unit, row, {officer, command.reviewer_id})
    facts = {"ref": row.ref, "kind": row.kind, "expires": row.expires_on.isoformat()}
    unit.record(Event.REGISTER_ENTERED, about=row.id, facts=facts)
    return row.id


def review_register(unit: Unit, command: ReviewRegister) -> None:
    """Note that an entry was reviewed, and until when it counts now: never longer than its kind may last."""
    row, kind = own_row(unit, Action.REVIEW_REGISTER, command.entry_id)
    refuse_older(row.version, command.version)
    _must_count(unit, row)
    today, latest = unit.clock.today(), last_day(kind, _entered_on(row))
    if not today < command.expires_on <= latest:
        raise InvalidError.one(
            f"It can end between tomorrow and {_spoken(latest)}",
            where="expires_on",
            mend="Choose a day between the two, or end it.",
        )
    row.expires_on = command.expires_on
    row.review_due_on = review_due(kind, today, command.expires_on)
    row.reviewed_at, row.reviewed_by = unit.clock.business_now(), unit.actor.officer_id
    if row.record_id is not None:
        disclosures.keep_record_until(unit, row.record_id, command.expires_on)
    facts = {
        "ref": row.ref,
        "kind": row.kind,
        "expires": row.expires_on.isoformat(),
        "by_reviewer": unit.actor.officer_id == row.reviewer_id,
        "alone": unit.actor.officer_id == row.officer_id,
    }
    unit.record(Event.REGISTER_REVIEWED, about=row.id, facts=facts)


def end_register(unit: Unit, entry_id: uuid.UUID, version: int, reason: str) -> None:
    """End an entry: it is circulated no more, and no partner can open what it was told of it."""
    row, _ = own_row(unit, Action.END_REGISTER, entry_id)
    refuse_older(row.version, version)
    _must_count(unit, row)
    if reason not in END_REASONS:
        raise InvalidError.one("Choose why it ends", where="reason")
    row.ended_at, row.ended_by, row.end_reason = unit.clock.business_now(), unit.actor.officer_id, reason
    if row.record_id is not None:
        disclosures.keep_record_until(unit, row.record_id, unit.clock.today())
    unit.record(Event.REGISTER_ENDED, about=row.id, facts={"ref": row.ref, "kind": row.kind, "reason": reason})


def change_team(unit: Unit, entry_id: uuid.UUID, version: int, *, officer_id: uuid.UUID, joins: bool) -> None:
    """Let an officer of the same agency join or leave the team of an entry. Somebody always stays."""
    row, kind = own_row(unit, Action.CHANGE_TEAM, entry_id)
    refuse_older(row.version, version)
    _must_count(unit, row)
    if kind.visible is not Visible.TEAM:
        raise InvalidError.one("This kind of entry has no team", where="officer")
    team = set(read.team_of(unit.session, row.partnership, row.id))
    if joins and officer_id not in _officers(unit):
        raise InvalidError.one("Choose an officer of your own agency who is in post", where="officer")
    if joins == (officer_id in team):
        raise InvalidError.one("That is so already" if joins else "This officer is not in the team", where="officer")
    if not joins and team == {officer_id}:
        raise InvalidError.one("Somebody has to stay in the team", where="officer", mend="Add another officer first.")
    if joins:
        _join(unit, row, {officer_id})
    else:
        _leave(unit, row, officer_id)
    row.version += 1
    facts = {"ref": row.ref, "officer": str(officer_id), "joins": joins}
    unit.record(Event.TEAM_CHANGED, about=row.id, facts=facts)


def own_row(unit: Unit, action: Action, entry_id: uuid.UUID) -> tuple[RegisterEntry, RegisterKind]:
    """The entry, if the officer may act on it: of the own agency, and of its team where it has one. NotFoundError hides it."""
    row = unit.session.get(RegisterEntry, entry_id)
    if row is None or row.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such entry.")
    kind = register_kind(row.kind)
    team = kind.visible is not Visible.TEAM or unit.actor.officer_id in read.team_of(
        unit.session, row.partnership, row.id
    )
    if not team or (kind.visible is not Visible.PARTNERS and row.organisation != unit.actor.organisation):
        raise NotFoundError("There is no such entry.")
    unit.require(action, partnership=row.partnership, organisation=row.organisation, assigned=team)
    return row, kind


def _kind(code: str) -> RegisterKind:
    try:
        return register_kind(code)
    except UnknownKindError:
        raise NotFoundError("There is no such register.") from None


def _problems(unit: Unit, kind: RegisterKind, command: EnterRegister) -> tuple[Problem, ...]:
    today = unit.clock.today()
    latest = last_day(kind, today)
    found = [Problem(said, where=code) for code, said in complaints(kind.questions, command.answers)]
    if not today < command.expires_on <= latest:
        found.append(Problem(f"It can end between tomorrow and {_spoken(latest)}", where="expires_on"))
    if command.reviewer_id not in _officers(unit):
        found.append(Problem("Choose who reviews it: an officer of your own agency in post", where="reviewer"))
    return tuple(found)


def _new_row(unit: Unit, kind: RegisterKind, command: EnterRegister, who: tuple[str, str, uuid.UUID]) -> RegisterEntry:
    partnership, organisation, officer = who
    today, made_id, ref = unit.clock.today(), new_id(), next_ref(unit, partnership, RegisterEntry.entered_at, "K")
    clear, worded = parted(kind.questions, command.answers)
    leaves = {code: worded.pop(code) for code in kind.leaves if code in worded}
    sealed = (
        unit.vault.seal(
            unit.session,
            table=TABLE,
            record_id=made_id,
            organisation=organisation,
            retain_until=last_day(kind, today),
            values={"words": as_text(worded)},
        )
        if worded
        else {}
    )
    return RegisterEntry(
        id=made_id,
        partnership=partnership,
        ref=ref,
        kind=kind.code,
        organisation=organisation,
        officer_id=officer,
        reviewer_id=command.reviewer_id,
        answers=clear | {code: "given" for code in kind.statement if code in worded},
        words=sealed.get("words"),
        record_id=_deposit(unit, kind, ref, command.expires_on, leaves) if leaves else None,
        entered_at=unit.clock.business_now(),
        expires_on=command.expires_on,
        review_due_on=review_due(kind, today, command.expires_on),
    )


def _deposit(unit: Unit, kind: RegisterKind, ref: str, expires_on: date, leaves: Mapping[str, str]) -> uuid.UUID:
    """The record of the gate behind a circulated entry: sealed for as long as it can last, counting until it expires."""
    record_id = disclosures.deposit_record(
        unit,
        DepositRecord(
            reference=ref,
            area=ANYWHERE,
            category=CATEGORY,
            retain_until=last_day(kind, unit.clock.today()),
            values={kind.leaves[code]: value for code, value in leaves.items()},
        ),
    )
    disclosures.keep_record_until(unit, record_id, expires_on)
    return record_id


def _join(unit: Unit, row: RegisterEntry, officers: set[uuid.UUID]) -> None:
    now = unit.clock.business_now()
    unit.session.add_all(
        RegisterMember(partnership=row.partnership, register_id=row.id, officer_id=each, from_at=now)
        for each in sorted(officers)
    )
    unit.session.flush()


def _leave(unit: Unit, row: RegisterEntry, officer_id: uuid.UUID) -> None:
    query = select(RegisterMember).where(
        RegisterMember.partnership == row.partnership,
        RegisterMember.register_id == row.id,
        RegisterMember.officer_id == officer_id,
        RegisterMember.to_at.is_(None),
    )
    for held in unit.session.scalars(query):
        held.to_at = unit.clock.business_now()
    unit.session.flush()


def _must_count(unit: Unit, row: RegisterEntry) -> None:
    if state_on(unit.clock.today(), expires_on=row.expires_on, ended=row.ended_at is not None) is not State.LIVE:
        raise NotPermittedError("This entry is over. Make a new one if it is needed.", rule="retention")


def _officers(unit: Unit) -> frozenset[uuid.UUID]:
    people = partners.officers(
        unit.session,
        unit.actor.partnership or "",
        unit.clock.business_now(),
        unit.clock.today(),
        organisation=unit.actor.organisation,
    )
    return frozenset(person.id for person in people if person.in_post)


def _entered_on(row: RegisterEntry) -> date:
    return row.entered_at.date()


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
