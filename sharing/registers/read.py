"""This module knows what may be read of the registers without opening anything: by whom, and what is due."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actor import Actor
from protocols.register_kinds import RegisterKind, Visible, register_kind
from sharing.errors import NotFoundError
from sharing.registers.model import RegisterCirculation, RegisterEntry, RegisterMember
from sharing.registers.rules import State, is_shown_to, month_of, state_on


@dataclass(frozen=True)
class EntryView:
    """An entry in clear, for somebody who may know of it. `mine`: of the reader's own agency (and team, where there is one)."""

    id: uuid.UUID
    ref: str
    kind: RegisterKind
    organisation: str
    officer_id: uuid.UUID
    reviewer_id: uuid.UUID
    answers: Mapping[str, str]
    is_sealed: bool
    entered_at: datetime
    expires_on: date
    review_due_on: date
    reviewed_at: datetime | None
    reviewed_by: uuid.UUID | None
    ended_at: datetime | None
    end_reason: str
    team: tuple[uuid.UUID, ...]
    mine: bool
    version: int

    def state(self, day: date) -> State:
        """Where it stands on a day."""
        return state_on(day, expires_on=self.expires_on, ended=self.ended_at is not None)

    def is_overdue(self, day: date) -> bool:
        """Whether it counts and its review is late."""
        return self.state(day) is State.LIVE and self.review_due_on < day

    @property
    def headline(self) -> str:
        """The first name in clear, else nothing."""
        first = next((each.code for each in self.kind.questions if each.type == "title"), "")
        return self.answers.get(first, "")


@dataclass(frozen=True)
class CirculationView:
    """That an entry went, or did not go, to a partner in a month."""

    id: uuid.UUID
    register_id: uuid.UUID
    ref: str
    kind: RegisterKind
    supplier: str
    recipient: str
    month: str
    disclosure_id: uuid.UUID
    outcome: str
    expires_on: date


@dataclass(frozen=True)
class Unreviewed:
    """An entry whose review is late, as its owner and the co-ordinator are told: nothing of what it says."""

    ref: str
    kind: RegisterKind
    organisation: str
    due_on: date


def entries(session: Session, actor: Actor, day: date, *, kind: str | None = None) -> tuple[EntryView, ...]:
    """Every entry that the officer may know of, newest first. What is over of other agencies' is left out."""
    query = select(RegisterEntry).where(RegisterEntry.partnership == actor.partnership)
    if kind is not None:
        query = query.where(RegisterEntry.kind == kind)
    teams = _teams(session, actor.partnership or "")
    rows = session.scalars(query.order_by(RegisterEntry.entered_at.desc(), RegisterEntry.ref.desc()))
    found = (_view(row, actor, teams) for row in rows if _is_shown(row, actor, teams))
    return tuple(each for each in found if each.mine or each.state(day) is State.LIVE)


def entry(session: Session, actor: Actor, entry_id: uuid.UUID) -> EntryView:
    """One entry, if the officer may know of it. Raises NotFoundError."""
    row = session.get(RegisterEntry, entry_id)
    if row is None or row.partnership != actor.partnership:
        raise NotFoundError("There is no such entry.")
    teams = _teams(session, row.partnership)
    if not _is_shown(row, actor, teams):
        raise NotFoundError("There is no such entry.")
    return _view(row, actor, teams)


def unreviewed(session: Session, actor: Actor, day: date, *, everywhere: bool) -> tuple[Unreviewed, ...]:
    """Entries whose review is late: those of the officer's own agency, or (`everywhere`) those that partners are told of, too.

    An entry that only its team may know of is named to its team alone.
    """
    found = []
    teams = _teams(session, actor.partnership or "")
    query = select(RegisterEntry).where(
        RegisterEntry.partnership == actor.partnership,
        RegisterEntry.ended_at.is_(None),
        RegisterEntry.expires_on > day,
        RegisterEntry.review_due_on < day,
    )
    for row in session.scalars(query.order_by(RegisterEntry.review_due_on, RegisterEntry.ref)):
        kind = register_kind(row.kind)
        own = row.organisation == actor.organisation and _is_shown(row, actor, teams)
        if own or (everywhere and kind.visible in {Visible.CIRCULATED, Visible.PARTNERS}):
            found.append(Unreviewed(row.ref, kind, row.organisation, row.review_due_on))
    return tuple(found)


