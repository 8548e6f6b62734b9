"""This module knows how long the ledger itself is kept: each year's log, and from when it may be closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from sharing.audit import rules
from sharing.disclosures import audited
from sharing.ledger import read


@dataclass(frozen=True)
class YearOfLog:
    """One year's log: how many entries, the last day on which a copy under it may be kept, and from when it may be closed."""

    year: int
    origin: str
    entries: int
    last_kept: date | None
    may_close_on: date


def schedule(session: Session, partnership: str) -> tuple[YearOfLog, ...]:
    """Every log of a partnership, latest year first."""
    found = []
    for log in read.logs(session, partnership):
        last = audited.last_kept(session, partnership, date(log.year, 1, 1), date(log.year, 12, 31))
        found.append(YearOfLog(log.year, log.origin, log.size, last, rules.may_close_on(log.year, last)))
    return tuple(found)
