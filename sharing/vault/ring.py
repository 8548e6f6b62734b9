"""This module knows the keys of one reading of the keyring's file, unwrapped and ready to use."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sharing.errors import NotFoundError, TamperedError, UnreachableError
from sharing.vault import aead
from sharing.vault import epoch as epochs
from sharing.vault.keyfile import Document
from sharing.vault.layout import keyring_binding, vault_key_binding

PENDING = "pending"
ACTIVE = "active"
DECRYPT_ONLY = "decrypt-only"
DESTROYED = "destroyed"
STATES = (PENDING, ACTIVE, DECRYPT_ONLY, DESTROYED)
"""A key's life: it is distributed first and promoted second, then only opens, then is gone (as in Google's Tink)."""

ROOT = "root"
EPOCH = "epoch"
SECRET = "secret"  # noqa: S105 (the name of a kind of key)

Entry = dict[str, Any]


class WrappedKey(NamedTuple):
    """A row of `vault_key`: an organisation's key, and everything that it is bound to."""

    id: int
    kind: str
    organisation: str
    epoch: int
    version: int
    epoch_version: int
    wrapped: bytes


T = TypeVar("T")


def to_text(key: bytes) -> str:
    """Write bytes for the file."""
    return base64.b64encode(key).decode()


def derive(key: bytes, info: bytes) -> bytes:
    """Derive a 256-bit key for one use from a uniformly random one (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=aead.KEY, salt=None, info=info).derive(key)


@dataclass(frozen=True, repr=False)
class Root:
    """One version of the root key, as the two keys derived from it: for the keyring and for small secrets."""

    version: int
    state: str
    ring: AESGCM
    small: AESGCM

    @classmethod
    def of(cls, version: int, state: str, key: bytes) -> Root:
        """Derive both keys; the root itself is dropped."""
        return cls(version, state, AESGCM(derive(key, b"accord keyring")), AESGCM(derive(key, b"accord small secrets")))


class Ring:
    """An immutable reading of the keyring; the organisations' keys opened with it are cached here, and die with it.

    So a key destroyed by another process is gone from this one at its next use, caches and all.
    """

    def __init__(self, document: Document, gate: AESGCM | None) -> None:
        """Unwrap every key that is not destroyed. `gate` is the passphrase's key, if there is one."""
        self.roots = {entry["version"]: self._root(entry, gate) for entry in document["roots"] if entry["key"]}
        self._epochs: dict[int, dict[int, tuple[str, AESGCM | None]]] = {}
        for entry in document["epochs"]:
            cipher = AESGCM(self.unwrap(entry, EPOCH, entry["epoch"])) if entry["key"] else None
            versions = self._epochs.setdefault(epochs.parse(entry["epoch"]), {})
            versions[entry["version"]] = (entry["state"], cipher)
        self._secrets: dict[str, Entry] = {entry["name"]: entry for entry in document["secrets"]}
        self._root_states = Counter(str(entry["state"]) for entry in document["roots"])
        self._opened: dict[tuple[WrappedKey, str], Any] = {}

    def __repr__(self) -> str:
        return f"<Ring: {len(self.roots)} roots, {len(self._epochs)} epochs, {len(self._secrets)} secrets>"

    @staticmethod
    def _root(entry: Entry, gate: AESGCM | None) -> Root:
        key = base64.b64decode(entry["key"])
        if gate is not None:
            try:
                key = aead.decrypt(gate, key, keyring_binding(ROOT, ROOT, entry["version"]))
            except TamperedError:
                raise UnreachableError("That passphrase does not open the keyring.") from None
        return Root.of(entry["version"], entry["state"], key)

    def unwrap(self, entry: Entry, kind: str, name: str) -> bytes:
        """Return the key in an entry of the file."""
        root = self.root(entry["root"])
        return aead.decrypt(root.ring, base64.b64decode(entry["key"]), keyring_binding(kind, name, entry["version"]))

    def root(self, version: int | None = None) -> Root:
        """Return a version of the root key; without one, the active version."""
        for root in self.roots.values():
            if root.version == version or (version is None and root.state == ACTIVE):
                return root
        raise NotFoundError("That version of the root key has been destroyed.")

    def active_version(self, epoch: int) -> int | None:
        """Return the version of an epoch's key that seals now; None if the epoch has no key yet.

        Raises NotFoundError if the epoch's keys were destroyed.
        """
        versions = self._epochs.get(epoch)
        if versions is None:
            return None
        for version, (state, _) in versions.items():
            if state == ACTIVE:
                return version
        raise NotFoundError(f"The keys for records due in {epochs.label(epoch)} have been destroyed.")

    def epoch_key(self, epoch: int, version: int) -> AESGCM:
        """Return an epoch's key. Raises NotFoundError if it was destroyed, UnreachableError if it was never here."""
        found = self._epochs.get(epoch, {}).get(version)
        if found is None:
            raise UnreachableError(
                f"The keyring has no key {version} for {epochs.label(epoch)}: is it an older copy, or another's?"
            )
        if found[1] is None:
            raise NotFoundError(f"The keys for records due in {epochs.label(epoch)} have been destroyed.")
        return found[1]

    def open_key(self, key: WrappedKey, make: Callable[[bytes], T], use: str = "") -> T:
        """Unwrap an organisation's key and make of it what is needed; the result is kept, the bytes are not.

        The cache is keyed by all that is stored, so it can never hold a key that a rollback took back, nor give a row
        that was edited since the key that it was before.
        """
        place = (key, use)
        opened: T | None = self._opened.get(place)
        if opened is None:
            binding = vault_key_binding(key.kind, key.organisation, key.epoch, key.version)
            raw = aead.decrypt(self.epoch_key(key.epoch, key.epoch_version), key.wrapped, binding)
            opened = self._opened[place] = make(raw)
        return opened

    def secret(self, name: str) -> bytes:
        """Return a named secret. Raises NotFoundError."""
        entry = self._secrets.get(name)
        if entry is None or entry["key"] is None:
            raise NotFoundError(f"The keyring holds no secret named {name}.")
        return self.unwrap(entry, SECRET, name)

    @property
    def secret_names(self) -> tuple[str, ...]:
        """Return the names of the secrets, sorted."""
        return tuple(sorted(self._secrets))

    def versions(self, epoch: int) -> dict[int, str]:
        """Return the state of each version of an epoch's key."""
        return {version: state for version, (state, _) in self._epochs.get(epoch, {}).items()}

    @property
    def epochs(self) -> tuple[int, ...]:
        """Return the epochs that have, or had, a key, in order."""
        return tuple(sorted(self._epochs))

    def is_alive(self, epoch: int) -> bool:
        """Tell whether anything due in an epoch can still be opened."""
        return any(cipher is not None for _, cipher in self._epochs.get(epoch, {}).values())

    def counts(self) -> dict[str, dict[str, int]]:
        """Count root and epoch keys per state."""
        found = Counter(state for versions in self._epochs.values() for state, _ in versions.values())
        return {
            ROOT: {state: self._root_states[state] for state in STATES},
            EPOCH: {state: found[state] for state in STATES},
        }
