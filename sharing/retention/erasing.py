"""This module knows how sealed rows are erased: the key, the sealed cells and the blind indexes go, the entry and the count stay.

Each row is an entry about its id (`sharing.ledger.erased` replays those after a restore), in the same transaction as its end.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import LargeBinary, Uuid, column, select, table, update
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing import disclosures
from sharing.disclosures import endings
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.retention import rules
from sharing.retention.due import preview, rows_of
from sharing.retention.holding import COPY, RECORD, RECORD_HOLD, live_holds
from sharing.store import Unit
from sharing.vault import shred
from sharing.vault.epoch import label
from sharing.vault.keyed import key_of

DUE = "due"
SHRED_REASONS = {
    "erasure": "The person has asked for it to be erased (UK GDPR Article 17)",
    "court-order": "A court has ordered it",
    "mistake": "It should never have been here",
}
BATCH = 200
"""Rows that one transaction erases: others write in between."""


@dataclass(frozen=True)
class Erased:
    """What one erasure did: the row with its table, and the copies that went with it or stayed under a hold."""

    record_id: uuid.UUID
    table: str
    copies: tuple[uuid.UUID, ...]
    held: tuple[uuid.UUID, ...]


def run(
    unit: Unit, seen: str, *, partnership: str = "", organisation: str = "", most: int = BATCH
) -> tuple[int, int, str]:
    """Erase what is due, at most `most` rows in this transaction. Returns how many went and how many are left.

    `seen` is the code of the preview that was looked at: StaleError when something else is due by now, for nothing goes
    unseen. The code of what is left comes last. Raises NotPermittedError with the rule.
    """
    found = preview(unit.session, unit.clock.today(), partnership=partnership, organisation=organisation)
    for place in sorted({(each.partnership, each.organisation) for each in found.goes}):
        unit.require(Action.RUN_RETENTION, partnership=place[0] or unit.actor.partnership, organisation=place[1])
    if seen != found.code:
        raise StaleError("What is due has changed since you looked. Look at it again, then erase.")
    going = found.goes[:most]
    for item in going:
        _erase(unit, item.table, item.id, item.partnership, DUE)
    left = found.goes[most:]
    return len(going), len(left), rules.code_of([each.id for each in left])


def shred_one(unit: Unit, record_id: uuid.UUID, because: str) -> Erased:
    """Erase one sealed row before its day, and with a record the copies that were made of it, but for those on hold.

    Raises NotFoundError when it has no key: erased already, or never sealed. NotPermittedError (rule `hold`) while one is on it.
    """
    if because not in SHRED_REASONS:
        raise InvalidError.one(f"Say why: one of {', '.join(SHRED_REASONS)}.", where="--because")
    key = key_of(unit.session, record_id)
    if key is None:
        raise NotFoundError("This record has no key: it was erased already, or never sealed.")
    partnership = rows_of(unit.session, key.table, [record_id]).get(record_id, "")
    unit.require(Action.SHRED_RECORD, partnership=partnership, organisation=key.organisation)
    held = held_among(unit.session, [record_id])
    if held:
        raise NotPermittedError(
            f"There is a hold on it ({rules.HOLD_REASONS.get(held[record_id], held[record_id])}). Lift it first.",
            rule="hold",
        )
    copies = endings.copies_of(unit.session, record_id) if key.table == RECORD else ()
    kept = held_among(unit.session, copies)
    going = tuple(each for each in copies if each not in kept)
    _erase(unit, key.table, record_id, partnership, because)
    for copy_id in going:
        _erase(unit, COPY, copy_id, partnership, because)
    return Erased(record_id, key.table, going, tuple(kept))


def held_among(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Those of these rows that are on hold, with the reason's code."""
    wanted = set(ids)
    by_record = dict.fromkeys(endings.held(session, wanted), RECORD_HOLD)
    return by_record | {each.row_id: each.reason for each in live_holds(session) if each.row_id in wanted}


def _erase(unit: Unit, name: str, row_id: uuid.UUID, partnership: str, because: str) -> None:
    gone = shred.shred_record(unit.session, row_id)
    cells = clear(unit, name, [row_id])
    unit.record(
        Event.RECORD_SHREDDED,
        about=row_id,
        partnership=partnership or None,
        facts={
            "table": gone.table,
            "organisation": gone.organisation,
            "quarter": label(gone.epoch),
            "generation": gone.generation,
            "cells": cells,
            "because": because,
        },
    )


def clear(unit: Unit, name: str, ids: Iterable[uuid.UUID]) -> int:
    """Take what is sealed in these rows, and their blind indexes, out of the database. Returns how many cells there were."""
    if name == RECORD:
        return sum(endings.end_record(unit, each) for each in ids)
    if name == COPY:
        return sum(endings.end_copy(unit, each) for each in ids)
    rule = rules.RULES.get(name)
    return sum(_clear_row(unit, name, rule, each) for each in ids) if rule else 0


def _clear_row(unit: Unit, name: str, rule: rules.TableRule, row_id: uuid.UUID) -> int:
    rows = table(name, column("id", Uuid()), *(column(each, LargeBinary()) for each in rule.columns))
    sealed = unit.session.execute(select(*(rows.c[each] for each in rule.columns)).where(rows.c.id == row_id)).first()
    if sealed is None:
        return 0
    unit.session.execute(update(rows).where(rows.c.id == row_id).values(dict.fromkeys(rule.columns)))
    known = rows_of(unit.session, name, [row_id])
    disclosures.forget_person(unit.session, known[row_id], row_id)
    return sum(each is not None for each in sealed)
