"""This module knows where a report lies on the lattice: by its postcode's middle, or by its point; never by a house."""

from __future__ import annotations

from collections.abc import Iterable

from sharing.places import Locator, outward
from sharing.returns.checked import Spot

UNPLACED = Spot("unplaced")
AREA = Spot("area")
WITHHELD = Spot("withheld")
"""A kind that is never placed: a dot can find a victim."""


def spot_of_postcode(code: str, locator: Locator | None) -> tuple[Spot, str]:
    """The cell of the postcode's centroid, with the rule that stands against it ("" if none).

    Without a list of postcodes nothing is placed and nothing is said: there is nothing to be wrong by. A postcode that
    has ended is still
    placed: what happened there happened there.
    """
    if locator is None or not locator.book.places:
        return UNPLACED, ""
    found = locator.book.places.get(code)
    if found is None:
        return UNPLACED, "postcode-unknown" if outward(code) in locator.book.outwards else "outside-area"
    if not found.inside:
        return UNPLACED, "outside-area"
    return Spot("postcode", found.cell.e, found.cell.n, locator.book.edition), ""


def spots_of_postcodes(codes: Iterable[str | None], locator: Locator | None) -> dict[str, tuple[Spot, str]]:
    """The same for every different postcode of a file."""
    return {code: spot_of_postcode(code, locator) for code in set(codes) if code}
