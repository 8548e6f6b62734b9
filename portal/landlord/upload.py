"""This module knows how a file comes in and is checked: nothing of it is in the record until it is submitted."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import periods
from portal.desk import declare, desk
from portal.forms import AccordForm
from portal.landlord import held
from portal.landlord.checking import Looked, look
from portal.landlord.colleagues import colleagues
from portal.landlord.cover import footing
from portal.landlord.forms import SubmitForm, UploadForm, category_form, mapping_form, submit_form
from portal.landlord.held import HeldFile
from portal.landlord.returns import attachment
from portal.landlord.room import room
from protocols.actions import Action
from sharing import returns
from sharing.errors import NotFoundError
from sharing.returns import KeepMapping, Kind, Level, Quarter, SavedMapping
from sharing.returns.words import plain
from sharing.store import Session

SHOWN = 50
"""Problems of one level on the page; the workbook has them all."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _form() -> UploadForm:
    form = UploadForm()
    form.offer(periods.ended(desk().store.clock.today()))
    return form


@room.get("/returns/send")
@declare(Action.CHECK_RETURN)
def ask_file() -> ResponseReturnValue:
    """Ask which quarter, which form, which file; with the forms to download."""
    form = _form()
    form.period.data = request.args.get("period", "")
    form.kind.data = request.args.get("kind") or Kind.QUARTERLY.value
    return _ask(form)


def _ask(form: UploadForm) -> str:
    """The page, for the quarter that was chosen if it is one of those offered, else for the one that ended last."""
    offered = [str(each) for each in periods.ended(desk().store.clock.today())]
    if form.period.data not in offered:
        form.period.data = offered[0]
    with desk().reading() as reading:
        found = footing(reading, desk().store.clock, desk().partnership, desk().organisation)
    return render_template("landlord/send_return.html", form=form, footing=found, period=form.period.data)


@room.post("/returns/send")
@declare(Action.CHECK_RETURN)
def check_return() -> ResponseReturnValue:
    """Take the file and lead to its check."""
    form = _form()
    if not form.validate():
        return _ask(form), 400
    period, kind = form.text("period"), form.text("kind")
    file = HeldFile(form.file.data.filename or "", form.file.data.read())
    with desk().unit(form) as unit:
        held.hold(unit, period, kind, file)
        return desk().done("landlord.read_check", period=period, kind=kind)


def place(period: str, kind: str) -> Quarter:
    """The quarter of an address, once its kind is one of ours."""
    if kind not in (Kind.QUARTERLY, Kind.INCIDENTS):
        raise NotFoundError("There is no such form.")
    return periods.wanted_quarter(period, desk().store.clock.today())


@room.get("/returns/<period>/<kind>/check")
@declare(Action.CHECK_RETURN)
def read_check(period: str, kind: str) -> ResponseReturnValue:
    """What is wrong with the file and how to mend it; or, when nothing is, what would be submitted."""
    quarter = place(period, kind)
    with desk().reading() as reading:
        looked = look(reading, quarter, kind)
        return check_page(reading, looked)


def check_page(reading: Session, looked: Looked, form: SubmitForm | None = None) -> str:
    """The page of a check, with the sign-off as far as it was filled in."""
    again = UploadForm(formdata=None, period=str(looked.quarter), kind=looked.kind)
    again.offer([looked.quarter])
    sign_off = form or submit_form(looked.checked.asks, formdata=None)
    sign_off.offer(colleagues(reading))
    checked = looked.checked
    first_of = {problem.rule: problem for problem in reversed(checked.shown(Level.CHECK))}
    return render_template(
        "landlord/check_return.html",
        looked=looked,
        checked=checked,
        must_fix=checked.shown(Level.MUST_FIX),
        to_check=checked.shown(Level.CHECK),
        notices=checked.shown(Level.NOTICE),
        shown=SHOWN,
        first_of=first_of,
        again=again,
        form=form,
        sign_off=sign_off,
        columns=mapping_form(returns.form(looked.kind), checked, _suggested(looked), formdata=None),
        words=category_form(checked.unmapped, formdata=None),
        rows_of=[each.rows for each in checked.unmapped],
        labels={line.key: line.label for line in returns.form(Kind.QUARTERLY).lines},
        kinds=returns.kinds(),
        council=looked.footing.council if looked.footing else "",
    )


def _suggested(looked: Looked) -> dict[str, str]:
    if not looked.checked.table.headers:
        return {}
    return returns.suggested(looked.checked.table, returns.form(looked.kind), looked.mapping)


@room.post("/returns/<period>/<kind>/columns")
@declare(Action.CHECK_RETURN)
def keep_columns(period: str, kind: str) -> ResponseReturnValue:
    """Keep which heading is which column, and which list of kinds is used, for every return to come."""
    with desk().reading() as reading:
        looked = look(reading, place(period, kind), kind)
    form = mapping_form(returns.form(kind), looked.checked, _suggested(looked))
    if not form.validate():
        flash("Choose a column from each list.", "notice")
        return redirect(url_for("landlord.read_check", period=period, kind=kind))
    columns = {
        plain(header): form.text(f"column_{index}")
        for index, header in enumerate(looked.checked.table.headers)
        if header
    }
    return _keep(form, looked, SavedMapping(columns, looked.mapping.categories, form.text("scheme")))


@room.post("/returns/<period>/<kind>/words")
@declare(Action.CHECK_RETURN)
def keep_words(period: str, kind: str) -> ResponseReturnValue:
    """Keep which kind of the common list each of the landlord's own words is, for every return to come."""
    with desk().reading() as reading:
        looked = look(reading, place(period, kind), kind)
    form = category_form(looked.checked.unmapped)
    if not form.validate():
        flash("Choose a kind from each list.", "notice")
        return redirect(url_for("landlord.read_check", period=period, kind=kind))
    said = {
        plain(each.word): form.text(f"word_{index}")
        for index, each in enumerate(looked.checked.unmapped)
        if form.text(f"word_{index}")
    }
    mapping = looked.mapping
    return _keep(form, looked, SavedMapping(mapping.columns, {**mapping.categories, **said}, mapping.scheme))


def _keep(form: AccordForm, looked: Looked, mapping: SavedMapping) -> ResponseReturnValue:
    command = KeepMapping(desk().partnership, desk().organisation, looked.kind, mapping)
    with desk().unit(form) as unit:
        returns.keep_mapping(unit, command)
        led = desk().done("landlord.read_check", period=str(looked.quarter), kind=looked.kind)
    flash("Kept for this and every later return. The file was checked again.", "done")
    return led


@room.post("/returns/<period>/<kind>/discard")
@declare(Action.CHECK_RETURN)
def discard_file(period: str, kind: str) -> ResponseReturnValue:
    """Drop the file that waits."""
    quarter = place(period, kind)
    form = AccordForm()
    with desk().unit(form) as unit:
        held.drop(unit, str(quarter), kind)
        led = desk().done("landlord.list_returns")
    flash("The file is gone. Nothing of it was stored.", "done")
    return led


@room.get("/returns/<period>/<kind>/problems.xlsx")
@declare(Action.CHECK_RETURN)
def fetch_problems(period: str, kind: str) -> ResponseReturnValue:
    """Every problem as a workbook, row by row, for whoever mends the file."""
    quarter = place(period, kind)
    with desk().reading() as reading:
        looked = look(reading, quarter, kind)
    return attachment(returns.write_problems(looked.checked), XLSX, f"problems-{kind}-{quarter}.xlsx")
