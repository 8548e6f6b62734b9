"""This module knows what the gate leaves behind: the disclosure with its fields, the recipient's sealed copy, the entry.

The entry commits to what left (RFC 6962 leaf of a salted digest); the copy lies under a key of the recipient's own that ends when
the copy must. A refusal is an entry like any other.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from protocols.actions import Event
from sharing import partners
from sharing.base import new_id
from sharing.disclosures.judge import Ask
from sharing.disclosures.model import CaseRecord, Disclosure, DisclosureField
from sharing.disclosures.person_index import index_copy
from sharing.disclosures.rules import AS_IS, outcome_of, payload
from sharing.ledger import commitment
from sharing.store import Unit, next_ref
from sharing.vault import Sealed

COPY = "disclosure"
OPENING = "opening"


@dataclass(frozen=True)
class Released:
    """What the gate did: the disclosure's id and reference, its outcome, the rulebook's answer, and the ledger entry."""

    disclosure_id: uuid.UUID
    ref: str
    outcome: str
    answer: Mapping[str, Any] = field(repr=False)
    entry_id: uuid.UUID


def keep(
    unit: Unit,
    row: CaseRecord,
    ask: Ask,
    case: Mapping[str, Any],
    answer: Mapping[str, Any],
    values: Mapping[str, str],
) -> Released:
    """Write the disclosure with its fields, the commitment and the entry."""
    made_id, now = new_id(), unit.clock.business_now()
    fields = {code: told if code in values else _not_held(told) for code, told in answer["fields"].items()}
    outcome = outcome_of({code: told["result"] for code, told in fields.items()})
    kept_until = _kept_until(row, [fields[code] for code in values])
    cover = _protocol_of([fields[code] for code in (values or fields)])
    ref = next_ref(unit, row.partnership, Disclosure.decided_at, "D")
    opened = commitment.open_for(row.id, sorted(values), payload(values)) if values else None
    sealed = _seal_copy(unit, made_id, ask.recipient, kept_until, values, opened)
    facts = _facts(ref, row, ask, fields, cover, kept_until, outcome)
    if opened:
        facts |= commitment.batch_facts([opened.commitment()])
    if cover[0] is not None:
        facts["protocol_digest"] = partners.protocol(
            unit.session, row.partnership, cover[0], now, number=cover[1]
        ).digest
    event = Event.REFUSED if outcome == "refused" else Event.RELEASED
    entry = unit.record(event, about=made_id, facts=facts)
    unit.session.add(
        Disclosure(
            id=made_id,
            partnership=row.partnership,
            ref=ref,
            outcome=outcome,
            supplier=row.holder,
            recipient=ask.recipient,
            record_id=row.id,
            subject_ref=row.reference,
            request_id=ask.request_id,
            visit_id=ask.visit_id,
            purpose=ask.purpose,
            provision=ask.provision,
            channel=ask.channel,
            protocol=cover[0],
            protocol_version=cover[1],
            marking=row.marking,
            refused_by=_refused_by(outcome, fields),
            asked=dict(case),
            entry_id=entry.id,
            decided_at=now,
            recorded_at=unit.clock.now(),
            kept_until=kept_until,
            opening=sealed.get(OPENING),
        )
    )
    unit.session.flush()
    unit.session.add_all(field_rows(row.partnership, made_id, fields, sealed))
    as_is = {code: value for code, value in values.items() if fields[code]["form"] == AS_IS}
    index_copy(unit, made_id, ask.recipient, kept_until, as_is)
    unit.session.flush()
    return Released(made_id, ref, outcome, answer, entry.id)


def _not_held(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the rules let leave but is not in the values: the record does not hold it, or it waits for the rest."""
    if told["result"] == "withheld":
        return dict(told)
    return {**told, "result": "withheld", "form": None, "rule": "not-held"}


def field_rows(
    partnership: str, made_id: uuid.UUID, fields: Mapping[str, Any], sealed: Mapping[str, Sealed]
) -> Iterable[DisclosureField]:
    """The rows of a disclosure's fields, each with the recipient's sealed copy where the field left. For this room alone."""
    for code, told in fields.items():
        yield DisclosureField(
            partnership=partnership,
            disclosure_id=made_id,
            code=code,
            result=told["result"],
            form=told["form"],
            cover=told["cover"],
            protocol=told["protocol"],
            version=told["version"],
            line=told["line"],
            gateway=told["gateway"],
            basis=told["basis"],
            rule=told["rule"],
            weight=told["weight"],
            answer=told,
            value=sealed.get(code),
        )


def _seal_copy(
    unit: Unit,
    made_id: uuid.UUID,
    recipient: str,
    kept_until: date | None,
    values: Mapping[str, str],
    opened: commitment.Opening | None,
) -> dict[str, Sealed]:
    if not opened or kept_until is None:
        return {}
    return unit.vault.seal(
        unit.session,
        table=COPY,
        record_id=made_id,
        organisation=recipient,
        retain_until=kept_until,
        values={**values, OPENING: json.dumps({"salt": opened.salt.hex(), "fields": list(opened.fields)})},
    )


def _facts(
    ref: str,
    row: CaseRecord,
    ask: Ask,
    fields: Mapping[str, Any],
    cover: tuple[str | None, int | None],
    kept_until: date | None,
    outcome: str,
) -> dict[str, Any]:
    """What the entry says: who, to whom, why, under what, which fields in which form. No value, and nothing to guess one by."""
    return {
        "ref": ref,
        "outcome": outcome,
        "supplier": row.holder,
        "recipient": ask.recipient,
        "subject_ref": row.reference,
        "purpose": ask.purpose,
        "provision": ask.provision,
        "channel": ask.channel,
        "request": str(ask.request_id) if ask.request_id else None,
        "protocol": cover[0],
        "protocol_version": cover[1],
        "kept_until": kept_until.isoformat() if kept_until else None,
        "fields": {
            code: [told["result"], told["form"] or told["rule"], told["line"] or told["cover"]]
            for code, told in fields.items()
        },
    }


def _kept_until(row: CaseRecord, given: list[Mapping[str, Any]]) -> date | None:
    """The earliest day on which any of the fields may no longer be kept; never after the supplier's own limit."""
    if not given:
        return None
    ends = [date.fromisoformat(told["keep_until"][:10]) for told in given if told.get("keep_until")]
    return min([*ends, row.retain_until])


def _protocol_of(given: list[Mapping[str, Any]]) -> tuple[str | None, int | None]:
    """The protocol that the disclosure rests on: that of its first field that has one."""
    return next(((told["protocol"], told["version"]) for told in given if told["protocol"]), (None, None))


def _refused_by(outcome: str, fields: Mapping[str, Any]) -> str:
    if outcome == "released":
        return ""
    return "supplier" if any(told.get("refusal") for told in fields.values()) else "rules"
