"""This module knows organisations as a decision sees them: membership, delegations, officers, who may decide on a release.

The liaison post: whoever holds it decides while trained (two years from each training). An officer whom the holder authorised for
one line decides until the authorisation ends: at its own end, after a year, or 28 days after the post first stood without
anybody trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from protocols import moments
from protocols.moments import LATEST, Instant
from protocols.reading import Span, Table, instant_at
from protocols.vocabulary import AS_IS, AUTHORISED_YEARS, TAIL_DAYS, TRAINED_YEARS

TIERS = ("responsible", "co-operating", "invitee")


@dataclass(frozen=True, slots=True)
class Officer:
    """One person in one post. `actions` is what the post's roles hold together."""

    code: str
    organisation: str
    roles: tuple[str, ...]
    actions: frozenset[str]
    span: Span


@dataclass(frozen=True, slots=True)
class Delegation:
    """The organisation acts for `principal`, for these purposes (section 115(1)(b))."""

    principal: str
    purposes: frozenset[str]
    span: Span


@dataclass(frozen=True, slots=True)
class Authorisation:
    """An officer may decide on one line of one protocol. The span already ends where the law of the post ends it."""

    officer: str
    protocol: str
    line: str
    span: Span


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation and its people."""

    code: str
    body_type: str
    public_authority: bool
    memberships: Mapping[str, tuple[Span, ...]]
    delegations: tuple[Delegation, ...]
    officers: Mapping[str, Officer]
    liaison: Mapping[str, tuple[Span, ...]]
    authorisations: tuple[Authorisation, ...]
    open_list: Mapping[str, frozenset[int]]
    kind: str
    """Its body type as lines write it: `kind:police`."""

    def is_member(self, partnership: str, instant: Instant) -> bool:
        """Whether it belongs to the partnership at the instant."""
        return any(instant in span for span in self.memberships.get(partnership, ()))

    def liaises(self, officer: str, instant: Instant) -> bool:
        """Whether the officer holds this organisation's liaison post then, trained."""
        return any(instant in span for span in self.liaison.get(officer, ()))

    def may_decide(self, officer: str, protocol: str, line: str | None, instant: Instant) -> bool:
        """Whether the officer may decide for this organisation on a line at the instant (rule 9)."""
        if self.liaises(officer, instant):
            return True
        post = self.officers.get(officer)
        if post is None or line is None or instant not in post.span:
            return False
        return any(
            one.officer == officer and one.protocol == protocol and one.line == line and instant in one.span
            for one in self.authorisations
        )

    def deciders(self, protocol: str, line: str | None, instant: Instant) -> tuple[str, ...]:
        """Everybody who may decide then: holders of the post first, then authorised officers, each by code."""
        holders = sorted(officer for officer in self.liaison if self.liaises(officer, instant))
        others = {one.officer for one in self.authorisations} - set(holders)
        return (*holders, *sorted(other for other in others if self.may_decide(other, protocol, line, instant)))


def _post(value: object, path: str) -> tuple[str, tuple[Span, ...]]:
    """Read one holder of the liaison post: the officer, and when in post and trained."""
    table = Table.of(value, path, {"officer", "kind", "from", "to", "trained_on"})
    table.text_or("kind", "liaison", ("liaison", "deputy"))
    post = table.span()
    spans = [
        Span(max(post.start, trained), min(post.end, moments.instant_years_on(trained, TRAINED_YEARS)))
        for trained in table.rows("trained_on", instant_at)
    ]
    return table.text("officer"), tuple(span for span in spans if span.start < span.end)


def vacant_from(liaison: Mapping[str, tuple[Span, ...]], instant: Instant) -> Instant:
    """The first moment at or after the instant when nobody trained holds the post."""
    for span in sorted((span for spans in liaison.values() for span in spans), key=lambda span: span.start):
        if span.start <= instant < span.end:
            instant = span.end
    return instant


