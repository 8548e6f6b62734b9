"""This module knows how somebody signs in.

A throttle, a password, a code, in that order, and the same words for every failure. These functions take the store, not
a unit: the guess is counted and committed before the password is hashed, and nothing holds the database while it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Event
from protocols.actor import ANONYMOUS, Actor
from sharing.access.database_time import database_now
from sharing.access.model import User
from sharing.access.passwords import hash_password, matches, needs_rehash
from sharing.access.rules import TRIES_AT_THE_CODE, canonical_email, network_of
from sharing.access.second_factor import use_code
from sharing.access.sessions import LiveRow, Stage, State, live_row, open_session, renew
from sharing.access.throttle import Key, forgive, note_failure, note_lock_out, reserve
from sharing.store import Store, Unit


class Outcome(StrEnum):
    """How a step of signing in has ended."""

    PASSED = "passed"
    WRONG = "wrong"
    TOO_MANY = "too-many"
    START_AGAIN = "start-again"


WORDS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.PASSED: "",
        Outcome.WRONG: "That is not right. Check what you typed and try again.",
        Outcome.TOO_MANY: "There were too many tries. Wait five minutes and try again.",
        Outcome.START_AGAIN: "This took too long or went wrong too often. Sign in again from the start.",
    }
)
"""What a person is told; never whether there is such an account."""


@dataclass(frozen=True)
class Step:
    """How a step ended, and the token to put into the cookie if it passed."""

    outcome: Outcome
    token: str | None = field(default=None, repr=False)

    @property
    def words(self) -> str:
        """What to tell the person."""
        return WORDS[self.outcome]


def begin_sign_in(store: Store, email: str, password: str, network: str) -> Step:
    """Try a password from a network address.

    Passed gives the token of a half-finished sign-in, to be taken to `verify_code`. At most ten guesses in
    five minutes for one account and for one network, counted before anything is hashed.
    """
    name = canonical_email(email)
    keys = (Key("account", name), Key("network", network_of(network)))
    counted = _count(store, keys, name)
    if counted.spent:
        return Step(Outcome.TOO_MANY)
    right = matches(counted.password_hash, password)
    stronger = hash_password(password) if right and needs_rehash(counted.password_hash or "") else None
    with store.unit(ANONYMOUS) as unit:
        now = database_now(unit.session)
        user = unit.session.get(User, counted.user_id, with_for_update=True) if right and counted.user_id else None
        if user is None or user.state != State.ACTIVE or user.password_hash != counted.password_hash:
            _record_failure(unit, keys[0], counted.user_id, "password", now)
            return Step(Outcome.WRONG)
        if stronger:
            user.password_hash = stronger
            unit.record(Event.PASSWORD_CHOSEN, about=user.id, facts={"hashed_again": True})
        forgive(unit.session, keys, counted.at, now)
        return Step(Outcome.PASSED, open_session(unit.session, user.id, Stage.PASSWORD, now))


def verify_code(store: Store, token: str | None, code: str) -> Step:
    """Try the second factor of a half-finished sign-in: a code from the phone, or a recovery code.

    Passed gives a whole session. Five wrong codes end the sign-in; each code works once.
    """
    half = _half_finished(store, token)
    if half is None:
        return Step(Outcome.START_AGAIN)
    with store.unit(Actor(user_id=half)) as unit:
        live = live_row(unit.session, token, lock=True)
        if live is None or live.row.stage != Stage.PASSWORD or live.user.state != State.ACTIVE:
            return Step(Outcome.START_AGAIN)
        keys = (Key("code", live.user.id.hex),)
        if reserve(unit.session, keys, live.now):
            return _locked_out(unit, keys[0], live)
        factor = use_code(unit.session, unit.vault, live.user.id, code, live.now)
        if factor is None:
            return _wrong_code(unit, keys[0], live)
        forgive(unit.session, keys, live.now, live.now)
        unit.record(Event.SIGNED_IN, about=live.user.id, facts={"factor": factor})
        return Step(Outcome.PASSED, renew(unit.session, live.row, live.now, officer_id=None, authenticated=True))


def confirm_identity(store: Store, token: str | None, password: str, code: str) -> Step:
    """Authenticate somebody signed in afresh, with password and code, before they sign.

    Export or change who may do what.
    """
    with store.reading() as session:
        live = live_row(session, token)
    if live is None or live.row.stage != Stage.FULL:
        return Step(Outcome.START_AGAIN)
    keys = (Key("account", live.user.email), Key("code", live.user.id.hex))
    counted = _count(store, keys, live.user.email)
    if counted.spent:
        return Step(Outcome.TOO_MANY)
    right = matches(counted.password_hash, password)
    with store.unit(Actor(user_id=live.user.id)) as unit:
        again = live_row(unit.session, token, lock=True)
        if again is None or again.row.stage != Stage.FULL:
            return Step(Outcome.START_AGAIN)
        factor = use_code(unit.session, unit.vault, again.user.id, code, again.now) if right else None
        if factor is None:
            _record_failure(unit, keys[1], again.user.id, "confirmation", again.now)
            return Step(Outcome.WRONG)
        forgive(unit.session, keys, counted.at, again.now)
        unit.record(Event.SIGNED_IN, about=again.user.id, facts={"factor": factor, "again": True})
        fresh = renew(unit.session, again.row, again.now, officer_id=again.row.officer_id, authenticated=True)
        return Step(Outcome.PASSED, fresh)


def sign_out(store: Store, token: str | None) -> None:
    """End the session on the server. A token that is no session any more is no error."""
    user_id = _half_finished(store, token)
    if user_id is None:
        return
    with store.unit(Actor(user_id=user_id)) as unit:
        live = live_row(unit.session, token, lock=True)
        if live is not None:
            unit.session.delete(live.row)
            unit.record(Event.SIGNED_OUT, about=user_id)


@dataclass(frozen=True)
class _Counted:
    at: datetime
    user_id: uuid.UUID | None = None
    password_hash: str | None = field(default=None, repr=False)
    spent: bool = False


def _count(store: Store, keys: tuple[Key, ...], name: str) -> _Counted:
    """Count the guess and commit it; find the account, if there is one."""
    with store.unit(ANONYMOUS) as unit:
        now = database_now(unit.session)
        user = _user(unit.session, name)
        spent = reserve(unit.session, keys, now)
        if spent and note_lock_out(unit.session, spent, now):
            unit.record(
                Event.LOCKED_OUT, about=user.id if user and spent.kind != "network" else None, facts={"key": spent.kind}
            )
        return _Counted(now, user.id if user else None, user.password_hash if user else None, spent=spent is not None)


def _user(session: Session, name: str) -> User | None:
    return session.scalars(select(User).where(User.email == name)).one_or_none()


def _half_finished(store: Store, token: str | None) -> uuid.UUID | None:
    with store.reading() as session:
        live = live_row(session, token)
        return live.row.user_id if live else None


def _wrong_code(unit: Unit, key: Key, live: LiveRow) -> Step:
    _record_failure(unit, key, live.user.id, "code", live.now)
    live.row.tries += 1
    if live.row.tries < TRIES_AT_THE_CODE:
        return Step(Outcome.WRONG)
    unit.session.delete(live.row)
    return Step(Outcome.START_AGAIN)


def _locked_out(unit: Unit, key: Key, live: LiveRow) -> Step:
    if note_lock_out(unit.session, key, live.now):
        unit.record(Event.LOCKED_OUT, about=live.user.id, facts={"key": key.kind})
    return Step(Outcome.TOO_MANY)


def _record_failure(unit: Unit, key: Key, user_id: uuid.UUID | None, what: str, now: datetime) -> None:
    failures = note_failure(unit.session, key, now)
    if failures is not None:
        unit.record(Event.SIGN_IN_FAILED, about=user_id, facts={"what": what, "failures": failures})
