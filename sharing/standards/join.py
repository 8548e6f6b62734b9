"""This module knows how a landlord signs up to a framework, step by step."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from protocols.actions import Action, Event
from protocols.standards import SignUp, blocks_to_registration
from sharing import partners
from sharing.errors import InvalidError, Problem
from sharing.standards.model import StandardSignUp
from sharing.standards.own import framework_of, own
from sharing.standards.rules import needs_parent_consent
from sharing.store import Unit


@dataclass(frozen=True)
class SignUpStandard:
    """What a sign-up records; `register` says that the organisation signs now."""

    framework: str
    decided_ref: str = ""
    decided_on: date | None = None
    champion: str = ""
    parent_consented_on: date | None = None
    consortium_box: bool = False
    satisfied_area: str = ""
    register: bool = False


def sign_up_standard(unit: Unit, command: SignUpStandard) -> uuid.UUID:
    """Record a step of the organisation's sign-up; registering is refused while anything still stops it.

    Once registered, a step may be put right and never emptied. Raises InvalidError with everything that stops it.
    """
    partnership, organisation = own(unit, Action.SIGN_UP_STANDARD)
    framework = framework_of(command.framework)
    if command.consortium_box and not framework.consortium:
        raise InvalidError.one(f"{framework.title} has no joint sign-up.", where="consortium box", mend="Leave it out.")
    row = _sign_up_row(unit, partnership, organisation, framework.code)
    row.decided_ref, row.decided_on, row.champion = command.decided_ref, command.decided_on, command.champion
    row.parent_consented_on, row.consortium_box = command.parent_consented_on, command.consortium_box
    row.satisfied_area = command.satisfied_area
    if command.register or row.registered_on is not None:
        blocks = blocks_to_registration(framework, _as_recorded(unit, row))
        if blocks:
            raise InvalidError(tuple(Problem(text, where="register") for text in blocks))
        row.registered_on = row.registered_on or unit.clock.today()
    unit.session.flush()
    facts = {"framework": framework.code, "registered": row.registered_on is not None, "joint": row.consortium_box}
    unit.record(Event.STANDARD_SIGNED_UP, about=row.id, facts=facts)
    return row.id


def _as_recorded(unit: Unit, row: StandardSignUp) -> SignUp:
    body = partners.member(unit.session, row.partnership, row.organisation, unit.clock.today())
    return SignUp(
        organisation=row.organisation,
        name=body.name,
        needs_parent_consent=needs_parent_consent(body.body_type),
        decided_ref=row.decided_ref,
        decided_on=row.decided_on,
        champion=row.champion,
        parent_consented_on=row.parent_consented_on,
    )


def _sign_up_row(unit: Unit, partnership: str, organisation: str, framework: str) -> StandardSignUp:
    found = unit.session.scalar(
        select(StandardSignUp).where(
            StandardSignUp.partnership == partnership,
            StandardSignUp.organisation == organisation,
            StandardSignUp.framework == framework,
        )
    )
    if found is None:
        found = StandardSignUp(partnership=partnership, organisation=organisation, framework=framework)
        unit.session.add(found)
    return found
