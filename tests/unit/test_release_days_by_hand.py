"""This module knows the days of the release rules, worked out by hand: clocks that change, reviews, and which version counts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.page_world import (
    RELEASED,
    SIDES,
    UNDECIDED,
    Decide,
    Json,
    case_of,
    emergency_at,
    lasting_for,
    told_of,
    version_of,
    world_of,
)

# --- days, clocks and reviews -----------------------------------------------------------------------------------------


@SIDES
@pytest.mark.parametrize(
    ("at", "decided", "told"),
    [
        ("2023-03-26T22:59:59Z", "2023-03-25T09:00:00Z", RELEASED),  # a day of 23 hours: summer time has begun
        ("2023-03-26T23:00:00Z", "2023-03-25T09:00:00Z", UNDECIDED),
        ("2023-10-29T23:59:59Z", "2023-10-28T09:00:00Z", RELEASED),  # a day of 25 hours: it has ended
        ("2023-10-30T00:00:00Z", "2023-10-28T09:00:00Z", UNDECIDED),
        ("2023-10-28T09:00:00Z", "2023-10-28T09:00:00Z", RELEASED),  # at the very moment
        ("2023-10-28T08:59:59Z", "2023-10-28T09:00:00Z", UNDECIDED),  # not before
    ],
)
def test_two_reply_days_are_two_days_in_london_whatever_the_clocks_do(decide: Decide, at: str, decided: str, told: Any):
    assert told_of(decide, *lasting_for(at, decided, reply_days=2)) == told


@SIDES
@pytest.mark.parametrize(
    ("at", "told"), [("2023-03-26T22:59:59Z", (None, "in-force", 5)), ("2023-03-26T23:00:00Z", RELEASED)]
)
def test_a_suspension_ends_with_the_day_before_its_end(decide: Decide, at: str, told: Any):
    suspended = [{"from": "2023-03-26", "to": "2023-03-27", "by": "board"}]
    assert told_of(decide, *lasting_for(at, "2023-03-26T00:00:00Z", suspensions=suspended)) == told


@SIDES
@pytest.mark.parametrize(
    ("at", "rule"), [("2023-03-26T11:59:59Z", None), ("2023-03-26T12:00:00Z", "decision")], ids=["in it", "over"]
)
def test_an_emergency_has_twenty_four_hours_though_the_day_has_twenty_three(decide: Decide, at: str, rule: Any):
    world, case = emergency_at("2023-03-25T12:00:00Z", at)
    assert told_of(decide, world, case)[1] == rule


@SIDES
@pytest.mark.parametrize(
    ("review_by", "reviews", "at", "told"),
    [
        ("2024-02-29", ["2024-02-29"], "2025-02-27T23:59:59Z", RELEASED),
        ("2024-02-29", ["2024-02-29"], "2025-02-28T00:00:00Z", (None, "in-force", 5)),
        ("2024-03-01", ["2023-12-02"], "2025-02-28T12:00:00Z", RELEASED),  # ninety days before counts, from the day due
        ("2024-03-01", ["2023-12-01"], "2024-03-01T00:00:00Z", (None, "in-force", 5)),
        ("2024-03-01", ["2024-05-01"], "2024-04-30T12:00:00Z", (None, "in-force", 5)),  # overdue until it is held
        ("2024-03-01", ["2024-05-01"], "2025-04-30T12:00:00Z", RELEASED),  # and then a year from when it was
        (
            "2024-03-01",
            ["2024-05-01", "2024-02-01"],
            "2025-03-01T12:00:00Z",
            (None, "in-force", 5),
        ),  # the second is early
    ],
)
def test_a_review_moves_its_day_by_a_year(decide: Decide, review_by: str, reviews: list[str], at: str, told: Any):
    world, case = lasting_for(at, at, reviews=reviews)
    world["protocols"][0]["review_by"] = review_by
    world["organisations"][0]["liaison_officers"][0]["trained_on"] = ["2024-01-10"]
    assert told_of(decide, world, case) == told


# --- the version that counts ------------------------------------------------------------------------------------------


def _newer(**more: Any) -> Json:
    return version_of(2, starts_on="2023-06-01", adopted_on="2023-05-01", overlap_days=10, signatures=[], **more)


@SIDES
@pytest.mark.parametrize(
    ("newer", "at", "told"),
    [
        (_newer(), "2023-05-31T22:59:59Z", RELEASED),  # its overlap is long over, but it has not started
        (_newer(), "2023-05-31T23:00:00Z", (None, "in-force", 8)),
        (_newer(complete=False), "2023-06-10T12:00:00Z", RELEASED),
        (_newer() | {"adopted_on": "2023-06-01"}, "2023-06-10T22:59:59Z", RELEASED),
        (_newer() | {"adopted_on": "2023-06-01"}, "2023-06-10T23:00:00Z", (None, "in-force", 8)),
        (_newer() | {"adopted_on": None}, "2023-06-10T22:59:59Z", RELEASED),  # then its overlap runs from its start
        (version_of(2, starts_on="2023-06-01", ends_on="2023-06-05"), "2023-06-10T12:00:00Z", (None, "in-force", 9)),
    ],
)
def test_a_newer_version_replaces_the_one_before(decide: Decide, newer: Json, at: str, told: Any):
    case = case_of(moment=at)
    case["decision"]["decided_at"] = at
    assert told_of(decide, world_of(version_of(), newer), case) == told


@SIDES
@pytest.mark.parametrize(("again", "number"), [([1], 1), ([1, 2], 2), ([], None)])
def test_who_withdraws_has_signed_nothing_and_may_sign_the_older_version_alone(decide: Decide, again: Any, number: Any):
    first, second = version_of(), version_of(2, starts_on="2023-05-01", overlap_days=100)
    second["signatures"][1]["withdrew_on"] = "2023-05-20"
    for version in (first, second):
        if version["version"] in again:
            version["signatures"].append({"organisation": "police", "signed_on": "2023-05-21"})
    assert decide(world_of(first, second), case_of())["fields"]["subject.name"]["version"] == number