def circulations_of(session: Session, actor: Actor, entry_id: uuid.UUID) -> tuple[CirculationView, ...]:
    """To whom an entry of the officer's own agency went, month by month, newest first."""
    found = entry(session, actor, entry_id)
    if not found.mine:
        return ()
    return tuple(_circulations(session, actor.partnership or "", register_id=found.id))


def told_to(session: Session, partnership: str, recipient: str, day: date) -> tuple[CirculationView, ...]:
    """What a partner was told of entries that still count, the newest month of each. What ended or expired shows no longer."""
    newest: dict[uuid.UUID, CirculationView] = {}
    for each in _circulations(session, partnership, recipient=recipient, live_on=day):
        if each.outcome != "refused":
            newest.setdefault(each.register_id, each)
    return tuple(newest.values())


def circulated(session: Session, partnership: str, register_id: uuid.UUID, day: date) -> frozenset[str]:
    """The recipients whom an entry has reached in the month of a day."""
    rows = session.scalars(
        select(RegisterCirculation.recipient).where(
            RegisterCirculation.partnership == partnership,
            RegisterCirculation.register_id == register_id,
            RegisterCirculation.month == month_of(day),
            RegisterCirculation.outcome != "refused",
        )
    )
    return frozenset(rows)


def team_of(session: Session, partnership: str, register_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """The named officers of an entry, today."""
    return _teams(session, partnership).get(register_id, ())


def _circulations(
    session: Session,
    partnership: str,
    *,
    register_id: uuid.UUID | None = None,
    recipient: str | None = None,
    live_on: date | None = None,
) -> Iterator[CirculationView]:
    query = (
        select(RegisterCirculation, RegisterEntry)
        .join(RegisterEntry, RegisterEntry.id == RegisterCirculation.register_id)
        .where(RegisterCirculation.partnership == partnership, RegisterEntry.partnership == partnership)
        .order_by(RegisterCirculation.month.desc(), RegisterEntry.ref, RegisterCirculation.recipient)
    )
    if register_id is not None:
        query = query.where(RegisterCirculation.register_id == register_id)
    if recipient is not None:
        query = query.where(RegisterCirculation.recipient == recipient)
    if live_on is not None:
        query = query.where(RegisterEntry.ended_at.is_(None), RegisterEntry.expires_on > live_on)
    for told, row in session.execute(query):
        yield CirculationView(
            id=told.id,
            register_id=row.id,
            ref=row.ref,
            kind=register_kind(row.kind),
            supplier=row.organisation,
            recipient=told.recipient,
            month=told.month,
            disclosure_id=told.disclosure_id,
            outcome=told.outcome,
            expires_on=row.expires_on,
        )


def _teams(session: Session, partnership: str) -> dict[uuid.UUID, tuple[uuid.UUID, ...]]:
    found: dict[uuid.UUID, tuple[uuid.UUID, ...]] = {}
    query = select(RegisterMember).where(RegisterMember.partnership == partnership, RegisterMember.to_at.is_(None))
    for row in session.scalars(query.order_by(RegisterMember.from_at)):
        found[row.register_id] = (*found.get(row.register_id, ()), row.officer_id)
    return found


def _is_shown(row: RegisterEntry, actor: Actor, teams: Mapping[uuid.UUID, tuple[uuid.UUID, ...]]) -> bool:
    return is_shown_to(
        register_kind(row.kind),
        row.organisation,
        organisation=actor.organisation or "",
        officer_id=actor.officer_id,
        team=teams.get(row.id, ()),
    )


def _view(row: RegisterEntry, actor: Actor, teams: Mapping[uuid.UUID, tuple[uuid.UUID, ...]]) -> EntryView:
    return EntryView(
        id=row.id,
        ref=row.ref,
        kind=register_kind(row.kind),
        organisation=row.organisation,
        officer_id=row.officer_id,
        reviewer_id=row.reviewer_id,
        answers=dict(row.answers),
        is_sealed=row.words is not None or row.record_id is not None,
        entered_at=row.entered_at,
        expires_on=row.expires_on,
        review_due_on=row.review_due_on,
        reviewed_at=row.reviewed_at,
        reviewed_by=row.reviewed_by,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        team=teams.get(row.id, ()),
        mine=row.organisation == actor.organisation,
        version=row.version,
    )
