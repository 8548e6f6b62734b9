"""This module knows how a bundle is checked: a log on disk, as a C2SP tile directory with a little more.

- `checkpoint`: the signed head.
- `tile/entries/...`: the entries, 256 to a file, as they were hashed; `tile/0/...`, `tile/1/...`: the hashes.
- `entries.jsonl`: the same entries, one to a line.
- `heads.jsonl`: earlier signed heads, which help to say which entry was changed.
- `manifest.json`: the SHA-256 of each of these files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sharing.errors import TamperedError
from sharing.ledger import base64_strict, checkpoint, entry, examine, keychange, manifest, tiles, tree
from sharing.ledger.absence import Found, Question
from sharing.ledger.checkpoint import Checkpoint
from sharing.ledger.examine import Examination, Landmark
from sharing.ledger.note import Note
from sharing.ledger.policy import Policy
from sharing.ledger.receipt import NOTHING_HELD
from sharing.ledger.report import Finding, Report, Verdict

CHECKPOINT, LINES, HEADS = "checkpoint", "entries.jsonl", "heads.jsonl"
_LARGEST_BUNDLE = tiles.WIDTH * (2 + 65_535)
_LARGEST_FILE = 1 << 30


@dataclass(frozen=True)
class Examined:
    """A bundle's report, with what is needed to relate other files of the same log to it."""

    report: Report
    head: Checkpoint | None = None
    roots: Mapping[int, bytes] = field(default_factory=dict)
    found: Mapping[Question, Found] = field(default_factory=dict)


@dataclass(frozen=True)
class Stated:
    """What is known of logs from elsewhere: heads kept, what later logs say of them, and sizes whose roots are wanted.

    `questions` are looked for in every entry.
    """

    heads: Sequence[Checkpoint] = ()
    landmarks: Mapping[str, Sequence[Landmark]] = field(default_factory=dict)
    watch: frozenset[int] = frozenset()
    now: datetime | None = None
    questions: frozenset[Question] = frozenset()


def check(directory: Path, policy: Policy, stated: Stated = Stated()) -> Examined:
    """Read every entry of a bundle again, and check it against the keys that are held and what is known from elsewhere.

    What is known of other logs is passed over.
    """
    return _Check(directory, policy, stated).run()


def lineage(directory: Path) -> tuple[str, Landmark] | None:
    """Return what the log's first entry says of the year before: its name and its head. None when it says nothing readable."""
    for file in (directory / tiles.path("entries", 0), *sorted((directory / "tile/entries/000.p").glob("*"))):
        try:
            first = entry.parse(tiles.unpack_entries(file.read_bytes())[0])
        except (OSError, ValueError, IndexError, TamperedError):
            continue
        return examine.lineage(first)
    return None


