"""This module knows the links that are sent to a person's own address: an invitation, a new password, a new phone.

Whoever starts one never sees its token: the service hands it to the mail, the page says that a letter is on
its way. The answer to "I have forgotten my password" is the same, and costs the same, whether or not there is
such an account.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from protocols.actor import ANONYMOUS
from sharing.access.database_time import database_now
from sharing.access.model import Letter, User
from sharing.access.rules import INVITATION, NEW_PHONE, RESET, canonical_email, network_of
from sharing.access.sessions import Stage, State, open_session
from sharing.access.throttle import Key, reserve
from sharing.access.tokens import digest, new_token
from sharing.store import Store


class LetterKind(StrEnum):
    """What a letter is for."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105  a kind's name
    PHONE = "phone"


LASTS: Mapping[LetterKind, timedelta] = MappingProxyType(
    {LetterKind.INVITATION: INVITATION, LetterKind.PASSWORD: RESET, LetterKind.PHONE: NEW_PHONE}
)


@dataclass(frozen=True)
class Post:
    """What the mail needs: an address, and the token for its link (None: news only, there is nothing to set up)."""

    email: str
    kind: LetterKind
    token: str | None = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """A letter that has been opened in a browser: what is to be set up, and the token for the cookie."""

    kind: LetterKind
    email: str
    token: str = field(repr=False)


def write_letter(session: Session, kind: LetterKind, user_id: uuid.UUID | None, now: datetime) -> str:
    """Store a letter's hash and return its token.

    An earlier letter about a password or a phone to the same person stops working. Invitations stand beside each other, for two
    agencies may invite the same person: the first one used ends them all.
    """
    if kind is not LetterKind.INVITATION:
        session.execute(delete(Letter).where(Letter.user_id == user_id, Letter.kind == kind, Letter.used_at.is_(None)))
    token = new_token()
    session.add(
        Letter(
            token_hash=digest("letter", token), kind=kind, user_id=user_id, created_at=now, expires_at=now + LASTS[kind]
        )
    )
    return token


def ask_for_new_password(store: Store, email: str, network: str) -> Post | None:
    """Write the letter that lets somebody choose a new password, or None when there is nobody to send one to.

    The caller shows the same page either way and sends the mail afterwards, in the background. Ten letters in
    five minutes at most for one address and for one network.
    """
    name = canonical_email(email)
    keys = (Key("letter", name), Key("letter-network", network_of(network)))
    with store.unit(ANONYMOUS) as unit:
        now = database_now(unit.session)
        if reserve(unit.session, keys, now):
            return None
        user = unit.session.scalars(select(User).where(User.email == name)).one_or_none()
        known = user is not None and user.state == State.ACTIVE
        token = write_letter(unit.session, LetterKind.PASSWORD, user.id if user and known else None, now)
        return Post(name, LetterKind.PASSWORD, token) if known else None


def open_letter(store: Store, token: str) -> Opened | None:
    """Begin what a letter is for.

    It can be opened again until what it is for is done; None when used, too old or unknown.
    """
    with store.unit(ANONYMOUS) as unit:
        now = database_now(unit.session)
        query = (
            select(Letter, User)
            .join(User, User.id == Letter.user_id)
            .where(Letter.token_hash == digest("letter", token))
        )
        found = unit.session.execute(query.with_for_update()).one_or_none()
        if found is None:
            return None
        letter, user = found
        wanted = State.INVITED if letter.kind == LetterKind.INVITATION else State.ACTIVE
        if letter.used_at is not None or letter.expires_at <= now or user.state != wanted:
            return None
        opened = open_session(unit.session, user.id, Stage.SET_UP, now, letter_id=letter.id)
        return Opened(LetterKind(letter.kind), user.email, opened)
