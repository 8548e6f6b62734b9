"""This module knows the partner directory: every member with what the gate says of it, whom to ring, and what it does.

What it says of section 115 and of liaison posts is asked of the compiled world, the same one that decides on releases.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols import moments, notices, recipient_gate
from protocols.actions import Action, Event
from protocols.notices import Vacancy
from protocols.recipient_gate import Gate
from sharing.errors import InvalidError, NotFoundError, Problem, StaleError
from sharing.partners import rules
from sharing.partners.authority import may
from sharing.partners.compiled import compiled_world
from sharing.partners.model import Membership, Organisation, PartnerNote
from sharing.partners.read import members, officers
from sharing.partners.rules import LiaisonKind
from sharing.partners.views import MemberView, OfficerView
from sharing.store import Unit

LONGEST_NOTE = 1_000


@dataclass(frozen=True)
class LiaisonLine:
    """Who holds an organisation's liaison post, how to reach them, and until when their training counts."""

    name: str
    post: str
    kind: LiaisonKind
    phone: str | None
    email: str | None
    trained_on: date | None
    trained_until: date | None
    training_is_current: bool


@dataclass(frozen=True)
class PartnerView:
    """One member in the directory."""

    member: MemberView
    gate: Gate
    liaison: tuple[LiaisonLine, ...]
    vacancy: Vacancy | None
    services: str
    funding: str
    note_version: int


@dataclass(frozen=True)
class DescribePartner:
    """What a member does, and who pays for it. `version` is that of the note which was read; 0 where there was none."""

    organisation: str
    services: str
    funding: str
    version: int = 0


def partner_directory(session: Session, partnership: str, at: datetime) -> tuple[PartnerView, ...]:
    """Every member at a moment, by tier and name."""
    day = _day(at)
    verdicts, vacant = gates(session, partnership, at), vacancies(session, partnership, at)
    people = officers(session, partnership, at, day)
    notes = {row.organisation: row for row in session.scalars(select(PartnerNote).filter_by(partnership=partnership))}
    return tuple(
        PartnerView(
            member=body,
            gate=verdicts[body.code],
            liaison=tuple(_line(each) for each in people if each.organisation == body.code and each.liaison),
            vacancy=vacant.get(body.code),
            services=note.services if note else "",
            funding=note.funding if note else "",
            note_version=note.version if note else 0,
        )
        for body in members(session, partnership, day)
        for note in (notes.get(body.code),)
    )


def gates(session: Session, partnership: str, at: datetime) -> dict[str, Gate]:
    """What the recipient gate says of every organisation of the partnership's world at a moment, by its code."""
    compiled = compiled_world(session, partnership)
    names = {row.code: row.name for row in session.execute(select(Organisation.code, Organisation.name))}
    instant = moments.of(at)
    return {
        code: recipient_gate.verdict(compiled, partnership, code, instant, names) for code in compiled.organisations
    }


def vacancies(session: Session, partnership: str, at: datetime) -> dict[str, Vacancy]:
    """Every member whose liaison post nobody trained holds, or soon will not: since or from when, and what is left."""
    compiled = compiled_world(session, partnership)
    instant = moments.of(at)
    found = {
        code: notices.vacancy(body, instant)
        for code, body in compiled.organisations.items()
        if body.is_member(partnership, instant)
    }
    return {code: vacancy for code, vacancy in found.items() if vacancy is not None}


def describe_partner(unit: Unit, command: DescribePartner) -> None:
    """Say in the directory what a member does and who pays for it. Raises NotFoundError for no member."""
    place = may(unit, Action.DESCRIBE_PARTNER)
    known = select(Membership.id).filter_by(partnership=place.partnership, organisation=command.organisation)
    if unit.session.scalars(known).first() is None:
        raise NotFoundError(f"There is no member '{command.organisation}'.")
    problems = [
        Problem(f"Say it in at most {LONGEST_NOTE:,} characters.", name)
        for name, said in (("services", command.services), ("funding", command.funding))
        if len(said) > LONGEST_NOTE
    ]
    if problems:
        raise InvalidError(tuple(problems))
    query = select(PartnerNote).filter_by(partnership=place.partnership, organisation=command.organisation)
    row = unit.session.scalars(query.with_for_update()).one_or_none()
    if (row.version if row else 0) != command.version:
        raise StaleError("Somebody has changed this entry since you opened the page. Look at it again.")
    if row is None:
        row = PartnerNote(partnership=place.partnership, organisation=command.organisation)
    row.services, row.funding = command.services.strip(), command.funding.strip()
    row.changed_at = unit.clock.business_now()
    unit.session.add(row)
    unit.session.flush()
    unit.record(Event.PARTNER_DESCRIBED, about=command.organisation, facts={"organisation": command.organisation})


def _line(officer: OfficerView) -> LiaisonLine:
    return LiaisonLine(
        officer.name,
        officer.post,
        officer.liaison or LiaisonKind.LIAISON,
        officer.phone,
        officer.email,
        officer.trained_on,
        rules.years_on(officer.trained_on, rules.TRAINING_YEARS) if officer.trained_on else None,
        officer.training_is_current,
    )


def _day(at: datetime) -> date:
    return date.fromordinal(moments.day_of(moments.of(at)))
