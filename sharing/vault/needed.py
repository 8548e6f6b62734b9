"""This module knows which keys a copy of the database needs, named by their ids, and whether a keyring has them.

A quarter that was destroyed for good is not missing: what fell due in it is to stay closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.vault import epoch as epochs
from sharing.vault import shred
from sharing.vault.agency import WRAPPED_KEY
from sharing.vault.keyring import Keyring
from sharing.vault.model import VAULT_KEY
from sharing.vault.ring import Ring, WrappedKey


@dataclass(frozen=True)
class Needed:
    """Versions of the root key, versions of each quarter's key, and names of secrets. Ids alone, never a key."""

    roots: list[int] = field(default_factory=list)
    epochs: Mapping[str, list[int]] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data, from which `Needed(**data)` makes it again."""
        return asdict(self)

    def apart(self) -> tuple[Needed, Needed]:
        """Return what the rows need and what the wrapped keys need, which lie in two files (`apart`)."""
        return Needed(self.roots, {}, self.secrets), Needed([], self.epochs, [])

    def along_with(self, other: Needed) -> Needed:
        """Return what both need together."""
        epochs_of_both = {**self.epochs, **other.epochs}
        return Needed([*self.roots, *other.roots], epochs_of_both, [*self.secrets, *other.secrets])

    def names(self) -> list[str]:
        """Return every key by its id, as a person reads it."""
        return [
            *(f"root key {version}" for version in self.roots),
            *(f"{label} key {version}" for label, versions in self.epochs.items() for version in versions),
            *(f"secret {name}" for name in self.secrets),
        ]


def needed(session: Session, keyring: Keyring) -> Needed:
    """Return the keys without which something in this database could not be opened."""
    ring = keyring.current()
    wrapped: dict[str, list[int]] = {}
    query = select(VAULT_KEY.c.epoch, VAULT_KEY.c.epoch_version).distinct()
    for row in session.execute(query.order_by(VAULT_KEY.c.epoch, VAULT_KEY.c.epoch_version)):
        wrapped.setdefault(epochs.label(row.epoch), []).append(row.epoch_version)
    return Needed(sorted(ring.roots), wrapped, list(ring.secret_names))


def missing(wanted: Needed, keyring: Keyring) -> list[str]:
    """Return the ids of the keys that the keyring has not, other than those of quarters destroyed for good."""
    ring = keyring.current()
    gone = Needed(
        [version for version in wanted.roots if version not in ring.roots],
        {label: list(_missing_versions(ring, label, versions)) for label, versions in wanted.epochs.items()},
        [name for name in wanted.secrets if name not in ring.secret_names],
    )
    return gone.names()


def _missing_versions(ring: Ring, label: str, versions: list[int]) -> Iterator[int]:
    """Give the versions of a quarter's key that a rotation retired, or that this keyring never had."""
    epoch = epochs.parse(label)
    if epoch in ring.epochs and not ring.is_alive(epoch):
        return
    usable = {version for version, state in ring.versions(epoch).items() if state != "destroyed"}
    yield from (version for version in versions if version not in usable)


def forget_destroyed(session: Session, keyring: Keyring) -> int:
    """Delete the keys of every quarter that the keyring has destroyed, as they come back with a backup. Returns records."""
    ring = keyring.current()
    stored = session.scalars(select(VAULT_KEY.c.epoch).distinct()).all()
    return sum(shred.forget_epoch(session, epoch) for epoch in stored if not ring.is_alive(epoch))


def prove(session: Session, keyring: Keyring) -> int:
    """Unwrap every organisation's key: it shows that this keyring is the database's own. Returns how many there are.

    Raises TamperedError when one does not open, UnreachableError when a quarter's key is not here.
    """
    ring = keyring.current()
    rows = session.execute(select(*WRAPPED_KEY)).all()
    for row in rows:
        ring.open_key(WrappedKey(*row), AESGCM)
    return len(rows)
