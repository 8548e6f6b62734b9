"""This module knows what holds from a supplier to a recipient for a purpose, in a stretch of time in which nothing changes.

It answers the rules that ask neither the record nor the officer: membership, agreements in force, gateways, standing, bases. Each
answer is worked out once and remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from protocols.law import Basis, Gateway
from protocols.moments import Instant
from protocols.organisations import Organisation
from protocols.repairs import Act
from protocols.versions import Line, Version
from protocols.vocabulary import KINDS, Rule

if TYPE_CHECKING:
    from protocols.facts import World


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


@dataclass(eq=False)
class Route:
    """From a supplier to a recipient, for a purpose, at `instant` and at every instant of the same stretch."""

    world: World
    partnership: str
    supplier: Organisation
    recipient: Organisation
    purpose: str
    instant: Instant
    _force: dict[Version, bool] = field(default_factory=dict, repr=False)
    _admitted: dict[str, bool] = field(default_factory=dict, repr=False)
    _valid: dict[str, bool] = field(default_factory=dict, repr=False)
    _live: dict[str, tuple[Clause, ...]] = field(default_factory=dict, repr=False)
    _stood_in_for: dict[str, bool] = field(default_factory=dict, repr=False)
    mending: dict[Version, tuple[Act | None, ...]] = field(default_factory=dict, repr=False)
    """What would put a version in force between the two, as `protocols.faults` has found it."""

    @cached_property
    def supplier_is_member(self) -> bool:
        """Rule 2 for the supplier."""
        return self.supplier.is_member(self.partnership, self.instant)

    @cached_property
    def recipient_is_member(self) -> bool:
        """Rule 2 for the recipient."""
        return self.recipient.is_member(self.partnership, self.instant)

    def are_members(self, gateway: Gateway | None) -> bool:
        """Rule 2. A gateway that admits it stands in for the membership of a recipient from outside, or for the rule."""
        if gateway is not None and Rule.MEMBERSHIP in gateway.stands_in_for:
            return True
        return self.supplier_is_member and (self.recipient_is_member or (gateway is not None and gateway.external))

    def in_force(self, version: Version) -> bool:
        """Rule 3."""
        found = self._force.get(version)
        if found is None:
            agreements = self.world.partnerships[version.partnership]
            counting = agreements.in_force(version.ref, self.supplier.code, self.recipient.code, self.instant)
            found = self._force[version] = counting is version
        return found

    @cached_property
    def standing(self) -> tuple[bool, str | None]:
        """Whether the recipient has section 115 standing, and through which principal (None: of its own)."""
        body = self.world.law.bodies[self.recipient.body_type]
        if body.stands(self.instant):
            return True, None
        principals = [
            delegation.principal
            for delegation in self.recipient.delegations
            if self.purpose in delegation.purposes
            and self.instant in delegation.span
            and self.is_principal(delegation.principal)
        ]
        return (True, min(principals)) if principals and body.may_act_for else (False, None)

    def is_principal(self, code: str) -> bool:
        """Whether an organisation can have somebody act for it: a member of the partnership with standing of its own."""
        principal = self.world.organisations[code]
        stands = self.world.law.bodies[principal.body_type].stands(self.instant)
        return stands and principal.is_member(self.partnership, self.instant)

    def opens(self, gateway: Gateway) -> bool:
        """Rule 6 but for standing and what the case must hold: enabled, in force, kinds of body, purpose."""
        return (
            gateway.code in self.world.gateways
            and gateway.stands(self.instant)
            and ("*" in gateway.suppliers or self.supplier.body_type in gateway.suppliers)
            and ("*" in gateway.recipients or self.recipient.body_type in gateway.recipients)
            and ("*" in gateway.purposes or self.purpose in gateway.purposes)
        )

    def admits(self, gateway: Gateway) -> bool:
        """Rule 6 but for what the case must hold."""
        found = self._admitted.get(gateway.code)
        if found is None:
            found = self.opens(gateway) and (not gateway.standing or self.standing[0])
            self._admitted[gateway.code] = found
        return found

    def is_valid(self, basis: Basis) -> bool:
        """Whether a basis is valid for supplier and recipient, but for what the case must hold."""
        found = self._valid.get(basis.code)
        if found is None:
            found = (
                basis.stands(self.instant)
                and basis.supplier.admits(self.supplier.body_type, public_authority=self.supplier.public_authority)
                and basis.recipient.admits(self.recipient.body_type, public_authority=self.recipient.public_authority)
            )
            self._valid[basis.code] = found
        return found

    def names(self, line: Line) -> bool:
        """Whether a line runs from the supplier to the recipient, by code or by kind of body."""
        return self.world.names(line, self.supplier.code, self.recipient.code)

    def clauses(self, code: str) -> tuple[Clause, ...]:
        """The clauses in force between the two that name the purpose and a field, whose gateway may admit it, in tie order."""
        found = self._live.get(code)
        if found is None:
            found = tuple(filter(self._lives, self.world.clauses(self, code)))
            self._live[code] = found
        return found

    def is_stood_in_for(self, code: str) -> bool:
        """Whether the gateway of some clause for the field stands in for other rules."""
        found = self._stood_in_for.get(code)
        if found is None:
            found = any(clause.gateway.stands_in_for for clause in self.clauses(code))
            self._stood_in_for[code] = found
        return found

    def _lives(self, clause: Clause) -> bool:
        version, gateway = clause.version, clause.gateway
        return (
            self.in_force(version)
            and self.admits(gateway)
            and self.are_members(gateway)
            and self.instant in clause.line.span
        )
