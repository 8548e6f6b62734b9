"""This module knows what is done with a protocol's draft: begin it, write in it, ask others about it, offer it, drop it.

A draft is a readable text (`protocols.terms.load`) and no version yet: the rulebook does not read it, so what is half written
changes nothing about what may be shared. Offering it is loading it, exactly as `accord protocol load` does.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from protocols import drafting, terms, terms_writing
from protocols.actions import Action, Event
from protocols.completeness import missing
from sharing.errors import InvalidError, NotFoundError, Problem, StaleError
from sharing.partners.authority import may
from sharing.partners.making import WHOLE, note_contribution
from sharing.partners.model import Consultation, Membership, ProtocolDraft, ProtocolVersion, Signature
from sharing.partners.protocol_load import LoadedProtocol, load_text, read_terms
from sharing.store import Unit

_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
LONGEST_TEXT = 400_000
LONGEST_WORDS = 2_000


@dataclass(frozen=True)
class BeginFromModel:
    """Begin the first version of a protocol from the shipped model; of the kinds that have one, under a parent."""

    ref: str
    title: str
    starts_on: date
    kind: str = "statutory"
    parent: str | None = None


@dataclass(frozen=True)
class BeginNextVersion:
    """Begin from the newest version: its next one, or the same again as long as nobody has signed it."""

    ref: str
    starts_on: date


@dataclass(frozen=True)
class BeginFromText:
    """Begin from a text that somebody has: the file that `accord protocol load` takes."""

    text: str


@dataclass(frozen=True)
class WriteDraft:
    """Put a text in the place of a draft's. `version` is that of the draft which was read; `part` is what was changed."""

    draft_id: uuid.UUID
    version: int
    part: str
    text: str


@dataclass(frozen=True)
class ConsultOnDraft:
    """That somebody was asked about a draft, and what they said; a member of the partnership by its code."""

    draft_id: uuid.UUID
    consulted_on: date
    said: str
    organisation: str | None = None
    name: str = ""


def begin_from_model(unit: Unit, command: BeginFromModel) -> uuid.UUID:
    """Begin a draft from the model; return its id."""
    place = may(unit, Action.DRAFT_PROTOCOL)
    parent = _parent(unit, place.partnership, command)
    beginning = drafting.Beginning(
        partnership=place.partnership,
        ref=command.ref.strip(),
        title=command.title.strip(),
        starts_on=command.starts_on,
        kind=command.kind,
        parent=parent,
    )
    text = terms_writing.write(drafting.from_model(beginning))
    return _begin(unit, place.partnership, text, "the model protocol", part="the start")


def begin_next_version(unit: Unit, command: BeginNextVersion) -> uuid.UUID:
    """Begin a draft from the newest version of a protocol; return its id. Raises NotFoundError for no protocol."""
    place = may(unit, Action.DRAFT_PROTOCOL)
    query = select(ProtocolVersion).filter_by(partnership=place.partnership, ref=command.ref)
    newest = unit.session.scalars(query.order_by(ProtocolVersion.number.desc())).first()
    if newest is None:
        raise NotFoundError(f"There is no protocol '{command.ref}'.")
    if _is_signed(unit, newest):
        text = terms_writing.write(drafting.next_version(terms.load(newest.terms_toml), command.starts_on))
        return _begin(unit, place.partnership, text, f"version {newest.number}", part="the start")
    unsigned = f"version {newest.number}, which nobody had signed"
    return _begin(unit, place.partnership, newest.terms_toml, unsigned, part="the start")


def begin_from_text(unit: Unit, command: BeginFromText) -> uuid.UUID:
    """Begin a draft from a whole text; return its id. Raises InvalidError with every problem at its table path and line."""
    place = may(unit, Action.DRAFT_PROTOCOL)
    return _begin(unit, place.partnership, command.text, "a text of one’s own", part=WHOLE)


def write_draft(unit: Unit, command: WriteDraft) -> None:
    """Save a draft as it is now. The same text again changes nothing.

    Raises StaleError when somebody has changed it meanwhile; InvalidError with what cannot be read, at its place.
    """
    place = may(unit, Action.DRAFT_PROTOCOL)
    draft = _open(unit, place.partnership, command.draft_id, command.version)
    protocol = _readable(unit, place.partnership, command.text, draft)
    if command.text == draft.text:
        return
    draft.ref, draft.number, draft.title = protocol.ref, protocol.version, protocol.title
    draft.text, draft.saved_at = command.text, unit.clock.business_now()
    note_contribution(unit, draft, command.part)
    _record(unit, draft, protocol, command.part)


