"""This module knows what the returns of a period add up to: by kind with lineage, and by cell for the hotspots."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharing.returns.completeness import Expected
from sharing.returns.model import CURRENT, CellMonth, Incident, ReturnLine, Submission
from sharing.returns.period import Quarter
from sharing.returns.rules import Kind


@dataclass(frozen=True)
class MergedCount:
    """New cases or reports of one kind from one organisation: where a merged figure comes from."""

    category: str
    source: str
    organisation: str
    count: int
    submission: uuid.UUID


@dataclass(frozen=True)
class MergedPicture:
    """All sources of a quarter together, with the returns that each figure comes from.

    Landlords that are missing are named.
    """

    period: str
    counts: tuple[MergedCount, ...]
    missing: tuple[str, ...]

    def total(self, category: str | None = None, source: str | None = None) -> int:
        """The sum over organisations, of one kind, one source, or both."""
        return sum(
            each.count
            for each in self.counts
            if (category is None or each.category == category) and (source is None or each.source == source)
        )


@dataclass(frozen=True)
class CellCount:
    """How many incidents lie in a 50 m cell, by month, source and kind."""

    cell_e: int
    cell_n: int
    month: str
    source: str
    category: str
    n: int


def merged(session: Session, partnership: str, quarter: Quarter, expected: Iterable[Expected] = ()) -> MergedPicture:
    """What all sources say of a quarter, by kind, with lineage.

    A landlord's figures are those of its quarterly form (new cases by kind); its incident sheet stands in only where it sent
    none, so no case is counted twice. Reports to police and council are counted beside them, never added to them.
    """
    counts = [*_from_forms(session, partnership, quarter)]
    with_form = {each.organisation for each in counts}
    counts += [
        each
        for each in _from_incidents(session, partnership, quarter)
        if not (each.source == Kind.INCIDENTS.source and each.organisation in with_form)
    ]
    present = {each.organisation for each in counts} | _nil_returns(session, partnership, quarter)
    missing = tuple(each.name for each in expected if each.organisation not in present)
    counts.sort(key=lambda each: (each.category, each.source, each.organisation))
    return MergedPicture(str(quarter), tuple(counts), missing)


def _from_forms(session: Session, partnership: str, quarter: Quarter) -> list[MergedCount]:
    query = (
        select(ReturnLine.category, Submission.organisation, func.sum(ReturnLine.number), Submission.id)
        .join(
            Submission, (Submission.partnership == ReturnLine.partnership) & (Submission.id == ReturnLine.submission_id)
        )
        .where(
            Submission.partnership == partnership,
            Submission.period == str(quarter),
            Submission.status == CURRENT,
            ReturnLine.line == "new-by-category",
            ReturnLine.number.is_not(None),
        )
        .group_by(ReturnLine.category, Submission.organisation, Submission.id)
    )
    source = Kind.QUARTERLY.source
    return [MergedCount(kind, source, body, int(count or 0), key) for kind, body, count, key in session.execute(query)]


def _from_incidents(session: Session, partnership: str, quarter: Quarter) -> list[MergedCount]:
    query = (
        select(Incident.category, Incident.source, Incident.organisation, func.count(), Submission.id)
        .join(Submission, (Submission.partnership == Incident.partnership) & (Submission.id == Incident.submission_id))
        .where(Submission.partnership == partnership, Submission.period == str(quarter), Submission.status == CURRENT)
        .group_by(Incident.category, Incident.source, Incident.organisation, Submission.id)
    )
    return [MergedCount(*row) for row in session.execute(query)]


def _nil_returns(session: Session, partnership: str, quarter: Quarter) -> set[str]:
    query = select(Submission.organisation).where(
        Submission.partnership == partnership, Submission.period == str(quarter), Submission.status == CURRENT
    )
    return set(session.scalars(query))


def cell_months(session: Session, partnership: str, first: str, last: str) -> tuple[CellCount, ...]:
    """The counts by cell of the months from `first` to `last` (YYYY-MM, both included).

    What hotspots are drawn from.
    """
    query = (
        select(CellMonth.cell_e, CellMonth.cell_n, CellMonth.month, CellMonth.source, CellMonth.category, CellMonth.n)
        .where(CellMonth.partnership == partnership, CellMonth.month >= first, CellMonth.month <= last)
        .order_by(CellMonth.month, CellMonth.cell_e, CellMonth.cell_n, CellMonth.source, CellMonth.category)
    )
    return tuple(CellCount(*row) for row in session.execute(query))


def placed_of(session: Session, partnership: str, first: str, last: str) -> dict[str, tuple[int, int]]:
    """For each source: how many of its incidents lie on a cell, and how many there are ("n placed of N")."""
    query = (
        select(Incident.source, func.count(Incident.cell_e), func.count())
        .join(Submission, (Submission.partnership == Incident.partnership) & (Submission.id == Incident.submission_id))
        .where(
            Incident.partnership == partnership,
            Incident.month >= first,
            Incident.month <= last,
            Submission.status == CURRENT,
        )
        .group_by(Incident.source)
    )
    return {source: (placed, rows) for source, placed, rows in session.execute(query)}
