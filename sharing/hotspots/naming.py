"""This module knows how drawn places get their names, wards and homes: what a person calls them, beside what was computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sharing.hotspots.counts import Counts
from sharing.hotspots.rules import Drawn, Entry, Window
from sharing.hotspots.views import Hotspot
from sharing.places.areas import Area, find_areas
from sharing.places.lattice import CELL_M, Cell, centre_of
from sharing.places.names import Gazetteer


@dataclass(frozen=True)
class Surroundings:
    """What is known of the ground: names, wards, and homes a cell (None where nothing is known of homes)."""

    gazetteer: Gazetteer = field(default_factory=lambda: Gazetteer({}))
    wards: tuple[Area, ...] = ()
    homes: Mapping[Cell, int] | None = None
    called: Mapping[Cell, str] = field(default_factory=dict)


def name_places(drawn: Drawn, counts: Counts, ground: Surroundings) -> tuple[tuple[Hotspot, ...], ...]:
    """Return entries, emerging and former places as they are seen, each with a name that no other has."""
    groups = (drawn.entries, drawn.emerging, drawn.former)
    reports = _by_cell(counts)
    taken: Counter[str] = Counter()
    return tuple(tuple(_named(entry, reports, ground, taken) for entry in group) for group in groups)


def _named(entry: Entry, reports: Mapping[Cell, int], ground: Surroundings, taken: Counter[str]) -> Hotspot:
    ward = _ward(entry.window, ground.wards)
    cells = _cells(entry.window)
    name = ground.called.get(entry.window.cell) or ground.gazetteer.call(
        {cell: reports[cell] for cell in cells if cell in reports}
    )
    name = name or (
        f"A place in {ward.name}" if ward else f"The square at {entry.window.cell.e}, {entry.window.cell.n}"
    )
    if taken[name] and ward and not name.endswith(ward.name):
        name = f"{name} ({ward.name})"
    taken[name] += 1
    if taken[name] > 1:
        name = f"{name} {taken[name]}"
    return Hotspot(
        rank=entry.rank,
        cell=entry.window.cell,
        size_m=entry.window.size_m,
        name=name,
        score=entry.score,
        year=entry.year,
        recent=entry.trend.recent,
        before=entry.trend.before,
        expected=entry.trend.expected,
        z=entry.trend.z,
        by_source=entry.by_source,
        label=entry.label,
        times_listed=sum(entry.past),
        firm=entry.firm,
        permille=entry.permille,
        cluster=entry.cluster,
        strong=entry.strong,
        nominated=entry.nominated,
        ward=ward.code if ward else None,
        ward_name=ward.name if ward else "",
        homes=None if ground.homes is None else sum(ground.homes.get(cell, 0) for cell in cells),
    )


def _by_cell(counts: Counts) -> Mapping[Cell, int]:
    reports: Counter[Cell] = Counter()
    for e, n, count in zip(counts.cell_e.tolist(), counts.cell_n.tolist(), counts.n.tolist(), strict=True):
        reports[Cell(e, n)] += count
    return reports


def _cells(window: Window) -> Sequence[Cell]:
    side = window.size_m // CELL_M
    return [Cell(window.cell.e + e, window.cell.n + n) for n in range(side) for e in range(side)]


def _ward(window: Window, wards: Sequence[Area]) -> Area | None:
    """Return the ward of the window's middle."""
    easting, northing = centre_of(window.cell, window.size_m)
    (index,) = find_areas(wards, [easting], [northing]).tolist()
    return wards[index] if index >= 0 else None