def consult_on_draft(unit: Unit, command: ConsultOnDraft) -> uuid.UUID:
    """Record that somebody was asked about a draft; return the consultation's id. What was said stays as it was written."""
    place = may(unit, Action.DRAFT_PROTOCOL)
    draft = _open(unit, place.partnership, command.draft_id, None)
    members = set(unit.session.scalars(select(Membership.organisation).filter_by(partnership=place.partnership)))
    problems = []
    if not command.organisation and not command.name.strip():
        problems.append(Problem("Say who was asked.", "name", "Choose a member, or write the group’s name."))
    if command.organisation and command.organisation not in members:
        problems.append(Problem("This is no member of the partnership.", "organisation"))
    if command.consulted_on > unit.clock.today():
        problems.append(Problem("This day has not come yet.", "consulted_on"))
    if not command.said.strip():
        problems.append(Problem("Say what they said; “no comment” if that is what they said.", "said"))
    if len(command.said) > LONGEST_WORDS:
        problems.append(Problem(f"Say it in at most {LONGEST_WORDS} characters.", "said"))
    if problems:
        raise InvalidError(tuple(problems))
    asked = Consultation(
        partnership=place.partnership,
        draft_id=draft.id,
        organisation=command.organisation or None,
        name=command.name.strip(),
        consulted_on=command.consulted_on,
        said=command.said.strip(),
        officer_id=unit.actor.officer_id,
        recorded_at=unit.clock.business_now(),
    )
    unit.session.add(asked)
    unit.session.flush()
    unit.record(
        Event.PROTOCOL_CONSULTED,
        about=draft.id,
        facts={
            "protocol": draft.ref,
            "version": draft.number,
            "organisation": command.organisation or None,
            "on": command.consulted_on.isoformat(),
        },
    )
    return asked.id


def offer_draft(unit: Unit, draft_id: uuid.UUID, version: int) -> LoadedProtocol:
    """Offer a draft for signature: load it as the version that it is. From then on it changes only while nobody has signed.

    Raises InvalidError with everything that the completeness gate still asks for.
    """
    place = may(unit, Action.DRAFT_PROTOCOL)
    draft = _open(unit, place.partnership, draft_id, version)
    gaps = missing(terms.load(draft.text))
    if gaps:
        raise InvalidError(tuple(Problem(f"{gap.name}: {gap.mend}", gap.where) for gap in gaps))
    loaded = load_text(unit, draft.text, place.partnership)
    if loaded.is_new:
        draft.offered_at = unit.clock.business_now()
        return loaded
    raise InvalidError.one(
        f"Version {draft.number} says exactly this already.", mend="Change something, or drop the draft."
    )


def drop_draft(unit: Unit, draft_id: uuid.UUID, version: int) -> None:
    """Drop a draft. Its text is gone; that it was, stays in the ledger."""
    place = may(unit, Action.DRAFT_PROTOCOL)
    draft = _open(unit, place.partnership, draft_id, version)
    draft.dropped_at, draft.text = unit.clock.business_now(), ""
    unit.record(Event.PROTOCOL_DRAFT_DROPPED, about=draft.id, facts={"protocol": draft.ref, "version": draft.number})


def _begin(unit: Unit, partnership: str, text: str, begun_from: str, *, part: str) -> uuid.UUID:
    protocol = _readable(unit, partnership, text, None)
    now = unit.clock.business_now()
    draft = ProtocolDraft(
        partnership=partnership,
        ref=protocol.ref,
        number=protocol.version,
        title=protocol.title,
        text=text,
        begun_from=begun_from,
        started_by=unit.actor.officer_id,
        started_at=now,
        saved_at=now,
    )
    unit.session.add(draft)
    unit.session.flush()
    note_contribution(unit, draft, part)
    _record(unit, draft, protocol, part)
    return draft.id


