"""This module knows how one log is audited where it is kept: every row is read, every hash and root computed again.

Nothing stored is believed, the columns beside an entry's bytes included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from sharing.errors import TamperedError
from sharing.ledger import base64_strict, checkpoint, entry, examine, keychange, tiles, tree
from sharing.ledger.checkpoint import Checkpoint
from sharing.ledger.entry import OPERATOR, Entry, LogName, moment_text
from sharing.ledger.examine import Examination, Landmark
from sharing.ledger.model import ENTRY, LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerLog, LedgerTile, OutboxEntry
from sharing.ledger.policy import Policy
from sharing.ledger.receipt import NOTHING_HELD
from sharing.ledger.report import Finding, Report, Verdict

SOON = timedelta(seconds=60)
"""An entry is signed within a second; one that waits longer than this is worth a word."""
_CHUNK = 16


def audit_log(
    session: Session,
    log: str,
    policy: Policy,
    *,
    heads: Sequence[Checkpoint] = (),
    landmarks: Sequence[Landmark] = (),
    now: datetime | None = None,
) -> Report:
    """Audit one log. `heads` of other logs are passed over; `landmarks` are what other logs say of this one."""
    marks = [Landmark(head.size, head.root, "the head that you hold") for head in heads if head.origin == log]
    return _Audit(session, log, policy, now or datetime.now(UTC)).run([*marks, *landmarks])


@dataclass(frozen=True)
class _Signed:
    """The signed heads that verified, as landmarks, and the size of the latest."""

    marks: list[Landmark]
    size: int


class _Audit:
    """One run over one log."""

    def __init__(self, session: Session, log: str, policy: Policy, now: datetime) -> None:
        self.session = session
        self.log = log
        self.policy = policy
        self.now = now
        self.findings: list[Finding] = []
        self.gap = False

    def run(self, marks: list[Landmark]) -> Report:
        head = self.session.execute(
            select(LedgerHead.size, LedgerHead.root).where(LedgerHead.log == self.log)
        ).one_or_none()
        size, root = (head.size, head.root) if head else (0, tree.EMPTY_ROOT)
        if head is None:
            self._find("head", "The log has no stored head.")
        sizes = self.session.scalars(select(LedgerCheckpoint.size).where(LedgerCheckpoint.log == self.log))
        examined = Examination(self.log, {*sizes, size, *(mark.size for mark in marks)}, self.now)
        self._entries(examined, size)
        signed = self._checkpoints(examined, size)
        marks = [*marks, *signed.marks]
        if self.gap:
            marks = [mark for mark in marks if mark.size <= examined.size]
        self.findings += examined.findings
        self.findings += examine.judge(examined, marks, self._upper(examined))
        self._head(examined, size, root)
        self._log_row(examined)
        self._waiting(size, signed.size)
        return Report("log", self.log, self.log, size, base64_strict.encode(root), tuple(self.findings))

    def _find(self, code: str, message: str, index: int | None = None, weight: Verdict = Verdict.FALSE) -> None:
        if all(found.code != code for found in self.findings):
            self.findings.append(Finding(code, message, index, None, weight))

    # -- entries

    def _entries(self, examined: Examination, size: int) -> None:
        for start in range(0, size, tiles.WIDTH * _CHUNK):
            end = min(start + tiles.WIDTH * _CHUNK, size)
            rows = self._rows(start, end)
            stored = self._leaf_tiles(start, end)
            for at in range(start, end, tiles.WIDTH):
                batch = rows[at - start : min(at + tiles.WIDTH, end) - start]
                if not self._batch(examined, at, min(tiles.WIDTH, end - at), batch, stored.get(at // tiles.WIDTH, b"")):
                    return
        self._beyond(size)

    def _rows(self, start: int, end: int) -> Sequence[Any]:
        columns = (ENTRY.c.idx, ENTRY.c.entry_id, ENTRY.c.type, ENTRY.c.at, ENTRY.c.body, ENTRY.c.leaf_hash)
        mine = (ENTRY.c.log == self.log, ENTRY.c.idx >= start, ENTRY.c.idx < end)
        return self.session.execute(select(*columns).where(*mine).order_by(ENTRY.c.idx)).all()

    def _leaf_tiles(self, start: int, end: int) -> dict[int, bytes]:
        query = select(LedgerTile.n, LedgerTile.data).where(
            LedgerTile.log == self.log,
            LedgerTile.level == 0,
            LedgerTile.n >= start // tiles.WIDTH,
            LedgerTile.n <= (end - 1) // tiles.WIDTH,
        )
        return {row.n: row.data for row in self.session.execute(query)}

    def _batch(self, examined: Examination, start: int, count: int, rows: Sequence[Any], stored: bytes) -> bool:
        """Examine the rows that stand at [start, start + count); say whether all of them were there."""
        there = next((at for at, row in enumerate(rows) if row.idx != start + at), len(rows))
        leaves, said = examined.take([row.body for row in rows[:there]], stored)
        beside = b"".join([row.leaf_hash for row in rows[:there]])
        for at, (row, entry_) in enumerate(zip(rows[:there], said, strict=True)):
            self._columns(start + at, row, entry_)
            if beside != leaves and row.leaf_hash != leaves[at * tree.HASH : (at + 1) * tree.HASH]:
                self._find(
                    "leaf-hash", f"The hash stored beside entry {start + at} is not that of the entry.", start + at
                )
        if there < count:
            self._find("gap", f"Entry {start + there} is missing.", start + there)
            self.gap = True
            return False
        return True

    def _columns(self, index: int, row: Any, said: Entry | None) -> None:  # noqa: ANN401  a row
        if said and (row.entry_id, row.type, row.at) != (said.id, said.type, moment_text(said.at)):
            self._find("columns", f"A column beside entry {index} says something else than the entry.", index)

    def _beyond(self, size: int) -> None:
        query = select(func.min(LedgerEntry.idx)).where(
            LedgerEntry.log == self.log, or_(LedgerEntry.idx < 0, LedgerEntry.idx >= size)
        )
        stray = self.session.scalar(query)
        if stray is not None and not self._has_grown(size):
            self._find("beyond", f"There is an entry {stray}, which the log's head does not count.", stray)

    def _has_grown(self, size: int) -> bool:
        """Say whether the log has grown while it was read; then what lies beyond the head is simply new."""
        now = self.session.scalar(select(LedgerHead.size).where(LedgerHead.log == self.log))
        return now is not None and now > size

    # -- hashes, heads and signatures

    def _upper(self, examined: Examination) -> dict[tuple[int, int], bytes]:
        """Return the stored tiles above the leaves, and report those that are missing, of a wrong width, or stray."""
        query = select(LedgerTile.level, LedgerTile.n, LedgerTile.data, func.length(LedgerTile.data).label("bytes"))
        found = {
            (row.level, row.n): row.data
            for row in self.session.execute(query.where(LedgerTile.log == self.log, LedgerTile.level > 0))
        }
        widths = select(LedgerTile.level, LedgerTile.n, func.length(LedgerTile.data).label("bytes"))
        stored = {
            (row.level, row.n): row.bytes // tree.HASH
            for row in self.session.execute(widths.where(LedgerTile.log == self.log))
        }
        needed = {(level, n): width for level, n, width in tiles.needed(examined.size)}
        for place, width in needed.items():
            if stored.get(place, 0) < width:
                self._tile(place, "is missing, or too short")
        if not self.gap and not self._has_grown(examined.size):
            for place, width in stored.items():
                if width > needed.get(place, 0):
                    self._tile(place, "holds hashes of entries that are not there")
        return found

    def _tile(self, place: tuple[int, int], what: str) -> None:
        self._find("tile-width", f"The stored tile {place[0]}/{place[1]} {what}.")

    def _checkpoints(self, examined: Examination, size: int) -> _Signed:
        """Check each signed head; those that verify become landmarks."""
        query = select(LedgerCheckpoint.size, LedgerCheckpoint.note).where(LedgerCheckpoint.log == self.log)
        policy = keychange.precede(self._followed(examined), examined.changes)
        marks, latest = [], 0
        for row in self.session.execute(query.order_by(LedgerCheckpoint.size)):
            if row.size > size and self._has_grown(size):
                break
            try:
                head, note = checkpoint.parse(row.note.encode())
                if not policy.is_empty:
                    policy.check(head, note)
                if (head.origin, head.size) != (self.log, row.size):
                    self._find(
                        "checkpoint", f"The signed head stored for {row.size} entries is of another log or size."
                    )
                    continue
            except TamperedError as error:
                self._find("checkpoint", f"The signed head at {row.size} entries does not hold: {error}.")
                continue
            marks.append(Landmark(head.size, head.root, f"the head signed at {head.size} entries", own=True))
            latest = head.size
        if policy.is_empty:
            self._find("nothing-held", NOTHING_HELD, weight=Verdict.CANNOT_TELL)
        return _Signed(marks, latest)

    def _followed(self, examined: Examination) -> Policy:
        if not examined.changes:
            return self.policy
        query = select(LedgerCheckpoint.note).where(LedgerCheckpoint.log == self.log).order_by(LedgerCheckpoint.size)
        heads = []
        for note in self.session.scalars(query):
            try:
                heads.append(checkpoint.parse(note.encode()))
            except TamperedError:
                continue
        return keychange.follow(self.policy, examined.changes, heads, examined.roots)

    def _head(self, examined: Examination, size: int, root: bytes) -> None:
        if self.gap or examined.root() == root:
            return
        where = examined.first_difference
        known = where is not None and not any(found.code == "tile" for found in self.findings)
        what = f"entry {where}" if known else "the entries"
        self._find("head", f"The stored head of {size} entries does not fit {what}.", where if known else None)

    def _log_row(self, examined: Examination) -> None:
        row = self.session.execute(select(LedgerLog).where(LedgerLog.origin == self.log)).scalar_one_or_none()
        try:
            name = LogName.parse(self.log)
        except TamperedError as error:
            self._find("log-row", f"The log's name does not hold: {error}.")
            return
        if row is None:
            self._find("log-row", "The log is not in the list of logs.")
        elif (row.partnership, row.year) != (name.partnership or OPERATOR, name.year):
            self._find("log-row", "The list of logs says another partnership or year than the log's name.")
        elif examined.opening and row.opened != moment_text(examined.opening.at):
            self._find("log-row", "The list of logs says another time of opening than the first entry.")

    # -- what is on its way

    def _waiting(self, size: int, signed: int) -> None:
        if signed < size:
            at = self.session.scalar(
                select(func.min(LedgerEntry.at)).where(LedgerEntry.log == self.log, LedgerEntry.idx >= signed)
            )
            late = self._is_late(at)
            message = f"{size - signed} entries are in the log and not signed yet."
            self._find("unsigned", message, signed, Verdict.CANNOT_TELL if late else Verdict.TRUE)
        waiting = list(self._outbox())
        if waiting:
            late = self._is_late(min(waiting))
            message = f"{len(waiting)} entries wait in the outbox; run the sequencer."
            self._find("waiting", message, weight=Verdict.CANNOT_TELL if late else Verdict.TRUE)

    def _outbox(self) -> Iterator[str]:
        """Give the times of the entries that wait, having looked at each."""
        for row in self.session.execute(select(OutboxEntry).where(OutboxEntry.log == self.log)).scalars():
            try:
                said = entry.parse(row.body)
                if (row.log, row.entry_id, row.type, row.at) != (said.log, said.id, said.type, moment_text(said.at)):
                    self._find("outbox", f"A column beside the waiting entry {row.id} says something else than it.")
            except TamperedError as error:
                self._find("outbox", f"The waiting entry {row.id} is no entry: {error}.")
            yield row.at

    def _is_late(self, at: str | None) -> bool:
        return at is not None and at < moment_text(self.now - SOON)
