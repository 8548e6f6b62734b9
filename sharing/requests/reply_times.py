"""This module knows how long replies take: hours from when a request reached the supplier to its first decision, by supplier."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharing.requests.course_model import RequestMessage
from sharing.requests.model import InformationRequest, RequestDecision
from sharing.requests.rules import WITH_SUPPLIER, RequestStatus

_SECONDS_AN_HOUR = 3600


@dataclass(frozen=True)
class ReplyTime:
    """How a supplier replies. `median_hours` is over `answered` requests, None where there are none; `asked` is the denominator.

    Emergencies are not among them (they have a clock of their own), nor what the rules stopped before it reached the supplier.
    """

    supplier: str
    asked: int
    answered: int
    withdrawn: int
    waiting: int
    overdue: int
    median_hours: float | None


def reply_times(session: Session, partnership: str, today: date) -> tuple[ReplyTime, ...]:
    """Every supplier that was asked, by code. Hours run day and night, but not while a question of the supplier's waited."""
    rows = session.scalars(
        select(InformationRequest).where(
            InformationRequest.partnership == partnership,
            InformationRequest.urgency != "emergency",
            InformationRequest.status != RequestStatus.BLOCKED,
        )
    )
    by_supplier: dict[str, list[InformationRequest]] = defaultdict(list)
    for row in rows:
        by_supplier[row.supplier].append(row)
    decided, said = _first_decisions(session, partnership), _said(session, partnership)
    return tuple(_of(supplier, found, decided, said, today) for supplier, found in sorted(by_supplier.items()))


def _of(
    supplier: str,
    rows: list[InformationRequest],
    decided: Mapping[uuid.UUID, datetime],
    said: Mapping[uuid.UUID, list[tuple[str, datetime]]],
    today: date,
) -> ReplyTime:
    hours = [hours_taken(row.made_at, decided[row.id], said.get(row.id, ())) for row in rows if row.id in decided]
    waiting = [row for row in rows if row.status in {str(status) for status in WITH_SUPPLIER}]
    return ReplyTime(
        supplier=supplier,
        asked=len(rows),
        answered=len(hours),
        withdrawn=sum(row.status == RequestStatus.WITHDRAWN and row.id not in decided for row in rows),
        waiting=len(waiting),
        overdue=sum(row.reply_due_on < today for row in waiting),
        median_hours=round(median(hours), 1) if hours else None,
    )


def hours_taken(made_at: datetime, decided_at: datetime, said: Iterable[tuple[str, datetime]]) -> float:
    """Hours from when a request last reached the supplier to its decision, less the time that the supplier's questions waited."""
    start, asked_at, stopped = made_at, None, 0.0
    for kind, at in sorted(said, key=lambda each: each[1]):
        if at > decided_at:
            break
        if kind == "reached":
            start, stopped = at, 0.0
        elif kind == "question":
            asked_at = at
        elif kind == "answer" and asked_at is not None:
            stopped += (at - asked_at).total_seconds()
            asked_at = None
    return max(0.0, (decided_at - start).total_seconds() - stopped) / _SECONDS_AN_HOUR


def _first_decisions(session: Session, partnership: str) -> dict[uuid.UUID, datetime]:
    rows = session.execute(
        select(RequestDecision.request_id, func.min(RequestDecision.decided_at))
        .where(RequestDecision.partnership == partnership)
        .group_by(RequestDecision.request_id)
    )
    return {row[0]: row[1] for row in rows}


def _said(session: Session, partnership: str) -> dict[uuid.UUID, list[tuple[str, datetime]]]:
    found: dict[uuid.UUID, list[tuple[str, datetime]]] = defaultdict(list)
    rows = session.execute(
        select(RequestMessage.request_id, RequestMessage.kind, RequestMessage.said_at).where(
            RequestMessage.partnership == partnership
        )
    )
    for request_id, kind, at in rows:
        found[request_id].append((kind, at))
    return found
