"""This module knows past cases as the rules judged them: what the gate kept of each, without a value or a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.disclosures.model import Disclosure, DisclosureField

NOT_HELD = "not-held"
"""The rules let it leave, but the record did not hold it, or it waited for the rest."""


@dataclass(frozen=True)
class PastCase:
    """One decision of the gate, to be judged again. `case` is of docs/schema/cases.schema.json, with the reference as its id.

    `recorded`: field → the form in which the rules let it leave, or None. A field that they allowed but the record did not hold
    is left out. `case` is empty where the supplier refused without holding a record: there was nothing for the rules to judge.
    """

    ref: str
    decided_at: datetime
    case: Mapping[str, Any]
    recorded: Mapping[str, str | None]


def past_cases(session: Session, partnership: str) -> tuple[PastCase, ...]:
    """Every disclosure and refusal of a partnership, oldest first. Reads no sealed column."""
    made = session.execute(
        select(Disclosure.id, Disclosure.ref, Disclosure.decided_at, Disclosure.asked)
        .where(Disclosure.partnership == partnership)
        .order_by(Disclosure.recorded_at, Disclosure.ref)
    ).all()
    recorded: dict[Any, dict[str, str | None]] = {each.id: {} for each in made}
    cells = select(DisclosureField.disclosure_id, DisclosureField.code, DisclosureField.form, DisclosureField.rule)
    for cell in session.execute(cells.where(DisclosureField.partnership == partnership)):
        if cell.rule != NOT_HELD:
            recorded[cell.disclosure_id][cell.code] = cell.form
    return tuple(
        PastCase(each.ref, each.decided_at, {**each.asked, "case": each.ref} if each.asked else {}, recorded[each.id])
        for each in made
    )
