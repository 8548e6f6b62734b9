"""This module knows the small world of the worked examples, and the two who have to answer them alike: rulebook and reference."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from protocols.world import decide_lines as product_lines
from tests.reference.decide import decide as reference_decide
from tests.reference.generator import Json


def product(world: Json, case: Json) -> Json:
    """The answer of the rulebook, as `accord protocol decide` gives it."""
    answer: Json = json.loads(next(iter(product_lines(world, [json.dumps(case)]))))
    return answer


Decide = Callable[[Json, Json], Json]
SIDES = pytest.mark.parametrize("decide", [reference_decide, product], ids=["reference", "product"])

REGISTRY = {
    "subject.name": {"forms": [{"form": "as-is", "class": "personal"}]},
    "subject.dob": {"forms": [{"form": "as-is", "class": "personal"}, {"form": "age-band", "class": "depersonalised"}]},
    "incident.point": {
        "location": True,
        "forms": [
            {"form": "as-is", "class": "personal"},
            {"form": "cell-250", "class": "depersonalised"},
            {"form": "borough", "class": "non-personal", "borough": True},
        ],
    },
    "incident.month": {"forms": [{"form": "as-is", "class": "non-personal"}]},
    "offence.arrests": {"forms": [{"form": "as-is", "class": "criminal"}]},
    "note.raw": {"free_text": True, "forms": [{"form": "as-is", "class": "special"}]},
}
ROLES = {
    "officer": ["release:view", "release:export", "release:hear", "release:tell", "record:view_own"],
    "liaison-officer": ["request:decide"],
    "duty-officer": ["request:allow_emergency"],
}
LAW = {
    "body_types": {
        "police": {"standing": [{"from": "1998-09-30"}]},
        "housing-association": {"standing": [{"from": "1998-09-30"}]},
        "almo": {"may_act_for": True},
        "charity": {},
    },
    "gateways": {"CDA115": {"from": "1998-09-30", "enabled": True, "standing": True}},
    "bases": {"6(1)(f)": {"from": "2018-05-25", "supplier": {"public_authority": "no"}}},
    "conditions": {},
    "provisions": {"CDA1998-s17": {"from": "1998-09-30"}},
    "prescribed": {"D1": {"holders": ["police"], "fields": ["incident.point"], "from": "2007-07-01"}},
    "location_meetings": ["JOG"],
}


def organisation_of(code: str, kind: str, **more: Any) -> Json:
    """A member of the partnership with an officer, a liaison officer trained in February 2023 and a duty officer."""
    member = [{"partnership": "north"}]
    officers = [
        {"code": f"{code}-al", "roles": ["officer"]},
        {"code": f"{code}-cy", "roles": ["liaison-officer"]},
        {"code": f"{code}-di", "roles": ["duty-officer"]},
    ]
    posts = [{"officer": f"{code}-cy", "trained_on": ["2023-02-28"]}]
    row = {"code": code, "body_type": kind, "memberships": member, "officers": officers, "liaison_officers": posts}
    return row | {"public_authority": kind == "police"} | more


def line_of(ident: str = "4.2", **more: Any) -> Json:
    """A line from housing associations: names, and dates of birth as age bands."""
    return {
        "id": ident,
        "purposes": ["asb-case"],
        "fields": ["subject.name", "subject.dob"],
        "form": {"subject.dob": "age-band"},
        "from": ["kind:housing-association"],
        "to": ["police", "almo", "charity"],
        "gateway": "CDA115",
        "basis": ["6(1)(f)"],
        "channels": ["view", "export"],
        "retention_days": 30,
        **more,
    }


def version_of(number: int = 1, **more: Any) -> Json:
    """A version of a statutory protocol that all four have signed."""
    signatures = [{"organisation": who, "signed_on": "2023-03-01"} for who in ("homes", "police", "almo", "charity")]
    return {
        "ref": "ISP",
        "partnership": "north",
        "kind": "statutory",
        "version": number,
        "starts_on": "2023-04-01",
        "review_by": "2024-04-01",
        "reply_days": 10,
        "parties": ["homes", "police", "almo", "charity"],
        "purposes": [{"code": "asb-case", "provision": "CDA1998-s17"}],
        "lines": [line_of()],
        "signatures": signatures,
        **more,
    }


def world_of(*versions: Json) -> Json:
    """A landlord, the police, an ALMO and a charity under these versions (none given: the one version)."""
    return {
        "organisations": [
            organisation_of("homes", "housing-association"),
            organisation_of("police", "police"),
            organisation_of("almo", "almo"),
            organisation_of("charity", "charity"),
        ],
        "protocols": list(versions or (version_of(),)),
        "registry": REGISTRY,
        "roles": ROLES,
        "law": LAW,
    }


def case_of(**more: Any) -> Json:
    """The police ask the landlord for a name that its liaison officer allowed on the day before."""
    record = {
        "origin": "homes",
        "controllers": ["homes"],
        "holder": "homes",
        "partnership": "north",
        "area": "east",
        "category": "noise",
    }
    case = {
        "case": "1",
        "record": record | more.pop("record", {}),
        "recipient": "police",
        "purpose": "asb-case",
        "fields": [{"code": "subject.name", "form": "as-is"}],
        "moment": "2023-06-10T12:00:00Z",
        "channel": "view",
        "officer": "police-al",
        "assigned": True,
        "statement": {"necessity": True, "proportionality": True},
        "decision": {
            "officer": "homes-cy",
            "decided_at": "2023-06-09T09:00:00Z",
            "fields": {"subject.name": {"allow": "as-is"}, "subject.dob": {"allow": "as-is"}},
        },
    }
    return case | more


def lasting_for(at: str, decided: str, **more: Any) -> tuple[Json, Json]:
    """A protocol in force for years, and a case asked and decided at these moments."""
    world = world_of(version_of(starts_on="2022-01-01", review_by="2026-01-01", **more))
    for row in world["protocols"][0]["signatures"]:
        row["signed_on"] = "2022-01-01"
    world["organisations"][0]["liaison_officers"][0]["trained_on"] = ["2023-01-10"]
    case = case_of(moment=at)
    case["decision"]["decided_at"] = decided
    return world, case


def emergency_at(decided: str, at: str) -> tuple[Json, Json]:
    """Nothing is agreed; an officer on duty allowed a name, and it is asked for at this moment."""
    case = case_of(moment=at, urgency="emergency", emergency={"called_back": True})
    case["statement"] = {"harm": "somebody is about to be hurt"}
    case["decision"] |= {"officer": "homes-di", "decided_at": decided}
    return world_of(version_of(lines=[])), case


def told_of(decide: Decide, world: Json, case: Json, field: str = "subject.name") -> tuple[Any, Any, Any]:
    """What leaves of a field, the reason if nothing does, and the weight of what would change it."""
    told = decide(world, case)["fields"][field]
    return told["form"], told["rule"], told["weight"]


RELEASED = ("as-is", None, 0)
UNDECIDED = (None, "decision", 3)
