"""This module knows receipts: an entry with the proof that it is in the log (C2SP tlog-proof), checkable without us.

The proof's `extra` is the base64 of canonical JSON `{entry, salt, payload_sha256, batch_path}`. `entry` is the entry itself:
its canonical bytes (RFC 8785) are the leaf.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sharing.errors import TamperedError
from sharing.ledger import base64_strict, canonical, checkpoint, commitment, entry, tree
from sharing.ledger.checkpoint import Checkpoint, Comparison
from sharing.ledger.commitment import BatchPath, Opening
from sharing.ledger.entry import Entry
from sharing.ledger.note import Note
from sharing.ledger.policy import Policy
from sharing.ledger.report import Finding, Verdict

FIRST_LINE = "c2sp.org/tlog-proof@v1"
WRAPPED = "accord-receipt@v1"
SUFFIX = ".tlog-proof"
LARGEST = 1 << 20
_EXTRA = frozenset({"entry", "salt", "payload_sha256", "batch_path"})
_INDEX = re.compile(r"index (0|[1-9]\d{0,18})", re.ASCII)
_MOST_PARTS = 63
NOTHING_HELD = (
    "Consistent with itself; not checked against anything you hold. "
    "Give --key with the key that you were handed, or --head with a head that you kept."
)


@dataclass(frozen=True)
class Receipt:
    """A receipt, taken apart. Nothing in it is true until `check` says so."""

    body: bytes
    index: int
    path: tuple[bytes, ...]
    head: Note
    opening: Opening | None = None
    batch: BatchPath | None = None

    @cached_property
    def entry(self) -> Entry:
        """What the receipt says has happened."""
        return entry.parse(self.body)

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """The head that the proof leads to."""
        return checkpoint.parse_text(self.head.text)

    def render(self) -> str:
        """Return the receipt as tlog-proof text."""
        opened: dict[str, Any] = {"salt": None, "payload_sha256": None, "batch_path": None}
        if self.opening and self.batch:
            opened = commitment.to_json(self.opening, self.batch)
        extra = canonical.encode({"entry": json.loads(self.body), **opened})
        lines = [FIRST_LINE, f"extra {base64_strict.encode(extra)}", f"index {self.index}"]
        lines += [base64_strict.encode(part) for part in self.path]
        return "\n".join(lines) + "\n\n" + self.head.render()


def wrap(text: str) -> str:
    """Return the same receipt as JSON, for systems that want it so."""
    return canonical.encode({"format": WRAPPED, "tlog_proof": text}).decode() + "\n"


def parse(data: bytes) -> Receipt:
    """Read a receipt, as text or wrapped in JSON. Raises TamperedError saying what is wrong with its form."""
    if len(data) > LARGEST:
        raise TamperedError("the file is too long to be a receipt")
    if data[:1] == b"{":
        data = _unwrap(data)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise TamperedError("the receipt is not UTF-8 text") from None
    front, gap, head = text.partition("\n\n")
    lines = front.split("\n")
    if lines[0] != FIRST_LINE or not gap:
        raise TamperedError(f"this is not a receipt: its first line is not {FIRST_LINE}, or its head is missing")
    if len(lines) < 3 or not lines[1].startswith("extra "):  # noqa: PLR2004  first line, extra, index
        raise TamperedError("the receipt has no entry: the line that begins with `extra` is missing")
    index = _INDEX.fullmatch(lines[2])
    if not index:
        raise TamperedError("the receipt's third line is not an index")
    if len(lines) - 3 > _MOST_PARTS:
        raise TamperedError("the receipt's proof is longer than any proof can be")
    path = tuple(base64_strict.decode(line, "a line of the proof", tree.HASH) for line in lines[3:])
    body, opening, batch = _extra(lines[1].removeprefix("extra "))
    _, read = checkpoint.parse(head.encode())
    return Receipt(body, int(index[1]), path, read, opening, batch)


def _unwrap(data: bytes) -> bytes:
    value = canonical.decode(data.rstrip(b"\n"))
    if not isinstance(value, dict) or value.keys() != {"format", "tlog_proof"} or value["format"] != WRAPPED:
        raise TamperedError("this JSON is not a receipt of Accord's")
    return str(value["tlog_proof"]).encode()


def _extra(text: str) -> tuple[bytes, Opening | None, BatchPath | None]:
    value = canonical.decode(base64_strict.decode(text, "the receipt's extra line"))
    if not isinstance(value, dict) or value.keys() != _EXTRA:
        raise TamperedError("the receipt's extra line does not hold " + ", ".join(sorted(_EXTRA)))
    body = canonical.encode(value["entry"])
    entry.parse(body)
    opened = commitment.from_json(value)
    return (body, *opened) if opened else (body, None, None)


def check(
    receipt: Receipt, policy: Policy, *, payload: bytes | None = None, heads: Iterable[Checkpoint] = ()
) -> list[Finding]:
    """Check a receipt against what its reader holds; return everything found.

    It is true when no finding weighs FALSE or CANNOT_TELL. `payload` is what was handed over, `heads` are heads kept earlier.
    """
    findings = [*_check_proof(receipt), *_check_opening(receipt, payload)]
    anchored = False
    if not policy.is_empty:
        try:
            policy.check(receipt.checkpoint, receipt.head)
            anchored = True
        except TamperedError as error:
            findings.append(Finding("signature", f"{_sentence(error)}."))
    for held in heads:
        comparison = checkpoint.compare(held, receipt.checkpoint)
        anchored = anchored or comparison is Comparison.SAME
        findings += _against_head(comparison, held)
    if not anchored and all(finding.weight is not Verdict.FALSE for finding in findings):
        findings.append(Finding("nothing-held", NOTHING_HELD, weight=Verdict.CANNOT_TELL))
    return findings


def _check_proof(receipt: Receipt) -> list[Finding]:
    head, said = receipt.checkpoint, receipt.entry
    findings = []
    if said.log != head.origin:
        findings.append(
            Finding("log", f"The entry is of the log {said.log}, the head of {head.origin}.", receipt.index)
        )
    leaf = tree.leaf_hash(receipt.body)
    if not tree.check_inclusion(leaf, receipt.index, head.size, receipt.path, head.root):
        message = (
            f"The proof does not lead from this entry, as number {receipt.index}, to the head: one of them was changed."
        )
        findings.append(Finding("inclusion", message, receipt.index))
    return findings


def _check_opening(receipt: Receipt, payload: bytes | None) -> list[Finding]:
    if receipt.opening is None or receipt.batch is None:
        if payload is None:
            return []
        message = "The receipt binds no payload, so the file cannot be checked against it."
        return [Finding("payload", message, weight=Verdict.CANNOT_TELL)]
    if not _in_batch(receipt.entry, receipt.opening, receipt.batch):
        message = (
            "The opened record is not in the batch that the entry commits to: salt, digest, fields or path was changed."
        )
        return [Finding("commitment", message, receipt.index)]
    if payload is not None and hashlib.sha256(payload).digest() != receipt.opening.payload_sha256:
        return [Finding("payload", "The file is not what was handed over: its digest is another one.", receipt.index)]
    return []


def _in_batch(said: Entry, opening: Opening, batch: BatchPath) -> bool:
    root = said.facts.get(commitment.ROOT_FACT)
    if not isinstance(root, str) or batch.size != said.facts.get(commitment.SIZE_FACT):
        return False
    try:
        return batch.leads_to(opening.commitment(), base64_strict.decode(root, "the entry's batch root", tree.HASH))
    except TamperedError:
        return False


def _against_head(comparison: Comparison, held: Checkpoint) -> list[Finding]:
    if comparison is Comparison.FORKED:
        message = (
            f"The log shows two histories: the head that you hold has the same size, {held.size}, and another root."
        )
        return [Finding("fork", message)]
    if comparison is Comparison.NEEDS_PROOF:
        message = f"The head that you hold has {held.size} entries, the receipt's another number; only the log can relate them."
        return [Finding("unrelated-head", message, weight=Verdict.TRUE)]
    return []


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
