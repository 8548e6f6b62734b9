"""Drawing, unusual volume, judgements and hours, without a database."""

from __future__ import annotations

import hashlib
import hmac
import random
import statistics
import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from sharing.audit import rules
from sharing.audit.rules import GlassStatus, Verdict

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MONDAY = date(2026, 1, 5)


def entries(count: int, seed: int = 1) -> list[uuid.UUID]:
    chance = random.Random(seed)
    return [uuid.UUID(int=chance.getrandbits(128)) for _ in range(count)]


# --- the sample ------------------------------------------------------------------------------------


def test_a_sample_is_the_entries_of_least_keyed_hash_as_anybody_can_work_out():
    among = entries(200)
    ranked = sorted(
        among,
        key=lambda e: hmac.new(b"quiet otters mend", b"accord-audit-sample/v1\n" + e.bytes, hashlib.sha256).digest(),
    )
    assert rules.draw("Quiet  OTTERS mend", among, 25) == ranked[:25]


def test_the_order_of_the_population_does_not_matter_and_a_small_one_is_drawn_whole():
    among = entries(40)
    shuffled = among[::-1]
    assert rules.draw("a seed of twenty chars", among, 25) == rules.draw("a seed of twenty chars", shuffled, 25)
    assert rules.digest_of(among) == rules.digest_of(shuffled)
    assert sorted(rules.draw("a seed of twenty chars", among[:3], 25)) == sorted(among[:3])
    assert rules.draw("a seed of twenty chars", [], 25) == []


def test_every_release_is_as_likely_to_be_drawn_as_any_other():
    among = entries(50)
    drawn = Counter(entry for number in range(2000) for entry in rules.draw(f"seed number {number:020d}", among, 10))
    expected = 2000 * 10 / 50
    square = sum((drawn[entry] - expected) ** 2 / expected for entry in among)
    assert len(drawn) == 50
    assert (
        square < 85.35
    )  # chi-square, 49 degrees of freedom, one in a thousand; the seeds are fixed, so it never flickers


def test_one_more_release_changes_the_digest_and_never_lets_two_others_change_places():
    among = entries(100)
    before = rules.draw("a seed of twenty chars", among, 25)
    another = entries(1, seed=99)
    after = rules.draw("a seed of twenty chars", [*among, *another], 25)
    assert [each for each in after if each not in another] == before[: len(after) - (another[0] in after)]
    assert rules.digest_of(among) != rules.digest_of([*among, *another])


def test_a_seed_fits_its_commitment_however_it_is_typed_and_no_other_does():
    committed = rules.commitment_to("Quiet otters, mend long fences")
    assert rules.fits("  quiet OTTERS,  mend long fences\n", committed)
    assert not rules.fits("quiet otters, mend long fence", committed)
    assert not rules.fits("", committed)
    assert committed == hashlib.sha256(b"accord-audit-seed/v1\nquiet otters, mend long fences").hexdigest()


def test_an_offered_seed_is_never_the_same_and_long_enough():
    offered = {rules.new_seed() for _ in range(200)}
    assert len(offered) == 200
    assert all(len(rules.folded(seed)) == 29 and rules.folded(seed) == seed for seed in offered)


# --- unusual volume --------------------------------------------------------------------------------


def weeks(*counts: int) -> list[tuple[str, str, date]]:
    return [
        ("homes", "police", MONDAY + timedelta(days=7 * week + number % 7))
        for week, count in enumerate(counts)
        for number in range(count)
    ]


