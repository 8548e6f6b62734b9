"""This module knows what became of a place: how its recent reports compare with the borough's own trend, and the word for it.

Comparing with the borough's share takes out the season, late returns and changes of recording. Reports come in
clumps, so the test allows for as much scatter as the borough itself shows (a quasi-binomial test; McCullagh and
Nelder, 1989, section 4.5).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

FEWEST = 10
"""Reports, recent and before together, below which nothing is said about a trend."""
FEWEST_RECENT = 5
FEWEST_MONTHS = 6
"""Months before the period below which there is nothing to compare with."""
RISE = 1.645
"""One-sided 5% of the normal distribution."""
TIMES = (3, 2)
"""An emerging place has at least 3/2 of what the borough's trend would give."""
FALSE_STRONG = 0.10
LISTS_BACK = 4
MOSTLY = 3


class Label(StrEnum):
    """What a place is, in one word."""

    NEW = "new"
    INTENSIFYING = "intensifying"
    PERSISTENT = "persistent"
    DIMINISHING = "diminishing"
    RECURRING = "recurring"
    EMERGING = "emerging"
    FORMER = "former"
    TOO_FEW = "too few"


@dataclass(frozen=True)
class Borough:
    """The borough's own reports, recent and before, over sources complete in both; and how clumped they come."""

    recent: int
    before: int
    months_before: int
    dispersion: float

    @property
    def comparable(self) -> bool:
        """Whether there is something to compare with."""
        return self.months_before >= FEWEST_MONTHS and self.recent > 0 and self.before > 0

    @property
    def share(self) -> float:
        """The recent part of all reports."""
        return self.recent / (self.recent + self.before)


@dataclass(frozen=True)
class Trend:
    """One place's reports, what the borough's trend would give, and how far off that is in standard deviations."""

    recent: int
    before: int
    expected: float | None
    z: float | None

    @property
    def rises(self) -> bool:
        """Whether there are more reports than chance allows."""
        return self.z is not None and self.z >= RISE

    @property
    def falls(self) -> bool:
        """Whether there are fewer reports than chance allows."""
        return self.z is not None and self.z <= -RISE


def take_borough(recent: Ints, before: Ints, months_before: int) -> Borough:
    """Return the borough's share and dispersion from the counts of its fixed squares.

    The dispersion is the mean chi-squared of squares with 10 reports or more, and never below 1.
    """
    total, earlier = int(recent.sum()), int(before.sum())
    known = Borough(total, earlier, months_before, 1.0)
    enough = recent + before >= FEWEST
    if not known.comparable or not enough.any():
        return known
    share = known.share
    expected = [(r, (r + b) * share) for r, b in zip(recent[enough].tolist(), before[enough].tolist(), strict=True)]
    chi = math.fsum((r - e) ** 2 / (e * (1 - share)) for r, e in expected) / len(expected)
    return Borough(total, earlier, months_before, round(max(1.0, chi), 6))


def take_trend(recent: int, before: int, borough: Borough) -> Trend:
    """Return a place's trend; expectation and z are None where there are too few reports or months to judge by."""
    if not borough.comparable:
        return Trend(recent, before, None, None)
    expected = (recent + before) * borough.share
    if recent + before < FEWEST:
        return Trend(recent, before, round(expected, 6), None)
    spread = math.sqrt(borough.dispersion * expected * (1 - borough.share))
    half = 0.5 if recent > expected else -0.5
    return Trend(recent, before, round(expected, 6), round((recent - expected - half) / spread, 6))


def is_emerging(trend: Trend, borough: Borough) -> bool:
    """Whether an unlisted place rises for good reason: z, at least 5 reports, half as many again as expected."""
    enough = TIMES[1] * trend.recent * borough.before >= TIMES[0] * trend.before * borough.recent
    return trend.rises and trend.recent >= FEWEST_RECENT and enough


def name_listed(past: Sequence[bool], trend: Trend) -> Label:
    """Return the word for a listed place. `past` says which of the lists before it was on, the latest first."""
    times = sum(past[:LISTS_BACK])
    if times < MOSTLY:
        return Label.RECURRING if times else Label.NEW
    if trend.z is None:
        return Label.TOO_FEW
    if trend.rises:
        return Label.INTENSIFYING
    return Label.DIMINISHING if trend.falls else Label.PERSISTENT


def tail(z: float) -> float:
    """Return the chance of a standard normal number above z."""
    return math.erfc(z / math.sqrt(2)) / 2


def survivors(chances: Sequence[float], share: float) -> list[bool]:
    """Return which findings stay when at most `share` of them may be false (Benjamini and Hochberg, 1995)."""
    order = sorted(range(len(chances)), key=lambda at: chances[at])
    last = max((i for i, at in enumerate(order, 1) if chances[at] <= share * i / len(chances)), default=0)
    kept = set(order[:last])
    return [at in kept for at in range(len(chances))]
