"""This module knows how an alert reaches a named person: raised, told through the gate, acknowledged, and what came of it.

The alert itself goes at once and names nobody: the order's reference and kind, when and in which area, and whom to ring. What
happened, and who it is about, is a record of the raiser's; an authorised officer of the raiser's agency lets it leave, and the
rules say what of it does. Until somebody has acknowledged it, it is the deputy's as well from `escalates_at` on.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from protocols.register_kinds import AlertKind, UnknownKindError, alert_kind, alert_kinds
from protocols.register_kinds import complaints as complaints_about
from protocols.request_kinds import Question
from protocols.roles import ROLES
from sharing import disclosures, partners
from sharing.base import new_id
from sharing.disclosures import Ask, DepositRecord, Released, SupplierDecision
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.registers.alert_model import AlertContact, BreachAlert
from sharing.registers.entering import ANYWHERE, CATEGORY
from sharing.requests.deciding import may_decide, needs_second_officer
from sharing.store import Unit, next_ref, refuse_older

TABLE = "breach_alert"
KEPT = timedelta(days=2 * 365)
"""How long the raiser keeps what happened."""
LONGEST_MINUTES = 24 * 60
WORDS = ("subject.name", "subject.address", "case.history")
"""What the raiser may say in words, by field of the gate; the order's reference is `case.reference`."""
_REACHED = frozenset().union(*(kind.reaches for kind in alert_kinds().values()))
"""Kinds of body whose officers some alert reaches."""
REFERENCE = Question("order_ref", "The order’s reference", "code", needed=True)


@dataclass(frozen=True)
class NameContact:
    """Whom alerts of an area reach, and who has them after so many minutes. No area: wherever nobody else is named."""

    officer_id: uuid.UUID
    deputy_id: uuid.UUID
    minutes: int
    area: str = ""


@dataclass(frozen=True)
class RaiseAlert:
    """A breach: which order, where, when, and what happened. `words` are by field of the gate and are sealed."""

    order_kind: str
    order_ref: str
    power_of_arrest: bool
    happened_at: datetime
    area: str = ""
    kind: str = "breach-of-order"
    words: Mapping[str, str] = field(repr=False, default_factory=dict)


def name_contact(unit: Unit, command: NameContact) -> uuid.UUID:
    """Name whom alerts reach, in place of whoever it was. Both are officers in post of the agency that names them."""
    partnership, organisation = unit.actor.partnership, unit.actor.organisation
    unit.require(Action.NAME_ALERT_CONTACT, partnership=partnership, organisation=organisation)
    if partnership is None or organisation is None:
        raise NotFoundError("A contact belongs to an organisation.")
    problems = _problems_of_contact(unit, partnership, organisation, command)
    if problems:
        raise InvalidError(problems)
    now = unit.clock.business_now()
    for held in _contacts(unit.session, partnership):
        if held.organisation == organisation and held.area == command.area:
            held.to_at = now
    row = AlertContact(
        id=new_id(),
        partnership=partnership,
        organisation=organisation,
        area=command.area,
        officer_id=command.officer_id,
        deputy_id=command.deputy_id,
        minutes=command.minutes,
        from_at=now,
    )
    unit.session.add(row)
    unit.session.flush()
    facts = {"area": row.area, "officer": str(row.officer_id), "deputy": str(row.deputy_id), "minutes": row.minutes}
    unit.record(Event.ALERT_CONTACT_NAMED, about=row.id, facts=facts)
    return row.id


def raise_alert(unit: Unit, command: RaiseAlert) -> BreachAlert:
    """Raise an alert. It is on the contact's list from this moment; what happened waits, sealed, for somebody to let it leave.

    Raises InvalidError with every problem, one of them being that nobody is named as contact for the area.
    """
    partnership, organisation, officer = unit.actor.partnership, unit.actor.organisation, unit.actor.officer_id
    now = unit.clock.business_now()
    signed = partners.has_signed_protocol_in_force(unit.session, partnership or "", organisation or "", now)
    unit.require(Action.RAISE_ALERT, partnership=partnership, organisation=organisation, signed=signed)
    if partnership is None or organisation is None or officer is None:
        raise NotFoundError("An alert is raised by an officer in a post.")
    kind = _kind(command.kind)
    contact = contact_for(unit.session, partnership, command.area, now)
    problems = _problems(kind, command, contact, now)
    if problems or contact is None:
        raise InvalidError(problems)
    ref = next_ref(unit, partnership, BreachAlert.raised_at, "B")
    row = BreachAlert(
        id=new_id(),
        partnership=partnership,
        ref=ref,
        kind=kind.code,
        organisation=organisation,
        officer_id=officer,
        order_kind=command.order_kind,
        order_ref=command.order_ref.strip(),
        power_of_arrest=command.power_of_arrest,
        area=command.area,
        happened_at=command.happened_at,
        raised_at=now,
        recipient=contact.organisation,
        contact_id=contact.officer_id,
        deputy_id=contact.deputy_id,
        escalates_at=now + timedelta(minutes=contact.minutes),
        record_id=_deposit(unit, ref, command),
    )
    unit.session.add(row)
    unit.session.flush()
    facts = {
        "ref": row.ref,
        "kind": row.kind,
        "order": row.order_kind,
        "recipient": row.recipient,
        "contact": str(row.contact_id),
        "escalates": row.escalates_at.isoformat(),
    }
    unit.record(Event.ALERT_RAISED, about=row.id, facts=facts)
    return row


