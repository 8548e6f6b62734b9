"""This module knows the pages of a protocol that stands: record a review, suspend and resume it, see what a version changed."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.liaison.protocol_forms import ReviewForm, SuspendForm, put_problems
from portal.liaison.protocols import version_page
from portal.liaison.room import room
from protocols import changes, terms
from protocols.actions import Action
from protocols.moments import LONDON
from sharing import partners
from sharing.errors import InvalidError


@room.post("/protocols/<ref>/<int:number>/review")
@declare(Action.REVIEW_PROTOCOL)
def review_protocol(ref: str, number: int) -> ResponseReturnValue:
    """Record a review of this version."""
    form = ReviewForm()
    if not form.validate():
        return version_page(ref, number, form), 400
    command = partners.ReviewProtocol(ref, number, form.day("reviewed_on"), form.text("outcome"))
    try:
        with desk().unit(form) as unit:
            partners.review_protocol(unit, command)
            led = desk().done("liaison.read_protocol", ref=ref, number=number)
    except InvalidError as error:
        put_problems(form, error.problems, "reviewed_on")
        return version_page(ref, number, form), 422
    flash("The review is recorded. A review at most 90 days early, or late, moves the day on a year.", "done")
    return led


@room.post("/protocols/<ref>/<int:number>/suspend")
@declare(Action.SUSPEND_PROTOCOL, fresh=True)
def suspend_protocol(ref: str, number: int) -> ResponseReturnValue:
    """Suspend the protocol, all versions of it, from this moment."""
    form = SuspendForm()
    if not form.validate():
        return version_page(ref, number, form), 400
    last = form.until_on.data
    until = datetime.combine(last + timedelta(days=1), time(), LONDON) if last else None
    try:
        with desk().unit(form) as unit:
            partners.suspend_protocol(unit, partners.SuspendProtocol(ref, until))
            led = desk().done("liaison.read_protocol", ref=ref, number=number)
    except InvalidError as error:
        put_problems(form, error.problems, "until_on")
        return version_page(ref, number, form), 422
    flash("The protocol is suspended. Nothing is shared under it until it is resumed.", "done")
    return led


@room.post("/protocols/<ref>/<int:number>/resume")
@declare(Action.SUSPEND_PROTOCOL, fresh=True)
def resume_protocol(ref: str, number: int) -> ResponseReturnValue:
    """End the suspension that one's own organisation began."""
    form = AccordForm()
    with desk().unit(form) as unit:
        partners.resume_protocol(unit, partners.ResumeProtocol(ref))
        led = desk().done("liaison.read_protocol", ref=ref, number=number)
    flash("The suspension by your organisation has ended.", "done")
    return led


@room.get("/protocols/<ref>/<int:number>/changes")
@declare(Action.READ_PROTOCOL)
def read_changes(ref: str, number: int) -> ResponseReturnValue:
    """What this version says differently from another, in words; from the one before unless `since` names one."""
    now = desk().store.clock.business_now()
    with desk().reading() as reading:
        versions = partners.versions(reading, desk().partnership, ref, now)
        head = partners.protocol(reading, desk().partnership, ref, now, number=number)
        earlier = [each.number for each in versions if each.number < number]
        asked = request.args.get("since", "")
        since = int(asked) if asked.isdecimal() else max(earlier, default=0)
        old = partners.protocol_text(reading, desk().partnership, ref, since)
        new = partners.protocol_text(reading, desk().partnership, ref, number)
        names = directory(reading)
    found = changes.changes(terms.load(old), terms.load(new), names.organisations)
    return render_template("liaison/protocol_changes.html", protocol=head, since=since, changes=found)
