"""This module knows the world of a decision: organisations, protocols and law, frozen and indexed. `protocols.world` reads it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

from protocols.in_force import Agreements
from protocols.law import Law
from protocols.moments import Instant
from protocols.organisations import Officer, Organisation
from protocols.routes import Clause, Route
from protocols.versions import Line

_MEMO_LIMIT = 50_000


@dataclass(frozen=True)
class World:
    """Everything a decision may know besides the case. Made by `protocols.world.load`; never changed. `memo` only remembers."""

    organisations: Mapping[str, Organisation]
    officers: Mapping[str, Officer]
    partnerships: Mapping[str, Agreements]
    law: Law
    gateways: frozenset[str]
    open_forms: Mapping[tuple[str, str], int]
    lines: Mapping[tuple[str, str, str], tuple[Clause, ...]]
    """(partnership, purpose, field) → the clauses of complete versions that name both, in tie order."""
    boundaries: tuple[Instant, ...] = field(repr=False)
    """Every instant at which a fact of organisations, protocols or law may change."""
    by_code: frozenset[str]
    """Organisations that some line names by their own code; the others are only ever meant by their kind."""
    memo: dict[tuple[str, str, str, str, int], Route] = field(default_factory=dict, compare=False, repr=False)
    named: dict[tuple[str, ...], tuple[Clause, ...]] = field(default_factory=dict, compare=False, repr=False)

    def route(self, partnership: str, supplier: str, recipient: str, purpose: str, instant: Instant) -> Route:
        """What holds between the two for a purpose at an instant, worked out once for each stretch without a change."""
        key = (partnership, supplier, recipient, purpose, bisect_right(self.boundaries, instant))
        found = self.memo.get(key)
        if found is None:
            found = Route(
                self, partnership, self.organisations[supplier], self.organisations[recipient], purpose, instant
            )
            if len(self.memo) >= _MEMO_LIMIT:
                self.memo.clear()
            self.memo[key] = found
        return found

    def names(self, line: Line, supplier: str, recipient: str) -> bool:
        """Whether a line runs from the supplier to the recipient, by code or by kind of body."""
        giver, taker = self.organisations[supplier], self.organisations[recipient]
        return (giver.code in line.suppliers or giver.kind in line.suppliers) and (
            taker.code in line.recipients or taker.kind in line.recipients
        )

    def clauses(self, route: Route, code: str) -> tuple[Clause, ...]:
        """Clauses of complete versions that name the route's purpose and sides, and a field, in tie order."""
        sides = tuple(one.code if one.code in self.by_code else one.kind for one in (route.supplier, route.recipient))
        key = (route.partnership, route.purpose, code, *sides)
        found = self.named.get(key)
        if found is None:
            every = self.lines.get((route.partnership, route.purpose, code), ())
            found = tuple(clause for clause in every if route.names(clause.line))
            if len(self.named) >= _MEMO_LIMIT:
                self.named.clear()
            self.named[key] = found
        return found


def index_lines(partnerships: Mapping[str, Agreements], law: Law) -> dict[tuple[str, str, str], tuple[Clause, ...]]:
    """Every clause of every complete version under its partnership, purpose and field, in tie order."""
    found: dict[tuple[str, str, str], list[Clause]] = defaultdict(list)
    for partnership, agreements in partnerships.items():
        for protocol in agreements.protocols.values():
            for version in (each for each in protocol.versions if each.complete):
                for line in version.lines:
                    for purpose, (code, form) in product(line.purposes, line.fields.items()):
                        found[partnership, purpose, code].append(
                            Clause(version, line, law.gateways[line.gateway], form)
                        )
    return {key: tuple(sorted(each, key=lambda clause: clause.order)) for key, each in found.items()}
