"""This module knows the answer to a case: what becomes of each field, under which cover, why not, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from protocols import moments
from protocols.cases import Refusal
from protocols.moments import Instant
from protocols.repairs import TELLABLE, Act
from protocols.vocabulary import Cover, Result, Rule

ASK: Final = "Nothing can be released on this. You may ask the supplier."
MEND: Final = "This is not released as asked. What you can do about it is listed here."


@dataclass(frozen=True, slots=True)
class Told:
    """What the asker is shown of a withheld field: repairs of weight 1 and 2, and whether to ask the supplier."""

    message: str
    change: tuple[Act, ...]
    ask_supplier: bool

    def as_json(self) -> dict[str, object]:
        """As it stands in an answer."""
        change = [act.as_json() for act in self.change]
        return {"message": self.message, "change": change, "ask_supplier": self.ask_supplier}


NOTHING_TO_TELL: Final = Told(ASK, (), ask_supplier=True)
"""The one fixed answer: for a record that must not show itself, and for no record at all."""


def told(change: tuple[Act, ...], *, secret: bool) -> Told:
    """What the asker is told of a change; of a secret record always the fixed answer."""
    light = tuple(act for act in change if act.weight <= TELLABLE)
    if secret or not light:
        return NOTHING_TO_TELL
    return Told(MEND, light, ask_supplier=len(light) < len(change))


@dataclass(frozen=True, slots=True)
class FieldDecision:
    """What becomes of one field.

    `form` is the registry form that leaves (None if withheld). `rule` and `failing` give the reason, `change` the smallest lawful
    change and `weight` its cost (0 if not withheld, None if nobody here can change it). `keep_until`: the first instant
    at which the recipient may no longer keep it (None: open). The asker may be shown `told` and nothing else of a refusal.
    """

    code: str
    result: Result
    form: str | None = None
    cover: Cover | None = None
    protocol: str | None = None
    version: int | None = None
    line: str | None = None
    gateway: str | None = None
    basis: str | None = None
    principal: str | None = None
    keep_until: Instant | None = None
    rule: Rule | None = None
    failing: tuple[Rule, ...] = ()
    change: tuple[Act, ...] = ()
    weight: int | None = 0
    refusal: Refusal | None = None
    other_gateways: tuple[str, ...] = ()
    told: Told | None = None

    @property
    def leaves(self) -> bool:
        """Whether the field may leave (in `form`)."""
        return self.result is not Result.WITHHELD

    def as_json(self) -> dict[str, object]:
        """The field's part of an answer (docs/schema/answers.schema.json)."""
        return {
            "result": str(self.result),
            "form": self.form,
            "cover": None if self.cover is None else str(self.cover),
            "protocol": self.protocol,
            "version": self.version,
            "line": self.line,
            "gateway": self.gateway,
            "basis": self.basis,
            "principal": self.principal,
            "keep_until": None if self.keep_until is None else moments.show(self.keep_until),
            "rule": None if self.rule is None else str(self.rule),
            "failing": [str(rule) for rule in self.failing],
            "change": [act.as_json() for act in self.change],
            "weight": self.weight,
            "refusal": None if self.refusal is None else _refusal(self.refusal),
            "other_gateways": list(self.other_gateways),
            "told": None if self.told is None else self.told.as_json(),
        }


def _refusal(refusal: Refusal) -> dict[str, object]:
    return {"class": refusal.kind, "reason": refusal.reason, "may_escalate": refusal.kind == "discretion"}


@dataclass(frozen=True, slots=True)
class Decision:
    """The whole answer to a case. `case_change` releases every withheld field that can be released, at the least weight."""

    case: str
    fields: Mapping[str, FieldDecision]
    case_change: tuple[Act, ...] = ()
    case_weight: int | None = 0

    @property
    def released(self) -> dict[str, str]:
        """Field → form, for the fields that may leave."""
        return {code: each.form for code, each in self.fields.items() if each.form is not None}

    def as_json(self) -> dict[str, object]:
        """The answer as `accord protocol decide` prints it."""
        return {
            "case": self.case,
            "fields": {code: each.as_json() for code, each in self.fields.items()},
            "case_change": [act.as_json() for act in self.case_change],
            "case_weight": self.case_weight,
        }
