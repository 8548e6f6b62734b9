"""This module knows how a list is drawn: pure, from counts and whole numbers to places, ranks, labels and how sure they are.

Method: `placed-windows/1`. Windows are placed where the reports are and ranked by recency-weighted shares; statistics
label them and never rank them. The same inputs give the same list, to the last bit, on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sharing.hotspots.counts import Counts
from sharing.hotspots.parameters import METHOD, Parameters, SourceState, canonical
from sharing.hotspots.periods import Period
from sharing.hotspots.place import Spot, in_order, place_windows, stay
from sharing.hotspots.sheet import Sheet
from sharing.hotspots.trend import (
    FALSE_STRONG,
    LISTS_BACK,
    Borough,
    Label,
    Trend,
    is_emerging,
    name_listed,
    survivors,
    tail,
)
from sharing.places.lattice import CELL_M, Cell

CANDIDATES = 10
"""How many times the list's size of windows are placed, to find what emerges and what might have been listed."""
CERTAIN_AMONG = 5
"""How many times the list's size of windows take part in the draws that say how sure the list is."""


@dataclass(frozen=True, order=True)
class Window:
    """A square place: its south-west cell and its side in metres."""

    cell: Cell
    size_m: int

    def is_same_place(self, other: Window) -> bool:
        """Whether the two share at least half of the smaller one."""
        sides = self.size_m // CELL_M, other.size_m // CELL_M
        across = _shared(self.cell.e, sides[0], other.cell.e, sides[1])
        up = _shared(self.cell.n, sides[0], other.cell.n, sides[1])
        return 2 * across * up >= min(sides) ** 2


def _shared(one: int, one_side: int, other: int, other_side: int) -> int:
    return max(0, min(one + one_side, other + other_side) - max(one, other))


