"""This module knows what a request and a decision look like to whoever reads them: frozen, and without a word about anybody."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sharing.requests.rules import WITH_SUPPLIER, RequestStatus, working_days_left


@dataclass(frozen=True)
class RequestView:
    """A request: who asks whom for what and why, where it stands, what the asker may be told. No word about anybody."""

    id: uuid.UUID
    partnership: str
    ref: str
    kind: str
    asker: str
    officer_id: uuid.UUID
    supplier: str
    purpose: str
    provision: str | None
    fields: tuple[tuple[str, str | None], ...]
    channel: str
    urgency: str
    linked_kind: str
    linked_ref: str
    subject_ref: str
    record_id: uuid.UUID | None
    given: tuple[str, ...]
    status: RequestStatus
    told: tuple[Mapping[str, Any], ...]
    reply_due_on: date
    made_at: datetime
    closed_at: datetime | None
    disclosure_id: uuid.UUID | None
    version: int

    def is_overdue(self, today: date) -> bool:
        """Whether it waits for the supplier past its reply day."""
        return self.status in WITH_SUPPLIER and self.reply_due_on < today

    def days_left(self, today: date) -> int | None:
        """Working days until its reply is due, below nought when it is late; None while the supplier has nothing to do."""
        return working_days_left(today, self.reply_due_on) if self.status in WITH_SUPPLIER else None


@dataclass(frozen=True)
class DecisionView:
    """What the supplier decided, with the findings."""

    officer_id: uuid.UUID
    decided_at: datetime
    allow: Mapping[str, str]
    refuse: Mapping[str, tuple[str, str]]
    necessary: str
    proportionate: str
    reasons: Mapping[str, str]
    confirmed_by: uuid.UUID | None
    confirmed_at: datetime | None
