"""This module knows how a past decision of the gate is judged again: as at its own day, or as at another.

It opens nothing and decides nothing that counts: the kept case goes to the same rulebook, with law, texts and people of the day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols import as_at, case_reading, citations, decide
from protocols.moments import LONDON
from protocols.reading import WrongInputError
from sharing import partners
from sharing.disclosures.model import Disclosure, DisclosureField
from sharing.disclosures.past import NOT_HELD
from sharing.errors import NotFoundError

UNHELD = "The supplier held no record: there was nothing for the rules to judge."
UNREADABLE = "The case can no longer be read: something that it names is gone."


@dataclass(frozen=True)
class Again:
    """A past decision judged again as at `day`. `answer` is the rulebook's (with citations), None where it cannot be judged.

    `differs` are the fields that come out otherwise than recorded: field → (the form then, the form now), None for withheld.
    """

    ref: str
    decided_at: datetime
    day: date
    answer: Mapping[str, Any] | None
    differs: Mapping[str, tuple[str | None, str | None]]
    why_not: str = ""

    @property
    def told(self) -> str:
        """The outcome in a sentence."""
        if self.answer is None:
            return self.why_not
        if not self.differs:
            return "Judged again as at that day: the same answer."
        parts = [
            f"{code} was {was or 'withheld'}, would be {now or 'withheld'}" for code, (was, now) in self.differs.items()
        ]
        return f"Judged again as at that day: {'; '.join(parts)}."


def judge_again(session: Session, partnership: str, ref: str, day: date | None = None) -> Again:
    """Judge a past disclosure or refusal again as at a day, its own unless given; reads no sealed column.

    Raises NotFoundError where the partnership has none of that reference.
    """
    query = select(Disclosure).where(Disclosure.partnership == partnership, Disclosure.ref == ref)
    made = session.scalar(query)
    if made is None:
        raise NotFoundError(f"There is no disclosure or refusal {ref}.")
    on = day or made.decided_at.astimezone(LONDON).date()
    if not made.asked:
        return Again(ref, made.decided_at, on, None, {}, UNHELD)
    world = partners.compiled_world(session, partnership)
    try:
        case = case_reading.read(world, as_at.put({**made.asked, "case": ref}, on), "the case")
    except (WrongInputError, ValueError):
        return Again(ref, made.decided_at, on, None, {}, UNREADABLE)
    decision = decide.release(world, case)
    answer: dict[str, Any] = json.loads(json.dumps(decision.as_json()))
    for code, cited in citations.of(world, case, decision).items():
        answer["fields"][code]["citation"] = citations.as_json(cited)
    recorded = _recorded(session, made)
    now = {code: each.form for code, each in decision.fields.items()}
    differs = {code: (form, now.get(code)) for code, form in recorded.items() if now.get(code) != form}
    return Again(ref, made.decided_at, on, answer, differs)


def _recorded(session: Session, made: Disclosure) -> dict[str, str | None]:
    """Field → the form in which the rules let it leave; without what the record did not hold, for that was no rule's doing."""
    cells = select(DisclosureField.code, DisclosureField.form, DisclosureField.rule)
    rows = session.execute(cells.where(DisclosureField.disclosure_id == made.id).order_by(DisclosureField.code))
    return {cell.code: cell.form for cell in rows if cell.rule != NOT_HELD}
