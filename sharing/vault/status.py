"""This module knows how to count keys, for `accord keys status`: states and numbers, never a key."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharing.vault.epoch import label
from sharing.vault.keyring import Keyring
from sharing.vault.model import ACTIVE, AGENCY, INDEX, RECORD_KEY, VAULT_KEY
from sharing.vault.ring import EPOCH, ROOT


@dataclass(frozen=True)
class KeyStatus:
    """How many keys there are of each kind and state, and what a rotation or an erasure has left to do."""

    root: dict[str, int]
    epoch: dict[str, int]
    agency: dict[str, int]
    index: dict[str, int]
    records: int
    records_to_rewrap: int
    agencies_to_rewrap: int
    epochs_to_destroy: tuple[str, ...]
    secrets: tuple[str, ...]


def status(session: Session, keyring: Keyring) -> KeyStatus:
    """Count the keys. `epochs_to_destroy` were erased in the database but live in the keyring: or were never used."""
    ring = keyring.current()
    counted = session.execute(
        select(VAULT_KEY.c.kind, VAULT_KEY.c.state, func.count()).group_by(VAULT_KEY.c.kind, VAULT_KEY.c.state)
    )
    kinds: dict[str, dict[str, int]] = {AGENCY: {}, INDEX: {}}
    for kind, state, number in counted:
        kinds[kind][state] = number
    behind = (
        select(func.count())
        .select_from(RECORD_KEY)
        .join(VAULT_KEY, VAULT_KEY.c.id == RECORD_KEY.c.vault_key)
        .where(VAULT_KEY.c.state != ACTIVE)
    )
    versions = session.execute(select(VAULT_KEY.c.epoch, VAULT_KEY.c.epoch_version)).all()
    used = {row.epoch for row in versions}
    old = sum(ring.versions(row.epoch).get(row.epoch_version) != ACTIVE for row in versions)
    counts = ring.counts()
    return KeyStatus(
        root=counts[ROOT],
        epoch=counts[EPOCH],
        agency=kinds[AGENCY],
        index=kinds[INDEX],
        records=session.execute(select(func.count()).select_from(RECORD_KEY)).scalar_one(),
        records_to_rewrap=session.execute(behind).scalar_one(),
        agencies_to_rewrap=old,
        epochs_to_destroy=tuple(label(epoch) for epoch in ring.epochs if ring.is_alive(epoch) and epoch not in used),
        secrets=ring.secret_names,
    )
