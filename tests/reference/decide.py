"""This module knows how a case is answered: cover by cover, and where there is none, why (page, sections 3, 4 and 6)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .asks import Ask, non_personal
from .cases import Case, read_case
from .change import case_weight, reason
from .covers import Cover, covers, spoken
from .law_rules import has_standing, principal, valid_bases
from .model import Line, World, read_world
from .times import HOUR, NEVER, days_after

NOTHING = dict.fromkeys(
    ("form", "cover", "protocol", "version", "line", "gateway", "basis", "principal", "keep_until", "rule")
)


def named_basis(ask: Ask, chosen: Cover) -> str | None:
    """The first that is valid of those that the line lists; in an emergency the first of the law; none where none is asked."""
    line = chosen.candidate.line
    if line is not None and "basis" in ask.world.law.gateways[line.gateway].stands_in_for:
        return None
    if chosen.candidate.cover not in ("line", "law:EMERGENCY") or non_personal(ask, chosen.form):
        return None
    valid = valid_bases(ask)
    return next((code for code in (valid if line is None else line.basis) if code in valid), None)


def named_principal(ask: Ask, line: Line | None) -> str | None:
    """Where a delegation gives the standing, the disclosure is recorded as made to the principal."""
    if line is None or not ask.world.law.gateways[line.gateway].standing or has_standing(ask, ask.receiver):
        return None
    return principal(ask)


def keep_until(case: Case, chosen: Cover) -> int | None:
    """The earlier of the line's retention and the record's; a hold outlasts both, but not the 24 hours of an emergency."""
    ends = [] if case.record.hold else [case.record.retain_until]
    if chosen.candidate.line is not None and not case.record.hold:
        ends.append(days_after(case.at, chosen.candidate.line.retention_days))
    if chosen.candidate.cover == "law:EMERGENCY" and case.decision is not None:
        ends.append(case.decision.at + 24 * HOUR)
    end = min(ends, default=NEVER)
    return None if end == NEVER else end


def gateway_of(chosen: Cover) -> str | None:
    if chosen.candidate.line is not None:
        return chosen.candidate.line.gateway
    return "CDA17A" if chosen.candidate.cover == "law:CDA17A" else None


def released(ask: Ask, chosen: Cover) -> dict[str, Any]:
    version, line = chosen.candidate.version, chosen.candidate.line
    return {
        "result": "released" if chosen.rank == 0 else "generalised",
        "form": chosen.form,
        "cover": chosen.candidate.cover,
        "protocol": None if version is None else version.ref,
        "version": None if version is None else version.number,
        "line": None if line is None else line.id,
        "gateway": gateway_of(chosen),
        "basis": named_basis(ask, chosen),
        "principal": named_principal(ask, line),
        "keep_until": keep_until(ask.case, chosen),
        "rule": None,
        "failing": [],
        "change": [],
        "weight": 0,
    }


def answer_field(world: World, case: Case, field: str, asked: str | None) -> dict[str, Any]:
    chosen = spoken(covers(world, case, field, asked))
    if chosen is not None:
        return released(Ask(world, case, chosen[0], field, case.channel), chosen[1])
    why = reason(world, case, field, asked)
    return NOTHING | {
        "result": "withheld",
        "rule": why.failing[0],
        "failing": why.failing,
        "change": sorted(why.change, key=str),
        "weight": why.weight,
    }


def answer(world: World, case: Case, *, whole: bool = True) -> dict[str, Any]:
    """Field by field, and, if wanted, what the case as a whole would take."""
    fields = {field: answer_field(world, case, field, asked) for field, asked in case.fields}
    if not whole:
        return {"case": case.id, "fields": fields}
    mendable = [(field, asked, fields[field]["weight"]) for field, asked in case.fields if fields[field]["weight"]]
    hopeless = any(told["weight"] is None for told in fields.values())
    weight = case_weight(world, case, mendable) if mendable else None if hopeless else 0
    return {"case": case.id, "fields": fields, "case_weight": weight}


def decide(world: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    """One case in one world, both as JSON."""
    return answer(read_world(world), read_case(case))


def decide_lines(world: Mapping[str, Any], cases: Iterable[str], *, whole: bool = True) -> Iterator[dict[str, Any]]:
    """The cases of one world, one JSON text each."""
    known = read_world(world)
    for case in cases:
        yield answer(known, read_case(json.loads(case)), whole=whole)
