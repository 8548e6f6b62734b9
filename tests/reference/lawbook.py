"""This module knows the registry of fields and the law as data; what is marked `review` is left out, so it can never pass."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from .times import NEVER, Span, span

DATA = Path(__file__).parents[2] / "protocols" / "data"
DUTY = {"from": "2007-08-01"}
PERSONAL_CLASSES = {"pseudonymised", "personal", "criminal", "special"}

# --- the registry and the law -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    name: str
    kind: str
    borough: bool


@dataclass(frozen=True)
class Field:
    location: bool
    free_text: bool
    forms: tuple[Form, ...]
    ranks: Mapping[str, int]

    def rank(self, form: str) -> int:
        """0 is the finest form."""
        return self.ranks[form]


@dataclass(frozen=True)
class Gateway:
    span: Span
    enabled: bool
    suppliers: tuple[str, ...]
    recipients: tuple[str, ...]
    standing: bool
    external: bool
    purposes: tuple[str, ...]
    needs: tuple[str, ...]
    stands_in_for: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    kinds: tuple[str, ...]
    public_authority: str

    def admits(self, body_type: str, public_authority: bool) -> bool:
        kind = "*" in self.kinds or body_type in self.kinds
        return kind and self.public_authority in ("any", "yes" if public_authority else "no")


@dataclass(frozen=True)
class Basis:
    span: Span
    supplier: Side
    recipient: Side
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Condition:
    span: Span
    classes: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class DataSet:
    span: Span
    holders: tuple[str, ...]
    fields: tuple[str, ...]
    finest: Mapping[str, str]


@dataclass(frozen=True)
class Law:
    """What is marked `review` is left out here, so it can never pass."""

    standing: Mapping[str, tuple[Span, ...]]
    may_act_for: frozenset[str]
    public: frozenset[str]
    gateways: Mapping[str, Gateway]
    bases: Mapping[str, Basis]
    conditions: Mapping[str, Condition]
    provisions: Mapping[str, Span]
    prescribed: Mapping[str, DataSet]
    location_meetings: frozenset[str]
    duty: Span


def stands(row: Mapping[str, Any]) -> bool:
    return row.get("evidence") != "review"


def reviewed(table: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((code, row) for code, row in table.items() if stands(row))


def codes(row: Mapping[str, Any], name: str, absent: tuple[str, ...] = ("*",)) -> tuple[str, ...]:
    return tuple(row.get(name, absent))


def side(row: Mapping[str, Any]) -> Side:
    return Side(codes(row, "kinds"), row.get("public_authority", "any"))


def duty_dates(row: Mapping[str, Any]) -> Span:
    """When section 17A binds: as the law data say, else as the page says. Nothing else of the row matters to a duty."""
    return span(row) if stands(row) else Span(NEVER, NEVER)


def read_law(tables: Mapping[str, Any]) -> Law:
    bodies = tables["body_types"]
    return Law(
        standing={k: tuple(span(s) for s in b.get("standing", ()) if stands(s)) for k, b in reviewed(bodies)},
        may_act_for=frozenset(k for k, b in reviewed(bodies) if b.get("may_act_for", False)),
        public=frozenset(k for k, b in bodies.items() if b.get("public_authority", False)),
        gateways={
            k: Gateway(
                span(g),
                g.get("enabled", False),
                codes(g, "suppliers"),
                codes(g, "recipients"),
                g.get("standing", False),
                g.get("external", False),
                codes(g, "purposes"),
                codes(g, "needs", ()),
                codes(g, "stands_in_for", ()),
            )
            for k, g in reviewed(tables["gateways"])
        },
        bases={
            k: Basis(span(b), side(b.get("supplier", {})), side(b.get("recipient", {})), codes(b, "needs", ()))
            for k, b in reviewed(tables["bases"])
        },
        conditions={
            k: Condition(span(c), codes(c, "classes", ("criminal", "special")), codes(c, "needs", ()))
            for k, c in reviewed(tables["conditions"])
        },
        provisions={k: span(p) for k, p in reviewed(tables["provisions"])},
        prescribed={
            k: DataSet(span(d), tuple(d["holders"]), tuple(d["fields"]), d.get("finest", {}))
            for k, d in reviewed(tables["prescribed"])
        },
        location_meetings=frozenset(tables["location_meetings"]),
        duty=duty_dates(tables["gateways"].get("CDA17A", DUTY)),
    )


def read_registry(table: Mapping[str, Any]) -> dict[str, Field]:
    return {
        code: Field(
            row.get("location", False),
            row.get("free_text", False),
            tuple(Form(f["form"], f["class"], f.get("borough", False)) for f in row["forms"]),
            {f["form"]: rank for rank, f in enumerate(row["forms"])},
        )
        for code, row in table.items()
    }


def plain(value: Any) -> Any:
    """TOML dates as the strings that JSON has."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def shipped() -> dict[str, Any]:
    """The law and the registry as the project ships them."""
    tables: dict[str, Any] = {
        "location_meetings": ["JOG", "TJAG", "JAG", "FORUM", "STEER", "SCRUT", "FTP"],
    }
    for name in ("bodies", "registry", "gateways", "bases", "provisions", "prescribed"):
        tables |= plain(tomllib.loads((DATA / f"{name}.toml").read_text("utf-8")))
    return tables


@cache
def shipped_law() -> Law:
    return read_law(shipped())


@cache
def shipped_registry() -> dict[str, Field]:
    return read_registry(shipped()["fields"])


def law_of(world: Mapping[str, Any]) -> Law:
    return read_law(shipped() | world["law"]) if "law" in world else shipped_law()
