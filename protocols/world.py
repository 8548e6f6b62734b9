"""This module knows how a world is read from JSON, and how a file of cases is decided in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from protocols import case_reading, decide, law_reading, protocol_reading
from protocols.facts import World, index_lines
from protocols.in_force import Agreements
from protocols.law import Law
from protocols.moments import Instant
from protocols.organisations import Officer, Organisation, OrganisationReader
from protocols.protocol_reading import ProtocolReader
from protocols.reading import Table, WrongInputError
from protocols.roles import ROLES

__all__ = ["World", "WrongInputError", "answer", "decide_lines", "load"]

_KEYS = frozenset({"partnerships", "organisations", "protocols", "gateways", "registry", "roles", "law", "today"})


def load(mapping: Mapping[str, object]) -> World:
    """Read a world (docs/schema/world.schema.json). WrongInputError names the JSON path of whatever is wrong."""
    table = Table.of(mapping, "$", _KEYS)
    law = law_reading.read(mapping.get("registry"), mapping.get("law"))
    organisations = _organisations(table, law)
    reader = ProtocolReader(law, frozenset(organisations))
    grouped = protocol_reading.together(table.rows("protocols", reader.read))
    partnerships = {partnership: Agreements(protocols) for partnership, protocols in grouped.items()}
    _check_partnerships(table, organisations, partnerships)
    enabled = table.texts("gateways")
    for code in enabled:
        if code not in law.gateways:
            raise table.wrong("gateways", f"“{code}” is not in the law data")
    if table.has("today"):
        table.when("today")
    return World(
        organisations=organisations,
        officers=_officers(organisations),
        partnerships=partnerships,
        law=law,
        gateways=frozenset(enabled) | {code for code, row in law.gateways.items() if row.enabled},
        open_forms=_open_forms(partnerships),
        lines=index_lines(partnerships, law),
        boundaries=_boundaries(organisations, partnerships, law),
        by_code=_by_code(partnerships) & frozenset(organisations),
    )


def _organisations(table: Table, law: Law) -> dict[str, Organisation]:
    def texts(value: object, path: str, role: str) -> frozenset[str]:
        return frozenset(Table(path, {role: value}).texts(role))

    actions = (
        table.named("roles", texts)
        if table.has("roles")
        else {str(r): frozenset(map(str, a)) for r, a in ROLES.items()}
    )
    forms = {code: kind.places for code, kind in law.registry.items()}
    public = {code: body.public_authority for code, body in law.bodies.items()}
    found: dict[str, Organisation] = {}
    for place, one in enumerate(table.rows("organisations", OrganisationReader(actions, forms, public).read)):
        if one.code in found:
            raise WrongInputError(f"$.organisations[{place}].code", f"“{one.code}” stands here twice")
        found[one.code] = one
    for place, one in enumerate(found.values()):
        for number, delegation in enumerate(one.delegations):
            if delegation.principal not in found:
                raise WrongInputError(
                    f"$.organisations[{place}].delegations[{number}].principal",
                    f"“{delegation.principal}” is not an organisation of this world",
                )
    return found


def _officers(organisations: Mapping[str, Organisation]) -> dict[str, Officer]:
    found: dict[str, Officer] = {}
    for place, organisation in enumerate(organisations.values()):
        for officer in organisation.officers.values():
            if officer.code in found:
                raise WrongInputError(f"$.organisations[{place}].officers", f"“{officer.code}” stands here twice")
            found[officer.code] = officer
    return found


def _check_partnerships(
    table: Table, organisations: Mapping[str, Organisation], partnerships: Mapping[str, Agreements]
) -> None:
    def code(value: object, path: str) -> str:
        row = Table.of(value, path, {"code", "name"})
        row.maybe_text("name")
        return row.text("code")

    if not table.has("partnerships"):
        return
    listed = set(table.rows("partnerships", code))
    named = set(partnerships).union(*(one.memberships for one in organisations.values()))
    for missing in sorted(named - listed):
        raise table.wrong("partnerships", f"“{missing}” is named elsewhere in the world but is not listed here")


def _open_forms(partnerships: Mapping[str, Agreements]) -> dict[tuple[str, str], int]:
    """(partnership, field) → the finest form in which the field stands on a line of a complete version."""
    found: dict[tuple[str, str], int] = {}
    for partnership, agreements in partnerships.items():
        for protocol in agreements.protocols.values():
            for version in protocol.versions:
                for line in version.lines if version.complete else ():
                    for code, form in line.fields.items():
                        found[partnership, code] = min(form, found.get((partnership, code), form))
    return found


def _by_code(partnerships: Mapping[str, Agreements]) -> frozenset[str]:
    protocols = (protocol for agreements in partnerships.values() for protocol in agreements.protocols.values())
    lines = (line for protocol in protocols for version in protocol.versions for line in version.lines)
    return frozenset[str]().union(*(line.suppliers | line.recipients for line in lines))


def _boundaries(
    organisations: Mapping[str, Organisation], partnerships: Mapping[str, Agreements], law: Law
) -> tuple[Instant, ...]:
    """Every instant at which a fact may change that a route depends on."""
    protocols = [protocol for agreements in partnerships.values() for protocol in agreements.protocols.values()]
    spans = [span for one in organisations.values() for each in one.memberships.values() for span in each]
    spans += [delegation.span for one in organisations.values() for delegation in one.delegations]
    spans += [line.span for protocol in protocols for version in protocol.versions for line in version.lines]
    spans += [span for body in law.bodies.values() for span in body.standing]
    spans += [row.span for rows in (law.gateways, law.bases) for row in rows.values()]
    edges = {edge for span in spans for edge in (span.start, span.end)}
    return tuple(sorted(edges.union(*(protocol.boundaries for protocol in protocols))))


def decide_lines(world: Mapping[str, object], cases: Iterable[str]) -> Iterator[str]:
    """Answer cases, one JSON object a line, for one world: what `accord protocol decide` does. Blank lines are passed over.

    WrongInputError names the line and the JSON path of whatever cannot be read.
    """
    loaded = load(world)
    for number, line in enumerate(cases, start=1):
        if line.strip():
            yield answer(loaded, line, f"line {number}: $")


def answer(world: World, line: str, path: str = "$") -> str:
    """Answer one case given as JSON text. The bytes depend on nothing but world and case."""
    try:
        value = json.loads(line)
    except ValueError as error:
        raise WrongInputError(path, f"this is not JSON: {error}") from error
    decision = decide.release(world, case_reading.read(world, value, path))
    return json.dumps(decision.as_json(), ensure_ascii=False, separators=(",", ":"))
