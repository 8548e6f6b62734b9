"""This module knows the pages that say how a landlord's returns stand: which is due, what was sent, what changed."""

from __future__ import annotations

import uuid

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal import periods
from portal.desk import declare, desk
from portal.directory import directory
from portal.landlord import held
from portal.landlord.cover import footing
from portal.landlord.room import room
from protocols.actions import Action
from sharing import partners, returns
from sharing.errors import NotFoundError
from sharing.returns import Difference, Kind, Shape
from sharing.returns import read as stored
from sharing.returns.read import ReturnView
from sharing.store import Session

TYPES = {
    "csv": ("text/csv", returns.write_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", returns.write_xlsx),
}


@room.get("/returns")
@declare(Action.READ_RETURN)
def list_returns() -> ResponseReturnValue:
    """Which return is due, with one green button; below it every quarter with its versions and receipts."""
    today = desk().store.clock.today()
    with desk().reading() as reading:
        body = partners.member(reading, desk().partnership, desk().organisation, today)
        owes = periods.owes_returns(reading, desk().partnership, desk().organisation, today)
        found = periods.standings(reading, desk().partnership, desk().organisation, today)
        waiting = held.waiting(reading)
        names = directory(reading)
    owed = [each for each in found if each.is_owed]
    return render_template(
        "landlord/list_returns.html",
        body=body,
        owes=owes,
        standings=found,
        first=owed[0] if owed else None,
        also_owed=len(owed) - 1,
        next_quarter=returns.Quarter.of(today),
        waiting=waiting,
        names=names,
    )


@room.get("/returns/<period>")
@declare(Action.READ_RETURN)
def read_return(period: str) -> ResponseReturnValue:
    """One quarter: every version of everything that was sent for it, and what changed from each version to the next."""
    quarter = periods.wanted_quarter(period, desk().store.clock.today())
    with desk().reading() as reading:
        sent = _sent(reading, str(quarter))
        changes = {view.id: _change(reading, view, sent) for view in sent}
        current = next((view for view in sent if view.is_current and view.kind is Kind.QUARTERLY), None)
        lines = stored.lines(reading, desk().partnership, current.id) if current else ()
        names = directory(reading)
    return render_template(
        "landlord/read_return.html",
        quarter=quarter,
        sent=sent,
        changes=changes,
        lines=lines,
        labels=_labels(),
        kinds=returns.kinds(),
        names=names,
    )


def _labels() -> dict[str, str]:
    return {line.key: line.label for line in returns.form(Kind.QUARTERLY).lines}


def _sent(reading: Session, period: str) -> tuple[ReturnView, ...]:
    found = stored.returns_of(reading, desk().partnership, desk().organisation)
    return tuple(view for view in found if view.period == period and not view.month)


def _change(reading: Session, view: ReturnView, sent: tuple[ReturnView, ...]) -> Difference | None:
    """What this version changed of the one before, where both are forms whose numbers may be shown."""
    before = [each for each in sent if each.kind.series == view.kind.series and each.version == view.version - 1]
    if not before or view.kind is Kind.INCIDENTS:
        return None
    earlier = stored.lines(reading, desk().partnership, before[0].id)
    return returns.compare_lines(earlier, stored.lines(reading, desk().partnership, view.id))


@room.get("/returns/<uuid:return_id>/submitted")
@declare(Action.READ_RETURN)
def read_submitted(return_id: uuid.UUID) -> ResponseReturnValue:
    """That it was submitted: its reference, its receipt, and what happens next."""
    with desk().reading() as reading:
        view = stored.return_of(reading, desk().partnership, desk().organisation, return_id)
    return render_template("landlord/read_submitted.html", view=view, repeat="again" in request.args)


@room.get("/returns/<period>/<kind>/template.<ending>")
@declare(Action.CHECK_RETURN)
def fetch_template(period: str, kind: str, ending: str) -> ResponseReturnValue:
    """The empty form of a quarter, in the shape of the last: the landlord's own kinds, and the areas of its last return."""
    quarter = periods.wanted_quarter(period, desk().store.clock.today())
    if kind not in (Kind.QUARTERLY, Kind.INCIDENTS) or ending not in TYPES:
        raise NotFoundError("There is no such form.")
    with desk().reading() as reading:
        mapping = stored.kept_mapping(reading, desk().partnership, desk().organisation, kind)
        areas = last_areas(reading, desk().partnership, desk().organisation, quarter)
    shape = Shape(returns.scheme(mapping.scheme, mapping.categories), areas, quarter, "example" in request.args)
    mimetype, write = TYPES[ending]
    return attachment(write(returns.form(kind), shape), mimetype, f"accord-{kind}-{quarter}.{ending}")


def last_areas(reading: Session, partnership: str, organisation: str, quarter: returns.Quarter) -> tuple[str, ...]:
    """The areas that the landlord wrote in the newest form before a quarter, in its order; nobody types them again."""
    for view in stored.returns_of(reading, partnership, organisation):
        if view.kind is Kind.QUARTERLY and view.is_current and view.period < str(quarter):
            written = (
                line.area for line in stored.lines(reading, partnership, view.id) if line.line == "new-by-category"
            )
            return tuple(dict.fromkeys(area for area in written if area))
    return ()


def attachment(data: bytes, mimetype: str, name: str) -> Response:
    """A file to be saved under a name of ours."""
    return Response(data, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@room.get("/returns/protocol")
@declare(Action.READ_RETURN)
def read_footing() -> ResponseReturnValue:
    """Which protocol lets this landlord send incident sheets, or why none does."""
    with desk().reading() as reading:
        found = footing(reading, desk().store.clock, desk().partnership, desk().organisation)
        names = directory(reading)
    return render_template("landlord/read_footing.html", footing=found, names=names)
