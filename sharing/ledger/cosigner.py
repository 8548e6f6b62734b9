"""This module knows a partner who co-signs heads: its own key, and beside it the head of each log that it co-signed last.

A co-signature (C2SP tlog-cosignature) says that its maker saw this head after all those that it co-signed before, as one history.
So what was seen is written down before a co-signature leaves, and without that file nothing is co-signed.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from sharing.errors import AccordError, InvalidError, TamperedError
from sharing.ledger import checkpoint, compared, cosignature
from sharing.ledger.checkpoint import Comparison
from sharing.ledger.compared import NEEDS_LOG, Named
from sharing.ledger.note import COSIGNATURE, Note, Signer, Verifier, new_signing_key
from sharing.ledger.policy import Policy
from sharing.ledger.report import Verdict

FORMAT = "accord-seen@v1"
SEEN, _PART = ".seen", ".part"
_PRIVATE = 0o600
_OTHERS = 0o077


class CannotTellError(AccordError):
    """Nothing contradicts the head, and nothing proves it either: more has to be given."""


class NotAKeyError(AccordError):
    """The file given as a key is none, or not one that may be used."""


@dataclass(frozen=True)
class Seen:
    """The head of a log that was co-signed last, and the log's key if one was ever given."""

    head: Named
    log_key: Verifier | None


def new_key(name: str, path: Path) -> Verifier:
    """Make a co-signing key in a file of its own (mode 0600), with an empty memory beside it; return the public half.

    Raises InvalidError for a name that no key can bear, and for a file that is there: keys are never overwritten.
    """
    try:
        text = new_signing_key(name, COSIGNATURE)
    except ValueError as error:
        raise InvalidError.one(f"{error}.", mend="Take a name such as police.example.") from None
    try:
        _create(path, (text + "\n").encode())
        try:
            _create(_beside(path, SEEN), _encode({}))
        except FileExistsError:
            path.unlink()
            raise
    except FileExistsError as error:
        raise InvalidError.one(
            "There is such a file already; keys are never overwritten.", where=str(error.filename), mend="Name another."
        ) from None
    return Signer.load(text).verifier


class Cosigner:
    """A partner's key in a file, and its memory in `KEYFILE.seen` beside it. The key never shows itself."""

    def __init__(self, path: Path) -> None:
        """Open key and memory. Raises NotAKeyError for what is no private co-signing key, TamperedError for a lost memory."""
        self.path = path
        self._signer = _load(path)
        self._memory = _beside(path, SEEN)
        self._read = self._bytes()
        self._seen = _decode(self._read, self._memory)

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return self._signer.verifier

    def seen(self, origin: str) -> Seen | None:
        """Return what was co-signed last of a log."""
        return self._seen.get(origin)

    def cosign(self, held: Named, at: int, *, log_key: Verifier | None = None, bundle: Path | None = None) -> Note:
        """Return the head with this key's co-signature of the POSIX second `at`; it is remembered before it is returned.

        `log_key` is the log's, and is remembered too. Raises TamperedError for a head that forks from the one co-signed last, or
        that the log did not sign; InvalidError for an older one; CannotTellError for a larger one that no bundle proves.
        """
        seen = self.seen(held.head.origin)
        key = log_key or (seen.log_key if seen else None)
        policy = Policy((key,)) if key else Policy()
        wrong = compared.unsigned(held, policy)
        if wrong:
            raise TamperedError(
                f"{wrong[0].message} If the log has a new key, give it with --log-key. Nothing was signed."
            )
        if seen:
            _check_follows(seen.head, held, policy, bundle)
        signed = cosignature.cosign(self._without_mine(held.note), self._signer, at)
        checkpoint.parse(signed.render().encode())  # refuses what nobody could read any more: too many signatures
        self._remember(Seen(Named(held.name, held.head, signed), key))
        return signed

    def _without_mine(self, head: Note) -> Note:
        """Leave out what this key co-signed earlier: of two lines of one key nobody could say which counts."""
        mine = head.by(self.verifier)
        return Note(head.text, tuple(line for line in head.signatures if line not in mine))

    def _remember(self, seen: Seen) -> None:
        """Write the memory beside, flush it, rename it over; one at a time, and only over what was read before deciding."""
        part = _beside(self._memory, _PART)
        decided = {**self._seen, seen.head.head.origin: seen}
        try:
            _create(part, _encode(decided))
        except FileExistsError:
            raise InvalidError.one(
                "This key is being used at this moment, or was when the machine stopped.",
                where=str(part),
                mend="Wait; if nobody is co-signing, delete this file and try again.",
            ) from None
        try:
            self._check_unchanged()
            part.replace(self._memory)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _settle(self._memory.parent)
        self._read, self._seen = _encode(decided), decided

    def _check_unchanged(self) -> None:
        if self._bytes() != self._read:
            raise InvalidError.one("Something else was co-signed meanwhile.", mend="Nothing was signed; try again.")

    def _bytes(self) -> bytes:
        try:
            return self._memory.read_bytes()
        except OSError:
            raise TamperedError(
                f"{self._memory} cannot be read. It holds the heads that this key co-signed; without it nothing is co-signed."
                " Bring it back from your copy, or make a new key (accord ledger new-key)."
            ) from None


