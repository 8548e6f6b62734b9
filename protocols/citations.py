"""This module knows which law an answer rests on: for each field the rows of law that let it leave, or that stand in its way.

A citation is plain data: what it is about, the code of the row, its source (section, instrument, code of practice) and how well
the source is evidenced. Sources are read from the law data; nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from protocols import lawbook
from protocols.cases import Case
from protocols.decision import Decision, FieldDecision
from protocols.facts import World
from protocols.versions import Version
from protocols.vocabulary import NEED_CONDITION, Cover, Rule

_SHIPPED: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Citation:
    """One source. `what`: gateway, standing, principal, provision, basis, condition, data-set, cover or rule, other-gateway.

    `evidence` is V, S, K or P (protocols/data/bodies.toml), or `review`: legal advice is wanted, and the row never passes.
    """

    what: str
    code: str
    source: str
    evidence: str


def of(
    world: World, case: Case, decision: Decision, law: Mapping[str, Any] = _SHIPPED
) -> dict[str, tuple[Citation, ...]]:
    """What each field's answer rests on, in the order in which one would argue it. `law`: the world's own, if it brings any."""
    book = _Book(world, case, law)
    return {code: tuple(_cited(book, each)) for code, each in decision.fields.items()}


def as_json(cited: tuple[Citation, ...]) -> list[dict[str, str]]:
    """As it stands in an explanation."""
    return [asdict(each) for each in cited]


def _cited(book: _Book, each: FieldDecision) -> Iterator[Citation]:
    if each.cover is None:
        yield from _in_the_way(book, each)
    elif each.cover is Cover.LINE:
        yield from _by_line(book, each)
    elif each.cover in (Cover.OWN, Cover.OPEN):
        yield book.row("cover", "rule_sources", str(each.cover))
    else:
        yield book.row("cover", "covers", each.cover.removeprefix("law:"))
        if each.cover is Cover.CDA17A:
            yield book.row("data-set", "prescribed", book.case.record.data_set or "")
        if each.basis:
            yield book.row("basis", "bases", each.basis)


def _by_line(book: _Book, each: FieldDecision) -> Iterator[Citation]:
    """Section 115 and who is named there; the provision served; the basis and condition."""
    yield book.row("gateway", "gateways", str(each.gateway))
    if book.world.law.gateways[str(each.gateway)].standing:
        yield from book.standing(each.principal)
    if each.basis is None:
        return
    version = book.version(each)
    purpose = version.purposes.get(book.case.purpose)
    provision = book.case.provision or (purpose.provision if purpose else None)
    if provision:
        yield book.row("provision", "provisions", provision)
    yield book.row("basis", "bases", each.basis)
    yield from book.condition(version, each)


def _in_the_way(book: _Book, each: FieldDecision) -> Iterator[Citation]:
    for rule in each.failing:
        yield book.row("rule", "rule_sources", rule)
        if rule is Rule.GATEWAY:
            yield from book.standing(None)
    yield from book.prescribed_under_review(each.code)
    for code in each.other_gateways:
        yield book.row("other-gateway", "gateways", code)


@dataclass(frozen=True)
class _Book:
    """The rows of law, a world's own before the shipped ones, for one case."""

    world: World
    case: Case
    own: Mapping[str, Any]

    def row(self, what: str, table: str, code: str) -> Citation:
        found = self._find(table, code)
        return Citation(what, code, str(found.get("source", "")), str(found.get("evidence", "V")))

    def _find(self, table: str, code: str) -> Mapping[str, Any]:
        return self._table(table).get(code) or {}

    def _table(self, table: str) -> Mapping[str, Any]:
        return self.own.get(table) or lawbook.rows(table)

    def standing(self, principal: str | None) -> Iterator[Citation]:
        """Where section 115 names each recipient's kind of body, and the principal's for which it acts."""
        kinds = sorted({self.world.organisations[each].body_type for each in self.case.recipients})
        for kind in kinds:
            cited = self.row("standing", "body_types", kind)
            yield Citation(cited.what, kind, cited.source, "review" if self._is_reviewed(kind) else cited.evidence)
        if principal is not None:
            yield self.row("principal", "body_types", self.world.organisations[principal].body_type)

    def _is_reviewed(self, kind: str) -> bool:
        """Whether the standing of a kind of body that day waits for legal advice."""
        spans = self._find("body_types", kind).get("standing", ())
        reviewed = [span for span in spans if span.get("evidence") == "review"]
        return bool(reviewed) and not self.world.law.bodies[kind].stands(self.case.moment)

    def prescribed_under_review(self, field: str) -> Iterator[Citation]:
        """The data set that would make it a duty to give the field, if only it were known whether the holder owes it."""
        holder = self.world.organisations[self.case.record.holder].body_type
        for code, row in self._table("prescribed").items():
            named = self.case.record.data_set in (code, code.partition("-")[0])
            if named and row.get("evidence") == "review" and holder in row["holders"] and field in row["fields"]:
                yield self.row("data-set", "prescribed", code)

    def version(self, each: FieldDecision) -> Version:
        agreements = self.world.partnerships[self.case.record.partnership]
        return next(one for one in agreements.protocols[str(each.protocol)].versions if one.number == each.version)

    def condition(self, version: Version, each: FieldDecision) -> Iterator[Citation]:
        """The first condition of the line that holds, where criminal or special data leave."""
        law, case = self.world.law, self.case
        kind = next(form.kind for form in law.registry[each.code].forms if form.name == each.form)
        if kind not in NEED_CONDITION:
            return
        listed = next(line.conditions for line in version.lines if line.id == each.line)
        for code in listed:
            row = law.conditions[code]
            if kind in row.classes and row.stands(case.moment) and case.holds_all(row.needs, each.code):
                yield self.row("condition", "conditions", code)
                return
