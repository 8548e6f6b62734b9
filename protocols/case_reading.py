"""This module knows how a case is read from JSON. Wrong input is an error that names its place, never a refusal."""

from __future__ import annotations

from collections.abc import Mapping

from protocols.cases import Case, EarlierRelease, Held, Record, Refusal, Statement, SupplierDecision
from protocols.facts import World
from protocols.law import FieldKind
from protocols.moments import LATEST
from protocols.reading import Table
from protocols.vocabulary import AS_IS, CHANNELS, FLAGS, MARKINGS, REFUSALS, REGIMES, SIDES, STATES, URGENCIES

_KEYS = frozenset(
    {
        "case",
        "record",
        "recipient",
        "meeting",
        "purpose",
        "provision",
        "fields",
        "moment",
        "channel",
        "urgency",
        "initiated_by",
    }
    | {"officer", "assigned", "statement", "decision", "earlier_releases", "confidentiality_accepted", "onward_allowed"}
    | {"consent", "order", "request", "rank", "part3_authority", "emergency"}
)
_RECORD_KEYS = frozenset(
    {
        "id",
        "origin",
        "controllers",
        "holder",
        "partnership",
        "area",
        "category",
        "flags",
        "regime",
        "marking",
        "retain_until",
    }
    | {"hold", "state", "data_set", "homes", "public_place"}
)


def read(world: World, value: object, path: str = "$") -> Case:
    """Read one case (docs/schema/cases.schema.json) for this world. WrongInputError names the JSON path."""
    table = Table.of(value, path, _KEYS)
    record = _record(world, table)
    channel = table.text("channel", CHANNELS)
    recipients, meeting = _recipients(world, table, record.holder, channel)
    emergency = Table.of(
        table.values.get("emergency") or {}, table.at("emergency"), {"called_back", "written_up_at", "reviewed_at"}
    )
    for key in ("written_up_at", "reviewed_at"):
        emergency.when_or(key, LATEST)
    fields = dict(table.rows("fields", lambda row, at: _field(world.law.registry, row, at)))
    if not fields or len(fields) != len(table.rows("fields", lambda row, _: row)):
        raise table.wrong("fields", "at least one field is wanted, and each once")
    return Case(
        id=table.text("case"),
        record=record,
        recipients=recipients,
        meeting=meeting,
        purpose=table.text("purpose"),
        provision=table.maybe_text("provision"),
        fields=fields,
        moment=table.when("moment"),
        channel=channel,
        emergency=table.text_or("urgency", "routine", URGENCIES) == "emergency",
        pushed=table.text_or("initiated_by", "recipient", SIDES) == "supplier",
        officer=table.text("officer"),
        assigned=table.flag("assigned"),
        statement=_statement(table),
        decision=_decision(world.law.registry, table),
        earlier=table.rows("earlier_releases", lambda row, at: _earlier(world.law.registry, row, at)),
        confidentiality=_confidentiality(table),
        onward_allowed=table.flag("onward_allowed"),
        consent=_held(table, "consent"),
        order=_held(table, "order"),
        request=_held(table, "request"),
        rank=table.flag("rank"),
        part3_authority=table.has("part3_authority") and bool(table.text("part3_authority").strip()),
        called_back=emergency.flag("called_back"),
    )


def _organisation(world: World, table: Table, key: str) -> str:
    code = table.text(key)
    if code not in world.organisations:
        raise table.wrong(key, f"“{code}” is not an organisation of this world")
    return code


def _organisations(world: World, table: Table, key: str) -> tuple[str, ...]:
    codes = table.texts(key, None)
    for place, code in enumerate(codes):
        if code not in world.organisations:
            raise table.wrong(f"{key}[{place}]", f"“{code}” is not an organisation of this world")
    if not codes:
        raise table.wrong(key, "at least one organisation is wanted")
    return codes


def _record(world: World, case: Table) -> Record:
    table = Table.of(case.values.get("record"), case.at("record"), _RECORD_KEYS)
    homes = Table.of(table.values.get("homes") or {}, table.at("homes"), None)
    data_set = table.maybe_text("data_set")
    if data_set is not None and data_set not in world.law.prescribed:
        raise table.wrong("data_set", f"“{data_set}” is no prescribed data set of the law data")
    return Record(
        origin=_organisation(world, table, "origin"),
        controllers=frozenset(_organisations(world, table, "controllers")),
        holder=_organisation(world, table, "holder"),
        partnership=table.text("partnership"),
        area=table.text("area"),
        category=table.text("category"),
        flags=frozenset(table.texts("flags", among=FLAGS)),
        regime=table.text_or("regime", REGIMES[0], REGIMES),
        marking=MARKINGS.index(table.text_or("marking", MARKINGS[0], MARKINGS)),
        retain_until=table.when_or("retain_until", LATEST),
        hold=table.flag("hold"),
        state=table.text_or("state", STATES[0], STATES),
        data_set=data_set,
        homes={form: homes.whole(form, 0, 0) for form in homes.values},
        public_place=table.flag("public_place"),
    )


