"""This module knows why a field is withheld, and the smallest lawful change after which it is not.

The cheapest way to mend a candidate is the change, and its candidate gives the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from protocols import ways
from protocols.candidates import Candidate
from protocols.cases import Case
from protocols.facts import World
from protocols.law import CDA17A
from protocols.least import Acts, least, minimal
from protocols.meeting import Meeting
from protocols.repairs import Act, in_order, weight
from protocols.rules import CDA115, Setting
from protocols.vocabulary import RULE_ORDER, SECRET_FLAGS, Rule
from protocols.ways import Findings

_NO_PROTOCOL: Final = (Rule.IN_FORCE, Rule.LINE)
"""The reason where nothing could cover the field: the partnership has no protocol."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a field is withheld, and what would change it (`weight` None: nothing that anybody here can do).

    `alternatives` gives the minimal changes, from which the change for a whole case is chosen. `secret`: the asker must not learn
    from the answer that there is a record.
    """

    failing: tuple[Rule, ...]
    change: tuple[Act, ...] = ()
    weight: int | None = None
    other_gateways: tuple[str, ...] = ()
    secret: bool = False
    alternatives: Callable[[], Iterable[Acts]] = tuple

    @property
    def rule(self) -> Rule:
        """The reason: the first failing rule in table order."""
        return self.failing[0]


def reason(world: World, case: Case, code: str, covered: Mapping[str, bool]) -> Reason:
    """Why a field is withheld. `covered` tells for each recipient whether it has a cover of its own as asked."""
    found = {recipient: ways.find(world, case, recipient, code) for recipient in case.recipients}
    if len(found) > 1:
        return _in_meeting(world, case, Meeting(case.recipients, code, found, covered))
    ((recipient, each),) = found.items()
    if not each.ways:
        return _hopeless(world, case, recipient, each)
    best = min(each.ways, key=lambda way: way.order)
    change = in_order(best.acts)
    return Reason(
        failing=each.failing(best),
        change=change,
        weight=weight(change),
        secret=_is_secret(case, [best.candidate]),
        alternatives=lambda: minimal(way.acts for way in each.ways),
    )


def _hopeless(world: World, case: Case, recipient: str, found: Findings) -> Reason:
    """Nobody here can change it: the candidate with the fewest rules beyond mending gives the reason."""
    setting = Setting.of(world, case, recipient)
    best = found.least_hopeless()
    if best is None:
        return Reason(_NO_PROTOCOL, other_gateways=_offers(setting, None), secret=_is_secret(case, []))
    return Reason(
        best.failing, other_gateways=_offers(setting, best.candidate), secret=_is_secret(case, [best.candidate])
    )


def _in_meeting(world: World, case: Case, meeting: Meeting) -> Reason:
    choice = meeting.least()
    if choice is not None:
        kept = {one: way for one, way in choice.ways.items() if way is not None and not meeting.covered[one]}
        failing = [rule for one, way in kept.items() for rule in meeting.found[one].failing(way)]
        change = in_order(choice.acts)
        return Reason(
            failing=in_table_order([*failing, Rule.AUDIENCE]),
            change=change,
            weight=weight(change),
            secret=_is_secret(case, [way.candidate for way in kept.values()]),
            alternatives=meeting.alternatives,
        )
    lacking = [one for one in case.recipients if not meeting.covered[one]]
    alone = [_hopeless(world, case, one, meeting.found[one]) for one in lacking]
    return Reason(
        failing=in_table_order([*(rule for each in alone for rule in each.failing), Rule.AUDIENCE]),
        other_gateways=tuple(sorted({code for each in alone for code in each.other_gateways})),
        secret=any(each.secret for each in alone),
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


# --- the case as a whole ------------------------------------------------------------------------


def case_change(reasons: Iterable[Reason]) -> tuple[tuple[Act, ...], int | None]:
    """The least change after which every withheld field that can be allowed is allowed; None if there is none of those."""
    reasons = tuple(reasons)
    open_ones = [each for each in reasons if each.weight is not None]
    if not reasons:
        return (), 0
    if len(open_ones) <= 1:
        return (open_ones[0].change, open_ones[0].weight) if open_ones else ((), None)
    change = in_order(least(tuple(each.alternatives()) for each in open_ones))
    return change, weight(change)
