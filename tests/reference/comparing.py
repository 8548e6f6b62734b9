"""This module knows how to hold the product's answers to the reference's, world by world, and what has been reached on the way."""

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

Json = dict[str, Any]
COMPARED = ("result", "form", "cover", "protocol", "version", "line", "rule", "failing", "weight")


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
    seconds: Counter[str] = field(default_factory=Counter)
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


def differing(product: Json, reference: Json) -> list[Json]:
    """Field by field, the keys in which two answers to the same case differ."""
    return [
        {
            "case": reference["case"],
            "field": code,
            "product": {key: product["fields"][code][key] for key in keys}
            | {"change": product["fields"][code]["change"]},
            "reference": {key: told[key] for key in keys} | {"change": [str(act) for act in told["change"]]},
        }
        for code, told in reference["fields"].items()
        if (keys := [key for key in COMPARED if product["fields"][code][key] != told[key]])
    ]


def compare(seeds: Iterable[int], cases: int = 20) -> Tally:
    """Decide the cases of these worlds twice."""
    tally = Tally()
    for seed in seeds:
        started = time.perf_counter()
        world, asked = scenario(seed, cases)
        texts = lines(asked)
        made = time.perf_counter()
        product = [json.loads(answer) for answer in product_lines(world, texts)]
        decided = time.perf_counter()
        reference = list(reference_lines(world, texts))
        done = time.perf_counter()
        tally.seconds.update(generator=made - started, product=decided - made, reference=done - decided)
        for one, other in zip(product, reference, strict=True):
            tally.count(other)
            tally.differences += differing(one, other)
    return tally
