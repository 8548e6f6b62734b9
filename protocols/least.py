"""This module knows how to choose the least set of acts: one alternative for each need, the same act counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from protocols.repairs import Act, Repair, in_order, merged, weight

Acts = frozenset[Act]
PATIENCE: Final = 20_000
"""Steps after which a search gives the best that it has found: enough to be exact for all but very large meetings."""

_SHARED: Final = frozenset({Repair.DECIDE, Repair.NAME_AND_TRAIN})


def minimal(alternatives: Iterable[Acts]) -> tuple[Acts, ...]:
    """The alternatives that do not contain another one; cheapest first."""
    kept: list[Acts] = []
    for one in sorted({merged(each) for each in alternatives}, key=len):
        if not any(other <= one for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=_rank))


def _rank(acts: Acts) -> tuple[object, ...]:
    listed = in_order(acts)
    return (weight(acts), len(listed), [act.order for act in listed])


def private_weight(need: Sequence[Acts], uses: Counter[Act]) -> tuple[int, int]:
    """Weight and number of acts that a need adds at least, whatever is chosen for the others: acts that no other need has."""
    adds = [[act for act in acts if uses[act] == 1 and act.repair not in _SHARED] for acts in need]
    return min(sum(act.weight for act in each) for each in adds), min(len(each) for each in adds)


def uses_of(needs: Iterable[Sequence[Acts]]) -> Counter[Act]:
    """How many needs have an alternative with the act."""
    return Counter(act for need in needs for act in frozenset[Act]().union(*need))


def least(needs: Iterable[Sequence[Acts]]) -> Acts:
    """The least union that holds one alternative of each need: by weight, then by number, then by name.

    Branch and bound: a union never gets lighter, so whatever is no better than the best found is left. Each need has at least one
    alternative.
    """
    return _Search(
        sorted({minimal(need) for need in needs}, key=lambda need: (len(need), [_rank(one) for one in need]))
    ).run()


class _Search:
    def __init__(self, needs: list[tuple[Acts, ...]]) -> None:
        self.needs = needs
        uses = uses_of(needs)
        self.rest = [(0, 0)]
        for need in reversed(needs):
            adds = private_weight(need, uses)
            self.rest.insert(0, (self.rest[0][0] + adds[0], self.rest[0][1] + adds[1]))
        self.best: tuple[tuple[object, ...], Acts] | None = None
        self.steps = 0

    def run(self) -> Acts:
        self._search(0, frozenset())
        if self.best is None:
            message = "a need without an alternative cannot be met"
            raise ValueError(message)
        return self.best[1]

    def _search(self, place: int, chosen: Acts) -> None:
        self.steps += 1
        if self.best is not None:
            rest = self.rest[place]
            at_least = (weight(chosen) + rest[0], len(merged(chosen)) + rest[1])
            if self.steps > PATIENCE or at_least > self.best[0][:2]:
                return
        if place == len(self.needs):
            rank = _rank(chosen)
            if self.best is None or rank < self.best[0]:
                self.best = (rank, merged(chosen))
        elif any(one <= chosen for one in self.needs[place]):
            self._search(place + 1, chosen)
        else:
            for one in sorted(self.needs[place], key=lambda each: weight(chosen | each)):
                self._search(place + 1, chosen | one)
