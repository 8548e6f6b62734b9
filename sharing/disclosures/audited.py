"""This module knows what an auditor asks of disclosures: each judged again, what was told outside, one opened by break-glass.

Nothing here reads a sealed value but `open_broken`, which records its entry first.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from protocols import replay
from protocols.actions import Action
from protocols.world import answer as answer_case
from sharing import partners
from sharing.disclosures.model import CaseRecord, Disclosure, DisclosureField
from sharing.disclosures.opening import open_recorded
from sharing.disclosures.read import DisclosureView, _field_view, _midnight, _view
from sharing.disclosures.records import facts_of, record_row
from sharing.errors import NotFoundError
from sharing.store import Unit
from sharing.vault.alive import with_keys

COPY = "disclosure"
WITHHELD = "withheld"


@dataclass(frozen=True)
class Rejudged:
    """One release judged again as at its moment: the fields that left without cover or finer than the rules allow, with the rule.

    `rule` is None where the field may leave, but only in a coarser form.
    """

    id: uuid.UUID
    ref: str
    supplier: str
    recipient: str
    decided_at: datetime
    uncovered: tuple[tuple[str, str | None], ...]


def judge_again(session: Session, partnership: str, from_on: date, to_on: date) -> tuple[Rejudged, ...]:
    """Judge every release of these days (London) again, by the rulebook as it answers today of the day on which it was made.

    The case is the one that the gate kept; nothing that was stored as its answer is read but which field left in which form.
    """
    world = partners.compiled_world(session, partnership)
    given = _given(session, partnership, from_on, to_on)
    found = []
    for made in _made(session, partnership, from_on, to_on, also_refused=False):
        decision = replay.judge(world, {**made.asked, "case": made.ref})
        wrong: list[tuple[str, str | None]] = []
        for code, form in given.get(made.id, ()):
            now = decision.fields[code]
            places = world.law.registry[code].places
            if now.form is None or places[now.form] > places[form]:
                wrong.append((code, str(now.rule) if now.rule else None))
        found.append(Rejudged(made.id, made.ref, made.supplier, made.recipient, made.decided_at, tuple(wrong)))
    return tuple(found)


def _given(session: Session, partnership: str, from_on: date, to_on: date) -> Mapping[uuid.UUID, list[tuple[str, str]]]:
    rows = session.execute(
        select(DisclosureField.disclosure_id, DisclosureField.code, DisclosureField.form)
        .join(Disclosure, Disclosure.id == DisclosureField.disclosure_id)
        .where(
            Disclosure.partnership == partnership,
            DisclosureField.result != WITHHELD,
            Disclosure.decided_at >= _midnight(from_on),
            Disclosure.decided_at < _midnight(to_on + timedelta(days=1)),
        )
        .order_by(DisclosureField.code)
    )
    found: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    for made, code, form in rows:
        if form is not None:
            found[made].append((code, form))
    return found


def _made(
    session: Session, partnership: str, from_on: date, to_on: date, *, also_refused: bool
) -> tuple[Disclosure, ...]:
    query = select(Disclosure).where(
        Disclosure.partnership == partnership,
        Disclosure.decided_at >= _midnight(from_on),
        Disclosure.decided_at < _midnight(to_on + timedelta(days=1)),
    )
    if not also_refused:
        query = query.where(Disclosure.outcome != "refused")
    return tuple(session.scalars(query.order_by(Disclosure.recorded_at, Disclosure.ref)))


def decided_between(
    session: Session, partnership: str, from_on: date, to_on: date, *, also_refused: bool = False
) -> tuple[DisclosureView, ...]:
    """The releases of these days (London), oldest first, with their fields; refusals too where they are asked for."""
    rows = _made(session, partnership, from_on, to_on, also_refused=also_refused)
    return _with_fields(session, partnership, rows)


def given_until(session: Session, partnership: str, to_on: date) -> list[tuple[str, str, datetime]]:
    """Supplier, recipient and moment of every release up to a day (London), from the beginning."""
    rows = session.execute(
        select(Disclosure.supplier, Disclosure.recipient, Disclosure.decided_at).where(
            Disclosure.partnership == partnership,
            Disclosure.outcome != "refused",
            Disclosure.decided_at < _midnight(to_on + timedelta(days=1)),
        )
    )
    return [(row.supplier, row.recipient, row.decided_at) for row in rows]


def disclosures_by_id(
    session: Session, partnership: str, wanted: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, DisclosureView]:
    """These disclosures of the partnership with their fields, by id."""
    rows = session.scalars(
        select(Disclosure).where(Disclosure.partnership == partnership, Disclosure.id.in_(list(wanted)))
    )
    return {each.id: each for each in _with_fields(session, partnership, tuple(rows))}


def _with_fields(session: Session, partnership: str, rows: Collection[Disclosure]) -> tuple[DisclosureView, ...]:
    ids = {row.id for row in rows}
    cells: dict[uuid.UUID, list[DisclosureField]] = defaultdict(list)
    query = select(DisclosureField).where(DisclosureField.partnership == partnership).order_by(DisclosureField.code)
    if len(ids) <= _FEW:
        query = query.where(DisclosureField.disclosure_id.in_(ids))
    for cell in session.scalars(query):
        if cell.disclosure_id in ids:
            cells[cell.disclosure_id].append(cell)
    return tuple(_view(row, tuple(map(_field_view, cells[row.id]))) for row in rows)


_FEW = 500
"""More ids than this are not named one by one in a question: SQLite has a limit to how many it takes."""


def passed_on(session: Session, partnership: str, from_on: date, to_on: date) -> tuple[DisclosureView, ...]:
    """The decisions of these days on what its holder had from somebody else: onward use, released or refused."""
    rows = [
        row
        for row in _made(session, partnership, from_on, to_on, also_refused=True)
        if row.asked and row.asked["record"]["origin"] != row.asked["record"]["holder"]
    ]
    return _with_fields(session, partnership, rows)


def kept_too_long(session: Session, partnership: str, today: date) -> tuple[int, tuple[DisclosureView, ...]]:
    """How many copies are past the day until which they may be kept, and those of them that could still be opened."""
    past = tuple(
        session.scalars(
            select(Disclosure)
            .where(Disclosure.partnership == partnership, Disclosure.kept_until <= today)
            .order_by(Disclosure.kept_until, Disclosure.ref)
        )
    )
    alive = with_keys(session, [row.id for row in past])
    return len(past), tuple(_view(row) for row in past if row.id in alive)


def last_kept(session: Session, partnership: str, from_on: date, to_on: date) -> date | None:
    """The last day until which any copy of these days' releases may be kept; None where nothing left."""
    return session.scalar(
        select(func.max(Disclosure.kept_until)).where(
            Disclosure.partnership == partnership,
            Disclosure.recorded_at >= _midnight(from_on),
            Disclosure.recorded_at < _midnight(to_on + timedelta(days=1)),
        )
    )


