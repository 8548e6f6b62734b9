"""This module knows accounts: how one is opened, disabled, and set up again by somebody who never learns its secrets.

Who may ask is decided by the caller (`sharing.partners` for an agency's administrator, the command line for
an operator).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Event
from protocols.actor import Actor
from sharing.access.database_time import database_now
from sharing.access.letters import LetterKind, Post, write_letter
from sharing.access.model import User
from sharing.access.passwords import hash_password, refuse_weak
from sharing.access.rules import canonical_email, is_email
from sharing.access.second_factor import begin_enrolment, finish_enrolment_unproved, forget, has_second_factor
from sharing.access.sessions import State, end_sessions
from sharing.errors import InvalidError, NotFoundError, NotPermittedError
from sharing.store import Store, Unit


@dataclass(frozen=True)
class Account:
    """An account as others may see it."""

    user_id: uuid.UUID
    email: str
    state: State
    has_phone: bool


@dataclass(frozen=True)
class Invited:
    """An account that a post can be given to, and the letter to send."""

    user_id: uuid.UUID
    post: Post


@dataclass(frozen=True)
class DemonstrationAccount:
    """A sign-in of a demonstration, with everything that signing in needs; made only where nothing is real."""

    user_id: uuid.UUID
    email: str
    password: str = field(repr=False)
    seed: str = field(repr=False)


def account(session: Session, user_id: uuid.UUID) -> Account | None:
    """Return an account, or None."""
    user = session.get(User, user_id)
    return _view(session, user) if user else None


def account_by_email(session: Session, email: str) -> Account | None:
    """Return the account with this address, or None.

    For the command line: a page would tell strangers who has one.
    """
    user = session.scalars(select(User).where(User.email == canonical_email(email))).one_or_none()
    return _view(session, user) if user else None


def open_account(unit: Unit, email: str) -> Account:
    """Open an account that waits for its owner, or find the one there is. The caller records the event.

    Raises InvalidError for what is no address, NotPermittedError for a disabled account (only an operator puts one back in
    use).
    """
    name = canonical_email(email)
    if not is_email(name):
        raise InvalidError.one(
            "This is not an e-mail address.", where="email", mend="Write it as name@organisation.example."
        )
    user = unit.session.scalars(select(User).where(User.email == name)).one_or_none()
    if user is None:
        user = User(email=name, state=State.INVITED, created_at=database_now(unit.session))
        unit.session.add(user)
        unit.session.flush()
    if user.state == State.DISABLED:
        raise NotPermittedError(
            "This account has been disabled. Ask the operator to put it back in use.", rule="account-state"
        )
    return _view(unit.session, user)


def write_invitation(unit: Unit, user_id: uuid.UUID) -> Post:
    """Write the letter about a new post. To somebody who has set up an account already it holds no token: it is news only."""
    user = _found(unit, user_id)
    waits = user.state == State.INVITED
    now = database_now(unit.session)
    token = write_letter(unit.session, LetterKind.INVITATION, user.id, now) if waits else None
    return Post(user.email, LetterKind.INVITATION, token)


def invite(unit: Unit, email: str) -> Invited:
    """Open or find an account and write the letter: `open_account`, then `write_invitation`."""
    user_id = open_account(unit, email).user_id
    return Invited(user_id, write_invitation(unit, user_id))


def disable_account(unit: Unit, user_id: uuid.UUID) -> None:
    """Take an account out of use and end its sessions: the next request is refused. Records the event."""
    user = _found(unit, user_id)
    user.state, user.disabled_at = State.DISABLED, unit.clock.now()
    end_sessions(unit.session, user_id)
    unit.record(Event.OFFICER_DISABLED, about=user_id, facts={"account": True})


def enable_account(unit: Unit, user_id: uuid.UUID) -> Invited:
    """Put a disabled account back: it starts again from an invitation, with a new password and a new phone."""
    user = _found(unit, user_id)
    return _start_over(unit, user)


def reset_phone(unit: Unit, user_id: uuid.UUID) -> Post:
    """Make a lost phone and its recovery codes useless, end every session, and write the letter for a new phone.

    The letter works only together with the password, so a reset never stands in for either factor.
    """
    user = _found(unit, user_id)
    if user.state != State.ACTIVE:
        raise InvalidError.one("This account is not in use.", mend="Send a new invitation instead.")
    forget(unit.session, user_id)
    end_sessions(unit.session, user_id)
    unit.record(Event.SECOND_FACTOR_RESET, about=user_id)
    token = write_letter(unit.session, LetterKind.PHONE, user_id, database_now(unit.session))
    return Post(user.email, LetterKind.PHONE, token)


def start_over(unit: Unit, user_id: uuid.UUID) -> Invited:
    """Invite somebody who has lost both password and phone again, from nothing.

    For the operator, who has seen the person.
    """
    return _start_over(unit, _found(unit, user_id))


def open_demonstration_account(store: Store, email: str, password: str, seed: str) -> DemonstrationAccount:
    """Put an account in use with a known password and seed, opening it if need be.

    Raises NotPermittedError anywhere but in an installation marked as a demonstration.
    """
    if not store.installation.demonstration:
        raise NotPermittedError("Only a demonstration may have sign-ins that others know.", rule="demonstration")
    refuse_weak(password)
    hashed = hash_password(password)
    with store.unit(Actor(operator="demonstration")) as unit:
        user = _found(unit, open_account(unit, email).user_id)
        user.password_hash, user.state = hashed, State.ACTIVE
        begin_enrolment(unit.session, unit.vault, user.id, user.email, seed)
        finish_enrolment_unproved(unit.session, user.id, database_now(unit.session))
        unit.record(Event.SECOND_FACTOR_ENROLLED, about=user.id, facts={"demonstration": True})
        return DemonstrationAccount(user.id, user.email, password, seed)


def _start_over(unit: Unit, user: User) -> Invited:
    forget(unit.session, user.id)
    end_sessions(unit.session, user.id)
    user.state, user.password_hash, user.disabled_at = State.INVITED, None, None
    unit.record(Event.OFFICER_INVITED, about=user.id, facts={"again": True})
    token = write_letter(unit.session, LetterKind.INVITATION, user.id, database_now(unit.session))
    return Invited(user.id, Post(user.email, LetterKind.INVITATION, token))


def _found(unit: Unit, user_id: uuid.UUID) -> User:
    user = unit.session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFoundError("There is no such account.")
    return user


def _view(session: Session, user: User) -> Account:
    return Account(user.id, user.email, State(user.state), has_second_factor(session, user.id))
