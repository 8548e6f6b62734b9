"""This module knows how a recipient opens its copy again: judged anew, recorded anew, and only what may still be seen."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from protocols.actions import Action
from sharing.disclosures.judge import Ask, case_of, judge, leaving
from sharing.disclosures.keeping import COPY
from sharing.disclosures.model import CaseRecord, Disclosure, DisclosureField
from sharing.disclosures.opening import open_recorded
from sharing.disclosures.records import facts_of, record_row
from sharing.errors import NotFoundError, NotPermittedError
from sharing.store import Unit


def view_release(unit: Unit, disclosure_id: uuid.UUID, *, assigned: bool) -> dict[str, str]:
    """Open what was given to the acting organisation, again: judged again, recorded again, and only what still may be seen.

    `assigned` says whether the officer works on what it was given for. Raises NotPermittedError with the rule that now
    stops it: recalled, past its day, protocol no longer in force.
    """
    made = own_copy(unit, disclosure_id)
    unit.require(Action.VIEW_RELEASE, partnership=made.partnership, organisation=made.recipient, assigned=assigned)
    cells = still_kept(unit, made)
    allowed = as_they_left(judged_again(unit, made, cells, assigned=assigned), cells)
    if not allowed:
        raise NotPermittedError("The protocol no longer lets any of this be seen.", rule="in-force")
    sealed = {code: cells[code].value for code in allowed}
    return open_recorded(unit, COPY, made.id, made.recipient, sealed, why={"disclosure": made.ref})


def still_kept(unit: Unit, made: Disclosure) -> dict[str, DisclosureField]:
    """The cells of a copy that may still be kept.

    Raises NotPermittedError once it is recalled (rule `recalled`), past its day or erased (rule `retention`).

    A hold on the record outlasts the day, as the rulebook has it; whether anything of it may be seen is the rulebook's to say.
    """
    if made.recalled_at is not None:
        raise NotPermittedError("The supplier has recalled this. It can no longer be opened.", rule="recalled")
    row = unit.session.get(CaseRecord, made.record_id) if made.record_id else None
    held = row is not None and row.hold
    if made.kept_until is None or (unit.clock.today() >= made.kept_until and not held):
        raise NotPermittedError("The day until which this may be kept has passed.", rule="retention")
    cells = {
        cell.code: cell
        for cell in unit.session.scalars(select(DisclosureField).where(DisclosureField.disclosure_id == made.id))
        if cell.value is not None
    }
    if not cells:
        raise NotPermittedError(
            "This has been erased: nobody can open it any more. The log still says who was given what, when and why.",
            rule="retention",
        )
    return cells


def own_copy(unit: Unit, disclosure_id: uuid.UUID) -> Disclosure:
    """The disclosure, if the acting organisation was given it; NotFoundError for any other."""
    made = unit.session.get(Disclosure, disclosure_id)
    if made is None or made.partnership != unit.actor.partnership or made.recipient != unit.actor.organisation:
        raise NotFoundError("There is no such disclosure.")
    return made


def judged_again(
    unit: Unit, made: Disclosure, cells: Mapping[str, DisclosureField], *, assigned: bool
) -> dict[str, Any]:
    """The rulebook's answer, at this moment, on the acting officer's viewing these cells, in the forms that left."""
    if made.record_id is None or unit.actor.officer_id is None:
        return {"fields": {}}
    row = record_row(unit.session, made.partnership, made.record_id)
    asked = made.asked
    ask = Ask(
        record_id=row.id,
        recipient=made.recipient,
        purpose=made.purpose,
        provision=made.provision,
        fields=tuple((code, cell.form) for code, cell in sorted(cells.items())),
        officer_id=unit.actor.officer_id,
        channel="view",
        assigned=assigned,
        statement=asked["statement"],
        onward_allowed=asked["onward_allowed"],
        request_id=made.request_id,
    )
    return judge(unit.session, case_of(unit.session, row, ask, None, unit.clock.business_now()))


def judged_as_decided(
    unit: Unit,
    made: Disclosure,
    cells: Mapping[str, DisclosureField],
    channel: str,
    **changed: Any,  # noqa: ANN401  facts of a case
) -> dict[str, Any]:
    """The rulebook's answer now on the case as it was asked and decided, by another way out, in the forms that left.

    Only a view may rest on an earlier release; any other way out needs the decision itself, while it still counts (rule 9).
    """
    if made.record_id is None:
        return {"fields": {}}
    case = {
        **made.asked,
        "record": facts_of(record_row(unit.session, made.partnership, made.record_id)),
        "fields": [{"code": code, "form": cell.form} for code, cell in sorted(cells.items())],
        "moment": unit.clock.business_now().isoformat(),
        "channel": channel,
        **changed,
    }
    return judge(unit.session, case)


def as_they_left(answer: Mapping[str, Any], cells: Mapping[str, DisclosureField]) -> list[str]:
    """The cells that may still leave just as they did: one that could leave only coarser now stays sealed, for it is finer."""
    return sorted(code for code, told in leaving(answer).items() if told["form"] == cells[code].form)
