"""This module knows a log's head: origin, size and root, as a signed note (C2SP tlog-checkpoint)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from sharing.errors import TamperedError
from sharing.ledger import base64_strict, note
from sharing.ledger.note import Note, Signer, Verifier, new_signing_key
from sharing.ledger.tree import EMPTY_ROOT, HASH

__all__ = [
    "Checkpoint",
    "Comparison",
    "Signer",
    "Verifier",
    "compare",
    "new_signing_key",
    "parse",
    "parse_text",
    "sign",
]

_SIZE = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """A log's name, how many entries it has, and the root over them. Whether anybody signed it is the note's affair."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64_strict.encode(self.root)}\n"


class Comparison(StrEnum):
    """How two heads stand to each other."""

    SAME = "same"
    OTHER_LOG = "other log"
    FORKED = "forked"
    NEEDS_PROOF = "needs proof"


def sign(checkpoint: Checkpoint, *signers: Signer) -> Note:
    """Return the head signed by each key, under the log's own name.

    Raises ValueError when a key is not for this log: a key named `x` signs `x` and every log beneath it, `x/…`.
    """
    for signer in signers:
        if not covers(signer.name, checkpoint.origin):
            raise ValueError(f"the key {signer.name} does not sign for {checkpoint.origin}")
    return note.sign(checkpoint.text(), *(signer.named(checkpoint.origin) for signer in signers))


def covers(name: str, origin: str) -> bool:
    """Say whether a key of this name speaks for the log: it bears the log's name, or that of the installation above it."""
    return origin == name or origin.startswith(name + "/")


def parse(data: bytes) -> tuple[Checkpoint, Note]:
    """Read a head, checking its form and no signature. Raises TamperedError saying what is wrong."""
    read = note.parse(data)
    return parse_text(read.text), read


def parse_text(text: str) -> Checkpoint:
    """Read the signed lines. Extension lines are refused: no monitor could check what they say."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:  # noqa: PLR2004  origin, size, root and the end
        raise TamperedError("a head has three lines: the log's name, its size and its root")
    if not _SIZE.fullmatch(lines[1]):
        raise TamperedError("the head's second line is not a size")
    root = base64_strict.decode(lines[2], "the head's root", HASH)
    checkpoint = Checkpoint(lines[0], int(lines[1]), root)
    if checkpoint.size == 0 and root != EMPTY_ROOT:
        raise TamperedError("the head of an empty log has the wrong root")
    return checkpoint


def compare(one: Checkpoint, other: Checkpoint) -> Comparison:
    """Compare two heads without anything else: equal sizes decide, unequal ones need the log or a proof."""
    if one.origin != other.origin:
        return Comparison.OTHER_LOG
    if one.size != other.size:
        return Comparison.NEEDS_PROOF
    return Comparison.SAME if one.root == other.root else Comparison.FORKED
