"""This module knows how a negative answer is made out of the stored log: it looks through every entry of the days asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Event
from protocols.moments import LONDON
from sharing.errors import InvalidError
from sharing.ledger import absence, checkpoint, entry, vouched
from sharing.ledger.absence import Answer, Found, Question
from sharing.ledger.entry import Entry
from sharing.ledger.model import LedgerEntry, LedgerLog
from sharing.ledger.witnesses import Recording


@dataclass(frozen=True)
class Leaving:
    """An entry that says that something left."""

    log: str
    index: int
    entry: Entry


@dataclass(frozen=True)
class Outcome:
    """What the log says: where something left, how many other entries name the reference; without the former, the answer."""

    question: Question
    left: tuple[Leaving, ...]
    others: int
    answer: Answer | None


def question(reference: str, first: date, last: date, now: datetime) -> Question:
    """Return the question about a reference and days in London. Raises InvalidError for days that are not over, or none."""
    if not 0 < len(reference.strip()) <= absence.LONGEST_REFERENCE:
        raise InvalidError.one("Enter the reference that the record goes under.", where="reference")
    if last < first:
        raise InvalidError.one("The last day is before the first.", where="to")
    starts, ends = _midnight(first), _midnight(last + timedelta(days=1))
    if now < ends + absence.SETTLED:
        raise InvalidError.one(
            f"{last.isoformat()} is not over: something could still leave.",
            where="to",
            mend="Ask about days that are over.",
        )
    return Question(reference.strip(), first, last, starts, ends)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), LONDON).astimezone(UTC)


def record_question(unit: Recording, asked: Question) -> None:
    """Write down that it was asked, before it is answered: the entry closes the days. The reference itself is not written."""
    days = {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    unit.record(Event.ABSENCE_STATED, facts=days)


def answer(session: Session, partnership: str, asked: Question) -> Outcome:
    """Look through the partnership's logs of these days, as they stand under their latest signed heads.

    Days before its first log fall to that one, which says that there was none before. Raises InvalidError for a year that is
    missing in between.
    """
    left: list[Leaving] = []
    others, heads = 0, []
    for log in _logs(session, partnership, asked):
        head, note = checkpoint.parse(vouched.head(session, log).encode())
        found = Found()
        for index, said in _entries(session, log, head.size, asked):
            found.take(asked, index, said)
            if found.left[-1:] == [index]:
                left.append(Leaving(log, index, said))
        others += len(found.others)
        heads.append((head, note))
    return Outcome(asked, tuple(left), others, None if left else Answer(asked, tuple(heads)))


def _logs(session: Session, partnership: str, asked: Question) -> list[str]:
    rows = session.execute(
        select(LedgerLog.year, LedgerLog.origin).where(LedgerLog.partnership == partnership).order_by(LedgerLog.year)
    )
    logs = {row.year: row.origin for row in rows}
    first = min(logs)  # that the question was asked is an entry, so there is one
    wanted = absence.years_of(asked)
    missing = [year for year in wanted if year not in logs and year > first]
    if missing:
        raise InvalidError.one(f"There is no log of {missing[0]} here.", where="from", mend="Ask about fewer days.")
    chosen = {year for year in wanted if year in logs} | ({first} if min(wanted) < first else set())
    return [logs[year] for year in sorted(chosen)]


def _entries(session: Session, log: str, size: int, asked: Question) -> Iterator[tuple[int, Entry]]:
    """The entries of the days; their stored times only narrow the search, the entries' own times decide."""
    query = select(LedgerEntry.idx, LedgerEntry.body).where(
        LedgerEntry.log == log,
        LedgerEntry.idx < size,
        LedgerEntry.at >= entry.moment_text(asked.starts),
        LedgerEntry.at < entry.moment_text(asked.ends),
    )
    for row in session.execute(query.order_by(LedgerEntry.idx)).yield_per(1000):
        yield row.idx, entry.parse(row.body)
