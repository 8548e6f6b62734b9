"""This module knows what may be read of disclosures outside the portal without opening a word of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.audit.model import OutsideDisclosure
from sharing.audit.rules import Verdict
from sharing.errors import NotFoundError


@dataclass(frozen=True)
class OutsideView:
    """A report: who told whom which fields, when, how and for what, and what the rules say of it. No word about anybody.

    `recipient` is None for somebody outside the partnership. `judged`: field → what the rules said.
    """

    id: uuid.UUID
    ref: str
    organisation: str
    officer_id: uuid.UUID
    allowed_by: uuid.UUID | None
    recipient: str | None
    channel: str
    purpose: str
    fields: tuple[str, ...]
    subject_ref: str
    verdict: Verdict
    judged: Mapping[str, Mapping[str, Any]]
    told_at: datetime
    reported_at: datetime
    entry_id: uuid.UUID


def outside_disclosures(
    session: Session, partnership: str, *, organisation: str | None = None
) -> tuple[OutsideView, ...]:
    """Every report of a partnership, or of one organisation, newest first."""
    query = select(OutsideDisclosure).where(OutsideDisclosure.partnership == partnership)
    if organisation is not None:
        query = query.where(OutsideDisclosure.organisation == organisation)
    rows = session.scalars(query.order_by(OutsideDisclosure.told_at.desc(), OutsideDisclosure.ref.desc()))
    return tuple(_view(row) for row in rows)


def outside_disclosure(
    session: Session, partnership: str, outside_id: uuid.UUID, *, organisation: str | None = None
) -> OutsideView:
    """One report of a partnership, or of one organisation. Raises NotFoundError for any other."""
    row = session.get(OutsideDisclosure, outside_id)
    if row is None or row.partnership != partnership or organisation not in {None, row.organisation}:
        raise NotFoundError("There is no such report.")
    return _view(row)


def _view(row: OutsideDisclosure) -> OutsideView:
    return OutsideView(
        id=row.id,
        ref=row.ref,
        organisation=row.organisation,
        officer_id=row.officer_id,
        allowed_by=row.allowed_by,
        recipient=row.recipient,
        channel=row.channel,
        purpose=row.purpose,
        fields=tuple(row.fields),
        subject_ref=row.subject_ref,
        verdict=Verdict(row.verdict),
        judged=row.judged,
        told_at=row.told_at,
        reported_at=row.reported_at,
        entry_id=row.entry_id,
    )
