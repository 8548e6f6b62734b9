"""This module knows organisations' keys: the rows that hold them wrapped, and the ciphers that they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sharing.errors import StaleError
from sharing.vault import aead
from sharing.vault.keyring import Keyring
from sharing.vault.layout import vault_key_binding
from sharing.vault.model import ACTIVE, AGENCY, VAULT_KEY
from sharing.vault.ring import Ring, WrappedKey

_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

WRAPPED_KEY = tuple(VAULT_KEY.c[name] for name in WrappedKey._fields)
"""The columns of a `WrappedKey`, in its order."""


def active(*more: Any) -> Select[Any]:  # noqa: ANN401 (columns of any type)
    """Return the question for the key that an organisation seals with now, with `more` columns behind it.

    The lock (PostgreSQL) makes a rotation that wants to retire the key wait for whoever seals with it just now.
    """
    return (
        select(*WRAPPED_KEY, *more)
        .where(
            VAULT_KEY.c.organisation == bindparam("organisation"),
            VAULT_KEY.c.kind == bindparam("kind"),
            VAULT_KEY.c.epoch == bindparam("epoch"),
            VAULT_KEY.c.state == ACTIVE,
        )
        .with_for_update(read=True, key_share=True, of=VAULT_KEY)
    )


_ACTIVE = active()


@dataclass(frozen=True, repr=False)
class AgencyKey:
    """An organisation's key for one epoch, ready to wrap and unwrap record keys."""

    id: int
    organisation: str
    epoch: int
    cipher: AESGCM

    @classmethod
    def of(cls, ring: Ring, key: WrappedKey) -> AgencyKey:
        """Unwrap a key. Raises TamperedError if its row was edited, NotFoundError if its epoch was destroyed."""
        return cls(key.id, key.organisation, key.epoch, ring.open_key(key, AESGCM))


def active_key(session: Session, keyring: Keyring, kind: str, organisation: str, epoch: int) -> WrappedKey:
    """Return the key that an organisation seals or indexes with in an epoch, making the first one when needed.

    Raises InvalidError if the epoch was destroyed, StaleError if another transaction made the key but hides it yet.
    """
    facts = {"organisation": organisation, "kind": kind, "epoch": epoch}
    for last in (False, True):
        row = session.connection().execute(_ACTIVE, facts).first()
        if row is not None:
            return WrappedKey(*row)
        if not last:
            add_version(session, keyring, kind=kind, organisation=organisation, epoch=epoch)
    raise StaleError("Another change is making this organisation's first key. Nothing was stored; try again.")


def agency_key(session: Session, keyring: Keyring, organisation: str, epoch: int) -> AgencyKey:
    """Return the key that wraps an organisation's record keys in an epoch now, ready for use."""
    key = active_key(session, keyring, AGENCY, organisation, epoch)
    # Rows first, keyring after: an epoch's key is on the disk before any row that needs it.
    return AgencyKey.of(keyring.current(), key)


def add_version(session: Session, keyring: Keyring, *, kind: str, organisation: str, epoch: int) -> int:
    """Add an active version of an organisation's key. Whoever adds a second one first sets the old to decrypt-only."""
    newest = select(func.max(VAULT_KEY.c.version)).where(
        VAULT_KEY.c.organisation == organisation, VAULT_KEY.c.kind == kind, VAULT_KEY.c.epoch == epoch
    )
    version = (session.execute(newest).scalar() or 0) + 1
    epoch_version = keyring.active_epoch(epoch)
    binding = vault_key_binding(kind, organisation, epoch, version)
    wrapped = aead.encrypt(keyring.current().epoch_key(epoch, epoch_version), aead.new_key(), binding)
    # Two first sealers on PostgreSQL: the second waits, then adds nothing, and reads the first one's key.
    insert = _INSERTS[session.connection().dialect.name](VAULT_KEY).on_conflict_do_nothing()
    session.execute(
        insert.values(
            kind=kind,
            organisation=organisation,
            epoch=epoch,
            version=version,
            state=ACTIVE,
            epoch_version=epoch_version,
            wrapped=wrapped,
        )
    )
    return version
