"""This module knows how a protocol's file becomes a version.

Complete and fit to be signed, or a draft with what it lacks.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from protocols import terms
from protocols.actions import Action, Event
from protocols.completeness import Gap, missing
from sharing.errors import InvalidError, Problem
from sharing.partners.authority import may
from sharing.partners.commands import LoadProtocol
from sharing.partners.compiled import note_change
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


def load_protocol(unit: Unit, command: LoadProtocol) -> LoadedProtocol:
    """Load one version of a protocol from TOML.

    One that fails the completeness gate stays a draft that nobody can sign. The text of a version that anybody has
    signed never changes: load a new version. Raises InvalidError with every problem at its table path and line;
    NotPermittedError for another partnership's protocol.
    """
    protocol = _read(command.text)
    place = may(unit, Action.DRAFT_PROTOCOL, partnership=command.partnership or protocol.partnership)
    gaps = missing(protocol)
    version = _version_to_fill(unit, protocol, place.partnership)
    if version.digest == protocol.digest:
        return LoadedProtocol(version.id, protocol.ref, protocol.version, protocol.digest, version.complete, gaps)
    _fill(unit, version, protocol, command.text, gaps)
    try:
        note_change(unit, place.partnership)
    except InvalidError:
        if not gaps:
            raise
        version.readable = False  # a draft may be too unfinished for the rules to read; nobody can sign it anyhow
        note_change(unit, place.partnership)
    unit.record(
        Event.PROTOCOL_DRAFTED,
        about=version.id,
        partnership=place.partnership,
        facts={
            "protocol": protocol.ref,
            "version": protocol.version,
            "digest": protocol.digest,
            "complete": not gaps,
            "missing": len(gaps),
        },
    )
    return LoadedProtocol(version.id, protocol.ref, protocol.version, protocol.digest, not gaps, gaps)


def _read(text: str) -> terms.Protocol:
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
    problems = _loading_problems(unit, protocol, partnership, known)
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


def _loading_problems(
    unit: Unit, protocol: terms.Protocol, partnership: str, rows: Sequence[ProtocolVersion]
) -> list[Problem]:
    problems = []
    if protocol.partnership != partnership:
        problems.append(
            Problem(
                f"This is a protocol of '{protocol.partnership}'.",
                "protocol.partnership",
                f"Load it there, not in '{partnership}'.",
            )
        )
    members = set(unit.session.scalars(select(Membership.organisation).filter_by(partnership=partnership)))
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
    today = unit.clock.today()
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
