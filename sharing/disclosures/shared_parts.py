"""This module knows how a record of one's own is opened whole, and how a part that another agency wrote of a shared record is.

Both leave an entry before a byte is shown. Who may read the other agency's part is `protocols.permits`' to say: its organisation
has signed a protocol in force, and it stands under section 115 or acts for one that does (Crime and Disorder Act 1998 s115).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action
from sharing.disclosures.model import CaseField
from sharing.disclosures.opening import OwnRecord, open_recorded, view_own
from sharing.disclosures.records import TABLE, record_row
from sharing.errors import NotFoundError
from sharing.store import Unit
from sharing.vault import Sealed


def view_own_record(unit: Unit, record_id: uuid.UUID) -> dict[str, str]:
    """Open every field of a record that the acting organisation holds, by field code. NotFoundError for anybody else's."""
    row = record_row(unit.session, unit.actor.partnership or "", record_id)
    if row.holder != unit.actor.organisation:
        raise NotFoundError("There is no such record.")
    cells = unit.session.scalars(select(CaseField).where(CaseField.record_id == row.id))
    return view_own(
        unit, OwnRecord(TABLE, row.id, row.holder, row.partnership), {cell.code: cell.value for cell in cells}
    )


def holds(session: Session, partnership: str, record_id: uuid.UUID) -> frozenset[str]:
    """Which fields a record holds, by code."""
    row = record_row(session, partnership, record_id)
    return frozenset(session.scalars(select(CaseField.code).where(CaseField.record_id == row.id)))


def open_part(
    unit: Unit, part: OwnRecord, sealed: Mapping[str, Sealed], *, signed: bool, standing: bool
) -> dict[str, str]:
    """Open what the other of two agencies wrote of a record that they share.

    `signed`: the reader's organisation has signed a protocol in force; `standing`: it stands under section 115 for the purpose.
    The caller has checked that it is one of the two. Raises NotPermittedError with the rule.
    """
    unit.require(Action.OPEN_PART, partnership=part.partnership, signed=signed, standing=standing)
    return open_recorded(unit, part.table, part.record_id, part.organisation, sealed, why={"shared": True})


def keep_record_until(unit: Unit, record_id: uuid.UUID, day: date) -> None:
    """Change the day until which a record of the acting organisation counts, as part of a command that records its own entry.

    From that day the rules let nothing of it leave (rule `retention`), nor be seen again by whoever was given it. Its key lasts
    as long as was said when it was deposited; the caller never asks for longer. NotFoundError for anybody else's record.
    """
    row = record_row(unit.session, unit.actor.partnership or "", record_id)
    if row.holder != unit.actor.organisation:
        raise NotFoundError("There is no such record.")
    row.retain_until = day
    unit.session.flush()
