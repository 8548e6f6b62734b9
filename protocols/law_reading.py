"""This module knows how rows of law are read, from the shipped TOML files or from a world."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import resources
from typing import Any, Final, TypeVar

from protocols.law import (
    CDA17A,
    EVIDENCE,
    LOCATION_MEETINGS,
    NEEDS,
    STANDS_IN,
    Basis,
    BodyKind,
    Condition,
    FieldKind,
    Form,
    Gateway,
    Law,
    Prescribed,
    Row,
    Side,
)
from protocols.reading import Span, Table
from protocols.vocabulary import CLASSES, NEED_CONDITION

T = TypeVar("T")
FILES: Final = ("registry", "bodies", "gateways", "bases", "provisions", "prescribed")
TABLES: Final = ("body_types", "gateways", "bases", "conditions", "provisions", "prescribed")
ROW: Final = frozenset({"title", "from", "to", "source", "evidence"})


def _row(table: Table) -> dict[str, Any]:
    table.maybe_text("title")
    table.maybe_text("source")
    evidence = table.text_or("evidence", "V", EVIDENCE)
    return {"span": table.span(), "review": evidence == "review"}


def _needs(table: Table) -> tuple[str, ...]:
    return table.texts("needs", among=NEEDS)


def _codes(table: Table, key: str) -> frozenset[str]:
    return frozenset(table.texts(key, ("*",)))


def read_body(value: object, path: str, code: str) -> BodyKind:
    """Read one kind of body."""
    keys = {"title", "standing", "may_act_for", "public_authority", "responsible", "tiers", "source", "evidence"}
    table = Table.of(value, path, keys)
    whole_review = table.text_or("evidence", "V", EVIDENCE) == "review"

    def standing(row: object, place: str) -> Span | None:
        inner = Table.of(row, place, ROW)
        return None if _row(inner)["review"] else inner.span()

    spans = tuple(span for span in table.rows("standing", standing) if span is not None)
    may_act_for = table.flag("may_act_for") and not whole_review
    return BodyKind(code, () if whole_review else spans, may_act_for, table.flag("public_authority"))


def read_gateway(value: object, path: str, code: str) -> Gateway:
    """Read one gateway."""
    own = {"enabled", "suppliers", "recipients", "standing", "external", "purposes", "needs", "stands_in_for", "says"}
    table = Table.of(value, path, ROW | own)
    return Gateway(
        code=code,
        enabled=table.flag("enabled"),
        suppliers=_codes(table, "suppliers"),
        recipients=_codes(table, "recipients"),
        standing=table.flag("standing"),
        external=table.flag("external"),
        purposes=_codes(table, "purposes"),
        needs=_needs(table),
        stands_in_for=frozenset(table.texts("stands_in_for", among=STANDS_IN)),
        **_row(table),
    )


def _side(table: Table, key: str) -> Side:
    inner = Table.of(table.values.get(key) or {}, table.at(key), {"kinds", "public_authority"})
    public = {"any": None, "yes": True, "no": False}[inner.text_or("public_authority", "any", ("any", "yes", "no"))]
    return Side(_codes(inner, "kinds"), public)


def read_basis(value: object, path: str, code: str) -> Basis:
    """Read one lawful basis."""
    table = Table.of(value, path, ROW | {"supplier", "recipient", "needs"})
    return Basis(
        code=code,
        supplier=_side(table, "supplier"),
        recipient=_side(table, "recipient"),
        needs=_needs(table),
        **_row(table),
    )


def read_condition(value: object, path: str, code: str) -> Condition:
    """Read one condition for criminal or special data."""
    table = Table.of(value, path, ROW | {"classes", "needs", "policy"})
    classes = frozenset(table.texts("classes", sorted(NEED_CONDITION), NEED_CONDITION))
    return Condition(code=code, classes=classes, needs=_needs(table), **_row(table))


def read_provision(value: object, path: str, code: str) -> Row:
    """Read one provision of the 1998 Act."""
    return Row(code=code, **_row(Table.of(value, path, ROW)))


def read_field(value: object, path: str, code: str) -> FieldKind:
    """Read one registry field. Raw free text has only special forms."""
    table = Table.of(value, path, {"title", "location", "free_text", "forms", "source", "evidence"})

    def form(row: object, place: str) -> Form:
        inner = Table.of(row, place, {"form", "class", "borough", "title"})
        return Form(inner.text("form"), inner.text("class", CLASSES), inner.flag("borough"))

    forms = table.rows("forms", form)
    places = {each.name: place for place, each in enumerate(forms)}
    if not forms or len(places) != len(forms):
        raise table.wrong("forms", "a field needs forms, each named once, finest first")
    free_text = table.flag("free_text")
    if free_text and any(each.kind != "special" for each in forms):
        raise table.wrong("forms", "raw free text is special")
    return FieldKind(code, forms, table.flag("location"), free_text, places)


def read_prescribed(
    registry: Mapping[str, FieldKind], value: object, path: str, code: str, *, strict: bool
) -> Prescribed:
    """Read one prescribed data set. `strict`: a field that the registry lacks is an error; else it is left out."""
    table = Table.of(value, path, ROW | {"holders", "fields", "finest", "suppress"})
    fields = table.texts("fields", None)
    finest = {name: str(form) for name, form in Table.of(table.values.get("finest") or {}, path, None).values.items()}
    for name in (*fields, *finest):
        if strict and name not in registry:
            raise table.wrong("fields", f"“{name}” is not in the registry")
    known = {
        name: form for name, form in finest.items() if name in registry and (strict or form in registry[name].places)
    }
    return Prescribed(
        code=code,
        holders=frozenset(table.texts("holders", None)),
        fields=frozenset(name for name in fields if name in registry),
        finest={name: registry[name].place(form, table.at("finest")) for name, form in known.items()},
        **_row(table),
    )


@cache
def shipped_tables() -> Mapping[str, Any]:
    """The shipped rows as read from TOML: the registry under `fields`, and the tables of law by name."""
    tables: dict[str, Any] = {}
    folder = resources.files("protocols") / "data"
    for name in FILES:
        tables.update(tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")))
    return {name: tables[name] for name in ("fields", *TABLES)}


def read(registry: object | None, law: object | None) -> Law:
    """The law of a world: its own registry and tables, the shipped ones where it has none. WrongInputError names the place."""
    if registry is None and law is None:
        return shipped()
    own = Table.of({} if law is None else law, "$.law", {*TABLES, "location_meetings"})
    fields = _registry(registry)

    def table(name: str, reader: Callable[[object, str, str], T]) -> dict[str, T]:
        return (own if own.has(name) else Table("shipped", shipped_tables())).named(name, reader)

    strict = own.has("prescribed")
    gateways = table("gateways", read_gateway)
    return Law(
        registry=fields,
        bodies=table("body_types", read_body),
        gateways=gateways,
        bases=table("bases", read_basis),
        conditions=table("conditions", read_condition),
        provisions=table("provisions", read_provision),
        prescribed=table("prescribed", partial(read_prescribed, fields, strict=strict)),
        duty=gateways.get(CDA17A) or _shipped_duty(),
        location_meetings=frozenset(own.texts("location_meetings", LOCATION_MEETINGS)),
    )


def _registry(registry: object | None) -> dict[str, FieldKind]:
    if registry is None:
        return Table("shipped", shipped_tables()).named("fields", read_field)
    return Table("$", {"registry": registry}).named("registry", read_field)


@cache
def _shipped_duty() -> Gateway:
    return read_gateway(shipped_tables()["gateways"][CDA17A], f"shipped.gateways.{CDA17A}", CDA17A)


@cache
def shipped() -> Law:
    """The law as shipped."""
    return read(None, {})
