"""This module knows what a partnership's file has to mean.

Codes that refer, tiers that do not overlap, roles that can be held.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from protocols.roles import Role
from sharing.errors import InvalidError
from sharing.partners import rules
from sharing.partners.partnership_schema import Reader, Table

APPOINTED = frozenset(Role) - {Role.OPERATOR, Role.LIAISON_OFFICER, Role.AUTHORISED_OFFICER}
"""What an operator may give.

Everything but the operator's own role, and those that go with a liaison post or with its holder's authorisation.
"""
_CODE = "A code has small letters, figures and hyphens."


@dataclass(frozen=True)
class Known:
    """The codes that a file may use: those of the law data, and those that it brings itself."""

    body_types: frozenset[str]
    gateways: frozenset[str]
    fields: frozenset[tuple[str, str]]
    organisations: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


def read_partnership_file(text: str, known: Known) -> Table:
    """Return the file's tables, checked. Raises InvalidError with every problem at its path and line."""
    reader = Reader(text)
    reader.check(reader.tables, "", "")
    if not reader.problems:
        _check(reader, known)
    if reader.problems:
        raise InvalidError(tuple(reader.problems))
    return reader.tables


def _check(reader: Reader, known: Known) -> None:
    tables = reader.tables
    known = Known(
        known.body_types,
        known.gateways,
        known.fields,
        tuple(organisation["code"] for organisation in tables["organisation"]),
        tuple(area["code"] for area in tables.get("area", [])),
        tuple(_emails(tables)),
    )
    _check_partnership(reader, tables["partnership"], known)
    for index, organisation in enumerate(tables["organisation"]):
        path = f"organisation[{index}]"
        _check_organisation(reader, organisation, path, known)
        _check_tiers(reader, organisation, path)
        _check_belongings(reader, organisation, path, known)
        for at, officer in enumerate(organisation.get("officer", [])):
            _check_officer(reader, officer, f"{path}.officer[{at}]")
    for index, area in enumerate(tables.get("area", [])):
        if known.areas.count(area["code"]) > 1:
            reader.note(f"area[{index}].code", f"'{area['code']}' stands here twice.")
        if area.get("lead") and area["lead"].casefold() not in known.emails:
            reader.note(
                f"area[{index}].lead", "The lead is no officer in this file.", "Give an officer's e-mail address."
            )


def _check_partnership(reader: Reader, table: Table, known: Known) -> None:
    if table["kind"] not in {"CDRP", "CSP"}:
        reader.note("partnership.kind", "The kind is CDRP or CSP.")
    if not rules.is_code(table["code"]) or table["code"] == "operator":
        reader.note("partnership.code", _CODE, "'operator' names the operator's own log and is taken.")
    if "year_starts" in table and rules.month_and_day(table["year_starts"]) is None:
        reader.note("partnership.year_starts", "Write the day on which the year starts as 04-01.")
    for gateway in table.get("gateways", []):
        if gateway not in known.gateways:
            reader.note(
                "partnership.gateways",
                f"There is no gateway '{gateway}'.",
                f"One of: {', '.join(sorted(known.gateways))}.",
            )


def _check_organisation(reader: Reader, table: Table, path: str, known: Known) -> None:
    if not rules.is_code(table["code"]):
        reader.note(f"{path}.code", _CODE)
    if known.organisations.count(table["code"]) > 1:
        reader.note(f"{path}.code", f"'{table['code']}' stands here twice.", "Put its tables together.")
    if table["body_type"] not in known.body_types:
        reader.note(
            f"{path}.body_type",
            f"There is no body type '{table['body_type']}'.",
            f"One of: {', '.join(sorted(known.body_types))}.",
        )


def _check_tiers(reader: Reader, table: Table, path: str) -> None:
    spans = []
    for index, tier in enumerate(table["tier"]):
        spans.append(rules.Span(tier["from"], tier.get("to")))
        if tier["tier"] not in set(rules.Tier):
            reader.note(
                f"{path}.tier[{index}].tier", f"There is no tier '{tier['tier']}'.", f"One of: {', '.join(rules.Tier)}."
            )
        if "to" in tier and tier["to"] <= tier["from"]:
            reader.note(f"{path}.tier[{index}].to", "The tier would end before it begins.")
    if rules.overlaps(spans):
        reader.note(f"{path}.tier", "Two tiers hold on the same day.", "End one where the next begins.")


def _check_belongings(reader: Reader, table: Table, path: str, known: Known) -> None:
    others = set(known.organisations) - {table["code"]}
    for index, acts in enumerate(table.get("acts_for", [])):
        here = f"{path}.acts_for[{index}]"
        if acts["principal"] not in others:
            reader.note(f"{here}.principal", f"'{acts['principal']}' is no other organisation in this file.")
        if not acts["purposes"] or "*" in acts["purposes"]:
            reader.note(f"{here}.purposes", "Each purpose must be named; a star will not do.")
    for index, homes in enumerate(table.get("homes", [])):
        if homes["area"] not in known.areas:
            reader.note(f"{path}.homes[{index}].area", f"There is no area '{homes['area']}' in this file.")
    for index, entry in enumerate(table.get("open", [])):
        if (entry["field"], entry["form"]) not in known.fields:
            reader.note(f"{path}.open[{index}]", f"There is no field '{entry['field']}' with a form '{entry['form']}'.")


def _check_officer(reader: Reader, officer: Table, path: str) -> None:
    for problem in rules.role_problems(officer["roles"], elected=officer.get("elected", False), grantable=APPOINTED):
        reader.note(f"{path}.roles", problem)
    if officer.get("account", True) and "email" not in officer:
        reader.note(
            f"{path}.email", "An officer with an account needs an e-mail address.", "Add it, or say account = false."
        )
    if officer.get("liaison", "liaison") not in set(rules.LiaisonKind):
        reader.note(f"{path}.liaison", "This is 'liaison' or 'deputy'.")


def _emails(tables: Table) -> Iterator[str]:
    for organisation in tables["organisation"]:
        for officer in organisation.get("officer", []):
            if "email" in officer:
                yield officer["email"].casefold()
