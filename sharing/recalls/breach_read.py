"""This module knows what may be read of breaches without opening a word: the register, the clock, and bare counts."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from sharing import disclosures
from sharing.errors import NotFoundError
from sharing.recalls.model import Breach, BreachDisclosure, BreachParty
from sharing.recalls.rules import BreachKind, Risk, Untold, hours_left, report_by


@dataclass(frozen=True)
class BreachAbout:
    """A disclosure that a breach is about, and the recall that came of it."""

    disclosure_id: uuid.UUID
    ref: str
    supplier: str
    recipient: str
    recall_id: uuid.UUID | None
    can_be_recalled: bool


@dataclass(frozen=True)
class BreachView:
    """A breach with each decision. No word of it; those are the organisation's own to open."""

    id: uuid.UUID
    ref: str
    organisation: str
    officer_id: uuid.UUID
    kind: BreachKind
    found_on: date
    aware_at: datetime
    entry_id: uuid.UUID
    risk: Risk | None
    assessed_at: datetime | None
    reported: bool | None
    report_ref: str
    report_at: datetime | None
    told: bool | None
    untold_because: Untold | None
    told_at: datetime | None
    closed_at: datetime | None
    parties: tuple[str, ...]
    about: tuple[BreachAbout, ...]
    version: int

    @property
    def report_by(self) -> datetime:
        """The end of the 72 hours."""
        return report_by(self.aware_at)

    def hours_left(self, now: datetime) -> int | None:
        """Whole hours in which to tell the Commissioner, negative once they are over; None when that is decided."""
        return None if self.reported is not None else hours_left(self.aware_at, now)

    def is_late(self, now: datetime) -> bool:
        """Whether the 72 hours have passed undecided, or it was reported after them."""
        if self.reported is None:
            return now > self.report_by
        return bool(self.reported and self.report_at and self.report_at > self.report_by)


@dataclass(frozen=True)
class BreachCounts:
    """How many breaches a partnership has had, and nothing of any: what a co-ordinator sees."""

    in_all: int
    still_open: int
    undecided_late: int
    by_year: tuple[tuple[int, int], ...]


def breaches_of(session: Session, partnership: str, organisation: str | None) -> tuple[BreachView, ...]:
    """The breaches that an organisation had or that concern it, newest first; with None the whole partnership's."""
    query = select(Breach).where(Breach.partnership == partnership)
    if organisation is not None:
        concerned = exists().where(BreachParty.breach_id == Breach.id, BreachParty.party == organisation)
        query = query.where(or_(Breach.organisation == organisation, concerned))
    rows = session.scalars(query.order_by(Breach.aware_at.desc(), Breach.ref.desc())).all()
    return tuple(_view(session, row, organisation) for row in rows)


def breach(session: Session, partnership: str, breach_id: uuid.UUID, organisation: str | None) -> BreachView:
    """One of them. Raises NotFoundError for whoever it does not concern."""
    row = session.get(Breach, breach_id)
    if row is None or row.partnership != partnership:
        raise NotFoundError("There is no such breach.")
    found = _view(session, row, organisation)
    if organisation is not None and organisation not in {found.organisation, *found.parties}:
        raise NotFoundError("There is no such breach.")
    return found


def count_breaches(session: Session, partnership: str, now: datetime) -> BreachCounts:
    """Count a partnership's breaches."""
    found = breaches_of(session, partnership, None)
    years = Counter(each.aware_at.year for each in found)
    return BreachCounts(
        in_all=len(found),
        still_open=sum(each.closed_at is None for each in found),
        undecided_late=sum(each.reported is None and each.is_late(now) for each in found),
        by_year=tuple(sorted(years.items(), reverse=True)),
    )


def parties_of_breach(session: Session, partnership: str, entry_id: uuid.UUID) -> frozenset[str]:
    """Whom the report of a breach concerns; nobody for any other entry."""
    return frozenset(
        session.scalars(
            select(BreachParty.party)
            .join(Breach, Breach.id == BreachParty.breach_id)
            .where(Breach.partnership == partnership, Breach.entry_id == entry_id)
        )
    )


def _view(session: Session, row: Breach, organisation: str | None) -> BreachView:
    parties = session.scalars(
        select(BreachParty.party).where(BreachParty.breach_id == row.id).order_by(BreachParty.party)
    )
    return BreachView(
        id=row.id,
        ref=row.ref,
        organisation=row.organisation,
        officer_id=row.officer_id,
        kind=BreachKind(row.kind),
        found_on=row.found_on,
        aware_at=row.aware_at,
        entry_id=row.entry_id,
        risk=Risk(row.risk) if row.risk else None,
        assessed_at=row.assessed_at,
        reported=row.reported,
        report_ref=row.report_ref,
        report_at=row.report_at,
        told=row.told,
        untold_because=Untold(row.untold_because) if row.untold_because else None,
        told_at=row.told_at,
        closed_at=row.closed_at,
        parties=tuple(parties),
        about=tuple(_about(session, row, organisation)),
        version=row.version,
    )


def _about(session: Session, row: Breach, organisation: str | None) -> list[BreachAbout]:
    """The disclosures of a breach; somebody whom it only concerns sees those to which it was party itself."""
    found = []
    for each in session.scalars(select(BreachDisclosure).where(BreachDisclosure.breach_id == row.id)).all():
        made = disclosures.disclosure(session, row.partnership, each.disclosure_id)
        can = made.supplier == row.organisation and made.recalled_at is None and made.outcome != "refused"
        if organisation in {None, row.organisation, made.supplier, made.recipient}:
            found.append(BreachAbout(made.id, made.ref, made.supplier, made.recipient, each.recall_id, can))
    return sorted(found, key=lambda each: each.ref)