# --- told outside the portal -----------------------------------------------------------------------


@dataclass(frozen=True)
class ToldOutside:
    """What was told outside the portal, as a case for the rules: by whom, to which member, which fields, for what, when.

    `decided_by` is the colleague who allowed it, as the report has it; the rules say whether that colleague could. Whoever told
    never decides alone. `harm`: the danger was written down.
    """

    organisation: str
    recipient: str
    officer_id: uuid.UUID
    purpose: str
    provision: str | None
    fields: tuple[str, ...]
    told_at: datetime
    decided_by: uuid.UUID | None = None
    record_id: uuid.UUID | None = None
    assigned: bool = False
    emergency: bool = False
    harm: bool = False
    called_back: bool = False


def judge_outside(session: Session, partnership: str, told: ToldOutside) -> dict[str, Any]:
    """What the rules say of each field that was told, as at the moment when it was told. Nothing leaves by this.

    Spoken or written, it is judged as channel `verbal`: whatever channels of the portal a line allows, this was none of them.
    Without a record on file it is judged as an ordinary one of the teller's own.
    """
    case = {
        "case": "outside",
        "record": _facts(session, partnership, told),
        "recipient": told.recipient,
        "purpose": told.purpose,
        "provision": told.provision,
        "fields": [{"code": code, "form": None} for code in told.fields],
        "moment": told.told_at.isoformat(),
        "channel": "verbal",
        "urgency": "emergency" if told.emergency else "routine",
        "initiated_by": "supplier",
        "officer": str(told.officer_id),
        "assigned": told.assigned,
        "statement": {"necessity": True, "proportionality": True, "harm": told.harm},
        "decision": _decision(told),
        "earlier_releases": [],
        "onward_allowed": False,
        "emergency": {"called_back": True} if told.called_back else None,
    }
    world = partners.compiled_world(session, partnership)
    answer: dict[str, Any] = json.loads(answer_case(world, json.dumps(case)))
    return answer


def _decision(told: ToldOutside) -> dict[str, Any] | None:
    if told.decided_by is None:
        return None
    allowed = {code: {"allow": "as-is"} for code in told.fields}
    return {"officer": str(told.decided_by), "decided_at": told.told_at.isoformat(), "fields": allowed}


def _facts(session: Session, partnership: str, told: ToldOutside) -> dict[str, Any]:
    if told.record_id is not None:
        return facts_of(record_row(session, partnership, told.record_id))
    ordinary = CaseRecord(
        id=uuid.UUID(int=0),
        partnership=partnership,
        holder=told.organisation,
        origin=told.organisation,
        controllers=[told.organisation],
        area="none",
        category="none",
        flags=[],
        regime="UKGDPR",
        marking="OFFICIAL-SENSITIVE",
        retain_until=told.told_at.date() + timedelta(days=1),
        hold=False,
        state="live",
        data_set=None,
        homes={},
        public_place=False,
    )
    return facts_of(ordinary)


# --- break-glass -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class BrokenGlass:
    """What an opening by break-glass rests on: its reference, who asked, who allowed it, whether its hour runs."""

    ref: str
    asked_by: uuid.UUID
    allowed_by: uuid.UUID | None
    is_open: bool


def open_broken(unit: Unit, disclosure_id: uuid.UUID, glass: BrokenGlass) -> dict[str, str]:
    """Open the recipient's copy for an auditor whom a second person allowed to. The entry is written before a byte is read.

    Raises NotFoundError for another partnership's or where nothing left, NotPermittedError without the second person, for
    anybody but the asker, and after the hour.
    """
    made = unit.session.get(Disclosure, disclosure_id)
    if made is None or made.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such disclosure.")
    unit.require(
        Action.OPEN_GLASS,
        partnership=made.partnership,
        broken_by=glass.asked_by,
        allowed_by=glass.allowed_by,
        glass_is_open=glass.is_open,
    )
    sealed = {
        cell.code: cell.value
        for cell in unit.session.scalars(select(DisclosureField).where(DisclosureField.disclosure_id == made.id))
        if cell.value is not None
    }
    is_past = made.kept_until is None or unit.clock.today() >= made.kept_until
    if is_past or not sealed:
        raise NotFoundError(
            "Nothing left by this decision, or its copy may no longer be kept: there is nothing to open."
        )
    why = {"disclosure": made.ref, "break_glass": glass.ref}
    return open_recorded(unit, COPY, made.id, made.recipient, sealed, why=why)
