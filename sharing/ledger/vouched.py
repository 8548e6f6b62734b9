"""This module knows who vouches for a log besides its own key: which heads partners co-signed, and how old the newest is.

A head with partners' lines under it is the one worth handing out: whoever was shown another history would hold a head that the
same partners never signed.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError
from sharing.ledger import checkpoint, entry
from sharing.ledger.model import (
    LedgerCheckpoint,
    LedgerCosignature,
    LedgerEntry,
    LedgerLog,
    LedgerWitness,
)
from sharing.ledger.note import Note


@dataclass(frozen=True)
class WitnessView:
    """A partner's registered key, and the largest head that it co-signed, if any: its size, and when."""

    organisation: str
    name: str
    vkey: str
    valid_from: date
    valid_until: date | None
    size: int | None = None
    signed_at: datetime | None = None

    def counts_on(self, day: date) -> bool:
        """Whether the key counts on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True)
class Standing:
    """Who vouches for one log. `since` is when the first entry was recorded that nobody but us vouches for; None: none such.

    `by` are the organisations that co-signed the largest co-signed head (`covered` entries of `size`).
    """

    log: str
    year: int
    size: int
    covered: int
    by: tuple[str, ...]
    signed_at: datetime | None
    since: datetime | None
    witnesses: tuple[WitnessView, ...]

    def days(self, now: datetime) -> int:
        """For how many whole days nobody but us has vouched."""
        return (now - self.since).days if self.since else 0

    def told(self, now: datetime, names: Mapping[str, str] | None = None) -> str:
        """The state in a sentence or two, the gap said plainly; `names` are what organisations are called."""
        by = _listed([(names or {}).get(code, code) for code in self.by])
        if self.since is None:
            return f"All {self.size} entries stand under a head that {by} co-signed."
        left = self.size - self.covered
        entries = f"{left} {'entry' if left == 1 else 'entries'}"
        if not self.covered:
            last = _days(self.days(now))
            return (
                f"Nobody but us vouches for this log: {entries} over the last {last}. No partner has co-signed a head."
            )
        return (
            f"{by} co-signed the first {self.covered} entries."
            f" Nobody but us vouches for the last {_days(self.days(now))} ({entries})."
        )


def _listed(names: Sequence[str]) -> str:
    *most, last = names or ("nobody",)
    return f"{', '.join(most)} and {last}" if most else last


def _days(number: int) -> str:
    return {0: "few hours", 1: "day"}.get(number, f"{number} days")


def signed_lines(session: Session, log: str, note: Note) -> Note:
    """Return one of the log's heads with the partners' co-signatures of it, oldest first."""
    lines = lines_by_size(session, log, checkpoint.parse_text(note.text).size).values()
    return checkpoint.parse((note.render() + "".join(lines)).encode())[1]


def lines_by_size(session: Session, log: str, size: int | None = None) -> dict[int, str]:
    """Return the partners' lines of the log's co-signed heads, or of the head of one size, by size."""
    query = select(LedgerCosignature.size, LedgerCosignature.line).where(LedgerCosignature.log == log)
    if size is not None:
        query = query.where(LedgerCosignature.size == size)
    found: dict[int, str] = defaultdict(str)
    for at, line in session.execute(query.order_by(LedgerCosignature.signed_at, LedgerCosignature.id)):
        found[at] += line
    return dict(found)


def newest_size(session: Session, log: str, least: int = 1) -> int | None:
    """Return the size of the largest head that at least `least` witnesses co-signed; None where there is none."""
    found = _signers(session, log)
    return max((size for size, by in found.items() if len(by) >= least), default=None)


def head(session: Session, log: str, *, least: int = 0) -> str:
    """Return the text of the log's latest signed head with its co-signatures; with `least`, the newest that so many co-signed.

    Raises NotFoundError where there is none.
    """
    size = newest_size(session, log, least) if least else None
    if least and size is None:
        raise NotFoundError(f"No head of {log} is co-signed by {least} or more partners.")
    return _head(session, log, size)


def head_over(session: Session, log: str, covering: int) -> str:
    """Return the head to prove the log's first `covering` entries under: that of most witnesses, then the largest.

    Where no partner co-signed one so large, the latest. Raises NotFoundError before the first.
    """
    able = {size: len(by) for size, by in _signers(session, log, covering).items()}
    return _head(session, log, max(able, key=lambda size: (able[size], size), default=None))


def _signers(session: Session, log: str, covering: int = 0) -> dict[int, set[uuid.UUID]]:
    found: dict[int, set[uuid.UUID]] = defaultdict(set)
    query = select(LedgerCosignature.size, LedgerCosignature.witness_id)
    for size, witness in session.execute(query.where(LedgerCosignature.log == log, LedgerCosignature.size >= covering)):
        found[size].add(witness)
    return found


def _head(session: Session, log: str, size: int | None) -> str:
    query = select(LedgerCheckpoint.note).where(LedgerCheckpoint.log == log)
    if size is not None:
        query = query.where(LedgerCheckpoint.size == size)
    note = session.scalar(query.order_by(LedgerCheckpoint.size.desc()).limit(1))
    if note is None:
        raise NotFoundError("There is no signed head of this log yet.")
    return signed_lines(session, log, checkpoint.parse(note.encode())[1]).render()


def witnesses(session: Session, partnership: str) -> tuple[WitnessView, ...]:
    """Return the partnership's registered keys, by organisation and first day."""
    query = select(LedgerWitness).where(LedgerWitness.partnership == partnership)
    rows = session.scalars(query.order_by(LedgerWitness.organisation, LedgerWitness.valid_from, LedgerWitness.vkey))
    return tuple(_witness(row) for row in rows)


