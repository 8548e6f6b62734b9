"""This module knows what keeps a version of a protocol from being in force between two organisations (rule 3, a to h)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from protocols.moments import Instant
from protocols.versions import Protocol, Version


@dataclass(frozen=True, slots=True)
class Lapse:
    """One thing that keeps a version from being in force: letter of the rule, and the organisation it is about, if any."""

    letter: str
    organisation: str | None = None


@dataclass(frozen=True)
class Agreements:
    """The protocols of one partnership, and what they amount to between two organisations at a moment.

    `memo` remembers answers per stretch of time in which nothing changes; it never changes an answer.
    """

    protocols: Mapping[str, Protocol]
    memo: dict[tuple[str, str, str, int], Version | None] = field(default_factory=dict, compare=False, repr=False)

    def in_force(self, ref: str, supplier: str, recipient: str, instant: Instant) -> Version | None:
        """The version of a protocol that counts between the two and is in force, if any."""
        protocol = self.protocols[ref]
        key = (ref, supplier, recipient, bisect_right(protocol.boundaries, instant))
        try:
            return self.memo[key]
        except KeyError:
            version = protocol.counting(supplier, recipient, instant)
            if version is not None and self._lapses(protocol, version, supplier, recipient, instant):
                version = None
            self.memo[key] = version
            return version

    def lapses(self, version: Version, supplier: str, recipient: str, instant: Instant) -> tuple[Lapse, ...]:
        """Everything that keeps this version from being in force between the two at the instant; empty if it is."""
        protocol = self.protocols[version.ref]
        found = list(self._lapses(protocol, version, supplier, recipient, instant))
        if not found and protocol.counting(supplier, recipient, instant) is not version:
            found.append(Lapse("h"))
        return tuple(found)

    def _lapses(
        self, protocol: Protocol, version: Version, supplier: str, recipient: str, instant: Instant
    ) -> tuple[Lapse, ...]:
        found = []
        for letter, organisation in (("a", supplier), ("b", recipient)):
            if not protocol.has_signed(organisation, version, instant):
                withdrawn = protocol.has_withdrawn(organisation, version, instant)
                found.append(Lapse("c" if withdrawn else letter, organisation))
        if instant not in version.span:
            found.append(Lapse("d"))
        if not any(instant in span for span in version.reviewed):
            found.append(Lapse("e"))
        bodies = sorted({each.by or "" for each in version.suspensions if instant in each.span})
        found += [Lapse("f", body or None) for body in bodies]
        if version.parent and self.in_force(version.parent, supplier, recipient, instant) is None:
            found.append(Lapse("g"))
        return tuple(found)