def _record(unit: Unit, draft: ProtocolDraft, protocol: terms.Protocol, part: str) -> None:
    unit.record(
        Event.PROTOCOL_WRITTEN,
        about=draft.id,
        facts={"protocol": protocol.ref, "version": protocol.version, "part": part, "digest": protocol.digest},
    )


def _readable(unit: Unit, partnership: str, text: str, own: ProtocolDraft | None) -> terms.Protocol:
    """The text as a protocol that may stand in a draft here. Raises InvalidError with every reason against."""
    if len(text) > LONGEST_TEXT:
        raise InvalidError.one(f"A protocol has at most {LONGEST_TEXT:,} characters.", where="text")
    protocol = read_terms(text)
    problems = []
    if protocol.partnership != partnership:
        problems.append(
            Problem(
                f"This is a protocol of '{protocol.partnership}'.", "protocol.partnership", f"Write '{partnership}'."
            )
        )
    if not _REF.fullmatch(protocol.ref):
        says = "A reference has at most 40 letters, figures, hyphens, dots and underscores, and no blanks."
        problems.append(Problem(says, "protocol.ref", "For example WF-ISP."))
    known = unit.session.scalars(select(ProtocolVersion).filter_by(partnership=partnership, ref=protocol.ref)).all()
    problems += [
        Problem(
            f"Version {row.number} has been signed, so it cannot change.", "protocol.version", "Begin a new version."
        )
        for row in known
        if row.number == protocol.version and _is_signed(unit, row)
    ]
    if any(row.number > protocol.version for row in known):
        problems.append(
            Problem("There is a newer version already.", "protocol.version", "Begin a new version of that.")
        )
    if _other_draft(unit, protocol, own):
        problems.append(
            Problem(
                f"A draft of version {protocol.version} of {protocol.ref} is under way already.",
                "protocol.ref",
                "Go on with that one, or drop it first.",
            )
        )
    if problems:
        raise InvalidError(tuple(problems))
    return protocol


def _other_draft(unit: Unit, protocol: terms.Protocol, own: ProtocolDraft | None) -> bool:
    query = select(ProtocolDraft.id).where(
        ProtocolDraft.partnership == protocol.partnership,
        ProtocolDraft.ref == protocol.ref,
        ProtocolDraft.number == protocol.version,
        ProtocolDraft.offered_at.is_(None),
        ProtocolDraft.dropped_at.is_(None),
    )
    return any(own is None or found != own.id for found in unit.session.scalars(query))


def _open(unit: Unit, partnership: str, draft_id: uuid.UUID, version: int | None) -> ProtocolDraft:
    """The draft, held until the transaction ends. Raises NotFoundError unless it is under way in this partnership."""
    query = select(ProtocolDraft).where(ProtocolDraft.partnership == partnership, ProtocolDraft.id == draft_id)
    draft = unit.session.scalars(query.with_for_update()).one_or_none()
    if draft is None or draft.offered_at is not None or draft.dropped_at is not None:
        raise NotFoundError("There is no such draft.")
    if version is not None and draft.version != version:
        raise StaleError("Somebody has changed this draft since you opened the page. Look at it again.")
    return draft


def _is_signed(unit: Unit, version: ProtocolVersion) -> bool:
    return unit.session.scalars(select(Signature.id).filter_by(protocol_id=version.id)).first() is not None


def _parent(unit: Unit, partnership: str, command: BeginFromModel) -> terms.Protocol | None:
    """The newest version of the parent. Raises InvalidError where the kind needs one and there is none."""
    if command.kind == "statutory":
        return None
    query = select(ProtocolVersion).filter_by(partnership=partnership, ref=command.parent or "", kind="statutory")
    newest = unit.session.scalars(query.order_by(ProtocolVersion.number.desc())).first()
    if newest is None:
        raise InvalidError.one("Choose the partnership’s protocol that this one stands under.", where="parent")
    return terms.load(newest.terms_toml)


__all__ = [
    "BeginFromModel",
    "BeginFromText",
    "BeginNextVersion",
    "ConsultOnDraft",
    "WriteDraft",
    "begin_from_model",
    "begin_from_text",
    "begin_next_version",
    "consult_on_draft",
    "drop_draft",
    "offer_draft",
    "write_draft",
]
