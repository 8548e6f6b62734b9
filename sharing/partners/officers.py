"""This module knows how people come into posts, change and leave.

Always in the organisation of whoever asks, never above or beside. An account can have posts at several organisations.
One agency's administrator therefore touches the post, and the account only while every post that it has is the agency's
own (MISP, CVE-2019-12794 and CVE-2026-44380: an organisation's administrator reached others).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sqlalchemy import or_, select

from protocols.actions import Action, Event
from protocols.roles import Role
from sharing import access
from sharing.access import Post
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, Problem, StaleError
from sharing.partners import rules
from sharing.partners.authority import Place, found_officer, may, partnership_of
from sharing.partners.commands import ChangeOfficer, DisableOfficer, InviteOfficer, RecordTraining, ResetPhone
from sharing.partners.compiled import note_change
from sharing.partners.model import Assignment, Authorisation, LiaisonPost, Officer, Training
from sharing.partners.partnership_file import APPOINTED
from sharing.store import Unit


@dataclass(frozen=True)
class OfficerInvited:
    """A new post, and the letter to send.

    The page says that a letter is on its way; its token is for the mail alone.
    """

    officer_id: uuid.UUID
    post: Post = field(repr=False)


def invite_officer(unit: Unit, command: InviteOfficer) -> OfficerInvited:
    """Give somebody a post at the own organisation, and an account if there is none.

    Somebody who has left takes the post up again. Raises InvalidError for roles that cannot be given, or a post that is
    held already.
    """
    place = may(unit, Action.INVITE_OFFICER, partnership=command.partnership, organisation=command.organisation)
    organisation = _needed(place)
    _check(unit, command.name, command.post, command.roles, elected=command.elected)
    user_id = access.open_account(unit, command.email).user_id
    officer = _taken_up(unit, place, organisation, user_id, command)
    letter = access.write_invitation(unit, user_id)
    note_change(unit, place.partnership)
    unit.record(
        Event.OFFICER_INVITED,
        about=officer.id,
        partnership=place.partnership,
        facts={"organisation": organisation, "roles": list(officer.roles)},
    )
    return OfficerInvited(officer.id, letter)


def change_officer(unit: Unit, command: ChangeOfficer) -> None:
    """Change what a post is called, how to reach its holder and which roles go with it.

    Bites at the holder's next request. Nobody changes the roles of their own post. Raises StaleError when somebody else
    changed it since `version` was read.
    """
    officer, place = _found(unit, Action.INVITE_OFFICER, command.officer_id, command.partnership)
    if officer.version != command.version:
        raise StaleError("Somebody else has changed this officer since you opened the page. Nothing was stored.")
    kept = {role for role in officer.roles if Role(role) not in rules.GRANTABLE}
    asked = set(command.roles) - kept
    _check(unit, command.name, command.post, sorted(asked), elected=officer.elected)
    if officer.id == unit.actor.officer_id and asked | kept != set(officer.roles):
        raise NotPermittedError("Nobody changes their own roles. Ask another administrator.", rule="four-eyes")
    officer.name, officer.post = command.name.strip(), command.post.strip()
    officer.phone, officer.roles = command.phone.strip() or None, sorted(asked | kept)
    note_change(unit, place.partnership)
    unit.record(
        Event.OFFICER_CHANGED,
        about=officer.id,
        partnership=place.partnership,
        facts={"organisation": officer.organisation, "roles": list(officer.roles)},
    )


def disable_officer(unit: Unit, command: DisableOfficer) -> None:
    """End a post, with everything that went with it: liaison posts, authorisations, work.

    Bites at the holder's next request. The account is disabled, and its sessions end, when this was its last post
    anywhere.
    """
    officer, place = _found(unit, Action.DISABLE_OFFICER, command.officer_id, command.partnership)
    if officer.id == unit.actor.officer_id:
        raise NotPermittedError("Nobody ends their own post. Ask another administrator.", rule="four-eyes")
    now, today = unit.clock.business_now(), unit.clock.today()
    if officer.to_at is not None and officer.to_at <= now:
        raise InvalidError.one("This post has ended already.")
    officer.to_at = now
    _end_belongings(unit, officer)
    note_change(unit, place.partnership)
    unit.record(
        Event.OFFICER_DISABLED,
        about=officer.id,
        partnership=place.partnership,
        facts={"organisation": officer.organisation, "on": today.isoformat()},
    )
    if officer.user_id is not None and not _other_posts(unit, officer):
        access.disable_account(unit, officer.user_id)


def reset_phone(unit: Unit, command: ResetPhone) -> Post:
    """Make an officer's lost phone useless; return the letter for a new one, which the mail sends and no page shows.

    The administrator learns nothing and replaces neither factor: the letter works together with the officer's password
    only. Raises NotPermittedError for an account that has a post anywhere else: its other administrators could not see
    this coming.
    """
    officer, _ = _found(unit, Action.RESET_PHONE, command.officer_id, command.partnership)
    if officer.user_id is None:
        raise NotFoundError("This officer has no account.")
    if officer.id == unit.actor.officer_id:
        raise NotPermittedError("Nobody resets their own phone here. Ask another administrator.", rule="four-eyes")
    if not unit.actor.at_machine and _other_posts(unit, officer):
        raise NotPermittedError(
            "This account has a post at another organisation too. Ask the operator to reset it.",
            rule="own-organisation",
        )
    return access.reset_phone(unit, officer.user_id)


def record_training(unit: Unit, command: RecordTraining) -> None:
    """Record that an officer of the own organisation was trained. It counts for two years."""
    officer, place = _found(unit, Action.RECORD_TRAINING, command.officer_id, command.partnership)
    if command.trained_on > unit.clock.today():
        raise InvalidError.one("The day of the training has not come yet.", where="trained_on")
    course = command.course.strip()
    if not course:
        raise InvalidError.one("Say which training it was.", where="course")
    known = select(Training).filter_by(
        partnership=place.partnership, officer_id=officer.id, trained_on=command.trained_on, course=course
    )
    if unit.session.scalars(known).first() is not None:
        raise InvalidError.one("This training is recorded already.", where="trained_on")
    unit.session.add(
        Training(partnership=place.partnership, officer_id=officer.id, course=course, trained_on=command.trained_on)
    )
    note_change(unit, place.partnership)
    unit.record(
        Event.TRAINING_RECORDED,
        about=officer.id,
        partnership=place.partnership,
        facts={"organisation": officer.organisation, "on": command.trained_on.isoformat()},
    )


def _needed(place: Place) -> str:
    if place.organisation is None:
        raise InvalidError.one("Say which organisation.", where="organisation", mend="Name it by its code.")
    return place.organisation


def _check(unit: Unit, name: str, post: str, roles: object, *, elected: bool) -> None:
    grantable = APPOINTED if unit.actor.at_machine else rules.GRANTABLE
    asked = tuple(roles) if isinstance(roles, (list, tuple)) else ()
    problems = [
        Problem(message, "roles") for message in rules.role_problems(asked, elected=elected, grantable=grantable)
    ]
    if not asked:
        problems.append(Problem("Choose at least one role.", "roles"))
    problems += [
        Problem("This is empty.", where) for where, text in (("name", name), ("post", post)) if not text.strip()
    ]
    if problems:
        raise InvalidError(tuple(problems))


def _taken_up(unit: Unit, place: Place, organisation: str, user_id: uuid.UUID, command: InviteOfficer) -> Officer:
    query = select(Officer).filter_by(partnership=place.partnership, organisation=organisation, user_id=user_id)
    officer = unit.session.scalars(query.with_for_update()).one_or_none()
    if officer is not None and (officer.to_at is None or officer.to_at > unit.clock.business_now()):
        raise InvalidError.one(
            "This person has a post at your organisation already.", where="email", mend="Change the post instead."
        )
    if officer is None:
        officer = Officer(partnership=place.partnership, organisation=organisation, user_id=user_id)
        unit.session.add(officer)
    officer.name, officer.post = command.name.strip(), command.post.strip()
    officer.phone, officer.email = command.phone.strip() or None, command.email.strip()
    officer.elected, officer.roles = command.elected, sorted(set(command.roles))
    officer.from_on, officer.to_at = unit.clock.today(), None
    unit.session.flush()
    return officer


def _found(unit: Unit, action: Action, officer_id: uuid.UUID, partnership: str | None) -> tuple[Officer, Place]:
    """The officer, and the place, after asking whether this may be done to an officer of that organisation."""
    officer = found_officer(unit, partnership_of(unit, partnership), officer_id)
    return officer, may(unit, action, partnership=partnership, organisation=officer.organisation)


def _other_posts(unit: Unit, officer: Officer) -> bool:
    """Whether the account holds a post anywhere else: another organisation, or another partnership."""
    query = select(Officer.id).where(
        Officer.user_id == officer.user_id,
        Officer.id != officer.id,
        or_(Officer.to_at.is_(None), Officer.to_at > unit.clock.business_now()),
    )
    return unit.session.scalars(query).first() is not None


def _end_belongings(unit: Unit, officer: Officer) -> None:
    today, now = unit.clock.today(), unit.clock.business_now()
    mine = {"partnership": officer.partnership, "officer_id": officer.id}
    for post in unit.session.scalars(select(LiaisonPost).filter_by(**mine)):
        if post.to_on is None or post.to_on > today:
            post.to_on = max(today, post.from_on)
    for authorisation in unit.session.scalars(select(Authorisation).filter_by(**mine)):
        authorisation.to_on = min(authorisation.to_on, max(today, authorisation.from_on))
    for assignment in unit.session.scalars(select(Assignment).filter_by(**mine)):
        if assignment.to_at is None or assignment.to_at > now:
            assignment.to_at = max(now, assignment.from_at)
