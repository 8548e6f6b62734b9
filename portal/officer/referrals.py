"""This module knows the pages of referrals: make one, write the other agency's part, read both, say how it ended."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.officer.register_forms import (
    EndReferralForm,
    MakeReferralForm,
    WritePartForm,
    answers,
    asking,
    input_name,
    put_problems,
)
from portal.officer.room import room
from protocols.actions import Action
from protocols.register_kinds import ReferralKind, UnknownKindError, referral_kind, referral_kinds
from sharing import partners, registers
from sharing.errors import InvalidError
from sharing.registers import EndReferral, MakeReferral
from sharing.store import Session

YEAR = timedelta(days=365)


@room.get("/referrals")
@declare(Action.READ_REFERRAL)
def list_referrals() -> ResponseReturnValue:
    """Referrals that one's own agency made or received, and the needs that nobody met in a year, by kind."""
    today = desk().store.clock.today()
    with desk().reading() as reading:
        found = registers.referrals_of(reading, desk().actor)
        unmet = registers.unmet_needs(reading, desk().partnership, desk().organisation, today - YEAR)
        names = directory(reading)
    titles = {code: title for kind in referral_kinds().values() for code, title in kind.unmet.items()}
    return render_template(
        "officer/list_referrals.html",
        referrals=found,
        kinds=referral_kinds().values(),
        unmet={titles[code]: count for code, count in unmet.items()},
        names=names,
        now=desk().store.clock.business_now(),
    )


def _form(reading: Session, kind: ReferralKind) -> MakeReferralForm:
    form = asking(MakeReferralForm, kind.opens)
    verdicts = partners.gates(reading, desk().partnership, desk().store.clock.business_now())
    members = partners.members(reading, desk().partnership, desk().store.clock.today())
    form.recipient.choices = [
        ("", "Choose"),
        *(
            (each.code, f"{each.name} ({verdicts[each.code].tag})")
            for each in members
            if each.code != desk().organisation and kind.may_go_to(each.body_type)
        ),
    ]
    return form


@room.get("/referrals/of/<kind>/new")
@declare(Action.MAKE_REFERRAL)
def ask_referral(kind: str) -> ResponseReturnValue:
    """The form; beside each agency stands what the recipient gate says of it."""
    found = _kind(kind)
    with desk().reading() as reading:
        form = _form(reading, found)
    return render_template("officer/make_referral.html", form=form, kind=found)


@room.post("/referrals/of/<kind>/new")
@declare(Action.MAKE_REFERRAL)
def make_referral(kind: str) -> ResponseReturnValue:
    """Refer somebody; the gate's verdict on the recipient stays with it."""
    found = _kind(kind)
    with desk().reading() as reading:
        form = _form(reading, found)
    if not form.validate():
        return render_template("officer/make_referral.html", form=form, kind=found), 400
    command = MakeReferral(kind, form.text("recipient"), bool(form.urgent.data), answers(form, found.opens))
    try:
        with desk().unit(form) as unit:
            made = registers.make_referral(unit, command)
            led = desk().done("officer.read_referral", referral_id=made)
    except InvalidError as error:
        put_problems(form, error, {each.code: input_name(each) for each in found.opens}, "recipient")
        return render_template("officer/make_referral.html", form=form, kind=found), 422
    flash("The referral is made.", "done")
    return led


@room.get("/referrals/<uuid:referral_id>")
@declare(Action.READ_REFERRAL)
def read_referral(referral_id: uuid.UUID) -> ResponseReturnValue:
    """A referral with both agencies' parts, sealed until somebody asks."""
    return _page(referral_id)


def _page(
    referral_id: uuid.UUID,
    *,
    opened: tuple[str, dict[str, str]] | None = None,
    part: AccordForm | None = None,
    end: AccordForm | None = None,
) -> str:
    now = desk().store.clock.business_now()
    with desk().reading() as reading:
        found = registers.referral(reading, desk().actor, referral_id)
        verdict = registers.may_read(reading, desk().actor, found, now)
        names = directory(reading)
    return render_template(
        "officer/read_referral.html",
        referral=found,
        sides=((found.organisation, found.kind.opens), (found.recipient, found.kind.answers)),
        verdict=verdict,
        stands=registers.stands(verdict, found.kind),
        names=names,
        opened={opened[0]: opened[1]} if opened else {},
        part=part or asking(WritePartForm, found.kind.answers, blank=True),
        end=end or _end_form(found.kind, blank=True),
        form=part or end,
        ask=AccordForm(formdata=None),
        now=now,
        marking="OFFICIAL-SENSITIVE" if opened else "",
    )


@room.post("/referrals/<uuid:referral_id>/part")
@declare(Action.WRITE_PART)
def write_part(referral_id: uuid.UUID) -> ResponseReturnValue:
    """Write the part of the agency that it went to."""
    with desk().reading() as reading:
        kind = registers.referral(reading, desk().actor, referral_id).kind
    form = asking(WritePartForm, kind.answers)
    if not form.validate():
        return _page(referral_id, part=form), 400
    try:
        with desk().unit(form) as unit:
            registers.write_part(unit, referral_id, form.number("version"), answers(form, kind.answers))
            led = desk().done("officer.read_referral", referral_id=referral_id)
    except InvalidError as error:
        names = {each.code: input_name(each) for each in kind.answers}
        put_problems(form, error, names, input_name(kind.answers[0]))
        return _page(referral_id, part=form), 422
    flash("Your agency’s part is written.", "done")
    return led


@room.post("/referrals/<uuid:referral_id>/open/<organisation>")
@declare(Action.OPEN_PART)
def open_part(referral_id: uuid.UUID, organisation: str) -> ResponseReturnValue:
    """Open one agency's part: an entry before anything is shown."""
    with desk().unit() as unit:
        opened = registers.open_part(unit, referral_id, organisation)
    return _page(referral_id, opened=(organisation, opened))


def _end_form(kind: ReferralKind, *, blank: bool = False) -> EndReferralForm:
    form = EndReferralForm(formdata=None) if blank else EndReferralForm()
    form.outcome.choices = list(kind.outcomes.items())
    form.unmet.choices = [("", "None"), *kind.unmet.items()]
    return form


@room.post("/referrals/<uuid:referral_id>/end")
@declare(Action.END_REFERRAL)
def end_referral(referral_id: uuid.UUID) -> ResponseReturnValue:
    """Say how it ended."""
    with desk().reading() as reading:
        kind = registers.referral(reading, desk().actor, referral_id).kind
    form = _end_form(kind)
    if not form.validate():
        return _page(referral_id, end=form), 400
    command = EndReferral(referral_id, form.number("version"), form.text("outcome"), form.text("unmet"))
    try:
        with desk().unit(form) as unit:
            registers.end_referral(unit, command)
            led = desk().done("officer.read_referral", referral_id=referral_id)
    except InvalidError as error:
        put_problems(form, error, {}, "outcome")
        return _page(referral_id, end=form), 422
    flash("The referral has ended.", "done")
    return led


def _kind(code: str) -> ReferralKind:
    try:
        return referral_kind(code)
    except UnknownKindError:
        abort(404)
