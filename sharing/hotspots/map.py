"""This module knows how a list is drawn as a map: geometry to paths of whole numbers, with the words that say the same.

The page is 720 units wide, y running down it; paths are in whole tens of metres, scaled to the page by
`MapView.scale`. Areas are shaded by class, one path a class; listed places are squares with a numbered link. Colour
repeats what outline, number and table say, and the shading can tell no finer than its legend.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sharing.hotspots.spread import spread
from sharing.hotspots.suppress import PublicHotspotList
from sharing.hotspots.views import HotspotList
from sharing.places.areas import FEWEST_CORNERS, Area, Ring, bounds, simplify
from sharing.places.outline import outline

UNIT_M = 10
"""Metres to one unit of a path; corners within so much of a straight line are left out."""
WIDTH = 720
MARGIN = 24
RADIUS = 22
"""A mark is 44 units across: 44 px where the map is shown 720 px wide (WCAG 2.2, target size)."""
CLASSES = 6
AROUND_M = 1000
"""Metres shown beyond the outermost listed place."""
LEAST_PART = 3
"""The map shows at least a third of the area's width."""
FEWEST_SHOWN = 5
_NICE = (5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000)
_QUANTILES = (0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True)
class MapClass:
    """All areas of one class: its style, what it means, and one path ('' where no area is of it)."""

    css: str
    legend: str
    path: str


@dataclass(frozen=True)
class MapSpot:
    """A listed place: its square (x, y, side), its numbered mark (at x, y), what the mark says and where it leads."""

    rank: int
    name: str
    title: str
    href: str
    square: tuple[int, int, int]
    mark: tuple[int, int]

    @property
    def middle(self) -> tuple[int, int]:
        """The middle of the square, where the line from the mark ends."""
        x, y, side = self.square
        return x + side // 2, y + side // 2


@dataclass(frozen=True)
class MapView:
    """Everything that `templates/parts/map.html` draws; no style, no script, no number that the list does not hold."""

    view_box: str
    scale: str
    title: str
    description: str
    classes: tuple[MapClass, ...]
    wards: str
    outline: str
    missing: str
    missing_names: tuple[str, ...]
    spots: tuple[MapSpot, ...]
    radius: int


@dataclass(frozen=True)
class Place:
    """A place to be marked: its rank, name, what to say of it, the row it leads to, middle and side in metres."""

    rank: int
    name: str
    title: str
    anchor: str
    centre: tuple[int, int]
    size_m: int


@dataclass(frozen=True)
class Ground:
    """What lies under the marks: shaded areas with their counts, ward lines, and areas of landlords who sent nothing."""

    areas: tuple[Area, ...]
    counts: Mapping[str, int]
    wards: tuple[Area, ...] = ()
    missing: tuple[Area, ...] = ()


def places_with_counts(found: HotspotList) -> tuple[Place, ...]:
    """Return the listed places, said with their counts."""
    return tuple(
        Place(
            spot.rank,
            spot.name,
            f"{spot.rank}, {spot.name}: {spot.year:,} reports in 12 months, {spot.label}",
            spot.anchor,
            spot.centre,
            spot.size_m,
        )
        for spot in found.entries
        if spot.rank
    )


def places_without_counts(found: PublicHotspotList) -> tuple[Place, ...]:
    """Return the listed places that may be mapped, said with their bands."""
    return tuple(
        Place(
            spot.rank,
            spot.name,
            f"{spot.rank}, {spot.name}: {spot.band} reports in 12 months, {spot.label}",
            spot.anchor,
            spot.centre,
            spot.size_m,
        )
        for spot in found.entries
        if spot.rank and spot.centre
    )


def draw_map(title: str, ground: Ground, places: Sequence[Place]) -> MapView:
    """Return the map. Raises ValueError where there is no area to draw."""
    page = _Page.over(_frame(ground.areas, places))
    lines = outline(ground.areas)
    shown = Ground(page.seen(ground.areas), ground.counts, page.seen(ground.wards), page.seen(ground.missing))
    classes = _shade(shown, page)
    return MapView(
        view_box=f"0 0 {WIDTH} {page.height}",
        scale=f"{UNIT_M / page.metres:.5f}",
        title=title,
        description=_describe(places, classes, shown),
        classes=classes,
        wards=page.path(ring for ward in shown.wards for ring in ward.rings),
        outline=page.path(lines),
        missing=page.path(ring for area in shown.missing for ring in area.rings),
        missing_names=tuple(area.name for area in shown.missing),
        spots=_mark(places, page),
        radius=RADIUS,
    )


def class_breaks(counts: Iterable[int]) -> tuple[int, ...]:
    """Return where classes 2, 3, 4 and 5 begin: round numbers near the quartiles and the highest tenth, none below 5."""
    some = [count for count in counts if count]
    if not some:
        return (FEWEST_SHOWN,)
    wanted = np.quantile(np.array(some), _QUANTILES)
    nice = {min(_NICE, key=lambda number: (abs(number - value), number)) for value in wanted.tolist()}
    return tuple(sorted(nice))


