"""This module knows which records still have a key, whose it is and in which quarter it ends. It unwraps none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from sharing.vault.model import AGENCY, RECORD_KEY, VAULT_KEY


@dataclass(frozen=True)
class Keyed:
    """A sealed record that could be opened: its table, its organisation, and the quarter (epoch) in which its key ends."""

    record_id: UUID
    table: str
    organisation: str
    epoch: int


def keyed(session: Session, *, before: int) -> tuple[Keyed, ...]:
    """Every record whose key ends in a quarter before the epoch `before`."""
    return _found(session, _query().where(VAULT_KEY.c.epoch < before))


def keyed_in(session: Session, epochs: Collection[int]) -> tuple[Keyed, ...]:
    """Every record whose key ends in one of these quarters."""
    return _found(session, _query().where(VAULT_KEY.c.epoch.in_(sorted(epochs))))


def key_of(session: Session, record_id: UUID) -> Keyed | None:
    """What is known of one record's key; None where it has none: erased, or never sealed."""
    return next(iter(_found(session, _query().where(RECORD_KEY.c.record == record_id))), None)


def _query() -> Select[Any]:
    return (
        select(RECORD_KEY.c.record, RECORD_KEY.c.table_name, VAULT_KEY.c.organisation, VAULT_KEY.c.epoch)
        .join_from(RECORD_KEY, VAULT_KEY, VAULT_KEY.c.id == RECORD_KEY.c.vault_key)
        .where(VAULT_KEY.c.kind == AGENCY)
        .order_by(RECORD_KEY.c.record)
    )


def _found(session: Session, query: Select[Any]) -> tuple[Keyed, ...]:
    return tuple(Keyed(row.record, row.table_name, row.organisation, row.epoch) for row in session.execute(query))
