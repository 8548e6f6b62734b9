"""This module knows how to ask about returns: what was sent, what is missing, what it adds up to."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError
from sharing.returns.check_quarterly import key_of
from sharing.returns.checked import FormLine, LineKey
from sharing.returns.keep import kept_mapping
from sharing.returns.model import CURRENT, CellMonth, Incident, ReturnLine, Submission
from sharing.returns.period import WORKING_DAYS, Quarter, due_on
from sharing.returns.rules import Kind, Sent, State, state_of
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
class Expected:
    """An organisation that owes a return, with the homes that its return speaks for."""

    organisation: str
    name: str
    homes: int = 0


@dataclass(frozen=True)
class StatusRow:
    """How one expected return stands."""

    organisation: str
    name: str
    state: State
    due_on: date
    days_left: int
    """Days until it is due; negative once it is over."""
    version: int | None
    submitted_on: date | None
    has_incidents: bool
    homes: int


@dataclass(frozen=True)
class ReturnStatus:
    """Every expected return of a quarter. The denominator is always said: how many were expected."""

    period: str
    due_on: date
    rows: tuple[StatusRow, ...]

    @property
    def expected(self) -> int:
        """How many returns were expected."""
        return len(self.rows)

    def count(self, *states: State) -> int:
        """How many stand in any of these states."""
        return sum(1 for row in self.rows if row.state in states)

    @property
    def received(self) -> int:
        """How many have come, nil and late ones included."""
        return self.count(State.IN, State.NIL, State.LATE)

    @property
    def reporting_homes(self) -> tuple[int, int]:
        """Homes of the landlords that have reported, out of the homes of all that were expected to."""
        have = sum(row.homes for row in self.rows if row.state in (State.IN, State.NIL, State.LATE))
        return have, sum(row.homes for row in self.rows)


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


def status(
    session: Session,
    partnership: str,
    quarter: Quarter,
    expected: Sequence[Expected],
    today: date,
    *,
    working_days: int = WORKING_DAYS,
) -> ReturnStatus:
    """How every expected return of a quarter stands on a day: due, in, nil, late or missing, with the denominator."""
    due = due_on(quarter, working_days).on
    query = select(Submission).where(
        Submission.partnership == partnership, Submission.period == str(quarter), Submission.month == ""
    )
    sent: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for row in session.scalars(query.order_by(Submission.version)):
        sent[row.organisation, row.series].append(row)
    rows = [_status_row(each, sent, due, today) for each in expected]
    return ReturnStatus(str(quarter), due, tuple(rows))


def _status_row(each: Expected, sent: Mapping[tuple[str, str], list[Submission]], due: date, today: date) -> StatusRow:
    versions = sent.get((each.organisation, Kind.QUARTERLY.series), [])
    last = versions[-1] if versions else None
    state = state_of(Sent(Kind(last.kind), versions[0].submitted_on) if last else None, due, today)
    return StatusRow(
        each.organisation,
        each.name,
        state,
        due,
        (due - today).days,
        last.version if last else None,
        last.submitted_on if last else None,
        (each.organisation, Kind.INCIDENTS.series) in sent,
        each.homes,
    )


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
    "CellCount",
    "Expected",
    "IncidentView",
    "MergedCount",
    "MergedPicture",
    "ReturnStatus",
    "ReturnView",
    "StatusRow",
    "cell_months",
    "current_return",
    "incidents_of",
    "kept_mapping",
    "lines",
    "merged",
    "placed_of",
    "previous_numbers",
    "return_of",
    "returns_of",
    "status",
]
