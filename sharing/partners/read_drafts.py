"""This module knows how to ask about drafts of protocols: which are under way, what each says, what it still lacks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols import terms
from protocols.completeness import Gap, missing
from sharing.errors import NotFoundError
from sharing.partners.making import MakingView, made_by
from sharing.partners.model import ProtocolDraft
from sharing.partners.protocol_load import loading_problems


@dataclass(frozen=True)
class DraftLine:
    """A draft in a list."""

    id: uuid.UUID
    ref: str
    number: int
    title: str
    started_at: datetime
    saved_at: datetime


@dataclass(frozen=True)
class DraftView:
    """A draft: its text, read; what it lacks before anybody may sign it; who made it so far, and who was asked."""

    id: uuid.UUID
    version: int
    text: str
    protocol: terms.Protocol
    begun_from: str
    started_at: datetime
    saved_at: datetime
    gaps: tuple[Gap, ...]
    making: MakingView


def open_drafts(session: Session, partnership: str) -> tuple[DraftLine, ...]:
    """The drafts under way in a partnership, the one written in last first."""
    query = select(ProtocolDraft).where(
        ProtocolDraft.partnership == partnership,
        ProtocolDraft.offered_at.is_(None),
        ProtocolDraft.dropped_at.is_(None),
    )
    return tuple(
        DraftLine(row.id, row.ref, row.number, row.title, row.started_at, row.saved_at)
        for row in session.scalars(query.order_by(ProtocolDraft.saved_at.desc(), ProtocolDraft.id))
    )


def open_draft(session: Session, partnership: str, draft_id: uuid.UUID, today: date) -> DraftView:
    """Return a draft under way. Raises NotFoundError, for another partnership's too."""
    query = select(ProtocolDraft).where(
        ProtocolDraft.partnership == partnership,
        ProtocolDraft.id == draft_id,
        ProtocolDraft.offered_at.is_(None),
        ProtocolDraft.dropped_at.is_(None),
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFoundError("There is no such draft.")
    protocol = terms.load(row.text)
    against = loading_problems(session, protocol, partnership, today)
    return DraftView(
        id=row.id,
        version=row.version,
        text=row.text,
        protocol=protocol,
        begun_from=row.begun_from,
        started_at=row.started_at,
        saved_at=row.saved_at,
        gaps=(
            *missing(protocol),
            *(Gap("the partnership", each.where, _said(each.message, each.mend)) for each in against),
        ),
        making=made_by(session, partnership, row),
    )


def _said(message: str, mend: str) -> str:
    return (
        f"{message[0].lower()}{message[1:]} {mend}".strip().rstrip(".")
        if message[0] != "'"
        else f"{message} {mend}".strip()
    )
