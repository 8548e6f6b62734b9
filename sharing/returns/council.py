"""This module knows the reports that the public make to a council: date, category, place, in whatever columns.

They are prescribed data set D8 of SI 2007/1831 (category, date, time, location). Any other column, a caller's name
above all, is left unread.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sharing.places import Locator, cell_of
from sharing.returns.categories import Scheme, scheme
from sharing.returns.checked import Spot
from sharing.returns.columns import Faults, counted_by, read_columns
from sharing.returns.mapping import NO_MAPPING, SavedMapping, assign, tabulate
from sharing.returns.placing import AREA, UNPLACED, spots_of_postcodes
from sharing.returns.problems import RowProblem
from sharing.returns.reader import LIMITS, Limits, Table, read_grid
from sharing.returns.reports import ReadReports, Report
from sharing.returns.template import form

_NOT_OURS = frozenset({"category-unknown"})


@dataclass(frozen=True)
class CouncilChoice:
    """How a council's file is read.

    Its scheme, its saved mapping, the area, and the business day (no report lies after it).
    """

    today: date
    scheme: Scheme = field(default_factory=scheme)
    mapping: SavedMapping = NO_MAPPING
    locator: Locator | None = None
    limits: Limits = LIMITS


def read_council(name: str, data: bytes, choice: CouncilChoice) -> ReadReports:
    """Read a council's file of reports.

    Rows with no real date or category are counted and left out; so are kinds that are not ASB.
    """
    wanted = form("council")
    table = tabulate(
        read_grid(name, data, sheets=(wanted.sheet,), limits=choice.limits), wanted, choice.limits, choice.mapping
    )
    digest = hashlib.sha256(data).hexdigest()
    assignment = assign(table, wanted, choice.mapping) if table.headers else None
    headings = assignment.problems if assignment else ()
    fatal = [each for each in (*table.problems, *headings) if each.level == "must-fix" and not each.row]
    if assignment is None or fatal:
        return ReadReports(
            "council", digest, len(table.rows), (), tuple((n, "file") for n in table.numbers), tuple(fatal)
        )
    faults = Faults(table)
    values = read_columns(wanted, dict(assignment.at), choice.scheme, faults)
    reports, left_out = _rows(table, values, faults, choice)
    notices = [each for each in (*table.problems, *headings) if each.level != "must-fix"]
    shown: list[RowProblem] = [each for each in faults.problems if each.rule not in _NOT_OURS]
    return ReadReports("council", digest, len(table.rows), tuple(reports), tuple(left_out), (*notices, *shown))


def _rows(
    table: Table, values: dict[str, list[Any]], faults: Faults, choice: CouncilChoice
) -> tuple[list[Report], list[tuple[int, str]]]:
    why = {each.row: each.rule for each in reversed(faults.problems) if each.level == "must-fix"}
    repeated = {index for index, _ in counted_by(values["reference"])}
    spots = spots_of_postcodes(values["postcode"], choice.locator)
    reports: list[Report] = []
    left_out: list[tuple[int, str]] = []
    for index, number in enumerate(table.numbers):
        rule = "ragged" if number in table.broken else why.get(number, "")
        if rule in _NOT_OURS:
            rule = "not-asb"
        if not rule and index in repeated:
            rule = "row-repeated"
        reported = values["reported_on"][index]
        if not rule and _day(reported) > choice.today:
            rule = "date-future"
        spot = UNPLACED
        if not rule:
            spot, rule = _spot(values, index, spots, choice.locator)
        if rule and rule != "postcode-unknown":
            left_out.append((number, rule))
        else:
            reports.append(_report(number, values, index, spot))
    return reports, left_out


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _spot(
    values: dict[str, list[Any]], index: int, spots: dict[str, tuple[Spot, str]], locator: Locator | None
) -> tuple[Spot, str]:
    """By the point, else by the postcode, else by the ward: what is finest, though never finer than a cell of 50 m."""
    east, north, code = values["easting"][index], values["northing"][index], values["postcode"][index]
    if east and north:
        if locator is not None and not locator.is_inside(east, north):
            swapped = locator.is_inside(north, east)
            return UNPLACED, "point-swapped" if swapped else "report-outside-area"
        cell = cell_of(east, north)
        return Spot("point", cell.e, cell.n), ""
    if code:
        spot, rule = spots[code]
        return spot, "report-outside-area" if rule == "outside-area" else rule
    return (AREA if values["ward"][index] else UNPLACED), ""


def _report(number: int, values: dict[str, list[Any]], index: int, spot: Spot) -> Report:
    reported, clock = values["reported_on"][index], values["occurred_at"][index]
    code, own = values["category"][index]
    if clock is None and isinstance(reported, datetime):
        clock = reported.time()
    ward = values["ward"][index] or ""
    return Report(
        number,
        f"{reported.year}-{reported.month:02}",
        code,
        own,
        AREA if spot is UNPLACED and ward else spot,
        day=reported.day,
        hour=clock.hour if clock else None,
        area=ward,
    )
