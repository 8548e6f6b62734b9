"""This module knows the page of what one's organisation gave or was given, and the ways in which it may leave the portal."""

from __future__ import annotations

import io
import uuid

from flask import flash, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.officer.room import room
from portal.papers.release_file import TYPES, Names, release_file
from protocols.actions import Action
from sharing import disclosures
from sharing.disclosures import links
from sharing.requests.exporting import export_given, link_given


@room.get("/releases/<uuid:disclosure_id>")
@declare(Action.VIEW_RELEASE)
def read_release(disclosure_id: uuid.UUID) -> ResponseReturnValue:
    """One thing that was given to one's own organisation: what left under which clause, and how it may be taken along."""
    with desk().reading() as reading:
        made = disclosures.disclosure_of(reading, desk().partnership, desk().organisation, disclosure_id)
        names = directory(reading)
        given = links.links_of(reading, desk().partnership, disclosure_id)
    return render_template(
        "officer/read_release.html",
        made=made,
        names=names,
        ours=made.recipient == desk().organisation,
        links=given,
        today=desk().store.clock.today(),
        ask=AccordForm(formdata=None),
        kinds=sorted(TYPES, reverse=True),
    )


@room.post("/releases/<uuid:disclosure_id>/download")
@declare(Action.EXPORT_RELEASE)
def export_release(disclosure_id: uuid.UUID) -> ResponseReturnValue:
    """Take it along as a file: judged again for that, an entry in the ledger, then the bytes."""
    kind = request.form.get("kind", "")
    if kind not in TYPES:
        raise NotFound
    with desk().unit() as unit:
        given = export_given(unit, disclosure_id, kind)
    with desk().reading() as reading:
        names = directory(reading)
        offered = disclosures.offer(reading, desk().partnership, given.purpose)
    taken_by = names.officer(desk().actor.officer_id) if desk().actor.officer_id else ""
    called = Names(
        supplier=names.organisation(given.supplier),
        recipient=names.organisation(given.recipient),
        purpose=offered.text,
        taken_by=taken_by,
    )
    answer = send_file(
        io.BytesIO(release_file(given, called, kind)),
        mimetype=TYPES[kind],
        as_attachment=True,
        download_name=f"{given.ref}.{kind}",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@room.post("/releases/<uuid:disclosure_id>/link")
@declare(Action.LINK_RELEASE)
def make_link(disclosure_id: uuid.UUID) -> ResponseReturnValue:
    """Make a link for a partner without an account. Link and code stand on this one page, and nowhere after it."""
    hours = request.form.get("hours", "")
    with desk().unit() as unit:
        made = link_given(unit, disclosure_id, int(hours) if hours.isdecimal() else links.DEFAULT_HOURS)
    return render_template(
        "officer/made_link.html",
        made=made,
        disclosure_id=disclosure_id,
        address=url_for("public.ask_link", token=made.token, _external=True),
    )


@room.post("/releases/<uuid:disclosure_id>/link/end")
@declare(Action.LINK_RELEASE)
def end_link(disclosure_id: uuid.UUID) -> ResponseReturnValue:
    """End the link: it opens nothing from now on."""
    form = AccordForm()
    with desk().unit(form) as unit:
        links.end_link(unit, disclosure_id)
        led = desk().done("officer.read_release", disclosure_id=disclosure_id)
    flash("The link has ended: it opens nothing any more.", "done")
    return led
