"""This module knows how anybody checks what they were given: `python -m sharing.ledger.verify PATH...`, offline.

It needs Python and `cryptography`: no database, no settings, no network. Exit codes: 0 true, 1 false, 2 wrong usage, 4 cannot
tell. What was checked, and against what, is said in words; `--json` says the same to scripts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from sharing.errors import AccordError, InvalidError, TamperedError
from sharing.ledger import absence, base64_strict, bundle_check, certificate, checkpoint, policy, receipt
from sharing.ledger.bundle_check import Examined, Stated
from sharing.ledger.checkpoint import Checkpoint, Comparison
from sharing.ledger.examine import Landmark
from sharing.ledger.note import ED25519, Note, Verifier
from sharing.ledger.policy import Policy
from sharing.ledger.report import Finding, Report, Verdict, worst

USAGE = 2
_LARGEST = 64 << 20
_KNOWN = (".tlog-proof", ".receipt.json", absence.SUFFIX, ".head", ".pdf")
_START = 200
"""Bytes within which a negative answer names its format, whatever the file is called."""


class UsageError(AccordError):
    """What was asked cannot be done: a path that is not there, a key that is none."""


@dataclass(frozen=True)
class Held:
    """What the person holds themselves: keys, heads kept earlier, and the file that was handed over with a receipt."""

    policy: Policy = field(default_factory=Policy)
    heads: tuple[Checkpoint, ...] = ()
    payload: bytes | None = None


def verify(paths: Sequence[Path], held: Held) -> list[Report]:
    """Check receipts, heads, certificates and bundles against what is held, and those of the same log against each other.

    A directory that is no bundle itself is searched. Raises UsageError for a path that is not there.
    """
    items = [item for path in paths for item in _items(path)]
    singles = [_read(path) for path in items if not path.is_dir()]
    directories = [path for path in items if path.is_dir()]
    landmarks: dict[str, list[Landmark]] = {}
    for previous, mark in filter(None, map(bundle_check.lineage, directories)):
        landmarks.setdefault(previous, []).append(mark)
    watch = frozenset(head.size for single in singles for head in single.heads())
    questions = frozenset(single.absence.question for single in singles if single.absence)
    stated = Stated(held.heads, landmarks, watch, questions=questions)
    bundles = [bundle_check.check(path, held.policy, stated) for path in directories]
    logs = {found.head.origin: found for found in bundles if found.head and found.report.verdict is not Verdict.FALSE}
    return [
        *(found.report for found in bundles),
        *(_relate(single, held, logs) for single in singles),
        *_forks(singles),
    ]


def _items(path: Path) -> Iterator[Path]:
    """Give every bundle and every file to check at a path."""
    if not path.exists():
        raise UsageError(f"There is no file or directory {path}.")
    if not path.is_dir() or (path / bundle_check.CHECKPOINT).is_file():
        yield path
        return
    bundles = sorted(found.parent for found in path.rglob(bundle_check.CHECKPOINT) if found.is_file())
    files = sorted(found for found in path.rglob("*") if found.name.endswith(_KNOWN) and found.is_file())
    if not bundles and not files:
        raise UsageError(f"{path} holds no bundle, receipt, head or certificate.")
    yield from bundles
    yield from (file for file in files if not any(file.is_relative_to(found) for found in bundles))


@dataclass(frozen=True)
class _Single:
    """A file that was read: a receipt, a head, or nothing that we know, with the reason."""

    path: Path
    kind: str
    receipt: receipt.Receipt | None = None
    head: tuple[Checkpoint, Note] | None = None
    problem: str = ""
    absence: absence.Answer | None = None

    def heads(self) -> list[Checkpoint]:
        if self.absence:
            return [head for head, _ in self.absence.heads]
        return [self.receipt.checkpoint] if self.receipt else [self.head[0]] if self.head else []


def _read(path: Path) -> _Single:
    data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    kind = "file"
    try:
        if data.startswith(b"%PDF"):
            kind = "certificate"
            return _Single(path, kind, receipt=receipt.parse(certificate.attached_receipt(data)))
        if path.name.endswith(absence.SUFFIX) or absence.FORMAT.encode() in data[:_START]:
            kind = "absence"
            return _Single(path, kind, absence=absence.parse(data))
        if path.name.endswith((receipt.SUFFIX, ".receipt.json")) or data.startswith((b"c2sp.org/", b"{")):
            kind = "receipt"
            return _Single(path, kind, receipt=receipt.parse(data))
        if path.name.endswith(".head") or b"\n\n\xe2\x80\x94 " in data:
            kind = "head"
            return _Single(path, kind, head=checkpoint.parse(data))
    except TamperedError as error:
        return _Single(path, kind, problem=f"{_sentence(str(error))}.")
    return _Single(path, kind, problem="This is neither a receipt, a head, a certificate nor a bundle.")


def _relate(single: _Single, held: Held, logs: dict[str, Examined]) -> Report:
    """Check one file, using a bundle of its log where one lies beside it."""
    if not single.heads():
        return Report(single.kind, str(single.path), findings=(Finding("unreadable", single.problem),))
    if single.absence:
        return absence.check(str(single.path), single.absence, _seen(single.absence, logs))
    head = single.heads()[0]
    beside, through = _beside(head, logs.get(head.origin))
    trusted = [kept for kept in held.heads if kept.origin == head.origin] + through
    if single.receipt:
        findings = receipt.check(single.receipt, held.policy, payload=held.payload, heads=trusted)
    else:
        findings = _check_head(single, held.policy, trusted)
    root = base64_strict.encode(head.root)
    return Report(single.kind, str(single.path), head.origin, head.size, root, (*findings, *beside))


def _seen(answer: absence.Answer, logs: dict[str, Examined]) -> dict[str, absence.Seen]:
    """What the bundles beside a negative answer hold about its question."""
    asked = answer.question
    return {
        log: absence.Seen(found.roots, found.found[asked], found.report.verdict)
        for log, found in logs.items()
        if asked in found.found
    }


def _beside(head: Checkpoint, found: Examined | None) -> tuple[list[Finding], list[Checkpoint]]:
    """Compare a head with the bundle beside it: what is wrong, and the head as one to trust if the bundle proved true."""
    if not found or head.size not in found.roots:
        return [], []
    if found.roots[head.size] != head.root:
        message = f"The bundle of {head.origin} beside it has another history of its first {head.size} entries."
        return [Finding("fork", message)], []
    return [], [head] if found.report.verdict is Verdict.TRUE else []


def _check_head(single: _Single, policy: Policy, others: Sequence[Checkpoint]) -> list[Finding]:
    if not single.head:
        return []
    head, note = single.head
    findings = []
    anchored = False
    if not policy.is_empty:
        try:
            policy.check(head, note)
            anchored = True
        except TamperedError as error:
            findings.append(Finding("signature", f"{_sentence(str(error))}."))
    for other in others:
        comparison = checkpoint.compare(other, head)
        anchored = anchored or comparison is Comparison.SAME
        if comparison is Comparison.FORKED:
            message = f"The log shows two histories of {head.size} entries: this head and the one that you hold."
            findings.append(Finding("fork", message))
        elif comparison is Comparison.NEEDS_PROOF:
            message = f"The head that you hold has {other.size} entries; only the log's bundle can relate the two."
            findings.append(Finding("unrelated-head", message, weight=Verdict.TRUE))
    if not anchored and all(finding.weight is not Verdict.FALSE for finding in findings):
        findings.append(Finding("nothing-held", receipt.NOTHING_HELD, weight=Verdict.CANNOT_TELL))
    return findings


def _forks(singles: Sequence[_Single]) -> list[Report]:
    """Compare the files with each other: two roots for one size of one log are two histories."""
    seen: dict[tuple[str, int], tuple[bytes, Path]] = {}
    reports = []
    for single in singles:
        for head in single.heads():
            root, first = seen.setdefault((head.origin, head.size), (head.root, single.path))
            if root != head.root:
                message = f"{first} and {single.path} show two histories of the first {head.size} entries."
                reports.append(
                    Report("comparison", str(single.path), head.origin, findings=(Finding("fork", message),))
                )
    return reports


def read_key(text: str) -> Policy:
    """Return the policy that trusts one key: a verification key, or the path of a file that holds it.

    Raises UsageError when it is none.
    """
    try:
        path = Path(text)
        verifier = Verifier.parse(path.read_text(encoding="utf-8") if path.is_file() else text)
    except (OSError, ValueError, TamperedError) as error:
        raise UsageError(f"--key: {error}") from None
    if verifier.kind != ED25519:
        raise UsageError("--key: this is a witness's key; a log's is wanted. Witnesses stand in a policy file.")
    return Policy((verifier,))


def read_policy(path: Path) -> Policy:
    """Read a policy file. Raises UsageError with every problem, each at its line."""
    try:
        return policy.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, InvalidError) as error:
        raise UsageError(f"--policy {path}: {error}") from None


def read_head(path: Path) -> tuple[Checkpoint, Note]:
    """Read a head that was kept. Raises UsageError when it is none."""
    try:
        return checkpoint.parse(path.read_bytes())
    except (OSError, TamperedError) as error:
        raise UsageError(f"--head {path}: {error}") from None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m sharing.ledger.verify", description="Check receipts, heads and ledger bundles, offline."
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a receipt, head, certificate, bundle or negative answer"
    )
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument(
        "--key", metavar="VKEY", help="the log's verification key that you were handed, or a file with it"
    )
    trust.add_argument(
        "--policy", type=Path, metavar="FILE", help="a policy file: log keys, witnesses and their quorum"
    )
    parser.add_argument("--head", type=Path, action="append", default=[], help="a head that you kept (may be repeated)")
    parser.add_argument("--payload", type=Path, metavar="FILE", help="the file that was handed over with the receipt")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    return parser


def held_by(options: argparse.Namespace) -> Held:
    """Return what the command line says is held. Raises UsageError for a key, policy, head or file that is none."""
    trust = Policy()
    if options.key:
        trust = read_key(options.key)
    elif options.policy:
        trust = read_policy(options.policy)
    payload = None
    if options.payload:
        try:
            payload = options.payload.read_bytes()
        except OSError:
            raise UsageError(f"--payload: {options.payload} cannot be read.") from None
    return Held(trust, tuple(read_head(path)[0] for path in options.head), payload)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    try:
        options = _parser().parse_args(arguments)
        reports = verify(options.paths, held_by(options))
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    verdict = worst(report.verdict for report in reports)
    if options.json:
        answer = {"verdict": verdict.words.lower(), "exit": int(verdict), "reports": [r.as_json() for r in reports]}
        sys.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(line for report in reports for line in report.lines()) + "\n")
    return int(verdict)


if __name__ == "__main__":
    sys.exit(main())
