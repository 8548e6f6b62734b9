"""This module knows every way to bring one withheld field to one recipient, candidate by candidate, choice by choice.

For each candidate it tries the form asked for and coarser ones, the channel asked for and others, the text as it stands and a
new version of it; what then still fails has one repair each, or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from protocols import candidates, covers, faults
from protocols.candidates import Candidate
from protocols.cases import Case
from protocols.facts import World
from protocols.faults import Fault
from protocols.law import FieldKind
from protocols.least import Acts
from protocols.repairs import Act, Repair, merged, weight
from protocols.rules import Setting
from protocols.vocabulary import CHANNELS, RULE_ORDER, Rule


@dataclass(frozen=True, slots=True)
class Way:
    """One way to mend one candidate: the acts, the form asked for (None: any), the one that leaves, the channel's place."""

    candidate: Candidate
    failing: tuple[Rule, ...]
    acts: Acts
    asked: int | None
    form: int
    channel: int

    @property
    def ties(self) -> tuple[object, ...]:
        """What settles ties: ref, line, newest version, new line last, finest form, channel."""
        return (*self.candidate.order, self.form, self.channel)

    @property
    def order(self) -> tuple[object, ...]:
        """Cheapest first, then fewer repairs, then the ties."""
        return (weight(self.acts), len(self.acts), *self.ties)


@dataclass(frozen=True, slots=True)
class Look:
    """One candidate as asked: which rules fail, and how many of them nobody here can mend."""

    candidate: Candidate
    failing: tuple[Rule, ...]
    hopeless: int
    form: int

    @property
    def order(self) -> tuple[object, ...]:
        """Fewest hopeless rules first, then fewer failing ones, then the ties."""
        return (self.hopeless, len(self.failing), *self.candidate.order, self.form)


@dataclass(frozen=True, slots=True)
class Findings:
    """All ways to bring a field to one recipient, and every candidate as asked."""

    ways: tuple[Way, ...]
    looks: tuple[Look, ...]


def find(world: World, case: Case, recipient: str, code: str) -> Findings:
    """Every way to bring a field to one recipient."""
    kind, asked = world.law.registry[code], case.fields[code]
    base = Setting.of(world, case, recipient)
    every = candidates.of(base, kind, asked)
    looks = [look for candidate in every for look in _looks(base, candidate, kind, asked)]
    as_asked = {(look.candidate, look.form): look for look in looks}
    found: list[Way] = []
    for channel in _channels(case):
        setting = base if channel == case.channel else Setting.of(world, replace(case, channel=channel), recipient)
        moved = (
            ()
            if setting is base
            else (Act(Repair.OTHER_CHANNEL, faults.asking_side(base), channel=channel, field=code),)
        )
        place = CHANNELS.index(channel)
        for candidate in every:
            if moved and channel not in candidate.channels:
                continue
            for wanted, form, coarser in _forms(base, kind, asked, candidate.finest):
                listed = tuple(candidate.faults(setting, kind, form))
                look = as_asked[candidate, form if asked is None else max(asked, candidate.finest)]
                changes = _mended(candidate, listed, (*moved, *coarser))
                found += [Way(candidate, look.failing, acts, wanted, form, place) for acts in changes]
    return Findings(tuple(found), tuple(looks))


def _looks(setting: Setting, candidate: Candidate, kind: FieldKind, asked: int | None) -> Iterator[Look]:
    for form in covers.forms(kind, asked, candidate.finest):
        listed = tuple(candidate.faults(setting, kind, form))
        hopeless = {fault.rule for fault in listed if fault.act is None and not fault.by_text}
        yield Look(candidate, _failing(listed), len(hopeless), form)


def _failing(listed: Iterable[Fault]) -> tuple[Rule, ...]:
    return tuple(sorted({fault.rule for fault in listed}, key=RULE_ORDER.__getitem__))


def _channels(case: Case) -> tuple[str, ...]:
    """The channel asked for, then the others; a meeting of several stays a meeting."""
    if case.meeting is not None:
        return (case.channel,)
    return (case.channel, *(channel for channel in CHANNELS if channel != case.channel))


def _forms(
    setting: Setting, kind: FieldKind, asked: int | None, finest: int
) -> Iterator[tuple[int | None, int, tuple[Act, ...]]]:
    """Form asked for, form that leaves, and the act of asking for a coarser one."""
    if asked is None:
        yield from ((None, form, ()) for form in range(finest, len(kind.forms)))
        return
    yield asked, max(asked, finest), ()
    lone = len(setting.case.recipients) == 1
    for form in range((max(asked, finest) if lone else asked) + 1, len(kind.forms)):
        side = faults.asking_side(setting)
        yield form, max(form, finest), (Act(Repair.COARSER_FORM, side, form=kind.forms[form].name, field=kind.code),)


def _mended(candidate: Candidate, listed: Sequence[Fault], extra: tuple[Act, ...]) -> Iterator[Acts]:
    """The acts that mend everything that fails: with the text as it stands, and with a new version."""
    if not candidate.only_by_text and all(fault.act is not None for fault in listed):
        yield _acts(listed, extra)
    left = [fault for fault in listed if not fault.by_text]
    if candidate.version is not None and all(fault.act is not None for fault in left):
        new = Act(Repair.NEW_VERSION, None, candidate.version.ref, candidate.next_version)
        yield _acts(left, (*extra, new))


def _acts(listed: Sequence[Fault], extra: tuple[Act, ...]) -> Acts:
    return merged([*extra, *(fault.act for fault in listed if fault.act is not None)])
