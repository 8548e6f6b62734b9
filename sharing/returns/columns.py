"""This module knows how to read a whole column at once.

Each different cell is understood once, however many rows repeat it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sharing.returns.categories import Scheme
from sharing.returns.problems import Level, RowProblem, column_letter, problem
from sharing.returns.reader.grid import Cell, Table
from sharing.returns.template import Column, Form
from sharing.returns.values import (
    EMPTY,
    Read,
    Reader,
    choice_reader,
    read_count,
    read_date,
    read_flag,
    read_metres,
    read_postcode,
    read_time,
    reference_reader,
    text_reader,
)

_PLAIN: dict[str, Reader] = {
    "date": read_date,
    "time": read_time,
    "count": read_count,
    "postcode": read_postcode,
    "flag": read_flag,
    "metres": read_metres,
}


@dataclass(frozen=True)
class Faults:
    """Where problems gather: one list for the file, and which rows are rejected."""

    table: Table = field(repr=False)
    problems: list[RowProblem] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)

    def add(self, rule: str, index: int, column: int | None = None, **words: object) -> None:
        """Note a problem at a row (by its place in the table) and, if given, at a column."""
        where: dict[str, object] = {"row": self.table.numbers[index], "line": self.table.lines[index]}
        if column is not None:
            where |= {"column": column_letter(column), "header": self.table.headers[column]}
        found = problem(rule, **where, **words)
        self.problems.append(found)
        if found.level is Level.MUST_FIX:
            self.rejected.add(index)

    def add_for_file(self, rule: str, **words: object) -> None:
        """Note a problem of the file as a whole."""
        self.problems.append(problem(rule, **words))


def reader_for(column: Column, scheme: Scheme) -> Reader:
    """The reader that a column's type asks for.

    Raises KeyError for a type that does not exist: a slip in our own file.
    """
    if column.type == "choice":
        return choice_reader(column.choices, column.choice_aliases)
    if column.type == "reference":
        return reference_reader(column.longest)
    if column.type in ("text", "line"):
        return text_reader(column.longest)
    if column.type == "category":
        return _category_reader(scheme)
    return _PLAIN[column.type]


def _category_reader(scheme: Scheme) -> Reader:
    def read(cell: Cell) -> Read:
        text = " ".join(str(cell).split()) if cell is not None else ""
        if not text:
            return EMPTY
        code = scheme.find(text)
        if code is not None:
            return Read((code, text[:120]))
        near = scheme.near(text)
        return Read(rule="category-unknown", words=(("close", f"Did you mean: {', '.join(near)}?" if near else ""),))

    return read


def read_column(column: Column, at: int | None, reader: Reader, faults: Faults) -> list[Any]:
    """Every row's value in one column (None where empty or wrong). Problems are noted as they are met; so is what is missing."""
    cells = [row[at] for row in faults.table.rows] if at is not None else [None] * len(faults.table.rows)
    if at is None:
        return cells
    if column.type in _EACH_DIFFERENT:
        reads: Iterable[tuple[int, Read]] = (
            (index, reader(cell)) for index, cell in enumerate(cells) if _is_odd(cell, column)
        )
        values = cells
    else:
        # The class is part of the key, because 1, 1.0 and True are one key to a dictionary.
        understood = {key: reader(key[1]) for key in {(cell.__class__, cell) for cell in cells}}
        each = [understood[cell.__class__, cell] for cell in cells]
        values = [read[0] for read in each]
        if not any(_is_noted(read, column) for read in understood.values()):
            return values
        reads = enumerate(each)
    for index, read in reads:
        values[index] = read.value
        if _is_noted(read, column):
            _note(column, at, index, read, faults)
    return values


_EACH_DIFFERENT = frozenset({"text", "reference", "line"})
"""Types whose cells seldom repeat: remembering them would cost more than reading them."""


def _is_odd(cell: Cell, column: Column) -> bool:
    """Whether free text needs more than to be taken as it is: ASCII of the right length, with no space around it, does not."""
    return not (
        cell.__class__ is str and cell and cell.isascii() and len(cell) <= column.longest and cell.strip() == cell
    )


def _is_noted(read: Read, column: Column) -> bool:
    return bool(read.rule or read.notice or (read.value is None and column.required))


def _note(column: Column, at: int, index: int, read: Read, faults: Faults) -> None:
    if read.rule or read.notice:
        faults.add(read.rule or read.notice, index, at, **dict(read.words))
    else:
        faults.add("missing", index, at, help=column.help or "Fill it in.")


def read_columns(form: Form, at: dict[str, int], scheme: Scheme, faults: Faults) -> dict[str, list[Any]]:
    """Every column of a form, by key."""
    return {
        column.key: read_column(column, at.get(column.key), reader_for(column, scheme), faults)
        for column in form.columns
    }


def counted_by(values: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Pairs (row, first row) for every value that has been seen before; None is never a repeat."""
    first: dict[Any, int] = {}
    for index, value in enumerate(values):
        if value is None:
            continue
        seen = first.setdefault(value, index)
        if seen != index:
            yield index, seen
