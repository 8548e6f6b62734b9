"""This module knows the world of a decision: organisations, protocols and law, frozen and indexed. `protocols.world` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from protocols.in_force import Agreements
from protocols.law import Law
from protocols.organisations import Officer, Organisation
from protocols.versions import Line, Version
from protocols.vocabulary import KINDS

_MEMO_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Clause:
    """A line that names the purpose, both sides and a field: its version, and the finest form in which the field leaves."""

    version: Version
    line: Line
    form: int

    @property
    def order(self) -> tuple[int, str, str]:
        """Ties within a kind of cover: bilateral, purpose, statutory; then ref; then line id."""
        return (KINDS.index(self.version.kind), self.version.ref, self.line.id)


@dataclass(frozen=True)
class World:
    """Everything a decision may know besides the case. Made by `load`; never changed. `memo` only remembers."""

    organisations: Mapping[str, Organisation]
    officers: Mapping[str, Officer]
    partnerships: Mapping[str, Agreements]
    law: Law
    gateways: frozenset[str]
    open_forms: Mapping[tuple[str, str], int]
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def clauses(self, partnership: str, supplier: str, recipient: str, purpose: str, code: str) -> tuple[Clause, ...]:
        """Lines of complete versions that name the purpose, supplier, recipient and field, in tie order."""
        key = (partnership, supplier, recipient, purpose, code)
        found: tuple[Clause, ...] | None = self.memo.get(key)
        if found is None:
            found = self._clauses(*key)
            if len(self.memo) >= _MEMO_LIMIT:
                self.memo.clear()
            self.memo[key] = found
        return found

    def _clauses(self, partnership: str, supplier: str, recipient: str, purpose: str, code: str) -> tuple[Clause, ...]:
        agreements = self.partnerships.get(partnership)
        if agreements is None:
            return ()
        found = [
            Clause(version, line, line.fields[code])
            for protocol in agreements.protocols.values()
            for version in protocol.versions
            if version.complete
            for line in version.lines
            if code in line.fields and purpose in line.purposes and self.names(line, supplier, recipient)
        ]
        return tuple(sorted(found, key=lambda clause: clause.order))

    def names(self, line: Line, supplier: str, recipient: str) -> bool:
        """Whether a line runs from the supplier to the recipient, by code or by kind of body."""
        return self._in(line.suppliers, supplier) and self._in(line.recipients, recipient)

    def _in(self, parties: frozenset[str], code: str) -> bool:
        return code in parties or f"kind:{self.organisations[code].body_type}" in parties
