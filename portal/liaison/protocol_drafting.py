"""This module knows the pages on which a protocol is drafted: where to begin, the task list, cover, parties, the whole text.

What a page changes it changes in the text that the draft is: the file of `accord protocol load` and these pages are one thing.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.liaison.protocol_forms import BeginDraftForm, CoverForm, DraftForm, PartiesForm, WholeTextForm, put_problems
from portal.liaison.protocol_tasks import tasks, where_to_mend
from portal.liaison.room import room
from protocols import drafting, lawbook, render, terms_writing
from protocols.actions import Action
from protocols.terms import Protocol
from sharing import partners
from sharing.errors import InvalidError
from sharing.partners import DraftView
from sharing.store import Session

MODEL, TEXT, NEXT = "model", "text", "next:"


@room.get("/protocols/new")
@declare(Action.DRAFT_PROTOCOL)
def ask_draft() -> ResponseReturnValue:
    """Ask where a draft begins: the model, a version that there is, a text of one's own."""
    return _begin_page(_begin_form())


@room.post("/protocols/new")
@declare(Action.DRAFT_PROTOCOL)
def begin_draft() -> ResponseReturnValue:
    """Begin a draft and go to its task list."""
    form = _begin_form()
    if not form.validate() or not _is_told(form):
        return _begin_page(form), 400
    try:
        with desk().unit(form) as unit:
            source = form.text("source")
            if source == MODEL:
                draft_id = partners.begin_from_model(unit, _from_model(form))
            elif source == TEXT:
                draft_id = partners.begin_from_text(unit, partners.BeginFromText(_typed_text(form)))
            else:
                starts_on = form.starts_on.data or unit.clock.today()
                command = partners.BeginNextVersion(source.removeprefix(NEXT), starts_on)
                draft_id = partners.begin_next_version(unit, command)
            return desk().done("liaison.read_draft", draft_id=draft_id)
    except InvalidError as error:
        put_problems(form, error.problems, "toml" if form.text("source") == TEXT else "source")
        return _begin_page(form), 422


@room.get("/protocols/drafts/<uuid:draft_id>")
@declare(Action.DRAFT_PROTOCOL)
def read_draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    """The task list: what is done, what the completeness gate still asks for, and where."""
    from portal.liaison.protocol_consulting import consult_form

    draft = opened(draft_id)
    return draft_page(draft, consult_form())


def draft_page(draft: DraftView, consult: AccordForm, form: AccordForm | None = None) -> str:
    """The task list, with the form for one more consultation."""
    with desk().reading() as reading:
        names = directory(reading)
        parents = _parent_lines(reading, draft.protocol)
    return render_template(
        "liaison/protocol_draft.html",
        draft=draft,
        protocol=draft.protocol,
        groups=tasks(draft),
        mend=where_to_mend,
        consult=consult,
        plain=DraftForm(formdata=None),
        parent_lines=parents,
        names=names,
        form=form,
    )


@room.get("/protocols/drafts/<uuid:draft_id>/text")
@declare(Action.READ_PROTOCOL)
def read_draft_text(draft_id: uuid.UUID) -> ResponseReturnValue:
    """The draft as people would sign it: for everybody who is asked about it."""
    draft = opened(draft_id)
    with desk().reading() as reading:
        names = directory(reading)
    return render_template(
        "liaison/protocol_draft_text.html", draft=draft, clauses=render.document(draft.protocol), names=names
    )


@room.get("/protocols/drafts/<uuid:draft_id>/cover")
@declare(Action.DRAFT_PROTOCOL)
def edit_cover(draft_id: uuid.UUID) -> ResponseReturnValue:
    """The facts on the cover."""
    draft = opened(draft_id)
    protocol = draft.protocol
    values = {item: getattr(protocol, item) for item in _COVER} | {"aliases": "\n".join(protocol.aliases)}
    return part_page(draft, _cover_form(draft, values), "liaison/protocol_cover.html", "liaison.write_cover")