def standings(session: Session, partnership: str) -> tuple[Standing, ...]:
    """Return who vouches for each of the partnership's logs, the latest year first."""
    logs = session.execute(
        select(LedgerLog.origin, LedgerLog.year)
        .where(LedgerLog.partnership == partnership)
        .order_by(LedgerLog.year.desc())
    )
    return tuple(_standing(session, partnership, log, year) for log, year in logs)


def _standing(session: Session, partnership: str, log: str, year: int) -> Standing:
    size = session.scalar(
        select(LedgerEntry.idx).where(LedgerEntry.log == log).order_by(LedgerEntry.idx.desc()).limit(1)
    )
    held = session.scalars(
        select(LedgerWitness)
        .where(LedgerWitness.partnership == partnership)
        .order_by(LedgerWitness.organisation, LedgerWitness.valid_from, LedgerWitness.vkey)
    ).all()
    largest: dict[uuid.UUID, tuple[int, datetime]] = {}
    rows = session.execute(
        select(LedgerCosignature.witness_id, LedgerCosignature.size, LedgerCosignature.signed_at).where(
            LedgerCosignature.log == log
        )
    )
    for witness, covered, at in rows:
        largest[witness] = max(largest.get(witness, (0, at)), (covered, at))
    covered = max((found[0] for found in largest.values()), default=0)
    newest = {row.organisation: largest[row.id][1] for row in held if largest.get(row.id, (0,))[0] == covered > 0}
    return Standing(
        log=log,
        year=year,
        size=(size + 1) if size is not None else 0,
        covered=covered,
        by=tuple(sorted(newest)),
        signed_at=max(newest.values(), default=None),
        since=_recorded_at(session, log, covered),
        witnesses=tuple(_witness(row, *largest.get(row.id, (None, None))) for row in held),
    )


def _recorded_at(session: Session, log: str, index: int) -> datetime | None:
    body = session.scalar(select(LedgerEntry.body).where(LedgerEntry.log == log, LedgerEntry.idx == index))
    return entry.parse(body).at if body else None


def _witness(row: LedgerWitness, size: int | None = None, at: datetime | None = None) -> WitnessView:
    name = row.vkey.partition("+")[0]
    return WitnessView(row.organisation, name, row.vkey, row.valid_from, row.valid_until, size, at)
