"""This module knows a small world in which everything that a release needs is in place, and how tests bend it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from protocols import case_reading, decide, world
from protocols.decision import Decision, FieldDecision

Json = dict[str, Any]
Bend = Callable[[Json, Json], None]

NOON = "2024-06-12T12:00:00+01:00"
NAME, BIRTH, PLACE, MONTH = "subject.name", "subject.dob", "incident.point", "incident.month"


def organisation(code: str, body_type: str, **more: Any) -> Json:
    """An organisation of the partnership with an officer, and a liaison officer trained in January 2024."""
    made: Json = {
        "code": code,
        "body_type": body_type,
        "memberships": [{"partnership": "forest"}],
        "officers": [
            {"code": f"{code}-officer", "roles": ["officer"]},
            {"code": f"{code}-liaison", "roles": ["liaison-officer"]},
            {"code": f"{code}-duty", "roles": ["duty-officer"]},
        ],
        "liaison_officers": [{"officer": f"{code}-liaison", "from": "2023-01-01", "trained_on": ["2024-01-10"]}],
    }
    return made | more


def line(**more: Any) -> Json:
    """A line from housing associations to the police."""
    made: Json = {
        "id": "1",
        "purposes": ["asb-case"],
        "fields": [NAME, BIRTH, PLACE],
        "form": {BIRTH: "age-band"},
        "from": ["kind:housing-association"],
        "to": ["kind:police"],
        "gateway": "CDA115",
        "basis": ["6(1)(f)"],
        "channels": ["view", "export", "meeting"],
        "retention_days": 30,
    }
    return made | more


def protocol(ref: str = "ISP", version: int = 1, **more: Any) -> Json:
    """A statutory protocol that the landlord and the police have signed."""
    made: Json = {
        "ref": ref,
        "partnership": "forest",
        "kind": "statutory",
        "version": version,
        "starts_on": "2024-01-01",
        "review_by": "2025-01-01",
        "ends_on": "2027-01-01",
        "overlap_days": 30,
        "marking": "OFFICIAL",
        "parties": ["landlord", "met", "council"],
        "purposes": [{"code": "asb-case", "provision": "CDA1998-s17"}],
        "lines": [line()],
        "signatures": [
            {"organisation": "landlord", "signed_on": "2024-01-01"},
            {"organisation": "met", "signed_on": "2024-01-01"},
        ],
    }
    return made | more


def make_world() -> Json:
    """The world."""
    return {
        "organisations": [
            organisation("landlord", "housing-association"),
            organisation("met", "police"),
            organisation("council", "council"),
            organisation("almo", "almo"),
            organisation("charity", "charity"),
        ],
        "protocols": [protocol()],
    }


def make_case() -> Json:
    """The police ask for a name from the landlord, whose liaison officer allowed it yesterday."""
    return {
        "case": "1",
        "record": {
            "origin": "landlord",
            "controllers": ["landlord"],
            "holder": "landlord",
            "partnership": "forest",
            "area": "east",
            "category": "noise",
            "retain_until": "2030-01-01",
            "homes": {"cell-250": 20, "lsoa": 600, "ward": 4000, "borough": 90_000},
        },
        "recipient": "met",
        "purpose": "asb-case",
        "fields": [{"code": NAME}],
        "moment": NOON,
        "channel": "view",
        "officer": "met-officer",
        "assigned": True,
        "statement": {"necessity": True, "proportionality": True},
        "decision": {
            "officer": "landlord-liaison",
            "decided_at": "2024-06-11T09:00:00+01:00",
            "fields": {NAME: {"allow": "as-is"}, PLACE: {"allow": "as-is"}},
        },
    }


def bent(bend: Bend | None = None) -> tuple[Json, Json]:
    """World and case, bent by `bend(world, case)`."""
    facts, case = copy.deepcopy((make_world(), make_case()))
    if bend is not None:
        bend(facts, case)
    return facts, case


def answer(facts: Json, case: Json) -> Decision:
    """Decide one case."""
    known = world.load(facts)
    return decide.release(known, case_reading.read(known, case))


def decided(bend: Bend | None = None, field: str | None = None) -> FieldDecision:
    """What becomes of the first field (or `field`) of the bent case."""
    facts, case = bent(bend)
    decision = answer(facts, case)
    return decision.fields[field or case["fields"][0]["code"]]


def change(found: FieldDecision) -> list[tuple[str, str | None]]:
    """The repairs of a change, with who acts."""
    return [(str(act.repair), act.org) for act in found.change]


def as_text(found: Decision) -> str:
    """The bytes of an answer."""
    return json.dumps(found.as_json())
