"""This module knows how much a window weighs: recency-weighted shares of each source's reports, never sums across sources.

Shares, so that a body that records much cannot swamp one that records little, and one event told to two agencies
cannot count twice at full weight. Everything below the shares is whole numbers, so that equal reports give exactly
equal scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sharing.hotspots.counts import Box, Counts, window_sums
from sharing.hotspots.parameters import NO_HARM, Parameters, SourceState
from sharing.hotspots.periods import Period, month_number

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNIT = 4096
"""A report of this month weighs 4096 parts; one six months old 2048."""
SCORE_OF_ALL = 1000.0
"""The score of a window that held every report of every source."""


@dataclass(frozen=True)
class Use:
    """One source as the score uses it: its number in the counts, and what a part of a report of it adds to a score."""

    source: str
    number: int
    factor: float


def uses(counts: Counts, states: Sequence[SourceState], parameters: Parameters, period: Period) -> tuple[Use, ...]:
    """Return the sources that enter the score: those with reports, complete for the whole period, of some weight.

    A source of which only part reports (landlords: homes of those who sent a return, of all social homes) weighs that
    part.
    """
    weights = {
        state.source: parameters.weights.get(state.source, parameters.other_weight) * state.reporting / state.of
        for state in states
        if is_complete(state, period.first, period.last) and state.source in counts.sources
    }
    worth = worths(counts, parameters, period)
    totals = {
        source: int(worth[counts.source == counts.sources.index(source)].sum())
        for source, weight in sorted(weights.items())
        if weight > 0
    }
    all_weights = sum(weights[source] for source, total in totals.items() if total)
    return tuple(
        Use(source, counts.sources.index(source), SCORE_OF_ALL * weights[source] / (all_weights * total))
        for source, total in totals.items()
        if total
    )


def is_complete(state: SourceState, first: int, last: int) -> bool:
    """Whether a source's returns cover these months and any part of it reports."""
    covers = month_number(state.first_month) <= first and month_number(state.last_month) >= last
    return covers and state.reporting > 0 and state.of > 0


def worths(counts: Counts, parameters: Parameters, period: Period) -> Ints:
    """Return what each row adds, in whole parts: reports x harm in tenths x recency; 0 outside the history."""
    return counts.n * _parts(counts, parameters, period)


def squares(counts: Counts, parameters: Parameters, period: Period) -> Ints:
    """Return what each row adds to the variance of a sum: reports x the square of what one report adds."""
    parts = _parts(counts, parameters, period)
    return counts.n * parts * parts


def score_windows(box: Box, counts: Counts, worth: Ints, used: Sequence[Use], side: int) -> Floats:
    """Return the score of every window of the box, by its south-west cell."""
    total = np.zeros((box.rows - side + 1, box.columns - side + 1))
    for use in used:
        total += window_sums(box.lay(counts, counts.source == use.number, worth), side) * use.factor
    return total


def score_variances(box: Box, counts: Counts, square: Ints, used: Sequence[Use], side: int) -> Floats:
    """Return the variance of every window's score, were its reports to come one by one at random."""
    total = np.zeros((box.rows - side + 1, box.columns - side + 1))
    for use in used:
        total += window_sums(box.lay(counts, counts.source == use.number, square), side) * (use.factor * use.factor)
    return total


def _parts(counts: Counts, parameters: Parameters, period: Period) -> Ints:
    age = period.last - counts.month
    known = (age >= 0) & (age < parameters.history_months)
    recency = np.array(_recency(parameters), np.int64)[np.where(known, age, 0)]
    harm = np.array([_harm(category, parameters.harm_tenths) for category in counts.categories] or [NO_HARM], np.int64)
    return np.where(known, recency * harm[counts.category], 0)


def _recency(parameters: Parameters) -> list[int]:
    return [round(UNIT * 0.5 ** (age / parameters.half_life_months)) for age in range(parameters.history_months)]


def _harm(category: str, tenths: Mapping[str, int]) -> int:
    return tenths.get(category, NO_HARM)
