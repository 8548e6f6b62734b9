"""This module knows versions of protocols: which one counts between two organisations on a day, and whether it is in force.

A protocol is a partnership's ref; its versions are texts, each with its own signatures, reviews and suspensions. A withdrawal
ends the organisation's earlier signatures on every version. The version that counts is the newest complete one that has started
and that both have signed, unless a newer one's overlap has run out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from protocols.moments import Instant
from protocols.reading import Span


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose of a protocol, with its provision of the 1998 Act."""

    code: str
    provision: str | None
    law_enforcement: bool


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """What, from whom, to whom, for what, by which power. `fields` gives each field's finest form (0 the registry's first)."""

    id: str
    purposes: frozenset[str]
    fields: Mapping[str, int]
    suppliers: frozenset[str]
    recipients: frozenset[str]
    gateway: str
    basis: tuple[str, ...]
    conditions: tuple[str, ...]
    categories: frozenset[str]
    flags: frozenset[str]
    areas: frozenset[str]
    channels: frozenset[str]
    retention_days: int
    span: Span


@dataclass(frozen=True, slots=True)
class Suspension:
    """A time in which the version is suspended, and the body that did it."""

    span: Span
    by: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One version of a protocol's text, with its reviews (`reviewed`: when it is not overdue) and suspensions."""

    partnership: str
    ref: str
    number: int
    kind: str
    parent: str | None
    span: Span
    overlap_ends: Instant
    reviewed: tuple[Span, ...]
    marking: int
    reply_days: int
    parties: tuple[str, ...]
    complete: bool
    purposes: Mapping[str, Purpose]
    lines: tuple[Line, ...]
    suspensions: tuple[Suspension, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """A signature of one version (number), or a withdrawal from the protocol (None), in order of time and listing."""

    at: Instant
    organisation: str
    version: int | None


def standing_signatures(acts: Iterable[Act]) -> dict[tuple[str, int], tuple[Span, ...]]:
    """(organisation, version) → when its signature stood: from signing until the organisation's next withdrawal, if any."""
    found: dict[tuple[str, int], list[Span]] = defaultdict(list)
    open_since: dict[str, dict[int, Instant]] = defaultdict(dict)
    for act in sorted(acts, key=lambda act: act.at):
        if act.version is not None:
            open_since[act.organisation].setdefault(act.version, act.at)
            continue
        for version, since in open_since.pop(act.organisation, {}).items():
            found[act.organisation, version].append(Span(since, act.at))
    for organisation, versions in open_since.items():
        for version, since in versions.items():
            found[organisation, version].append(Span(since))
    return {key: tuple(spans) for key, spans in found.items()}


@dataclass(frozen=True)
class Protocol:
    """A protocol: its versions newest first, and when each party's signature of each of them stood."""

    partnership: str
    ref: str
    versions: tuple[Version, ...]
    signed: Mapping[tuple[str, int], tuple[Span, ...]]
    boundaries: tuple[Instant, ...] = field(repr=False)
    """Every instant at which an answer of this protocol, or of a parent, may change."""

    def has_signed(self, organisation: str, version: Version, instant: Instant) -> bool:
        """Whether the organisation, a party, has signed this version by the instant and no withdrawal has ended it."""
        return any(instant in span for span in self.signed.get((organisation, version.number), ()))

    def has_withdrawn(self, organisation: str, version: Version, instant: Instant) -> bool:
        """Whether it had signed this version and a withdrawal has ended that by the instant."""
        spans = self.signed.get((organisation, version.number), ())
        return bool(spans) and spans[0].start <= instant and not self.has_signed(organisation, version, instant)

    def counting(self, supplier: str, recipient: str, instant: Instant) -> Version | None:
        """The version that counts between the two, if any."""
        for version in self.versions:
            if not version.complete or version.span.start > instant:
                continue
            if self.has_signed(supplier, version, instant) and self.has_signed(recipient, version, instant):
                return version
            if instant >= version.overlap_ends:
                return None
        return None

    def considered(self, instant: Instant) -> Version:
        """The version that reasons speak of where none counts."""
        started = (version for version in self.versions if version.complete and version.span.start <= instant)
        return next(started, self.versions[0])

    def candidates(self, supplier: str, recipient: str, instant: Instant) -> tuple[Version, ...]:
        """The versions whose lines may be mended: the one that counts and newer; else those not superseded; else the newest."""
        complete = [version for version in self.versions if version.complete]
        counting = self.counting(supplier, recipient, instant)
        if counting is not None:
            return tuple(version for version in complete if version.number >= counting.number)
        found = []
        for version in complete:
            found.append(version)
            if version.span.start <= instant and instant >= version.overlap_ends:
                break
        return tuple(found) or self.versions[:1]