def _recipients(world: World, table: Table, holder: str, channel: str) -> tuple[tuple[str, ...], str | None]:
    if table.has("meeting") == table.has("recipient"):
        raise table.wrong("recipient", "give either a recipient or a meeting")
    if not table.has("meeting"):
        return (_organisation(world, table, "recipient"),), None
    if channel != "meeting":
        raise table.wrong("channel", "a case with a meeting goes by channel “meeting”")
    meeting = Table.of(table.values["meeting"], table.at("meeting"), {"kind", "attending"})
    attending = _organisations(world, meeting, "attending")
    if len(set(attending)) != len(attending):
        raise meeting.wrong("attending", "an organisation stands here twice")
    others = tuple(code for code in attending if code != holder)
    if not others:
        raise meeting.wrong("attending", "nobody attends but the holder")
    return others, meeting.text("kind")


def _kind(registry: Mapping[str, FieldKind], table: Table, key: str) -> FieldKind:
    code = table.text(key)
    if code not in registry:
        raise table.wrong(key, f"“{code}” is not in the registry")
    return registry[code]


def _field(registry: Mapping[str, FieldKind], value: object, path: str) -> tuple[str, int | None]:
    table = Table.of(value, path, {"code", "form"})
    kind = _kind(registry, table, "code")
    return kind.code, kind.place(table.text("form"), table.at("form")) if table.has("form") else None


def _statement(case: Table) -> Statement:
    table = Table.of(case.values.get("statement") or {}, case.at("statement"), {"necessity", "proportionality", "harm"})

    def part(key: str) -> bool:
        value = table.values.get(key)
        return bool(value.strip()) if isinstance(value, str) else table.flag(key)

    return Statement(part("necessity"), part("proportionality"), part("harm"))


def _decision(registry: Mapping[str, FieldKind], case: Table) -> SupplierDecision | None:
    if not case.has("decision"):
        return None
    table = Table.of(case.values["decision"], case.at("decision"), {"officer", "decided_at", "fields"})
    allowed: dict[str, int] = {}
    refused: dict[str, Refusal] = {}

    def read_one(value: object, path: str, code: str) -> None:
        row = Table.of(value, path, {"allow", "refuse", "reason"})
        kind = registry.get(code)
        if kind is None:
            raise table.wrong("fields", f"“{code}” is not in the registry")
        if row.has("allow") == row.has("refuse"):
            raise row.wrong("allow", "give either allow or refuse")
        if row.has("allow"):
            allowed[code] = kind.place(row.text("allow"), row.at("allow"))
        else:
            refused[code] = Refusal(row.text("refuse", REFUSALS), row.maybe_text("reason"))

    table.named("fields", read_one)
    return SupplierDecision(table.text("officer"), table.when("decided_at"), allowed, refused)


def _earlier(registry: Mapping[str, FieldKind], value: object, path: str) -> EarlierRelease:
    keys = {"field", "form", "purpose", "protocol", "version", "line", "day", "recalled", "decided", "recipient"}
    table = Table.of(value, path, keys)
    kind = _kind(registry, table, "field")
    return EarlierRelease(
        field=kind.code,
        form=kind.place(table.text_or("form", AS_IS), table.at("form")),
        purpose=table.text("purpose"),
        protocol=table.maybe_text("protocol"),
        version=table.whole("version", None, 1) if table.has("version") else None,
        line=table.maybe_text("line"),
        at=table.when("day"),
        recalled=table.flag("recalled"),
        decided=table.flag("decided", default=True),
        recipient=table.maybe_text("recipient"),
    )


def _confidentiality(table: Table) -> frozenset[str] | bool:
    value = table.values.get("confidentiality_accepted")
    if isinstance(value, list | tuple):
        return frozenset(table.texts("confidentiality_accepted"))
    return table.flag("confidentiality_accepted")


def _held(case: Table, key: str) -> Held | None:
    if not case.has(key):
        return None
    keys = {"fields", "from", "to"} | ({"onward"} if key == "order" else set())
    table = Table.of(case.values[key], case.at(key), keys)
    fields = frozenset(table.texts("fields")) if table.has("fields") else None
    return Held(fields, table.span(), table.flag("onward"))
