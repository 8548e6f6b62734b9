"""This module knows what parties do with a protocol once it is loaded: sign, withdraw, suspend, resume, review."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import func, select

from protocols.actions import Action, Event
from sharing.errors import InvalidError, NotFoundError, Problem, StaleError
from sharing.partners.authority import may
from sharing.partners.commands import (
    ResumeProtocol,
    ReviewProtocol,
    SignProtocol,
    SuspendProtocol,
    WithdrawFromProtocol,
)
from sharing.partners.compiled import note_change
from sharing.partners.model import Officer, ProtocolVersion, Review, Signature, Suspension
from sharing.store import Unit


def sign_protocol(unit: Unit, command: SignProtocol) -> uuid.UUID:
    """Sign one complete version for the actor's own organisation, a party; return the signature's id.

    It binds this version and no other. Raises StaleError when the text is not the one that the signer was shown.
    """
    place = may(unit, Action.SIGN_PROTOCOL)
    organisation = str(place.organisation)
    version = _found(unit, place.partnership, command.ref, command.number)
    if version.digest != command.digest:
        raise StaleError("The text has changed since you read it. Read it again, then sign.")
    problems = _signing_problems(unit, version, organisation)
    if not command.seniority.strip():
        problems.append(Problem("Say on what authority you sign, for example 'director'.", "seniority"))
    if problems:
        raise InvalidError(tuple(problems))
    signer = unit.session.get_one(Officer, unit.actor.officer_id)
    turns = select(func.count()).select_from(Signature).filter_by(protocol_id=version.id, organisation=organisation)
    signature = Signature(
        partnership=place.partnership,
        organisation=organisation,
        protocol_id=version.id,
        ref=version.ref,
        number=version.number,
        digest=version.digest,
        turn=(unit.session.scalar(turns) or 0) + 1,
        signed_at=unit.clock.business_now(),
        officer_id=signer.id,
        name=signer.name,
        post=signer.post,
        seniority=command.seniority.strip(),
    )
    unit.session.add(signature)
    note_change(unit, place.partnership)
    unit.record(
        Event.PROTOCOL_SIGNED,
        about=version.id,
        facts={
            "protocol": version.ref,
            "version": version.number,
            "digest": version.digest,
            "organisation": organisation,
        },
    )
    return signature.id


def withdraw_from_protocol(unit: Unit, command: WithdrawFromProtocol) -> None:
    """Withdraw the actor's own organisation from every version of a protocol, from this moment.

    What was done stays recorded.
    """
    place = may(unit, Action.WITHDRAW_FROM_PROTOCOL)
    query = select(Signature).filter_by(partnership=place.partnership, organisation=place.organisation, ref=command.ref)
    standing = [row for row in unit.session.scalars(query.with_for_update()) if row.withdrew_at is None]
    if not standing:
        _any_version(unit, place.partnership, command.ref)
        raise InvalidError.one("Your organisation has no signature on this protocol to withdraw.")
    now = unit.clock.business_now()
    for signature in standing:
        signature.withdrew_at = now
    note_change(unit, place.partnership)
    unit.record(
        Event.PROTOCOL_WITHDRAWN,
        about=standing[-1].protocol_id,
        facts={
            "protocol": command.ref,
            "versions": sorted(row.number for row in standing),
            "organisation": place.organisation,
        },
    )


def suspend_protocol(unit: Unit, command: SuspendProtocol) -> uuid.UUID:
    """Suspend a protocol, all versions of it, from this moment; return the suspension's id."""
    place = may(unit, Action.SUSPEND_PROTOCOL, partnership=command.partnership)
    version = _any_version(unit, place.partnership, command.ref)
    now = unit.clock.business_now()
    if command.until_at is not None and command.until_at <= now:
        raise InvalidError.one("The suspension would have ended already.", where="until_at")
    if _own_suspension(unit, place.partnership, str(place.organisation), command.ref) is not None:
        raise InvalidError.one("Your organisation has suspended this protocol already.", mend="Resume it first.")
    suspension = Suspension(
        partnership=place.partnership,
        ref=command.ref,
        organisation=str(place.organisation),
        from_at=now,
        to_at=command.until_at,
    )
    unit.session.add(suspension)
    note_change(unit, place.partnership)
    unit.record(
        Event.PROTOCOL_SUSPENDED,
        about=version.id,
        facts={
            "protocol": command.ref,
            "organisation": place.organisation,
            "until": command.until_at.isoformat() if command.until_at else None,
        },
    )
    return suspension.id


