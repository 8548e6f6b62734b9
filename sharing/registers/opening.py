"""This module knows how an entry is opened by whoever keeps it, and by a partner who was told of it."""

from __future__ import annotations

import uuid

from protocols.actions import Action
from sharing import disclosures
from sharing.disclosures import OwnRecord
from sharing.errors import NotFoundError, NotPermittedError
from sharing.registers import read
from sharing.registers.entering import TABLE, own_row
from sharing.registers.model import RegisterCirculation, RegisterEntry
from sharing.registers.rules import from_text
from sharing.store import Unit


def open_register(unit: Unit, entry_id: uuid.UUID) -> dict[str, str]:
    """Open what an entry of one's own agency says, by question. Each sealed place of it leaves an entry first.

    An entry of a team is opened by its members and by nobody else. Raises NotFoundError for whoever may not know of it.
    """
    row, kind = own_row(unit, Action.OPEN_REGISTER, entry_id)
    opened: dict[str, str] = {}
    if row.record_id is not None:
        held = disclosures.view_own_record(unit, row.record_id)
        opened |= {code: held[field] for code, field in kind.leaves.items() if field in held}
    if row.words is not None:
        own = OwnRecord(TABLE, row.id, row.organisation, row.partnership)
        opened |= from_text(disclosures.view_own(unit, own, {"words": row.words})["words"])
    return opened


def view_circulated(unit: Unit, circulation_id: uuid.UUID) -> dict[str, str]:
    """Open what one's own agency was told of a partner's entry, by field of the gate. It is judged again before it is shown.

    Staff safety is every visiting officer's work, so that no assignment to a case is asked for. Raises NotFoundError for what
    another organisation was told; NotPermittedError once the entry is over, or the rules let it be seen no more.
    """
    told = unit.session.get(RegisterCirculation, circulation_id)
    if told is None or told.partnership != unit.actor.partnership or told.recipient != unit.actor.organisation:
        raise NotFoundError("There is no such entry.")
    today = unit.clock.today()
    row = unit.session.get(RegisterEntry, told.register_id)
    if row is None or row.ended_at is not None or row.expires_on <= today:
        raise NotPermittedError("This is over: whoever kept it has ended it, or its day has passed.", rule="retention")
    newest = {each.id for each in read.told_to(unit.session, told.partnership, told.recipient, today)}
    if told.id not in newest:
        raise NotPermittedError("A newer month’s circulation has replaced this.", rule="retention")
    return disclosures.view_release(unit, told.disclosure_id, assigned=True)
