"""This module knows how passwords are hashed and compared.

Argon2id, two at a time, as slow for nobody as for somebody.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sharing.access.rules import LONGEST_PASSWORD, canonical_password, password_problems
from sharing.errors import InvalidError, Problem, UnreachableError

_HASHER = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)  # each takes 32 MiB and a core: a flood of guesses must not take the machine
_PATIENCE_SECONDS = 10
# A hash of random bytes under the same parameters, compared with when there is no account: same work, same time.
_NOBODY = "$argon2id$v=19$m=32768,t=2,p=1$6ulU45TO5WMt9xY8A+gTMw$rQEaW2iHGld7UFwBSrW9CMLPEj8DaaoiTY/5jow69YM"


@contextmanager
def _one_of_two() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
        raise UnreachableError("Too many people are signing in at this moment. Wait a minute and try again.")
    try:
        yield
    finally:
        _AT_ONCE.release()


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password (32 MiB, two passes)."""
    with _one_of_two():
        return _HASHER.hash(canonical_password(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password has this hash. Without a hash the same work is done, and the answer is no."""
    with _one_of_two():
        try:
            _HASHER.verify(stored or _NOBODY, canonical_password(password[: 2 * LONGEST_PASSWORD]))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made under weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


@cache
def common_passwords() -> frozenset[str]:
    """The passwords that are guessed first, in lower case."""
    text = resources.files("sharing.access").joinpath("data", "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def refuse_weak(password: str, *personal: str) -> None:
    """Raise InvalidError, saying why, when a chosen password will not do."""
    problems = password_problems(canonical_password(password), common=common_passwords(), personal=personal)
    if problems:
        raise InvalidError(tuple(Problem(problem, "password", "Choose another password.") for problem in problems))
