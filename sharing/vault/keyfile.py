"""This module knows the keyring's file: who may read it, how it is written whole, and that two writers never cross."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sharing.errors import TamperedError, UnreachableError

FORMAT = "accord-keyring-1"
FILE = "keyring.json"
_LOCK = "keyring.lock"
_BESIDE = ".keyring-"
_OTHERS = 0o077

Document = dict[str, Any]
Signature = tuple[int, int, int]


class KeyFile:
    """`keyring.json` in a folder that nobody else may enter. Holds no key in memory."""

    def __init__(self, directory: Path) -> None:
        """Name the folder; nothing is read yet."""
        self.directory = directory
        self.path = directory / FILE
        self._thread = threading.Lock()

    def create(self, document: Document) -> None:
        """Make the folder (0700) and the file (0600). Raises UnreachableError if there is a keyring already."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._check_directory()
        with self._locked():
            if self.path.exists():
                raise UnreachableError(
                    f"{self.path} exists already. A keyring is never overwritten: move it away first."
                )
            self._write(document)

    def signature(self) -> Signature:
        """Return what changes whenever the file does: cheap enough to ask before every use of a key."""
        try:
            found = self.path.stat()
        except OSError as error:
            raise UnreachableError(f"{self.path} cannot be read: {error.strerror}. Is the keyring mounted?") from None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def read(self) -> Document:
        """Read the file. Raises UnreachableError if it is absent or not private, TamperedError if it is no keyring."""
        self._check_directory()
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise UnreachableError(f"{self.path} cannot be read: {error.strerror}.") from None
        with os.fdopen(descriptor, encoding="utf-8") as file:
            self._check(os.fstat(descriptor), self.path, "chmod 600")
            try:
                document = json.load(file)
            except ValueError:
                document = None
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise TamperedError(
                f"{self.path} is not a keyring that this version can read. Restore it from its own backup."
            )
        return document

    def update(self, change: Callable[[Document], None]) -> None:
        """Read, change and write the file, one thread and process at a time. Nothing is written if `change` raises."""
        with self._locked():
            document = self.read()
            change(document)
            self._write(document)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._thread:
            descriptor = os.open(self.directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)

    def _write(self, document: Document) -> None:
        """Write beside, flush to the disk, rename over: a reader sees the old file or the new one, whole."""
        for left in self.directory.glob(f"{_BESIDE}*"):
            left.unlink()  # a writer was killed here; its copy must not outlive keys that are destroyed later
        descriptor, name = tempfile.mkstemp(dir=self.directory, prefix=_BESIDE)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(document, file, indent=1)
                file.flush()
                os.fsync(descriptor)
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        folder = os.open(self.directory, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _check_directory(self) -> None:
        try:
            found = self.directory.lstat()
        except OSError as error:
            raise UnreachableError(
                f"{self.directory} cannot be read: {error.strerror}. Is there a keyring yet?"
            ) from None
        self._check(found, self.directory, "chmod 700")

    @staticmethod
    def _check(found: os.stat_result, path: Path, mend: str) -> None:
        if found.st_uid != os.geteuid():
            raise UnreachableError(f"{path} belongs to another user. Run as its owner, or chown it.")
        if stat.S_IMODE(found.st_mode) & _OTHERS:
            raise UnreachableError(f"{path} can be read or entered by others. Keys must be private: {mend} {path}")
        if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
            raise UnreachableError(f"{path} is neither a file nor a folder.")
