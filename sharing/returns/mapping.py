"""This module knows which of a landlord's columns is which of ours, and keeps the answer as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from sharing.errors import InvalidError
from sharing.returns.problems import Level, RowProblem, column_letter, problem
from sharing.returns.reader.grid import Cell, Grid, Limits, Table
from sharing.returns.template import Column, Form
from sharing.returns.words import plain

UNREAD = ""
"""What a saved mapping says of a column that is to be left unread."""
_LOOK = 12


@dataclass(frozen=True)
class SavedMapping:
    """What a landlord settled once: which heading is which column, which of its kinds is which common kind, its scheme.

    `columns`: heading (as folded by `words.plain`) -> our column's key, or "" to leave it unread.
    `categories`: the landlord's word or code (folded) -> a code of the common list.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "common"

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_plain` wrote, or a file by hand. Raises InvalidError for a key that means nothing."""
        unknown = sorted(set(data) - {"columns", "categories", "scheme"})
        if unknown:
            raise InvalidError.one(
                f"The mapping has parts that mean nothing: {', '.join(unknown)}.",
                mend="Keep columns, categories and scheme.",
            )
        columns = {plain(str(k)): str(v) for k, v in dict(data.get("columns", {})).items()}
        categories = {plain(str(k)): str(v) for k, v in dict(data.get("categories", {})).items()}
        return cls(columns, categories, str(data.get("scheme", "common")))

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON or TOML."""
        return {"columns": dict(self.columns), "categories": dict(self.categories), "scheme": self.scheme}


NO_MAPPING = SavedMapping()


@dataclass(frozen=True)
class Assignment:
    """Where each of our columns stands in the table, and what is wrong with the headings."""

    at: Mapping[str, int]
    problems: tuple[RowProblem, ...]


def tabulate(grid: Grid, form: Form, limits: Limits, mapping: SavedMapping = NO_MAPPING) -> Table:
    """Find the headings, then lay every row out under them.

    Titles above the headings and empty rows are left out, and said so.
    """
    known = form.known | mapping.columns.keys()
    top = _find_header(grid, known)
    if top is None:
        why = _no_header(form) if grid.rows else problem("file-empty")
        listed = grid.problems if any(_is_fatal(p) for p in grid.problems) else (*grid.problems, why)
        return Table((), (), (), (), grid, listed)
    headers, width = _headers(grid.rows[top])
    head = grid.numbers[top]
    problems: list[RowProblem] = [_with_heading(each, headers, head) for each in grid.problems]
    if top:
        problems.append(problem("header-lower", found=head))
    problems += _duplicates(headers, head, grid.lines[top])
    rows, kept, broken, shape = _lay_out(grid, top, width)
    problems += shape
    problems += _unnamed(headers, rows, head)
    if not rows:
        problems.append(problem("no-rows"))
    if len(rows) > limits.rows:
        problems.append(problem("too-many-rows", found=f"{len(rows):,}", **limits.words))
    if grid.blank:
        problems.append(problem("blank-rows", found=f"{grid.blank:,}"))
    bad = {each.row for each in grid.problems if each.level is Level.MUST_FIX and each.row > head}
    numbers, lines = tuple(grid.numbers[i] for i in kept), tuple(grid.lines[i] for i in kept)
    return Table(headers, tuple(rows), numbers, lines, grid, tuple(problems), frozenset(broken | bad))


def assign(table: Table, form: Form, mapping: SavedMapping = NO_MAPPING) -> Assignment:
    """Say which column is which: by the saved mapping, then by our heading, then by any other name it goes by."""
    at: dict[str, int] = {}
    problems: list[RowProblem] = []
    claims = sorted(
        (rank, index, column)
        for index, header in enumerate(table.headers)
        if header and (claim := _claim(header, form, mapping))
        for rank, column in (claim,)
    )
    taken: set[int] = set()
    rank_of: dict[str, int] = {}
    for rank, index, key in claims:
        if key not in at:
            at[key], rank_of[key] = index, rank
            taken.add(index)
        elif rank_of[key] == rank:
            where = _where(table, index)
            wanted = form.column(key).header
            problems.append(problem("column-twice", **where, wanted=wanted, other=column_letter(at[key])))
            taken.add(index)
    problems += [
        problem("missing-column", wanted=column.header, aliases='" or "'.join(column.aliases[:3]))
        for column in form.columns
        if column.required and column.key not in at
    ]
    problems += [
        problem("extra-column", **_where(table, index))
        for index, header in enumerate(table.headers)
        if header and index not in taken
    ]
    return Assignment(at, tuple(problems))


def suggested(table: Table, form: Form, mapping: SavedMapping = NO_MAPPING) -> dict[str, str]:
    """What the mapping would be if every column were settled as it was read.

    Heading -> key or "". To be shown and saved.
    """
    at = {index: key for key, index in assign(table, form, mapping).at.items()}
    return {plain(header): at.get(index, UNREAD) for index, header in enumerate(table.headers) if header}


def _claim(header: str, form: Form, mapping: SavedMapping) -> tuple[int, str] | None:
    """Which column a heading claims to be, and how strongly (0 strongest)."""
    folded = plain(header)
    if folded in mapping.columns:
        key = mapping.columns[folded]
        return (0, key) if any(column.key == key for column in form.columns) else None
    for column in form.columns:
        if folded in (plain(column.header), plain(column.key)):
            return 1, column.key
    return next(((2, column.key) for column in form.columns if folded in column.names), None)


def _where(table: Table, index: int) -> dict[str, object]:
    return {"column": column_letter(index), "header": table.headers[index]}


def _find_header(grid: Grid, known: frozenset[str] | set[str]) -> int | None:
    """The row, among the first, that holds most known headings; at least two, or the only one there is."""
    best, most = None, 0
    for index, row in enumerate(grid.rows[:_LOOK]):
        score = len({folded for cell in row if isinstance(cell, str) and (folded := plain(cell)) in known})
        filled = sum(1 for cell in row if cell not in (None, ""))
        if score > most and score >= min(2, filled):
            best, most = index, score
    return best


def _no_header(form: Form) -> RowProblem:
    required: Sequence[Column] = [column for column in form.columns if column.required]
    return problem("no-header", example='", "'.join(column.header for column in required[:3]))


def _is_fatal(each: RowProblem) -> bool:
    return each.level is Level.MUST_FIX and not each.row


def _headers(row: list[Cell]) -> tuple[tuple[str, ...], int]:
    headers = tuple(" ".join(str(cell).split()) if cell is not None else "" for cell in row)
    width = len(headers)
    while width and not headers[width - 1]:
        width -= 1
    return headers[:width], len(headers)


def _with_heading(each: RowProblem, headers: tuple[str, ...], head: int) -> RowProblem:
    """Add the user's own heading to what the workbook's look found, unless it lies above the headings."""
    if not each.column or (each.row and each.row < head):
        return each
    index = 0
    for letter in each.column:
        index = index * 26 + ord(letter) - 64
    header = headers[index - 1] if index <= len(headers) else ""
    return RowProblem(each.rule, each.level, each.row, each.column, header, each.line, each.words)


def _duplicates(headers: tuple[str, ...], row: int, line: int) -> list[RowProblem]:
    seen: set[str] = set()
    listed = []
    for index, header in enumerate(headers):
        folded = plain(header)
        if folded and folded in seen:
            listed.append(problem("duplicate-header", row=row, line=line, column=column_letter(index), header=header))
        seen.add(folded)
    return listed


def _is_blank(row: Sequence[Cell]) -> bool:
    return not any(cell is not None and not (isinstance(cell, str) and not cell.strip()) for cell in row)


def _lay_out(grid: Grid, top: int, width: int) -> tuple[list[list[Cell]], list[int], set[int], list[RowProblem]]:
    """Every row under the headings, as long as the heading row.

    What is longer or shorter is a problem and the row is broken.
    """
    rows: list[list[Cell]] = []
    kept: list[int] = []
    broken: set[int] = set()
    problems: list[RowProblem] = []
    for index in range(top + 1, len(grid.rows)):
        row = grid.rows[index]
        if _is_blank(row):
            continue
        if len(row) != width:
            extra = [cell for cell in row[width:] if cell not in (None, "")]
            rule = "ragged-long" if extra else "ragged-short" if len(row) < width and grid.kind == "csv" else ""
            if rule:
                broken.add(grid.numbers[index])
                problems.append(problem(rule, row=grid.numbers[index], line=grid.lines[index]))
            row = [*row[:width], *([None] * (width - len(row)))]
        rows.append(row)
        kept.append(index)
    return rows, kept, broken, problems


def _unnamed(headers: tuple[str, ...], rows: list[list[Cell]], head: int) -> list[RowProblem]:
    """Columns without a heading that hold something, the ones to the right of the last heading included."""
    del head
    width = len(rows[0]) if rows else 0
    bare = [index for index in range(width) if index >= len(headers) or not headers[index]]
    return [
        problem("unnamed-column", column=column_letter(index))
        for index in bare
        if any(row[index] not in (None, "") for row in rows)
    ]
