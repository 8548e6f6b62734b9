"""This module knows what a file of others' reports becomes.

Placed rows, and an honest count of all that was not taken.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sharing.returns.checked import Spot
from sharing.returns.problems import RowProblem


@dataclass(frozen=True, slots=True)
class Report:
    """One report by the police or to the council. It names nobody: there is nothing to seal."""

    row: int
    month: str
    category: str
    own_category: str
    spot: Spot
    day: int | None = None
    hour: int | None = None
    area: str = ""


@dataclass(frozen=True)
class ReadReports:
    """What was read from a file. `left_out` gives the number of each row not taken, and the rule that says why.

    Nothing here is fatal unless `problems` says so: these files come as they are, and what is wrong is counted.
    """

    kind: str
    digest: str
    rows_read: int
    reports: tuple[Report, ...] = field(repr=False)
    left_out: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[tuple[str, int], ...] = ()
    """Things counted that are no reason to leave a row out: repeated ids, postcodes without a place."""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there were, how many were taken and placed, and how many were left out, by rule."""
        out = Counter(rule for _, rule in self.left_out)
        placed = sum(1 for each in self.reports if each.spot.e is not None)
        return {
            "rows": self.rows_read,
            "taken": len(self.reports),
            "placed": placed,
            **dict(sorted(out.items())),
            **dict(self.notes),
        }

    @property
    def months(self) -> tuple[str, ...]:
        """The months that the rows taken lie in."""
        return tuple(sorted({each.month for each in self.reports}))
