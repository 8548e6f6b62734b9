"""This module knows the lattice: 50 m squares of the national grid, each named by two whole numbers.

A clear place in this record is never finer than one cell. For a home it is the cell of its postcode's
centroid, not of the house.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

CELL_M = 50
"""The side of a cell in metres."""


class Cell(NamedTuple):
    """One 50 m square: whole easting and northing divided by 50, rounded down."""

    e: int
    n: int


def cell_of(easting: float, northing: float) -> Cell:
    """Return the cell that holds a point, in metres; a point on a line belongs to the cell north and east of it."""
    return Cell(int(easting // CELL_M), int(northing // CELL_M))


def cells_of(easting: ArrayLike, northing: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cells of many points as two arrays of whole numbers."""
    east, north = np.asarray(easting, float), np.asarray(northing, float)
    return (
        np.floor(east / CELL_M).astype(np.int64),
        np.floor(north / CELL_M).astype(np.int64),
    )


def centre_of(cell: Cell, size_m: int = CELL_M) -> tuple[int, int]:
    """Return easting and northing, in metres, of the middle of the square of `size_m` whose south-west cell this is."""
    return cell.e * CELL_M + size_m // 2, cell.n * CELL_M + size_m // 2