@dataclass(frozen=True)
class _Page:
    """Where the page lies on the grid: its left and upper edges in metres, and how many metres a unit of it is."""

    left: float
    top: float
    metres: float
    height: int

    @classmethod
    def over(cls, frame: tuple[int, int, int, int]) -> _Page:
        west, south, east, north = frame
        metres = (east - west) / (WIDTH - 2 * MARGIN)
        height = round((north - south) / metres) + 2 * MARGIN
        return cls(west - MARGIN * metres, north + MARGIN * metres, metres, height)

    def at(self, easting: int, northing: int) -> tuple[int, int]:
        """Return a point in units of the page."""
        return round((easting - self.left) / self.metres), round((self.top - northing) / self.metres)

    def seen(self, areas: Sequence[Area]) -> tuple[Area, ...]:
        """Return the areas of which anything can lie on the page."""
        right, bottom = self.left + WIDTH * self.metres, self.top - self.height * self.metres
        return tuple(
            area
            for area in areas
            if area.box[0] <= right and area.box[2] >= self.left and area.box[1] <= self.top and area.box[3] >= bottom
        )

    def path(self, rings: Iterable[Ring]) -> str:
        """Return one path of many rings, in steps of whole units, corners within 10 m of a line left out."""
        return "".join(self._ring(ring) for ring in rings)

    def _ring(self, ring: Ring) -> str:
        corners = simplify(ring, UNIT_M)
        if len(corners) < FEWEST_CORNERS:
            return ""
        tens = np.stack([(corners[:, 0] - self.left) / UNIT_M, (self.top - corners[:, 1]) / UNIT_M], 1)
        points = np.rint(tens).astype(np.int64)
        steps = np.diff(points, axis=0)
        steps = steps[np.any(steps != 0, axis=1)]
        if len(steps) < FEWEST_CORNERS - 1:
            return ""
        return f"M{points[0, 0]} {points[0, 1]}l{' '.join(map(str, steps.ravel().tolist()))}z"


def _frame(areas: Sequence[Area], places: Sequence[Place]) -> tuple[int, int, int, int]:
    """Return what the map shows, in metres: the listed places with the ground around them, never more than the whole area.

    In a borough that is half fields the marks would else lie over one another.
    """
    whole = bounds(areas)
    if not places:
        return whole
    middles = np.array([place.centre for place in places])
    low, high = middles.min(0) - AROUND_M, middles.max(0) + AROUND_M
    least = (whole[2] - whole[0]) // LEAST_PART
    short = max(0, least - int(high[0] - low[0])) // 2
    return (
        max(whole[0], int(low[0]) - short),
        max(whole[1], int(low[1])),
        min(whole[2], int(high[0]) + short),
        min(whole[3], int(high[1])),
    )


def _shade(ground: Ground, page: _Page) -> tuple[MapClass, ...]:
    breaks = class_breaks(ground.counts.values())
    chosen: list[list[Area]] = [[] for _ in range(CLASSES)]
    for area in ground.areas:
        count = ground.counts.get(area.code, 0)
        chosen[1 + sum(count >= least for least in breaks) if count else 0].append(area)
    return tuple(
        MapClass(f"map-area-{number}", legend, page.path(ring for area in areas for ring in area.rings))
        for number, (legend, areas) in enumerate(zip(_legend(breaks), chosen, strict=False))
    )


def _legend(breaks: Sequence[int]) -> list[str]:
    first = breaks[0]
    words = ["no reports", f"fewer than {first}"]
    words += [f"{low:,} to {high - 1:,}" for low, high in pairwise(breaks)]
    return [*words, f"{breaks[-1]:,} or more"]


def _describe(places: Sequence[Place], classes: Sequence[MapClass], shown: Ground) -> str:
    parts = [f"{len(places)} listed places on a map of the ground around them; the table beside it holds the same."]
    parts += [f"{place.title}." for place in places]
    legends = [item.legend for item in classes if item.path]
    parts.append(f"Areas are shaded by reports in 12 months: {', '.join(legends)}.")
    if shown.missing:
        parts.append(
            f"Hatched, because a landlord's return is missing: {', '.join(area.name for area in shown.missing)}."
        )
    return " ".join(parts)


def _mark(places: Sequence[Place], page: _Page) -> tuple[MapSpot, ...]:
    squares = [
        (
            *page.at(place.centre[0] - place.size_m // 2, place.centre[1] + place.size_m // 2),
            round(place.size_m / page.metres),
        )
        for place in places
    ]
    middles = [(x + side // 2, y + side // 2) for x, y, side in squares]
    marks = spread(middles, RADIUS, (WIDTH, page.height))
    return tuple(
        MapSpot(place.rank, place.name, place.title, f"#{place.anchor}", square, mark)
        for place, square, mark in zip(places, squares, marks, strict=True)
    )
