"""This module knows a case: who asks whom for which fields of which record, when, how and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from protocols.moments import LATEST, Instant
from protocols.reading import Span


@dataclass(frozen=True, slots=True)
class Record:
    """Facts of the record, never its contents. `holder` supplies; `homes` counts homes in its area by location form."""

    origin: str
    controllers: frozenset[str]
    holder: str
    partnership: str
    area: str
    category: str
    flags: frozenset[str] = frozenset()
    regime: str = "UKGDPR"
    marking: int = 0
    retain_until: Instant = LATEST
    hold: bool = False
    state: str = "live"
    data_set: str | None = None
    homes: Mapping[str, int] = field(default_factory=dict)
    public_place: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """What the asker has stated."""

    necessity: bool = False
    proportionality: bool = False
    harm: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """The supplier's refusal of a field: a legal bar, or its discretion (which may be escalated once)."""

    kind: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SupplierDecision:
    """What an officer of the supplier decided: the form allowed (place in the registry), or a refusal, per field."""

    officer: str
    decided_at: Instant
    allowed: Mapping[str, int]
    refused: Mapping[str, Refusal]


@dataclass(frozen=True, slots=True)
class EarlierRelease:
    """A release of this record to this recipient that has already been."""

    field: str
    form: int
    purpose: str
    protocol: str | None
    version: int | None
    line: str | None
    at: Instant
    recalled: bool = False
    decided: bool = True
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A consent, order or request that the case holds: for which fields (None: all), and when."""

    fields: frozenset[str] | None = None
    span: Span = field(default_factory=Span)
    onward: bool = False

    def covers(self, code: str, instant: Instant) -> bool:
        """Whether it holds for the field at the instant."""
        return instant in self.span and (self.fields is None or code in self.fields)


@dataclass(frozen=True, slots=True)
class Case:
    """One asking (or pushing). Read from JSON by `protocols.case_reading.read`, or built directly by the gate.

    `recipients` has one organisation, or for a `meeting` (its kind) every attending one but the holder. `fields` maps each
    field to the place of the form asked for (0 the registry's first) or None. Instants are microseconds since 1970 (UTC).
    """

    id: str
    record: Record
    recipients: tuple[str, ...]
    purpose: str
    fields: Mapping[str, int | None]
    moment: Instant
    channel: str
    officer: str
    meeting: str | None = None
    provision: str | None = None
    emergency: bool = False
    pushed: bool = False
    assigned: bool = False
    statement: Statement = Statement()
    decision: SupplierDecision | None = None
    earlier: tuple[EarlierRelease, ...] = ()
    confidentiality: frozenset[str] | bool = False
    onward_allowed: bool = False
    consent: Held | None = None
    order: Held | None = None
    request: Held | None = None
    rank: bool = False
    part3_authority: bool = False
    called_back: bool = False

    def accepted(self, recipient: str) -> bool:
        """Whether confidentiality was accepted for this recipient."""
        return self.confidentiality if isinstance(self.confidentiality, bool) else recipient in self.confidentiality

    def holds(self, need: str, code: str) -> bool:
        """Whether the case holds one thing that is needed, for a field, at its moment."""
        if need == "rank":
            return self.rank
        held: Held | None = getattr(self, need)
        return held is not None and held.covers(code, self.moment)

    def holds_all(self, needs: tuple[str, ...], code: str) -> bool:
        """Whether the case holds everything that a gateway, basis or condition needs, for a field, at its moment."""
        return all(self.holds(need, code) for need in needs)

    def allows_onward(self, code: str) -> bool:
        """Whether the origin, or an order, has allowed this onward use of a field."""
        order = self.order
        return self.onward_allowed or (order is not None and order.onward and order.covers(code, self.moment))
