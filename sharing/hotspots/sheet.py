"""This module knows the working sheet of one list: every window's score and counts, worked out once and asked many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sharing.hotspots import cluster, score
from sharing.hotspots.certainty import shares_on_list
from sharing.hotspots.counts import Box, Counts, window_sums
from sharing.hotspots.parameters import Parameters, SourceState
from sharing.hotspots.periods import MONTHS_A_YEAR, Period
from sharing.hotspots.place import Spot, overlap
from sharing.hotspots.trend import Borough, Trend, take_borough, take_trend
from sharing.places.lattice import Cell

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

USUAL_DISPERSION = 2.0
"""How clumped reports come where it cannot be estimated: the median that was measured on police ASB by quarter."""
PERMILLE = 1000


@dataclass(frozen=True, eq=False)
class Sheet:
    """Windows are asked for by `Spot`; make one with `Sheet.of`."""

    box: Box
    parameters: Parameters
    used: tuple[score.Use, ...]
    compared: tuple[str, ...]
    score: Floats
    variance: Floats
    recent_windows: Ints
    compared_recent: Ints
    compared_before: Ints
    years: tuple[tuple[str, Ints], ...]
    borough: Borough
    marked: Bools

    @classmethod
    def of(
        cls,
        counts: Counts,
        states: Sequence[SourceState],
        parameters: Parameters,
        period: Period,
        homes: Sequence[Cell] = (),
    ) -> Sheet:
        """Work out every window. Raises InvalidError for a box too large to lay out."""
        side = parameters.side
        box = Box.around(counts, side)
        used = score.uses(counts, states, parameters, period)
        compared, months = _comparable(states, used, period)
        in_period = (counts.month >= period.first) & (counts.month <= period.last)
        before = (counts.month >= period.first - months) & (counts.month < period.first)
        last_year = (counts.month > period.last - MONTHS_A_YEAR) & (counts.month <= period.last)
        of_used = np.isin(counts.source, [use.number for use in used])
        of_compared = np.isin(counts.source, [use.number for use in used if use.source in compared])
        scores = score.score_windows(box, counts, score.worths(counts, parameters, period), used, side)
        recent_cells = box.lay(counts, in_period & of_compared, counts.n)
        before_cells = box.lay(counts, before & of_compared, counts.n)
        squares = _Squares.over(box, side)
        study = squares.mark(counts.cell_e, counts.cell_n) | squares.mark(*_columns(homes))
        return cls(
            box,
            parameters,
            used,
            compared,
            scores,
            score.score_variances(box, counts, score.squares(counts, parameters, period), used, side),
            window_sums(box.lay(counts, in_period & of_used, counts.n), side),
            window_sums(recent_cells, side),
            window_sums(before_cells, side),
            tuple(
                (use.source, window_sums(box.lay(counts, last_year & (counts.source == use.number), counts.n), side))
                for use in used
            ),
            take_borough(squares.fold(recent_cells), squares.fold(before_cells), months),
            squares.hot(scores, study),
        )

    def spot(self, cell: Cell) -> Spot:
        """Return the window whose south-west cell this is; it may lie outside the box."""
        return Spot(cell.n - self.box.south, cell.e - self.box.west)

    def cell(self, spot: Spot) -> Cell:
        """Return the south-west cell of a window."""
        return Cell(spot.column + self.box.west, spot.row + self.box.south)

    def holds(self, spot: Spot) -> bool:
        """Whether the box holds the window."""
        rows, columns = int(self.score.shape[0]), int(self.score.shape[1])
        return 0 <= spot.row < rows and 0 <= spot.column < columns

    def overlap(self, one: Spot, other: Spot) -> int:
        """Return how many cells two windows share."""
        return overlap(one, other, self.parameters.side)

    def trend(self, spot: Spot) -> Trend:
        """Return a window's trend over the sources that can be compared."""
        return take_trend(int(self.compared_recent[spot]), int(self.compared_before[spot]), self.borough)

    def year_by_source(self, spot: Spot) -> tuple[tuple[str, int], ...]:
        """Return a window's reports of twelve months, by source."""
        return tuple((source, int(windows[spot])) for source, windows in self.years)

    def cluster(self, spot: Spot) -> str | None:
        """Return where the rest of the wider cluster lies that holds the window's middle, or None for a single spot."""
        squares = _Squares.over(self.box, self.parameters.side)
        middle = self.parameters.side // 2
        cell = self.cell(spot)
        return cluster.direction(self.marked, *squares.at(cell.e + middle, cell.n + middle))

    def certainty(self, spots: Sequence[Spot]) -> dict[Spot, int]:
        """Return for each window in how many of a thousand redrawn lists it stands; give the listed windows first."""
        live = [spot for spot in spots if self.holds(spot) and self.score[spot] > 0]
        dispersion = self.borough.dispersion if self.borough.comparable else USUAL_DISPERSION
        on = shares_on_list(
            [float(self.score[spot]) for spot in live],
            [float(self.variance[spot]) for spot in live],
            dispersion,
            self.parameters.size,
            self.parameters.draws,
            self.parameters.seed,
        )
        known = {spot: PERMILLE * int(n) // self.parameters.draws for spot, n in zip(live, on, strict=True)}
        return {spot: known.get(spot, 0) for spot in spots}


@dataclass(frozen=True)
class _Squares:
    """Fixed squares of the national grid, as large as a window: for the borough's dispersion and the wider-cluster test."""

    side: int
    west: int
    south: int
    columns: int
    rows: int
    box: Box

    @classmethod
    def over(cls, box: Box, side: int) -> _Squares:
        west, south = box.west // side, box.south // side
        columns = (box.west + box.columns) // side - west + 1
        return cls(side, west, south, columns, (box.south + box.rows) // side - south + 1, box)

    def at(self, cell_e: int, cell_n: int) -> tuple[int, int]:
        return cell_n // self.side - self.south, cell_e // self.side - self.west

    def mark(self, cell_e: Ints, cell_n: Ints) -> Bools:
        """Mark the squares that hold any of these cells; cells outside the box are left out."""
        rows, columns = cell_n // self.side - self.south, cell_e // self.side - self.west
        inside = (rows >= 0) & (rows < self.rows) & (columns >= 0) & (columns < self.columns)
        marked = np.zeros((self.rows, self.columns), bool)
        marked[rows[inside], columns[inside]] = True
        return marked

    def fold(self, cells: Ints) -> Ints:
        """Add up a grid of cells by square."""
        low = self.box.south - self.south * self.side, self.box.west - self.west * self.side
        shape = self.rows * self.side, self.columns * self.side
        whole = np.zeros(shape, np.int64)
        whole[low[0] : low[0] + cells.shape[0], low[1] : low[1] + cells.shape[1]] = cells
        folded: Ints = whole.reshape(self.rows, self.side, self.columns, self.side).sum((1, 3))
        return folded

    def hot(self, scores: Floats, study: Bools) -> Bools:
        """Return the squares that stand in a cluster: Gi* of the ranks of the scores of the squares of `study`."""
        if not study.any():
            return study
        rows, columns = np.nonzero(study)
        at_rows = (rows + self.south) * self.side - self.box.south
        at_columns = (columns + self.west) * self.side - self.box.west
        inside = (at_rows >= 0) & (at_rows < scores.shape[0]) & (at_columns >= 0) & (at_columns < scores.shape[1])
        values = np.zeros(rows.size)
        values[inside] = scores[at_rows[inside], at_columns[inside]]
        ranks = np.zeros(study.shape)
        ranks[rows, columns] = cluster.average_ranks(values)
        return cluster.significant(cluster.gi_star(ranks, study))


def _comparable(
    states: Sequence[SourceState], used: Sequence[score.Use], period: Period
) -> tuple[tuple[str, ...], int]:
    """Return the sources whose trend can be told, and over how many months before the period (at most twelve)."""
    names = {use.source for use in used}
    reach = {
        state.source: max(
            (
                months
                for months in range(MONTHS_A_YEAR + 1)
                if score.is_complete(state, period.first - months, period.last)
            ),
            default=0,
        )
        for state in states
        if state.source in names
    }
    months = max(reach.values(), default=0)
    return tuple(sorted(source for source, reached in reach.items() if reached == months)), months


def _columns(cells: Sequence[Cell]) -> tuple[Ints, Ints]:
    table = np.array(cells, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
