"""This module knows how a command about partners is checked.

The post it is done in, the organisation it touches, whose rows it finds. The one decision point (`protocols.permits`)
says whether; this module gives it the facts. A row of another partnership is not found, exactly as one that does not
exist.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from protocols.actions import Action
from sharing.errors import InvalidError, NotFoundError, NotPermittedError
from sharing.partners import rules
from sharing.partners.model import Officer, Organisation, Partnership
from sharing.store import Unit


@dataclass(frozen=True)
class Place:
    """Where a command acts: the partnership, and the organisation that it acts for (None: an operator's, for none)."""

    partnership: str
    organisation: str | None


def only_operator(unit: Unit) -> None:
    """Raise NotPermittedError for anybody but an operator alone at the command line."""
    if not unit.actor.at_machine:
        raise NotPermittedError("Only an operator does this, at the command line.", rule="operator")


def may(unit: Unit, action: Action, *, partnership: str | None = None, organisation: str | None = None) -> Place:
    """Ask whether the action may be done here, for this organisation (the actor's own unless named); return where.

    Raises NotPermittedError with the rule's name; NotFoundError when an operator names a partnership or organisation
    that is not there.
    """
    place = Place(unit.actor.partnership or partnership or "", organisation or unit.actor.organisation)
    unit.require(action, partnership=partnership or place.partnership or None, organisation=place.organisation)
    if unit.actor.at_machine:
        found_partnership(unit, place.partnership)
        if place.organisation is not None:
            found_organisation(unit, place.organisation)
    return place


def found_partnership(unit: Unit, code: str) -> Partnership:
    """Return the partnership, or raise NotFoundError."""
    row = unit.session.get(Partnership, code)
    if row is None:
        raise NotFoundError(f"There is no partnership '{code}'.")
    return row


def found_organisation(unit: Unit, code: str) -> Organisation:
    """Return the organisation, or raise NotFoundError."""
    row = unit.session.get(Organisation, code)
    if row is None:
        raise NotFoundError(f"There is no organisation '{code}'.")
    return row


def found_officer(unit: Unit, partnership: str, officer_id: uuid.UUID) -> Officer:
    """Return the officer of this partnership, held until the transaction ends, or raise NotFoundError."""
    query = select(Officer).where(Officer.partnership == partnership, Officer.id == officer_id)
    row = unit.session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError("There is no such officer.")
    return row


def partnership_of(unit: Unit, given: str | None) -> str:
    """The partnership that a command is about: the actor's, or the one that an operator names."""
    code = unit.actor.partnership or given
    if not code:
        raise InvalidError.one("Say which partnership.", where="partnership", mend="Name it by its code.")
    return code


def must_be_in_post(unit: Unit, officer: Officer) -> None:
    """Raise InvalidError for an officer who has left the post, or has not begun."""
    if not rules.is_in_post(officer.from_on, officer.to_at, unit.clock.today(), unit.clock.business_now()):
        raise InvalidError.one("This officer has left the post, or has not begun.", where="officer")
