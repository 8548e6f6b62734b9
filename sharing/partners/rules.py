"""This module knows the rules about partners.

Tiers by date, which roles an agency may give, how long training counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise

from protocols.roles import Role


class Tier(StrEnum):
    """What a body is in a partnership: section 5(1), 5(2) or 5(3) of the Crime and Disorder Act 1998."""

    RESPONSIBLE = "responsible"
    CO_OPERATING = "co-operating"
    INVITEE = "invitee"


class LiaisonKind(StrEnum):
    """Both may decide; there is one of each."""

    LIAISON = "liaison"
    DEPUTY = "deputy"


class WorkKind(StrEnum):
    """What an officer can be assigned to."""

    CASE = "case"
    ACTION = "action"
    REQUEST = "request"


GRANTABLE = frozenset(
    {
        Role.RETURNS_OFFICER,
        Role.SIGNATORY,
        Role.OFFICER,
        Role.DUTY_OFFICER,
        Role.AGENCY_ADMIN,
        Role.READER,
    }
)
"""What an agency's administrator may give, in the agency's own organisation.

A co-ordinator and an auditor serve the whole partnership, so that only the operator appoints them; a liaison officer is
named to a post, and the role goes with the post.
"""
LONGEST_AUTHORISATION_YEARS = 1
TRAINING_YEARS = 2
_TIER_ORDER = {Tier.RESPONSIBLE: 0, Tier.CO_OPERATING: 1, Tier.INVITEE: 2}


@dataclass(frozen=True)
class Span:
    """From a day to a day, half-open; an absent end is open."""

    from_on: date | None
    to_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies in it."""
        return (self.from_on is None or self.from_on <= day) and (self.to_on is None or day < self.to_on)


@dataclass(frozen=True)
class DatedTier:
    """A tier from a day to a day."""

    tier: Tier
    span: Span


def tier_at(tiers: Iterable[DatedTier], day: date) -> Tier | None:
    """Return the tier held on a day, or None for no member. Of two that overlap, the one that began later counts."""
    held = [dated for dated in tiers if dated.span.covers(day)]
    if not held:
        return None
    return max(held, key=lambda dated: (dated.span.from_on or date.min, -_TIER_ORDER[dated.tier])).tier


def tier_order(tier: Tier | None) -> int:
    """The place of a tier in a list: responsible authorities first, those outside last."""
    return _TIER_ORDER.get(tier, len(_TIER_ORDER)) if tier else len(_TIER_ORDER)


def overlaps(spans: Sequence[Span]) -> bool:
    """Whether any two spans share a day."""
    ordered = sorted(spans, key=lambda span: span.from_on or date.min)
    return any(
        before.to_on is None or before.to_on > (after.from_on or date.min) for before, after in pairwise(ordered)
    )


def years_on(day: date, years: int) -> date:
    """Return the same day so many years on; 29 February becomes 1 March in a year that has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def training_is_current(trained_on: Iterable[date], day: date) -> bool:
    """Whether any training counts on a day: until the same day two years on."""
    return any(trained <= day < years_on(trained, TRAINING_YEARS) for trained in trained_on)


def last_day_of_authorisation(from_on: date, asked: date | None) -> date:
    """Return when an authorisation ends: as asked, at most a year after it began."""
    latest = years_on(from_on, LONGEST_AUTHORISATION_YEARS)
    return min(asked, latest) if asked else latest


def is_in_post(from_on: date, to_at: datetime | None, today: date, now: datetime) -> bool:
    """Whether an officer holds the post: from the day it began until the moment it ended."""
    return from_on <= today and (to_at is None or now < to_at)


def role_problems(roles: Iterable[str], *, elected: bool, grantable: frozenset[Role] = GRANTABLE) -> tuple[str, ...]:
    """Say which roles cannot be given, in sentences."""
    problems = []
    for role in sorted(set(roles)):
        if role not in {known.value for known in Role}:
            problems.append(f"There is no role '{role}'.")
        elif Role(role) not in grantable:
            problems.append(
                f"The role '{role}' cannot be given here: it is the operator's to give, or goes with a post."
            )
        elif elected and role != Role.READER:
            problems.append(f"An elected member may be a reader and nothing else; '{role}' was asked for.")
    return tuple(problems)


def folded(text: str) -> str:
    """Return a text as it is searched: without case, marks and punctuation, one blank between words."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).casefold()
    return " ".join(re.findall(r"\w+", bare))


def matches(wanted: str, *texts: str) -> bool:
    """Whether every word that is wanted begins a word of one of the texts. Signs have no meaning of their own."""
    words = folded(wanted).split()
    if not words:
        return False
    return any(all(any(have.startswith(word) for have in folded(text).split()) for word in words) for text in texts)


def is_code(text: str) -> bool:
    """Whether a text will do as a code that never changes."""
    return re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?", text) is not None


def month_and_day(text: str) -> tuple[int, int] | None:
    """Read `04-01` as the fourth month and first day; None when there is no such day."""
    found = re.fullmatch(r"(\d{2})-(\d{2})", text)
    if not found:
        return None
    try:
        day = date(2023, int(found[1]), int(found[2]))
    except ValueError:
        return None
    return day.month, day.day
