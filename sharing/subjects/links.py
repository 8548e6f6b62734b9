"""This module knows the ties between persons that make telling one of them of the other dangerous."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing import disclosures
from sharing.errors import InvalidError, NotFoundError
from sharing.store import Unit
from sharing.subjects.model import SubjectLink

VICTIM_OF, LIVES_WITH = "victim-of", "lives-with"
LINKS: Mapping[str, str] = {
    VICTIM_OF: "was harmed by, or is afraid of",
    LIVES_WITH: "lives with, or is family of",
}
"""What one person is to the other. The first points one way; the second holds both ways."""


@dataclass(frozen=True)
class LinkSubjects:
    """Two records of one's own, by reference, and what the first person is to the second."""

    reference: str
    kind: str
    other_reference: str


@dataclass(frozen=True)
class LinkView:
    """A tie, by the references of both records."""

    reference: str
    kind: str
    other_reference: str
    officer_id: uuid.UUID
    made_at: datetime


def link_subjects(unit: Unit, command: LinkSubjects) -> uuid.UUID:
    """Keep a tie between the persons of two records of one's own. A victim's address is a secret from then on.

    The rulebook then lets the victim's record go on lines for such records alone (flag `safe-address`), and `endangers` keeps it
    from the other's household. Raises NotFoundError for a record that is not one's own, InvalidError for a tie that is none.
    """
    partnership, holder = unit.actor.partnership or "", unit.actor.organisation or ""
    unit.require(Action.LINK_SUBJECTS, partnership=partnership, organisation=holder)
    if command.kind not in LINKS:
        raise InvalidError.one("Choose what they are to each other", where="kind")
    first = own_reference(unit.session, partnership, holder, command.reference, where="reference")
    other = own_reference(unit.session, partnership, holder, command.other_reference, where="other_reference")
    if first == other:
        raise InvalidError.one("Choose the records of two people", where="other_reference")
    if unit.actor.officer_id is None:
        raise NotFoundError("A tie is recorded by an officer.")
    made = SubjectLink(
        partnership=partnership,
        holder=holder,
        kind=command.kind,
        record_id=first,
        other_id=other,
        officer_id=unit.actor.officer_id,
        made_at=unit.clock.business_now(),
    )
    unit.session.add(made)
    unit.session.flush()
    if command.kind == VICTIM_OF:
        disclosures.keep_address_safe(unit, first)
    # Which records are tied, and how, would tell an auditor who is whose victim: the entry says only that a record was.
    unit.record(Event.SUBJECTS_LINKED, about=first, facts={"safe_address": command.kind == VICTIM_OF})
    return made.id


def own_reference(session: Session, partnership: str, holder: str, reference: str, *, where: str) -> uuid.UUID:
    """The id of a live record of one's own by its reference. Raises InvalidError at `where` for any other."""
    found = disclosures.find_record(session, partnership, holder, reference)
    try:
        if found is not None:
            return disclosures.record_view(session, partnership, holder, found).id
    except NotFoundError:
        pass
    raise InvalidError.one("No record of ours has this reference", where=where, mend="Deposit the record first.")


def links_of(session: Session, partnership: str, holder: str) -> tuple[LinkView, ...]:
    """The ties that an organisation keeps, newest first. Nobody else's are ever read."""
    references = {view.id: view.reference for view in disclosures.records_of(session, partnership, holder)}
    rows = session.scalars(
        select(SubjectLink)
        .where(SubjectLink.partnership == partnership, SubjectLink.holder == holder)
        .order_by(SubjectLink.made_at.desc())
    )
    return tuple(
        LinkView(references.get(r.record_id, ""), r.kind, references.get(r.other_id, ""), r.officer_id, r.made_at)
        for r in rows
    )


def endangers(
    session: Session, partnership: str, holder: str, record_id: uuid.UUID, towards: Collection[uuid.UUID]
) -> bool:
    """Whether a record is of somebody harmed by a person of `towards`, or by anybody who lives with one of them.

    `towards` are the holder's records of whoever would come to see it. Households are followed to their end.
    """
    rows = session.execute(
        select(SubjectLink.kind, SubjectLink.record_id, SubjectLink.other_id).where(
            SubjectLink.partnership == partnership, SubjectLink.holder == holder
        )
    ).all()
    household = _household({each for each in towards if each != record_id}, rows_of(rows, LIVES_WITH))
    return any(one == record_id and other in household for one, other in rows_of(rows, VICTIM_OF))


def rows_of(rows: Collection[tuple[str, uuid.UUID, uuid.UUID]], kind: str) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """The pairs of one kind of tie."""
    return [(one, other) for found, one, other in rows if found == kind]


def _household(people: set[uuid.UUID], together: Collection[tuple[uuid.UUID, uuid.UUID]]) -> set[uuid.UUID]:
    """Everybody who lives with one of these people, or with somebody who does."""
    found, size = set(people), -1
    while len(found) != size:
        size = len(found)
        for one, other in together:
            if one in found or other in found:
                found |= {one, other}
    return found
