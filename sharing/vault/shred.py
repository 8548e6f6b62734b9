"""This module knows erasure: of a record, of a quarter, and once more after a restore.

Wrapped keys in the same backup as the data shred nothing while their epoch lives: so epochs' keys are never in the
database, backups keep record keys in a file of their own, of which the newest alone is kept, and `replay` repeats what was
erased even after that one before a restored copy serves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from sharing.errors import AccordError, NotFoundError
from sharing.vault.epoch import label
from sharing.vault.keyring import Keyring
from sharing.vault.model import AGENCY, RECORD_KEY, VAULT_KEY

_SOME = 500


@dataclass(frozen=True)
class Shredded:
    """What the ledger's entry says of an erased record: no content, and nothing to test a guess against."""

    record_id: UUID
    table: str
    organisation: str
    epoch: int
    generation: int


@dataclass(frozen=True)
class Remaining:
    """What is still sealed in an epoch, for whoever decides to destroy it: records by organisation and table."""

    organisation: str
    table: str
    records: int


def shred_record(session: Session, record_id: UUID) -> Shredded:
    """Delete a record's key. The caller sets its sealed and index columns to NULL and records the entry.

    Raises NotFoundError if there is no key: the record was erased before, or never sealed.
    """
    row = session.execute(
        select(RECORD_KEY.c.table_name, RECORD_KEY.c.generation, VAULT_KEY.c.organisation, VAULT_KEY.c.epoch)
        .join_from(RECORD_KEY, VAULT_KEY, VAULT_KEY.c.id == RECORD_KEY.c.vault_key)
        .where(RECORD_KEY.c.record == record_id)
    ).first()
    if row is None:
        raise NotFoundError("This record has no key: it was erased already, or never sealed.")
    session.execute(delete(RECORD_KEY).where(RECORD_KEY.c.record == record_id))
    return Shredded(record_id, row.table_name, row.organisation, row.epoch, row.generation)


def replay(session: Session, record_ids: Iterable[UUID]) -> int:
    """Delete again, after a restore, the keys of records that the ledger says were erased. Returns how many."""
    ids = list(record_ids)
    gone = 0
    for start in range(0, len(ids), _SOME):
        some = ids[start : start + _SOME]
        gone += len(
            session.execute(
                delete(RECORD_KEY).where(RECORD_KEY.c.record.in_(some)).returning(RECORD_KEY.c.record)
            ).all()
        )
    return gone


def list_epoch(session: Session, epoch: int) -> list[Remaining]:
    """Return what destroying an epoch would erase: look for legal holds in it first."""
    rows = session.execute(
        select(VAULT_KEY.c.organisation, RECORD_KEY.c.table_name, func.count().label("records"))
        .join_from(RECORD_KEY, VAULT_KEY, VAULT_KEY.c.id == RECORD_KEY.c.vault_key)
        .where(VAULT_KEY.c.epoch == epoch, VAULT_KEY.c.kind == AGENCY)
        .group_by(VAULT_KEY.c.organisation, RECORD_KEY.c.table_name)
        .order_by(VAULT_KEY.c.organisation, RECORD_KEY.c.table_name)
    )
    return [Remaining(row.organisation, row.table_name, row.records) for row in rows]


def forget_epoch(session: Session, epoch: int) -> int:
    """Delete every key of an epoch from the database, in the change that records it. Returns the number of records.

    After that change is committed, `destroy_epoch` makes it true of the backups as well.
    """
    keys = select(VAULT_KEY.c.id).where(VAULT_KEY.c.epoch == epoch)
    gone = session.execute(
        delete(RECORD_KEY).where(RECORD_KEY.c.vault_key.in_(keys)).returning(RECORD_KEY.c.record)
    ).all()
    session.execute(delete(VAULT_KEY).where(VAULT_KEY.c.epoch == epoch))
    return len(gone)


def destroy_epoch(session: Session, keyring: Keyring, epoch: int) -> int:
    """Destroy an epoch's key in the keyring, for good. Can be asked again. Returns how many versions were destroyed.

    Raises AccordError while the database still holds keys of the epoch: the recorded change comes first.
    """
    if session.execute(select(exists().where(VAULT_KEY.c.epoch == epoch))).scalar():
        raise AccordError(
            f"The database still holds keys for {label(epoch)}. Record their erasure first, then destroy."
        )
    return keyring.destroy_epoch(epoch)
