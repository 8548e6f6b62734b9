"""This module knows how to ask about returns: what was sent, in which versions and lines."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError
from sharing.returns.check_quarterly import key_of
from sharing.returns.checked import FormLine, LineKey
from sharing.returns.keep import kept_mapping
from sharing.returns.model import CURRENT, Incident, Submission
from sharing.returns.period import Quarter
from sharing.returns.rules import Kind
from sharing.returns.slot import lines_of
from sharing.vault import Sealed


@dataclass(frozen=True)
class ReturnView:
    """One version of a return."""

    id: uuid.UUID
    organisation: str
    kind: Kind
    period: str
    month: str
    version: int
    is_current: bool
    digest: str
    rows_read: int
    rows_stored: int
    rows_placed: int
    left_out: Mapping[str, int]
    reasons: Mapping[str, str]
    due_on: date | None
    submitted_at: datetime
    submitted_on: date
    certified_by: uuid.UUID | None
    certified_alone: bool
    protocol: str | None
    entry_id: uuid.UUID | None
    """The ledger entry of which the store can give the receipt."""


@dataclass(frozen=True)
class IncidentView:
    """An incident as its own organisation sees it listed: clear facts, and what is sealed, still sealed."""

    id: uuid.UUID
    submission: uuid.UUID
    organisation: str
    row: int
    month: str
    day: int | None
    category: str
    own_category: str
    precision: str
    area: str
    sealed: Mapping[str, Sealed] = field(repr=False)


def returns_of(session: Session, partnership: str, organisation: str) -> tuple[ReturnView, ...]:
    """Everything that an organisation has sent, newest period first, each with all its versions."""
    query = select(Submission).where(Submission.partnership == partnership, Submission.organisation == organisation)
    order = (Submission.period.desc(), Submission.series, Submission.month.desc(), Submission.version.desc())
    return tuple(_view(row) for row in session.scalars(query.order_by(*order)))


def return_of(session: Session, partnership: str, organisation: str, submission: uuid.UUID) -> ReturnView:
    """One version of an organisation's own return. Raises NotFoundError, also for one of another organisation."""
    row = session.scalar(
        select(Submission).where(
            Submission.partnership == partnership, Submission.organisation == organisation, Submission.id == submission
        )
    )
    if row is None:
        raise NotFoundError("There is no such return.")
    return _view(row)


def current_return(
    session: Session, partnership: str, organisation: str, quarter: Quarter, kind: Kind = Kind.QUARTERLY
) -> ReturnView | None:
    """The return that counts for a quarter, or None."""
    row = session.scalar(
        select(Submission).where(
            Submission.partnership == partnership,
            Submission.organisation == organisation,
            Submission.series == kind.series,
            Submission.period == str(quarter),
            Submission.month == "",
            Submission.status == CURRENT,
        )
    )
    return _view(row) if row else None


def lines(session: Session, partnership: str, submission: uuid.UUID) -> tuple[FormLine, ...]:
    """The lines of a quarterly form."""
    return lines_of(session, partnership, submission)


def previous_numbers(session: Session, partnership: str, organisation: str, quarter: Quarter) -> dict[LineKey, int]:
    """The numbers of the quarter before, to check a new form against; empty if there is none."""
    before = current_return(session, partnership, organisation, quarter.preceding)
    if before is None:
        return {}
    found: dict[LineKey, int] = defaultdict(int)
    for line in lines_of(session, partnership, before.id):
        if line.number is not None:
            found[key_of(line)] += line.number
    return dict(found)


def incidents_of(
    session: Session, partnership: str, organisation: str, submission: uuid.UUID
) -> tuple[IncidentView, ...]:
    """An organisation's own incidents of one version, with their sealed fields still sealed.

    To show them, hand them to `sharing.disclosures`: it records the viewing before it opens anything.
    """
    query = select(Incident).where(
        Incident.partnership == partnership,
        Incident.organisation == organisation,
        Incident.submission_id == submission,
    )
    return tuple(
        IncidentView(
            row.id,
            row.submission_id,
            row.organisation,
            row.row,
            row.month,
            row.day,
            row.category,
            row.own_category,
            row.precision,
            row.area,
            {
                name: value
                for name, value in (
                    ("reference", row.reference),
                    ("postcode", row.postcode),
                    ("address", row.address),
                    ("note", row.note),
                )
                if value is not None
            },
        )
        for row in session.scalars(query.order_by(Incident.row))
    )


def _view(row: Submission) -> ReturnView:
    return ReturnView(
        row.id,
        row.organisation,
        Kind(row.kind),
        row.period,
        row.month,
        row.version,
        row.status == CURRENT,
        row.digest,
        row.rows_read,
        row.rows_stored,
        row.rows_placed,
        dict(row.left_out),
        dict(row.reasons),
        row.due_on,
        row.submitted_at,
        row.submitted_on,
        row.certified_by,
        row.certified_alone,
        row.protocol,
        row.entry_id,
    )


__all__ = [
    "IncidentView",
    "ReturnView",
    "current_return",
    "incidents_of",
    "kept_mapping",
    "lines",
    "previous_numbers",
    "return_of",
    "returns_of",
]