def resume_protocol(unit: Unit, command: ResumeProtocol) -> None:
    """End the suspension that the actor's own organisation began. Another body's stands until that body ends it."""
    place = may(unit, Action.SUSPEND_PROTOCOL, partnership=command.partnership)
    version = _any_version(unit, place.partnership, command.ref)
    suspension = _own_suspension(unit, place.partnership, str(place.organisation), command.ref)
    if suspension is None:
        raise InvalidError.one("Your organisation has not suspended this protocol.", mend="Ask the body that did.")
    suspension.to_at = unit.clock.business_now()
    note_change(unit, place.partnership)
    unit.record(
        Event.PROTOCOL_RESUMED,
        about=version.id,
        facts={"protocol": command.ref, "organisation": place.organisation},
    )


def review_protocol(unit: Unit, command: ReviewProtocol) -> uuid.UUID:
    """Record that a complete version was reviewed, on a day that has come; return the review's id.

    A review at most 90 days before it is due moves the day on a year; an earlier one is kept and moves nothing.
    """
    place = may(unit, Action.REVIEW_PROTOCOL, partnership=command.partnership)
    version = _found(unit, place.partnership, command.ref, command.number)
    problems = []
    if not version.complete:
        problems.append(Problem("This version is a draft. A draft is mended, not reviewed.", "number"))
    if command.reviewed_on > unit.clock.today():
        problems.append(Problem("The day of the review has not come yet.", "reviewed_on"))
    if command.reviewed_on < version.starts_on:
        problems.append(Problem("The version had not started on that day.", "reviewed_on"))
    if _is_reviewed(unit, version, command.reviewed_on):
        problems.append(Problem("A review on that day is recorded already.", "reviewed_on"))
    if not command.outcome.strip():
        problems.append(Problem("Say what came of it.", "outcome"))
    if problems:
        raise InvalidError(tuple(problems))
    review = Review(
        partnership=place.partnership,
        protocol_id=version.id,
        reviewed_on=command.reviewed_on,
        outcome=command.outcome.strip(),
        officer_id=unit.actor.officer_id,
    )
    unit.session.add(review)
    note_change(unit, place.partnership)
    unit.record(
        Event.PROTOCOL_REVIEWED,
        about=version.id,
        partnership=place.partnership,
        facts={"protocol": version.ref, "version": version.number, "on": command.reviewed_on.isoformat()},
    )
    return review.id


def _signing_problems(unit: Unit, version: ProtocolVersion, organisation: str) -> list[Problem]:
    problems = []
    if not version.complete:
        names = ", ".join(gap["name"] for gap in version.missing)
        problems.append(
            Problem(f"This version is a draft: it lacks {names}.", "number", "The co-ordinator completes it.")
        )
    if organisation not in version.parties:
        problems.append(Problem("Your organisation is no party to this protocol.", "ref"))
    if version.ends_on is not None and version.ends_on <= unit.clock.today():
        problems.append(Problem("This version has ended.", "number"))
    query = select(Signature).filter_by(protocol_id=version.id, organisation=organisation)
    if any(row.withdrew_at is None for row in unit.session.scalars(query.with_for_update())):
        problems.append(Problem("Your organisation has signed this version already.", "number"))
    return problems


def _found(unit: Unit, partnership: str, ref: str, number: int) -> ProtocolVersion:
    query = select(ProtocolVersion).filter_by(partnership=partnership, ref=ref, number=number)
    row = unit.session.scalars(query.with_for_update()).one_or_none()  # two signers of one version queue here
    if row is None:
        raise NotFoundError(f"There is no version {number} of a protocol '{ref}'.")
    return row


def _any_version(unit: Unit, partnership: str, ref: str) -> ProtocolVersion:
    query = select(ProtocolVersion).filter_by(partnership=partnership, ref=ref).order_by(ProtocolVersion.number.desc())
    row = unit.session.scalars(query).first()
    if row is None:
        raise NotFoundError(f"There is no protocol '{ref}'.")
    return row


def _is_reviewed(unit: Unit, version: ProtocolVersion, day: date) -> bool:
    query = select(Review.id).filter_by(partnership=version.partnership, protocol_id=version.id, reviewed_on=day)
    return unit.session.scalars(query).first() is not None


def _own_suspension(unit: Unit, partnership: str, organisation: str, ref: str) -> Suspension | None:
    now = unit.clock.business_now()
    query = select(Suspension).filter_by(partnership=partnership, organisation=organisation, ref=ref)
    live = [row for row in unit.session.scalars(query.with_for_update()) if row.to_at is None or row.to_at > now]
    return live[-1] if live else None
