"""This module knows the keyring: the keys that stand outside the database, and the changes of their state.

A copy of the database is noise without it. Destroying an epoch's key here destroys every record due in that quarter,
in the database and in all of its backups; copies of the keyring must therefore be few and short-lived.
"""

from __future__ import annotations

import base64
import os
import resource
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sharing.errors import InvalidError, NotFoundError
from sharing.vault import aead
from sharing.vault import epoch as epochs
from sharing.vault.keyfile import FORMAT, Document, KeyFile, Signature
from sharing.vault.layout import keyring_binding
from sharing.vault.ring import (
    ACTIVE,
    DECRYPT_ONLY,
    DESTROYED,
    EPOCH,
    PENDING,
    ROOT,
    SECRET,
    Entry,
    Ring,
    Root,
    to_text,
)

ARGON2 = {"memory_kib": 65_536, "iterations": 3, "lanes": 4}
"""RFC 9106 section 4, second recommended option: 64 MiB, three passes, four lanes."""


class Keyring:
    """The root key, the retention epochs' keys and named secrets, in one private file.

    Safe among threads and among processes on one machine: every use first asks whether the file has changed.
    """

    def __init__(self, file: KeyFile, passphrase: str | None) -> None:
        """Read the file; use `create` or `open`."""
        self._file = file
        self._lock = threading.Lock()
        self._seen: Signature = file.signature()
        document = file.read()
        self._gate = _gate(document["passphrase"], passphrase)
        self._ring = Ring(document, self._gate)

    def __repr__(self) -> str:
        return f"<Keyring {self._file.directory}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a keyring cannot be copied or pickled")

    @classmethod
    def create(cls, directory: Path | str, passphrase: str | None = None) -> Keyring:
        """Make a keyring with a fresh root key, in a folder of mode 0700. A passphrase guards the root by Argon2id.

        Raises UnreachableError if there is one already.
        """
        document: Document = {"format": FORMAT, "passphrase": None, "roots": [], "epochs": [], "secrets": []}
        if passphrase is not None:
            document["passphrase"] = {"kdf": "argon2id", "salt": to_text(os.urandom(16)), **ARGON2}
        _add_root(document, _gate(document["passphrase"], passphrase))
        KeyFile(Path(directory)).create(document)
        return cls.open(directory, passphrase)

    @classmethod
    def open(cls, directory: Path | str, passphrase: str | None = None) -> Keyring:
        """Open a keyring, and forbid this process to dump its memory to the disk.

        Raises UnreachableError if it is absent, not ours or readable by others, or if the passphrase is wrong.
        """
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))
        return cls(KeyFile(Path(directory)), passphrase)

    def current(self) -> Ring:
        """Return the keys as the file has them now: one look at the file's date, and a reading if it changed."""
        signature = self._file.signature()
        if signature != self._seen:
            with self._lock:
                self._ring = Ring(self._file.read(), self._gate)
                self._seen = signature
        return self._ring

    def active_epoch(self, epoch: int) -> int:
        """Return the version of an epoch's key that seals now, making the first one when it is needed.

        The key is on the disk before anything is sealed with it. Raises InvalidError if the epoch was destroyed.
        """
        try:
            version = self.current().active_version(epoch)
            if version is None:
                self._file.update(lambda document: self._begin_epoch(document, epoch))
                version = self.current().active_version(epoch)
        except NotFoundError:
            raise InvalidError.one(
                f"nothing can be kept until {epochs.label(epoch)}: that quarter's keys have been destroyed",
                where="retain_until",
                mend="check the retention date",
            ) from None
        if version is None:  # pragma: no cover (the key was just written)
            raise NotFoundError("The keyring lost an epoch's key while it was being made.")
        return version

    def prepare_epoch(self, epoch: int) -> int:
        """Add a pending version of an epoch's key, to be copied to every machine before it seals anything."""
        if self.current().active_version(epoch) is None:
            return self.active_epoch(epoch)
        self._file.update(lambda document: self._add_epoch(document, epoch, PENDING))
        return max(self.current().versions(epoch))

    def promote_epoch(self, epoch: int) -> int:
        """Let the newest pending version of an epoch's key seal; the old one only opens now. Returns its number."""

        def change(document: Document) -> None:
            entries = _entries(document, epoch)
            pending = [entry for entry in entries if entry["state"] == PENDING]
            if not pending:
                raise NotFoundError(f"No key for {epochs.label(epoch)} is waiting to be promoted.")
            for entry in entries:
                if entry["state"] == ACTIVE:
                    entry["state"] = DECRYPT_ONLY
            pending[-1]["state"] = ACTIVE

        self._file.update(change)
        version = self.current().active_version(epoch)
        return version or 0

    def retire_epoch(self, epoch: int) -> int:
        """Destroy an epoch's decrypt-only versions. Only `rotate` calls this, when nothing is wrapped by them."""
        return self._destroy(epoch, (DECRYPT_ONLY,))

    def destroy_epoch(self, epoch: int) -> int:
        """Destroy every version of an epoch's key, for good. Only `shred` calls this. Returns how many there were."""
        return self._destroy(epoch, (PENDING, ACTIVE, DECRYPT_ONLY))

    def rotate_root(self) -> int:
        """Make a new root key and wrap every key and secret in the file under it, in one write. Returns its version."""
        self._file.update(self._renew_root)
        return self.current().root().version

    def begin_rotation(self) -> int:
        """Make a new root key and a new active key for every quarter that is alive, in one write. Returns the root's version.

        Until `retire_roots` the old root is there, decrypt-only: that is how a rotation which was killed is known again.
        One that is under way already is left as it is.
        """

        def change(document: Document) -> None:
            if any(entry["state"] == DECRYPT_ONLY for entry in document["roots"]):
                return
            self._renew_root(document)
            for old in [entry for entry in document["epochs"] if entry["state"] == ACTIVE]:
                old["state"] = DECRYPT_ONLY
                self._add_epoch(document, epochs.parse(old["epoch"]), ACTIVE)

        self._file.update(change)
        return self.current().root().version

    @property
    def is_rotating(self) -> bool:
        """Whether a rotation was begun and not finished."""
        return any(root.state == DECRYPT_ONLY for root in self.current().roots.values())

    def retire_roots(self) -> int:
        """Destroy the old root keys, once every small secret was sealed again (`vault.secret`). Returns how many."""
        gone = 0

        def change(document: Document) -> None:
            nonlocal gone
            for entry in document["roots"]:
                if entry["state"] == DECRYPT_ONLY:
                    entry["state"], entry["key"] = DESTROYED, None
                    gone += 1

        self._file.update(change)
        return gone

    def set_secret(self, name: str, secret: bytes) -> None:
        """Keep an opaque secret, such as a log's signing key, under a name; a second one of that name replaces it."""

        def change(document: Document) -> None:
            root = Ring(document, self._gate).root()
            document["secrets"] = [entry for entry in document["secrets"] if entry["name"] != name]
            entry: Entry = {"name": name, "version": 1, "state": ACTIVE, "made_at": _now()}
            _wrap(entry, root, SECRET, name, secret)
            document["secrets"].append(entry)

        self._file.update(change)

    def secret(self, name: str) -> bytes:
        """Return a named secret. Raises NotFoundError."""
        return self.current().secret(name)

    @property
    def secret_names(self) -> tuple[str, ...]:
        """Return the names of the secrets, sorted."""
        return self.current().secret_names

    def _renew_root(self, document: Document) -> None:
        ring = Ring(document, self._gate)
        for entry in document["roots"]:
            if entry["state"] == ACTIVE:
                entry["state"] = DECRYPT_ONLY
        root = _add_root(document, self._gate)
        for kind, named, key in ((EPOCH, "epoch", "epochs"), (SECRET, "name", "secrets")):
            for entry in document[key]:
                if entry["key"]:
                    _wrap(entry, root, kind, entry[named], ring.unwrap(entry, kind, entry[named]))

    def _begin_epoch(self, document: Document, epoch: int) -> None:
        if not _entries(document, epoch):  # another process may have been first
            self._add_epoch(document, epoch, ACTIVE)

    def _add_epoch(self, document: Document, epoch: int, state: str) -> None:
        version = 1 + max((entry["version"] for entry in _entries(document, epoch)), default=0)
        entry: Entry = {"epoch": epochs.label(epoch), "version": version, "state": state, "made_at": _now()}
        _wrap(entry, Ring(document, self._gate).root(), EPOCH, entry["epoch"], aead.new_key())
        document["epochs"].append(entry)

    def _destroy(self, epoch: int, states: tuple[str, ...]) -> int:
        gone = 0

        def change(document: Document) -> None:
            nonlocal gone
            for entry in _entries(document, epoch):
                if entry["state"] in states:
                    entry["state"], entry["key"], gone = DESTROYED, None, gone + 1

        self._file.update(change)
        return gone


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _entries(document: Document, epoch: int) -> list[Entry]:
    name = epochs.label(epoch)
    return [entry for entry in document["epochs"] if entry["epoch"] == name]


