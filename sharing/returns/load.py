"""This module knows how police files and council reports are loaded.

Month by month, a later file in place of an earlier one.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from protocols.actions import Action, Event
from sharing.base import new_id
from sharing.errors import InvalidError
from sharing.returns.cells import add_cells, count_cells
from sharing.returns.model import Incident, Submission, table_of
from sharing.returns.period import Quarter, statutory_due_on
from sharing.returns.problems import Level, of_level
from sharing.returns.reports import ReadReports, Report
from sharing.returns.rules import Kind
from sharing.returns.slot import Slot, in_line, supersede_in
from sharing.store import Unit
from sharing.vault import insert_rows


@dataclass(frozen=True)
class LoadReports:
    """A file of reports to load, of the police or of a council (`organisation`)."""

    partnership: str
    organisation: str
    read: ReadReports


@dataclass(frozen=True)
class Loaded:
    """What was loaded: which months anew, which were there already from this very file, and all that was counted."""

    months: tuple[str, ...]
    already: tuple[str, ...]
    counts: dict[str, int]
    entry_id: uuid.UUID | None


def load_police_data(unit: Unit, command: LoadReports) -> Loaded:
    """Load a police street-level file. A month that was loaded before is replaced, and its earlier version kept."""
    unit.require(Action.LOAD_POLICE_DATA, partnership=command.partnership, organisation=command.organisation)
    return _load(unit, command, Kind.POLICE, Event.POLICE_DATA_LOADED)


def load_council_reports(unit: Unit, command: LoadReports) -> Loaded:
    """Load reports that the public made to a council, or that it found itself (data set D8 of SI 2007/1831)."""
    unit.require(Action.LOAD_COUNCIL_REPORTS, partnership=command.partnership, organisation=command.organisation)
    return _load(unit, command, Kind.COUNCIL, Event.COUNCIL_REPORTS_LOADED)


def _load(unit: Unit, command: LoadReports, kind: Kind, event: Event) -> Loaded:
    read = command.read
    if read.kind != kind:
        raise InvalidError.one(
            f"This file was read as {read.kind}, not as {kind}.", where="file", mend="Read it again."
        )
    if not read.reports:
        wrong = of_level(read.problems, Level.MUST_FIX)
        raise InvalidError(tuple(each.as_problem() for each in wrong) or _NOTHING.problems)
    loaded: list[Submission] = []
    already: list[str] = []
    for month in read.months:
        row = _load_month(unit, command, kind, month)
        if row is None:
            already.append(month)
        else:
            loaded.append(row)
    if not loaded:
        return Loaded((), tuple(already), read.counts, None)
    facts = {
        "kind": str(kind),
        "digest": read.digest,
        "months": [row.month for row in loaded],
        "already": already,
        "versions": [row.version for row in loaded],
        "counts": read.counts,
    }
    entry = unit.record(event, about=command.organisation, facts=facts, partnership=command.partnership)
    for row in loaded:
        row.entry_id = entry.id
    return Loaded(tuple(row.month for row in loaded), tuple(already), read.counts, entry.id)


_NOTHING = InvalidError.one(
    "There is no report of anti-social behaviour in this file.",
    where="file",
    mend="Choose the street-level or reports file.",
)


def _load_month(unit: Unit, command: LoadReports, kind: Kind, month: str) -> Submission | None:
    """Store one month of the file, or None if this very file already holds its place."""
    quarter = Quarter.of(date.fromisoformat(f"{month}-01"))
    slot = Slot(command.partnership, command.organisation, kind.series, str(quarter), month)
    earlier = in_line(unit.session, slot, command.read.digest)
    if earlier is not None and earlier.digest == command.read.digest:
        return None
    reports = [each for each in command.read.reports if each.month == month]
    row = slot.new_row(
        kind,
        earlier,
        digest=command.read.digest,
        submitted_by=unit.actor.pseudonym,
        submitted_at=unit.clock.business_now(),
        submitted_on=unit.clock.today(),
        due_on=statutory_due_on(quarter),
        rows_read=len(reports),
        rows_stored=len(reports),
        rows_placed=sum(1 for each in reports if each.spot.e is not None),
    )
    row.left_out = dict(sorted(Counter(rule for _, rule in command.read.left_out).items()))
    supersede_in(unit, earlier, row)
    unit.session.add(row)
    unit.session.flush()
    _store(unit, row, reports, kind)
    return row


_COLUMNS = (
    "id", "partnership", "organisation", "submission_id", "row", "period", "month", "day", "hour", "source", "category",
    "own_category",
    "cell_e", "cell_n", "precision", "lookup", "area", "channel", "action",
)  # fmt: skip


def _store(unit: Unit, row: Submission, reports: Iterable[Report], kind: Kind) -> None:
    listed = list(reports)
    source = kind.source
    insert_rows(
        unit.session,
        table_of(Incident),
        _COLUMNS,
        [
            (
                new_id(), row.partnership, row.organisation, row.id, each.row, row.period, each.month, each.day, each.hour,
                source, each.category, each.own_category[:120], each.spot.e, each.spot.n, each.spot.precision,
                each.spot.lookup, each.area[:120], "", "",
            )
            for each in listed
        ],
    )  # fmt: skip
    add_cells(
        unit.session,
        row.partnership,
        count_cells((each.month, each.spot.e, each.spot.n, source, each.category) for each in listed),
    )