def tell_alert(unit: Unit, alert_id: uuid.UUID, version: int, *, necessity: str, proportionality: str) -> Released:
    """Let what happened leave to the contact's agency: exactly what the rules permit. Whoever raised it never decides this.

    `necessity` and `proportionality` are the decider's words; without them the rules withhold it, which is recorded.
    """
    row = _own(unit, alert_id, "organisation")
    unit.require(
        Action.TELL_ALERT,
        partnership=row.partnership,
        organisation=row.organisation,
        asked_by=row.officer_id,
        trained=may_decide(unit, row.partnership),
    )
    refuse_older(row.version, version)
    if row.disclosure_id is not None and _reached(unit.session, row):
        raise InvalidError.one("This has been told.", where=row.ref)
    if unit.actor.officer_id is None:
        raise NotFoundError("An officer decides this.")
    _state(unit, row, {"necessity": necessity.strip(), "proportionality": proportionality.strip()})
    ask, now = _ask(unit.session, row), unit.clock.business_now()
    decision = SupplierDecision(unit.actor.officer_id, now, {code: "as-is" for code, _ in ask.fields})
    if needs_second_officer(unit, row.partnership, disclosures.foresee(unit.session, ask, decision, now)):
        released = disclosures.refuse_as_asked(unit, ask)
    else:
        released = disclosures.release(unit, ask, decision)
    row.disclosure_id = released.disclosure_id
    unit.record(Event.ALERT_TOLD, about=row.id, facts={"ref": row.ref, "outcome": released.outcome})
    return released


