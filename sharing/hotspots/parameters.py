"""This module knows the numbers that a list is drawn with: all whole, so that they are written and read back exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sharing.errors import InvalidError, Problem
from sharing.places.lattice import CELL_M

METHOD = "placed-windows/1"
"""The version of everything in `sharing.hotspots.rules`. A change that can move a number changes this."""

WINDOWS_M = (150, 250, 500)
LARGEST_LIST = 50
NO_HARM = 10
MOST_HARM = 50


@dataclass(frozen=True)
class Parameters:
    """How a list is drawn. The defaults are those that were measured.

    `harm_tenths` weighs categories between 10 (as they come, the default) and 50, so that one report can
    never decide a rank. `firm_permille` is the share of draws in which a firm place stays on the list.
    """

    window_m: int = 250
    size: int = 20
    half_life_months: int = 6
    history_months: int = 36
    sticky_rank: int = 30
    emerging_shown: int = 6
    draws: int = 2000
    seed: int = 20
    firm_permille: int = 900
    weights: Mapping[str, int] = field(default_factory=lambda: {"police": 2, "council": 1, "landlords": 1})
    other_weight: int = 1
    harm_tenths: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = [
            Problem(message, name)
            for wrong, name, message in (
                (self.window_m not in WINDOWS_M, "window_m", "a window is 150, 250 or 500 m"),
                (not 1 <= self.size <= LARGEST_LIST, "size", f"a list holds 1 to {LARGEST_LIST} places"),
                (self.sticky_rank < self.size, "sticky_rank", "it cannot be less than the size of the list"),
                (self.half_life_months < 1, "half_life_months", "it is at least one month"),
                (min(self.weights.values(), default=1) < 0, "weights", "a weight cannot be negative"),
                (
                    any(not NO_HARM <= tenths <= MOST_HARM for tenths in self.harm_tenths.values()),
                    "harm_tenths",
                    "harm lies between 10 and 50 tenths",
                ),
            )
            if wrong
        ]
        if problems:
            raise InvalidError(tuple(problems))

    @property
    def side(self) -> int:
        """The side of a window in cells."""
        return self.window_m // CELL_M

    def as_json(self) -> dict[str, Any]:
        """Return plain values, as they are stored and hashed."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Parameters:
        """Read back what `as_json` gave."""
        return cls(**stored)


@dataclass(frozen=True)
class SourceState:
    """What is known of one source: the months it is complete for ('YYYY-MM', both included), and how much of it reports.

    `reporting` of `of` are social homes for landlords, 1 of 1 for others. `missing` names who has not sent a return.
    Rows that could not be put on the lattice are `rows - placed`.
    """

    source: str
    first_month: str
    last_month: str
    reporting: int = 1
    of: int = 1
    missing: tuple[str, ...] = ()
    placed: int | None = None
    rows: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain values, as they are stored and hashed."""
        return {**asdict(self), "missing": list(self.missing)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> SourceState:
        """Read back what `as_json` gave."""
        return cls(**{**stored, "missing": tuple(stored["missing"])})


def canonical(value: object) -> bytes:
    """Return JSON with sorted keys and no spaces: the same bytes for the same plain value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
