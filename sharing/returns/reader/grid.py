"""This module knows what a file becomes when it has been read.

Rows of cells with the numbers that people see beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from sharing.returns.problems import Level, RowProblem

Cell = str | int | float | bool | date | datetime | time | None
"""One cell. A CSV gives text; a workbook gives what it holds."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What a file may be. The figures of a return; a benchmark lifts them.

    `seconds` is wall time and CPU time for the process that reads a workbook; `memory` its address space in bytes.
    """

    rows: int = 20_000
    bytes: int = 10 * MEGABYTE
    columns: int = 100
    unpacked: int = 80 * MEGABYTE
    parts: int = 1_000
    seconds: int = 10
    memory: int = 320 * MEGABYTE

    @property
    def words(self) -> dict[str, str]:
        """Both numbers, as every message about size says them."""
        return {"rows": f"{self.rows:,}", "bytes": f"{self.bytes // MEGABYTE} MB"}


@dataclass(frozen=True)
class Grid:
    """Every row of the file that holds anything, headings included, before anybody has asked what they mean.

    `numbers[i]` is the row number that a spreadsheet shows; `lines[i]` the line of a text file on which the row begins.
    """

    rows: tuple[list[Cell], ...] = field(repr=False)
    numbers: tuple[int, ...] = field(repr=False)
    lines: tuple[int, ...] = field(repr=False)
    kind: str
    problems: tuple[RowProblem, ...] = ()
    encoding: str = ""
    sheet: str = ""
    blank: int = 0
    first_accented: tuple[int, int] | None = None
    """Row and column (from 0) of the first letter that a wrong encoding would spoil, to be shown to the user."""

    @property
    def is_readable(self) -> bool:
        """Whether anything was read that can be looked at further."""
        return bool(self.rows)


def unreadable(kind: str, *problems: RowProblem) -> Grid:
    """A file of which nothing can be used, with the reason."""
    return Grid((), (), (), kind, problems)


@dataclass(frozen=True)
class Table:
    """A grid whose headings have been found.

    What checks work on. Blank rows are gone; every row has as many cells as headings.
    """

    headers: tuple[str, ...] = field(repr=False)
    rows: tuple[list[Cell], ...] = field(repr=False)
    numbers: tuple[int, ...] = field(repr=False)
    lines: tuple[int, ...] = field(repr=False)
    grid: Grid = field(repr=False)
    problems: tuple[RowProblem, ...] = ()
    broken: frozenset[int] = frozenset()
    """Row numbers of rows that are rejected for their shape."""

    @property
    def is_broken(self) -> bool:
        """Whether the file as a whole cannot be checked further (no headings, unclosed quotation mark…)."""
        return not self.headers or any(p.level is Level.MUST_FIX and not p.row and not p.column for p in self.problems)
