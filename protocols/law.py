"""This module knows the law as data: standing, gateways, bases, conditions, provisions, prescribed data sets, fields and forms.

Rows carry dates and evidence; a row whose evidence is `review` needs legal advice and never passes. Shipped rows stand in
`protocols/data/*.toml`; a world may bring its own (`docs/schema/world.schema.json`, `registry` and `law`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from protocols.moments import Instant
from protocols.reading import Span, WrongInputError
from protocols.vocabulary import PERSONAL, Rule

CDA17A = "CDA17A"
"""The row under which the gateways say when section 17A binds."""
NEEDS = ("consent", "order", "request", "rank")
STANDS_IN = (
    Rule.MEMBERSHIP,
    Rule.IN_FORCE,
    Rule.LINE,
    Rule.ONWARD,
    Rule.BASIS,
    Rule.STATEMENT,
    Rule.DECISION,
    Rule.MARKING,
)
LOCATION_MEETINGS = ("JOG", "TJAG", "JAG", "FORUM", "STEER", "SCRUT", "FTP")
EVIDENCE = ("V", "S", "K", "P", "review")
ANY = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a field. `personal` is what its class says; rule 12 may still find that it identifies somebody."""

    name: str
    kind: str
    borough: bool
    personal: bool = field(init=False)

    def __post_init__(self) -> None:
        """Settle once whether the class itself is personal data."""
        object.__setattr__(self, "personal", self.kind in PERSONAL)


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A registry field: its forms from fine to coarse."""

    code: str
    forms: tuple[Form, ...]
    location: bool
    free_text: bool
    places: Mapping[str, int] = field(repr=False)

    def place(self, form: str, path: str) -> int:
        """The place of a form, 0 the finest. WrongInputError if the field has no such form."""
        found = self.places.get(form)
        if found is None:
            known = ", ".join(self.places)
            raise WrongInputError(path, f"{self.code} has no form “{form}”; it has {known}")
        return found


@dataclass(frozen=True, slots=True)
class BodyKind:
    """A kind of body: when it has standing under section 115(2), and whether it may act for a body that has (115(1)(b))."""

    code: str
    standing: tuple[Span, ...]
    may_act_for: bool
    public_authority: bool

    def stands(self, instant: Instant) -> bool:
        """Whether bodies of this kind are relevant authorities at the instant."""
        return any(instant in span for span in self.standing)


@dataclass(frozen=True, slots=True)
class Row:
    """What every dated row of law has: nothing passes outside its dates or under review."""

    code: str
    span: Span
    review: bool

    def stands(self, instant: Instant) -> bool:
        """Whether the row may be relied on at the instant."""
        return not self.review and instant in self.span


@dataclass(frozen=True, slots=True)
class Gateway(Row):
    """A power to disclose."""

    enabled: bool
    suppliers: frozenset[str]
    recipients: frozenset[str]
    standing: bool
    external: bool
    purposes: frozenset[str]
    needs: tuple[str, ...]
    stands_in_for: frozenset[str]


@dataclass(frozen=True, slots=True)
class Side:
    """Who may be on one side of a basis."""

    kinds: frozenset[str]
    public_authority: bool | None

    def admits(self, body_type: str, *, public_authority: bool) -> bool:
        """Whether such an organisation may be on this side."""
        right_kind = self.kinds is ANY or body_type in self.kinds or "*" in self.kinds
        return right_kind and self.public_authority in (None, public_authority)


@dataclass(frozen=True, slots=True)
class Basis(Row):
    """A lawful basis, Article 6 of the UK GDPR or Part 3 of the Data Protection Act 2018."""

    supplier: Side
    recipient: Side
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition(Row):
    """A condition for special or criminal data (Articles 9 and 10; Schedule 1 DPA 2018)."""

    classes: frozenset[str]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prescribed(Row):
    """A prescribed data set of section 17A (SI 2007/1831, Schedule)."""

    holders: frozenset[str]
    fields: frozenset[str]
    finest: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Law:
    """All law that a decision may use."""

    registry: Mapping[str, FieldKind]
    bodies: Mapping[str, BodyKind]
    gateways: Mapping[str, Gateway]
    bases: Mapping[str, Basis]
    conditions: Mapping[str, Condition]
    provisions: Mapping[str, Row]
    prescribed: Mapping[str, Prescribed]
    duty: Row
    """When section 17A binds. No partnership switches it on or off, and a law that does not speak of it does not end it."""
    location_meetings: frozenset[str]
