"""This module knows which sealed records could still be opened: those whose key has not been destroyed. It opens none."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.vault.model import RECORD_KEY

_SOME = 500


def with_keys(session: Session, record_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these records that still have a key."""
    wanted, found = sorted(record_ids), set[UUID]()
    for start in range(0, len(wanted), _SOME):
        some = wanted[start : start + _SOME]
        found |= set(session.execute(select(RECORD_KEY.c.record).where(RECORD_KEY.c.record.in_(some))).scalars())
    return frozenset(found)
