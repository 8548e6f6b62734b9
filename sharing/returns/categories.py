"""This module knows the common list of kinds, and how each supplier's scheme maps to it.

The supplier's own code is never lost.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from sharing.errors import InvalidError
from sharing.returns.words import close, plain


@dataclass(frozen=True)
class Kind:
    """A kind of the common list.

    `mapped`: whether it may be placed on a map; `sensitive`: the stricter rule for small numbers.
    """

    code: str
    label: str
    nsir: str
    home_office: str
    sensitive: bool = False
    mapped: bool = True
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """A supplier's scheme.

    Every wording it knows (folded), with the common code; `labels` are what it offers to people.
    """

    key: str
    title: str
    codes: Mapping[str, str] = field(repr=False)
    labels: tuple[str, ...] = ()

    def find(self, text: str) -> str | None:
        """The common code of a supplier's word or code, or None."""
        return self.codes.get(plain(text))

    def near(self, text: str) -> tuple[str, ...]:
        """The scheme's wordings that are nearest to a word that it does not know."""
        return close(text, self.labels)


@cache
def kinds() -> Mapping[str, Kind]:
    """The common list, by code, in its order."""
    return {each["code"]: Kind(**(each | {"aliases": tuple(each.get("aliases", ()))})) for each in _data()["common"]}


@cache
def unmapped_kinds() -> frozenset[str]:
    """Codes that are never placed on a map."""
    return frozenset(code for code, kind in kinds().items() if not kind.mapped)


def scheme_titles() -> dict[str, str]:
    """Every scheme that ships, with its title: for a choice on a page."""
    return {key: str(body["title"]) for key, body in _data()["schemes"].items()}


def scheme(key: str = "common", own: Mapping[str, str] | None = None) -> Scheme:
    """A scheme that ships, with the landlord's own words (folded or not) added to it.

    A word that the scheme does not map falls back to the common list's wordings, unless the scheme is `exact`. Raises
    InvalidError for a
    scheme or a common code that does not exist.
    """
    bodies = _data()["schemes"]
    if key not in bodies:
        raise InvalidError.one(f'There is no scheme "{key}".', mend=f"Use one of: {', '.join(bodies)}.")
    body = bodies[key]
    wrong = sorted({code for code in (own or {}).values() if code not in kinds()})
    if wrong:
        raise InvalidError.one(
            f"These are not kinds of the common list: {', '.join(wrong)}.", mend=f"Use: {', '.join(kinds())}."
        )
    codes = {} if body.get("exact") else dict(_common_words())
    theirs = {plain(word): code for word, code in body.get("map", {}).items()}
    codes |= theirs | {plain(word): code for word, code in (own or {}).items()}
    labels = tuple(body.get("map", ())) or tuple(kind.label for kind in kinds().values())
    return Scheme(key, str(body["title"]), codes, (*labels, *(own or ())))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("protocols").joinpath("data/category-schemes.toml").read_text("utf-8"))


@cache
def _common_words() -> Mapping[str, str]:
    words: dict[str, str] = {}
    for kind in kinds().values():
        for word in (kind.code, kind.label, *kind.aliases):
            words.setdefault(plain(word), kind.code)
    return words
