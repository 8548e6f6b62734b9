"""This module knows a protocol as a policy in the Open Digital Rights Language, for other systems to read.

Source: W3C Recommendations "ODRL Information Model 2.2" and "ODRL Vocabulary & Expression 2.2" (15 February 2018), in JSON-LD.
The policy says what `decide` would want; it replaces neither the protocol nor the decision: every permission carries the duties
(decide, record) that the portal enforces. What no rule permits is not permitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from protocols import lawbook
from protocols.terms import KIND_PREFIX, Line, Protocol, Purpose
from protocols.vocabulary import AS_IS, FLAGS

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
_VOCABULARY = "urn:accord:odrl:"
_ACTIONS = {
    "view": "display",
    "export": "reproduce",
    "meeting": "present",
    "link": "index",
    "api": "extract",
    "verbal": "present",
}


def policy(protocol: Protocol) -> dict[str, Any]:
    """The protocol as an ODRL 2.2 Agreement in JSON-LD: one permission for each line, and a prohibition of passing on."""
    uid = f"urn:accord:protocol:{protocol.partnership}:{protocol.ref}:{protocol.version}"
    return {
        "@context": [CONTEXT, {"accord": _VOCABULARY, "dcterms": "http://purl.org/dc/terms/"}],
        "@type": "Agreement",
        "uid": uid,
        "profile": _VOCABULARY + "profile",
        "conflict": "prohibit",
        "dcterms:title": protocol.title,
        "dcterms:alternative": list(protocol.aliases),
        "dcterms:identifier": f"sha256:{protocol.digest}",
        "accord:kind": protocol.kind,
        **({"accord:parent": protocol.parent} if protocol.parent else {}),
        "accord:marking": protocol.marking,
        "accord:reviewBy": protocol.review_by.isoformat(),
        "accord:party": [_party(code) for code in protocol.parties],
        "accord:purpose": [_purpose(purpose) for purpose in protocol.purposes],
        "permission": [_permission(protocol, line, uid) for line in protocol.lines],
        "prohibition": [_prohibition(line, uid) for line in protocol.lines if line.onward == "never"],
    }


def _permission(protocol: Protocol, line: Line, uid: str) -> dict[str, Any]:
    return {
        "uid": f"{uid}:line:{line.id}",
        "target": [_target(line, field) for field in line.fields],
        "assigner": [_body(body) for body in line.from_],
        "assignee": [_body(body) for body in line.to],
        "action": sorted({_ACTIONS[channel] for channel in line.channels}),
        "constraint": _constraints(protocol, line),
        "duty": [
            {"action": "accord:obtainDecision", "informedParty": "accord:supplier"},
            {
                "action": "delete",
                "constraint": [_limit("elapsedTime", "lteq", f"P{line.retention_days}D", "xsd:duration")],
            },
        ],
        "accord:gateway": line.gateway,
        "accord:basis": list(line.basis),
        "accord:condition": list(line.conditions),
        "accord:safeguard": list(line.safeguards),
        "accord:channel": list(line.channels),
    }


def _prohibition(line: Line, uid: str) -> dict[str, Any]:
    return {
        "uid": f"{uid}:line:{line.id}:onward",
        "target": [_asset(field) for field in line.fields],
        "action": "distribute",
    }


def _constraints(protocol: Protocol, line: Line) -> list[dict[str, Any]]:
    start = max(filter(None, (protocol.starts_on, line.starts_on)))
    ends = [day for day in (protocol.ends_on, line.ends_on) if day]
    found = [
        _any_of("purpose", [f"accord:{code}" for code in line.purposes]),
        _limit("dateTime", "gteq", start.isoformat(), "xsd:date"),
    ]
    if ends:
        found.append(_limit("dateTime", "lt", min(ends).isoformat(), "xsd:date"))
    if line.categories != ("*",):
        found.append(_any_of("accord:category", line.categories))
    if line.areas != ("*",):
        found.append(_any_of("spatial", line.areas))
    found.append(
        {
            "leftOperand": "accord:flag",
            "operator": "isNoneOf" if not line.flags else "isAllOf",
            "rightOperand": _flags(line),
        }
    )
    return found


def _flags(line: Line) -> list[str]:
    return list(line.flags or FLAGS)


def _target(line: Line, field: str) -> dict[str, Any]:
    form = line.form_of(field)
    asset: dict[str, Any] = {"@type": "Asset", "uid": _asset(field), "dcterms:title": lawbook.title("fields", field)}
    return asset if form == AS_IS else asset | {"accord:finestForm": form}


def _asset(field: str) -> str:
    return f"{_VOCABULARY}field:{field}"


def _body(body: str) -> dict[str, Any]:
    if body.startswith(KIND_PREFIX):
        return {"@type": "PartyCollection", "uid": f"{_VOCABULARY}{body}"}
    return _party(body)


def _party(code: str) -> dict[str, Any]:
    return {"@type": "Party", "uid": f"{_VOCABULARY}organisation:{code}"}


def _purpose(purpose: Purpose) -> Mapping[str, Any]:
    return {
        "uid": f"accord:{purpose.code}",
        "dcterms:description": purpose.text,
        "accord:provision": purpose.provision,
        "accord:strategyArea": purpose.strategy_area,
    }


def _limit(operand: str, operator: str, value: str, kind: str) -> dict[str, Any]:
    return {"leftOperand": operand, "operator": operator, "rightOperand": {"@value": value, "@type": kind}}


def _any_of(operand: str, values: Sequence[str]) -> dict[str, Any]:
    return {"leftOperand": operand, "operator": "isAnyOf", "rightOperand": list(values)}
