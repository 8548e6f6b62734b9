"""This module knows how a copy leaves the portal as a file: judged once more, for that way out, and an entry before a byte.

What may be seen on a page may not therefore be carried away: the gate is asked again with channel `export`
(docs/release-rules.md, rule 4), by the officer who takes it, at this moment. What of it may not be exported stays behind.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from protocols import wording
from protocols.actions import Action, Event
from protocols.vocabulary import Rule
from sharing.disclosures.copies import as_they_left, judged_as_decided, own_copy, still_kept
from sharing.disclosures.keeping import COPY
from sharing.disclosures.opening import open_recorded
from sharing.errors import NotPermittedError
from sharing.store import Unit

CHANNEL = "export"


@dataclass(frozen=True)
class Exported:
    """What goes into a file, with everything that its foot says: marking, reference, who took it, when, until when it is kept.

    `forms` are those in which the values left (`as-is` or a coarser one); `left_out` the fields that may not be exported.
    """

    ref: str
    marking: str
    supplier: str
    recipient: str
    subject_ref: str
    purpose: str
    kept_until: date
    at: datetime
    entry_id: uuid.UUID
    values: Mapping[str, str] = field(repr=False)
    forms: Mapping[str, str | None]
    left_out: tuple[str, ...]


def export_release(unit: Unit, disclosure_id: uuid.UUID, *, assigned: bool, kind: str) -> Exported:
    """Open a copy of the acting organisation's for a file of a kind ("pdf", "csv"). The unit's entries say so before it is made.

    Raises NotFoundError for anybody else's, NotPermittedError with the rule that stops it: recalled, past its day, erased, no
    line that lets it be exported.
    """
    made = own_copy(unit, disclosure_id)
    unit.require(Action.EXPORT_RELEASE, partnership=made.partnership, organisation=made.recipient, assigned=assigned)
    cells = still_kept(unit, made)
    officer = str(unit.actor.officer_id)
    answer = judged_as_decided(unit, made, cells, CHANNEL, officer=officer, assigned=assigned)
    allowed = as_they_left(answer, cells)
    if not allowed or made.kept_until is None:
        raise refusal(answer, "download it")
    forms = {code: cells[code].form for code in allowed}
    left_out = tuple(sorted(cells.keys() - set(allowed)))
    entry = unit.record(
        Event.EXPORTED,
        about=made.id,
        facts={
            "disclosure": made.ref,
            "kind": kind,
            "fields": allowed,
            "left_out": list(left_out),
            "marking": made.marking,
            "kept_until": made.kept_until.isoformat(),
        },
    )
    sealed = {code: cells[code].value for code in allowed}
    values = open_recorded(
        unit, COPY, made.id, made.recipient, sealed, why={"disclosure": made.ref, "channel": CHANNEL}
    )
    return Exported(
        ref=made.ref,
        marking=made.marking,
        supplier=made.supplier,
        recipient=made.recipient,
        subject_ref=made.subject_ref,
        purpose=made.purpose,
        kept_until=made.kept_until,
        at=unit.clock.business_now(),
        entry_id=entry.id,
        values=values,
        forms=forms,
        left_out=left_out,
    )


def refusal(answer: Mapping[str, Mapping[str, Mapping[str, object]]], to_do: str) -> NotPermittedError:
    """The refusal of a way out, with the rule that the rulebook names for the first field, in words."""
    rule = next((str(told["rule"]) for _, told in sorted(answer.get("fields", {}).items()) if told.get("rule")), "line")
    words = (
        wording.REASONS.get(Rule(rule), "the rules do not let it") if rule in set(Rule) else "the rules do not let it"
    )
    return NotPermittedError(f"You may not {to_do}: {words}.", rule=rule)
