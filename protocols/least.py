"""This module knows how to choose the least set of acts: one alternative for each need, the same act counted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from protocols.repairs import Act, in_order, merged, weight

Acts = frozenset[Act]
_NOTHING: Acts = frozenset()


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


def least(needs: Iterable[Sequence[Acts]]) -> Acts:
    """The least union that holds one alternative of each need: by weight, then by number, then by name.

    Branch and bound: a union never gets lighter, so whatever is no better than the best found is left.
    """
    ordered = sorted({minimal(need) for need in needs}, key=lambda need: (len(need), [_rank(one) for one in need]))
    best: list[tuple[tuple[object, ...], Acts]] = []

    def search(place: int, chosen: Acts) -> None:
        if best and _bound(chosen) > best[0][0][:2]:
            return
        if place == len(ordered):
            rank = _rank(chosen)
            if not best or rank < best[0][0]:
                best[:] = [(rank, merged(chosen))]
            return
        if any(one <= chosen for one in ordered[place]):
            search(place + 1, chosen)
            return
        for one in sorted(ordered[place], key=lambda each: weight(chosen | each)):
            search(place + 1, chosen | one)

    search(0, _NOTHING)
    return best[0][1]


def _bound(acts: Acts) -> tuple[object, ...]:
    return (weight(acts), len(merged(acts)))
