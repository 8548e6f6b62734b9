"""This module knows the vault's face: everything except the two doors, `unseal` and `secret`, which few may import."""

from __future__ import annotations

from sharing.vault.bulk import insert_rows
from sharing.vault.column import PlaintextRefusedError, SealedColumn, SealedMisuseError
from sharing.vault.index import Indexer
from sharing.vault.keyring import Keyring
from sharing.vault.permit import Permit
from sharing.vault.seal import Vault
from sharing.vault.sealed import Sealed, ciphertext_of

__all__ = [
    "Indexer",
    "Keyring",
    "Permit",
    "PlaintextRefusedError",
    "Sealed",
    "SealedColumn",
    "SealedMisuseError",
    "Vault",
    "ciphertext_of",
    "insert_rows",
]
