"""This module knows who made a version: whoever wrote in its draft, or loaded its file, and who was asked about it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols import terms
from sharing.partners.model import Consultation, Contribution, Officer, Organisation, ProtocolDraft
from sharing.store import Unit

WHOLE = "the whole text"


@dataclass(frozen=True)
class ContributorView:
    """Somebody who wrote in a version: as what, for whom, in which parts, first and last."""

    name: str
    post: str
    organisation: str | None
    organisation_name: str
    parts: tuple[str, ...]
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class ConsultationView:
    """A body or group that was asked about a version before it was offered for signature, and what it said."""

    name: str
    organisation: str | None
    consulted_on: date
    said: str
    recorded_at: datetime


@dataclass(frozen=True)
class MakingView:
    """How a version was made. Of one that was loaded before this was kept, nothing is known."""

    begun_from: tuple[str, ...] = ()
    contributors: tuple[ContributorView, ...] = ()
    consultations: tuple[ConsultationView, ...] = ()


def note_contribution(unit: Unit, draft: ProtocolDraft, part: str) -> None:
    """Note, as part of another command, that the actor wrote in a part of a draft."""
    now = unit.clock.business_now()
    name, post, organisation = _who(unit)
    query = select(Contribution).filter_by(
        partnership=draft.partnership, draft_id=draft.id, name=name, organisation=organisation
    )
    row = unit.session.scalars(query).one_or_none()
    if row is None:
        row = Contribution(
            partnership=draft.partnership,
            draft_id=draft.id,
            officer_id=unit.actor.officer_id,
            organisation=organisation,
            name=name,
            post=post,
            parts=[],
            first_at=now,
        )
        unit.session.add(row)
    row.parts = row.parts if part in row.parts else [*row.parts, part]
    row.last_at = now
    unit.session.flush()


def note_loaded(unit: Unit, protocol: terms.Protocol, text: str) -> None:
    """Note, as part of loading a file, that the actor brought this text."""
    query = select(ProtocolDraft).filter_by(
        partnership=protocol.partnership, ref=protocol.ref, number=protocol.version, begun_from="a file"
    )
    now = unit.clock.business_now()
    row = unit.session.scalars(query).first()
    if row is None:
        row = ProtocolDraft(
            partnership=protocol.partnership,
            ref=protocol.ref,
            number=protocol.version,
            title=protocol.title,
            begun_from="a file",
            started_by=unit.actor.officer_id,
            started_at=now,
        )
    row.text, row.saved_at, row.offered_at = text, now, now
    unit.session.add(row)
    unit.session.flush()
    note_contribution(unit, row, WHOLE)


def how_made(session: Session, partnership: str, ref: str, number: int) -> MakingView:
    """Who made a version that stands in the register, and who was asked: everybody over all drafts that became it."""
    query = select(ProtocolDraft).where(
        ProtocolDraft.partnership == partnership,
        ProtocolDraft.ref == ref,
        ProtocolDraft.number == number,
        ProtocolDraft.offered_at.is_not(None),
    )
    drafts = session.scalars(query.order_by(ProtocolDraft.started_at, ProtocolDraft.id)).all()
    return made_by(session, partnership, *drafts)


def made_by(session: Session, partnership: str, *drafts: ProtocolDraft) -> MakingView:
    """Who wrote in these drafts, and who was asked about them."""
    ids = [draft.id for draft in drafts]
    names = {row.code: row.name for row in session.execute(select(Organisation.code, Organisation.name))}
    wrote = select(Contribution).where(Contribution.partnership == partnership, Contribution.draft_id.in_(ids))
    asked = select(Consultation).where(Consultation.partnership == partnership, Consultation.draft_id.in_(ids))
    return MakingView(
        begun_from=tuple(dict.fromkeys(draft.begun_from for draft in drafts)),
        contributors=tuple(
            ContributorView(
                row.name,
                row.post,
                row.organisation,
                names.get(row.organisation or "", row.organisation or ""),
                tuple(row.parts),
                row.first_at,
                row.last_at,
            )
            for row in session.scalars(wrote.order_by(Contribution.first_at, Contribution.id))
        ),
        consultations=tuple(
            ConsultationView(row.name, row.organisation, row.consulted_on, row.said, row.recorded_at)
            for row in session.scalars(asked.order_by(Consultation.consulted_on, Consultation.id))
        ),
    )


def _who(unit: Unit) -> tuple[str, str, str | None]:
    officer_id: uuid.UUID | None = unit.actor.officer_id
    officer = unit.session.get(Officer, officer_id) if officer_id else None
    if officer is None:
        return unit.actor.pseudonym, "at the command line", None
    return officer.name, officer.post, officer.organisation