def _gate(facts: dict[str, Any] | None, passphrase: str | None) -> AESGCM | None:
    """Return the key that a passphrase makes (Argon2id, RFC 9106), or None for a keyring without one."""
    if facts is None:
        return None
    if not passphrase:
        raise InvalidError.one("the keyring is guarded by a passphrase", mend="name the file that holds it")
    argon2 = Argon2id(
        salt=base64.b64decode(facts["salt"]),
        length=aead.KEY,
        iterations=facts["iterations"],
        lanes=facts["lanes"],
        memory_cost=facts["memory_kib"],
    )
    return AESGCM(argon2.derive(passphrase.encode()))


def _add_root(document: Document, gate: AESGCM | None) -> Root:
    version = 1 + max((entry["version"] for entry in document["roots"]), default=0)
    key = aead.new_key()
    stored = key if gate is None else aead.encrypt(gate, key, keyring_binding(ROOT, ROOT, version))
    document["roots"].append({"version": version, "state": ACTIVE, "made_at": _now(), "key": to_text(stored)})
    return Root.of(version, ACTIVE, key)


def _wrap(entry: Entry, root: Root, kind: str, name: str, key: bytes) -> None:
    entry["root"] = root.version
    entry["key"] = to_text(aead.encrypt(root.ring, key, keyring_binding(kind, name, entry["version"])))
