"""This module knows for whom an actor acts in the standards room, and which framework is meant."""

from __future__ import annotations

from protocols.actions import Action
from protocols.standards import Framework, frameworks
from sharing.errors import NotFoundError
from sharing.store import Unit


def framework_of(code: str) -> Framework:
    """A framework by its code. Raises NotFoundError."""
    try:
        return frameworks()[code]
    except KeyError:
        raise NotFoundError("There is no such framework.") from None


def own(unit: Unit, action: Action) -> tuple[str, str]:
    """The partnership and organisation that the actor acts for, once the rulebook has said yes."""
    organisation, partnership = unit.actor.organisation, unit.actor.partnership
    unit.require(action, partnership=partnership, organisation=organisation)
    if organisation is None or partnership is None:
        raise NotFoundError("Standards belong to an organisation.")
    return partnership, organisation
