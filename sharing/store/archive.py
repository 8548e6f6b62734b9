"""This module knows a backup's files: each is a zip archive, and beneath it a signed note over every byte of the archive.

`unzip -p FILE manifest.json` shows what is in it. The note is signed with the ledger's key: a backup that was changed, or that is
another installation's, is refused before a byte of it is stored.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

from sharing.errors import InvalidError, TamperedError, UnreachableError
from sharing.ledger import note
from sharing.ledger.note import Signer, Verifier

FORMAT = "accord-backup/1"
MANIFEST = "manifest.json"
PRIVATE = 0o600
PRIVATE_FOLDER = 0o700
_LONGEST_NOTE = 4096
_LARGEST_MANIFEST = 64 << 20
_CHUNK = 1 << 20


class Sink(Protocol):
    """Whatever bytes can be written to."""

    def write(self, data: bytes, /) -> Any:  # noqa: ANN401  as files give it
        """Take some bytes."""


class _Counted:
    """A part of the archive as it is written: counts and digests what passes."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self._bytes = 0

    def write(self, data: bytes, /) -> int:
        self._digest.update(data)
        self._bytes += len(data)
        return self._out.write(data)

    def facts(self) -> dict[str, Any]:
        return {"sha256": self._digest.hexdigest(), "bytes": self._bytes}


class Archive:
    """A backup that is being written, under another name than its own until it is whole."""

    def __init__(self, path: Path) -> None:
        """Make the file, readable by nobody else. Raises FileExistsError."""
        self.path = path
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
        self._file = os.fdopen(descriptor, "w+b")
        # Sealed fields do not shrink; the fastest level takes out what there is.
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._content: dict[str, dict[str, Any]] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[Sink]:
        """Open the next part for writing."""
        with self._zip.open(name, "w", force_zip64=True) as out:
            counted = _Counted(out)
            yield counted
        self._content[name] = counted.facts()

    def finish(self, manifest: dict[str, Any], signer: Signer) -> tuple[str, int]:
        """Write the list of contents and the note, and see them on the disk. Return the file's SHA-256 and length."""
        whole = {"format": FORMAT, **manifest, "content": self._content}
        self._zip.writestr(zipfile.ZipInfo(MANIFEST), json.dumps(whole, indent=1, ensure_ascii=False).encode())
        self._zip.close()
        digest, length = _digest(self._file, None)
        beneath = note.sign(_text(digest.hexdigest(), length), signer).render().encode()
        digest.update(beneath)
        self._file.seek(0, os.SEEK_END)
        self._file.write(beneath)
        self._file.flush()
        os.fsync(self._file.fileno())
        return digest.hexdigest(), length + len(beneath)

    def close(self) -> None:
        """Close the file, whole or not."""
        with suppress(OSError, ValueError):  # a full disk has been told of already
            self._zip.close()
        self._file.close()


class Opened:
    """A backup whose bytes are those that were signed, by whom has still to be asked."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        """Read every byte. Raises TamperedError when the file is none of ours, cut off or changed."""
        self.path = path
        self._note, length = _note_beneath(file, path)
        digest, _ = _digest(file, length)
        if self._note.text != _text(digest.hexdigest(), length):
            raise TamperedError(f"{path} is damaged: its bytes are not those that were written. Use another backup.")
        digest.update(self._note.render().encode())
        self.sha256 = digest.hexdigest()
        self._zip = zipfile.ZipFile(file)
        self.manifest = self._manifest()

    def check_signature(self, verifier: Verifier) -> None:
        """Raise TamperedError unless this installation signed it."""
        if not self._note.signed_by([verifier]):
            raise TamperedError(f"{self.path} was not signed with the key of {verifier.name}: it is not its backup.")

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        """Open a part for reading."""
        with self._zip.open(name) as opened:
            yield opened

    def _manifest(self) -> dict[str, Any]:
        with self._zip.open(MANIFEST) as opened:
            manifest: dict[str, Any] = json.loads(opened.read(_LARGEST_MANIFEST))
        if manifest.get("format") != FORMAT:
            raise InvalidError.one(
                f"The backup has the form {manifest.get('format')}, and this version reads {FORMAT}.",
                mend="Restore it with the version of Accord that made it.",
            )
        return manifest


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a backup and check every byte. Raises TamperedError, UnreachableError."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnreachableError(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        try:
            yield Opened(file, path)
        except zipfile.BadZipFile:
            raise TamperedError(f"{path} is signed as a backup and is none.") from None


def chunks(source: IO[bytes]) -> Iterator[bytes]:
    """Give what is left of a file, a megabyte at a time."""
    yield from iter(lambda: source.read(_CHUNK), b"")


def _text(digest: str, length: int) -> str:
    """Return the signed text. Its second line is no number, so that it can never be taken for a log's head."""
    return f"{FORMAT}\nsha256 {digest}\nbytes {length}\n"


def _digest(file: IO[bytes], length: int | None) -> tuple[Any, int]:
    """Digest the first bytes of a file, or all."""
    file.seek(0)
    digest, done = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK if length is None else min(_CHUNK, length - done)):
        digest.update(chunk)
        done += len(chunk)
    return digest, done


def _note_beneath(file: IO[bytes], path: Path) -> tuple[note.Note, int]:
    """Find the note at the end of a file, and where it begins."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - _LONGEST_NOTE)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(f"{FORMAT}\nsha256 ".encode())
    if at < 0:
        raise TamperedError(f"{path} is no backup of Accord, or its end is missing or damaged. Use another backup.")
    return note.parse(tail[at:]), start + at
