"""This module knows the shipped data files of law and vocabulary as they were written: titles, dates, sources, evidence.

`protocols.law` compiles them for `decide`; here they are for people and checks: what a code is called, whether it is known, and
whether it could be relied on that day.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

Row = Mapping[str, Any]

_FILES = MappingProxyType(
    {
        "body_types": "bodies.toml",
        "fields": "registry.toml",
        "gateways": "gateways.toml",
        "covers": "gateways.toml",
        "bases": "bases.toml",
        "conditions": "bases.toml",
        "provisions": "provisions.toml",
        "prescribed": "prescribed.toml",
        "safeguards": "safeguards.toml",
        "request_types": "request-types.toml",
        "groups": "request-types.toml",
        "refusal_reasons": "request-types.toml",
        "rule_sources": "rule-sources.toml",
    }
)

STRATEGY_AREAS: Mapping[str, str] = MappingProxyType(
    {
        "crime-and-disorder": "crime and disorder, including anti-social behaviour and harm to the local environment",
        "substance-misuse": "misuse of drugs, alcohol and other substances",
        "reoffending": "re-offending",
        "serious-violence": "serious violence",
    }
)
"""Areas of a partnership's strategies (Crime and Disorder Act 1998 s6(1); serious violence since 2023)."""


@cache
def rows(table: str) -> Mapping[str, Row]:
    """A table of the law by code: `body_types`, `fields`, `gateways`, … KeyError for a table that there is not."""
    return MappingProxyType(_file(_FILES[table])[table])


@cache
def categories() -> Mapping[str, str]:
    """The common list of kinds of anti-social behaviour: code → label."""
    return MappingProxyType({row["code"]: row["label"] for row in _file("category-schemes.toml")["common"]})


def title(table: str, code: str) -> str:
    """What a code is called in plain English; the code itself where it is not known."""
    row = rows(table).get(code)
    return str(row["title"]) if row else code


def stands(row: Row, day: date) -> bool:
    """Whether a dated row may be relied on that day: inside [from, to) and not under legal review."""
    if row.get("evidence") == "review":
        return False
    start: date = row.get("from", date.min)
    end: date = row.get("to", date.max)
    return start <= day < end


def has_standing(body_type: str, day: date) -> bool:
    """Whether bodies of this kind are relevant authorities that day (Crime and Disorder Act 1998 s115(2))."""
    row = rows("body_types").get(body_type, {})
    return any(stands(span, day) for span in row.get("standing", ()))


def form_class(field: str, form: str) -> str:
    """The class of a field in a form. KeyError when the registry has no such field or form."""
    for row in rows("fields")[field]["forms"]:
        if row["form"] == form:
            return str(row["class"])
    raise KeyError(form)


def forms(field: str) -> tuple[str, ...]:
    """The forms of a field from fine to coarse; empty for an unknown field."""
    row = rows("fields").get(field)
    return tuple(form["form"] for form in row["forms"]) if row else ()


def form_title(field: str, form: str) -> str:
    """What a form is called: “age band of ten years”; empty where the form is the field as it is and has no name of its own."""
    row = rows("fields").get(field, {"forms": ()})
    return next((str(each.get("title", "")) for each in row["forms"] if each["form"] == form), "")


@cache
def _file(name: str) -> Mapping[str, Any]:
    text = resources.files("protocols").joinpath("data", name).read_text(encoding="utf-8")
    return tomllib.loads(text)
