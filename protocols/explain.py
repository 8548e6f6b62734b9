"""This module knows why a field is withheld, and the smallest lawful change after which it is not.

The cheapest way to mend a candidate is the change, and its candidate gives the reason. In a meeting every attending organisation
needs a way, or is left outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

from protocols import ways
from protocols.candidates import Candidate
from protocols.cases import Case
from protocols.covers import CDA17A
from protocols.facts import World
from protocols.least import Acts, least, minimal
from protocols.repairs import Act, Repair, in_order, merged, weight
from protocols.rules import CDA115, Setting
from protocols.vocabulary import RULE_ORDER, SECRET_FLAGS, Rule
from protocols.ways import Findings, Way


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a field is withheld, and what would change it (`weight` None: nothing that anybody here can do).

    `alternatives` are all minimal changes, from which the change for a whole case is chosen. `secret`: the asker must not learn
    from the answer that there is a record.
    """

    failing: tuple[Rule, ...]
    change: tuple[Act, ...] = ()
    weight: int | None = None
    other_gateways: tuple[str, ...] = ()
    secret: bool = False
    alternatives: tuple[Acts, ...] = ()

    @property
    def rule(self) -> Rule:
        """The reason: the first failing rule in table order."""
        return self.failing[0]


def reason(world: World, case: Case, code: str, covered: Mapping[str, bool]) -> Reason:
    """Why a field is withheld. `covered` tells for each recipient whether it has a cover of its own as asked."""
    found = {recipient: ways.find(world, case, recipient, code) for recipient in case.recipients}
    if len(found) > 1:
        return _meeting(world, case, code, found, covered)
    ((recipient, each),) = found.items()
    if not each.ways:
        return _hopeless(world, case, recipient, each)
    best = min(each.ways, key=lambda way: way.order)
    change = in_order(best.acts)
    return Reason(
        failing=best.failing,
        change=change,
        weight=weight(change),
        secret=_is_secret(case, [best.candidate]),
        alternatives=minimal(way.acts for way in each.ways),
    )


def _hopeless(world: World, case: Case, recipient: str, found: Findings) -> Reason:
    """Nobody here can change it: the candidate with the fewest rules beyond mending gives the reason."""
    setting = Setting.of(world, case, recipient)
    best = min(found.looks, key=lambda look: look.order, default=None)
    if best is None:
        return Reason(_NO_PROTOCOL, other_gateways=_offers(setting, None), secret=_is_secret(case, []))
    return Reason(
        best.failing, other_gateways=_offers(setting, best.candidate), secret=_is_secret(case, [best.candidate])
    )


def _is_secret(case: Case, chosen: Iterable[Candidate]) -> bool:
    """Whether the asker gets the fixed answer: by the record's flags, or by its marking above the protocol's."""
    if case.record.flags & SECRET_FLAGS:
        return True
    return any(one.version is not None and case.record.marking > one.version.marking for one in chosen)


def in_table_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules, each once, in table order."""
    return tuple(sorted(set(rules), key=RULE_ORDER.__getitem__))


def _offers(setting: Setting, candidate: Candidate | None) -> tuple[str, ...]:
    """The other gateways that the law data has for this recipient, whether enabled or not."""
    line = candidate.line if candidate else None
    tried = line.gateway if line else CDA115
    offered = (
        code
        for code, row in setting.world.law.gateways.items()
        if code not in (tried, CDA17A)
        and row.stands(setting.case.moment)
        and ("*" in row.recipients or setting.recipient.body_type in row.recipients)
        and (not row.standing or setting.route.standing[0])
    )
    return tuple(sorted(offered))


# --- meetings -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """For a meeting: the way chosen for each attending organisation, None for one that is left outside."""

    ways: tuple[Way | None, ...]
    acts: Acts

    @property
    def order(self) -> tuple[object, ...]:
        """Cheapest first; then fewer repairs, fewer left outside, then the ways' own ties by attendance."""
        outside = sum(way is None for way in self.ways)
        return (weight(self.acts), len(self.acts), outside, [way.ties if way else _LAST for way in self.ways])


_LAST: Final = (99,)
_NO_PROTOCOL: Final = (Rule.IN_FORCE, Rule.LINE)
"""The reason where nothing could cover the field: the partnership has no protocol."""
Option = tuple[Way | None, Acts]