class _Check:
    """One run over one directory."""

    def __init__(self, directory: Path, policy: Policy, stated: Stated) -> None:
        self.directory = directory
        self.policy = policy
        self.stated = stated
        self.held: list[Checkpoint] = []
        self.findings: list[Finding] = []
        self.found = {question: Found() for question in stated.questions}

    def run(self) -> Examined:
        try:
            head, note = checkpoint.parse(self._read(CHECKPOINT, _LARGEST_FILE))
        except TamperedError as error:
            finding = Finding("checkpoint", f"The bundle's head cannot be read: {error}.")
            return Examined(Report("bundle", str(self.directory), findings=(finding,)))
        self.held = [held for held in self.stated.heads if held.origin == head.origin]
        earlier = self._earlier(head)
        marks = [Landmark(held.size, held.root, "the head that you hold") for held in self.held]
        marks += [Landmark(head.size, head.root, "the bundle's own head", own=True)]
        marks += [Landmark(old.size, old.root, "an earlier signed head", own=True) for old, _ in earlier]
        marks += self.stated.landmarks.get(head.origin, ())
        examined = Examination(head.origin, {mark.size for mark in marks} | self.stated.watch, self.stated.now)
        upper = self._entries(head, examined)
        self.findings += examined.findings
        self.findings += examine.judge(examined, marks, upper)
        self.findings += manifest.check(self.directory, head)
        self._trust(head, note, earlier, examined)
        root = base64_strict.encode(head.root)
        report = Report("bundle", str(self.directory), head.origin, head.size, root, tuple(self.findings))
        return Examined(report, head, examined.roots, self.found)

    def _find(self, code: str, message: str, index: int | None = None, weight: Verdict = Verdict.FALSE) -> None:
        self.findings.append(Finding(code, message, index, None, weight))

    def _read(self, path: str, largest: int) -> bytes:
        file = self.directory / path
        try:
            if file.stat().st_size > largest:
                raise TamperedError(f"{path} is larger than such a file can be")
            return file.read_bytes()
        except FileNotFoundError:
            raise TamperedError(f"{path} is missing") from None
        except OSError as error:
            raise TamperedError(f"{path} cannot be read ({type(error).__name__})") from None

    def _entries(self, head: Checkpoint, examined: Examination) -> dict[tuple[int, int], bytes]:
        """Feed every entry to the examination, as far as there are any; return the tiles above the leaves."""
        lines = _Lines(self.directory / LINES)
        upper: dict[tuple[int, int], bytes] = {}
        for level, n, width in tiles.needed(head.size):
            if level > 0:
                upper[level, n] = self._tile(level, n, width)
            elif not self._batch(n, width, examined, lines):
                break
        lines.finish(examined.size)
        self.findings += lines.findings
        return upper

    def _batch(self, n: int, width: int, examined: Examination, lines: _Lines) -> bool:
        """Examine one file of entries; say whether it held all that it should."""
        path = tiles.path("entries", n, width)
        try:
            bodies = tiles.unpack_entries(self._closest("entries", n, width, _LARGEST_BUNDLE))
        except (ValueError, TamperedError) as error:
            why = str(error) if isinstance(error, TamperedError) else f"{path}: {error}"
            self._find("file", f"From entry {examined.size} on nothing can be checked: {why}.", examined.size)
            return False
        lines.compare(n * tiles.WIDTH, bodies[:width])
        _, said = examined.take(bodies[:width], self._tile(0, n, width))
        for question, found in self.found.items():
            for index, each in enumerate(said, n * tiles.WIDTH):
                if each is not None:
                    found.take(question, index, each)
        if len(bodies) > width:
            end = n * tiles.WIDTH + width
            self._find("too-many", f"{path} holds {len(bodies)} entries instead of {width}.", end)
        elif len(bodies) < width:
            self._find("file", f"{path} holds {len(bodies)} entries instead of {width}.", examined.size)
            return False
        return True

    def _tile(self, level: int, n: int, width: int) -> bytes:
        """Return what there is of a tile; anything amiss is a finding, since the entries can be checked without it."""
        try:
            data = self._closest(level, n, width, tiles.FULL)
        except TamperedError as error:
            self._find("tile-file", f"{_sentence(error)}.")
            return b""
        if len(data) < width * tree.HASH:
            path = tiles.path(level, n, width)
            self._find("tile-file", f"{path} has {len(data)} bytes instead of {width * tree.HASH}.")
        return data[: width * tree.HASH]

    def _closest(self, level: int | str, n: int, width: int, largest: int) -> bytes:
        """Read a tile; where it is missing, the full one or else the widest there is, which may say more than nothing.

        Raises TamperedError when there is none.
        """
        path = tiles.path(level, n, width)
        if (self.directory / path).exists():
            return self._read(path, largest)
        self._find("missing-file", f"{path} is missing.")
        full = tiles.path(level, n)
        if (self.directory / full).is_file():
            return self._read(full, largest)
        others = [file.name for file in (self.directory / f"{full}.p").glob("*") if file.name.isdigit()]
        if not others:
            raise TamperedError(f"{path} is missing")
        return self._read(f"{full}.p/{max(others, key=int)}", largest)

    def _earlier(self, head: Checkpoint) -> list[tuple[Checkpoint, Note]]:
        """Return the earlier heads that the bundle brings. Their signatures are looked at where something hangs on them."""
        if not (self.directory / HEADS).exists():
            return []
        try:
            lines = self._read(HEADS, _LARGEST_FILE).splitlines()
            found = [checkpoint.parse(str(json.loads(line)["note"]).encode()) for line in lines]
        except (ValueError, KeyError, TypeError, TamperedError) as error:
            why = str(error) if isinstance(error, TamperedError) else "a line is malformed"
            self._find("heads", f"The earlier heads in {HEADS} cannot be used: {why}.")
            return []
        if any(old.origin != head.origin or old.size > head.size for old, _ in found):
            self._find("heads", f"An earlier head in {HEADS} is of another log, or larger than this one.")
            return []
        return found

    def _trust(
        self, head: Checkpoint, note: Note, earlier: Sequence[tuple[Checkpoint, Note]], examined: Examination
    ) -> None:
        """Check the head's signatures by the keys that are held, and those that they vouch for."""
        if not self.policy.is_empty:
            policy = keychange.follow(self.policy, examined.changes, [*earlier, (head, note)], examined.roots)
            try:
                policy.check(head, note)
            except TamperedError as error:
                if not self._partly_vouched(policy, head, note, earlier, examined):
                    self._find("signature", f"The bundle's head: {error}.")
        elif not self.held:
            self._find("nothing-held", NOTHING_HELD, weight=Verdict.CANNOT_TELL)
        elif max(held.size for held in self.held) < head.size:
            covered = max(held.size for held in self.held)
            message = (
                f"The head that you hold covers the first {covered} entries. The {head.size - covered} after them stand only"
                " under the log's own signature: give --key to check it."
            )
            self._find("beyond-head", message, weight=Verdict.TRUE)
        if self.stated.heads and not self.held:
            message = f"The head that you gave is of another log than {head.origin}; it says nothing about this one."
            self._find("other-head", message, weight=Verdict.TRUE if not self.policy.is_empty else Verdict.CANNOT_TELL)

    def _partly_vouched(
        self,
        policy: Policy,
        head: Checkpoint,
        note: Note,
        earlier: Sequence[tuple[Checkpoint, Note]],
        examined: Examination,
    ) -> bool:
        """Say whether the log signed the head, and enough witnesses an earlier one that these entries make."""
        if not (policy.logs and _passes(policy.without_witnesses(), head, note)):
            return False
        sizes = [
            old.size
            for old, signed in earlier
            if examined.roots.get(old.size) == old.root and _passes(policy, old, signed)
        ]
        if not sizes:
            return False
        message = (
            f"Enough witnesses co-signed the head of the first {max(sizes)} entries. The {head.size - max(sizes)} after them"
            " stand only under the log's own signature: ask for a head that they co-signed since."
        )
        self._find("partly-vouched", message, weight=Verdict.CANNOT_TELL)
        return True


def _passes(policy: Policy, head: Checkpoint, note: Note) -> bool:
    try:
        policy.check(head, note)
    except TamperedError:
        return False
    return True


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]


class _Lines:
    """The entries as lines for people to read, held against the entries that are hashed; read as they are needed."""

    def __init__(self, file: Path) -> None:
        self.findings: list[Finding] = []
        self._lines = _read_lines(file) if file.is_file() else None

    def compare(self, start: int, bodies: Sequence[bytes]) -> None:
        """Take the next lines; each has to be the entry in its place."""
        if self._lines is None or self.findings:
            return
        for index, body in enumerate(bodies, start):
            if next(self._lines, None) != body + b"\n":
                message = f"Line {index + 1} of {LINES} is not entry {index}: the readable copy was changed."
                self.findings.append(Finding("readable", message, index))
                return

    def finish(self, size: int) -> None:
        """Look for lines behind the last entry."""
        if self._lines is not None and not self.findings and next(self._lines, None) is not None:
            self.findings.append(Finding("readable", f"{LINES} has more lines than the log has entries.", size))


def _read_lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield from iter(lambda: opened.readline(entry.LARGEST + 2), b"")
