"""This module knows the words of the release rules: rules, channels, classes, markings, kinds, in the order that decides ties."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from protocols.actions import Action


class Rule(StrEnum):
    """The release rules, in table order; `complete` stands first and is only ever a reason."""

    COMPLETE = "complete"
    ROLE = "role"
    MEMBERSHIP = "membership"
    IN_FORCE = "in-force"
    LINE = "line"
    ONWARD = "onward"
    GATEWAY = "gateway"
    BASIS = "basis"
    STATEMENT = "statement"
    DECISION = "decision"
    RETENTION = "retention"
    MARKING = "marking"
    IDENTIFY = "identify"
    AUDIENCE = "audience"


class Result(StrEnum):
    """What becomes of one field."""

    RELEASED = "released"
    GENERALISED = "generalised"
    WITHHELD = "withheld"


class Cover(StrEnum):
    """Why a field may leave, in the order in which covers of the same form are preferred."""

    OWN = "own"
    LINE = "line"
    CDA17A = "law:CDA17A"
    OPEN = "open"
    EMERGENCY = "law:EMERGENCY"


RULES: Final = tuple(Rule)
RULE_ORDER: Final[Mapping[str, int]] = MappingProxyType({rule: place for place, rule in enumerate(RULES)})
COVERS: Final = tuple(Cover)

CHANNELS: Final = ("view", "export", "meeting", "link", "api", "verbal")
CHANNEL_ACTION: Final[Mapping[str, Action]] = MappingProxyType(
    {
        "view": Action.VIEW_RELEASE,
        "export": Action.EXPORT_RELEASE,
        "meeting": Action.HEAR_RELEASE,
        "link": Action.LINK_RELEASE,
        "api": Action.FETCH_RELEASE,
        "verbal": Action.TELL_RELEASE,
    }
)
URGENCIES: Final = ("routine", "urgent", "emergency")
SIDES: Final = ("recipient", "supplier")

CLASSES: Final = ("non-personal", "depersonalised", "pseudonymised", "personal", "criminal", "special")
PERSONAL: Final = frozenset({"pseudonymised", "personal", "criminal", "special"})
"""Classes that are personal data; the other two are so only where rule 12 finds that they identify somebody."""

NEED_CONDITION: Final = frozenset({"criminal", "special"})
FLAGS: Final = ("domestic-abuse", "hate", "child", "witness", "safe-address", "covert")
SECRET_FLAGS: Final = frozenset({"covert", "witness", "safe-address", "domestic-abuse"})
"""Flags for which the asker's answer must not show that there is a record at all."""

REGIMES: Final = ("UKGDPR", "PART3")
MARKINGS: Final = ("OFFICIAL", "OFFICIAL-SENSITIVE")
STATES: Final = ("live", "frozen", "shredded")
KINDS: Final = ("bilateral", "purpose", "statutory")
"""Kinds of protocol, the closest agreement first: the order that settles ties between lines."""

REFUSALS: Final = ("legal-bar", "discretion")
ENOUGH_HOMES: Final = 8
"""Fewest homes in an area that may be named without naming a household (police.uk's rule)."""

TRAINED_YEARS: Final = 2
AUTHORISED_YEARS: Final = 1
TAIL_DAYS: Final = 28
"""How long a standing authorisation outlives the last trained holder of the liaison post."""

EMERGENCY_HOURS: Final = 24
REVIEW_EARLIEST_DAYS: Final = 90
AS_IS: Final = "as-is"
