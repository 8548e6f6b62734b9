"""This module knows how to hold the product's answers to the reference's, and what a run has reached."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from protocols.world import decide_lines as product_lines

from .asking import lines, scenario
from .decide import decide_lines as reference_lines
from .times import moment

Json = dict[str, Any]
COMPARED = (
    *("result", "form", "cover", "protocol", "version", "line", "gateway", "basis", "principal", "keep_until"),
    *("rule", "failing", "weight"),
)

WHOLE_CASE = 5  # what a whole case would take is the slowest to work out: every fifth world


@dataclass
class Timing:
    """Seconds spent on each side."""

    generator: float = 0.0
    product: float = 0.0
    reference: float = 0.0

    def __add__(self, other: Timing) -> Timing:
        return Timing(self.generator + other.generator, self.product + other.product, self.reference + other.reference)


@dataclass
class Tally:
    """What a run of seeded worlds has shown."""

    cases: int = 0
    cases_released: int = 0
    fields: int = 0
    fields_released: int = 0
    covers: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    failing: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    seconds: Timing = field(default_factory=Timing)
    differences: list[Json] = field(default_factory=list)

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    def count(self, answer: Json) -> None:
        self.cases += 1
        self.cases_released += any(told["result"] != "withheld" for told in answer["fields"].values())
        for told in answer["fields"].values():
            self.fields += 1
            self.fields_released += told["result"] != "withheld"
            if told["cover"]:
                self.covers[told["cover"]] += 1
            if told["rule"]:
                self.reasons[told["rule"]] += 1
            self.failing.update(told["failing"])
            self.repairs.update(act.repair for act in told["change"])


def comparable(told: Json) -> Json:
    """A field's answer as both can be held to each other: a day and a moment that are the same instant are the same."""
    until = told["keep_until"]
    return {key: told[key] for key in COMPARED} | {"keep_until": moment(until) if isinstance(until, str) else until}


def differing(product: Json, reference: Json) -> list[Json]:
    """Field by field, what differs between two answers to the same case."""
    found = []
    for code, told in reference["fields"].items():
        one, other = comparable(product["fields"][code]), comparable(told)
        keys = [key for key in COMPARED if one[key] != other[key]]
        if keys:
            found.append(
                {
                    "case": reference["case"],
                    "field": code,
                    "product": {key: one[key] for key in keys} | {"change": product["fields"][code]["change"]},
                    "reference": {key: other[key] for key in keys} | {"change": [str(act) for act in told["change"]]},
                }
            )
    if "case_weight" in reference and product["case_weight"] != reference["case_weight"]:
        pair = {
            name: {"case_weight": side["case_weight"]}
            for name, side in (("product", product), ("reference", reference))
        }
        found.append({"case": reference["case"], "field": None, **pair})
    return found


def compare(seeds: Iterable[int], cases: int = 20) -> Tally:
    """Decide the cases of these worlds twice."""
    tally = Tally()
    for seed in seeds:
        started = time.process_time()
        world, asked = scenario(seed, cases)
        texts = lines(asked)
        made = time.process_time()
        product = [json.loads(answer) for answer in product_lines(world, texts)]
        decided = time.process_time()
        reference = list(reference_lines(world, texts, whole=seed % WHOLE_CASE == 0))
        done = time.process_time()
        tally.seconds += Timing(made - started, decided - made, done - decided)
        for one, other in zip(product, reference, strict=True):
            tally.count(other)
            tally.differences += differing(one, other)
    return tally
