"""This module knows what places are called: names gathered from police rows ("On or near Samuel Street"), cell by cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sharing.places.lattice import Cell

_LEAD_IN = "on or near "
_CAPITAL_AFTER_APOSTROPHE = re.compile(r"(?<=[a-z]['’])S\b")
_NOTHING = frozenset({"", "on or near", "no location", "location unknown"})
KINDS = frozenset(
    {
        "airport/airfield",
        "bus/coach station",
        "conference/exhibition centre",
        "further/higher educational building",
        "hospital",
        "nightclub",
        "park/open space",
        "parking area",
        "pedestrian subway",
        "petrol station",
        "police station",
        "prison",
        "racecourse",
        "shopping area",
        "sports/recreation area",
        "supermarket",
        "theatre/concert hall",
    }
)
"""What police.uk calls a public place without naming it; read from the data, not from a published list."""


@dataclass(frozen=True, order=True)
class PlaceName:
    """A name heard in a cell, and how many rows gave it."""

    cell: Cell
    name: str
    rows: int = field(compare=False)


def clean_name(location: str) -> str:
    """Return the name in a police location without its lead-in, or '' where there is none.

    The published files write each word with a capital, the one after an apostrophe too ("Cragg'S Row").
    """
    text = _CAPITAL_AFTER_APOSTROPHE.sub("s", " ".join(location.split()))
    if text.lower() in _NOTHING:
        return ""
    return text[len(_LEAD_IN) :] if text.lower().startswith(_LEAD_IN) else text


def gather_names(rows: Iterable[tuple[Cell, str]]) -> tuple[PlaceName, ...]:
    """Return how often each name was heard in each cell, in order of cell and name."""
    heard = Counter((cell, name) for cell, text in rows if (name := clean_name(text)))
    return tuple(PlaceName(cell, name, rows) for (cell, name), rows in sorted(heard.items()))


@dataclass(frozen=True)
class Gazetteer:
    """The names of a partnership's cells, to call a window by the commonest name among its reports."""

    names: Mapping[Cell, tuple[PlaceName, ...]]

    @classmethod
    def of(cls, names: Iterable[PlaceName]) -> Gazetteer:
        """Gather names by cell."""
        by_cell: dict[Cell, list[PlaceName]] = {}
        for name in names:
            by_cell.setdefault(name.cell, []).append(name)
        return cls({cell: tuple(sorted(found)) for cell, found in by_cell.items()})

    def call(self, reports: Mapping[Cell, int]) -> str:
        """Return the name for a window with these reports a cell, or '' where nothing in it has a name.

        Each cell's reports are shared among its names as its rows were. A street's name goes before a kind of
        place ("Shopping area"), which is joined to the commonest street: "Shopping area, Fishergate". Equal
        names are settled by the alphabet.
        """
        streets: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        for cell, count in reports.items():
            found = self.names.get(cell, ())
            rows = sum(name.rows for name in found)
            for name in found:
                tally = kinds if name.name.lower() in KINDS else streets
                tally[name.name] += count * name.rows * _FINE // rows
        street, kind = _commonest(streets), _commonest(kinds)
        if kind and kinds[kind] > streets[street]:
            kind = kind.capitalize()
            return f"{kind}, {street}" if street else kind
        return street


_FINE = 1_000_000
"""Shares are counted in millionths, whole numbers, so that the same reports give the same name on every machine."""


def _commonest(tally: Counter[str]) -> str:
    return min(tally, key=lambda name: (-tally[name], name), default="")
