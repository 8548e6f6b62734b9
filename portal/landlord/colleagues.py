"""This module knows who else of an organisation can sign a return off."""

from __future__ import annotations

from portal.desk import desk
from protocols.actions import Action
from protocols.roles import allows
from sharing import partners
from sharing.partners import OfficerView
from sharing.store import Session


def colleagues(reading: Session) -> list[OfficerView]:
    """Who else in one's own organisation may read its returns: one of them signs off what one sends."""
    clock = desk().store.clock
    people = partners.officers(
        reading, desk().partnership, clock.business_now(), clock.today(), organisation=desk().organisation
    )
    return [
        each
        for each in people
        if each.id != desk().actor.officer_id and each.user_id and allows(each.roles, Action.READ_RETURN)
    ]
