"""This module knows signed notes (C2SP signed-note): a text, and lines beneath it by whoever signed it with Ed25519."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sharing.errors import TamperedError
from sharing.ledger import base64_strict

ED25519 = 0x01
COSIGNATURE = 0x04
"""Signature types (C2SP signed-note): a plain Ed25519 signature, and a witness's time-stamped one (tlog-cosignature)."""
MOST_SIGNATURES = 64
LARGEST_NOTE = 256 * 1024
_PRIVATE = "PRIVATE+KEY+"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_KEY_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)


def valid_name(name: str) -> bool:
    """Say whether a key may bear this name: something, without spaces, plus signs or control characters."""
    return bool(name) and "+" not in name and not any(c.isspace() or ord(c) < ord(" ") for c in name)


def _key_id(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True)
class Verifier:
    """A public key with its name. `kind` is the signature type that it makes."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """The four bytes that mark this key's signature lines."""
        return _key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        return self.vkey

    @property
    def vkey(self) -> str:
        """The text form, `name+id+base64`, that partners are given and keep."""
        key = base64_strict.encode(bytes([self.kind]) + self.public)
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Read the text form. Raises TamperedError when it is malformed or its id does not fit the key."""
        parts = vkey.strip().split("+", 2)
        if len(parts) != 3 or not valid_name(parts[0]) or not _KEY_ID.fullmatch(parts[1]):  # noqa: PLR2004  name, id, key
            raise TamperedError("this is not a verification key: expected name+id+base64")
        key = base64_strict.decode(parts[2], "the verification key", 33)
        verifier = cls(parts[0], key[1:], key[0])
        if verifier.kind not in (ED25519, COSIGNATURE):
            raise TamperedError(f"verification keys of type {verifier.kind:#04x} are not supported, only Ed25519")
        if verifier.key_id.hex() != parts[1]:
            raise TamperedError("the verification key's id does not fit its name and key: a letter may be missing")
        return verifier

    def named(self, name: str) -> Verifier:
        """Return the same key under another name, as the installation's key signs each of its logs."""
        return Verifier(name, self.public, self.kind)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Say whether the Ed25519 signature (RFC 8032) over the message is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A private key with its name. It never shows itself."""

    def __init__(self, name: str, key: Ed25519PrivateKey, kind: int = ED25519) -> None:
        self._key = key
        self.verifier = Verifier(name, key.public_key().public_bytes_raw(), kind)

    def __repr__(self) -> str:
        return f"<Signer {self.name}>"

    @property
    def name(self) -> str:
        """The key's name."""
        return self.verifier.name

    @classmethod
    def load(cls, text: str) -> Signer:
        """Read the text form that `new_signing_key` made. Raises TamperedError without showing any of it."""
        prefix, name, key_id, key = ("", "", "", "")
        parts = text.strip().split("+", 4)
        if len(parts) == 5:  # noqa: PLR2004  PRIVATE, KEY, name, id, key
            prefix, (name, key_id, key) = f"{parts[0]}+{parts[1]}+", parts[2:]
        if prefix != _PRIVATE or not valid_name(name):
            raise TamperedError("this is not a signing key: expected PRIVATE+KEY+name+id+base64")
        secret = base64_strict.decode(key, "the signing key", 33)
        if secret[0] not in (ED25519, COSIGNATURE):
            raise TamperedError("the signing key is not an Ed25519 key")
        signer = cls(name, Ed25519PrivateKey.from_private_bytes(secret[1:]), secret[0])
        if signer.verifier.key_id.hex() != key_id:
            raise TamperedError("the signing key's id does not fit its name and key: the file is damaged")
        return signer

    def named(self, name: str) -> Signer:
        """Return the same key under another name."""
        return Signer(name, self._key, self.verifier.kind)

    def sign_bytes(self, message: bytes) -> bytes:
        """Return the 64 bytes of an Ed25519 signature (RFC 8032)."""
        return self._key.sign(message)


def new_signing_key(name: str, kind: int = ED25519) -> str:
    """Return a fresh key in the text form `PRIVATE+KEY+name+id+base64`. Raises ValueError for an unusable name."""
    if not valid_name(name):
        raise ValueError(f"{name!r} cannot name a key: no spaces and no plus sign")
    key = Ed25519PrivateKey.generate()
    key_id = _key_id(name, kind, key.public_key().public_bytes_raw()).hex()
    return f"{_PRIVATE}{name}+{key_id}+{base64_strict.encode(bytes([kind]) + key.private_bytes_raw())}"


@dataclass(frozen=True)
class Signature:
    """One signature line: who says that they signed, and what they wrote."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """Return the line as it stands in the note."""
        return f"— {self.name} {base64_strict.encode(self.key_id + self.value)}\n"


@dataclass(frozen=True)
class Note:
    """A text and its signature lines, none of them checked yet."""

    text: str
    signatures: tuple[Signature, ...]

    def render(self) -> str:
        """Return the whole note."""
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)

    def with_signature(self, signature: Signature) -> Note:
        """Return the note with one more line beneath it."""
        return Note(self.text, (*self.signatures, signature))

    def by(self, verifier: Verifier) -> list[Signature]:
        """Return the lines that bear this key's name and id: unknown ones must be ignored, these must be checked."""
        wanted = (verifier.name, verifier.key_id)
        return [signature for signature in self.signatures if (signature.name, signature.key_id) == wanted]

    def signed_by(self, verifiers: Iterable[Verifier]) -> list[Verifier]:
        """Return those of the keys whose plain signature is there and true.

        Raises TamperedError when a line bears a known key's name and id and does not verify: the whole note is then worthless.
        """
        found = []
        for verifier in verifiers:
            lines = self.by(verifier)
            if any(not verifier.verifies(self.text.encode(), line.value) for line in lines):
                raise TamperedError(f"the signature of {verifier.name} does not fit the text that it stands under")
            if lines:
                found.append(verifier)
        return found


def sign(text: str, *signers: Signer) -> Note:
    """Return the text as a note signed by each signer. Raises ValueError when the text cannot be one."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise ValueError("a note's text ends with a newline and holds no control characters")
    lines = [Signature(s.name, s.verifier.key_id, s.sign_bytes(text.encode())) for s in signers]
    return Note(text, tuple(lines))


def parse(data: bytes) -> Note:
    """Read a signed note, checking its form and no signature. Raises TamperedError saying what is wrong with it."""
    if len(data) > LARGEST_NOTE:
        raise TamperedError("the signed note is too long to be one")
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise TamperedError("the signed note is not UTF-8 text") from None
    if _CONTROL.search(whole):
        raise TamperedError("the signed note holds control characters")
    text, gap, beneath = whole.rpartition("\n\n")
    if not gap or not beneath.endswith("\n"):
        raise TamperedError("the signed note has no signature lines, or its last line is cut off")
    lines = beneath[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise TamperedError(f"the signed note has more than {MOST_SIGNATURES} signatures")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, value = rest.partition(" ")
    if dash != "—" or not valid_name(name):
        raise TamperedError("a signature line is malformed: expected a dash, a name and a signature")
    raw = base64_strict.decode(value, f"the signature of {name}")
    if len(raw) <= 4:  # noqa: PLR2004  the key id alone
        raise TamperedError(f"the signature of {name} is empty")
    return Signature(name, raw[:4], raw[4:])
