"""This module knows how the ledger is audited where it is kept: every log, the years in their order, and the guards.

What an audit on the spot cannot see is a database put back whole to an earlier state: for that, give it a head that was kept
elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from sharing.errors import TamperedError
from sharing.ledger import append_only, entry, examine
from sharing.ledger.audit_log import audit_log
from sharing.ledger.checkpoint import Checkpoint
from sharing.ledger.entry import OPERATOR, LogName
from sharing.ledger.examine import Landmark
from sharing.ledger.model import LedgerEntry, LedgerLog
from sharing.ledger.policy import Policy
from sharing.ledger.report import Finding, Report, Verdict

__all__ = ["audit_log", "guards", "verify_database"]


def verify_database(
    session: Session,
    policy: Policy,
    *,
    partnership: str | None = None,
    heads: Sequence[Checkpoint] = (),
    now: datetime | None = None,
) -> list[Report]:
    """Audit every log, or one partnership's (`OPERATOR`: the operator's), and the triggers that guard them.

    `policy` holds the installation's key, `heads` what was kept elsewhere. Logs of other partnerships are not read.
    """
    query = select(LedgerLog.origin).order_by(LedgerLog.partnership, LedgerLog.year)
    if partnership is not None:
        query = query.where(LedgerLog.partnership == partnership)
    logs = list(session.scalars(query))
    landmarks: dict[str, list[Landmark]] = {}
    for log in logs:
        stated = _lineage(session, log)
        if stated:
            landmarks.setdefault(stated[0], []).append(stated[1])
    reports = [audit_log(session, log, policy, heads=heads, landmarks=landmarks.get(log, ()), now=now) for log in logs]
    gone = [_gone(log, "the log that followed it names it") for log in landmarks if log not in logs]
    held = sorted({head.origin for head in heads} - set(logs))
    gone += [_gone(log, "you hold a head of it") for log in held if _wanted(log, partnership)]
    return [*reports, *gone, guards(session)]


def guards(session: Session) -> Report:
    """Report the append-only triggers that are missing or switched off."""
    if session.get_bind().dialect.name == "sqlite":
        query, wanted = "SELECT name FROM sqlite_master WHERE type = 'trigger'", set(append_only.NAMES)
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        wanted = {*append_only.NAMES, *append_only.TRUNCATE_NAMES}
    missing = sorted(wanted - set(session.scalars(text(query))))
    if not missing:
        return Report("guards", "append-only triggers")
    message = f"The triggers that keep the ledger append-only are missing: {', '.join(missing)}."
    finding = Finding(
        "guards", f"{message} Nothing follows for the entries; put them back.", weight=Verdict.CANNOT_TELL
    )
    return Report("guards", "append-only triggers", findings=(finding,))


def _gone(log: str, why: str) -> Report:
    return Report("log", log, log, findings=(Finding("log-missing", f"The log {log} is not here, and {why}."),))


def _wanted(log: str, partnership: str | None) -> bool:
    if partnership is None:
        return True
    try:
        return (LogName.parse(log).partnership or OPERATOR) == partnership
    except TamperedError:
        return False


def _lineage(session: Session, log: str) -> tuple[str, Landmark] | None:
    body = session.scalar(select(LedgerEntry.body).where(LedgerEntry.log == log, LedgerEntry.idx == 0))
    try:
        return examine.lineage(entry.parse(body)) if body else None
    except TamperedError:
        return None
