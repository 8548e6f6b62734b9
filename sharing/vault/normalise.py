"""This module knows how a value is written before it is indexed, so that spelling does not hide equality.

The version enters every blind index: changing a rule means a new version and indexing again, never silent misses.
No error here quotes the value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime

from sharing.vault.sounds import sound_of

VERSION = 1

_SILENT = re.compile(r"['\u2019`.]")
_ASCII = {code: None if chr(code) in "'`." else " " for code in range(128) if not chr(code).isalnum()}
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]")


def words(text: str) -> list[str]:
    """Return the words of a text: folded (NFKD, case, marks), apostrophes dropped, other punctuation as spaces."""
    if text.isascii():
        return text.lower().translate(_ASCII).split()  # the same, for what nearly every name is
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = _SILENT.sub("", "".join(letter for letter in folded if not unicodedata.combining(letter)))
    return "".join(letter if letter.isalnum() else " " for letter in bare).split()


def surname(text: str) -> str:
    """Return a name's words as a set in order: "Smith-Jones" and "Jones Smith" are one."""
    return " ".join(sorted(set(words(text))))


def sound(text: str) -> str:
    """Return how a surname's words sound, as a set in order."""
    return " ".join(sorted({sound_of(word) for word in words(text)} - {""}))


def initial(text: str) -> str:
    """Return the first letter of a forename."""
    found = words(text)
    return found[0][0] if found else ""


def day(text: str) -> str:
    """Return a date of birth as YYYY-MM-DD, from that or from British day-first forms. Raises ValueError otherwise."""
    bare = text.strip()
    if _ISO_DAY.fullmatch(bare):
        with suppress(ValueError):
            return date.fromisoformat(bare).isoformat()
    for form in _DAY_FORMATS:
        with suppress(ValueError):
            return datetime.strptime(bare, form).date().isoformat()  # noqa: DTZ007 (a day has no zone)
    raise ValueError("is not a date: write it as 1985-03-31 or 31/03/1985")


def year(text: str) -> str:
    """Return the year of a date, or of a bare year."""
    bare = text.strip()
    return bare if re.fullmatch(r"[0-9]{4}", bare) else day(bare)[:4]


def uprn(text: str) -> str:
    """Return a Unique Property Reference Number: at most twelve digits, without leading zeros."""
    digits = text.strip().lstrip("0")
    if not re.fullmatch(r"[0-9]{1,12}", digits):
        raise ValueError("is not a UPRN: it has up to twelve digits")
    return digits


def house(text: str) -> str:
    """Return a house number or name."""
    return " ".join(words(text))


def compact(text: str) -> str:
    """Return letters and digits only: postcodes and vehicle registration marks."""
    return _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", text).casefold())


def phone(text: str) -> str:
    """Return a telephone number in the form of ITU-T E.164, British unless it says otherwise. Raises ValueError."""
    import phonenumbers  # late: a start need not wait for it

    with suppress(phonenumbers.NumberParseException):
        return phonenumbers.format_number(phonenumbers.parse(text, "GB"), phonenumbers.PhoneNumberFormat.E164)
    raise ValueError("is not a telephone number")


def email(text: str) -> str:
    """Return an address in lower case, otherwise as it is: dots and tags mean what its host says they mean."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


NORMALISERS: Mapping[str, Callable[[str], str]] = {
    "surname": surname,
    "name": surname,
    "sound": sound,
    "initial": initial,
    "year": year,
    "dob": day,
    "uprn": uprn,
    "house": house,
    "postcode": compact,
    "phone": phone,
    "email": email,
    "vrm": compact,
}

ENTROPY = {
    "surname": 10,
    "name": 14,
    "sound": 8,
    "initial": 4,
    "year": 6,
    "dob": 15,
    "uprn": 25,
    "house": 8,
    "postcode": 12,
    "phone": 30,
    "email": 30,
    "vrm": 24,
}
"""Roughly how many bits a stranger has to guess within one district, rounded down."""
