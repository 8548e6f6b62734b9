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
    """All ways to bring a field to one recipient; what its candidates look like as asked is worked out when wanted."""

    ways: tuple[Way, ...]
    setting: Setting
    kind: FieldKind
    asked: int | None
    candidates: tuple[Candidate, ...]

    def failing(self, way: Way) -> tuple[Rule, ...]:
        """The rules that fail as asked under the way's candidate, in table order."""
        finest = way.candidate.finest
        form = way.form if self.asked is None else max(self.asked, finest)
        return _look(self.setting, self.kind, way.candidate, form).failing

    def least_hopeless(self) -> Look | None:
        """The candidate as asked with the fewest rules that nobody here can mend."""
        looks = (
            _look(self.setting, self.kind, candidate, form)
            for candidate in _different(self.setting, self.kind, self.candidates, as_asked=True)
            for form in covers.forms(self.kind, self.asked, candidate.finest)
        )
        return min(looks, key=lambda look: look.order, default=None)


def _look(setting: Setting, kind: FieldKind, candidate: Candidate, form: int) -> Look:
    listed = tuple(candidate.faults(setting, kind, form))
    hopeless = {fault.rule for fault in listed if fault.act is None and not fault.by_text}
    failing = tuple(sorted({fault.rule for fault in listed}, key=RULE_ORDER.__getitem__))
    return Look(candidate, failing, len(hopeless), form)


def find(world: World, case: Case, recipient: str, code: str) -> Findings:
    """Every way to bring a field to one recipient that may be the least."""
    kind, asked = world.law.registry[code], case.fields[code]
    base = Setting.of(world, case, recipient)
    every = candidates.of(base, kind, asked)
    renewed = set(_different(base, kind, every, as_asked=False))
    worth = [(one, _may_stand(base, kind, one), one in renewed and one.version is not None) for one in every]
    found: list[Way] = []
    for channel in _channels(case):
        setting, moved = base, tuple[Act, ...]()
        if channel != case.channel:
            setting = Setting.of(world, replace(case, channel=channel), recipient)
            moved = (Act(Repair.OTHER_CHANNEL, faults.asking_side(base), channel=channel, field=code),)
        place = CHANNELS.index(channel)
        for candidate, standing, renewing in worth:
            if not (standing or renewing) or (setting is not base and channel not in candidate.channels):
                continue
            for wanted, form, coarser in _forms(base, kind, asked, candidate.finest):
                listed = tuple(candidate.faults(setting, kind, form))
                extra = (*moved, *coarser)
                changes = [*(_as_it_stands(listed, extra) if standing else ())]
                changes += _renewed(candidate, listed, extra) if renewing else ()
                found += [Way(candidate, acts, wanted, form, place) for acts in changes]
    return Findings(tuple(found), base, kind, asked, every)


def _may_stand(setting: Setting, kind: FieldKind, candidate: Candidate) -> bool:
    """Whether the candidate's text could do as it stands, on some channel."""
    if candidate.only_by_text:
        return False
    return candidate.line is None or faults.reaches(setting, candidate.line, kind.code)


def _different(
    setting: Setting, kind: FieldKind, every: Iterable[Candidate], *, as_asked: bool
) -> tuple[Candidate, ...]:
    """Of candidates that fail in the same way and are mended by the same acts, the first in order.

    `as_asked` compares them as they stand, else under a new version of their text.
    """
    first: dict[tuple[object, ...], Candidate] = {}
    for candidate in every:
        key = (candidate.group, *_likeness(setting, kind, candidate, as_asked=as_asked))
        if key not in first or candidate.order < first[key].order:
            first[key] = candidate
    return tuple(first.values())


def _likeness(setting: Setting, kind: FieldKind, candidate: Candidate, *, as_asked: bool) -> tuple[object, ...]:
    version, line = candidate.version, candidate.line
    if version is None or line is None:
        return (version,)
    flags = setting.case.record.flags <= line.flags
    own = line.id if setting.knows_line(version.ref, line.id) else None
    alike = (version, line.gateway, flags, candidate.finest, own)
    if as_asked:
        reaches = faults.reaches(setting, line, kind.code) and setting.case.channel in line.channels
        return (*alike, reaches, line.basis, line.conditions)
    return (*alike, line.channels)


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


def _as_it_stands(listed: Sequence[Fault], extra: tuple[Act, ...]) -> Iterator[Acts]:
    """The acts that mend everything that fails, the text as it stands."""
    if all(fault.act is not None for fault in listed):
        yield _acts(listed, extra)


def _renewed(candidate: Candidate, listed: Sequence[Fault], extra: tuple[Act, ...]) -> Iterator[Acts]:
    """The acts that mend everything that fails, with a new version of the text."""
    left = [fault for fault in listed if not fault.by_text]
    if candidate.version is not None and all(fault.act is not None for fault in left):
        new = Act(Repair.NEW_VERSION, None, candidate.version.ref, candidate.next_version)
        yield _acts(left, (*extra, new))


def _acts(listed: Sequence[Fault], extra: tuple[Act, ...]) -> Acts:
    return merged([*extra, *(fault.act for fault in listed if fault.act is not None)])
