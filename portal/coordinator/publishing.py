"""This module knows the pages on which a list is looked at as a draft, given its leads and published, and changed afterwards."""

from __future__ import annotations

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.validators import InputRequired

from portal.coordinator.forms import NameLeadForm, NominateForm, PublishForm
from portal.coordinator.hotspots import draw, source_lines
from portal.coordinator.returns import asked_quarter
from portal.coordinator.room import room
from portal.desk import declare, desk
from portal.directory import Directory, directory
from portal.forms import AccordForm
from protocols.actions import Action
from sharing import hotspots, partners, places
from sharing.clear_text import refuse_personal
from sharing.errors import InvalidError, NotFoundError, StaleError
from sharing.hotspots import Draft, Hotspot, Lead, NominateHotspot, Origin, PublishHotspots
from sharing.hotspots.leads import Leads
from sharing.returns import Quarter
from sharing.store import Session


def officer_choices(names: Directory) -> list[tuple[str, str]]:
    """Everybody who can lead: officers in post who are not elected, by agency and name, after an empty choice."""
    people = [o for o in names.officers.values() if o.in_post and not o.elected]
    people.sort(key=lambda o: (names.organisation(o.organisation), o.name))
    return [("", "Choose"), *((str(o.id), f"{o.name}, {names.organisation(o.organisation)}") for o in people)]


def _field(spot: Hotspot) -> str:
    return f"lead_{spot.cell.e}_{spot.cell.n}"


def _draft(reading: Session, quarter: Quarter) -> Draft:
    return hotspots.rank(reading, desk().partnership, str(quarter), owner=desk().organisation)


def _publish_form(reading: Session, draft: Draft, names: Directory) -> PublishForm:
    """The form with a choice of lead for every place, the ward's own chosen; a blank one is refused where it stands."""
    choices = dict(officer_choices(names))
    fields = {
        _field(spot): SelectField(
            f"Lead officer for {spot.rank}, {spot.name}",
            [InputRequired(f"Choose who leads at place {spot.rank}, {spot.name}")],
            choices=choices,
            default=_default_lead(reading, spot, names),
        )
        for spot in draft.view.entries
    }
    made: PublishForm = type("PublishThisForm", (PublishForm,), fields)()
    return made


def _default_lead(reading: Session, spot: Hotspot, names: Directory) -> str:
    officers = {o.id: o for o in names.officers.values() if o.in_post}
    lead = Leads(officers, partners.areas(reading, desk().partnership)).find(spot, None)
    return str(lead.officer_id) if isinstance(lead, Lead) else ""


def _draft_page(reading: Session, draft: Draft, form: PublishForm, names: Directory) -> str:
    lists = hotspots.published_lists(reading, desk().partnership)
    return render_template(
        "coordinator/draft_hotspots.html",
        found=draft.view,
        drawn=draw(reading, draft, names, counts=True),
        names=names,
        form=form,
        fields={spot.rank: form[_field(spot)] for spot in draft.view.entries},
        is_published=any((owner, period) == (desk().organisation, draft.view.period) for owner, period, _ in lists),
        sources=source_lines(draft.view),
        quarter=Quarter.parse(draft.view.period),
    )


@room.get("/hotspots/draft")
@declare(Action.PUBLISH_HOTSPOTS)
def draft_hotspots() -> ResponseReturnValue:
    """The draft list of a quarter as the returns now stand. Looking at it changes nothing."""
    with desk().reading() as reading:
        draft = _draft(reading, asked_quarter())
        names = directory(reading)
        form = _publish_form(reading, draft, names)
        form.digest.data = draft.view.digest
        return _draft_page(reading, draft, form, names)


@room.post("/hotspots/draft")
@declare(Action.PUBLISH_HOTSPOTS)
def publish_hotspots() -> ResponseReturnValue:
    """Publish what was looked at; where the returns have changed since, the page shows the list as it now is."""
    with desk().reading() as reading:
        draft = _draft(reading, asked_quarter())
        names = directory(reading)
        form = _publish_form(reading, draft, names)
        if not form.validate():
            return _draft_page(reading, draft, form, names), 400
    command = PublishHotspots(
        desk().partnership,
        draft.view.period,
        digest=form.text("digest"),
        leads={spot.cell: uuid.UUID(form.text(_field(spot))) for spot in draft.view.entries},
        replace_reason=form.text("replace_reason"),
    )
    try:
        with desk().unit(form) as unit:
            published = hotspots.publish_hotspots(unit, command)
            led = desk().done("coordinator.read_hotspots", period=published.period, owner=published.owner)
    except InvalidError as error:
        return _publish_refused(draft, form, names, error)
    flash(
        f"The list for {published.period_in_words} is published: {len(published.entries)} places, each with a lead.",
        "done",
    )
    return led