def _authorisation(liaison: Mapping[str, tuple[Span, ...]], value: object, path: str) -> Authorisation:
    table = Table.of(value, path, {"officer", "protocol", "line", "from", "to"})
    start = table.when("from")
    vacant = vacant_from(liaison, start)
    tail = LATEST if vacant == LATEST else moments.days_on(vacant, TAIL_DAYS)
    if vacant == start:
        tail = start  # nobody was in the post who could have authorised anybody
    end = min(table.when_or("to", LATEST), moments.instant_years_on(start, AUTHORISED_YEARS), tail)
    return Authorisation(table.text("officer"), table.text("protocol"), table.text("line"), Span(start, end))


def _delegation(value: object, path: str) -> Delegation:
    table = Table.of(value, path, {"principal", "purposes", "from", "to"})
    return Delegation(table.text("principal"), frozenset(table.texts("purposes", None)), table.span())


@dataclass(frozen=True, slots=True)
class OrganisationReader:
    """Reads organisations; `actions` are the actions of each role."""

    actions: Mapping[str, frozenset[str]]
    forms: Mapping[str, Mapping[str, int]]
    public: Mapping[str, bool]

    def read(self, value: object, path: str) -> Organisation:
        """Read one organisation. WrongInputError names the place."""
        keys = {"code", "name", "body_type", "public_authority", "memberships", "delegations", "officers"}
        table = Table.of(value, path, keys | {"liaison_officers", "authorisations", "open_list"})
        code, body_type = table.text("code"), table.text("body_type")
        if body_type not in self.public:
            raise table.wrong("body_type", f"“{body_type}” is not a body type of the law data")
        liaison: dict[str, tuple[Span, ...]] = {}
        for officer, spans in table.rows("liaison_officers", _post):
            liaison[officer] = (*liaison.get(officer, ()), *spans)
        officers = {one.code: one for one in table.rows("officers", lambda row, at: self._officer(code, row, at))}
        return Organisation(
            code=code,
            body_type=body_type,
            public_authority=table.flag("public_authority", default=self.public[body_type]),
            memberships=_memberships(table),
            delegations=table.rows("delegations", _delegation),
            officers=officers,
            liaison=liaison,
            authorisations=table.rows("authorisations", lambda row, at: _authorisation(liaison, row, at)),
            open_list=self._open_list(table),
            kind=f"kind:{body_type}",
        )

    def _officer(self, organisation: str, value: object, path: str) -> Officer:
        table = Table.of(value, path, {"code", "name", "roles", "from", "to"})
        roles = table.texts("roles", None)
        for role in roles:
            if role not in self.actions:
                raise table.wrong("roles", f"“{role}” is not a role; known are " + ", ".join(sorted(self.actions)))
        actions = frozenset[str]().union(*(self.actions[role] for role in roles))
        return Officer(table.text("code"), organisation, roles, actions, table.span())

    def _open_list(self, table: Table) -> Mapping[str, frozenset[int]]:
        found: dict[str, set[int]] = {}

        def read(value: object, path: str) -> None:
            row = Table.of(value, path, {"field", "form"})
            name, form = row.text("field"), row.text_or("form", AS_IS)
            forms = self.forms.get(name, {})
            if form not in forms:
                raise row.wrong("form", f"the registry has no “{name}” in the form “{form}”")
            found.setdefault(name, set()).add(forms[form])

        table.rows("open_list", read)
        return {name: frozenset(forms) for name, forms in found.items()}


def _memberships(table: Table) -> Mapping[str, tuple[Span, ...]]:
    found: dict[str, tuple[Span, ...]] = {}

    def read(value: object, path: str) -> None:
        row = Table.of(value, path, {"partnership", "tier", "from", "to"})
        row.text_or("tier", TIERS[0], TIERS)
        partnership = row.text("partnership")
        found[partnership] = (*found.get(partnership, ()), row.span())

    table.rows("memberships", read)
    return found