@room.post("/protocols/drafts/<uuid:draft_id>/cover")
@declare(Action.DRAFT_PROTOCOL)
def write_cover(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Save the facts on the cover."""
    draft = opened(draft_id)
    form = _cover_form(draft, {})
    where = ("liaison/protocol_cover.html", "liaison.write_cover")
    if not form.validate():
        return part_page(draft, form, *where), 400
    aliases = dict.fromkeys(line.strip() for line in form.text("aliases").splitlines() if line.strip())
    changed = replace(
        draft.protocol,
        title=form.text("title").strip(),
        ref=form.text("ref").strip(),
        aliases=tuple(aliases),
        parent=form.text("parent") or None,
        starts_on=form.day("starts_on"),
        review_by=form.day("review_by"),
        ends_on=form.ends_on.data,
        adopted_on=form.adopted_on.data,
        overlap_days=form.number("overlap_days"),
        reply_days=form.number("reply_days"),
        marking=form.text("marking"),
    )
    return saved(draft, form, "the cover", changed) or (part_page(draft, form, *where), 422)


@room.get("/protocols/drafts/<uuid:draft_id>/parties")
@declare(Action.DRAFT_PROTOCOL)
def edit_parties(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Tick who the parties are."""
    draft = opened(draft_id)
    form = _parties_form(draft, list(draft.protocol.parties))
    return part_page(draft, form, "liaison/protocol_parties.html", "liaison.write_parties", verdicts=_verdicts())


@room.post("/protocols/drafts/<uuid:draft_id>/parties")
@declare(Action.DRAFT_PROTOCOL)
def write_parties(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Save who the parties are."""
    draft = opened(draft_id)
    form = _parties_form(draft, None)
    where = ("liaison/protocol_parties.html", "liaison.write_parties")
    if not form.validate():
        return part_page(draft, form, *where, verdicts=_verdicts()), 400
    changed = drafting.with_parties(draft.protocol, tuple(form.parties.data or ()))
    return saved(draft, form, "the parties", changed) or (
        part_page(draft, form, *where, verdicts=_verdicts()),
        422,
    )


@room.get("/protocols/drafts/<uuid:draft_id>/toml")
@declare(Action.DRAFT_PROTOCOL)
def edit_text(draft_id: uuid.UUID) -> ResponseReturnValue:
    """The whole text as TOML."""
    draft = opened(draft_id)
    form = WholeTextForm(formdata=None, toml=draft.text)
    return part_page(draft, form, "liaison/protocol_toml.html", "liaison.write_text")


@room.post("/protocols/drafts/<uuid:draft_id>/toml")
@declare(Action.DRAFT_PROTOCOL)
def write_text(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Put another whole text in its place."""
    draft = opened(draft_id)
    form = WholeTextForm()
    where = ("liaison/protocol_toml.html", "liaison.write_text")
    if not form.validate():
        return part_page(draft, form, *where), 400
    text = form.text("toml").replace("\r\n", "\n")
    command = partners.WriteDraft(draft.id, form.number("version"), "the whole text", text)
    return _written(form, command, "toml") or (part_page(draft, form, *where), 422)


@room.post("/protocols/drafts/<uuid:draft_id>/offer")
@declare(Action.DRAFT_PROTOCOL, fresh=True)
def offer_draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Offer the draft for signature, once it is complete."""
    form = DraftForm()
    with desk().unit(form) as unit:
        loaded = partners.offer_draft(unit, draft_id, form.number("version"))
        led = desk().done("liaison.read_protocol", ref=loaded.ref, number=loaded.number)
    flash(f"Version {loaded.number} of {loaded.ref} is complete. Each party’s signatory can sign it now.", "done")
    return led


@room.post("/protocols/drafts/<uuid:draft_id>/drop")
@declare(Action.DRAFT_PROTOCOL)
def drop_draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Drop the draft."""
    form = DraftForm()
    with desk().unit(form) as unit:
        partners.drop_draft(unit, draft_id, form.number("version"))
        led = desk().done("liaison.list_protocols")
    flash("The draft is dropped.", "done")
    return led


# --- what the pages of parts share ---------------------------------------------------------------


def opened(draft_id: uuid.UUID) -> DraftView:
    """The draft of this partnership. Raises NotFoundError, for another's too."""
    with desk().reading() as reading:
        return partners.open_draft(reading, desk().partnership, draft_id, desk().store.clock.today())


def part_page(draft: DraftView, form: AccordForm, template: str, action: str, **more: Any) -> str:  # noqa: ANN401  what templates take
    """The page of one part of a draft."""
    values = {key: value for key, value in more.items() if key in {"place", "section"}}
    return render_template(
        template, draft=draft, form=form, action=url_for(action, draft_id=draft.id, **values), **more
    )


def saved(draft: DraftView, form: AccordForm, part: str, changed: Protocol) -> ResponseReturnValue | None:
    """Save a changed draft and lead back to the task list; None when the service refuses, which stands in the form then."""
    # A text that somebody wrote by hand keeps its comments until a page really changes something.
    text = draft.text if changed == draft.protocol else terms_writing.write(changed)
    inputs = (field.name for field in form if field.type not in {"CSRFTokenField", "HiddenField"})
    first = next((name for name in inputs if name != "version"), "version")
    return _written(form, partners.WriteDraft(draft.id, form.number("version"), part, text), first)


def _written(form: AccordForm, command: partners.WriteDraft, first: str) -> ResponseReturnValue | None:
    try:
        with desk().unit(form) as unit:
            partners.write_draft(unit, command)
            return desk().done("liaison.read_draft", draft_id=command.draft_id)
    except InvalidError as error:
        put_problems(form, error.problems, first)
        return None


# --- beginning -----------------------------------------------------------------------------------


def _begin_form() -> BeginDraftForm:
    now = desk().store.clock.business_now()
    with desk().reading() as reading:
        found = partners.protocols(reading, desk().partnership, now)
    form = BeginDraftForm(starts_on=desk().store.clock.today())
    versions = [(f"{NEXT}{each.ref}", f"From {each.title}, version {each.number}") for each in found]
    form.source.choices = [(MODEL, "From the model protocol"), *versions, (TEXT, "From a text of your own")]
    statutory = [(each.ref, each.title) for each in found if each.kind == "statutory"]
    form.parent.choices = [("", "None"), *statutory]
    if not form.source.data and not found:
        form.source.data = MODEL
    return form


def _begin_page(form: BeginDraftForm) -> str:
    return render_template("liaison/protocol_begin.html", form=form)


def _is_told(form: BeginDraftForm) -> bool:
    """Whether what the chosen start needs was filled in; what is missing is said at its input."""
    if form.text("source") == MODEL:
        for name, says in (("ref", "Enter a reference, like WF-ISP"), ("title", "Enter a title")):
            if not form.text(name).strip():
                form.add_problem(name, says)
        if form.starts_on.data is None:
            form.add_problem("starts_on", "Enter the first day")
    if form.text("source") == TEXT and not _typed_text(form):
        form.add_problem("toml", "Paste the text, or choose its file")
    return not form.error_list()


def _from_model(form: BeginDraftForm) -> partners.BeginFromModel:
    return partners.BeginFromModel(
        form.text("ref"), form.text("title"), form.day("starts_on"), form.text("kind"), form.text("parent") or None
    )


def _typed_text(form: BeginDraftForm) -> str:
    """The text of the file if there is one, else what was pasted."""
    upload = form.file.data
    if upload and getattr(upload, "filename", ""):
        raw: bytes = upload.stream.read()
        upload.stream.seek(0)
        return raw.decode("utf-8", errors="replace").replace("\r\n", "\n").removeprefix("\ufeff")
    return form.text("toml").replace("\r\n", "\n").strip()


# --- cover and parties ---------------------------------------------------------------------------

_COVER = (
    "title",
    "ref",
    "parent",
    "starts_on",
    "review_by",
    "ends_on",
    "adopted_on",
    "overlap_days",
    "reply_days",
    "marking",
)


def _cover_form(draft: DraftView, values: dict[str, object]) -> CoverForm:
    now = desk().store.clock.business_now()
    with desk().reading() as reading:
        found = partners.protocols(reading, desk().partnership, now)
    form = CoverForm(formdata=None, **values) if values else CoverForm()
    statutory = [
        (each.ref, each.title) for each in found if each.kind == "statutory" and each.ref != draft.protocol.ref
    ]
    own = draft.protocol.parent
    known = statutory if not own or own in dict(statutory) else [*statutory, (own, own)]
    form.parent.choices = [("", "None: it is the partnership’s own"), *known]
    if values:
        form.parent.data = own or ""
    return form


def _parties_form(draft: DraftView, chosen: list[str] | None) -> PartiesForm:
    today = desk().store.clock.today()
    with desk().reading() as reading:
        found = partners.members(reading, desk().partnership, today)
    form = PartiesForm(formdata=None, parties=chosen) if chosen is not None else PartiesForm()
    choices = [(each.code, each.name) for each in found]
    form.parties.choices = choices + [(code, code) for code in draft.protocol.parties if code not in dict(choices)]
    return form


def _verdicts() -> dict[str, str]:
    """Each member's body and what the gate says of it, as hints under its box."""
    now, today = desk().store.clock.business_now(), desk().store.clock.today()
    with desk().reading() as reading:
        bodies = partners.members(reading, desk().partnership, today)
        gates = partners.gates(reading, desk().partnership, now)
    return {
        body.code: f"{lawbook.title('body_types', body.body_type)}, {body.tier}. {gates[body.code].tag.capitalize()}."
        for body in bodies
    }


def _parent_lines(reading: Session, protocol: Protocol) -> tuple[str, ...]:
    if not protocol.parent:
        return ()
    from portal.liaison.protocol_parts import parent_protocol

    parent = parent_protocol(reading, protocol.parent)
    return tuple(line.id for line in parent.lines) if parent else ()
