"""This module knows how a person sets up or renews what they sign in with: the password, the phone, the recovery codes.

An invitation: `choose_password`, `start_enrolment`, `confirm_enrolment`. A forgotten password:
`choose_password` with a code, for a letter alone never opens an account. A new phone: `start_enrolment` with
the password, `confirm_enrolment`. Somebody signed in may do either after a fresh authentication.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from protocols.actions import Event
from protocols.actor import Actor
from sharing.access.letters import LetterKind
from sharing.access.model import Letter
from sharing.access.passwords import hash_password, matches, refuse_weak
from sharing.access.rules import FRESH
from sharing.access.second_factor import Enrolment, begin_enrolment, finish_enrolment, use_code
from sharing.access.sessions import LiveRow, Stage, State, end_sessions, live_row, open_session, renew
from sharing.access.sign_in import Outcome, Step
from sharing.access.throttle import Key, forgive, reserve
from sharing.errors import NotPermittedError
from sharing.store import Store, Unit


@dataclass(frozen=True)
class Enrolled:
    """A phone in use: the new session's token and the recovery codes, which are shown this once."""

    step: Step
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)


def choose_password(store: Store, token: str | None, password: str, *, code: str = "") -> Step:
    """Store a new password and end every other session of the account.

    From an invitation: passed keeps the set-up session, for the phone. From a letter about a forgotten
    password: `code` is needed, and passed has no token: sign in with the new one. From a whole, fresh
    session: passed has the new session's token. Raises InvalidError with the reason for a password that will
    not do; NotPermittedError when the authentication is too old.
    """
    who = _who(store, token)
    if who is None:
        return Step(Outcome.START_AGAIN)
    refuse_weak(password, who.email, *who.email.split("@", 1)[0].split("."))
    hashed = hash_password(password)
    with _again(store, token, who.user_id) as (unit, live):
        if live is None:
            return Step(Outcome.START_AGAIN)
        letter = _letter(unit, live)
        if live.row.stage == Stage.FULL:
            _must_be_fresh(live)
        elif letter is None or letter.kind == LetterKind.PHONE:
            return Step(Outcome.START_AGAIN)
        elif letter.kind == LetterKind.PASSWORD:
            refused = _try_code(unit, live, code)
            if refused:
                return refused
            letter.used_at = live.now
        live.user.password_hash = hashed
        unit.record(Event.PASSWORD_CHOSEN, about=live.user.id)
        return Step(Outcome.PASSED, _after_password(unit, live, letter))


def start_enrolment(store: Store, token: str | None, *, password: str = "") -> Enrolment | None:
    """Make a new seed for a phone.

    From an invitation, from a letter about a new phone (needs the password), or fresh and signed in. None when the
    password is wrong or there is nothing to set up any more.
    """
    who = _who(store, token)
    if who is None:
        return None
    keys, taken = (Key("account", who.email),), None
    if who.needs_password:
        with store.unit(Actor(user_id=who.user_id)) as unit:
            live = live_row(unit.session, token)
            if live is None or reserve(unit.session, keys, live.now):
                return None
            taken = live.now
        if not matches(who.password_hash, password):
            return None
    with _again(store, token, who.user_id) as (unit, live):
        if live is None or live.user.password_hash != who.password_hash:
            return None
        if taken is not None:
            forgive(unit.session, keys, taken, live.now)
        if live.row.stage == Stage.FULL:
            _must_be_fresh(live)
        return begin_enrolment(unit.session, unit.vault, live.user.id, live.user.email)


def confirm_enrolment(store: Store, token: str | None, code: str) -> Enrolled:
    """Put the new seed in use, with the first code from the phone.

    Passed gives a whole session and new recovery codes.
    """
    who = _who(store, token)
    if who is None:
        return Enrolled(Step(Outcome.START_AGAIN))
    with _again(store, token, who.user_id) as (unit, live):
        if live is None or live.user.password_hash is None:
            return Enrolled(Step(Outcome.START_AGAIN))
        letter = _letter(unit, live)
        if live.row.stage == Stage.SET_UP and (letter is None or letter.kind == LetterKind.PASSWORD):
            return Enrolled(Step(Outcome.START_AGAIN))
        keys = (Key("code", live.user.id.hex),)
        if reserve(unit.session, keys, live.now):
            return Enrolled(Step(Outcome.TOO_MANY))
        codes = finish_enrolment(unit.session, unit.vault, live.user.id, code, live.now)
        if codes is None:
            return Enrolled(Step(Outcome.WRONG))
        forgive(unit.session, keys, live.now, live.now)
        if letter is not None:
            letter.used_at = live.now
        unit.record(Event.SECOND_FACTOR_ENROLLED, about=live.user.id)
        if live.user.state == State.INVITED:
            live.user.state = State.ACTIVE
        post = live.row.officer_id
        fresh = renew(unit.session, live.row, live.now, officer_id=post, authenticated=True)
        return Enrolled(Step(Outcome.PASSED, fresh), codes)


@dataclass(frozen=True)
class _Who:
    user_id: uuid.UUID
    email: str
    password_hash: str | None = field(repr=False)
    needs_password: bool


def _who(store: Store, token: str | None) -> _Who | None:
    """Whose set-up or session this is; None for a half-finished sign-in, which may change nothing."""
    with store.reading() as session:
        live = live_row(session, token)
        if live is None or live.row.stage == Stage.PASSWORD:
            return None
        letter = session.get(Letter, live.row.letter_id) if live.row.letter_id else None
        needs = letter is not None and letter.kind == LetterKind.PHONE
        return _Who(live.user.id, live.user.email, live.user.password_hash, needs)


@contextmanager
def _again(store: Store, token: str | None, user_id: uuid.UUID) -> Iterator[tuple[Unit, LiveRow | None]]:
    """A unit, with the session read again under a lock: it may have ended while the password was hashed."""
    with store.unit(Actor(user_id=user_id)) as unit:
        live = live_row(unit.session, token, lock=True)
        yield unit, live if live and live.row.stage != Stage.PASSWORD else None


def _letter(unit: Unit, live: LiveRow) -> Letter | None:
    """The unused letter that a set-up session came from."""
    if live.row.letter_id is None:
        return None
    letter = unit.session.get(Letter, live.row.letter_id, with_for_update=True)
    return letter if letter is not None and letter.used_at is None and letter.expires_at > live.now else None


def _must_be_fresh(live: LiveRow) -> None:
    if live.now - live.row.authenticated_at > FRESH:
        raise NotPermittedError("Confirm who you are first: enter your password and a code again.", rule="step-up")


def _try_code(unit: Unit, live: LiveRow, code: str) -> Step | None:
    """Use up a code for a forgotten password; the step to return when it is wrong or was tried too often."""
    keys = (Key("code", live.user.id.hex),)
    if reserve(unit.session, keys, live.now):
        return Step(Outcome.TOO_MANY)
    if use_code(unit.session, unit.vault, live.user.id, code, live.now) is None:
        return Step(Outcome.WRONG)
    forgive(unit.session, keys, live.now, live.now)
    return None


def _after_password(unit: Unit, live: LiveRow, letter: Letter | None) -> str | None:
    if live.row.stage == Stage.FULL:
        fresh = renew(unit.session, live.row, live.now, officer_id=live.row.officer_id, authenticated=True)
        end_sessions(unit.session, live.user.id, keep=fresh)
        return fresh
    end_sessions(unit.session, live.user.id)
    if letter is None or letter.kind != LetterKind.INVITATION:
        return None
    return open_session(unit.session, live.user.id, Stage.SET_UP, live.now, letter_id=letter.id)
