"""This module knows the world of a decision: organisations, protocols and law, frozen and indexed. `protocols.world` reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

from protocols.in_force import Agreements
from protocols.law import Gateway, Law
from protocols.organisations import Officer, Organisation
from protocols.versions import Line, Version
from protocols.vocabulary import KINDS

_MEMO_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Clause:
    """A line that names the purpose, both sides and a field: its version, its gateway, and the finest form that leaves."""

    version: Version
    line: Line
    gateway: Gateway
    form: int

    @property
    def order(self) -> tuple[int, str, str]:
        """Ties within a kind of cover: bilateral, purpose, statutory; then ref; then line id."""
        return (KINDS.index(self.version.kind), self.version.ref, self.line.id)


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
    memo: dict[tuple[str, ...], tuple[Clause, ...]] = field(default_factory=dict, compare=False, repr=False)

    def clauses(self, partnership: str, supplier: str, recipient: str, purpose: str, code: str) -> tuple[Clause, ...]:
        """Clauses of complete versions that name the purpose, supplier, recipient and field, in tie order."""
        key = (partnership, supplier, recipient, purpose, code)
        found = self.memo.get(key)
        if found is None:
            every = self.lines.get((partnership, purpose, code), ())
            found = tuple(clause for clause in every if self.names(clause.line, supplier, recipient))
            if len(self.memo) >= _MEMO_LIMIT:
                self.memo.clear()
            self.memo[key] = found
        return found

    def names(self, line: Line, supplier: str, recipient: str) -> bool:
        """Whether a line runs from the supplier to the recipient, by code or by kind of body."""
        return self._in(line.suppliers, supplier) and self._in(line.recipients, recipient)

    def _in(self, parties: frozenset[str], code: str) -> bool:
        return code in parties or self.organisations[code].kind in parties


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
