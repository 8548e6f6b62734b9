"""This module knows the pages of series: which there are, how one is set up, and how the meetings to come are moved."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal.coordinator.forms import SeriesForm
from portal.coordinator.room import room
from portal.desk import declare, desk
from protocols.actions import Action
from sharing import meetings
from sharing.errors import InvalidError
from sharing.meetings import SeriesView, SetUpSeries, meeting_kinds

AHEAD = timedelta(days=364)
USUAL_LIST = 20


@room.get("/meetings")
@declare(Action.READ_MEETING)
def list_meetings() -> ResponseReturnValue:
    """Every series with its next meeting, and every meeting."""
    today = desk().store.clock.today()
    with desk().reading() as reading:
        series = meetings.all_series(reading, desk().partnership, today)
        found = meetings.meetings_of(reading, desk().partnership)
    return render_template(
        "coordinator/list_meetings.html",
        series=series,
        coming=[m for m in reversed(found) if m.held_on >= today],
        held=[m for m in found if m.held_on < today],
        kinds=meeting_kinds(),
    )


@room.get("/meetings/series/new")
@declare(Action.SET_UP_SERIES)
def ask_series() -> ResponseReturnValue:
    """Ask for a new series."""
    today = desk().store.clock.today()
    form = SeriesForm(formdata=None, until=today + AHEAD)
    return render_template("coordinator/set_up_series.html", form=form, series=None, kinds=meeting_kinds())


@room.post("/meetings/series/new")
@declare(Action.SET_UP_SERIES)
def set_up_series() -> ResponseReturnValue:
    """Set the series up with its meetings dated."""
    return _store(SeriesForm(), None)


@room.get("/meetings/series/<code>")
@declare(Action.SET_UP_SERIES)
def ask_change(code: str) -> ResponseReturnValue:
    """Ask what changes of a series; only meetings that are still to come move."""
    series = _series(code)
    form = SeriesForm(
        formdata=None,
        code=series.code,
        kind=series.kind,
        title=series.title,
        chair=series.chair,
        place=series.place,
        first_on=series.next_on or desk().store.clock.today(),
        cycle_days=str(series.cycle_days),
        until=max(series.last_on or date.min, desk().store.clock.today()),
        top_n=str(series.top_n),
        marking=series.marking,
        version=str(series.version),
    )
    return render_template("coordinator/set_up_series.html", form=form, series=series, kinds=meeting_kinds())


@room.post("/meetings/series/<code>")
@declare(Action.SET_UP_SERIES)
def change_series(code: str) -> ResponseReturnValue:
    """Change the series; meetings that were held stay where they were."""
    series = _series(code)
    form = SeriesForm()
    form.code.data, form.kind.data = series.code, series.kind
    return _store(form, series)


def _series(code: str) -> SeriesView:
    with desk().reading() as reading:
        return meetings.series_by_code(reading, desk().partnership, code, desk().store.clock.today())


def _store(form: SeriesForm, series: SeriesView | None) -> ResponseReturnValue:
    if not form.validate():
        return _again(form, series), 400
    command = SetUpSeries(
        code=form.text("code").strip().upper() if series is None else series.code,
        kind=form.text("kind"),
        title=form.text("title"),
        first_on=form.day("first_on"),
        until=form.day("until"),
        cycle_days=int(form.text("cycle_days")) if form.text("cycle_days").strip() else None,
        chair=form.text("chair"),
        place=form.text("place"),
        top_n=int(form.text("top_n")) if form.text("top_n").strip() else USUAL_LIST,
        marking=form.text("marking"),
        version=None if series is None else form.number("version"),
    )
    try:
        with desk().unit(form) as unit:
            meetings.set_up_series(unit, command)
            led = desk().done("coordinator.list_meetings")
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(
                problem.where if problem.where in form else "code", f"{problem.message}. {problem.mend}".strip()
            )
        return _again(form, series), 422
    flash(f"{command.title} is {'set up' if series is None else 'changed'}.", "done")
    return led


def _again(form: SeriesForm, series: SeriesView | None) -> str:
    return render_template("coordinator/set_up_series.html", form=form, series=series, kinds=meeting_kinds())
