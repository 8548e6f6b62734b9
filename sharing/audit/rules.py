"""This module knows what can be said of an audit without a database: what is drawn, what is unusual, what a judgement is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import statistics
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

SAMPLE_SIZE = 25
SEED_LEAST, SEED_MOST = 20, 200
"""Characters of a seed. What the page offers has 120 bits; whoever writes their own needs at least as many characters."""
COMMITMENT = b"accord-audit-seed/v1\n"
RANKING = b"accord-audit-sample/v1\n"

GLASS_WAITS = timedelta(hours=24)
GLASS_LASTS = timedelta(hours=1)

UNUSUAL_LEAST = 5
"""Fewer releases than this in a week are never called unusual: five are little work, and chance makes them."""
UNUSUAL_TIMES = 3
WEEKS_LEAST = 4
"""Earlier weeks that a pair needs before anything can be unusual for it."""
MAD_TO_SD = 1.4826
"""What makes the median of absolute deviations comparable with a standard deviation of the normal distribution (Hampel 1974)."""

LEDGER_YEARS = 6
"""How long a log is kept at least after its year: in that time most actions may be brought (Limitation Act 1980, ss.2, 5, 9)."""


class Verdict(StrEnum):
    """What a disclosure outside the portal comes to."""

    COVERED = "covered"
    EMERGENCY = "emergency"
    UNCOVERED = "uncovered"


class Mark(StrEnum):
    """What an auditor makes of a sampled disclosure."""

    SATISFACTORY = "satisfactory"
    QUERY = "query"


class GlassStatus(StrEnum):
    """Where a wish to break the glass stands."""

    WAITS = "waits"
    OPEN = "open"
    REFUSED = "refused"
    LAPSED = "lapsed"
    OVER = "over"


# --- the sample ------------------------------------------------------------------------------------


def folded(seed: str) -> str:
    """A seed as it is hashed: NFKC, small letters, single spaces, so that it can be typed from paper."""
    return " ".join(unicodedata.normalize("NFKC", seed).casefold().split())


def commitment_to(seed: str) -> str:
    """What is published before the period is over: SHA-256 over a label and the seed, in hexadecimal."""
    return hashlib.sha256(COMMITMENT + folded(seed).encode()).hexdigest()


def fits(seed: str, commitment: str) -> bool:
    """Whether a seed is the one that was committed to."""
    return hmac.compare_digest(commitment_to(seed), commitment)


def draw(seed: str, population: Iterable[uuid.UUID], wanted: int) -> list[uuid.UUID]:
    """The sample: the `wanted` entries of least HMAC-SHA-256(seed, label ‖ 16 bytes of the entry's id), least first.

    Every set of that size is equally likely to whoever does not know the seed, and anybody who does can recompute it. All of a
    smaller population.
    """
    key = folded(seed).encode()
    ranked = sorted(population, key=lambda entry: hmac.digest(key, RANKING + entry.bytes, "sha256"))
    return ranked[:wanted]


def digest_of(population: Iterable[uuid.UUID]) -> str:
    """SHA-256 over the population: the ids of its entries in ascending order, a line each."""
    return hashlib.sha256("".join(f"{each}\n" for each in sorted(population)).encode()).hexdigest()


# --- unusual volume --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unusual:
    """A week in which one organisation gave another more than it usually does; counts are releases."""

    supplier: str
    recipient: str
    week: date
    count: int
    usual: float
    limit: float


def limit_of(earlier: Sequence[int]) -> tuple[float, float]:
    """The median of earlier weeks, and what a week has to exceed: median + 3 * 1.4826 * MAD, and never fewer than 5.

    Where half of the weeks are alike the MAD is 0, yet one release more than usual is no news: it counts as at least 1.
    """
    usual = statistics.median(earlier)
    spread = max(1.0, MAD_TO_SD * statistics.median([abs(count - usual) for count in earlier]))
    return usual, max(usual + UNUSUAL_TIMES * spread, float(UNUSUAL_LEAST - 1))


def unusual(releases: Iterable[tuple[str, str, date]], since: date, until: date) -> list[Unusual]:
    """Each week (Monday) within the days in which a pair exceeds its own earlier weeks, from that pair's first release on.

    `releases` are (supplier, recipient, day), from the beginning. Weeks without a release count as 0; a pair with fewer than four
    earlier weeks has no usual volume, and is passed over.
    """
    weeks: dict[tuple[str, str], dict[date, int]] = {}
    for supplier, recipient, day in releases:
        of_pair = weeks.setdefault((supplier, recipient), {})
        monday = _monday(day)
        of_pair[monday] = of_pair.get(monday, 0) + 1
    found = [
        each
        for pair, counts in sorted(weeks.items())
        for each in _of_pair(pair, counts, until)
        if each.week + timedelta(days=6) >= since
    ]
    return sorted(found, key=lambda each: (each.week, each.supplier, each.recipient), reverse=True)


def _of_pair(pair: tuple[str, str], counts: Mapping[date, int], until: date) -> Iterable[Unusual]:
    earlier: list[int] = []
    week = min(counts)
    while week <= until:
        count = counts.get(week, 0)
        if len(earlier) >= WEEKS_LEAST:
            usual, limit = limit_of(earlier)
            if count > limit:
                yield Unusual(*pair, week, count, usual, limit)
        earlier.append(count)
        week += timedelta(days=7)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# --- judgements ------------------------------------------------------------------------------------


def verdict_of(answer: Mapping[str, Any], told: Iterable[str]) -> Verdict:
    """What an answer of the rulebook comes to for fields that were told whole.

    A field that the rules would have made coarser was told finer than they allow: it is uncovered, as one that they withhold.
    """
    covers = []
    for code in told:
        field = answer["fields"].get(code)
        if field is None or field["result"] != "released":
            return Verdict.UNCOVERED
        covers.append(field["cover"])
    return Verdict.EMERGENCY if "law:EMERGENCY" in covers else Verdict.COVERED


def glass_status(
    *, allowed: bool | None, asked_at: datetime, answered_at: datetime | None, now: datetime
) -> GlassStatus:
    """Where a wish stands: it waits a day for a second person, and what was allowed can be opened for an hour."""
    if allowed is None:
        return GlassStatus.WAITS if now < asked_at + GLASS_WAITS else GlassStatus.LAPSED
    if not allowed or answered_at is None:
        return GlassStatus.REFUSED
    return GlassStatus.OPEN if now < answered_at + GLASS_LASTS else GlassStatus.OVER


def may_close_on(year: int, last_kept: date | None) -> date:
    """From when a year's log may be closed: six years after its end, and never while a copy under one of its entries is kept."""
    after_years = date(year + 1 + LEDGER_YEARS, 1, 1)
    return max(after_years, last_kept + timedelta(days=1)) if last_kept else after_years


def median_days(days: Sequence[int]) -> float | None:
    """The median, or None of nothing."""
    return float(statistics.median(days)) if days else None


def new_seed() -> str:
    """A seed that nobody can guess and everybody can copy from a screen: 120 bits as six groups of four letters and digits."""
    text = base64.b32encode(secrets.token_bytes(15)).decode().lower()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
