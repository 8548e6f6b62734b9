"""This module knows the refusal of a supplier that holds nothing: nothing is judged, and the asker is told the same as ever."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from protocols.actions import Event
from sharing.base import new_id
from sharing.disclosures.judge import nothing_known
from sharing.disclosures.keeping import Released, field_rows
from sharing.disclosures.model import Disclosure
from sharing.store import Unit, next_ref


@dataclass(frozen=True)
class Unheld:
    """A request that the supplier refuses without holding a record: to whom, for what, and the reason by field."""

    request_id: uuid.UUID
    supplier: str
    recipient: str
    purpose: str
    provision: str | None
    channel: str
    subject_ref: str
    refuse: Mapping[str, tuple[str, str]]


def refuse_unheld(unit: Unit, command: Unheld) -> Released:
    """Record the supplier's refusal where it holds nothing: a refusal like any, and the asker is told the same."""
    partnership, now = unit.actor.partnership or "", unit.clock.business_now()
    made_id, ref = new_id(), next_ref(unit, partnership, Disclosure.decided_at, "D")
    answer = {"fields": {code: _refused(code, *why) for code, why in command.refuse.items()}}
    facts = {
        "ref": ref,
        "outcome": "refused",
        "supplier": command.supplier,
        "recipient": command.recipient,
        "purpose": command.purpose,
        "request": str(command.request_id),
        "fields": {code: ["withheld", "decision", None] for code in command.refuse},
    }
    entry = unit.record(Event.REFUSED, about=made_id, facts=facts)
    unit.session.add(
        Disclosure(
            id=made_id,
            partnership=partnership,
            ref=ref,
            outcome="refused",
            supplier=command.supplier,
            recipient=command.recipient,
            record_id=None,
            subject_ref=command.subject_ref,
            request_id=command.request_id,
            visit_id=None,
            purpose=command.purpose,
            provision=command.provision,
            channel=command.channel,
            protocol=None,
            protocol_version=None,
            marking="OFFICIAL",
            refused_by="supplier",
            asked={},
            entry_id=entry.id,
            decided_at=now,
            recorded_at=unit.clock.now(),
            kept_until=None,
        )
    )
    unit.session.flush()
    unit.session.add_all(field_rows(partnership, made_id, answer["fields"], {}))
    unit.session.flush()
    return Released(made_id, ref, "refused", answer, entry.id)


def _refused(code: str, kind: str, reason: str) -> dict[str, Any]:
    """A field's answer where the supplier has refused and holds no record."""
    (told,) = nothing_known([code])
    told.pop("field")
    nothing = dict.fromkeys(("form", "cover", "protocol", "version", "line", "gateway", "basis"))
    refusal = {"class": kind, "reason": reason}
    return {"result": "withheld", **nothing, "rule": "decision", "weight": None, "refusal": refusal, "told": told}
