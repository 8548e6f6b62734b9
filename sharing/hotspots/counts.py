"""This module knows the counts that a list is drawn from: reports by 50 m cell, month, source and category, in columns.

It also knows their canonical bytes, so that what a list was drawn from can be kept, compared and read back.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sharing.errors import InvalidError
from sharing.hotspots.periods import month_number, month_text

Ints = NDArray[np.int64]
MOST_CELLS = 2_000_000
"""The largest box that is laid out: about 70 km square. A borough takes a twentieth of it."""


class CellCount(Protocol):
    """One row of the returns' monthly table."""

    @property
    def cell_e(self) -> int: ...  # noqa: D102
    @property
    def cell_n(self) -> int: ...  # noqa: D102
    @property
    def month(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def category(self) -> str: ...  # noqa: D102
    @property
    def n(self) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class Count:
    """A row by itself: a cell, 'YYYY-MM', who reported, what, how many."""

    cell_e: int
    cell_n: int
    month: str
    source: str
    category: str
    n: int


@dataclass(frozen=True, eq=False)
class Counts:
    """The rows as columns, sorted, one row to each cell, month, source and category; texts as numbers of a sorted list."""

    cell_e: Ints
    cell_n: Ints
    month: Ints
    source: Ints
    category: Ints
    n: Ints
    sources: tuple[str, ...]
    categories: tuple[str, ...]

    @classmethod
    def of(cls, rows: Iterable[CellCount]) -> Counts:
        """Gather rows in any order; equal keys are added up and rows of 0 left out, so that order cannot change a list."""
        gathered: dict[tuple[int, int, str, str, str], int] = {}
        for row in rows:
            key = (row.cell_e, row.cell_n, row.month, row.source, row.category)
            gathered[key] = gathered.get(key, 0) + row.n
        kept = [(*key, n) for key, n in sorted(gathered.items()) if n > 0]
        sources = tuple(sorted({row[3] for row in kept}))
        categories = tuple(sorted({row[4] for row in kept}))
        numbers = {month: month_number(month) for month in {row[2] for row in kept}}
        source_at = {source: at for at, source in enumerate(sources)}
        category_at = {category: at for at, category in enumerate(categories)}
        table = np.array(
            [(e, n, numbers[m], source_at[s], category_at[c], count) for e, n, m, s, c, count in kept],
            np.int64,
        ).reshape(-1, 6)
        e, n, month, source, category, count = (np.ascontiguousarray(column) for column in table.T)
        return cls(e, n, month, source, category, count, sources, categories)

    @cached_property
    def canonical(self) -> bytes:
        """The counts as JSON with sorted keys and no spaces: the same bytes for the same reports."""
        columns = {
            "cell_e": self.cell_e.tolist(),
            "cell_n": self.cell_n.tolist(),
            "month": self.month.tolist(),
            "source": self.source.tolist(),
            "category": self.category.tolist(),
            "n": self.n.tolist(),
            "sources": self.sources,
            "categories": self.categories,
        }
        return json.dumps(columns, sort_keys=True, separators=(",", ":")).encode()

    def pack(self) -> bytes:
        """The canonical bytes, compressed, to be kept with the list."""
        return zlib.compress(self.canonical, 6)

    @classmethod
    def unpack(cls, data: bytes) -> Counts:
        """Read back what `pack` made."""
        columns = json.loads(zlib.decompress(data))
        names = ("cell_e", "cell_n", "month", "source", "category", "n")
        e, n, month, source, category, count = (np.array(columns[name], np.int64) for name in names)
        return cls(e, n, month, source, category, count, tuple(columns["sources"]), tuple(columns["categories"]))

    def months_of(self, source: str) -> tuple[int, int] | None:
        """The first and last month with a report of this source, or None."""
        if source not in self.sources:
            return None
        months = self.month[self.source == self.sources.index(source)]
        return int(months.min()), int(months.max())


@dataclass(frozen=True)
class Box:
    """The rectangle of cells that a list is drawn on, as wide as the reports and a window more on every side."""

    west: int
    south: int
    columns: int
    rows: int

    @classmethod
    def around(cls, counts: Counts, margin: int) -> Box:
        """Lay out the box. Raises InvalidError where one far-off report would make it too large."""
        if not counts.n.size:
            return cls(0, 0, 2 * margin, 2 * margin)
        west, south = int(counts.cell_e.min()) - margin, int(counts.cell_n.min()) - margin
        columns = int(counts.cell_e.max()) + margin - west + 1
        rows = int(counts.cell_n.max()) + margin - south + 1
        if columns * rows > MOST_CELLS:
            middle_e, middle_n = np.median(counts.cell_e), np.median(counts.cell_n)
            far = int(np.argmax(np.abs(counts.cell_e - middle_e) + np.abs(counts.cell_n - middle_n)))
            raise InvalidError.one(
                f"the reports lie in a box of {columns * rows:,} cells; at most {MOST_CELLS:,} are laid out",
                where=f"cell {counts.cell_e[far]}, {counts.cell_n[far]}, {month_text(int(counts.month[far]))}",
                mend="One report lies far off. Withdraw or correct the return that holds it.",
            )
        return cls(west, south, columns, rows)

    def lay(self, counts: Counts, rows: NDArray[np.bool_], worth: Ints) -> Ints:
        """Return the sum of `worth` by cell of the box, over the chosen rows: whole numbers, so exact in any order."""
        at = (counts.cell_n[rows] - self.south) * self.columns + counts.cell_e[rows] - self.west
        laid = np.zeros(self.rows * self.columns, np.int64)
        np.add.at(laid, at, worth[rows])
        return laid.reshape(self.rows, self.columns)


def window_sums(cells: Ints, side: int) -> Ints:
    """Return the sum over each window of side x side cells, by its south-west cell (summed-area table; Crow, 1984)."""
    table = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1), np.int64)
    table[1:, 1:] = cells.cumsum(0).cumsum(1)
    return table[side:, side:] - table[:-side, side:] - table[side:, :-side] + table[:-side, :-side]
