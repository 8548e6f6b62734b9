"""This module knows how seeds and drafts are sealed again under a new root key, and which still lie under an old one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from sharing.access import drafts, second_factor, seeds
from sharing.access.model import Draft, SecondFactor
from sharing.errors import NotFoundError, TamperedError
from sharing.store import Unit
from sharing.vault import Keyring

_Bytes = InstrumentedAttribute[Any]
_VERSION_AT, _VERSION_LENGTH = 3, 2
"""Where a sealed secret names its root key: the third and fourth byte (`sharing.vault.layout.secret_binding`)."""


@dataclass(frozen=True)
class Resealed:
    """What one step did: how many were sealed again, and how many open under no key and were left as they are."""

    done: int
    unreadable: int


@dataclass(frozen=True)
class _Cell:
    """One sealed value in its place."""

    column: _Bytes
    place: ColumnElement[bool]
    purpose: str
    owner: uuid.UUID
    sealed: bytes


def reseal(unit: Unit, size: int = 200) -> Resealed:
    """Seal the next `size` seeds and drafts again under the present root key.

    Ask again until none is done. A value that somebody changed meanwhile is left alone: it is found again if it needs to be.
    One that does not open was edited, or its root key is gone: it is counted and left, since nobody can ever open it.
    """
    done = unreadable = 0
    for cell in list(_behind(unit, size)):
        try:
            fresh = seeds.reseal(unit.vault, cell.purpose, cell.owner, cell.sealed)
        except (TamperedError, NotFoundError):
            unreadable += 1
            continue
        unchanged = update(cell.column.class_).where(cell.place, cell.column == cell.sealed)
        unit.session.execute(unchanged.values({cell.column: fresh}), execution_options={"synchronize_session": False})
        done += 1
    return Resealed(done, unreadable)


def behind(session: Session, keyring: Keyring) -> int:
    """Count the seeds and drafts that lie under an older root key."""
    version = keyring.current().root().version
    return sum(
        session.scalar(select(func.count()).where(column.is_not(None), _older(column, version))) or 0
        for column in (SecondFactor.seed, SecondFactor.pending_seed, Draft.payload)
    )


def _behind(unit: Unit, size: int) -> Iterator[_Cell]:
    session, version = unit.session, unit.vault.keyring.current().root().version
    two = (SecondFactor.seed, SecondFactor.pending_seed)
    found = select(SecondFactor).where(or_(*(_older(column, version) for column in two)))
    for row in session.scalars(found.order_by(SecondFactor.user_id).limit(size)):
        for column, sealed in zip(two, (row.seed, row.pending_seed), strict=True):
            if sealed is not None and seeds.needs_resealing(unit.vault, sealed):
                place = SecondFactor.user_id == row.user_id
                yield _Cell(column, place, second_factor.PURPOSE, row.user_id, sealed)
    drafted = select(Draft).where(_older(Draft.payload, version))
    for draft in session.scalars(drafted.order_by(Draft.id).limit(size)):
        owner = drafts.seal_owner(draft.user_id, draft.form_key)
        yield _Cell(Draft.payload, Draft.id == draft.id, drafts.PURPOSE, owner, draft.payload)


def _older(column: _Bytes, version: int) -> ColumnElement[bool]:
    named = func.substr(column, _VERSION_AT, _VERSION_LENGTH)
    return named != literal(version.to_bytes(_VERSION_LENGTH, "big"))
