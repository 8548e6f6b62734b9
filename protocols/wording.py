"""This module knows how the rulebook's answers read in plain English: each rule's refusal, and each repair.

An answer's words are codes; pages and the command line say them with these sentences. Every rule and every repair has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from protocols import lawbook
from protocols.repairs import Repair
from protocols.vocabulary import AS_IS, Rule

REASONS: Mapping[Rule, str] = MappingProxyType(
    {
        Rule.COMPLETE: "the protocol is a draft that lacks something",
        Rule.ROLE: "the officer's role does not hold this, or the officer is not assigned to the case",
        Rule.MEMBERSHIP: "one of the two is not a member of the partnership",
        Rule.IN_FORCE: "no protocol is in force between the two that day",
        Rule.LINE: "no line of the protocol covers this: what, from whom, to whom, for what, where and how",
        Rule.ONWARD: "the body that this came from has not allowed it to be passed on",
        Rule.GATEWAY: "the law gives no power to disclose this to the recipient",
        Rule.BASIS: "no lawful basis, or no condition for sensitive data, is open to these two",
        Rule.STATEMENT: "it is not written down why this is necessary and proportionate",
        Rule.DECISION: "nobody who may decide for the supplier has allowed it",
        Rule.RETENTION: "the time for which this may be kept has run out, or the record is frozen",
        Rule.MARKING: "the record's marking is above the protocol's, or confidentiality has not been accepted",
        Rule.IDENTIFY: "somebody could be told from it: too few homes, free text, or a flagged record",
        Rule.AUDIENCE: "not everybody at the meeting may have it",
    }
)
"""Release rule → why it refuses."""

_REPAIRS: Mapping[Repair, str] = MappingProxyType(
    {
        Repair.GIVE_STATEMENT: "{org} writes down why it is necessary and proportionate",
        Repair.BE_ASSIGNED: "{org} has the officer assigned to the case, action or request",
        Repair.COARSER_FORM: "ask for {field} only as {form}",
        Repair.OTHER_CHANNEL: "ask for {field} to be {channel} instead",
        Repair.ACCEPT_CONFIDENTIALITY: "{org} accepts confidentiality for the meeting",
        Repair.ANOTHER_OFFICER: "another officer of {org}, whose role holds it, asks",
        Repair.OUTSIDE_MEETING: "share {field} with {org} outside the meeting",
        Repair.DECIDE: "an officer of {org} who may decide allows it",
        Repair.NAME_AND_TRAIN: "{org} names or trains a liaison officer, who then decides",
        Repair.ASK_ORIGIN: "{org} asks the body that it came from for leave to pass it on",
        Repair.SIGN: "{org} signs {protocol} version {version}",
        Repair.REVIEW: "the partnership reviews {protocol}",
        Repair.LIFT_SUSPENSION: "{org} lifts the suspension of {protocol}",
        Repair.DELEGATE: "{org} and a member that it acts for record a delegation for this purpose",
        Repair.NEW_VERSION: "the parties agree a new version of {protocol} that covers this (version {version})",
    }
)

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "view": "seen in the portal",
        "export": "exported",
        "meeting": "said at a meeting",
        "link": "linked from another record",
        "api": "fetched by another system",
        "verbal": "told by telephone or in person",
    }
)


_EVIDENCE: Mapping[str, str] = MappingProxyType(
    {
        "V": "",
        "S": " (from a secondary source)",
        "K": " (not re-read: check it)",
        "P": " (practice, no national rule)",
        "review": " (needs legal advice: never passes)",
    }
)
"""Evidence of a source (protocols/data/bodies.toml) → what is said after it."""


def reason(rule: str) -> str:
    """Why a rule refuses. ValueError for a rule that there is not."""
    return REASONS[Rule(rule)]


def repair(act: Mapping[str, Any], names: Mapping[str, str] = MappingProxyType({})) -> str:
    """One repair of an answer as a sentence without its full stop. `names` turns organisation codes into names."""
    field = act.get("field")
    form = act.get("form") or ""
    return _REPAIRS[Repair(act["repair"])].format(
        org=names.get(act["org"], act["org"]) if act["org"] else "somebody",
        protocol=act["protocol"] or "the protocol",
        version=act["version"] or "that follows",
        field="the " + lawbook.title("fields", field) if field else "it",
        form=(lawbook.form_title(field, form) if field else "") or form,
        channel=CHANNELS.get(act.get("channel") or "", "shared another way"),
    )


def leaves_as(field: str, form: str) -> str:
    """How a field leaves: “as it is”, or “as age band of ten years”."""
    return "as it is" if form == AS_IS else f"as {lawbook.form_title(field, form) or form}"


def answer(said: Mapping[str, Any], names: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """A whole answer (docs/schema/answers.schema.json) as lines: each field, and under it why not and what would change that.

    For the supplier's officer and the auditor. The asker is shown `told` and nothing else of a refusal.
    """
    for field, each in said["fields"].items():
        if each["result"] == "withheld":
            yield f"{field}: withheld ({each['rule']}): {reason(each['rule'])}."
            yield from _mended(each, names)
        else:
            yield f"{field}: {each['result']}, {leaves_as(field, each['form'])}; {_cover(each)}."
            if each.get("principal"):
                yield f"    as a disclosure to {names.get(each['principal'], each['principal'])}, for which the recipient acts"
        yield from map(citation, each.get("citation", ()))


def citation(cited: Mapping[str, str]) -> str:
    """One source under a field: what it is about, the code in the law data, the section or instrument, how well it is known."""
    return f"    {cited['what']} {cited['code']}: {cited['source']}{_EVIDENCE[cited['evidence']]}"


def _cover(each: Mapping[str, Any]) -> str:
    clause = f"line {each['line']} of {each['protocol']}, version {each['version']}" if each["line"] else each["cover"]
    power = ", ".join(filter(None, [each["gateway"], each["basis"]]))
    until = f"; kept until {each['keep_until'][:10]}" if each["keep_until"] else ""
    return f"{clause} ({power}){until}" if power else f"{clause}{until}"


def _mended(each: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    if each["weight"] is None:
        yield "    nothing that anybody here can do changes that"
        if each.get("other_gateways"):
            yield f"    other powers to look at: {', '.join(each['other_gateways'])}"
        return
    yield f"    the smallest lawful change (weight {each['weight']}):"
    yield from (f"      - {repair(act, names)}" for act in each["change"])
