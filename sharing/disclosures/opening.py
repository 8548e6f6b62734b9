"""This module knows the one door to a sealed value: the entry is recorded, the entry gives the permit, the permit opens.

Also how an organisation opens what is its own, and how two open the words that one sent to the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from protocols.actions import Action, Event
from sharing.store import Unit
from sharing.vault import Sealed
from sharing.vault.unseal import issue_permit, unseal

PERMIT_LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class OwnRecord:
    """A sealed record of the acting organisation, as another room hands it over."""

    table: str
    record_id: uuid.UUID
    organisation: str
    partnership: str


def view_own(unit: Unit, own: OwnRecord, sealed: Mapping[str, Sealed | None]) -> dict[str, str]:
    """Open one's own sealed data: the same door, and the same trace."""
    unit.require(Action.VIEW_OWN_RECORD, partnership=own.partnership, organisation=own.organisation)
    return open_recorded(unit, own.table, own.record_id, own.organisation, sealed, why={"own": True})


def open_sent(unit: Unit, sent: OwnRecord, sealed: Mapping[str, Sealed | None]) -> dict[str, str]:
    """Open the words that one organisation sent to another with a request: both may read them, and each reading is an entry."""
    unit.require(Action.READ_REQUEST, partnership=sent.partnership)
    return open_recorded(unit, sent.table, sent.record_id, sent.organisation, sealed, why={"sent": True})


def open_recorded(
    unit: Unit,
    table: str,
    record_id: uuid.UUID,
    organisation: str,
    sealed: Mapping[str, Sealed | None],
    why: Mapping[str, Any],
    partnership: str | None = None,
) -> dict[str, str]:
    """Record the view, take the permit that it gives, open. For this room alone: the caller has asked whether the actor may."""
    columns = sorted(sealed)
    facts = {"table": table, "fields": columns, **why}
    entry = unit.record(Event.RECORD_VIEWED, about=record_id, facts=facts, partnership=partnership)
    now = unit.clock.now()
    permit = issue_permit(
        entry_id=entry.id,
        organisation=organisation,
        table=table,
        records=[record_id],
        columns=columns,
        expires_at=now + PERMIT_LASTS,
    )
    return unseal(permit, unit.session, unit.vault.keyring, sealed, now=now)
