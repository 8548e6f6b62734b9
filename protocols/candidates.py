"""This module knows what could cover a withheld field: lines of protocols, a new line, the duty, what is open, the emergency.

Every candidate names its faults for a form; the cheapest way to mend one of them is the smallest lawful change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from protocols import covers, faults
from protocols.faults import Fault
from protocols.law import FieldKind
from protocols.routes import Clause
from protocols.rules import Setting
from protocols.versions import Line, Protocol, Version
from protocols.vocabulary import CHANNELS


class Group(IntEnum):
    """Kinds of candidate, in the order that settles ties; a new line stands among the lines, after those of its protocol."""

    OWN = 0
    LINE = 1
    DUTY = 2
    OPEN = 3
    EMERGENCY = 4
    NEW_LINE = 5
    LISTING = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could cover the field. `version` without `line`: a new version adds one; neither: no protocol."""

    group: Group
    finest: int = 0
    version: Version | None = None
    line: Line | None = None
    channels: tuple[str, ...] = CHANNELS
    next_version: int = 0

    @property
    def order(self) -> tuple[int, str, bool, str, int]:
        """Ties: ref, then line id, a new line last, then the newest version."""
        new, version = self.group is Group.NEW_LINE, self.version
        ref, number = (version.ref, -version.number) if version else ("", 0)
        return (Group.LINE if new else self.group, ref, new, self.line.id if self.line else "", number)

    @property
    def only_by_text(self) -> bool:
        """Whether it needs a new version in any case: a new line, or a version that is not complete."""
        return self.version is not None and (self.line is None or not self.version.complete)

    def faults(self, setting: Setting, kind: FieldKind, form: int) -> Iterator[Fault]:
        """Everything that fails for the field leaving in this form."""
        if self.group is Group.LISTING:
            return faults.under_listing(setting, kind, form)
        if self.version is not None:
            if self.line is None:
                return faults.under_new_line(setting, self.version, kind, form)
            gateway = setting.world.law.gateways[self.line.gateway]
            return faults.under_line(setting, Clause(self.version, self.line, gateway, form), kind)
        if self.group is Group.OWN:
            return faults.of_case(setting, None)
        if self.group is Group.EMERGENCY:
            return faults.under_emergency(setting, kind, form)
        is_open = self.group is Group.DUTY or covers.is_open(setting, kind.code, form)
        return faults.under_free_cover(setting, kind, form, open_form=is_open)


def of(setting: Setting, kind: FieldKind, asked: int | None) -> tuple[Candidate, ...]:
    """Every candidate for a field of this case."""
    if setting.own:
        return (Candidate(Group.OWN),)
    listing = any(setting.class_of(kind, form) is None for form in range(asked or 0, len(kind.forms)))
    return (*_of_protocols(setting, kind, listing=listing), *_of_law(setting, kind, asked))


def _of_protocols(setting: Setting, kind: FieldKind, *, listing: bool) -> Iterator[Candidate]:
    """Lines, and a new line. `listing`: some form is not personal, so it is open as soon as a new version lists the field."""
    agreements = setting.world.partnerships.get(setting.case.record.partnership)
    for protocol in agreements.protocols.values() if agreements else ():
        after = protocol.versions[0].number + 1
        versions = protocol.candidates(setting.supplier.code, setting.recipient.code, setting.case.moment)
        for version in versions:
            for line in version.lines:
                finest, channels = line.fields.get(kind.code, 0), tuple(sorted(line.channels))
                yield Candidate(Group.LINE, finest, version, line, channels, after)
        new = _new_line(setting, protocol)
        if new is not None:
            yield new
        if listing and (new is not None or any(version.lines for version in versions)):
            yield Candidate(Group.LISTING, 0, protocol.versions[0], next_version=after)


def _new_line(setting: Setting, protocol: Protocol) -> Candidate | None:
    """A new line, where both are parties; the statutory protocol adds whoever is not."""
    supplier, recipient, moment = setting.supplier.code, setting.recipient.code, setting.case.moment
    version = protocol.counting(supplier, recipient, moment) or protocol.considered(moment)
    parties = set(version.parties)
    if version.kind == "statutory" or {supplier, recipient} <= parties:
        return Candidate(Group.NEW_LINE, 0, version, None, (setting.case.channel,), protocol.versions[0].number + 1)
    return None


def _of_law(setting: Setting, kind: FieldKind, asked: int | None) -> Iterator[Candidate]:
    row = covers.prescribed(setting, kind.code)
    if row is not None:
        yield Candidate(Group.DUTY, row.finest.get(kind.code, 0))
    forms = range(asked or 0, len(kind.forms))
    if any(covers.is_open(setting, kind.code, form) and setting.class_of(kind, form) is None for form in forms):
        yield Candidate(Group.OPEN)
    if setting.case.emergency and setting.case.called_back:
        yield Candidate(Group.EMERGENCY, channels=("view", "verbal"))
