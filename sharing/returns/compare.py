"""This module knows what changed between two versions of a return: added, removed, changed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sharing.returns.check_quarterly import key_of
from sharing.returns.checked import FormLine, LineKey

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Change:
    """One number that is not what it was. None: it was not there, or no longer is."""

    line: str
    category: str
    area: str
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Difference:
    """What changed, counted; for a quarterly form with the numbers themselves, which identify nobody."""

    added: int
    removed: int
    changed: int
    same: int
    numbers: tuple[Change, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether the two versions say the same."""
        return not (self.added or self.removed or self.changed)

    @property
    def words(self) -> str:
        """The difference in a sentence, as the page says it before replacing anything."""
        return f"{self.added} added, {self.removed} removed, {self.changed} changed, {self.same} the same"


def compare(before: Mapping[Key, object], after: Mapping[Key, object]) -> Difference:
    """Compare two versions by key.

    Incidents are compared by blind index and digest, so nothing sealed is opened for it.
    """
    both = before.keys() & after.keys()
    changed = sum(1 for key in both if before[key] != after[key])
    return Difference(len(after.keys() - both), len(before.keys() - both), changed, len(both) - changed)


def compare_lines(before: Iterable[FormLine], after: Iterable[FormLine]) -> Difference:
    """Compare two quarterly forms line by line."""
    old, new = _by_key(before), _by_key(after)
    counted = compare({key: _says(line) for key, line in old.items()}, {key: _says(line) for key, line in new.items()})
    numbers = [
        Change(*_place(key, old, new), before=_number(old.get(key)), after=_number(new.get(key)))
        for key in sorted(old.keys() | new.keys())
        if _number(old.get(key)) != _number(new.get(key))
    ]
    return Difference(counted.added, counted.removed, counted.changed, counted.same, tuple(numbers))


def _by_key(lines: Iterable[FormLine]) -> dict[tuple[LineKey, int], FormLine]:
    """Lines by what they are about; several of one kind (hotspots, good news) are told apart by their order."""
    found: dict[tuple[LineKey, int], FormLine] = {}
    seen: dict[LineKey, int] = {}
    for line in lines:
        key = key_of(line)
        seen[key] = seen.get(key, -1) + 1
        found[key, seen[key]] = line
    return found


def _says(line: FormLine) -> tuple[object, ...]:
    return line.number, line.out_of, line.trend, line.busiest_time, line.partners, line.words, line.is_not_collected


def _place(
    key: tuple[LineKey, int], old: Mapping[tuple[LineKey, int], FormLine], new: Mapping[tuple[LineKey, int], FormLine]
) -> tuple[str, str, str]:
    line = new.get(key) or old[key]
    return line.line, line.category, line.area


def _number(line: FormLine | None) -> int | None:
    return line.number if line else None
