"""This module knows how a protocol's file becomes a version.

Complete and fit to be signed, or a draft with what it lacks.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols import terms
from protocols.actions import Action, Event
from protocols.completeness import Gap, missing
from sharing.errors import InvalidError, Problem
from sharing.partners.authority import may
from sharing.partners.commands import LoadProtocol
from sharing.partners.compiled import note_change
from sharing.partners.making import note_loaded
from sharing.partners.model import Membership, ProtocolVersion, Signature
from sharing.store import Unit


@dataclass(frozen=True)
class LoadedProtocol:
    """A version that has been loaded: complete, so that it can be signed, or a draft with what it still lacks."""

    id: uuid.UUID
    ref: str
    number: int
    digest: str
    complete: bool
    missing: tuple[Gap, ...]
    is_new: bool = True
    """Whether this load changed anything: the same text again does not."""


def load_protocol(unit: Unit, command: LoadProtocol) -> LoadedProtocol:
    """Load one version of a protocol from TOML.

    One that fails the completeness gate stays a draft that nobody can sign. The text of a version that anybody has
    signed never changes: load a new version. Raises InvalidError with every problem at its table path and line;
    NotPermittedError for another partnership's protocol.
    """
    protocol = read_terms(command.text)
    place = may(unit, Action.DRAFT_PROTOCOL, partnership=command.partnership or protocol.partnership)
    loaded = load_text(unit, command.text, place.partnership)
    if loaded.is_new:
        note_loaded(unit, protocol, command.text)
    return loaded


def load_text(unit: Unit, text: str, partnership: str) -> LoadedProtocol:
    """Load a text as part of a command that has been permitted: the same for a file and for a draft of the pages."""
    protocol = read_terms(text)
    gaps = missing(protocol)
    version = _version_to_fill(unit, protocol, partnership)
    if version.digest == protocol.digest:
        return LoadedProtocol(
            version.id, protocol.ref, protocol.version, protocol.digest, version.complete, gaps, is_new=False
        )
    _fill(unit, version, protocol, text, gaps)
    try:
        note_change(unit, partnership)
    except InvalidError:
        if not gaps:
            raise
        version.readable = False  # a draft may be too unfinished for the rules to read; nobody can sign it anyhow
        note_change(unit, partnership)
    unit.record(
        Event.PROTOCOL_DRAFTED,
        about=version.id,
        partnership=partnership,
        facts={
            "protocol": protocol.ref,
            "version": protocol.version,
            "digest": protocol.digest,
            "complete": not gaps,
            "missing": len(gaps),
        },
    )
    return LoadedProtocol(version.id, protocol.ref, protocol.version, protocol.digest, not gaps, gaps)


def read_terms(text: str) -> terms.Protocol:
    """Read a text. Raises InvalidError with everything that is wrong, each at its table path and line."""
    try:
        return terms.load(text)
    except terms.TermsError as error:
        raise InvalidError(
            tuple(
                Problem(problem.message, f"{problem.where} (line {problem.line})" if problem.line else problem.where)
                for problem in error.problems
            )
        ) from None


def _version_to_fill(unit: Unit, protocol: terms.Protocol, partnership: str) -> ProtocolVersion:
    """The row for this version: a new one, or one that nobody has ever signed.

    Raises InvalidError with every reason against.
    """
    known = unit.session.scalars(select(ProtocolVersion).filter_by(partnership=partnership)).all()
    same = next((row for row in known if (row.ref, row.number) == (protocol.ref, protocol.version)), None)
    if same is not None and same.digest == protocol.digest:
        return same
    problems = loading_problems(unit.session, protocol, partnership, unit.clock.today())
    if same is not None and unit.session.scalars(select(Signature.id).filter_by(protocol_id=same.id)).first():
        problems.append(
            Problem(
                f"Version {protocol.version} has been signed, so its text cannot change.",
                "protocol.version",
                "Load a new version.",
            )
        )
    if problems:
        raise InvalidError(tuple(problems))
    return same or ProtocolVersion(partnership=partnership, ref=protocol.ref, number=protocol.version)


def loading_problems(session: Session, protocol: terms.Protocol, partnership: str, today: date) -> list[Problem]:
    """What stands against a protocol in this partnership, whatever its text lacks: members, parent, a second statutory one."""
    rows = session.scalars(select(ProtocolVersion).filter_by(partnership=partnership)).all()
    problems = []
    if protocol.partnership != partnership:
        problems.append(
            Problem(
                f"This is a protocol of '{protocol.partnership}'.",
                "protocol.partnership",
                f"Load it there, not in '{partnership}'.",
            )
        )
    members = set(session.scalars(select(Membership.organisation).filter_by(partnership=partnership)))
    problems += [
        Problem(
            f"'{party}' is no member of the partnership.", "protocol.parties", "Load the member first, or take it out."
        )
        for party in protocol.parties
        if party not in members
    ]
    if protocol.parent and protocol.parent not in {row.ref for row in rows if row.kind == "statutory"}:
        problems.append(
            Problem(f"There is no statutory protocol '{protocol.parent}'.", "protocol.parent", "Load the parent first.")
        )
    others = {row.ref for row in rows if row.kind == "statutory" and (row.ends_on is None or row.ends_on > today)}
    if protocol.kind == "statutory" and others - {protocol.ref}:
        problems.append(
            Problem(
                f"The partnership has a statutory protocol already: {', '.join(sorted(others))}.",
                "protocol.kind",
                "A partnership has one (SI 2007/1830 regulation 4). Load a new version of it, or a purpose protocol under it.",
            )
        )
    if any(row.ref == protocol.ref and row.number > protocol.version for row in rows):
        problems.append(
            Problem("There is a newer version already.", "protocol.version", "Give this one the next number.")
        )
    return problems


def _fill(unit: Unit, version: ProtocolVersion, protocol: terms.Protocol, text: str, gaps: tuple[Gap, ...]) -> None:
    version.kind, version.parent, version.title = protocol.kind, protocol.parent, protocol.title
    version.aliases, version.parties = list(protocol.aliases), list(protocol.parties)
    version.terms_toml, version.digest = text, protocol.digest
    version.terms_json = json.dumps(terms.to_world(protocol, complete=not gaps), ensure_ascii=False, sort_keys=True)
    version.complete, version.readable = not gaps, True
    version.missing = [{"name": gap.name, "where": gap.where, "mend": gap.mend} for gap in gaps]
    version.starts_on, version.review_by = protocol.starts_on, protocol.review_by
    version.ends_on, version.adopted_on = protocol.ends_on, protocol.adopted_on
    version.loaded_at = unit.clock.business_now()
    unit.session.add(version)
    unit.session.flush()
