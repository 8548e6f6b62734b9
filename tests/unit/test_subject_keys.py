"""By which equalities a person is found again, which surnames sound alike, and how sure each match makes anybody."""

from __future__ import annotations

import pytest

from sharing.disclosures.person_keys import (
    ADDRESS,
    NAME,
    NAME_AND_POSTCODE,
    SOUND,
    STORED,
    SURE,
    SURNAME,
    SWAPPED,
    WAYS,
    YEAR,
    Person,
    home_of,
    parts_of,
    stored_keys,
    surnames_of,
    tried_keys,
    ways_of,
)
from sharing.errors import InvalidError
from sharing.vault.index import FULL, LOW_ENTROPY, definition
from sharing.vault.sounds import sound_of

BORN = "1986-03-07"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mohammed", "muhammad"),
        ("hussain", "husein"),
        ("chowdhury", "choudhury"),
        ("chaudhry", "chowdhury"),
        ("akhtar", "akter"),
        ("begum", "begom"),
        ("smith", "schmidt"),
        ("smyth", "smith"),
        ("thompson", "tomson"),
        ("wright", "right"),
        ("mcdonald", "macdonald"),
        ("phillips", "filips"),
        ("kavanagh", "cavanagh"),
        ("lamb", "lam"),
        ("knight", "night"),
        ("leigh", "lee"),
        ("stephens", "stevens"),
        ("rhys", "rees"),
        ("christie", "kristy"),
        ("kowalski", "kowalsky"),
    ],
)
def test_surnames_that_sound_alike_have_one_key(one, other):
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jones", "james"),  # American Soundex calls these one
        ("smith", "smart"),
        ("brown", "green"),
        ("khan", "mann"),
        ("patel", "parker"),
        ("taylor", "turner"),
        ("begum", "bibi"),
        ("singh", "kaur"),
        ("walker", "baker"),
        ("hughes", "jones"),
    ],
)
def test_surnames_that_do_not_sound_alike_have_two(one, other):
    assert sound_of(one) != sound_of(other)


def test_a_surname_in_another_script_keeps_its_letters():
    assert sound_of("ковальски") == "ковальски"
    assert sound_of("") == ""


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Zebedee Quillfeather", ("Zebedee", "Quillfeather")),
        ("Quillfeather, Zebedee Tobias", ("Zebedee Tobias", "Quillfeather")),
        ("Dr. Zebedee Quillfeather", ("Zebedee", "Quillfeather")),
        ("MRS Quillfeather", ("", "Quillfeather")),
        ("Quillfeather", ("", "Quillfeather")),
        ("", ("", "")),
    ],
)
def test_a_name_has_forenames_and_a_surname_whichever_comes_first(name, parts):
    assert parts_of(name) == parts


def test_a_double_surname_has_its_halves_too():
    assert surnames_of("Anna Quill-Feather") == ("Quill-Feather", "Quill", "Feather")
    assert surnames_of("Anna Quill") == ("Quill",)


@pytest.mark.parametrize(
    ("address", "home"),
    [
        ("14 Marmalade Row, Modeltown, ZZ9 9ZZ", ("14", "ZZ99ZZ")),
        ("Flat 3, 14a Marmalade Row, zz9 9zz.", ("3 14a", "zz99zz")),
        ("Rose Cottage, The Green, ZZ9 9ZZ", ("Rose Cottage", "ZZ99ZZ")),
        ("14 Marmalade Row", None),
        ("ZZ9 9ZZ", None),
        ("", None),
    ],
)
def test_a_home_is_house_and_postcode_where_the_address_has_both(address, home):
    assert home_of(address) == home


def test_what_is_stored_is_wide_because_nobody_could_try_all_its_values():
    for part in STORED:
        of = definition(f"case_record.{part}")
        assert of.entropy >= LOW_ENTROPY
        assert of.default_width == FULL


def test_a_person_without_date_of_birth_and_address_has_no_key():
    assert stored_keys(Person(("Zebedee Quillfeather",))) == frozenset()
    assert {part for part, _ in stored_keys(Person(("Zebedee Quillfeather",), "", ("1 A Row, ZZ9 9ZZ",)))} == {
        ADDRESS,
        NAME_AND_POSTCODE,
    }
    assert {part for part, _ in stored_keys(Person(("Quillfeather",), BORN))} == {SURNAME, SOUND}


@pytest.mark.parametrize(
    ("born", "swapped"),
    [(BORN, "1986-07-03"), ("1986-03-27", None), ("1986-03-03", None), ("07/03/1986", "1986-07-03")],
)
def test_day_and_month_are_swapped_only_where_that_is_another_day(born, swapped):
    tried = {values[1] for part, values in tried_keys(Person(("Zeb Quill",), born)) if part == SWAPPED}
    assert tried == ({swapped} if swapped else set())


@pytest.mark.parametrize(
    ("matched", "ways"),
    [
        ({NAME, SURNAME, YEAR, SOUND}, ("same",)),
        ({SURNAME, YEAR}, ("initial",)),
        ({SURNAME, SOUND}, ("surname",)),
        ({SURNAME, NAME, YEAR, ADDRESS}, ("same", "address")),
        ({SWAPPED}, ()),
        ({SWAPPED, YEAR}, ("swapped",)),
        ({ADDRESS}, ("address",)),
        (set(), ()),
    ],
)
def test_a_match_is_graded_by_all_that_is_equal_and_a_swapped_day_alone_is_nothing(matched, ways):
    assert ways_of(matched) == ways
    assert set(ways) <= set(WAYS)


def test_only_two_grades_are_taken_to_be_the_person():
    assert set(WAYS) > SURE == {"same", "initial"}


def test_a_person_never_shows_themselves():
    assert "Quill" not in repr(Person(("Zeb Quill",), BORN, ("1 A Row, ZZ9 9ZZ",)))
    with pytest.raises(InvalidError) as refused:
        tried_keys(Person(("Zeb Quill",), "yesterday"))
    assert "yesterday" not in str(refused.value)
