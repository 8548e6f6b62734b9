"""This module knows the rules of the front door.

How a name is written, what a password must be, how long anything lasts. Figures follow the OWASP Application Security
Verification Standard 5.0 (6.2 passwords, 6.3 throttles, 7.3 sessions) and NIST SP 800-63B (no rules of composition, no
forced changes, a list of known passwords instead).
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

GUESSES = 10
"""Guesses that may fail within `WINDOW`, for one account and for one network."""
WINDOW = timedelta(minutes=5)
TRIES_AT_THE_CODE = 5
"""Wrong codes in one sign-in; after that the password is asked for again."""
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
STEP = timedelta(minutes=10)
"""How long a half-finished sign-in waits."""
FRESH = timedelta(minutes=15)
"""How long an authentication counts as fresh: for signing, exporting and changing who may do what."""
TOUCH = timedelta(seconds=60)
"""A session's last use is stored at most this often, so that reading a page seldom writes."""
INVITATION = timedelta(days=7)
RESET = timedelta(hours=1)
NEW_PHONE = timedelta(days=1)
DRAFT = timedelta(days=90)
"""Longer than any leave: evidence that was typed and not sent must not be gone on somebody's return."""
IDEMPOTENCY = timedelta(days=7)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
LONGEST_EMAIL = 254
FEWEST_CHARACTERS = 5
"""Different characters that a password has at least; fewer is a pattern."""
SHORTEST_WORD = 4
CODE_DIGITS = 6
CODE_SECONDS = 30
RECOVERY_LENGTH = 24

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_LEET = str.maketrans("013457@$!", "oieastasi")
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)


def canonical_email(typed: str) -> str:
    """Return the one spelling under which an address is looked up and throttled.

    NFKC, folded, without blanks or controls.
    """
    written, before = typed[: 2 * LONGEST_EMAIL], None
    while written != before:  # dropping a blank can join what NFKC then composes: go on until nothing changes
        before = written
        folded = unicodedata.normalize("NFKC", written).casefold()
        written = "".join(sign for sign in folded if not sign.isspace() and unicodedata.category(sign)[0] != "C")
    return written


def is_email(canonical: str) -> bool:
    """Whether a canonical address looks like one."""
    return len(canonical) <= LONGEST_EMAIL and _EMAIL.fullmatch(canonical) is not None


def canonical_password(typed: str) -> str:
    """Return the password as it is hashed: NFKC (NIST SP 800-63B), so that every keyboard sends the same bytes."""
    return unicodedata.normalize("NFKC", typed)


def canonical_code(typed: str) -> str:
    """Return a code as it is compared: upper case, without blanks and hyphens.

    Cleaned once, here, and nowhere again.
    """
    return "".join(sign for sign in typed.upper() if not sign.isspace() and sign != "-")


def is_totp_code(canonical: str) -> bool:
    """Whether a canonical code is one from the phone: six ASCII digits."""
    return len(canonical) == CODE_DIGITS and canonical.isascii() and canonical.isdigit()


def network_of(address: str) -> str:
    """Return the network that a guess comes from: an IPv4 address, the /64 of an IPv6 address, else 'unknown'."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return str(parsed)


def password_problems(password: str, *, common: AbstractSet[str], personal: Sequence[str] = ()) -> tuple[str, ...]:
    """Say what is wrong with a chosen password, in sentences; empty when it will do.

    `common` holds known passwords in lower case; `personal` what others know of its owner: name, address,
    organisation.
    """
    if len(password) < SHORTEST_PASSWORD:
        return (
            f"The password has {len(password)} characters. It needs at least {SHORTEST_PASSWORD}; three words do well.",
        )
    if len(password) > LONGEST_PASSWORD:
        return (f"The password has {len(password)} characters. The most is {LONGEST_PASSWORD}.",)
    folded = password.casefold()
    if len(set(folded)) < FEWEST_CHARACTERS or _is_run(folded):
        return ("The password repeats a few characters or follows the keyboard. Choose words instead.",)
    if folded in common or _bases(folded) & common:
        return (
            "The password is a well-known one, perhaps with figures added. Choose words that only you would put together.",
        )
    if _is_mostly(_personal_words(personal), folded):
        return (
            "The password is mostly your name, address or organisation. Choose something that nobody knows of you.",
        )
    return ()


def _bases(folded: str) -> set[str]:
    """What remains of a password when decoration is taken away.

    Figures and signs at the ends, figures for letters, doubling.
    """
    bare = folded.strip("0123456789 !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~£\\")
    words = {bare, folded.translate(_LEET), bare.translate(_LEET)}
    words |= {word[: len(word) // size] for word in set(words) for size in (2, 3) if _repeats(word, size)}
    return {word for word in words if len(word) >= SHORTEST_WORD}


def _repeats(word: str, size: int) -> bool:
    return len(word) >= size and len(word) % size == 0 and word[: len(word) // size] * size == word


def _is_run(folded: str) -> bool:
    return any(folded in run * 3 or folded in (run * 3)[::-1] for run in _RUNS)


def _personal_words(personal: Sequence[str]) -> set[str]:
    words: set[str] = set()
    for text in personal:
        parts = [part for part in re.split(r"[^\w]+", text.casefold()) if part]
        words.update(parts)
        words.add("".join(parts))
    return {word for word in words if len(word) >= SHORTEST_WORD}


def _is_mostly(words: set[str], folded: str) -> bool:
    rest = folded
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return 2 * len(rest) <= len(folded)


def take(recent: Sequence[int], now: int) -> tuple[bool, tuple[int, ...]]:
    """Ask for one more guess at second `now`, given the seconds of earlier ones.

    Whether it is allowed, and what to keep. A sliding window, so that no five minutes hold more than `GUESSES`; a
    refused guess is not counted, so that the owner is let in again five minutes after the last counted one, however
    long somebody hammers.
    """
    window = int(WINDOW.total_seconds())
    live = tuple(second for second in recent if now - window < second <= now + window)
    if len(live) >= GUESSES:
        return False, live
    return True, (*live, now)


def give_back(recent: Sequence[int], taken: int) -> tuple[int, ...]:
    """Uncount one guess that turned out right."""
    kept = list(recent)
    if taken in kept:
        kept.remove(taken)
    return tuple(kept)


def is_over(created: datetime, seen: datetime, now: datetime) -> bool:
    """Whether a session has ended by age or by rest."""
    return now - created >= LONGEST or now - seen >= IDLE


def code_number(now: datetime) -> int:
    """The number of the thirty seconds that `now` lies in (RFC 6238)."""
    return int(now.timestamp()) // CODE_SECONDS
