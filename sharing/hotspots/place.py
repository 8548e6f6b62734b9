"""This module knows where windows are put: the fullest first, none over another, ties settled the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Spot(NamedTuple):
    """A window by its south-west corner: row and column of the box."""

    row: int
    column: int


def place_windows(score: Floats, recent: Ints, side: int, most: int, taken: Sequence[Spot] = ()) -> list[Spot]:
    """Return up to `most` windows, each the fullest that overlaps none before it nor any of `taken`.

    `score` and `recent` are sums by window. Equal scores go to the window with more recent reports, then to
    the southernmost, then to the westernmost. Windows of score 0 are never placed.
    """
    left = score.copy()
    for spot in taken:
        _close(left, spot, side)
    found: list[Spot] = []
    while len(found) < most and left.size:
        best = left.max()
        if best <= 0:
            break
        ties = np.flatnonzero(left.ravel() == best)
        # flatnonzero runs from the south-west, row by row, and argmax takes the first of equals.
        at = int(ties[np.argmax(recent.ravel()[ties])])
        spot = Spot(*divmod(at, left.shape[1]))
        found.append(spot)
        _close(left, spot, side)
    return found


def stay(score: Floats, recent: Ints, side: int, earlier: Sequence[Spot], rank: int) -> list[Spot]:
    """Return the earlier windows that stay: those that hold at least what the `rank`-th best fresh window holds.

    Earlier windows come in their old order; one that overlaps another that stays gives way. One that lies outside the
    box holds nothing and goes.
    """
    fresh = place_windows(score, recent, side, rank)
    bar = min((score[spot] for spot in fresh), default=0.0) if len(fresh) == rank else 0.0
    kept: list[Spot] = []
    for spot in earlier:
        inside = 0 <= spot.row < score.shape[0] and 0 <= spot.column < score.shape[1]
        if inside and score[spot] > 0 and score[spot] >= bar and not any(overlap(spot, other, side) for other in kept):
            kept.append(spot)
    return kept


def in_order(score: Floats, recent: Ints, spots: Sequence[Spot]) -> list[Spot]:
    """Return windows by score, ties as in `place_windows`."""
    return sorted(spots, key=lambda spot: (-score[spot], -recent[spot], spot.row, spot.column))


def overlap(one: Spot, other: Spot, side: int) -> int:
    """Return how many cells two windows share."""
    rows = side - abs(one.row - other.row)
    columns = side - abs(one.column - other.column)
    return rows * columns if rows > 0 and columns > 0 else 0


def _close(left: Floats, spot: Spot, side: int) -> None:
    """Rule out every window that would overlap this one."""
    rows = slice(max(spot.row - side + 1, 0), max(spot.row + side, 0))
    columns = slice(max(spot.column - side + 1, 0), max(spot.column + side, 0))
    left[rows, columns] = -1.0