def _meeting(world: World, case: Case, code: str, found: Mapping[str, Findings], covered: Mapping[str, bool]) -> Reason:
    offered = [_options(case, code, found, covered, asked) for asked in _asked(found)]
    choices = [choice for options in offered for choice in _choices(options)]
    lacking = [recipient for recipient in case.recipients if not covered[recipient]]
    if choices:
        best = min(choices, key=lambda choice: choice.order)
        kept = [
            way for recipient, way in zip(case.recipients, best.ways, strict=True) if way and not covered[recipient]
        ]
        change = in_order(best.acts)
        return Reason(
            failing=in_table_order([*(rule for way in kept for rule in way.failing), Rule.AUDIENCE]),
            change=change,
            weight=weight(change),
            secret=_is_secret(case, [way.candidate for way in kept]),
            alternatives=minimal(acts for options in offered for acts in _unions(options)),
        )
    alone = [_hopeless(world, case, recipient, found[recipient]) for recipient in lacking]
    return Reason(
        failing=in_table_order([*(rule for each in alone for rule in each.failing), Rule.AUDIENCE]),
        other_gateways=tuple(sorted({code for each in alone for code in each.other_gateways})),
        secret=any(each.secret for each in alone),
    )


def _asked(found: Mapping[str, Findings]) -> list[int | None]:
    """The forms that may be asked for: in a meeting one form is asked for all."""
    every = {way.asked for each in found.values() for way in each.ways}
    return sorted(every, key=lambda form: -1 if form is None else form)


def _options(
    case: Case, code: str, found: Mapping[str, Findings], covered: Mapping[str, bool], asked: int | None
) -> list[list[Option]]:
    """Per attending organisation its ways, and to be left outside if it has no cover as asked."""
    options: list[list[Option]] = []
    for recipient in case.recipients:
        each: list[Option] = [(way, way.acts) for way in _different(found[recipient].ways, asked)]
        if not covered[recipient]:
            each.append((None, frozenset({Act(Repair.OUTSIDE_MEETING, recipient, field=code)})))
        options.append(each)
    return options


def _choices(options: list[list[Option]]) -> Iterator[Choice]:
    """Every combination that may be the least: somebody is kept, and no part weighs more than a whole that we know of."""
    bound = _bound(options)
    if bound is None:
        return
    for chosen in product(*([option for option in each if weight(option[1]) <= bound] for each in options)):
        if any(way is not None for way, _ in chosen):
            yield Choice(tuple(way for way, _ in chosen), merged(act for _, acts in chosen for act in acts))


def _bound(options: list[list[Option]]) -> int | None:
    """The weight of one combination that keeps somebody; None if there is none."""
    if not all(options):
        return None
    least_of = [min(weight(acts) for _, acts in each) for each in options]
    kept = [min((weight(acts) for way, acts in each if way), default=None) for each in options]
    extra = [each - lowest for each, lowest in zip(kept, least_of, strict=True) if each is not None]
    return sum(least_of) + min(extra) if extra else None


def _unions(options: list[list[Option]]) -> tuple[Acts, ...]:
    """The acts of every combination that keeps somebody, without those that contain another's."""
    kept: tuple[Acts, ...] = ()
    outside: tuple[Acts, ...] = (frozenset(),)
    for each in options:
        inside = [acts for way, acts in each if way is not None]
        out = [acts for way, acts in each if way is None]
        grown = [one | acts for one in kept for _, acts in each] + [one | acts for one in outside for acts in inside]
        kept, outside = minimal(grown), minimal(one | acts for one in outside for acts in out)
    return kept


def _different(found: Iterable[Way], asked: int | None) -> list[Way]:
    """The ways under this form asked for: of those with the same acts the one that wins the ties."""
    best: dict[Acts, Way] = {}
    for way in found:
        if way.asked == asked and (way.acts not in best or way.ties < best[way.acts].ties):
            best[way.acts] = way
    return list(best.values())


# --- the case as a whole ------------------------------------------------------------------------


def case_change(reasons: Iterable[Reason]) -> tuple[tuple[Act, ...], int | None]:
    """The least change after which every withheld field that can be allowed is allowed; None if there is none of those."""
    reasons = tuple(reasons)
    needs = [each.alternatives for each in reasons if each.weight is not None]
    if not reasons:
        return (), 0
    if not needs:
        return (), None
    change = in_order(least(needs))
    return change, weight(change)