def _check_follows(last: Named, held: Named, policy: Policy, bundle: Path | None) -> None:
    """Let a head pass that is the one co-signed last, or is proved to have grown out of it."""
    comparison = checkpoint.compare(last.head, held.head)
    if comparison is Comparison.SAME:
        return
    if comparison is Comparison.FORKED:
        raise TamperedError(_refusal(compared.forked(last, held).message, last, held))
    if held.head.size < last.head.size:
        raise InvalidError.one(
            f"This head has {held.head.size} entries; you have co-signed one with {last.head.size} already.",
            where=held.name,
            mend="Ask for the latest one. A log that became shorter was put back or rewritten.",
        )
    if bundle is None:
        raise CannotTellError(
            f"{held.name} has {held.head.size} entries, {last.name} has {last.head.size}. {NEEDS_LOG}"
        )
    answer, *why = compared.relate(last, held, bundle, policy)
    message = " ".join(finding.message for finding in (answer, *why))
    if answer.weight is Verdict.FALSE:
        raise TamperedError(_refusal(message, last, held))
    if answer.weight is Verdict.CANNOT_TELL:
        raise CannotTellError(message)


def _refusal(message: str, *heads: Named) -> str:
    return "\n".join([message, *(f"  · {head.told()}" for head in heads), "Nothing was signed."])


# -- the two files


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _load(path: Path) -> Signer:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except (OSError, ValueError):
        raise NotAKeyError(f"{path} cannot be read as a key.") from None
    if os.name == "posix" and stat.S_IMODE(mode) & _OTHERS:
        raise NotAKeyError(f"{path} can be read by others. Keys must be private: chmod 600 {path}")
    try:
        signer = Signer.load(text)
    except TamperedError as error:
        raise NotAKeyError(f"{path}: {error}.") from None
    if signer.verifier.kind != COSIGNATURE:
        raise NotAKeyError(
            f"{path} is a key for signing a log, not for co-signing one: make one with accord ledger new-key."
        )
    return signer


def _create(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, readable by its owner alone, down to the disk. Raises FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _settle(folder: Path) -> None:
    """See a rename down to the disk, where folders can be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _encode(seen: dict[str, Seen]) -> bytes:
    logs = {
        origin: {"head": each.head.note.render(), "log_key": each.log_key.vkey if each.log_key else None}
        for origin, each in seen.items()
    }
    return (json.dumps({"format": FORMAT, "logs": logs}, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _decode(data: bytes, path: Path) -> dict[str, Seen]:
    try:
        document = json.loads(data)
        logs = {FORMAT: document["logs"]}[document["format"]]
        return {origin: _seen(origin, each) for origin, each in logs.items()}
    except (ValueError, KeyError, TypeError, AttributeError, TamperedError):
        raise TamperedError(
            f"{path} is damaged. It holds the heads that this key co-signed; without it nothing is co-signed."
            " Bring it back from your copy, or make a new key (accord ledger new-key)."
        ) from None


def _seen(origin: str, each: dict[str, str | None]) -> Seen:
    head = Named.read("the head that you co-signed last", str(each["head"]).encode())
    if head.head.origin != origin:
        raise ValueError(origin)
    return Seen(head, Verifier.parse(each["log_key"]) if each["log_key"] else None)
