"""This module knows the sign-ins of a demonstration: how they are made, kept beside the keys, and shown to whoever runs it.

Passwords and seeds are random, new with each installation. They stand in a file that its owner alone can read, and only beside a
record that is marked as a demonstration.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyotp

from sharing.access import open_demonstration_account
from sharing.errors import NotFoundError, UnreachableError
from sharing.store import Store

FILE = "demo-sign-ins.json"
PERIOD = 30
"""Seconds for which a code lives (RFC 6238)."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that can be misread
_GROUPS, _LENGTH = 4, 4


@dataclass(frozen=True)
class Post:
    """A post that somebody can act in."""

    partnership: str
    organisation: str
    post: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class SignIn:
    """Somebody made up who can sign in, with the password and the seed of the second factor."""

    email: str
    name: str
    posts: tuple[Post, ...]
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)

    @property
    def code(self) -> str:
        """The code of this moment (RFC 6238, six figures)."""
        return pyotp.TOTP(self.totp_secret).now()


def open_sign_in(store: Store, email: str, name: str, posts: Iterable[Post]) -> SignIn:
    """Put an account in use under a new password and a new seed. Raises NotPermittedError outside a demonstration."""
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(_GROUPS))
    seed = pyotp.random_base32()
    opened = open_demonstration_account(store, email, password, seed)
    return SignIn(opened.email, name, tuple(posts), password, seed)


def seconds_left(now: float | None = None) -> int:
    """For how many seconds the present code still works."""
    return PERIOD - int(time.time() if now is None else now) % PERIOD


def write_sign_ins(home: Path, found: Iterable[SignIn]) -> Path:
    """Write them where their owner alone can read, whole or not at all."""
    path = home / FILE
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump([asdict(each) for each in found], file, indent=1, ensure_ascii=False)
    part.replace(path)
    return path


def read_sign_ins(home: Path) -> tuple[SignIn, ...]:
    """Read them. Raises UnreachableError where there is no such file, or it cannot be read."""
    try:
        rows = json.loads((home / FILE).read_text("utf-8"))
        return tuple(
            SignIn(
                row["email"],
                row["name"],
                tuple(Post(**post | {"roles": tuple(post["roles"])}) for post in row["posts"]),
                row["password"],
                row["totp_secret"],
            )
            for row in rows
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise UnreachableError(f"The sign-ins of the demonstration cannot be read from {home / FILE}.") from None


def sign_in_of(home: Path, email: str) -> SignIn:
    """The sign-in with this address. Raises NotFoundError, with the addresses that there are."""
    found = read_sign_ins(home)
    for each in found:
        if each.email == email.strip().casefold():
            return each
    raise NotFoundError(
        f"Nobody signs in here as {email}. The sign-ins: {', '.join(sorted(each.email for each in found))}."
    )
