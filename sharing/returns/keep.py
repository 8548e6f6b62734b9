"""This module knows how a landlord's mapping is kept: settled once, read at every check."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action
from sharing.returns.categories import scheme
from sharing.returns.mapping import NO_MAPPING, SavedMapping
from sharing.returns.model import KeptMapping
from sharing.store import Unit


@dataclass(frozen=True)
class KeepMapping:
    """A mapping to keep for an organisation's quarterly forms or incident sheets."""

    partnership: str
    organisation: str
    kind: str
    mapping: SavedMapping


def keep_mapping(unit: Unit, command: KeepMapping) -> None:
    """Keep a mapping in place of the one before. Raises InvalidError for a scheme or kind that does not exist."""
    unit.require(Action.CHECK_RETURN, partnership=command.partnership, organisation=command.organisation)
    scheme(command.mapping.scheme, command.mapping.categories)
    row = _row(unit.session, command.partnership, command.organisation, command.kind)
    if row is None:
        row = KeptMapping(partnership=command.partnership, organisation=command.organisation, kind=command.kind)
        unit.session.add(row)
    row.mapping = command.mapping.to_plain()
    row.saved_at = unit.clock.business_now()


def kept_mapping(session: Session, partnership: str, organisation: str, kind: str) -> SavedMapping:
    """The mapping that is kept, or one that says nothing."""
    row = _row(session, partnership, organisation, kind)
    return SavedMapping.from_plain(row.mapping) if row else NO_MAPPING


def _row(session: Session, partnership: str, organisation: str, kind: str) -> KeptMapping | None:
    return session.scalar(
        select(KeptMapping).where(
            KeptMapping.partnership == partnership,
            KeptMapping.organisation == organisation,
            KeptMapping.kind == kind,
        )
    )
