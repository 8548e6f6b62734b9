"""This module knows how one row is put on the lattice, best evidence first, and what to say when it cannot be.

Evidence in order: easting and northing, latitude and longitude, postcode. A row with none of them counts for its area
only and is "not placed". A row that lies outside the area is refused: one stray point can make a grid of millions of
empty squares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sharing.errors import Problem
from sharing.places.areas import Area, bounds, covered_cells
from sharing.places.grid import to_grid
from sharing.places.lattice import CELL_M, Cell, cell_of
from sharing.places.postcodes import PostcodeBook, PostcodePlace

GREAT_BRITAIN = (0, 0, 700_000, 1_300_000)
NOWHERE = 1e-9


class Precision(StrEnum):
    """What a place was found by: the kind of evidence, with its uncertainty in `UNCERTAINTY_M`."""

    POINT = "point"
    SNAPPED = "snapped"
    POSTCODE = "postcode"


UNCERTAINTY_M = {Precision.POINT: 5, Precision.SNAPPED: 50, Precision.POSTCODE: 100}
"""Metres, rounded up: 3 m of Helmert and 1 m of writing; a police.uk snap point; a postcode's usual spread."""


@dataclass(frozen=True)
class Given:
    """What a row says about where.

    Text as it was typed is the reader's business; these are numbers or None.
    """

    easting: float | None = None
    northing: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    postcode: str = ""
    month: str | None = None
    snapped: bool = False


@dataclass(frozen=True)
class Located:
    """A row's place: its cell, how it was found, within how many metres, and by which edition of the postcodes."""

    cell: Cell
    precision: Precision
    uncertainty_m: int
    lookup: str = ""


@dataclass(frozen=True)
class Locator:
    """A partnership's area and postcodes, ready to place many rows."""

    areas: tuple[Area, ...]
    book: PostcodeBook

    def place(self, given: Given) -> Located | Problem | None:
        """Return the place, the problem with what was given, or None where nothing was given to place the row by."""
        if given.easting is not None or given.northing is not None:
            return self._by_grid(given)
        if given.latitude is not None or given.longitude is not None:
            return self._by_degrees(given)
        if given.postcode.strip():
            found = self.book.find(given.postcode, month=given.month)
            return self._by_postcode(found) if isinstance(found, PostcodePlace) else found
        return None

    def is_inside(self, easting: float, northing: float) -> bool:
        """Whether the point's cell, or one of the eight around it, has its centre in the area."""
        if not self.areas:
            west, south, east, north = GREAT_BRITAIN
            return west <= easting <= east and south <= northing <= north
        corner, ours = self._cells
        cell = cell_of(easting, northing)
        row, column = cell.n - corner.n, cell.e - corner.e
        return 0 <= row < ours.shape[0] and 0 <= column < ours.shape[1] and bool(ours[row, column])

    @cached_property
    def _cells(self) -> tuple[Cell, NDArray[np.bool_]]:
        """The south-west cell of the area's box, and which cells of the box are the area's: asked once a file."""
        west, south, east, north = bounds(self.areas, CELL_M)
        low, high = cell_of(west, south), cell_of(east, north)
        middle = CELL_M // 2
        covered = covered_cells(
            self.areas,
            np.arange(low.e, high.e + 1) * CELL_M + middle,
            np.arange(low.n, high.n + 1) * CELL_M + middle,
        )
        return low, _widen(covered)

    def _by_grid(self, given: Given) -> Located | Problem:
        east, north = given.easting, given.northing
        if east is None or north is None:
            return Problem("an easting needs a northing and a northing an easting", "easting", "Give both, or neither.")
        if self.is_inside(east, north):
            return self._point(east, north, snapped=given.snapped)
        if self.is_inside(north, east):
            return Problem("easting and northing are the wrong way round", "easting", "Swap the two columns.")
        return self._outside("easting")

    def _by_degrees(self, given: Given) -> Located | Problem:
        lat, lon = given.latitude, given.longitude
        if lat is None or lon is None:
            return Problem(
                "a latitude needs a longitude and a longitude a latitude",
                "latitude",
                "Give both, or neither.",
            )
        if abs(lat) < NOWHERE and abs(lon) < NOWHERE:
            return Problem(
                "latitude and longitude are both 0, which is in the sea off Ghana",
                "latitude",
                "Leave both empty.",
            )
        if self._degrees_inside(lat, lon):
            (east,), (north,) = to_grid([lat], [lon])
            return self._point(float(east), float(north), snapped=given.snapped)
        if self._degrees_inside(lon, lat):
            return Problem("latitude and longitude are the wrong way round", "latitude", "Swap the two columns.")
        return self._outside("latitude")

    def _degrees_inside(self, lat: float, lon: float) -> bool:
        # The series is only meant for these islands; degrees from elsewhere would give plausible nonsense.
        if not (_SOUTH <= lat <= _NORTH and _WEST <= lon <= _EAST):
            return False
        (east,), (north,) = to_grid([lat], [lon])
        return self.is_inside(float(east), float(north))

    def _by_postcode(self, found: PostcodePlace) -> Located:
        return Located(found.cell, Precision.POSTCODE, UNCERTAINTY_M[Precision.POSTCODE], self.book.edition)

    @staticmethod
    def _point(east: float, north: float, *, snapped: bool) -> Located:
        precision = Precision.SNAPPED if snapped else Precision.POINT
        return Located(cell_of(east, north), precision, UNCERTAINTY_M[precision])

    @staticmethod
    def _outside(where: str) -> Problem:
        return Problem(
            "this place lies outside the partnership's area",
            where,
            "Check it, or send the row to the partnership whose area it is.",
        )


def _widen(cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Add the eight cells around each: boundaries here are simplified, and snap points lie on them."""
    padded = np.pad(cells, 1)
    rows, columns = cells.shape
    wide = np.zeros_like(cells)
    for row in range(3):
        for column in range(3):
            wide |= padded[row : row + rows, column : column + columns]
    return wide


_SOUTH, _NORTH, _WEST, _EAST = 49.0, 61.5, -9.5, 2.5
"""Degrees that hold Great Britain."""


def covering(areas: Sequence[Area], book: PostcodeBook | None = None) -> Locator:
    """Return a locator over these areas: the wards, or the LSOAs, of one partnership."""
    return Locator(tuple(areas), book or PostcodeBook({}))
