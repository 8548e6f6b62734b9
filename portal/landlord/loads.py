"""This module knows how police files and council reports are loaded: what was placed, what was not, and what lay outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.landlord.forms import LoadForm
from portal.landlord.room import room
from protocols.actions import Action
from sharing import places, returns
from sharing.errors import InvalidError
from sharing.returns import CouncilChoice, Loaded, LoadReports, PoliceChoice, ReadReports
from sharing.returns import read as stored
from sharing.store import Session, Unit

POLICE_ROWS = 200_000
"""Rows of a published file of one force and month: the largest force stays below it."""
_LEFT = {
    "report-outside-area": "lie outside the area of the partnership",
    "outside-area": "lie outside the area of the partnership",
    "not-asb": "are not about anti-social behaviour",
    "month-unreal": "have no real month",
    "date-future": "have a date that has not come yet",
    "point-unreal": "have a point that is nowhere in Great Britain",
    "point-swapped": "have latitude and longitude the wrong way about",
    "row-repeated": "repeat another row's reference",
    "ragged": "have more or fewer cells than headings",
}
_NOTES = {"repeated-ids": "repeat an id, and were taken all the same", "no-location": "have no point"}
_HEADS = ("rows", "taken", "placed")


@dataclass(frozen=True)
class Outcome:
    """A loaded file in words: months, and counts of what was placed, not placed and left out."""

    loaded: Loaded
    left: tuple[tuple[str, int], ...]
    notes: tuple[tuple[str, int], ...]

    @property
    def not_placed(self) -> int:
        """Rows that were taken and lie on no cell."""
        return self.loaded.counts["taken"] - self.loaded.counts["placed"]


def outcome(loaded: Loaded) -> Outcome:
    """Put the counts of a load into words, the largest first."""
    others = [(rule, n) for rule, n in loaded.counts.items() if rule not in _HEADS and n]
    left = [(_LEFT.get(rule, rule.replace("-", " ")), n) for rule, n in others if rule not in _NOTES]
    notes = tuple((_NOTES[rule], n) for rule, n in others if rule in _NOTES)
    return Outcome(loaded, tuple(sorted(left, key=lambda each: -each[1])), notes)


def read_police_file(reading: Session, partnership: str, name: str, data: bytes) -> ReadReports:
    """Read a police file against the partnership's area."""
    limits = replace(returns.LIMITS, rows=POLICE_ROWS, bytes=_largest())
    return returns.read_police(name, data, PoliceChoice(places.locator(reading, partnership), limits=limits))


def read_council_file(reading: Session, partnership: str, name: str, data: bytes) -> ReadReports:
    """Read a council's file by the mapping that is kept for it."""
    mapping = stored.kept_mapping(reading, partnership, desk().organisation, "council")
    choice = CouncilChoice(
        desk().store.clock.today(),
        returns.scheme(mapping.scheme, mapping.categories),
        mapping,
        places.locator(reading, partnership),
        replace(returns.LIMITS, bytes=_largest()),
    )
    return returns.read_council(name, data, choice)


def _largest() -> int:
    return int(current_app.extensions["accord.settings"].max_upload_bytes)


@room.get("/police-data")
@declare(Action.LOAD_POLICE_DATA)
def ask_police_data() -> ResponseReturnValue:
    """Ask for a police street-level file."""
    return _page("police", LoadForm())


@room.post("/police-data")
@declare(Action.LOAD_POLICE_DATA)
def load_police_data() -> ResponseReturnValue:
    """Load it, month by month, and say what became of its rows."""
    return _load("police", read_police_file, returns.load_police_data)


@room.get("/council-reports")
@declare(Action.LOAD_COUNCIL_REPORTS)
def ask_council_reports() -> ResponseReturnValue:
    """Ask for a file of reports that the public made to the council."""
    return _page("council", LoadForm())


@room.post("/council-reports")
@declare(Action.LOAD_COUNCIL_REPORTS)
def load_council_reports() -> ResponseReturnValue:
    """Load it, and say what became of its rows."""
    return _load("council", read_council_file, returns.load_council_reports)


def _page(kind: str, form: LoadForm, done: Outcome | None = None) -> str:
    return render_template("landlord/load_reports.html", kind=kind, form=form, done=done)


def _load(
    kind: str,
    read: Callable[[Session, str, str, bytes], ReadReports],
    load: Callable[[Unit, LoadReports], Loaded],
) -> ResponseReturnValue:
    form = LoadForm()
    if not form.validate():
        return _page(kind, form), 400
    upload = form.file.data
    with desk().reading() as reading:
        found = read(reading, desk().partnership, upload.filename or "", upload.read())
    try:
        with desk().unit(form) as unit:
            loaded = load(unit, LoadReports(desk().partnership, desk().organisation, found))
            desk().done("landlord.list_returns")
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem("file", f"{problem.message} {problem.mend}".strip())
        return _page(kind, form), 422
    return _page(kind, LoadForm(formdata=None), outcome(loaded))
