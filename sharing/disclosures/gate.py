"""This module knows the gate: decide, record, permit, unseal, in that order, in one transaction. There is no other way out.

A release opens the supplier's record (an entry), commits to what leaves (an entry), and keeps the recipient's copy under a key
of the recipient's own that ends when the copy must. A refusal is an entry like any other.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing import partners
from sharing.base import new_id
from sharing.disclosures.judge import Ask, SupplierDecision, case_of, judge, leaving, nothing_known
from sharing.disclosures.model import CaseField, CaseRecord, Disclosure, DisclosureField
from sharing.disclosures.records import TABLE, record_row
from sharing.disclosures.rules import UnknownFormError, generalise, outcome_of, payload
from sharing.errors import InvalidError, NotFoundError, NotPermittedError
from sharing.ledger import commitment
from sharing.store import Unit
from sharing.vault import Sealed
from sharing.vault.unseal import issue_permit, unseal

COPY = "disclosure"
OPENING = "opening"
PERMIT_LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class Released:
    """What the gate did: the disclosure's id and reference, its outcome, the rulebook's answer, and the ledger entry."""

    disclosure_id: uuid.UUID
    ref: str
    outcome: str
    answer: Mapping[str, Any] = field(repr=False)
    entry_id: uuid.UUID


def release(unit: Unit, ask: Ask, decision: SupplierDecision | None) -> Released:
    """Judge the case at this moment and let exactly the permitted fields leave, or record the refusal.

    The caller has checked that the actor may act on the request; whether anything leaves is the rulebook's to say.
    """
    row = record_row(unit.session, unit.actor.partnership or "", ask.record_id)
    case = case_of(unit.session, row, ask, decision, unit.clock.business_now())
    answer = judge(unit.session, case)
    values = _values_leaving(unit, row, leaving(answer))
    return _keep(unit, row, ask, case, answer, values)


def refuse_as_asked(unit: Unit, ask: Ask) -> Released:
    """Record that the rules refuse a case as it was asked. Nothing leaves, not even what would pass: it waits for the rest."""
    row = record_row(unit.session, unit.actor.partnership or "", ask.record_id)
    case = case_of(unit.session, row, ask, None, unit.clock.business_now())
    return _keep(unit, row, ask, case, judge(unit.session, case), {})


def _values_leaving(unit: Unit, row: CaseRecord, fields: Mapping[str, Any]) -> dict[str, str]:
    """Open what may leave, each in the form in which it leaves. Opening is an entry of its own, before a byte is read."""
    if not fields:
        return {}
    sealed = {
        cell.code: cell.value
        for cell in unit.session.scalars(
            select(CaseField).where(CaseField.record_id == row.id, CaseField.code.in_(sorted(fields)))
        )
    }
    if not sealed:
        return {}  # the record holds none of them: nothing is opened, so no entry may say that something was
    opened = _open(unit, TABLE, row.id, row.holder, sealed, why={"release": True})
    today = unit.clock.today()
    try:
        return {
            code: generalise(code, fields[code]["form"], value, row.areas, today)
            for code, value in sorted(opened.items())
        }
    except UnknownFormError as error:
        raise InvalidError.one(str(error), mend="Refuse this field, or allow it in another form.") from None


def _open(
    unit: Unit,
    table: str,
    record_id: uuid.UUID,
    organisation: str,
    sealed: Mapping[str, Sealed | None],
    why: Mapping[str, Any],
) -> dict[str, str]:
    """Record the view, take the permit that it gives, open."""
    columns = sorted(sealed)
    entry = unit.record(Event.RECORD_VIEWED, about=record_id, facts={"table": table, "fields": columns, **why})
    now = unit.clock.now()
    permit = issue_permit(
        entry_id=entry.id,
        organisation=organisation,
        table=table,
        records=[record_id],
        columns=columns,
        expires_at=now + PERMIT_LASTS,
    )
    return unseal(permit, unit.session, unit.vault.keyring, sealed, now=now)


def _keep(
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
    ref = _next_ref(unit, row.partnership)
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
    unit.session.add_all(_field_rows(row.partnership, made_id, fields, sealed))
    unit.session.flush()
    return Released(made_id, ref, outcome, answer, entry.id)


def _not_held(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the rules let leave but is not in the values: the record does not hold it, or it waits for the rest."""
    if told["result"] == "withheld":
        return dict(told)
    return {**told, "result": "withheld", "form": None, "rule": "not-held"}


def _field_rows(
    partnership: str, made_id: uuid.UUID, fields: Mapping[str, Any], sealed: Mapping[str, Sealed]
) -> Iterable[DisclosureField]:
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


