"""This module knows how to read a workbook in a process that may die of it.

Started as `python -I <this folder>` with the limits as JSON in its one argument; the workbook comes on standard input,
one JSON
document leaves on standard output. It limits itself before it reads the first byte: address space, CPU time, no core
dump, no
file written, no process started. A workbook of five kilobytes with cells A1 and XFD1048576 makes the reading library
ask for
512 GB and abort; here it takes nobody with it.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from importlib import import_module
from math import isfinite
from typing import Any

_EXACT = 2**53


def _limit(settings: dict[str, Any]) -> None:
    """Give up what this process does not need, for good."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, settings["seconds"]),
        (resource.RLIMIT_AS, settings["memory"]),
    ):
        resource.setrlimit(what, (most, most))


def _plain(value: object) -> object:
    """A cell as JSON: text, numbers and truth as they are; a date or time as a list of its kind and its ISO form."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value if isfinite(value) else str(value)
    if isinstance(value, timedelta):
        return ["s", value.total_seconds()]
    for kind, mark in ((datetime, "t"), (date, "d"), (time, "h")):
        if isinstance(value, kind):
            return [mark, value.isoformat()]
    return value


def _choose(sheets: list[Any], wanted: list[str]) -> Any:  # noqa: ANN401  a class of the module beside this file
    """The sheet to read: one with a name that the template gives, else the first visible one that is filled."""
    seen = [sheet for sheet in sheets if not sheet.is_hidden]
    names = {name.casefold() for name in wanted}
    filled = [sheet for sheet in seen if sheet.is_filled]
    named = [sheet for sheet in filled if sheet.name.strip().casefold() in names]
    return next(iter(named or filled or seen), None)


def read(data: bytes, settings: dict[str, Any]) -> dict[str, Any]:
    """Survey, choose a sheet, look at what it hides, read its values; or say why not."""
    scan: Any = import_module("scan")  # beside this file; nothing else of the house can be reached from here
    try:
        book = scan.survey(data, **{name: settings[name] for name in ("unpacked", "parts", "rows", "columns")})
        sheet = _choose(book.sheets, settings["sheets"])
        listed = [{"name": each.name, "hidden": each.is_hidden, "filled": each.is_filled} for each in book.sheets]
        answer: dict[str, Any] = {"sheets": listed, "links": book.has_outside_links, "sheet": None}
        if sheet is None:
            return answer
        found = scan.look(book, sheet)
    except scan.RefusedError as error:
        return {"refused": str(error)}
    answer |= {"sheet": sheet.name, "findings": asdict(found)}
    del book
    if found.last_row > settings["rows"] + settings["slack"]:
        return answer | {"too_many": "rows", "last": found.last_row}
    if found.last_column >= settings["columns"]:
        return answer | {"too_many": "columns"}
    return answer | _values(data, sheet.name, settings)


def _values(data: bytes, sheet: str, settings: dict[str, Any]) -> dict[str, Any]:
    calamine: Any = import_module("python_calamine")  # last: its memory counts against the limit
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except calamine.PasswordError:
        return {"refused": "it is protected by a password"}
    except calamine.CalamineError:
        return {"refused": "it is damaged"}
    return _pack(rows, settings)


def _pack(rows: list[list[Any]], settings: dict[str, Any]) -> dict[str, Any]:
    """Rows that hold anything, with their numbers; text is counted, because one long text may stand in every cell."""
    kept: list[list[Any]] = []
    numbers: list[int] = []
    letters = 0
    for number, row in enumerate(rows, start=1):
        text = [value for value in row if value.__class__ is str]
        cells = row if len(text) == len(row) else [_plain(value) for value in row]
        if not any(text) and all(cell is None or cell == "" for cell in cells):
            continue
        letters += sum(map(len, text))
        if letters > settings["unpacked"] // 2:
            return {"refused": "it holds far more text than a return can hold"}
        kept.append(cells)
        numbers.append(number)
    if len(kept) > settings["rows"] + settings["slack"]:
        return {"too_many": "rows", "last": len(kept)}
    return {"rows": kept, "numbers": numbers, "last_row": len(rows)}


def main() -> None:
    """Read one workbook from standard input and leave."""
    settings = json.loads(sys.argv[1])
    _limit(settings)
    answer = read(sys.stdin.buffer.read(), settings)
    sys.stdout.write(json.dumps(answer, ensure_ascii=True, separators=(",", ":")))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
