"""This module knows what makes the quarterly form right.

Its lines, its sums, and that nothing in it is about a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sharing.errors import InvalidError
from sharing.returns.checked import FormLine, LineKey, Setting
from sharing.returns.columns import Faults, read_column, reader_for
from sharing.returns.period import Quarter
from sharing.returns.personal import hints
from sharing.returns.reader.grid import Cell
from sharing.returns.template import Form, Line
from sharing.returns.values import Read, read_count
from sharing.returns.words import close, plain

_NOT_COLLECTED = frozenset(plain(word) for word in ("not collected", "n/c", "nc", "not recorded"))
_FLOW = ("open-at-start", "new", "closed", "open-at-end")
_TIMES = 3
_ENOUGH = 10


class NotCollected:
    """What the number of a share says when nobody kept it."""


NOT_COLLECTED = NotCollected()


@dataclass(frozen=True)
class Sheet:
    """The form being checked."""

    form: Form
    at: dict[str, int]
    setting: Setting
    faults: Faults
    values: dict[str, list[Any]]


def check_quarterly(
    form: Form, at: dict[str, int], setting: Setting, faults: Faults
) -> tuple[list[FormLine], list[tuple[int, str]]]:
    """Check every line; give those that may be stored, and those that were left empty."""
    sheet = Sheet(form, at, setting, faults, _read(form, at, setting, faults))
    _check_words(sheet)
    by_name = {name: line for line in form.lines for name in line.names}
    lines: dict[int, FormLine] = {}
    left_out: list[tuple[int, str]] = []
    for index, number in enumerate(faults.table.numbers):
        line = _line(sheet, index, by_name)
        if line is None or number in faults.table.broken:
            continue
        found = _answer(sheet, index, line)
        if found is None and index not in faults.rejected:
            faults.add("left-empty", index, at.get("number"))
            left_out.append((number, "left-empty"))
        elif found is not None and index not in faults.rejected:
            lines[index] = found
    _check_repeats(sheet, lines)
    kept = {index: line for index, line in lines.items() if index not in faults.rejected}
    _check_missing(sheet, kept)
    _check_sums(sheet, kept)
    _check_against_last(sheet, kept)
    kept = {index: line for index, line in kept.items() if index not in faults.rejected}
    return list(kept.values()), left_out


def _read(form: Form, at: dict[str, int], setting: Setting, faults: Faults) -> dict[str, list[Any]]:
    values = {}
    for column in form.columns:
        reader = _number if column.key == "number" else reader_for(column, setting.scheme)
        values[column.key] = read_column(column, at.get(column.key), reader, faults)
    return values


def _number(cell: Cell) -> Read:
    if isinstance(cell, str) and plain(cell) in _NOT_COLLECTED:
        return Read(NOT_COLLECTED)
    return read_count(cell)


def _check_words(sheet: Sheet) -> None:
    """Every clear text of the form is searched for signs of a person (domain: quarterly return, validation)."""
    year = sheet.setting.today.year
    seen: dict[str, tuple[str, ...]] = {}
    for column in sheet.form.columns:
        if not column.hinted or column.key not in sheet.at:
            continue
        for index, text in enumerate(sheet.values[column.key]):
            if text is None:
                continue
            if text not in seen:
                seen[text] = hints(text, year)
            for rule in seen[text]:
                sheet.faults.add(rule, index, sheet.at[column.key])


def _line(sheet: Sheet, index: int, by_name: dict[str, Line]) -> Line | None:
    said = sheet.values["line"][index]
    if said is None:
        return None
    line = by_name.get(plain(said))
    if line is None:
        near = close(said, (each.label for each in sheet.form.lines))
        words = f'Did you mean "{near[0]}"?' if near else ""
        sheet.faults.add("line-unknown", index, sheet.at["line"], close=words)
        return None
    part = sheet.values["part"][index]
    if part and part != line.part:
        sheet.faults.add("part-differs", index, sheet.at["part"], part=line.part)
    return line


def _answer(sheet: Sheet, index: int, line: Line) -> FormLine | None:
    """What the line says, or None if it was left empty. Problems are noted as they are met."""
    values = {key: column[index] for key, column in sheet.values.items()}
    number = values["number"]
    code, own = values["category"] or ("", "")
    found = FormLine(
        row=sheet.faults.table.numbers[index],
        part=line.part,
        line=line.key,
        category=code,
        own_category=own,
        area=values["area"] or "",
        number=None if number is NOT_COLLECTED else number,
        out_of=values["out_of"],
        trend=values["trend"] or "",
        busiest_time=values["busiest_time"] or "",
        partners=values["partners"] or "",
        words=values["words"] or "",
        is_not_collected=number is NOT_COLLECTED or plain(values["words"] or "") in _NOT_COLLECTED,
    )
    if number is NOT_COLLECTED and not line.may_be_not_collected:
        sheet.faults.add("count-not-number", index, sheet.at["number"])
    return _BY_VALUE[line.value](sheet, index, line, found)


def _is_blank(sheet: Sheet, index: int, key: str) -> bool:
    """Whether the cell is empty, and not merely wrong: what is wrong has a problem of its own."""
    at = sheet.at.get(key)
    return at is None or not str(sheet.faults.table.rows[index][at] or "").strip()


def _count(sheet: Sheet, index: int, line: Line, found: FormLine) -> FormLine | None:
    if found.number is None:
        if line.required and not found.area and _is_blank(sheet, index, "number"):
            sheet.faults.add("number-missing", index, sheet.at.get("number"))
        return None
    if line.by_category and not found.category and _is_blank(sheet, index, "category"):
        sheet.faults.add("category-missing", index, sheet.at.get("category"))
    return found


def _share(sheet: Sheet, index: int, line: Line, found: FormLine) -> FormLine | None:
    if line.may_be_not_collected and found.is_not_collected:
        sheet.faults.add("not-collected", index, sheet.at.get("number"))
        return replace(found, number=None, out_of=None)
    if found.number is None and found.out_of is None:
        return None
    if found.number is None and _is_blank(sheet, index, "number"):
        sheet.faults.add("number-missing", index, sheet.at.get("number"))
    elif found.out_of is None and _is_blank(sheet, index, "out_of"):
        sheet.faults.add("out-of-missing", index, sheet.at.get("out_of"))
    elif found.number is not None and found.out_of is not None and found.number > found.out_of:
        sheet.faults.add("out-of-smaller", index, sheet.at.get("number"))
    return found


def _hotspot(sheet: Sheet, index: int, line: Line, found: FormLine) -> FormLine | None:
    del line
    if not any(
        (found.area, found.number, found.category, found.trend, found.busiest_time, found.partners, found.words)
    ):
        return None
    if not found.area:
        sheet.faults.add("area-missing", index, sheet.at.get("area"))
    return found


def _words(sheet: Sheet, index: int, line: Line, found: FormLine) -> FormLine | None:
    del line
    if not found.words and (found.number is not None or found.area):
        sheet.faults.add("words-missing", index, sheet.at.get("words"))
    return found if found.words else None


def _quarter(sheet: Sheet, index: int, line: Line, found: FormLine) -> FormLine | None:
    del line
    if not found.words:
        return None
    try:
        same = Quarter.parse(found.words) == sheet.setting.quarter
    except InvalidError:
        same = False
    if not same:
        sheet.faults.add("quarter-differs", index, sheet.at.get("words"), quarter=sheet.setting.quarter)
    return found


_BY_VALUE = {"count": _count, "share": _share, "hotspot": _hotspot, "words": _words, "quarter": _quarter}


def key_of(line: FormLine) -> LineKey:
    """What a line is about: what two versions, and two quarters, are compared by."""
    return line.line, line.category, plain(line.area)


def _check_repeats(sheet: Sheet, lines: dict[int, FormLine]) -> None:
    many = {line.key for line in sheet.form.lines if line.many}
    first: dict[tuple[LineKey, str], int] = {}
    for index, line in lines.items():
        # Two of the supplier's kinds may fall to one common kind: they are not the same line.
        key = (key_of(line), plain(line.own_category))
        seen = first.setdefault(key, index)
        if seen != index and line.line not in many:
            sheet.faults.add("line-repeated", index, sheet.at["line"], first=sheet.faults.table.numbers[seen])


def _check_missing(sheet: Sheet, lines: dict[int, FormLine]) -> None:
    given = {line.line for line in lines.values()}
    # A line whose row was rejected has a problem of its own; it is not missing as well.
    by_name = {name: line.key for line in sheet.form.lines for name in line.names}
    tried = {by_name.get(plain(said)) for said in sheet.values["line"] if said}
    for line in sheet.form.lines:
        if line.required and line.key not in given and line.key not in tried:
            sheet.faults.add_for_file("line-missing", label=line.label)


def _totals(lines: dict[int, FormLine]) -> dict[str, tuple[int, int]]:
    """For each count line without area and kind.

    Its number and its row's place; areas are added up where there is no total.
    """
    totals: dict[str, tuple[int, int]] = {}
    for index, line in lines.items():
        if line.number is None or line.category:
            continue
        if not line.area:
            totals[line.line] = (line.number, index)
    for index, line in lines.items():
        if line.number is not None and line.area and not line.category and line.line not in totals:
            areas = [each.number or 0 for each in lines.values() if each.line == line.line and each.area]
            totals[line.line] = (sum(areas), index)
    return totals


def _check_sums(sheet: Sheet, lines: dict[int, FormLine]) -> None:
    """Opening + new - closed = closing, or the return is refused; other sums are only asked about."""
    totals, at, faults = _totals(lines), sheet.at.get("number"), sheet.faults
    if all(key in totals for key in _FLOW):
        opening, new, closed, closing = (totals[key][0] for key in _FLOW)
        if opening + new - closed != closing:
            faults.add("sum-differs", totals["open-at-end"][1], at, expected=opening + new - closed)
    new_cases = totals.get("new")
    hate = totals.get("new-hate")
    if new_cases and hate and hate[0] > new_cases[0]:
        faults.add("hate-above-new", hate[1], at)
    by_category = [line.number for line in lines.values() if line.line == "new-by-category" and line.number is not None]
    if new_cases and by_category and sum(by_category) != new_cases[0]:
        faults.add("category-sum-differs", new_cases[1], at, expected=sum(by_category))
    homes = totals.get("homes")
    if homes and homes[0] == 0 and new_cases and new_cases[0] > 0:
        faults.add("no-homes", homes[1], at)


def _check_against_last(sheet: Sheet, lines: dict[int, FormLine]) -> None:
    previous, at = sheet.setting.previous, sheet.at.get("number")
    closing = previous.get(("open-at-end", "", ""))
    for index, line in lines.items():
        if line.number is None:
            continue
        if line.line == "open-at-start" and closing is not None and line.number != closing and not line.area:
            sheet.faults.add("opening-differs", index, at, expected=closing)
        before = previous.get(key_of(line))
        if before is not None and line.number >= _ENOUGH and line.number > _TIMES * before:
            sheet.faults.add("three-times", index, at)