def _next_ref(unit: Unit, partnership: str) -> str:
    year = unit.clock.today().year
    count = unit.session.scalar(
        select(func.count()).where(
            Disclosure.partnership == partnership, extract("year", Disclosure.decided_at) == year
        )
    )
    return f"D{year}-{(count or 0) + 1:05d}"


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
    made_id, ref = new_id(), _next_ref(unit, partnership)
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
    unit.session.add_all(_field_rows(partnership, made_id, answer["fields"], {}))
    unit.session.flush()
    return Released(made_id, ref, "refused", answer, entry.id)


def _refused(code: str, kind: str, reason: str) -> dict[str, Any]:
    """A field's answer where the supplier has refused and holds no record."""
    (told,) = nothing_known([code])
    told.pop("field")
    nothing = dict.fromkeys(("form", "cover", "protocol", "version", "line", "gateway", "basis"))
    refusal = {"class": kind, "reason": reason}
    return {"result": "withheld", **nothing, "rule": "decision", "weight": None, "refusal": refusal, "told": told}


# -- opening what one holds


@dataclass(frozen=True)
class OwnRecord:
    """A sealed record of the acting organisation, as another room hands it over."""

    table: str
    record_id: uuid.UUID
    organisation: str
    partnership: str


def view_own(unit: Unit, own: OwnRecord, sealed: Mapping[str, Sealed | None]) -> dict[str, str]:
    """Open one's own sealed data: the same door, and the same trace."""
    unit.require(Action.VIEW_OWN_RECORD, partnership=own.partnership, organisation=own.organisation)
    return _open(unit, own.table, own.record_id, own.organisation, sealed, why={"own": True})


def preview(unit: Unit, ask: Ask) -> dict[str, Any]:
    """Judge a question as it stands, without a decision and without any effect."""
    row = record_row(unit.session, unit.actor.partnership or "", ask.record_id)
    return judge(unit.session, case_of(unit.session, row, ask, None, unit.clock.business_now()))


def foresee(session: Session, ask: Ask, decision: SupplierDecision | None, at: datetime) -> dict[str, Any]:
    """Judge a question with a decision that has not been made: for showing a decider what would come of it. No effect."""
    row = session.get(CaseRecord, ask.record_id)
    if row is None:
        raise NotFoundError("There is no such record.")
    return judge(session, case_of(session, row, ask, decision, at))


def open_sent(unit: Unit, sent: OwnRecord, sealed: Mapping[str, Sealed | None]) -> dict[str, str]:
    """Open the words that one organisation sent to another with a request: both may read them, and each reading is an entry."""
    unit.require(Action.READ_REQUEST, partnership=sent.partnership)
    return _open(unit, sent.table, sent.record_id, sent.organisation, sealed, why={"sent": True})


def view_release(unit: Unit, disclosure_id: uuid.UUID, *, assigned: bool) -> dict[str, str]:
    """Open what was given to the acting organisation, again: judged again, recorded again, and only what still may be seen.

    `assigned` says whether the officer works on what it was given for. Raises NotPermittedError with the rule that now
    stops it: recalled, past its day, protocol no longer in force.
    """
    made = unit.session.get(Disclosure, disclosure_id)
    if made is None or made.partnership != unit.actor.partnership or made.recipient != unit.actor.organisation:
        raise NotFoundError("There is no such disclosure.")
    unit.require(Action.VIEW_RELEASE, partnership=made.partnership, organisation=made.recipient, assigned=assigned)
    if made.recalled_at is not None:
        raise NotPermittedError("The supplier has recalled this. It can no longer be opened.", rule="recalled")
    if made.kept_until is None or unit.clock.today() >= made.kept_until:
        raise NotPermittedError("The day until which this may be kept has passed.", rule="retention")
    cells = {
        cell.code: cell
        for cell in unit.session.scalars(select(DisclosureField).where(DisclosureField.disclosure_id == made.id))
        if cell.value is not None
    }
    allowed = _still_allowed(unit, made, cells, assigned=assigned)
    if not allowed:
        raise NotPermittedError("The protocol no longer lets any of this be seen.", rule="in-force")
    sealed = {code: cells[code].value for code in allowed}
    return _open(unit, COPY, made.id, made.recipient, sealed, why={"disclosure": made.ref})


def _still_allowed(unit: Unit, made: Disclosure, cells: Mapping[str, DisclosureField], *, assigned: bool) -> list[str]:
    if made.record_id is None or unit.actor.officer_id is None:
        return []
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
    answer = judge(unit.session, case_of(unit.session, row, ask, None, unit.clock.business_now()))
    return sorted(leaving(answer))
