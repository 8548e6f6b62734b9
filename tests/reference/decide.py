"""This module knows how a case is answered: cover by cover, and where there is none, why (page, sections 3, 4 and 6)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .asks import Ask, non_personal
from .cases import Case, read_case
from .change import reason
from .covers import Cover, covers, spoken
from .law_rules import valid_bases
from .model import World, read_world


def named_basis(ask: Ask, chosen: Cover) -> str | None:
    line = chosen.candidate.line
    if line is None or non_personal(ask, chosen.form):
        return None
    valid = valid_bases(ask)
    return next((code for code in line.basis if code in valid), None)


def released(world: World, case: Case, field: str, chosen: Cover) -> dict[str, Any]:
    version, line = chosen.candidate.version, chosen.candidate.line
    return {
        "result": "released" if chosen.rank == 0 else "generalised",
        "form": chosen.form,
        "cover": chosen.candidate.cover,
        "protocol": None if version is None else version.ref,
        "version": None if version is None else version.number,
        "line": None if line is None else line.id,
        "rule": None,
        "failing": [],
        "change": [],
        "weight": 0,
    }


def answer_field(world: World, case: Case, field: str, asked: str | None) -> dict[str, Any]:

    chosen = spoken(covers(world, case, field, asked))
    if chosen is not None:
        return released(world, case, field, chosen)
    why = reason(world, case, field, asked)
    return {
        "result": "withheld",
        "form": None,
        "cover": None,
        "protocol": None,
        "version": None,
        "line": None,
        "rule": why.failing[0],
        "failing": why.failing,
        "change": sorted(why.change, key=str),
        "weight": why.weight,
    }


def answer(world: World, case: Case) -> dict[str, Any]:
    fields = {field: answer_field(world, case, field, asked) for field, asked in case.fields}
    return {"case": case.id, "fields": fields}


def decide(world: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    """One case in one world, both as JSON."""
    return answer(read_world(world), read_case(case))


def decide_lines(world: Mapping[str, Any], cases: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The cases of one world, one JSON text each."""
    known = read_world(world)
    for case in cases:
        yield answer(known, read_case(json.loads(case)))


__all__ = ["answer", "day_of", "decide", "decide_lines", "midnight", "counting"]
