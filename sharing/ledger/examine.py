"""This module knows how a log's entries are examined, one after the other: their bytes, their places, and the roots they make.

It trusts no stored hash. Stored hashes help to say *which* entry is wrong; whether any is, the recomputed roots decide.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from protocols.actions import Event
from sharing.errors import TamperedError
from sharing.ledger import base64_strict, entry, keychange, tiles, tree
from sharing.ledger.entry import Entry
from sharing.ledger.keychange import KeyChange
from sharing.ledger.report import Finding, Verdict

TOLERANCE = timedelta(seconds=90)
"""Entries are ordered by commit, their times are taken a little earlier: so much disorder says nothing."""


@dataclass(frozen=True)
class Landmark:
    """A size at which somebody stated the root, and who: "the head that you hold".

    `own` is what the log says of itself: whoever stole its key could have stated it anew.
    """

    size: int
    root: bytes
    whose: str
    own: bool = False


class Examination:
    """Takes a log's entries in order, 256 at a time, and keeps what is found and the root at each watched size."""

    def __init__(self, origin: str, watch: Collection[int] = (), now: datetime | None = None) -> None:
        self.origin = origin
        self.roots: dict[int, bytes] = {0: tree.EMPTY_ROOT}
        self.upper: dict[int, bytearray] = {}
        self.changes: list[KeyChange] = []
        self.opening: Entry | None = None
        self.first_difference: int | None = None
        self._watch = set(watch)
        self._now = (now or datetime.now(UTC)) + TOLERANCE
        self._range = tree.Range()
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._seen: set[int] = set()
        self._findings: dict[str, Finding] = {}
        self._more: dict[str, int] = {}

    @property
    def size(self) -> int:
        """How many entries were taken so far."""
        return self._range.size

    @property
    def findings(self) -> list[Finding]:
        """What was found: the first of each kind, and how many more of it there are."""
        return [
            replace(found, message=f"{found.message} ({self._more[code]} more like it.)") if self._more[code] else found
            for code, found in self._findings.items()
        ]

    def find(self, code: str, message: str, index: int | None = None, weight: Verdict = Verdict.FALSE) -> None:
        """Keep a finding; of each code the first only."""
        if code in self._findings:
            self._more[code] += 1
        else:
            self._findings[code] = Finding(code, message, index, None, weight)
            self._more[code] = 0

    def take(self, bodies: Sequence[bytes], stored: bytes | None = None) -> tuple[bytes, list[Entry | None]]:
        """Take the next entries: 256 of them, or fewer at the very end. `stored` are the leaf hashes said to be theirs.

        Return their true leaf hashes, and what they say (None for one that is no entry).
        """
        start = self.size
        leaves = tree.leaf_hashes(bodies)
        if stored and self.first_difference is None:
            different = _first_difference(leaves[: len(stored)], stored[: len(leaves)])
            self.first_difference = None if different is None else start + different
        said = [self._content(start + at, body) for at, body in enumerate(bodies)]
        self._grow(leaves)
        return leaves, said

    def _grow(self, leaves: bytes) -> None:
        start, count = self.size, len(leaves) // tree.HASH
        if count == tiles.WIDTH:
            top = tree.root_of(leaves)
            self._climb(1, top)
            if self._watch.isdisjoint(range(start + 1, start + count)):
                self._range.push(top, 8)
                self._note_root()
                return
        for at in range(0, len(leaves), tree.HASH):
            self._range.push(leaves[at : at + tree.HASH])
            self._note_root()

    def _note_root(self) -> None:
        if self.size in self._watch:
            self.roots[self.size] = self._range.root()

    def _climb(self, level: int, part: bytes) -> None:
        """Append a hash to a level above the leaves, and to the next one when that fills a tile."""
        row = self.upper.setdefault(level, bytearray())
        row += part
        if len(row) % tiles.FULL == 0:
            self._climb(level + 1, tree.root_of(bytes(row[-tiles.FULL :])))

    def root(self) -> bytes:
        """Return the root over everything taken."""
        return self._range.root()

    def _content(self, index: int, body: bytes) -> Entry | None:
        try:
            said = entry.parse(body)
            change = keychange.read(index, said) if said.type == Event.KEY_ROTATED else None
        except TamperedError as error:
            self.find("entry-form", f"Entry {index} is no entry: {error}.", index)
            return None
        if change:
            self.changes.append(change)
        if said.log != self.origin:
            self.find("other-log", f"Entry {index} is of another log, {said.log}.", index)
        if said.id.int in self._seen:
            self.find("repeated", f"Entry {index} repeats the id of an earlier one, {said.id}.", index)
        self._seen.add(said.id.int)
        self._opening(index, said)
        self._times(index, said.at)
        return said

    def _opening(self, index: int, said: Entry) -> None:
        if index == 0:
            self.opening = said
        if (said.type == Event.LOG_OPENED) != (index == 0):
            message = (
                "The log does not begin with its opening." if index == 0 else f"Entry {index} opens the log again."
            )
            self.find("opening", message, index)

    def _times(self, index: int, at: datetime) -> None:
        if self._latest - at > TOLERANCE:
            back = str(self._latest - at).split(".")[0]
            self.find("clock-back", f"At entry {index} the clock had gone back by {back}.", index, Verdict.TRUE)
        if at > self._now:
            self.find(
                "clock-ahead", f"Entry {index} is dated in the future, {at:%Y-%m-%d %H:%M} UTC.", index, Verdict.TRUE
            )
        self._latest = max(self._latest, at)


