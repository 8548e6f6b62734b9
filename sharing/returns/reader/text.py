"""This module knows how a text file becomes rows: its letters, its separator, and every way in which it may be broken.

Order of letters: byte-order mark, strict UTF-8, Windows-1252. It is fixed because a detector guesses: on files like
ours one
read a council's pound sign as Japanese.
"""

from __future__ import annotations

import csv
import io
from collections import Counter

from sharing.returns.problems import RowProblem, problem
from sharing.returns.reader.grid import Cell, Grid, Limits, unreadable

_DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LOOK = 12


def read_text(data: bytes, limits: Limits) -> Grid:
    """Read a CSV (any of `, .

    Tab |`). Problems of shape carry the line; nothing is guessed and nothing is dropped unsaid.
    """
    decoded = _decode(data)
    if decoded is None:
        return unreadable("csv", problem("encoding"))
    text, encoding = decoded
    if "\0" in text:
        return unreadable("csv", *_nul(text))
    said = (problem("encoding-windows"),) if encoding == "cp1252" else ()
    return _rows(text, limits, said, encoding)


def _decode(data: bytes) -> tuple[str, str] | None:
    candidates = [name for mark, name in _BOMS if data.startswith(mark)] or ["utf-8", "cp1252"]
    for name in candidates:
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    return None


def _nul(text: str) -> tuple[RowProblem, ...]:
    lines = [number for number, line in enumerate(text.split("\n"), start=1) if "\0" in line]
    return tuple(problem("nul", line=number) for number in lines[:20])


def _delimiter(text: str) -> str:
    """The separator that cuts most of the first lines into the same number of cells, and into most cells; else the comma.

    One line alone must not decide: a note may be full of semicolons, and a title of commas.
    """
    head = [line for line in text[:65_536].splitlines()[:_LOOK] if line.strip()]

    def agreement(delimiter: str) -> tuple[int, int, bool]:
        cells = Counter(count for line in head if (count := _cells(line, delimiter)) > 1)
        most, lines = max(cells.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return lines, most, delimiter == ","

    return max(_DELIMITERS, key=agreement)


def _cells(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return 0


def _rows(text: str, limits: Limits, said: tuple[RowProblem, ...], encoding: str) -> Grid:
    """Cut the text into rows.

    The strict reader stops at the first broken quotation mark: nothing after it can be trusted.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    lines: list[int] = []
    begins, number = 1, 0
    try:
        for row in reader:
            number += 1
            if any(row):
                rows.append(row)  # type: ignore[arg-type]
                numbers.append(number)
                lines.append(begins)
                if len(rows) > limits.rows + _LOOK:
                    return unreadable(
                        "csv", problem("too-many-rows", found=f"more than {limits.rows:,}", **limits.words)
                    )
            begins = reader.line_num + 1
    except csv.Error as error:
        return unreadable("csv", _broken(str(error), begins))
    accented = _first_accented(rows) if encoding == "cp1252" else None
    return Grid(
        tuple(rows),
        tuple(numbers),
        tuple(lines),
        "csv",
        said,
        encoding,
        blank=number - len(rows),
        first_accented=accented,
    )


def _broken(error: str, line: int) -> RowProblem:
    if "field larger" in error:
        return problem("field-too-long", line=line, longest=f"{csv.field_size_limit():,}")
    if "unexpected end" in error:
        return problem("unclosed-quote", line=line)
    return problem("stray-quote", line=line)


def _first_accented(rows: list[list[Cell]]) -> tuple[int, int] | None:
    for index, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and not cell.isascii():
                return index, column
    return None