def _publish_refused(draft: Draft, form: PublishForm, names: Directory, error: InvalidError) -> ResponseReturnValue:
    places_by_name = {f"place {spot.rank}, {spot.name}": _field(spot) for spot in draft.view.entries}
    for problem in error.problems:
        form.add_problem(
            places_by_name.get(problem.where, "replace_reason"),
            f"{problem.message.capitalize()}. {problem.mend}".strip(),
        )
    with desk().reading() as reading:
        return _draft_page(reading, draft, form, names), 422


# --- after publication ---------------------------------------------------------------------------


@room.get("/hotspots/<uuid:hotspot_id>/lead")
@declare(Action.NAME_LEAD_OFFICER)
def ask_lead(hotspot_id: uuid.UUID) -> ResponseReturnValue:
    """Ask who leads at a place, the present one chosen."""
    return _lead_page(hotspot_id, None)


def _lead_page(hotspot_id: uuid.UUID, form: NameLeadForm | None) -> str:
    with desk().reading() as reading:
        spot = hotspots.hotspot(reading, desk().partnership, hotspot_id)
        names = directory(reading)
    present = str(spot.lead.officer_id) if spot.lead else ""
    if form is None:
        form = NameLeadForm(officer=present, before=present)
    form.officer.choices = officer_choices(names)
    return render_template("coordinator/name_lead.html", spot=spot, names=names, form=form)


@room.post("/hotspots/<uuid:hotspot_id>/lead")
@declare(Action.NAME_LEAD_OFFICER)
def name_lead(hotspot_id: uuid.UUID) -> ResponseReturnValue:
    """Name who leads. `before` is whom the page showed: another's change since is never overwritten unseen."""
    form = NameLeadForm()
    with desk().reading() as reading:
        form.officer.choices = officer_choices(directory(reading))
    if not form.validate():
        return _lead_page(hotspot_id, form), 400
    with desk().unit(form) as unit:
        seen = hotspots.hotspot(unit.session, desk().partnership, hotspot_id)
        if seen.lead is None or str(seen.lead.officer_id) != form.text("before"):
            raise StaleError("Somebody else has named a lead here since you looked. Look again.")
        command = hotspots.NameLeadOfficer(desk().partnership, hotspot_id, uuid.UUID(form.text("officer")))
        spot = hotspots.name_lead_officer(unit, command)
        led = desk().done("coordinator.read_hotspots", _anchor=spot.anchor)
    flash(f"{spot.name} has another lead officer.", "done")
    return led


@room.get("/hotspots/nominate")
@declare(Action.NOMINATE_HOTSPOT)
def ask_nomination() -> ResponseReturnValue:
    """Ask for a place that the figures do not show."""
    form = NominateForm(formdata=None, period=str(Quarter.of(desk().store.clock.today()).preceding))
    return render_template("coordinator/nominate_hotspot.html", form=form)


@room.post("/hotspots/nominate")
@declare(Action.NOMINATE_HOTSPOT)
def nominate_hotspot() -> ResponseReturnValue:
    """Put a place on the list of a period that is not published yet."""
    form = NominateForm()
    if not form.validate():
        return render_template("coordinator/nominate_hotspot.html", form=form), 400
    try:
        with desk().unit(form) as unit:
            easting, northing = _where(unit.session, form.text("place"))
            command = NominateHotspot(
                desk().partnership,
                form.text("period").strip().upper(),
                easting,
                northing,
                form.text("name"),
                Origin(form.text("came_from")),
            )
            refuse_personal(unit, {"name": command.name})
            hotspots.nominate_hotspot(unit, command)
            led = desk().done("coordinator.read_hotspots")
    except (InvalidError, NotFoundError) as error:
        return _nomination_refused(form, error)
    flash(f"{command.name} will stand on the list of {command.period}, with its own count.", "done")
    return led


def _where(reading: Session, text: str) -> tuple[int, int]:
    """Where a nominated place is: a postcode's middle, or an easting and northing in metres."""
    numbers = text.replace(",", " ").split()
    if len(numbers) == 2 and all(number.isdecimal() for number in numbers):  # noqa: PLR2004  easting and northing
        return int(numbers[0]), int(numbers[1])
    found = places.find_postcode(reading, desk().partnership, text)
    return found.easting, found.northing


def _nomination_refused(form: AccordForm, error: InvalidError | NotFoundError) -> ResponseReturnValue:
    fields = {"easting": "place", "name": "name", "period": "period"}
    for problem in getattr(error, "problems", ()):
        said = f"{problem.message[:1].upper()}{problem.message[1:].rstrip('.')}. {problem.mend}".strip()
        form.add_problem(fields.get(problem.where, "place"), said)
    if not form.errors:
        form.add_problem("place", str(error))
    return render_template("coordinator/nominate_hotspot.html", form=form), 422
