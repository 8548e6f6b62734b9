"""This module knows the pages of a draft's parts: a purpose, a line, a section of the text; and taking a purpose or line out."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from types import MappingProxyType
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from wtforms import SelectField

from portal import vocabulary
from portal.desk import declare, desk
from portal.liaison.protocol_drafting import opened, part_page, saved
from portal.liaison.protocol_forms import DraftForm, LineForm, PurposeForm, SectionForm, field_name
from portal.liaison.room import room
from protocols import drafting, lawbook, terms
from protocols.actions import Action
from protocols.sections import SECTIONS
from protocols.terms import KIND_PREFIX, Line, Protocol, Purpose
from protocols.vocabulary import AS_IS
from sharing import partners
from sharing.errors import InvalidError, NotFoundError
from sharing.partners import DraftView
from sharing.store import Session

Choices = list[tuple[str, str]]
MOST_PARTS = 500


# --- purposes ------------------------------------------------------------------------------------


@room.get("/protocols/drafts/<uuid:draft_id>/purposes/<int:place>")
@declare(Action.DRAFT_PROTOCOL)
def edit_purpose(draft_id: uuid.UUID, place: int) -> ResponseReturnValue:
    """One purpose, or at the place after the last a new one."""
    draft = opened(draft_id)
    purpose = _at(draft.protocol.purposes, place)
    form = PurposeForm(formdata=None, obj=purpose, says=purpose.text if purpose else "")
    return _purpose_page(draft, form, place)


@room.post("/protocols/drafts/<uuid:draft_id>/purposes/<int:place>")
@declare(Action.DRAFT_PROTOCOL)
def write_purpose(draft_id: uuid.UUID, place: int) -> ResponseReturnValue:
    """Save one purpose."""
    draft = opened(draft_id)
    _at(draft.protocol.purposes, place)
    form = PurposeForm()
    form.provision.choices = _provisions(draft.protocol)
    if not form.validate():
        return _purpose_page(draft, form, place), 400
    purpose = Purpose(
        code=form.text("code").strip(),
        text=" ".join(form.text("says").split()),
        provision=form.text("provision"),
        strategy_area=form.text("strategy_area"),
        law_enforcement=bool(form.law_enforcement.data),
    )
    changed = drafting.with_purpose(draft.protocol, place, purpose)
    return saved(draft, form, f"purpose {purpose.code}", changed) or (_purpose_page(draft, form, place), 422)


@room.post("/protocols/drafts/<uuid:draft_id>/purposes/<int:place>/remove")
@declare(Action.DRAFT_PROTOCOL)
def remove_purpose(draft_id: uuid.UUID, place: int) -> ResponseReturnValue:
    """Take a purpose out, of the lines too."""
    draft = opened(draft_id)
    purpose = _at(draft.protocol.purposes, place)
    if purpose is None:
        raise NotFound
    return _removed(draft, f"purpose {purpose.code}", drafting.with_purpose(draft.protocol, place, None))


def _purpose_page(draft: DraftView, form: PurposeForm, place: int) -> str:
    form.provision.choices = _provisions(draft.protocol)
    is_new = place >= len(draft.protocol.purposes)
    return part_page(draft, form, "liaison/protocol_purpose.html", "liaison.write_purpose", place=place, is_new=is_new)


def _provisions(protocol: Protocol) -> Choices:
    """The provisions that can be relied on when the protocol starts, and those that it names already."""
    named = {purpose.provision for purpose in protocol.purposes}
    return [
        ("", "Choose"),
        *(
            (code, f"Section {code.removeprefix('CDA1998-s')}: {row['title']}")
            for code, row in lawbook.rows("provisions").items()
            if lawbook.stands(row, protocol.starts_on) or code in named
        ),
    ]


# --- lines ---------------------------------------------------------------------------------------


@room.get("/protocols/drafts/<uuid:draft_id>/lines/<int:place>")
@declare(Action.DRAFT_PROTOCOL)
def edit_line(draft_id: uuid.UUID, place: int) -> ResponseReturnValue:
    """One line, or a new one: empty, or like another of this text (`like=own:4.2`) or of its parent (`like=parent:4.2`)."""
    draft = opened(draft_id)
    line = _at(draft.protocol.lines, place)
    pattern = line or _pattern(draft.protocol)
    values: dict[str, Any] = {"line_id": line.id if line else drafting.next_line_id(draft.protocol)}
    if pattern:
        values |= {name: list(getattr(pattern, part)) for part, name in _LISTS.items()}
        values |= {
            name: getattr(pattern, name) for name in ("gateway", "retention_days", "onward", "starts_on", "ends_on")
        }
        values |= {field_name(code): pattern.form_of(code) for code in pattern.fields}
        values |= {name: [code for code in values[name] if code != "*"] for name in ("categories", "areas")}
    else:
        values |= {"gateway": "CDA115", "retention_days": 365, "onward": "never", "channels": ["view"]}
    return _line_page(draft, line_form(draft, pattern, values), place)


@room.post("/protocols/drafts/<uuid:draft_id>/lines/<int:place>")
@declare(Action.DRAFT_PROTOCOL)
def write_line(draft_id: uuid.UUID, place: int) -> ResponseReturnValue:
    """Save one line."""
    draft = opened(draft_id)
    before = _at(draft.protocol.lines, place)
    form = line_form(draft, before, None)
    if not form.validate():
        return _line_page(draft, form, place), 400
    line = _line(form, before)
    changed = drafting.with_line(draft.protocol, place, line)
    return saved(draft, form, f"line {line.id}", changed) or (_line_page(draft, form, place), 422)


@room.post("/protocols/drafts/<uuid:draft_id>/lines/<int:place>/remove")
@declare(Action.DRAFT_PROTOCOL)
def remove_line(draft_id: uuid.UUID, place: int) -> ResponseReturnValue:
    """Take a line out."""
    draft = opened(draft_id)
    line = _at(draft.protocol.lines, place)
    if line is None:
        raise NotFound
    return _removed(draft, f"line {line.id}", drafting.with_line(draft.protocol, place, None))


_LISTS = {
    part: {"to": "to_"}.get(part, part)
    for part in (
        "purposes",
        "from_",
        "to",
        "basis",
        "conditions",
        "categories",
        "flags",
        "areas",
        "channels",
        "safeguards",
    )
}
"""Part of a line that is a list of codes → the input in which they are ticked."""


def line_form(draft: DraftView, pattern: Line | None, values: dict[str, Any] | None) -> LineForm:
    """The form of one line: beside what every line has, one choice for each field of the registry (not shared, or how finely)."""
    own = {
        field_name(code): SelectField(
            vocabulary.field_title(code).capitalize(),
            choices={"": "Not shared", **{form: words.capitalize() for form, words in vocabulary.forms_of(code)}},
            default="",
        )
        for code in shareable()
    }
    made = type("ThisLineForm", (LineForm,), own)
    form: LineForm = made() if values is None else made(formdata=None, **values)
    form.purposes.choices = [(each.code, f"{each.text} ({each.code})") for each in draft.protocol.purposes]
    with desk().reading() as reading:
        parent = parent_protocol(reading, draft.protocol.parent) if draft.protocol.parent else None
        named = (*((pattern,) if pattern else ()), *draft.protocol.lines, *(parent.lines if parent else ()))
        bodies = _bodies(reading, draft.protocol, named)
        form.areas.choices = _areas(reading, named)
    form.from_.choices = form.to_.choices = bodies
    form.gateway.choices = [("", "Choose"), *_law(draft, "gateways", {line.gateway for line in named})]
    form.basis.choices = _law(draft, "bases", {code for line in named for code in line.basis})
    form.conditions.choices = _law(draft, "conditions", {code for line in named for code in line.conditions})
    form.categories.choices = list(lawbook.categories().items())
    form.safeguards.choices = [(code, str(row["title"])) for code, row in lawbook.rows("safeguards").items()]
    return form


def shareable() -> tuple[str, ...]:
    """The fields of the registry that may stand on a line: all but raw free text."""
    return tuple(code for code, row in lawbook.rows("fields").items() if not row.get("free_text"))


def parent_protocol(reading: Session, ref: str) -> Protocol | None:
    """The newest version of the protocol that a draft stands under; None if there is none yet."""
    now = desk().store.clock.business_now()
    try:
        head = partners.protocol(reading, desk().partnership, ref, now)
    except NotFoundError:
        return None
    return terms.load(partners.protocol_text(reading, desk().partnership, ref, head.number))


def _line_page(draft: DraftView, form: LineForm, place: int) -> str:
    groups: dict[str, list[Any]] = {}
    for code in shareable():
        groups.setdefault(_GROUPS.get(code.partition(".")[0], "Other"), []).append(form[field_name(code)])
    is_new = place >= len(draft.protocol.lines)
    return part_page(
        draft, form, "liaison/protocol_line.html", "liaison.write_line", place=place, is_new=is_new, groups=groups
    )


_GROUPS = {
    "subject": "About the person",
    "tenancy": "About the tenancy",
    "case": "About the case",
    "complainant": "Complainants and witnesses",
    "witness": "Complainants and witnesses",
    "offence": "Offences",
    "incident": "Incidents",
    "hotspot": "Places and hotspots",
    "visit": "Visits",
}


def _line(form: LineForm, before: Line | None) -> Line:
    chosen = {code: form.text(field_name(code)) for code in shareable() if form.text(field_name(code))}
    fields = _in_order(before.fields if before else (), chosen)
    written = before.form if before else {}
    return Line(
        id=form.text("line_id").strip(),
        fields=fields,
        # A form that is written down though it is the field as it is stays written down.
        form=MappingProxyType(
            {code: chosen[code] for code in fields if chosen[code] != AS_IS or written.get(code) == AS_IS}
        ),
        gateway=form.text("gateway"),
        retention_days=form.number("retention_days"),
        onward=form.text("onward"),
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        **{part: _ticked(form, part, before) for part in _LISTS},
    )


def _ticked(form: LineForm, part: str, before: Line | None) -> tuple[str, ...]:
    ticked = form[_LISTS[part]].data or ()
    if part in {"categories", "areas"} and not ticked:
        return ("*",)
    return _in_order(getattr(before, part) if before else (), ticked)


def _in_order(before: Iterable[str], chosen: Iterable[str]) -> tuple[str, ...]:
    """What is chosen: what was there in its old order, then what is new."""
    wanted = tuple(chosen)
    stay = tuple(code for code in before if code in wanted)
    return (*stay, *(code for code in wanted if code not in stay))


def _pattern(protocol: Protocol) -> Line | None:
    whose, _, line_id = request.args.get("like", "").partition(":")
    if not line_id:
        return None
    source: Protocol | None = protocol
    if whose == "parent" and protocol.parent:
        with desk().reading() as reading:
            source = parent_protocol(reading, protocol.parent)
    return next((line for line in source.lines if line.id == line_id), None) if source else None


def _bodies(reading: Session, protocol: Protocol, lines: Sequence[Line]) -> Choices:
    """Every party by its name, then the kinds that the parties are, then whatever a line names besides."""
    today = desk().store.clock.today()
    known = {each.code: each for each in partners.members(reading, desk().partnership, today, also_former=True)}
    parties = [(code, known[code].name if code in known else code) for code in protocol.parties]
    kinds = dict.fromkeys(known[code].body_type for code in protocol.parties if code in known)
    choices = [*parties, *((f"{KIND_PREFIX}{kind}", _every(kind)) for kind in kinds)]
    named = dict.fromkeys(code for line in lines for code in (*line.from_, *line.to))
    rest = [code for code in named if code not in dict(choices)]
    return choices + [
        (code, _every(code.removeprefix(KIND_PREFIX)) if code.startswith(KIND_PREFIX) else code) for code in rest
    ]


def _every(kind: str) -> str:
    return f"Every party that is of the kind “{lawbook.title('body_types', kind)}”"


def _areas(reading: Session, lines: Sequence[Line]) -> Choices:
    choices = [(each.code, each.name) for each in partners.areas(reading, desk().partnership)]
    named = dict.fromkeys(code for line in lines for code in line.areas)
    return choices + [(code, code) for code in named if code != "*" and code not in dict(choices)]


def _law(draft: DraftView, table: str, named: Collection[str]) -> Choices:
    """What can be relied on when the protocol starts, and what a line names already."""
    return [
        (code, f"{row['title']} ({code})")
        for code, row in lawbook.rows(table).items()
        if lawbook.stands(row, draft.protocol.starts_on) or code in named
    ]


# --- the text ------------------------------------------------------------------------------------


@room.get("/protocols/drafts/<uuid:draft_id>/sections/<section>")
@declare(Action.DRAFT_PROTOCOL)
def edit_section(draft_id: uuid.UUID, section: str) -> ResponseReturnValue:
    """One section of the text."""
    draft = opened(draft_id)
    if section not in SECTIONS:
        raise NotFound
    form = SectionForm(formdata=None, said=draft.protocol.text.get(section, ""))
    return _section_page(draft, form, section)


@room.post("/protocols/drafts/<uuid:draft_id>/sections/<section>")
@declare(Action.DRAFT_PROTOCOL)
def write_section(draft_id: uuid.UUID, section: str) -> ResponseReturnValue:
    """Save one section of the text; an empty one is taken out."""
    draft = opened(draft_id)
    if section not in SECTIONS:
        raise NotFound
    form = SectionForm()
    if not form.validate():
        return _section_page(draft, form, section), 400
    changed = drafting.with_text(draft.protocol, section, form.text("said").replace("\r\n", "\n"))
    return saved(draft, form, f"section {section}", changed) or (_section_page(draft, form, section), 422)


def _section_page(draft: DraftView, form: SectionForm, section: str) -> str:
    model = drafting.model().text.get(section, "")
    return part_page(
        draft,
        form,
        "liaison/protocol_section.html",
        "liaison.write_section",
        section=section,
        told=SECTIONS[section],
        model=model if model != form.text("said") else "",
    )


# --- shared --------------------------------------------------------------------------------------


def _at(items: Sequence[Any], place: int) -> Any | None:  # noqa: ANN401  a purpose or a line
    """What stands at a place; None right after the last. Raises NotFound beyond."""
    if place > len(items) or place >= MOST_PARTS:
        raise NotFound
    return items[place] if place < len(items) else None


def _removed(draft: DraftView, part: str, changed: Protocol) -> ResponseReturnValue:
    form = DraftForm()
    if not form.validate():
        raise InvalidError.one("The page was not sent whole.", mend="Go back, reload it and try again.")
    led = saved(draft, form, part, changed)
    if led is None:
        raise InvalidError.one(" ".join(each["text"] for each in form.error_list()))
    return led