def acknowledge_alert(unit: Unit, alert_id: uuid.UUID, version: int) -> None:
    """Say that it has reached one: the contact, or the deputy once it is the deputy's. The moment is kept."""
    row, now = _own(unit, alert_id, "recipient"), unit.clock.business_now()
    unit.require(
        Action.ACKNOWLEDGE_ALERT,
        partnership=row.partnership,
        organisation=row.recipient,
        assigned=is_whose(row, unit.actor.officer_id, now),
    )
    refuse_older(row.version, version)
    if row.acknowledged_at is not None:
        raise InvalidError.one("This has been acknowledged.", where=row.ref)
    row.acknowledged_at, row.acknowledged_by = now, unit.actor.officer_id
    facts = {
        "ref": row.ref,
        "minutes": int((now - row.raised_at).total_seconds() // 60),
        "by_deputy": unit.actor.officer_id != row.contact_id,
    }
    unit.record(Event.ALERT_ACKNOWLEDGED, about=row.id, facts=facts)


def record_alert_result(unit: Unit, alert_id: uuid.UUID, version: int, result: str) -> None:
    """Say what came of it, for the agency that it reached. It may be said again: the last one counts, and each is an entry."""
    row = _own(unit, alert_id, "recipient")
    unit.require(Action.RECORD_ALERT_RESULT, partnership=row.partnership, organisation=row.recipient)
    refuse_older(row.version, version)
    if result not in alert_kind(row.kind).results:
        raise InvalidError.one("Choose what came of it", where="result")
    if row.acknowledged_at is None:
        raise InvalidError.one("Acknowledge it first", where="result", mend="Then say what came of it.")
    row.result, row.result_at, row.result_by = result, unit.clock.business_now(), unit.actor.officer_id
    unit.record(Event.ALERT_RESULT_RECORDED, about=row.id, facts={"ref": row.ref, "result": result})


def open_alert(unit: Unit, alert_id: uuid.UUID) -> dict[str, str]:
    """Open what happened: the raiser's agency its own record, the contact's agency what it was told, judged again."""
    row = _own(unit, alert_id, "organisation", "recipient")
    if row.organisation == unit.actor.organisation:
        return disclosures.view_own_record(unit, row.record_id)
    if row.disclosure_id is None:
        raise NotFoundError("Nothing of it has been told yet.")
    unit.require(Action.READ_ALERT, partnership=row.partnership)
    return disclosures.view_release(unit, row.disclosure_id, assigned=unit.actor.officer_id in _whom(row))


def contact_for(session: Session, partnership: str, area: str, at: datetime) -> AlertContact | None:
    """Whom an alert of an area reaches: the area's own contact, else the one for everywhere. Nobody who has left their post."""
    in_post = {person.id for person in partners.officers(session, partnership, at, at.date())}
    found = [row for row in _contacts(session, partnership) if row.area in {area, ""} and row.officer_id in in_post]
    return max(found, key=lambda row: (row.area == area, row.from_at), default=None)


def is_whose(row: BreachAlert, officer_id: uuid.UUID | None, at: datetime) -> bool:
    """Whether an alert is an officer's to acknowledge: the contact's, and the deputy's once it has waited long enough."""
    return officer_id == row.contact_id or (officer_id == row.deputy_id and at >= row.escalates_at)


def _whom(row: BreachAlert) -> set[uuid.UUID | None]:
    return {row.contact_id, row.deputy_id, row.acknowledged_by} - {None}


def _reached(session: Session, row: BreachAlert) -> bool:
    if row.disclosure_id is None:
        return False
    return disclosures.disclosure(session, row.partnership, row.disclosure_id).outcome != "refused"


def _ask(session: Session, row: BreachAlert) -> Ask:
    kind = alert_kind(row.kind)
    held = disclosures.holds(session, row.partnership, row.record_id)
    return Ask(
        record_id=row.record_id,
        recipient=row.recipient,
        purpose=kind.purpose,
        provision=disclosures.offer(session, row.partnership, kind.purpose).provision,
        fields=tuple((code, None) for code in kind.fields if code in held),
        officer_id=row.officer_id,
        urgency="urgent",
        initiated_by="supplier",
        assigned=True,
        statement={"necessity": row.necessity is not None, "proportionality": row.proportionality is not None},
    )


def _state(unit: Unit, row: BreachAlert, texts: Mapping[str, str]) -> None:
    given = {name: text for name, text in texts.items() if text}
    if not given:
        return
    sealed = unit.vault.seal(
        unit.session,
        table=TABLE,
        record_id=row.id,
        organisation=row.organisation,
        retain_until=unit.clock.today() + KEPT,
        values=given,
    )
    for name, value in sealed.items():
        setattr(row, name, value)


def _deposit(unit: Unit, ref: str, command: RaiseAlert) -> uuid.UUID:
    values = {code: command.words[code] for code in WORDS if command.words.get(code, "").strip()}
    return disclosures.deposit_record(
        unit,
        DepositRecord(
            reference=ref,
            area=command.area or ANYWHERE,
            category=CATEGORY,
            retain_until=unit.clock.today() + KEPT,
            values={**values, "case.reference": command.order_ref.strip()},
        ),
    )


def _own(unit: Unit, alert_id: uuid.UUID, *sides: str) -> BreachAlert:
    row = unit.session.get(BreachAlert, alert_id)
    if row is None or row.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such alert.")
    if unit.actor.organisation not in {getattr(row, side) for side in sides}:
        raise NotFoundError("There is no such alert.")
    return row


def _contacts(session: Session, partnership: str) -> list[AlertContact]:
    query = select(AlertContact).where(AlertContact.partnership == partnership, AlertContact.to_at.is_(None))
    return list(session.scalars(query.order_by(AlertContact.area, AlertContact.organisation)))


def _kind(code: str) -> AlertKind:
    try:
        return alert_kind(code)
    except UnknownKindError:
        raise NotFoundError("There is no such alert.") from None


def _problems(kind: AlertKind, command: RaiseAlert, contact: AlertContact | None, now: datetime) -> tuple[Problem, ...]:
    said = complaints_about((REFERENCE,), {"order_ref": command.order_ref})
    found = [Problem(words, where=code) for code, words in said]
    if command.order_kind not in kind.orders:
        found.append(Problem("Choose which kind of order it is", where="order_kind"))
    if not command.words.get("case.history", "").strip():
        found.append(Problem("Say what happened", where="history"))
    if command.happened_at > now:
        found.append(Problem("This has not happened yet", where="happened_on"))
    if contact is None:
        found.append(
            Problem(
                "Nobody of the police is named for this area", where="area", mend="Ring 101, or 999 if it is urgent."
            )
        )
    return tuple(found)


def _problems_of_contact(unit: Unit, partnership: str, organisation: str, command: NameContact) -> tuple[Problem, ...]:
    now, today = unit.clock.business_now(), unit.clock.today()
    people = partners.officers(unit.session, partnership, now, today, organisation=organisation)
    holders = {person.id for person in people if Action.ACKNOWLEDGE_ALERT in _held(person)}
    found = []
    if partners.member(unit.session, partnership, organisation, today).body_type not in _REACHED:
        found.append(Problem("Alerts reach the police: your organisation is none", where="officer"))
    if command.officer_id not in holders:
        found.append(Problem("Choose an officer of yours in post who may acknowledge alerts", where="officer"))
    if command.deputy_id not in holders or command.deputy_id == command.officer_id:
        found.append(Problem("Choose somebody else of yours in post as deputy", where="deputy"))
    if not 1 <= command.minutes <= LONGEST_MINUTES:
        found.append(Problem("Give a number of minutes between 1 and 1440", where="minutes"))
    areas = {area.code for area in partners.areas(unit.session, partnership)}
    if command.area and command.area not in areas:
        found.append(Problem("Choose an area of this partnership", where="area"))
    return tuple(found)


def _held(person: partners.OfficerView) -> frozenset[Action]:
    return frozenset().union(*(ROLES[role] for role in person.roles))
