"""This module knows the pages of protocols: find and read them, fetch them as a file, see who has signed, sign, withdraw."""

from __future__ import annotations

import json
from urllib.parse import quote

from flask import Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.liaison.forms import SignProtocolForm, WithdrawForm
from portal.liaison.protocol_forms import ReviewForm, SuspendForm
from portal.liaison.room import room
from protocols import odrl, render, terms
from protocols.actions import Action
from protocols.terms import Protocol
from sharing import partners
from sharing.errors import InvalidError
from sharing.partners import Gap, ProtocolView


@room.get("/protocols")
@declare(Action.READ_PROTOCOL)
def list_protocols() -> ResponseReturnValue:
    """The protocols of the partnership; an old name finds the new text."""
    words = request.args.get("words", "").strip()
    now = desk().store.clock.business_now()
    with desk().reading() as reading:
        find = partners.find_protocols(reading, desk().partnership, words, now) if words else None
        found = partners.protocols(reading, desk().partnership, now) if find is None else find
        drafts = partners.open_drafts(reading, desk().partnership)
        vacancies = partners.vacancies(reading, desk().partnership, now)
        names = directory(reading)
    amber = {
        each.ref: [f"{names.organisation(code)}: {vacancies[code].says}" for code in each.parties if code in vacancies]
        for each in found
    }
    return render_template("liaison/list_protocols.html", protocols=found, words=words, drafts=drafts, amber=amber)


def version_page(ref: str, number: int, form: AccordForm | None = None) -> str:
    """The page of one version; `form` is one of its forms as it was sent, with what is wrong."""
    now, today = desk().store.clock.business_now(), desk().store.clock.today()
    with desk().reading() as reading:
        register = partners.signatories(reading, desk().partnership, ref, now, number=number)
        text = partners.protocol_text(reading, desk().partnership, ref, number)
        versions = partners.versions(reading, desk().partnership, ref, now)
        made = partners.how_made(reading, desk().partnership, ref, number)
        gates = partners.gates(reading, desk().partnership, now)
        vacancies = partners.vacancies(reading, desk().partnership, now)
        others = partners.protocols(reading, desk().partnership, now)
        names = directory(reading)
    own = next((s for s in register.signatures if s.organisation == desk().actor.organisation), None)
    head = register.protocol
    return render_template(
        "liaison/read_protocol.html",
        protocol=register.protocol,
        register=register,
        versions=versions,
        clauses=render.document(terms.load(text)),
        names=names,
        own=own,
        made=made,
        gates=gates,
        vacancies={code: vacancies[code] for code in head.parties if code in vacancies},
        gaps=_owed(head, register.gaps),
        parent=next((each for each in others if each.ref == head.parent), None),
        children=[each for each in others if each.parent == head.ref],
        formats=FORMATS,
        form=form,
        review=form if isinstance(form, ReviewForm) else ReviewForm(formdata=None, reviewed_on=today),
        suspend=form if isinstance(form, SuspendForm) else SuspendForm(formdata=None),
        plain=AccordForm(formdata=None),
        sign=form if isinstance(form, SignProtocolForm) else SignProtocolForm(formdata=None),
        withdraw=form if isinstance(form, WithdrawForm) else WithdrawForm(formdata=None),
    )


@room.get("/protocols/<ref>/<int:number>")
@declare(Action.READ_PROTOCOL)
def read_protocol(ref: str, number: int) -> ResponseReturnValue:
    """One version: its text, the rule table, who has signed and what is missing."""
    return version_page(ref, number)


def _owed(head: ProtocolView, gaps: tuple[Gap, ...]) -> tuple[Gap, ...]:
    """What is still owed: of a protocol under another, only by its own parties."""
    return gaps if head.kind == "statutory" else tuple(gap for gap in gaps if gap.organisation in head.parties)


FORMATS = {
    "pdf": ("PDF, to be printed and signed", "application/pdf"),
    "md": ("Markdown", "text/markdown"),
    "json": ("ODRL, for machines (JSON-LD)", "application/ld+json"),
    "toml": ("TOML, the source of all of them", "application/toml"),
}
"""Ending of a file → what it is, and its media type. The page itself is the text as HTML."""


@room.get("/protocols/<ref>/<int:number>/file/<form>")
@declare(Action.READ_PROTOCOL)
def fetch_protocol(ref: str, number: int, form: str) -> ResponseReturnValue:
    """One version as a file; all are written from the one stored text."""
    if form not in FORMATS:
        raise NotFound
    with desk().reading() as reading:
        text = partners.protocol_text(reading, desk().partnership, ref, number)
    written = text.encode() if form == "toml" else _written(terms.load(text), form)
    name = f"attachment; filename*=UTF-8''{quote(ref, safe='')}-{number}.{form}"
    return Response(written, content_type=FORMATS[form][1], headers={"Content-Disposition": name})


def _written(protocol: Protocol, form: str) -> bytes:
    if form == "md":
        return render.markdown(protocol).encode()
    if form == "json":
        return (json.dumps(odrl.policy(protocol), ensure_ascii=False, indent=2) + "\n").encode()
    import typst  # late: a start need not wait for it

    made: bytes = typst.compile(render.typst(protocol).encode(), format="pdf", ignore_system_fonts=True, timestamp=0)
    return made


@room.post("/protocols/<ref>/<int:number>/sign")
@declare(Action.SIGN_PROTOCOL, fresh=True)
def sign_protocol(ref: str, number: int) -> ResponseReturnValue:
    """Sign this version for one's own organisation: the text whose digest was shown, and no other."""
    form = SignProtocolForm()
    if not form.validate():
        return version_page(ref, number, form), 400
    try:
        with desk().unit(form) as unit:
            partners.sign_protocol(
                unit, partners.SignProtocol(ref, number, form.text("digest"), form.text("seniority"))
            )
            led = desk().done("liaison.read_protocol", ref=ref, number=number)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem("read", f"{problem.message} {problem.mend}".strip())
        return version_page(ref, number, form), 422
    flash(f"Version {number} of {ref} is signed for your organisation.", "done")
    return led


@room.post("/protocols/<ref>/<int:number>/withdraw")
@declare(Action.WITHDRAW_FROM_PROTOCOL, fresh=True)
def withdraw_from_protocol(ref: str, number: int) -> ResponseReturnValue:
    """Withdraw one's own organisation, from this moment."""
    form = WithdrawForm()
    if not form.validate():
        return version_page(ref, number, form), 400
    with desk().unit(form) as unit:
        partners.withdraw_from_protocol(unit, partners.WithdrawFromProtocol(ref))
        led = desk().done("liaison.read_protocol", ref=ref, number=number)
    flash("Your organisation has withdrawn. Nothing more is shared under this protocol.", "done")
    return led
