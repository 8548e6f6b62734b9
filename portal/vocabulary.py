"""This module knows what fields, forms, repairs and request kinds are called on a page."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from protocols import wording
from protocols.request_kinds import request_kinds

CLASSES = {
    "criminal": "criminal offence data",
    "special": "special category data",
    "personal": "personal data",
    "pseudonymised": "personal data without a name",
    "depersonalised": "says nothing about one person",
    "non-personal": "not personal",
}
COVERS = {
    "own": "the organisation’s own record",
    "open": "open to all partners",
    "law:CDA17A": "a duty of law (Crime and Disorder Act 1998 s17A)",
    "law:EMERGENCY": "an emergency",
}
REPAIRS = {
    "give-statement": "Say why it is necessary and why this much and no less.",
    "be-assigned": "Be assigned to the action or case that the request is linked to, by whoever owns it.",
    "coarser-form": "Ask for it in a coarser form.",
    "other-channel": "Ask for it another way.",
    "accept-confidentiality": "Accept the meeting’s confidentiality statement.",
    "another-officer": "Have an officer with the right role ask.",
    "outside-meeting": "Take it outside the meeting.",
    "decide": "An authorised officer of the supplier decides.",
    "name-and-train": "The supplier names, or trains, its liaison officer, who then decides.",
    "ask-origin": "Ask the organisation that it came from.",
    "sign": "The organisation signs the protocol.",
    "review": "The partnership reviews the protocol.",
    "lift-suspension": "Whoever suspended the protocol lifts the suspension.",
    "delegate": "The principal records or renews a delegation for this purpose.",
    "new-version": "The parties agree a new version of the protocol, after advice where it needs it.",
}
RULES = {
    "role": "who asks",
    "membership": "membership",
    "in-force": "protocol in force",
    "line": "no line of the protocol covers it",
    "onward": "onward use",
    "gateway": "legal gateway",
    "basis": "lawful basis",
    "statement": "necessity and proportionality",
    "decision": "the supplier’s decision",
    "retention": "retention",
    "marking": "protective marking",
    "identify": "small numbers",
    "audience": "who is in the meeting",
    "complete": "the protocol is incomplete",
    "not-held": "the record does not hold it",
}


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("protocols") / "data" / name).read_text())


def field_title(code: str) -> str:
    """What a field is called."""
    return str(_table("registry.toml")["fields"].get(code, {}).get("title", code))


def form_title(code: str, form: str | None) -> str:
    """What a form of a field is called; nothing for the field as it is."""
    for known in _table("registry.toml")["fields"].get(code, {}).get("forms", []):
        if known["form"] == form:
            return str(known.get("title", "" if form == "as-is" else form))
    return form or ""


def forms_of(code: str) -> list[tuple[str, str]]:
    """The forms of a field, finest first, as choices."""
    return [
        (known["form"], str(known.get("title", "as it is" if known["form"] == "as-is" else known["form"])))
        for known in _table("registry.toml")["fields"].get(code, {}).get("forms", [])
    ]


def kind_title(code: str) -> str:
    """What a kind of request is called."""
    found = request_kinds().get(code)
    return found.title if found else code


def sentence(words: str) -> str:
    """Words with a capital at their beginning; names within them stay as they are."""
    return f"{words[:1].upper()}{words[1:]}"


def step_words(act: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """One step of the smallest lawful change, with who has to do it."""
    return sentence(wording.repair(act, names))


def cover_title(cover: str | None) -> str:
    """What a cover other than a line of a protocol is called."""
    return COVERS.get(cover or "", cover or "")


def rule_reason(rule: str | None) -> str:
    """Why a rule withholds, as a sentence without its full stop; the supplier's own reason is said beside it."""
    code = rule or ""
    return wording.reason(code) if code in wording.REASONS else RULES.get(code, code)


FILTERS = {
    "field_title": field_title,
    "form_title": form_title,
    "rule_title": lambda rule: RULES.get(rule, rule),
    "kind_title": kind_title,
    "rule_reason": rule_reason,
    "cover_title": cover_title,
    "step_words": step_words,
    "sentence": sentence,
    "class_title": lambda kind: CLASSES.get(kind, kind),
    "repair_title": lambda repair: REPAIRS.get(repair, repair),
}