def found(*counts: int) -> list[tuple[int, int]]:
    until = MONDAY + timedelta(days=7 * len(counts) - 1)
    return [((each.week - MONDAY).days // 7, each.count) for each in rules.unusual(weeks(*counts), MONDAY, until)]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((2, 3, 2, 3, 20), [(4, 20)]),
        ((2, 3, 2, 3, 4), []),  # not much more than usual
        ((0, 1, 0, 0, 4), []),  # four are never many
        ((1, 0, 0, 0, 5), [(4, 5)]),
        ((2, 3, 2, 20), []),  # three earlier weeks are no custom
        ((20, 21, 19, 20, 23), []),
        ((20, 21, 19, 20, 26), [(4, 26)]),
        ((30, 50, 30, 60, 40, 55, 45, 60, 70), []),  # who swings widely may go on to
        ((3, 3, 3, 3, 9, 9, 9, 9, 9), [(7, 9), (6, 9), (5, 9), (4, 9)]),  # until the new level has become usual
        ((), []),
    ],
)
def test_a_week_is_unusual_against_the_pairs_own_earlier_weeks(counts, expected):
    assert found(*counts) == expected


def test_weeks_without_a_release_count_and_other_pairs_do_not():
    quiet = [("homes", "police", MONDAY), *(("homes", "police", MONDAY + timedelta(days=70)) for _ in range(6))]
    others = [("council", "fire", MONDAY + timedelta(days=7 * week)) for week in range(10) for _ in range(40)]
    until = MONDAY + timedelta(days=76)
    (only,) = rules.unusual([*quiet, *others], MONDAY, until)
    assert (only.supplier, only.week, only.count, only.usual) == ("homes", MONDAY + timedelta(days=70), 6, 0)


def test_only_weeks_within_the_days_asked_about_are_told_though_all_earlier_ones_are_compared_with():
    given = weeks(2, 3, 2, 3, 20, 2, 2, 30)
    since = MONDAY + timedelta(days=7 * 6)
    assert [each.count for each in rules.unusual(given, since, since + timedelta(days=13))] == [30]


def test_the_limit_is_the_median_and_three_spreads_and_hardly_moved_by_one_wild_week():
    usual, limit = rules.limit_of([10, 12, 8, 11, 9, 500])
    assert usual == statistics.median([10, 12, 8, 11, 9, 500])
    assert 10 < limit < 20


# --- judgements, hours, days -----------------------------------------------------------------------


def said(result: str, cover: str | None = "line") -> dict:
    return {"result": result, "cover": cover}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"a": said("released"), "b": said("released", "open")}, Verdict.COVERED),
        ({"a": said("released"), "b": said("released", "law:EMERGENCY")}, Verdict.EMERGENCY),
        ({"a": said("released"), "b": said("withheld", None)}, Verdict.UNCOVERED),
        ({"a": said("released"), "b": said("generalised")}, Verdict.UNCOVERED),
        ({"a": said("released")}, Verdict.UNCOVERED),  # one that was told and never judged
    ],
)
def test_what_was_told_is_judged_by_its_worst_field(fields, expected):
    assert rules.verdict_of({"fields": fields}, ["a", "b"]) is expected


@pytest.mark.parametrize(
    ("allowed", "asked", "answered", "status"),
    [
        (None, timedelta(hours=23, minutes=59), None, GlassStatus.WAITS),
        (None, timedelta(hours=24), None, GlassStatus.LAPSED),
        (False, timedelta(hours=1), timedelta(0), GlassStatus.REFUSED),
        (True, timedelta(hours=20), timedelta(minutes=59), GlassStatus.OPEN),
        (True, timedelta(hours=20), timedelta(minutes=60), GlassStatus.OVER),
        (True, timedelta(hours=20), None, GlassStatus.REFUSED),
    ],
)
def test_a_glass_waits_a_day_and_is_open_for_an_hour(allowed, asked, answered, status):
    answered_at = None if answered is None else NOW - answered
    assert rules.glass_status(allowed=allowed, asked_at=NOW - asked, answered_at=answered_at, now=NOW) is status


def test_a_log_is_kept_six_years_after_its_year_and_longer_while_a_copy_is():
    assert rules.may_close_on(2023, None) == date(2030, 1, 1)
    assert rules.may_close_on(2023, date(2024, 6, 1)) == date(2030, 1, 1)
    assert rules.may_close_on(2023, date(2031, 3, 4)) == date(2031, 3, 5)


def test_the_median_of_nothing_is_nothing():
    assert rules.median_days([]) is None
    assert rules.median_days([1, 9, 4]) == 4.0
