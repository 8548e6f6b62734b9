"""This module knows what makes a row of the incident sheet right: its dates, its kind, its place, its reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sharing.returns.categories import unmapped_kinds
from sharing.returns.checked import IncidentRow, Setting, Spot
from sharing.returns.columns import Faults, counted_by, read_columns
from sharing.returns.period import Quarter
from sharing.returns.personal import hints
from sharing.returns.placing import AREA, UNPLACED, WITHHELD, spots_of_postcodes
from sharing.returns.template import Form

_LONG_BEFORE = 366
_KEYS = (
    "reference", "reported_on", "occurred_on", "occurred_at", "category", "postcode", "area", "address", "note", "channel",
    "hate", "repeat", "action",
)  # fmt: skip
_Values = tuple[Any, ...]
"""One row's values, in the order of `_KEYS`."""


@dataclass(frozen=True)
class Sheet:
    """The sheet being checked: its form, where its columns stand, every column's values, and where problems go."""

    form: Form
    at: dict[str, int]
    setting: Setting
    faults: Faults
    values: dict[str, list[Any]]


def check_incidents(
    form: Form, at: dict[str, int], setting: Setting, faults: Faults
) -> tuple[list[IncidentRow], list[tuple[int, str]]]:
    """Check every row.

    Give those that may be stored, and those that are left out with the rule that leaves them out.
    """
    sheet = Sheet(form, at, setting, faults, read_columns(form, at, setting.scheme, faults))
    _check_dates(sheet)
    for index, first in counted_by(sheet.values["reference"]):
        faults.add("duplicate-reference", index, at.get("reference"), first=faults.table.numbers[first])
    _check_area_text(sheet)
    spots, outside = _place(sheet)
    rows: list[IncidentRow] = []
    left_out: list[tuple[int, str]] = []
    values = zip(*(sheet.values[key] for key in _KEYS), strict=True)
    for index, (number, row) in enumerate(zip(faults.table.numbers, values, strict=True)):
        if index in faults.rejected or number in faults.table.broken:
            continue
        if index in outside:
            left_out.append((number, "outside-area"))
        else:
            rows.append(_row(number, row, spots[index], setting.quarter))
    return rows, left_out


def _day(value: date | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _check_dates(sheet: Sheet) -> None:
    today, quarter, at, faults = sheet.setting.today, sheet.setting.quarter, sheet.at, sheet.faults
    pairs = zip(sheet.values["reported_on"], sheet.values["occurred_on"], strict=True)
    for index, (reported, occurred) in enumerate(pairs):
        first, second = _day(reported), _day(occurred)
        if first and first > today:
            faults.add("date-future", index, at["reported_on"])
        elif first and first not in quarter:
            faults.add("date-outside-quarter", index, at["reported_on"], quarter=quarter)
        if second is None:
            continue
        if second > today:
            faults.add("date-future", index, at["occurred_on"])
        elif first and second > first:
            faults.add("date-order", index, at["occurred_on"])
        elif first and (first - second).days > _LONG_BEFORE:
            faults.add("date-long-before", index, at["occurred_on"])


def _check_area_text(sheet: Sheet) -> None:
    """The area's name is the sheet's only clear text, so it must not say who or which house."""
    year = sheet.setting.today.year
    seen: dict[str, tuple[str, ...]] = {}
    for index, text in enumerate(sheet.values["area"]):
        if text is None:
            continue
        if text not in seen:
            seen[text] = hints(text, year)
        for rule in seen[text]:
            sheet.faults.add(rule, index, sheet.at["area"])


def _place(sheet: Sheet) -> tuple[list[Spot], set[int]]:
    """Where each row lies, and which rows lie outside the area."""
    postcodes, areas = sheet.values["postcode"], sheet.values["area"]
    known = spots_of_postcodes(postcodes, sheet.setting.locator)
    spots: list[Spot] = []
    outside: set[int] = set()
    withheld = unmapped_kinds()
    for index, (code, area, kind) in enumerate(zip(postcodes, areas, sheet.values["category"], strict=True)):
        spot, rule = known[code] if code else (UNPLACED, "")
        if rule:
            sheet.faults.add(rule, index, sheet.at["postcode"])
        if rule == "outside-area":
            outside.add(index)
        if spot is UNPLACED and area:
            spot = AREA
        elif not code and not area and index not in sheet.faults.rejected:
            sheet.faults.add("no-place", index)
        spots.append(WITHHELD if kind and kind[0] in withheld else spot)
    return spots, outside


def _row(number: int, values: _Values, spot: Spot, quarter: Quarter) -> IncidentRow:
    reference, reported, occurred, clock, (code, own), postcode, area, address, note, channel, hate, repeat, action = (
        values
    )
    # The day that counts keeps the row in its own quarter: when it happened if that is in the quarter, else when it was reported.
    happened = _day(occurred)
    when = occurred if happened is not None and happened in quarter else reported
    if clock is None and isinstance(occurred, datetime):
        clock = occurred.time()
    # A withheld kind keeps its month and nothing in clear by which somebody could be found.
    is_withheld = spot is WITHHELD
    return IncidentRow(
        number,
        f"{when.year}-{when.month:02}",
        code,
        own,
        spot,
        None if is_withheld else when.day,
        None if is_withheld or clock is None else clock.hour,
        "" if is_withheld else area or "",
        channel or "",
        hate,
        repeat,
        action or "",
        reference,
        postcode or "",
        address or "",
        note or "",
    )
