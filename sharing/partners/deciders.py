"""This module knows whom a liaison officer lets decide: standing authorisations for one line of a protocol each.

An authorisation makes its officer an authorised officer, who may open the decisions; on which fields, the rules say.
"""

from __future__ import annotations

import json
import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, Problem
from sharing.partners import rules
from sharing.partners.authority import found_officer, may, must_be_in_post
from sharing.partners.commands import AuthoriseDecider
from sharing.partners.compiled import note_change
from sharing.partners.model import Authorisation, LiaisonPost, Officer, ProtocolVersion, Training
from sharing.partners.views import AuthorisationView
from sharing.store import Unit


def authorisations(session: Session, partnership: str, organisation: str, day: date) -> tuple[AuthorisationView, ...]:
    """The authorisations of an organisation that run on a day or begin later, the first to end first."""
    query = (
        select(Authorisation)
        .filter_by(partnership=partnership, organisation=organisation)
        .where(Authorisation.to_on > day)
        .order_by(Authorisation.to_on, Authorisation.id)
    )
    return tuple(
        AuthorisationView(row.id, row.officer_id, row.by_officer_id, row.protocol, row.line, row.from_on, row.to_on)
        for row in session.scalars(query)
    )


def authorise_decider(unit: Unit, command: AuthoriseDecider) -> date:
    """Let an officer of the own organisation decide on one line of a protocol; return the day on which it ends.

    Only a liaison officer or deputy of the organisation, in post and trained, may. A year at most.
    """
    place = may(unit, Action.AUTHORISE_DECIDER)
    today = unit.clock.today()
    by = unit.actor.officer_id
    if by is None or not _holds_liaison_post(unit, place.partnership, str(place.organisation), by, today):
        raise NotPermittedError("Only the liaison officer or deputy in post may authorise somebody.", rule="decision")
    if not _is_trained(unit, place.partnership, by, today):
        raise NotPermittedError("Your training has run out. Record a new one, then authorise.", rule="decision")
    officer = found_officer(unit, place.partnership, command.officer_id)
    must_be_in_post(unit, officer)
    problems = _authorisation_problems(unit, command, officer, str(place.organisation), place.partnership)
    if command.until_on is not None and command.until_on <= today:
        problems.append(Problem("The last day has passed already.", "until_on"))
    if problems:
        raise InvalidError(tuple(problems))
    ends = rules.last_day_of_authorisation(today, command.until_on)
    unit.session.add(
        Authorisation(
            partnership=place.partnership,
            organisation=str(place.organisation),
            officer_id=officer.id,
            by_officer_id=by,
            protocol=command.protocol,
            line=command.line,
            from_on=today,
            to_on=ends,
        )
    )
    note_change(unit, place.partnership)
    unit.record(
        Event.DECIDER_AUTHORISED,
        about=officer.id,
        facts={"protocol": command.protocol, "line": command.line, "until": ends.isoformat()},
    )
    return ends


def end_authorisation(unit: Unit, authorisation_id: uuid.UUID) -> None:
    """End an authorisation of the own organisation today: nothing more is decided under it. Raises NotFoundError."""
    place = may(unit, Action.AUTHORISE_DECIDER)
    mine = {"partnership": place.partnership, "organisation": place.organisation, "id": authorisation_id}
    row = unit.session.scalar(select(Authorisation).filter_by(**mine).with_for_update())
    today = unit.clock.today()
    if row is None or row.to_on <= today:
        raise NotFoundError("There is no such authorisation, or it has ended.")
    row.to_on = max(today, row.from_on)
    note_change(unit, place.partnership)
    unit.record(
        Event.AUTHORISATION_ENDED,
        about=row.officer_id,
        facts={"protocol": row.protocol, "line": row.line, "ended": row.to_on.isoformat()},
    )


def _holds_liaison_post(unit: Unit, partnership: str, organisation: str, officer_id: uuid.UUID, day: date) -> bool:
    query = select(LiaisonPost).filter_by(partnership=partnership, organisation=organisation, officer_id=officer_id)
    return any(rules.Span(post.from_on, post.to_on).covers(day) for post in unit.session.scalars(query))


def _is_trained(unit: Unit, partnership: str, officer_id: uuid.UUID, day: date) -> bool:
    query = select(Training.trained_on).filter_by(partnership=partnership, officer_id=officer_id)
    return rules.training_is_current(unit.session.scalars(query), day)


def _line_ids(terms_json: str) -> frozenset[str]:
    """The ids of a version's lines."""
    return frozenset(line["id"] for line in json.loads(terms_json).get("lines", []))


def _authorisation_problems(
    unit: Unit, command: AuthoriseDecider, officer: Officer, organisation: str, partnership: str
) -> list[Problem]:
    problems = []
    if officer.organisation != organisation:
        problems.append(Problem("Only an officer of your own organisation can decide for it.", "officer"))
    if officer.elected:
        problems.append(Problem("An elected member cannot decide.", "officer"))
    query = select(ProtocolVersion.terms_json).filter_by(partnership=partnership, ref=command.protocol, complete=True)
    if not any(command.line in _line_ids(terms) for terms in unit.session.scalars(query)):
        problems.append(Problem(f"No version of {command.protocol} has a line {command.line}.", "line"))
    return problems
