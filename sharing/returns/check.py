"""This module knows how a file is checked from its bytes to a verdict: every problem at once, nothing stored."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import PurePosixPath

from sharing.returns.check_incidents import check_incidents
from sharing.returns.check_quarterly import check_quarterly
from sharing.returns.checked import Checked, FormLine, IncidentRow, Setting, UnmappedWord
from sharing.returns.columns import Faults
from sharing.returns.mapping import assign, tabulate
from sharing.returns.problems import Level, RowProblem, of_level
from sharing.returns.reader import Table, read_grid
from sharing.returns.template import Form, form


def check_return(kind: str, name: str, data: bytes, setting: Setting) -> Checked:
    """Read and check a file as `quarterly` or `incidents`. Never raises for what the file holds.

    Pure: no database, no clock; reading a workbook starts a short-lived process. `name` gives the ending alone.
    """
    wanted = form(kind)
    grid = read_grid(PurePosixPath(name).name, data, sheets=(wanted.sheet,), limits=setting.limits)
    table = tabulate(grid, wanted, setting.limits, setting.mapping)
    return check_table(wanted, table, setting, hashlib.sha256(data).hexdigest())


def check_table(wanted: Form, table: Table, setting: Setting, digest: str) -> Checked:
    """Check a table whose headings have been found.

    What is wrong with the file as a whole comes before what is wrong in rows.
    """
    assignment = assign(table, wanted, setting.mapping) if table.headers else None
    problems: list[RowProblem] = [*table.problems, *(assignment.problems if assignment else ())]
    if assignment is None or table.is_broken or _lacks_columns(assignment.problems):
        return _verdict(wanted, table, setting, digest, problems)
    faults = Faults(table)
    at = dict(assignment.at)
    lines: list[FormLine] = []
    incidents: list[IncidentRow] = []
    if wanted.kind == "quarterly":
        lines, left_out = check_quarterly(wanted, at, setting, faults)
    else:
        incidents, left_out = check_incidents(wanted, at, setting, faults)
    accepted = {each.row for each in lines} | {each.row for each in incidents} | {row for row, _ in left_out}
    return Checked(
        wanted.kind,
        setting.quarter,
        setting.scheme.key,
        wanted.version,
        digest,
        table,
        tuple(lines),
        tuple(incidents),
        tuple(number for number in table.numbers if number not in accepted),
        tuple(left_out),
        (*problems, *sorted(faults.problems, key=lambda each: each.row)),
        _unmapped(table, at.get("category"), faults, setting),
    )


def _lacks_columns(problems: tuple[RowProblem, ...]) -> bool:
    return bool(of_level(problems, Level.MUST_FIX))


def _verdict(wanted: Form, table: Table, setting: Setting, digest: str, problems: list[RowProblem]) -> Checked:
    """The verdict on a file that could not be looked at row by row: every row is rejected."""
    return Checked(
        wanted.kind,
        setting.quarter,
        setting.scheme.key,
        wanted.version,
        digest,
        table,
        rejected=table.numbers,
        problems=tuple(problems),
    )


def _unmapped(table: Table, at: int | None, faults: Faults, setting: Setting) -> tuple[UnmappedWord, ...]:
    """Every kind that the scheme does not know, with its rows: what the landlord is asked to map, once."""
    if at is None:
        return ()
    rows: dict[str, list[int]] = defaultdict(list)
    unknown = {each.row for each in faults.problems if each.rule == "category-unknown"}
    for number, row in zip(table.numbers, table.rows, strict=True):
        if number in unknown:
            rows[" ".join(str(row[at]).split())].append(number)
    return tuple(UnmappedWord(word, tuple(where), setting.scheme.near(word)) for word, where in sorted(rows.items()))
