"""This module knows how a code seed or a draft is sealed for the portal itself, bound to what it is and whose it is."""

from __future__ import annotations

from uuid import UUID

from sharing.vault import Vault
from sharing.vault.secret import needs_resealing as under_old_root
from sharing.vault.secret import open_secret, seal_secret


def seal(vault: Vault, purpose: str, owner: UUID, text: str) -> bytes:
    """Seal a text; it opens for the same purpose and owner only."""
    return seal_secret(vault.keyring, purpose=purpose, owner=owner, secret=text.encode())


def unseal(vault: Vault, purpose: str, owner: UUID, sealed: bytes) -> str:
    """Open a text. Raises TamperedError when it was edited, or moved from another owner."""
    return open_secret(vault.keyring, purpose=purpose, owner=owner, sealed=sealed).decode()


def reseal(vault: Vault, purpose: str, owner: UUID, sealed: bytes) -> bytes:
    """Seal again, under the present root key, what is sealed under an old one. Raises as `unseal` does."""
    secret = open_secret(vault.keyring, purpose=purpose, owner=owner, sealed=sealed)
    return seal_secret(vault.keyring, purpose=purpose, owner=owner, secret=secret)


def needs_resealing(vault: Vault, sealed: bytes) -> bool:
    """Tell whether a text is under an old root key."""
    return under_old_root(vault.keyring, sealed)
