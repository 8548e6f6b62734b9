"""This module knows what would let a field be spoken in a meeting: for each attending organisation a way, or to be left outside.

The same act counts once for all of them, so the cheapest ways are looked for together (branch and bound).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from protocols.least import PATIENCE, Acts, minimal, private_weight, uses_of
from protocols.repairs import Act, Repair, merged, weight
from protocols.ways import Findings, Way

_LAST: Final[tuple[object, ...]] = (99,)
_NOTHING: Final[Acts] = frozenset()
_FEW: Final = 64
"""How many minimal changes of one field are carried into the change of the whole case: the lightest ones."""

Rank = tuple[int, int, int]
"""Weight, number of repairs, number of organisations left outside."""


@dataclass(frozen=True, slots=True)
class Option:
    """What one organisation can do: a way (None: it is left outside), and the acts."""

    way: Way | None
    acts: Acts

    @property
    def ties(self) -> tuple[object, ...]:
        """What settles ties: those of the way; outside comes last."""
        return self.way.ties if self.way else _LAST


@dataclass(frozen=True, slots=True)
class Choice:
    """The way chosen for each attending organisation, None for one that is left outside."""

    ways: Mapping[str, Way | None]
    acts: Acts


@dataclass(frozen=True)
class Meeting:
    """One field before the organisations attending; `covered`: whether each has a cover of its own as asked."""

    recipients: tuple[str, ...]
    code: str
    found: Mapping[str, Findings]
    covered: Mapping[str, bool]

    @cached_property
    def tables(self) -> list[list[list[Option]]]:
        """For each form that may be asked for (one for all), the options of each organisation."""
        asked = {way.asked for each in self.found.values() for way in each.ways}
        ordered = sorted(asked, key=lambda form: -1 if form is None else form)
        return [[self._options(one, form) for one in self.recipients] for form in ordered]

    def _options(self, recipient: str, asked: int | None) -> list[Option]:
        best: dict[Acts, Way] = {}
        for way in self.found[recipient].ways:
            if way.asked == asked and (way.acts not in best or way.ties < best[way.acts].ties):
                best[way.acts] = way
        options = [Option(way, acts) for acts, way in best.items()]
        if not self.covered[recipient]:
            options.append(Option(None, frozenset({Act(Repair.OUTSIDE_MEETING, recipient, field=self.code)})))
        return sorted(options, key=lambda option: option.ties)

    def least(self) -> Choice | None:
        """The lightest choice that keeps somebody; then fewer repairs, fewer left outside, then ties by attendance."""
        best: tuple[tuple[object, ...], tuple[Option, ...]] | None = None
        for table in self.tables:
            chosen = _Search(table).run()
            if chosen is not None:
                order = (_rank(chosen), [option.ties for option in chosen])
                if best is None or order < best[0]:
                    best = (order, chosen)
        if best is None:
            return None
        ways = {one: option.way for one, option in zip(self.recipients, best[1], strict=True)}
        return Choice(ways, _union(best[1]))

    def alternatives(self) -> tuple[Acts, ...]:
        """The minimal changes that keep somebody, the lightest of them where there are very many."""
        return minimal(acts for table in self.tables for acts in _unions(table))[:_FEW]


def _union(chosen: Sequence[Option]) -> Acts:
    return merged(act for option in chosen for act in option.acts)


def _rank(chosen: Sequence[Option]) -> Rank:
    acts = _union(chosen)
    return (weight(acts), len(acts), sum(option.way is None for option in chosen))


def _unions(table: list[list[Option]]) -> tuple[Acts, ...]:
    kept: tuple[Acts, ...] = ()
    outside: tuple[Acts, ...] = (_NOTHING,)
    for each in table:
        inside = [option.acts for option in each if option.way is not None]
        out = [option.acts for option in each if option.way is None]
        grown = [one | option.acts for one in kept for option in each] + [
            one | acts for one in outside for acts in inside
        ]
        kept, outside = minimal(grown)[:_FEW], minimal(one | acts for one in outside for acts in out)
    return kept


class _Search:
    """Finds the best choice from a table of options, one row for each organisation."""

    def __init__(self, table: list[list[Option]]) -> None:
        self.table = table
        self.rest = self._least_of_the_rest()
        self.best: Rank | None = None
        self.found: tuple[Option, ...] | None = None
        self.steps = 0

    def _least_of_the_rest(self) -> list[Rank]:
        """For each row, a rank that it and the rows after it add at least: acts that no other row shares."""
        needs = [[option.acts for option in row] for row in self.table]
        uses = uses_of(needs)
        least: list[Rank] = [(0, 0, 0)]
        for row, need in zip(reversed(self.table), reversed(needs), strict=True):
            heavy, few = private_weight(need, uses) if need else (0, 0)
            out = min((int(option.way is None) for option in row), default=0)
            least.append((least[-1][0] + heavy, least[-1][1] + few, least[-1][2] + out))
        return least[::-1]

    def run(self) -> tuple[Option, ...] | None:
        """The best choice that keeps somebody, or None."""
        cheapest = [sorted(row, key=lambda option: (weight(option.acts), len(option.acts))) for row in self.table]
        for chosen in self._walk(cheapest, (), strictly=True):
            self.best, self.found = _rank(chosen), chosen
        if self.found is not None:
            self.steps = 0
            self.found = next(self._walk(self.table, (), strictly=False), self.found)
        return self.found

    def _walk(
        self, rows: list[list[Option]], chosen: tuple[Option, ...], *, strictly: bool
    ) -> Iterator[tuple[Option, ...]]:
        """Every choice better than the best so far (`strictly`), or as good, in the order of the rows' options."""
        self.steps += 1
        if self.best is not None:
            at_least = tuple(a + b for a, b in zip(_rank(chosen), self.rest[len(chosen)], strict=True))
            if self.steps > PATIENCE or (at_least >= self.best if strictly else at_least > self.best):
                return
        if len(chosen) == len(rows):
            if any(option.way is not None for option in chosen):
                yield chosen
            return
        for option in rows[len(chosen)]:
            yield from self._walk(rows, (*chosen, option), strictly=strictly)
