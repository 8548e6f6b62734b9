"""This module knows what a submission is.

Its kinds, its sources, how long its sealed rows are kept, and when it counts as late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sharing.returns.period import Quarter

PURPOSE = "hotspot-analysis"
"""The purpose that a protocol must name before rows with sealed fields may be deposited."""

RETAIN_YEARS = 2
"""Years after the quarter's end for which sealed rows are kept, unless the partnership's protocol says less.

Counts by cell and month have no end: they identify nobody, and hotspots look back 36 months on them alone.
"""


class Kind(StrEnum):
    """What was sent."""

    QUARTERLY = "quarterly"
    NIL = "nil"
    INCIDENTS = "incidents"
    POLICE = "police"
    COUNCIL = "council"

    @property
    def series(self) -> str:
        """What is replaced by what: a nil return stands in a quarterly form's place."""
        return str(Kind.QUARTERLY if self is Kind.NIL else self)

    @property
    def source(self) -> str:
        """Under which source its incidents are counted: landlords are one source."""
        return str(self) if self in (Kind.POLICE, Kind.COUNCIL) else "landlords"


class State(StrEnum):
    """How an expected return stands on a day."""

    DUE = "due"
    IN = "in"
    NIL = "nil"
    LATE = "late"
    MISSING = "missing"


@dataclass(frozen=True)
class Sent:
    """What is needed of a submission to say how it stands. `first_on` is the day of its first version."""

    kind: Kind
    first_on: date


def state_of(sent: Sent | None, due_on: date, today: date) -> State:
    """How an expected return stands.

    A return sent late stays late when it is mended; one mended late was still in time.
    """
    if sent is None:
        return State.DUE if today <= due_on else State.MISSING
    if sent.first_on > due_on:
        return State.LATE
    return State.NIL if sent.kind is Kind.NIL else State.IN


def retained_until(quarter: Quarter) -> date:
    """The day until which sealed rows of a quarter are kept."""
    end = quarter.ends_on
    return end.replace(year=end.year + RETAIN_YEARS)
