"""This module knows what the returns hand over for a list: counts by cell and month, and how complete each source is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from sharing import returns
from sharing.hotspots.counts import Counts
from sharing.hotspots.parameters import Parameters, SourceState
from sharing.hotspots.periods import MONTHS_A_YEAR, Period, month_text
from sharing.returns import Kind, Quarter, State

LANDLORDS = Kind.INCIDENTS.source


@dataclass(frozen=True)
class Intake:
    """The counts of all sources over the history that a list looks back on, and the state of each source."""

    counts: Counts = field(repr=False)
    sources: tuple[SourceState, ...]


@dataclass(frozen=True)
class Reporting:
    """Homes of the landlords that sent incidents or a nil return for a quarter, of all homes; who has sent neither."""

    homes: int
    of: int
    missing: tuple[str, ...]


def take_in(session: Session, partnership: str, period: Period, parameters: Parameters) -> Intake:
    """Return the counts of the months that a list looks back on, and what is known of their sources."""
    first, last = month_text(period.last - parameters.history_months + 1), month_text(period.last)
    counts = Counts.of(returns.cell_months(session, partnership, first, last))
    placed = returns.placed_of(session, partnership, first, last)
    return Intake(counts, take_states(counts, period, placed, landlords_reporting(session, partnership, period)))


def take_states(
    counts: Counts, period: Period, placed: Mapping[str, tuple[int, int]], reporting: Reporting
) -> tuple[SourceState, ...]:
    """Return the state of each source that there is.

    Police and council report every month: they are complete for the unbroken run of months up to their last. Landlords report by
    the quarter, and a month without a report is no gap: they are complete for the period as far as their homes go.
    """
    states = []
    for source in sorted({*counts.sources, *([LANDLORDS] if reporting.of else [])}):
        rows = placed.get(source, (None, None))
        if source == LANDLORDS:
            states.append(_landlords(counts, period, rows, reporting))
        elif (run := unbroken(counts, source)) is not None:
            states.append(SourceState(source, month_text(run[0]), month_text(run[1]), placed=rows[0], rows=rows[1]))
    return tuple(states)


def _landlords(
    counts: Counts, period: Period, rows: tuple[int | None, int | None], reporting: Reporting
) -> SourceState:
    first, _ = counts.months_of(LANDLORDS) or (period.first, period.last)
    homes = (reporting.homes, reporting.of) if reporting.of else (1, 1)
    span = month_text(min(first, period.first)), month_text(period.last)
    return SourceState(LANDLORDS, *span, *homes, reporting.missing, *rows)


def unbroken(counts: Counts, source: str) -> tuple[int, int] | None:
    """Return the first and last month of the unbroken run of months that ends with a source's last report, or None."""
    if source not in counts.sources:
        return None
    months = {int(month) for month in counts.month[counts.source == counts.sources.index(source)]}
    first = last = max(months)
    while first - 1 in months:
        first -= 1
    return first, last


def landlords_reporting(session: Session, partnership: str, period: Period) -> Reporting:
    """Return how much of the landlords' homes reported for the quarter that a period ends in.

    One counts with incidents or a nil return, in time or late.
    """
    quarter = Quarter.of(date(period.last // MONTHS_A_YEAR, period.last % MONTHS_A_YEAR + 1, 1))
    expected = returns.expected_landlords(session, partnership, quarter)
    status = returns.status(session, partnership, quarter, expected, quarter.ends_on)
    have = [row for row in status.rows if row.has_incidents or row.state is State.NIL]
    names_missing = tuple(row.name for row in status.rows if row not in have)
    return Reporting(sum(row.homes for row in have), sum(row.homes for row in status.rows), names_missing)
