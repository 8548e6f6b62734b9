"""This module knows co-signatures (C2SP tlog-cosignature, Ed25519): a partner's statement that it saw this head, and when."""

from __future__ import annotations

from dataclasses import dataclass

from sharing.ledger.note import COSIGNATURE, Note, Signature, Signer, Verifier

_TIMESTAMP = 8
_SIGNED = _TIMESTAMP + 64


@dataclass(frozen=True)
class Cosigned:
    """A co-signature that verified: whose it is, and the POSIX second at which it was made."""

    verifier: Verifier
    at: int


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosign(head: Note, signer: Signer, at: int) -> Note:
    """Return the head with the signer's co-signature beneath it; `at` is in POSIX seconds.

    Raises ValueError unless the key was made for co-signing: a plain key's signatures mean something else.
    """
    if signer.verifier.kind != COSIGNATURE:
        raise ValueError("this key is for signing a log, not for co-signing one")
    value = at.to_bytes(_TIMESTAMP, "big") + signer.sign_bytes(_message(head.text, at))
    return head.with_signature(Signature(signer.name, signer.verifier.key_id, value))


def cosigned_by(head: Note, verifier: Verifier) -> Cosigned | None:
    """Return the key's co-signature if it is there and true, else None: a false one counts as none at all."""
    for line in head.by(verifier):
        if len(line.value) != _SIGNED:
            continue
        at = int.from_bytes(line.value[:_TIMESTAMP], "big")
        if verifier.verifies(_message(head.text, at), line.value[_TIMESTAMP:]):
            return Cosigned(verifier, at)
    return None
