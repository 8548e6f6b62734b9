"""This module knows the files that data.police.uk publishes, in every form in which they come.

Facts of these files: anti-social behaviour has no crime id and no outcome; the month is all the time there is; points
are the middles
of streets ("On or near ..."), shared by many rows; some rows have no place; ids repeat; some rows lie far outside the
force's area.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from sharing.places import Locator, cell_of, to_grid
from sharing.returns.categories import scheme
from sharing.returns.checked import Spot
from sharing.returns.mapping import tabulate
from sharing.returns.placing import AREA, UNPLACED
from sharing.returns.problems import RowProblem, problem
from sharing.returns.reader import LIMITS, Cell, Limits, Table, read_grid
from sharing.returns.reports import ReadReports, Report
from sharing.returns.template import Column, Form
from sharing.returns.words import plain

ASB = "anti-social behaviour"
_MONTH = re.compile(r"((?:19|20)\d{2})-(0[1-9]|1[0-2])(?:-\d{2})?\Z")
_SOUTH, _NORTH, _WEST, _EAST = 49.0, 61.5, -9.5, 2.5
_LOOKUP = "police.uk"

_NAMES = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
)
_MORE = ("Crime type", "Last outcome category", "Context")
POLICE_FORM = Form(
    "police",
    "data.police.uk",
    "",
    "Police street-level file",
    "",
    tuple(Column(plain(name).replace(" ", "_"), name, "text", (name.replace(" ", "_"),)) for name in (*_NAMES, *_MORE)),
)


@dataclass(frozen=True)
class PoliceChoice:
    """What is taken from a file.

    Which crime types, within which area. `is_all_asb` answers for a file that has no such column.
    """

    locator: Locator | None = None
    types: frozenset[str] = frozenset({ASB})
    is_all_asb: bool = False
    limits: Limits = LIMITS


def read_police(name: str, data: bytes, choice: PoliceChoice) -> ReadReports:
    """Read a street-level file. Whatever keeps a row out is counted; only a file of the wrong kind is refused.

    A published file of one force and month may hold more rows than a landlord's return: lift `limits` for it.
    """
    table = tabulate(read_grid(name, data, limits=choice.limits), POLICE_FORM, choice.limits)
    digest = hashlib.sha256(data).hexdigest()
    at = {plain(header).replace(" ", "_"): index for index, header in enumerate(table.headers)}
    wrong = _wrong_kind(table, at, choice)
    if wrong:
        return ReadReports(
            "police", digest, len(table.rows), (), tuple((n, wrong[0].rule) for n in table.numbers), tuple(wrong)
        )
    reports, left_out, notes = _read(table, at, choice)
    notices = tuple(each for each in table.problems if each.level != "must-fix" and each.rule != "extra-column")
    return ReadReports(
        "police", digest, len(table.rows), tuple(reports), tuple(left_out), notices, tuple(notes.items())
    )


def _wrong_kind(table: Table, at: dict[str, int], choice: PoliceChoice) -> list[RowProblem]:
    fatal = [
        each
        for each in table.problems
        if each.level == "must-fix" and not (each.row and each.rule.startswith("ragged"))
    ]
    if fatal:
        return fatal
    if "outcome_type" in at:
        return [problem("police-outcomes")]
    if any(
        plain(word).replace(" ", "_") in at
        for word in ("Object of search", "Self-defined ethnicity", "Age range", "Gender")
    ):
        return [problem("police-searches")]
    missing = [name for name in ("Month", "Longitude", "Latitude") if plain(name) not in at]
    if missing:
        return [problem("missing-column", wanted=name, aliases=plain(name)) for name in missing]
    return [] if "crime_type" in at or choice.is_all_asb else [problem("police-no-type")]


def _column(table: Table, at: dict[str, int], key: str) -> Sequence[Cell]:
    index = at.get(key)
    return [row[index] for row in table.rows] if index is not None else [None] * len(table.rows)


def _month(cell: Cell) -> str | None:
    if isinstance(cell, date | datetime):
        return f"{cell.year}-{cell.month:02}"
    found = _MONTH.match(str(cell or "").strip())
    return f"{found[1]}-{found[2]}" if found else None


def _degrees(cell: Cell) -> float | None:
    try:
        return float(cell) if isinstance(cell, str | int | float) and cell != "" else None
    except ValueError:
        return float("nan")


def _read(
    table: Table, at: dict[str, int], choice: PoliceChoice
) -> tuple[list[Report], list[tuple[int, str]], dict[str, int]]:
    months = [_month(cell) for cell in _column(table, at, "month")]
    types = _column(table, at, "crime_type") if "crime_type" in at else ["Anti-social behaviour"] * len(table.rows)
    points = list(zip(_column(table, at, "longitude"), _column(table, at, "latitude"), strict=True))
    spots = _spots(set(points), choice.locator)
    areas = _column(table, at, "lsoa_code")
    ids = _column(table, at, "crime_id")
    kinds = scheme("police-uk")
    reports: list[Report] = []
    left_out: list[tuple[int, str]] = []
    seen: set[Cell] = set()
    notes = {"repeated-ids": 0, "no-location": 0}
    for index, number in enumerate(table.numbers):
        crime = ids[index]
        notes["repeated-ids"] += bool(crime) and crime in seen
        seen.add(crime)
        spot, rule = spots[points[index]]
        kind = kinds.find(str(types[index] or ""))
        if number in table.broken:
            rule = "ragged"
        elif months[index] is None:
            rule = "month-unreal"
        elif kind is None or plain(str(types[index])) not in {plain(each) for each in choice.types}:
            rule = "not-asb"
        month = months[index]
        if rule or month is None or kind is None:
            left_out.append((number, rule))
            continue
        if spot is UNPLACED:
            notes["no-location"] += 1
            spot = AREA if areas[index] else UNPLACED
        reports.append(Report(number, month, kind, str(types[index]), spot, area=str(areas[index] or "")))
    return reports, left_out, {name: count for name, count in notes.items() if count}


def _spots(points: set[tuple[Cell, Cell]], locator: Locator | None) -> dict[tuple[Cell, Cell], tuple[Spot, str]]:
    """Each different point once: snap points are shared by many rows."""
    spots: dict[tuple[Cell, Cell], tuple[Spot, str]] = {}
    good: list[tuple[tuple[Cell, Cell], float, float]] = []
    for point in points:
        lon, lat = _degrees(point[0]), _degrees(point[1])
        if lon is None or lat is None or (lon == 0 and lat == 0):
            spots[point] = (UNPLACED, "")
        elif _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH:
            good.append((point, lon, lat))
        else:
            swapped = _WEST <= lat <= _EAST and _SOUTH <= lon <= _NORTH
            spots[point] = (UNPLACED, "point-swapped" if swapped else "point-unreal")
    if good:
        east, north = to_grid(np.array([lat for _, _, lat in good]), np.array([lon for _, lon, _ in good]))
        for (point, _, _), x, y in zip(good, east.tolist(), north.tolist(), strict=True):
            spots[point] = _spot(x, y, locator)
    return spots


def _spot(east: float, north: float, locator: Locator | None) -> tuple[Spot, str]:
    if locator is not None and not locator.is_inside(east, north):
        return UNPLACED, "report-outside-area"
    cell: Any = cell_of(east, north)
    return Spot("snapped", cell.e, cell.n, _LOOKUP), ""
