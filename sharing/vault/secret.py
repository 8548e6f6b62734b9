"""This module knows small secrets that are not records, such as second-factor seeds: `sharing.access` alone uses it."""

from __future__ import annotations

from uuid import UUID

from sharing.errors import NotFoundError, TamperedError
from sharing.vault import aead
from sharing.vault.keyring import Keyring
from sharing.vault.layout import HEADER, secret_binding


def seal_secret(keyring: Keyring, *, purpose: str, owner: UUID, secret: bytes) -> bytes:
    """Seal a secret under the root key, bound to its purpose ("totp") and its owner."""
    root = keyring.current().root()
    head, binding = secret_binding(root.version, purpose, owner)
    return head + aead.encrypt(root.small, secret, binding)


def open_secret(keyring: Keyring, *, purpose: str, owner: UUID, sealed: bytes) -> bytes:
    """Open a secret. Raises TamperedError if it was edited or moved, NotFoundError if its root key was destroyed."""
    version = _version(sealed)
    head, binding = secret_binding(version, purpose, owner)
    if sealed[:HEADER] != head:
        raise TamperedError("Stored bytes are not a sealed secret.")
    root = keyring.current().roots.get(version)
    if root is None:
        raise NotFoundError("The root key of this secret has been destroyed, or this is not its keyring.")
    return aead.decrypt(root.small, sealed, binding, HEADER)


def needs_resealing(keyring: Keyring, sealed: bytes) -> bool:
    """Tell whether a secret is under an old root key: open and seal it again before `keyring.retire_roots`."""
    return _version(sealed) != keyring.current().root().version


def _version(sealed: bytes) -> int:
    return int.from_bytes(sealed[2:HEADER], "big")
