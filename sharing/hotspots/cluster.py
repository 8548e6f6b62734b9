"""This module knows whether a place stands alone or in a wider cluster: Gi* of ranks over the borough's 250 m squares.

Getis and Ord's Gi* (1992; Ord and Getis, 1995, equation 14) with binary weights over the 3 x 3 square and itself. It
is taken of average ranks: of counts it "finds" hotspots in nearly every shuffled map of such data, of ranks in one in
a hundred.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sharing.hotspots.trend import survivors, tail

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
FALSE_SQUARES = 0.05
_EIGHT = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")


def average_ranks(values: NDArray[np.int64] | Floats) -> Floats:
    """Return ranks from 1, equal values sharing the mean of theirs."""
    _, back, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    ranks: Floats = (last - (counts - 1) / 2)[back]
    return ranks


def gi_star(values: Floats, study: Bools) -> Floats:
    """Return the z-score of each square of `study`, not-a-number elsewhere, and everywhere where nothing varies.

    `values` and `study` are grids of one shape. Equal to `esda.G_Local(star=True, transform="B")` over the same
    squares.
    """
    inside = np.where(study, values, 0.0)
    count = int(study.sum())
    result = np.full(values.shape, np.nan)
    if count <= 1:
        return result
    mean = inside.sum() / count
    variance = (inside * inside).sum() / count - mean * mean
    near = _three_by_three(study.astype(float))
    spread = variance * near * (count - near) / (count - 1)
    known = study & (spread > 0)
    result[known] = (_three_by_three(inside)[known] - near[known] * mean) / np.sqrt(spread[known])
    return result


def significant(z: Floats) -> Bools:
    """Return the squares whose z stays when at most 5% of the findings may be false: one-sided, high values only."""
    known = np.isfinite(z)
    kept = np.zeros(z.shape, bool)
    kept[known] = survivors([tail(value) for value in z[known].tolist()], FALSE_SQUARES)
    return kept


def direction(marked: Bools, row: int, column: int) -> str | None:
    """Return where the rest of the cluster that holds a square lies: 'north-east', 'around it', or None for no cluster."""
    if not (0 <= row < marked.shape[0] and 0 <= column < marked.shape[1] and marked[row, column]):
        return None
    rows, columns = _piece(marked, row, column)
    if len(rows) == 1:
        return "around it"
    north, east = sum(rows) / len(rows) - row, sum(columns) / len(columns) - column
    if north * north + east * east < 1:
        return "around it"
    return _EIGHT[round(np.degrees(np.arctan2(north, east)) / 45) % 8]


def _piece(marked: Bools, row: int, column: int) -> tuple[list[int], list[int]]:
    """Return rows and columns of the marked squares that hang together with this one, corners included."""
    seen = {(row, column)}
    todo = [(row, column)]
    while todo:
        at_row, at_column = todo.pop()
        for r in range(max(at_row - 1, 0), min(at_row + 2, marked.shape[0])):
            for c in range(max(at_column - 1, 0), min(at_column + 2, marked.shape[1])):
                if marked[r, c] and (r, c) not in seen:
                    seen.add((r, c))
                    todo.append((r, c))
    return [r for r, _ in seen], [c for _, c in seen]


def _three_by_three(grid: Floats) -> Floats:
    """Return the sum over each square and the eight around it, nothing outside the grid."""
    padded = np.pad(grid, 1)
    across = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    total: Floats = across[:-2] + across[1:-1] + across[2:]
    return total
