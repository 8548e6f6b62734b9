"""This module knows how what was given in an emergency is opened again: within its 24 hours, judged by the same rules as then."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from protocols.actions import Action
from sharing.disclosures.copies import as_they_left
from sharing.disclosures.judge import judge
from sharing.disclosures.model import Disclosure, DisclosureField
from sharing.disclosures.opening import open_recorded
from sharing.disclosures.records import facts_of, record_row
from sharing.errors import NotFoundError, NotPermittedError
from sharing.store import Unit

COPY = "disclosure"


def view_emergency(unit: Unit, disclosure_id: uuid.UUID, *, assigned: bool) -> dict[str, str]:
    """Open what was given to the acting organisation in an emergency, for an officer who works on it.

    The case is judged anew as it was asked (its urgency, call-back and decision), at this moment and for this officer: 24
    hours after the decision nothing of it leaves any more (release-rules, cover 4). An entry stands before a byte is shown.
    Raises NotFoundError for what another organisation was given, NotPermittedError with the rule that stops it.
    """
    made = unit.session.get(Disclosure, disclosure_id)
    if made is None or made.partnership != unit.actor.partnership or made.recipient != unit.actor.organisation:
        raise NotFoundError("There is no such disclosure.")
    unit.require(Action.VIEW_RELEASE, partnership=made.partnership, organisation=made.recipient, assigned=assigned)
    if made.recalled_at is not None:
        raise NotPermittedError("The supplier has recalled this. It can no longer be opened.", rule="recalled")
    cells = {
        cell.code: cell
        for cell in unit.session.scalars(select(DisclosureField).where(DisclosureField.disclosure_id == made.id))
        if cell.value is not None
    }
    allowed = _still_leaving(unit, made, cells, assigned=assigned)
    if not allowed:
        raise NotPermittedError("The 24 hours of the emergency are over. It can no longer be opened.", rule="retention")
    sealed = {code: cells[code].value for code in allowed}
    why = {"disclosure": made.ref, "emergency": True}
    return open_recorded(unit, COPY, made.id, made.recipient, sealed, why=why)


def _still_leaving(
    unit: Unit, made: Disclosure, cells: dict[str, DisclosureField], *, assigned: bool
) -> frozenset[str]:
    """The fields that the rules would let leave now, in the form in which they did."""
    if made.record_id is None or unit.actor.officer_id is None or not cells:
        return frozenset()
    case = {
        **made.asked,
        "record": facts_of(record_row(unit.session, made.partnership, made.record_id)),
        "fields": [{"code": code, "form": cell.form} for code, cell in sorted(cells.items())],
        "moment": unit.clock.business_now().isoformat(),
        "channel": "view",
        "officer": str(unit.actor.officer_id),
        "assigned": assigned,
    }
    return frozenset(as_they_left(judge(unit.session, case), cells))
