"""What the equality of stored keys gives a thief of the database who holds no key, measured on a made-up district.

The attack is frequency matching: within each organisation and year the thief puts the commonest token beside the commonest value
of the whole population, the next beside the next, and so on. The figures stand in docs/adr/0027.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import cache

import pytest

from sharing.disclosures.person_keys import STORED, Person, stored_keys
from sharing.vault.index import definition

ROWS, ORGANISATIONS, YEARS, HOMES = 3_000, 5, 4, 2_500
SYLLABLES = (
    "bar",
    "ton",
    "wick",
    "ley",
    "ham",
    "son",
    "field",
    "mar",
    "kin",
    "dale",
    "stow",
    "rad",
    "pol",
    "neth",
    "gris",
)


def weighted(rng: random.Random, values: list[str]) -> str:
    """One of the values, the first ones far more often: the way names are spread (Zipf)."""
    return rng.choices(values, weights=_zipf(len(values)))[0]


@cache
def _zipf(size: int) -> tuple[float, ...]:
    return tuple(1 / (rank + 1) for rank in range(size))


@cache
def rows() -> tuple[tuple[tuple[int, int], Person], ...]:
    """Records of a district: households share a surname and a home, and some people have several records."""
    rng = random.Random(20261124)
    surnames = [f"{a}{b}" for a in SYLLABLES for b in SYLLABLES]
    forenames = [f"{a}a" for a in SYLLABLES] + [f"{a}o" for a in SYLLABLES]
    people = []
    for home in range(HOMES):
        address, surname = f"{home % 90 + 1} High Street, ZZ{home // 900} {home // 90 % 10}AA", weighted(rng, surnames)
        for _ in range(rng.choice((1, 1, 2, 3, 4))):
            born = f"{rng.randrange(1940, 2008)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
            people.append(Person((f"{weighted(rng, forenames)} {surname}",), born, (address,)))
    places = [(organisation, year) for organisation in range(ORGANISATIONS) for year in range(YEARS)]
    return tuple((rng.choice(places), rng.choice(people)) for _ in range(ROWS))


@cache
def values(part: str) -> tuple[tuple[tuple[int, int], bytes], ...]:
    """For each row with such a key: where it lies, and what the key is over."""
    of = definition(f"case_record.{part}")
    return tuple(
        (place, of.message(given)) for place, person in rows() for name, given in stored_keys(person) if name == part
    )


def guessed(part: str) -> float:
    """The share of rows whose value frequency matching names."""
    found = values(part)
    common = [value for value, _ in Counter(value for _, value in found).most_common()]
    right = 0
    for place in {place for place, _ in found}:
        here = Counter(value for where, value in found if where == place).most_common()
        right += sum(count for guess, (value, count) in zip(common, here, strict=False) if guess == value)
    return right / len(found)


def linked(part: str) -> float:
    """The share of rows that are seen to equal another row of the same organisation and year."""
    sizes = Counter(values(part))
    return sum(size for size in sizes.values() if size > 1) / len(values(part))


@pytest.mark.parametrize("part", STORED)
def test_frequencies_name_hardly_anybody(part):
    assert guessed(part) < 0.01


def test_a_surname_alone_would_be_guessed_far_more_often_which_is_why_it_is_not_stored():
    alone = [(place, person.names[0].split()[1]) for place, person in rows()]
    common = [value for value, _ in Counter(value for _, value in alone).most_common()]
    right = 0
    for place in {place for place, _ in alone}:
        here = Counter(value for where, value in alone if where == place).most_common()
        right += sum(count for guess, (value, count) in zip(common, here, strict=False) if guess == value)
    assert right / len(alone) > 5 * max(guessed(part) for part in STORED)


def test_what_equality_shows_is_who_has_several_records_and_who_shares_a_home():
    same_person, same_home = linked("name+dob"), linked("house+postcode")
    assert same_person < same_home < 0.5
    assert linked("sound+dob") == pytest.approx(same_person, abs=0.02)
