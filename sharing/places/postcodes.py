"""This module knows how a postcode is written, and what one says about where: pure, no table of its own.

Form: BS 7666 and the Royal Mail Programmers' Guide: an outward code (area and district), one space, an inward
code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sharing.errors import Problem
from sharing.places.lattice import Cell, cell_of

_OUT = r"[A-Z]{1,2}[0-9][0-9A-HJKMNPR-Y]?"
_WHOLE = re.compile(rf"({_OUT})([0-9][ABD-HJLNP-UW-Z]{{2}})")
_OUTWARD = re.compile(_OUT)
_NOT_A_MARK = re.compile(r"[^A-Z0-9]")
_DIGIT_FOR_LETTER = str.maketrans("OIS", "015")


@dataclass(frozen=True, slots=True)
class PostcodePlace:
    """Where a postcode's centroid lies.

    `inside` is whether that is in the partnership's area; `ended` is 'YYYY-MM' or None.
    """

    postcode: str
    easting: int
    northing: int
    lsoa: str | None
    ward: str | None
    inside: bool = True
    ended: str | None = None

    @property
    def cell(self) -> Cell:
        """The 50 m cell of the centroid."""
        return cell_of(self.easting, self.northing)


@dataclass(frozen=True)
class PostcodeBook:
    """Every postcode that the partnership has loaded, for looking up a whole file of rows without a query for each."""

    places: Mapping[str, PostcodePlace]
    edition: str = ""
    outwards: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, places: Iterable[PostcodePlace], edition: str = "") -> PostcodeBook:
        """Make a book of places; its outward codes are those of the places inside the area."""
        by_code = {place.postcode: place for place in places}
        inside = frozenset(outward(code) for code, place in by_code.items() if place.inside)
        return cls(by_code, edition, inside)

    def find(self, text: str, *, where: str = "postcode", month: str | None = None) -> PostcodePlace | Problem:
        """Return the place, or the problem: no postcode, unknown, outside the area, ended before `month` ('YYYY-MM')."""
        code = normalise(text)
        if code is None:
            return Problem("this is not a UK postcode", where, "Give it whole, as in E17 4QH.")
        place = self.places.get(code)
        if place is None:
            return self._unknown(code, where)
        if not place.inside:
            return Problem(
                "this postcode lies outside the partnership's area",
                where,
                "Send the row to the partnership whose area it is.",
            )
        if place.ended is not None and (month is None or month > place.ended):
            return Problem(f"this postcode ended in {place.ended}", where, "Give the postcode that replaced it.")
        return place

    def _unknown(self, code: str, where: str) -> Problem:
        if outward(code) not in self.outwards:
            return Problem(
                f"no postcode that begins {outward(code)} lies in the partnership's area",
                where,
                "Check the postcode, or send the row to the partnership whose area it is.",
            )
        edition = f" of {self.edition}" if self.edition else ""
        return Problem(
            f"this postcode is not in the list{edition}",
            where,
            "Check it; if it is newer than the list, give the easting and northing of the postcode instead.",
        )


def normalise(text: str) -> str | None:
    """Return the postcode in capitals with one space, or None where the text is not one.

    Spaces, full stops and hyphens are forgiven, and so are O, I and S typed for 0, 1 and 5 where only a digit
    can stand.
    """
    marks = _NOT_A_MARK.sub("", text.upper())
    found = _WHOLE.fullmatch(marks) or _WHOLE.fullmatch(_mend(marks))
    return f"{found[1]} {found[2]}" if found else None


def outward(text: str) -> str:
    """Return the outward code (E17 of E17 4QH), which may leave where a whole postcode may not; '' where there is none."""
    code = normalise(text)
    if code is not None:
        return code.split(" ")[0]
    marks = _NOT_A_MARK.sub("", text.upper())
    return marks if _OUTWARD.fullmatch(marks) else ""


def _mend(marks: str) -> str:
    """Turn the first mark of the inward code, and an O or I at the end of the outward, into digits."""
    out, inward = marks[:-3], marks[-3:]
    if out[-1:] in {"O", "I"}:
        out = out[:-1] + out[-1].translate(_DIGIT_FOR_LETTER)
    return out + inward[:1].translate(_DIGIT_FOR_LETTER) + inward[1:]
