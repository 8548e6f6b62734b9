"""This module knows areas: wards and LSOAs as rings of whole metres, which point lies in which, how to write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ring = NDArray[np.int64]
"""Corners as an (n, 2) array of easting and northing, in metres, not closed."""

FEWEST_CORNERS = 3
_RING = re.compile(r"-?\d+ -?\d+(?: -?\d+ -?\d+){2,}")


@dataclass(frozen=True, eq=False)
class Area:
    """One ward, LSOA or other area.

    Rings are read by the even-odd rule, so holes and islands need no marks of their own.
    """

    kind: str
    code: str
    name: str
    rings: tuple[Ring, ...]

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """West, south, east and north, in metres."""
        corners = np.concatenate(self.rings)
        (west, south), (east, north) = corners.min(0), corners.max(0)
        return int(west), int(south), int(east), int(north)

    def covers(self, easting: ArrayLike, northing: ArrayLike) -> NDArray[np.bool_]:
        """Whether each point lies in the area.

        Points on a shared line belong to exactly one of the two neighbours.
        """
        east, north = np.atleast_1d(np.asarray(easting, float)), np.atleast_1d(np.asarray(northing, float))
        west, south, east_edge, north_edge = self.box
        inside = np.zeros(east.shape, bool)
        near = np.flatnonzero((east >= west) & (east <= east_edge) & (north >= south) & (north <= north_edge))
        if near.size:
            crossings = sum(_crossings(ring, east[near], north[near]) for ring in self.rings)
            inside[near] = np.asarray(crossings) % 2 == 1
        return inside


def _crossings(ring: Ring, east: NDArray[np.float64], north: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count the ring's edges that a ray to the east of each point crosses."""
    a = ring.astype(float)
    b = np.roll(a, -1, axis=0)
    straddles = (a[:, 1] > north[:, None]) != (b[:, 1] > north[:, None])
    rise = np.where(b[:, 1] == a[:, 1], 1.0, b[:, 1] - a[:, 1])
    at = a[:, 0] + (north[:, None] - a[:, 1]) * (b[:, 0] - a[:, 0]) / rise
    crossed: NDArray[np.int64] = np.count_nonzero(straddles & (east[:, None] < at), axis=1)
    return crossed


def find_areas(areas: Sequence[Area], easting: ArrayLike, northing: ArrayLike) -> NDArray[np.int64]:
    """Return for each point the index of the first area that covers it, or -1."""
    east, north = np.atleast_1d(np.asarray(easting, float)), np.atleast_1d(np.asarray(northing, float))
    found = np.full(east.shape, -1, np.int64)
    for index, area in enumerate(areas):
        found[(found < 0) & area.covers(east, north)] = index
    return found


def covered_cells(areas: Sequence[Area], eastings: ArrayLike, northings: ArrayLike) -> NDArray[np.bool_]:
    """Return which points of a lattice lie in any of the areas: rows by northing, columns by easting, both rising evenly.

    The same answer as `Area.covers` for every point, from one pass along each row instead of one for each point.
    """
    east, north = np.asarray(eastings, float), np.asarray(northings, float)
    covered = np.zeros((north.size, east.size), bool)
    for area in areas:
        turns = np.zeros((north.size, east.size + 1), np.int64)
        for ring in area.rings:
            row, at = _row_crossings(ring, north)
            np.add.at(turns, (row, np.searchsorted(east, at, side="left")), 1)
        covered |= turns[:, :-1].cumsum(1) % 2 == 1
    return covered


def _row_crossings(ring: Ring, north: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return where the ring's edges cross each row: the row's number and the easting."""
    a = ring.astype(float)
    b = np.roll(a, -1, axis=0)
    row, edge = np.nonzero((a[:, 1] > north[:, None]) != (b[:, 1] > north[:, None]))
    one, other = a[edge], b[edge]
    at = one[:, 0] + (north[row] - one[:, 1]) * (other[:, 0] - one[:, 0]) / (other[:, 1] - one[:, 1])
    return row, at


def bounds(areas: Sequence[Area], margin_m: int = 0) -> tuple[int, int, int, int]:
    """Return west, south, east and north of all areas together, widened by `margin_m`.

    Raises ValueError for no areas.
    """
    if not areas:
        raise ValueError("there are no areas to take the bounds of")
    boxes = np.array([area.box for area in areas])
    west, south = boxes[:, :2].min(0) - margin_m
    east, north = boxes[:, 2:].max(0) + margin_m
    return int(west), int(south), int(east), int(north)


def simplify(ring: Ring, tolerance_m: float) -> Ring:
    """Return the ring without the corners that lie within `tolerance_m` of the line that leaves them out.

    Method: Douglas and Peucker, 1973.
    """
    if len(ring) <= FEWEST_CORNERS:
        return ring
    far = int(np.argmax(((ring - ring[0]) ** 2).sum(1)))
    closed = np.vstack([ring, ring[:1]]).astype(float)
    keep = np.zeros(len(closed), bool)
    keep[[0, far, len(closed) - 1]] = True
    todo = [(0, far), (far, len(closed) - 1)]
    while todo:
        first, last = todo.pop()
        worst, distance = _furthest(closed, first, last)
        if distance > tolerance_m:
            keep[worst] = True
            todo += [(first, worst), (worst, last)]
    return ring[keep[:-1]]


def _furthest(line: NDArray[np.float64], first: int, last: int) -> tuple[int, float]:
    """Return the corner between two others that lies furthest from the line that joins them, with its distance."""
    if last - first <= 1:
        return first, 0.0
    a, b, between = line[first], line[last], line[first + 1 : last]
    along = b - a
    length = float(np.hypot(*along))
    if length == 0:
        distance = np.hypot(*(between - a).T)
    else:
        distance = np.abs(along[0] * (between[:, 1] - a[1]) - along[1] * (between[:, 0] - a[0])) / length
    worst = int(distance.argmax())
    return first + 1 + worst, float(distance[worst])


def write_rings(rings: Sequence[Ring]) -> str:
    """Return rings as short text: each ring its first corner, then the steps from corner to corner; rings joined by '|'."""
    return "|".join(" ".join(map(str, np.vstack([r[:1], np.diff(r, axis=0)]).ravel().tolist())) for r in rings)


def read_rings(text: str) -> tuple[Ring, ...]:
    """Return the rings that `write_rings` wrote. Raises ValueError for anything else."""
    parts = text.split("|")
    if not all(_RING.fullmatch(part) for part in parts):
        raise ValueError("these are not rings of whole metres")
    return tuple(np.array(part.split(" "), np.int64).reshape(-1, 2).cumsum(0) for part in parts)
