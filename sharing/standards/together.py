"""This module knows how a consortium is formed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from protocols.actions import Action, Event
from sharing import partners
from sharing.errors import InvalidError
from sharing.standards.model import Consortium, ConsortiumMember
from sharing.standards.own import framework_of
from sharing.store import Unit


@dataclass(frozen=True)
class FormConsortium:
    """A consortium and its members."""

    code: str
    name: str
    area: str
    framework: str
    members: Sequence[str]


def form_consortium(unit: Unit, partnership: str, command: FormConsortium) -> uuid.UUID:
    """Form a consortium of members of the partnership (the co-ordinator's task).

    Raises InvalidError for a framework without a joint sign-up, a code that is taken, or fewer than two members.
    """
    unit.require(Action.FORM_CONSORTIUM, partnership=partnership)
    _must_be_possible(unit, partnership, command)
    row = Consortium(
        partnership=partnership,
        code=command.code,
        name=command.name,
        area=command.area,
        framework=framework_of(command.framework).code,
    )
    unit.session.add(row)
    unit.session.flush()
    for organisation in command.members:
        unit.session.add(ConsortiumMember(partnership=partnership, consortium_id=row.id, organisation=organisation))
    facts = {"code": command.code, "framework": command.framework, "members": sorted(command.members)}
    unit.record(Event.CONSORTIUM_FORMED, about=row.id, facts=facts, partnership=partnership)
    return row.id


def _must_be_possible(unit: Unit, partnership: str, command: FormConsortium) -> None:
    framework = framework_of(command.framework)
    if not framework.consortium:
        raise InvalidError.one(f"{framework.title} has no joint sign-up.", where="framework", mend="Each signs alone.")
    if len(set(command.members)) < 2:  # noqa: PLR2004  one landlord is no consortium
        raise InvalidError.one("A consortium has two members at the least.", where="members", mend="Choose another.")
    for organisation in command.members:
        partners.member(unit.session, partnership, organisation, unit.clock.today())  # says so if it is none
    if unit.session.scalar(select(Consortium.id).filter_by(partnership=partnership, code=command.code)):
        raise InvalidError.one("There is a consortium of that code already.", where="code", mend="Choose another code.")
