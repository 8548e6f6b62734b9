"""This module knows the repairs that can turn a refusal into a release: a closed list, each weighed by who has to move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Repair(StrEnum):
    """What somebody can do. The order is that of their weights."""

    GIVE_STATEMENT = "give-statement"
    BE_ASSIGNED = "be-assigned"
    COARSER_FORM = "coarser-form"
    OTHER_CHANNEL = "other-channel"
    ACCEPT_CONFIDENTIALITY = "accept-confidentiality"
    ANOTHER_OFFICER = "another-officer"
    OUTSIDE_MEETING = "outside-meeting"
    DECIDE = "decide"
    NAME_AND_TRAIN = "name-and-train"
    ASK_ORIGIN = "ask-origin"
    SIGN = "sign"
    REVIEW = "review"
    LIFT_SUSPENSION = "lift-suspension"
    DELEGATE = "delegate"
    NEW_VERSION = "new-version"


WEIGHTS: Final[Mapping[Repair, int]] = MappingProxyType(
    {
        Repair.GIVE_STATEMENT: 1,
        Repair.BE_ASSIGNED: 1,
        Repair.COARSER_FORM: 1,
        Repair.OTHER_CHANNEL: 1,
        Repair.ACCEPT_CONFIDENTIALITY: 2,
        Repair.ANOTHER_OFFICER: 2,
        Repair.OUTSIDE_MEETING: 2,
        Repair.DECIDE: 3,
        Repair.NAME_AND_TRAIN: 3,
        Repair.ASK_ORIGIN: 3,
        Repair.SIGN: 4,
        Repair.REVIEW: 5,
        Repair.LIFT_SUSPENSION: 5,
        Repair.DELEGATE: 6,
        Repair.NEW_VERSION: 9,
    }
)
"""1 the asker, 2 recipient, 3 supplier, 4 one organisation, 5 the partnership, 6 recipient and principal, 9 both sides."""

_PLACES: Final = {repair: place for place, repair in enumerate(Repair)}

TELLABLE: Final = 2
"""The asker is told of repairs up to this weight; for the rest it is told to ask the supplier."""


@dataclass(frozen=True, slots=True, order=True)
class Act:
    """One repair by one organisation. The same act counts once, however many fields and recipients it serves."""

    repair: Repair
    org: str | None = None
    protocol: str | None = None
    version: int | None = None
    form: str | None = None
    channel: str | None = None
    field: str | None = None

    @property
    def weight(self) -> int:
        """The weight of who has to move."""
        return WEIGHTS[self.repair]

    @property
    def order(self) -> tuple[int, int, tuple[str, ...], int]:
        """Where it stands in a list of changes: lightest first, then by name."""
        names = (self.org or "", self.protocol or "", self.field or "", self.form or "", self.channel or "")
        return (self.weight, _PLACES[self.repair], names, self.version or 0)

    def as_json(self) -> dict[str, object]:
        """The repair as it stands in an answer."""
        shown: dict[str, object] = {
            "repair": str(self.repair),
            "org": self.org,
            "protocol": self.protocol,
            "version": self.version,
        }
        extra = {"form": self.form, "channel": self.channel, "field": self.field}
        return shown | {key: value for key, value in extra.items() if value is not None}


def merged(acts: Iterable[Act]) -> frozenset[Act]:
    """The acts, each once; naming and training somebody who decides takes in a decision of the same organisation there."""
    every = frozenset(acts)
    named = {(act.org, act.protocol) for act in every if act.repair is Repair.NAME_AND_TRAIN}
    if not named:
        return every
    return frozenset(act for act in every if act.repair is not Repair.DECIDE or (act.org, act.protocol) not in named)


def weight(acts: Iterable[Act]) -> int:
    """The weight of a change."""
    return sum(act.weight for act in merged(acts))


def in_order(acts: Iterable[Act]) -> tuple[Act, ...]:
    """A change as a list: the lightest repairs first."""
    return tuple(sorted(merged(acts), key=lambda act: act.order))
