"""This module knows the gate: decide, record, permit, unseal, in that order, in one transaction. There is no other way out.

A release opens the supplier's record (an entry), commits to what leaves (an entry), and keeps the recipient's copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.disclosures.judge import Ask, SupplierDecision, case_of, judge, leaving
from sharing.disclosures.keeping import Released, keep
from sharing.disclosures.model import CaseField, CaseRecord
from sharing.disclosures.opening import open_recorded
from sharing.disclosures.records import TABLE, record_row
from sharing.disclosures.rules import UnknownFormError, generalise
from sharing.errors import InvalidError, NotFoundError
from sharing.store import Unit


def release(unit: Unit, ask: Ask, decision: SupplierDecision | None) -> Released:
    """Judge the case at this moment and let exactly the permitted fields leave, or record the refusal.

    The caller has checked that the actor may act on the request; whether anything leaves is the rulebook's to say.
    """
    row = record_row(unit.session, unit.actor.partnership or "", ask.record_id)
    case = case_of(unit.session, row, ask, decision, unit.clock.business_now())
    answer = judge(unit.session, case)
    values = _values_leaving(unit, row, leaving(answer))
    return keep(unit, row, ask, case, answer, values)


def refuse_as_asked(unit: Unit, ask: Ask) -> Released:
    """Record that the rules refuse a case as it was asked. Nothing leaves, not even what would pass: it waits for the rest."""
    row = record_row(unit.session, unit.actor.partnership or "", ask.record_id)
    case = case_of(unit.session, row, ask, None, unit.clock.business_now())
    return keep(unit, row, ask, case, judge(unit.session, case), {})


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
    opened = open_recorded(unit, TABLE, row.id, row.holder, sealed, why={"release": True})
    today = unit.clock.today()
    try:
        return {
            code: generalise(code, fields[code]["form"], value, row.areas, today)
            for code, value in sorted(opened.items())
        }
    except UnknownFormError as error:
        raise InvalidError.one(str(error), mend="Refuse this field, or allow it in another form.") from None
