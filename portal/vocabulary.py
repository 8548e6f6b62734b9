"""This module knows what fields, forms, repairs and request kinds are called on a page."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

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


def request_kinds() -> dict[str, dict[str, Any]]:
    """The kinds of request: code to title, what it says, usual fields and purposes."""
    return dict(_table("request-types.toml")["request_types"])


FILTERS = {
    "field_title": field_title,
    "form_title": form_title,
    "rule_title": lambda rule: RULES.get(rule, rule),
    "repair_title": lambda repair: REPAIRS.get(repair, repair),
}
