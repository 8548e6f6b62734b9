"""Postcodes as people type them, and what is said of one that cannot be used."""

from __future__ import annotations

import pytest

from sharing.errors import Problem
from sharing.places.lattice import Cell
from sharing.places.postcodes import PostcodeBook, PostcodePlace, normalise, outward

BOOK = PostcodeBook.of(
    [
        PostcodePlace("E17 4QH", 537_600, 189_000, "E01004400", "E05000602"),
        PostcodePlace("E4 7AA", 538_000, 194_000, None, None, inside=False),
        PostcodePlace("E17 9ZZ", 537_700, 189_100, "E01004400", "E05000602", ended="2019-06"),
    ],
    "Code-Point Open 2014-08",
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("e174qh", "E17 4QH"),
        (" E17  4QH ", "E17 4QH"),
        ("E17-4QH.", "E17 4QH"),
        ("E17 4QH\n", "E17 4QH"),
        ("PR1 2HE", "PR1 2HE"),
        ("W1A 1AA", "W1A 1AA"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("E1O 5AB", "E10 5AB"),
        ("E17 SAB", "E17 5AB"),
        ("M1 IAA", "M1 1AA"),
        ("", None),
        ("E17", None),
        ("hello", None),
        ("E17 4CH", None),
        ("12345", None),
        ("E17 4QH9", None),
    ],
)
def test_a_postcode_is_read_as_it_was_meant(typed, meant):
    assert normalise(typed) == meant


def test_the_outward_code_is_what_may_leave():
    assert outward("e17 4qh") == "E17"
    assert outward("PR1") == "PR1"
    assert outward("nonsense here") == ""


def test_a_known_postcode_gives_its_centroid_and_cell():
    found = BOOK.find("e17 4qh")
    assert isinstance(found, PostcodePlace)
    assert found.cell == Cell(10_752, 3_780)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nowhere", "not a UK postcode"),
        ("E17 1AA", "not in the list of Code-Point Open 2014-08"),
        ("M1 1AA", "no postcode that begins M1 lies in the partnership's area"),
        ("E4 7AA", "outside the partnership's area"),
        ("E17 9ZZ", "ended in 2019-06"),
    ],
)
def test_a_postcode_that_cannot_be_used_says_why_and_what_to_do(typed, said):
    found = BOOK.find(typed, where="column postcode")
    assert isinstance(found, Problem)
    assert said in found.message
    assert found.where == "column postcode"
    assert found.mend


def test_an_ended_postcode_still_places_what_happened_before_its_end():
    assert isinstance(BOOK.find("E17 9ZZ", month="2019-06"), PostcodePlace)
    assert isinstance(BOOK.find("E17 9ZZ", month="2019-07"), Problem)


def test_no_problem_repeats_the_postcode_that_was_typed():
    for typed in ("E17 1AA", "E4 7AA", "E17 9ZZ"):
        found = BOOK.find(typed)
        assert isinstance(found, Problem)
        assert typed not in found.message + found.mend
