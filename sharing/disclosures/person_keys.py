"""This module knows by which equalities one person may be found again, and how sure each of them makes anybody.

Every key that is stored tells a thief of the database that two rows are equal in it, so there are six and no more. What can be
tried when somebody asks is not stored: earlier names, other spellings, day and month the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from sharing.errors import InvalidError
from sharing.vault import normalise

NAME, SURNAME, YEAR, SOUND, ADDRESS, NAME_AND_POSTCODE = (
    "name+dob",
    "surname+dob",
    "surname+initial+year",
    "sound+dob",
    "house+postcode",
    "name+postcode",
)
STORED = (NAME, SURNAME, YEAR, SOUND, ADDRESS, NAME_AND_POSTCODE)
"""What is indexed of a person. Without a date of birth a name is found together with a postcode only: a name alone is guessed."""

SWAPPED = "swapped"
"""Tried, not stored: `surname+dob` with day and month the other way round."""

WAYS: Mapping[str, str] = {
    "same": "Same name and date of birth",
    "initial": "Same surname and initial, same date of birth",
    "surname": "Same surname and date of birth",
    "swapped": "Same surname and initial, day and month of birth the other way round",
    "postcode": "Same name and postcode",
    "sound": "Surname sounds alike, same date of birth",
    "year": "Same surname and initial, born in the same year",
    "address": "Same address: others may live there",
}
"""How a match is graded, surest first."""

SURE = frozenset({"same", "initial"})
"""Grades at which a record is taken to be about the person asked for, until an officer says otherwise."""

_IMPLIES: Mapping[str, tuple[str, ...]] = {
    "same": ("initial", "surname", "swapped", "sound", "year"),
    "initial": ("surname", "swapped", "sound", "year"),
    "surname": ("sound",),
    "swapped": ("year",),
}
"""What is no news beside a surer grade."""

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sir", "dame", "rev", "prof", "master"})
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """Somebody as they are written down: names (earlier ones and other spellings too), date of birth, addresses."""

    names: tuple[str, ...] = field(repr=False, default=())
    born: str = field(repr=False, default="")
    addresses: tuple[str, ...] = field(repr=False, default=())

    @classmethod
    def of_fields(cls, values: Mapping[str, str]) -> Person:
        """The person whom a record's fields describe."""
        name, address = values.get("subject.name", ""), values.get("subject.address", "")
        return cls((name,) if name else (), values.get("subject.dob", ""), (address,) if address else ())


Key = tuple[str, tuple[str, ...]]
"""Which equality, and the values that it is over."""


def stored_keys(person: Person) -> frozenset[Key]:
    """Every key to index a person by. A value that says nothing gives no key; the vault refuses what cannot be indexed."""
    found = {key for name in person.names for key in _of_name(name, person)}
    for address in person.addresses:
        home = home_of(address)
        if home:
            found.add((ADDRESS, home))
    return frozenset(found)


def tried_keys(person: Person) -> frozenset[Key]:
    """Every key to look for: the stored ones of all names, and day and month of birth the other way round.

    Raises InvalidError when the date of birth is not a day, or nothing was given that can be looked for.
    """
    if person.born:
        try:
            normalise.day(person.born)
        except ValueError as error:
            raise InvalidError.one(f"The date of birth {error}", where="born") from None
    found = set(stored_keys(person))
    for swapped in _swapped(person.born):
        found |= {(SWAPPED, (surname, swapped)) for name in person.names for surname in surnames_of(name) if surname}
    if not found:
        raise InvalidError.one(
            "This is too little to look for",
            where="names",
            mend="Give a name with a date of birth or an address with a postcode.",
        )
    return frozenset(found)


def ways_of(matched: AbstractSet[str]) -> tuple[str, ...]:
    """How sure a match makes anybody, surest first: the grades of `WAYS` that equal keys give, but for implied ones."""
    found = {
        "same": NAME in matched,
        "initial": {SURNAME, YEAR} <= matched,
        "surname": SURNAME in matched,
        "swapped": {SWAPPED, YEAR} <= matched,
        "postcode": NAME_AND_POSTCODE in matched,
        "sound": SOUND in matched,
        "year": YEAR in matched,
        "address": ADDRESS in matched,
    }
    said = {weaker for way in WAYS if found[way] for weaker in _IMPLIES.get(way, ())}
    return tuple(way for way in WAYS if found[way] and way not in said)


def parts_of(name: str) -> tuple[str, str]:
    """Forenames and surname: "Quillfeather, Zebedee" and "Mr Zebedee Quillfeather" are one."""
    if "," in name:
        surname, _, forenames = name.partition(",")
    else:
        *before, surname = name.split() or [""]
        forenames = " ".join(before)
    kept = [word for word in forenames.split() if word.strip(".").casefold() not in _TITLES]
    return " ".join(kept), surname.strip()


def surnames_of(name: str) -> tuple[str, ...]:
    """A surname, and the parts of a double one: whoever marries or divorces often keeps one of them."""
    _, surname = parts_of(name)
    halves = [half for half in re.split(r"[-\u2010-\u2015]", surname) if half.strip()]
    return (surname, *halves) if len(halves) > 1 else (surname,)


def home_of(address: str) -> tuple[str, str] | None:
    """House and postcode of an address that ends with one: the words that hold a figure, else what stands before the comma."""
    found = _POSTCODE.search(address)
    if found is None:
        return None
    before = address[: found.start()]
    numbers = [word for word in normalise.words(before) if any(letter.isdigit() for letter in word)]
    house = " ".join(numbers) or before.partition(",")[0].strip()
    return (house, found.group(1) + found.group(2)) if normalise.words(house) else None


def _of_name(name: str, person: Person) -> Iterator[Key]:
    forenames, _ = parts_of(name)
    surnames = [surname for surname in surnames_of(name) if normalise.words(surname)]
    if not surnames:
        return
    whole = f"{forenames} {surnames[0]}".strip()
    for address in person.addresses:
        home = home_of(address)
        if home and forenames:
            yield NAME_AND_POSTCODE, (whole, home[1])
    if not person.born:
        return
    if forenames:
        yield NAME, (whole, person.born)
    for surname in surnames:
        yield SURNAME, (surname, person.born)
        if normalise.sound(surname):
            yield SOUND, (surname, person.born)
        if normalise.initial(forenames):
            yield YEAR, (surname, forenames, person.born)


def _swapped(born: str) -> Iterator[str]:
    """The date of birth with day and month the other way round, where that is another real day."""
    if not born:
        return
    day = date.fromisoformat(normalise.day(born))
    if day.day <= 12 and day.day != day.month:  # noqa: PLR2004  the months of a year
        yield day.replace(month=day.day, day=day.month).isoformat()
