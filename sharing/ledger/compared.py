"""This module knows how two heads of one log stand to each other, and how a bundle of the log relates heads of two sizes.

What decides are the roots that the bundle's entries make when they are hashed again; nothing stored in it is believed. A bundle
that does not fit its own head, or was not signed by the key that is held, proves nothing either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sharing.errors import AccordError, TamperedError
from sharing.ledger import base64_strict, bundle_check, checkpoint
from sharing.ledger.bundle_check import Examined, Stated
from sharing.ledger.checkpoint import Checkpoint, Comparison
from sharing.ledger.examine import Landmark
from sharing.ledger.note import Note
from sharing.ledger.policy import Policy
from sharing.ledger.report import Finding, Report, Verdict

NEEDS_LOG = (
    "Only the log itself can show that one grew out of the other: ask for an export of it, made now"
    " (accord ledger export), and give that with --bundle."
)
UNCHECKED = "The signatures were not checked: give --key with the log's key that you were handed, or --policy."


class OtherLogError(AccordError):
    """What was given belongs to different logs: there is nothing to compare."""


@dataclass(frozen=True)
class Named:
    """A head as somebody holds it, with the name to call it by: a file's, or whose it is."""

    name: str
    head: Checkpoint
    note: Note

    @classmethod
    def read(cls, name: str, data: bytes) -> Named:
        """Read a head, checking its form and no signature. Raises TamperedError saying what is wrong with it."""
        return cls(name, *checkpoint.parse(data))

    @property
    def root(self) -> str:
        """The root, as the head writes it."""
        return base64_strict.encode(self.head.root)

    @property
    def signers(self) -> list[str]:
        """Whose signature lines stand under it, none of them checked: names, each with the key's id."""
        return [f"{line.name} ({line.key_id.hex()})" for line in self.note.signatures]

    def told(self) -> str:
        """Return the head in one sentence, as a report shows it."""
        return f"{self.name}: {self.head.size} entries, root {self.root}, signed by {', '.join(self.signers)}."

    def as_json(self) -> dict[str, Any]:
        """Return the head as plain data."""
        return {"name": self.name, "size": self.head.size, "root": self.root, "signers": self.signers}


def compare(one: Named, other: Named, policy: Policy, bundle: Path | None = None) -> Report:
    """Say whether two heads of one log show one history: TRUE, FALSE for a split view, or CANNOT_TELL without the log.

    `policy` holds the log's key, if anybody was handed one; its quorum is not asked for. Raises OtherLogError.
    """
    policy = Policy(policy.logs)
    older, newer = sorted((one, other), key=lambda named: named.head.size)
    comparison = checkpoint.compare(older.head, newer.head)
    if comparison is Comparison.OTHER_LOG:
        raise OtherLogError(f"These are heads of two logs, {one.head.origin} and {other.head.origin}.")
    findings = [found for named in (one, other) for found in unsigned(named, policy)]
    if not findings:
        findings = _standing(comparison, older, newer, policy, bundle)
    told = [Finding("head", named.told(), weight=Verdict.TRUE) for named in (one, other)]
    if not policy.logs:
        told.append(Finding("unchecked", UNCHECKED, weight=Verdict.TRUE))
    size = one.head.size if one.head.size == other.head.size else None
    return Report("comparison", f"{one.name}, {other.name}", one.head.origin, size, findings=(*findings, *told))


def _standing(comparison: Comparison, older: Named, newer: Named, policy: Policy, bundle: Path | None) -> list[Finding]:
    if comparison is Comparison.SAME:
        return [Finding("same", "Both show the same history.", weight=Verdict.TRUE)]
    if comparison is Comparison.FORKED:
        return [forked(older, newer)]
    if bundle is None:
        message = f"{older.name} has {older.head.size} entries, {newer.name} has {newer.head.size}. {NEEDS_LOG}"
        return [Finding("unrelated-head", message, weight=Verdict.CANNOT_TELL)]
    return relate(older, newer, bundle, policy)


def forked(one: Named, other: Named) -> Finding:
    """Return the finding that two heads of one size have different roots; what each says is told beside it."""
    message = (
        f"A split view: {one.name} and {other.name} show two histories of the first {one.head.size} entries of"
        f" {one.head.origin}. Keep both files: together they are the evidence."
    )
    return Finding("fork", message)


def unsigned(named: Named, policy: Policy) -> list[Finding]:
    """Return what is wrong with the log's own signature under a head, by the keys that are held. Nothing without any."""
    if not policy.logs:
        return []
    try:
        if named.note.signed_by(policy.keys_for(named.head.origin)):
            return []
        why = "is not signed by the log's key that you hold, and so says nothing about the log"
    except TamperedError as error:
        why = f"is worthless: {error}"
    return [Finding("signature", f"{named.name} {why}.")]


def relate(older: Named, newer: Named, directory: Path, policy: Policy) -> list[Finding]:
    """Say by a bundle whether the older head is a beginning of the newer; the first finding is the answer.

    TRUE: proved. FALSE: the bundle, whole and signed, has another history than one of them. CANNOT_TELL: it is too short, or
    not in order. Raises OtherLogError for a bundle of another log.
    """
    marks = [Landmark(named.head.size, named.head.root, named.name) for named in (older, newer)]
    found = bundle_check.check(directory, policy, Stated(landmarks={older.head.origin: marks}))
    if found.head is not None and found.head.origin != older.head.origin:
        raise OtherLogError(f"{directory} is a bundle of another log, {found.head.origin}.")
    wrong = [each for each in found.report.findings if each.weight is Verdict.FALSE]
    if not _in_order(found):
        return [
            _useless(directory, "does not fit its own head, or is not signed by the key that you hold"),
            *_as_doubt(wrong),
        ]
    others = [named for named in (older, newer) if found.roots.get(named.head.size, named.head.root) != named.head.root]
    if others:
        names = " and ".join(named.name for named in others)
        message = f"A split view: the bundle {directory} has another history than {names}. Keep all of it: it is the evidence."
        return [Finding("fork", message), *(each for each in wrong if each.code == "changed")]
    if newer.head.size not in found.roots:
        ends = f"The bundle {directory} ends before the {newer.head.size} entries of {newer.name}. {NEEDS_LOG}"
        return [Finding("short-bundle", ends, weight=Verdict.CANNOT_TELL)]
    if wrong:
        return [_useless(directory, "has something else wrong with it"), *_as_doubt(wrong)]
    message = f"The first {older.head.size} entries of {newer.name} are those of {older.name}: {directory} proves it."
    return [Finding("consistent", message, weight=Verdict.TRUE)]


def _in_order(found: Examined) -> bool:
    """Say whether a bundle's entries make the root of its own head, and whether that is signed by the key that is held."""
    if found.head is None or found.roots.get(found.head.size) != found.head.root:
        return False
    return all(each.code != "signature" for each in found.report.findings)


def _useless(directory: Path, why: str) -> Finding:
    message = f"The bundle {directory} {why}, so it relates nothing. Ask for another export."
    return Finding("bundle", message, weight=Verdict.CANNOT_TELL)


def _as_doubt(findings: Sequence[Finding]) -> list[Finding]:
    """Return what is wrong with a bundle as what it is here: a reason to doubt the bundle, not yet the log."""
    return [Finding(each.code, each.message, each.index, each.last, Verdict.CANNOT_TELL) for each in findings]