@dataclass(frozen=True)
class Inputs:
    """Everything that a list is drawn from.

    `earlier` holds the windows of the lists before this one, the latest first.

    `homes` are cells known to hold homes: with the cells of all reports they make the squares of the
    wider-cluster test.
    """

    period: Period
    counts: Counts
    sources: tuple[SourceState, ...]
    parameters: Parameters = field(default_factory=Parameters)
    earlier: tuple[tuple[Window, ...], ...] = ()
    nominated: tuple[Cell, ...] = ()
    homes: tuple[Cell, ...] = ()

    def setting(self) -> dict[str, Any]:
        """Return everything but the counts as plain values, as it is stored with the list."""
        return {
            "method": METHOD,
            "period": str(self.period),
            "parameters": self.parameters.as_json(),
            "sources": [state.as_json() for state in sorted(self.sources, key=lambda state: state.source)],
            "earlier": [[[*w.cell, w.size_m] for w in windows] for windows in self.earlier[:LISTS_BACK]],
            "nominated": sorted([*cell] for cell in self.nominated),
            "homes": sorted([*cell] for cell in set(self.homes)),
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the method, the setting and the counts: two lists with the same digest are the same list."""
        return hashlib.sha256(canonical(self.setting()) + b"\n" + self.counts.canonical).hexdigest()

    @classmethod
    def from_stored(cls, setting: dict[str, Any], packed: bytes) -> Inputs:
        """Read back what was stored."""
        return cls(
            Period.parse(setting["period"]),
            Counts.unpack(packed),
            tuple(SourceState.from_json(state) for state in setting["sources"]),
            Parameters.from_json(setting["parameters"]),
            tuple(tuple(Window(Cell(e, n), size) for e, n, size in windows) for windows in setting["earlier"]),
            tuple(Cell(e, n) for e, n in setting["nominated"]),
            tuple(Cell(e, n) for e, n in setting["homes"]),
        )


@dataclass(frozen=True)
class Entry:
    """One place with its numbers. `rank` is None for a place that is not listed; `score` is of 1,000.

    `year` counts the reports of the twelve months that end with the period, by source in `by_source`; `trend`
    those of the sources that can be compared. `permille` says in how many of a thousand redrawn lists the
    place stands.
    """

    rank: int | None
    window: Window
    score: float
    year: int
    by_source: tuple[tuple[str, int], ...]
    trend: Trend
    label: Label
    past: tuple[bool, ...]
    permille: int | None = None
    firm: bool | None = None
    cluster: str | None = None
    nominated: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Drawn:
    """A list as drawn, with what emerges and what was listed before, and what it was drawn by."""

    period: Period
    digest: str
    entries: tuple[Entry, ...]
    emerging: tuple[Entry, ...]
    former: tuple[Entry, ...]
    borough: Borough
    used: tuple[str, ...]
    compared: tuple[str, ...]


def draw_list(inputs: Inputs) -> Drawn:
    """Return the list.

    Raises InvalidError where one far-off report would make the map too large to lay out.
    """
    sheet = Sheet.of(inputs.counts, inputs.sources, inputs.parameters, inputs.period, inputs.homes)
    listed, candidates = _choose(sheet, inputs)
    sure = sheet.certainty([*listed, *candidates][: CERTAIN_AMONG * inputs.parameters.size])
    nominated = {sheet.spot(cell) for cell in inputs.nominated}
    entries = tuple(
        replace(
            _entry(sheet, inputs, spot),
            rank=rank,
            permille=sure[spot],
            firm=sure[spot] >= inputs.parameters.firm_permille,
            nominated=spot in nominated,
        )
        for rank, spot in enumerate(listed, 1)
    )
    emerging = _emerging(sheet, inputs, candidates)
    return Drawn(
        inputs.period,
        inputs.digest,
        entries,
        emerging,
        _former(sheet, inputs, (*entries, *emerging)),
        sheet.borough,
        tuple(use.source for use in sheet.used),
        sheet.compared,
    )


def _choose(sheet: Sheet, inputs: Inputs) -> tuple[list[Spot], list[Spot]]:
    """Return the listed windows in order, and the candidates after them."""
    size, side = inputs.parameters.size, inputs.parameters.side
    active = (
        [sheet.spot(window.cell) for window in inputs.earlier[0] if window.size_m == inputs.parameters.window_m]
        if (inputs.earlier)
        else []
    )
    fixed = [sheet.spot(cell) for cell in inputs.nominated]
    kept = stay(sheet.score, sheet.recent_windows, side, active, inputs.parameters.sticky_rank)
    fixed += [spot for spot in kept if not any(sheet.overlap(spot, other) for other in fixed)]
    fixed = fixed[:size]
    fresh = place_windows(sheet.score, sheet.recent_windows, side, CANDIDATES * size, fixed)
    room = size - len(fixed)
    listed = in_order(sheet.score, sheet.recent_windows, [*fixed, *fresh[:room]])
    return listed, fresh[room:]


def _entry(sheet: Sheet, inputs: Inputs, spot: Spot, *, label: Label | None = None, strong: bool = False) -> Entry:
    """Return a place with its numbers; without a label given it is a listed place, and takes the label of one."""
    window = Window(sheet.cell(spot), inputs.parameters.window_m)
    past = _past(window, inputs.earlier)
    trend = sheet.trend(spot)
    by_source = sheet.year_by_source(spot)
    return Entry(
        None,
        window,
        round(float(sheet.score[spot]), 3),
        sum(n for _, n in by_source),
        by_source,
        trend,
        label or name_listed(past, trend),
        past,
        cluster=sheet.cluster(spot),
        strong=strong,
    )


def _past(window: Window, earlier: Sequence[Sequence[Window]]) -> tuple[bool, ...]:
    return tuple(any(window.is_same_place(other) for other in windows) for windows in earlier[:LISTS_BACK])


def _emerging(sheet: Sheet, inputs: Inputs, candidates: Sequence[Spot]) -> tuple[Entry, ...]:
    """Return the unlisted places that rise, the surest first; strong are those that stand if a tenth may be false."""
    tested = [(spot, trend, trend.z) for spot in candidates if (trend := sheet.trend(spot)).z is not None]
    strong = survivors([tail(z or 0.0) for _, _, z in tested], FALSE_STRONG)
    found = [(-(z or 0.0), at, spot) for at, (spot, trend, z) in enumerate(tested) if is_emerging(trend, sheet.borough)]
    shown = sorted(found)[: inputs.parameters.emerging_shown]
    return tuple(_entry(sheet, inputs, spot, label=Label.EMERGING, strong=strong[at]) for _, at, spot in shown)


def _former(sheet: Sheet, inputs: Inputs, shown: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the places of the last lists that are on none now, the latest first, each once."""
    found: list[Entry] = []
    for window in (window for windows in inputs.earlier[:LISTS_BACK] for window in windows):
        others = (entry.window for entry in (*shown, *found))
        spot = sheet.spot(window.cell)
        if window.size_m != inputs.parameters.window_m or not sheet.holds(spot):
            continue
        if not any(window.is_same_place(other) for other in others):
            found.append(_entry(sheet, inputs, spot, label=Label.FORMER))
    return tuple(found)