def _first_difference(one: bytes, other: bytes) -> int | None:
    """Return the number of the first hash in which two rows of the same length differ, or None."""
    if one == other:
        return None
    return (
        next(at for at in range(0, len(one), tree.HASH) if one[at : at + tree.HASH] != other[at : at + tree.HASH])
        // tree.HASH
    )


def judge(
    examined: Examination, landmarks: Sequence[Landmark], stored_upper: Mapping[tuple[int, int], bytes]
) -> list[Finding]:
    """Compare the recomputed roots with what was stated, and name the first entry that is wrong as closely as can be.

    `stored_upper` are the tiles above the leaves, by level and number, as they were found.
    """
    short = [mark for mark in landmarks if mark.size > examined.size]
    wrong = [mark for mark in landmarks if mark.size <= examined.size and examined.roots[mark.size] != mark.root]
    findings = [_truncated(examined.size, max(short, key=lambda mark: mark.size))] if short else []
    suspects = _suspects(examined, stored_upper)
    if wrong:
        return [*findings, _changed(examined, landmarks, min(wrong, key=lambda mark: mark.size), suspects)]
    if suspects:
        covered = max((mark.size for mark in landmarks if mark.size <= examined.size), default=0)
        findings.append(_unfitting(*suspects[0], covered))
    return findings


def _unfitting(first: int, last: int, covered: int) -> Finding:
    """Tell a wrong hash from a wrong entry: entries that a root covers, which came out right, are right."""
    where = f"entry {first}" if first == last else f"entries {first} to {last}"
    if first < covered:
        message = f"A stored hash for {where} was changed; the entries themselves are as they were signed."
        return Finding("tile", message, first, last)
    return Finding("changed", f"The stored hash for {where} does not fit, and no head covers that far.", first, last)


def _truncated(size: int, mark: Landmark) -> Finding:
    missing = f"Entry {size} is" if mark.size == size + 1 else f"Entries {size} to {mark.size - 1} are"
    return Finding(
        "missing", f"{missing} missing: {mark.whose} has {mark.size} entries, here are {size}.", size, mark.size - 1
    )


def _suspects(examined: Examination, stored_upper: Mapping[tuple[int, int], bytes]) -> list[tuple[int, int]]:
    """Return the ranges of entries whose stored hashes do not fit them, narrowest first."""
    found = []
    if examined.first_difference is not None:
        found.append((examined.first_difference, examined.first_difference))
    for level, row in sorted(examined.upper.items()):
        span = tiles.WIDTH**level
        for n in range(-(-len(row) // tiles.FULL)):
            computed = bytes(row[n * tiles.FULL : (n + 1) * tiles.FULL])
            stored = stored_upper.get((level, n), b"")
            different = _first_difference(computed[: len(stored)], stored[: len(computed)])
            if different is not None:
                first = (n * tiles.WIDTH + different) * span
                found.append((first, first + span - 1))
                break
    return found


def _changed(
    examined: Examination, landmarks: Sequence[Landmark], wrong: Landmark, suspects: Sequence[tuple[int, int]]
) -> Finding:
    # When only somebody else contradicts the log, what it says of itself may be as new as the rewritten entries.
    counting = [mark for mark in landmarks if mark.size < wrong.size and (wrong.own or not mark.own)]
    good = [mark.size for mark in counting if examined.roots.get(mark.size) == mark.root]
    first, last = max(good, default=0), wrong.size - 1
    for low, high in suspects:
        if first <= low <= last:
            first, last = low, min(high, last)
            break
    which = f"Entry {first} is" if first == last else f"The first wrong entry is one of {first} to {last}; it is"
    because = f"{wrong.whose} states another root for the first {wrong.size} entries"
    return Finding("changed", f"{which} not what was recorded there: {because}.", first, last)


def lineage(opening: Entry) -> tuple[str, Landmark] | None:
    """Return what a log's first entry says of the year before: that log's name, and its head when this one was opened."""
    facts = opening.facts
    previous, size, root = facts.get("previous"), facts.get("size"), facts.get("root")
    if not isinstance(previous, str) or type(size) is not int or not isinstance(root, str):
        return None
    try:
        return previous, Landmark(
            size, base64_strict.decode(root, "the head", tree.HASH), f"the opening of {opening.log}"
        )
    except TamperedError:
        return None
