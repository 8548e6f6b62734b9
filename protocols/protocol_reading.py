"""This module knows how protocols are read from a world: texts, signatures, reviews, suspensions; then what belongs together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from protocols import moments
from protocols.law import FieldKind, Law
from protocols.moments import EARLIEST, LATEST, Instant
from protocols.reading import Span, Table, WrongInputError, instant_at
from protocols.versions import Act, Line, Protocol, Purpose, Suspension, Version, standing_signatures
from protocols.vocabulary import CHANNELS, FLAGS, KINDS, MARKINGS, REVIEW_EARLIEST_DAYS

_KEYS = frozenset(
    {
        "ref",
        "title",
        "partnership",
        "kind",
        "parent",
        "version",
        "aliases",
        "starts_on",
        "review_by",
        "ends_on",
        "adopted_on",
    }
    | {
        "overlap_days",
        "marking",
        "reply_days",
        "parties",
        "complete",
        "purposes",
        "lines",
        "signatures",
        "suspensions",
        "reviews",
    }
)
_LINE_KEYS = frozenset(
    {"id", "purposes", "fields", "form", "from", "to", "gateway", "basis", "conditions", "categories", "flags", "areas"}
    | {"channels", "retention_days", "onward", "safeguards", "starts_on", "ends_on"}
)


@dataclass(frozen=True, slots=True)
class ReadVersion:
    """A version with the acts that stood under it, in order of listing."""

    version: Version
    acts: tuple[Act, ...]
    path: str


def _reviewed(review_by: Instant, reviews: Iterable[Instant]) -> tuple[Span, ...]:
    """When a version is not overdue for review: each review not earlier than 90 days before its day moves the day on a year."""
    due = moments.day_of(review_by)
    spans = [Span(EARLIEST, moments.day_start(due))]
    for review in sorted(reviews):
        day = moments.day_of(review)
        if day >= due - REVIEW_EARLIEST_DAYS:
            due = moments.years_on(max(day, due), 1)
            spans.append(Span(review, moments.day_start(due)))
    return tuple(spans)


def _purpose(value: object, path: str) -> Purpose:
    table = Table.of(value, path, {"code", "text", "provision", "strategy_area", "law_enforcement"})
    return Purpose(table.text("code"), table.maybe_text("provision"), table.flag("law_enforcement"))


def _suspension(value: object, path: str) -> Suspension:
    table = Table.of(value, path, {"from", "to", "by"})
    return Suspension(table.span(), table.maybe_text("by"))


def _line_fields(table: Table, registry: Mapping[str, FieldKind]) -> Mapping[str, int]:
    """The line's fields with the place of their finest form."""
    forms = Table.of(table.values.get("form") or {}, table.at("form"), None).values
    fields: dict[str, int] = {}
    for name in table.texts("fields", None):
        kind = registry.get(name)
        if kind is None:
            raise table.wrong("fields", f"“{name}” is not in the registry")
        if kind.free_text:
            raise table.wrong("fields", f"“{name}” is raw free text, which may stand on no line")
        fields[name] = kind.place(str(forms[name]), f"{table.at('form')}[{name!r}]") if name in forms else 0
    for name in forms:
        if name not in fields:
            raise table.wrong("form", f"“{name}” is no field of this line")
    return fields


def _known(table: Table, key: str, known: Iterable[str], what: str) -> tuple[str, ...]:
    codes = table.texts(key)
    for code in codes:
        if code not in known:
            raise table.wrong(key, f"“{code}” is not {what}")
    return codes


@dataclass(frozen=True, slots=True)
class ProtocolReader:
    """Reads versions; names outside the text (organisations, law) are checked against what the world has."""

    law: Law
    organisations: frozenset[str]

    def _parties(self, table: Table, key: str) -> frozenset[str]:
        codes = table.texts(key, None)
        for code in codes:
            kind = code.removeprefix("kind:")
            known = self.law.bodies if kind != code else self.organisations
            if kind not in known:
                raise table.wrong(key, f"“{code}” is neither an organisation of this world nor kind:<body type>")
        return frozenset(codes)

    def _line(self, purposes: Mapping[str, Purpose], value: object, path: str) -> Line:
        table = Table.of(value, path, _LINE_KEYS)
        table.text_or("onward", "never", ("never", "ask"))
        table.texts("safeguards")
        gateway = table.text("gateway")
        if gateway not in self.law.gateways:
            raise table.wrong("gateway", f"“{gateway}” is not in the law data")
        if purposes:
            _known(table, "purposes", purposes, "a purpose of this version")
        return Line(
            id=table.text("id"),
            purposes=frozenset(table.texts("purposes", None)),
            fields=_line_fields(table, self.law.registry),
            suppliers=self._parties(table, "from"),
            recipients=self._parties(table, "to"),
            gateway=gateway,
            basis=_known(table, "basis", self.law.bases, "a basis of the law data"),
            conditions=_known(table, "conditions", self.law.conditions, "a condition of the law data"),
            categories=frozenset(table.texts("categories", ("*",))),
            flags=frozenset(table.texts("flags", among=FLAGS)),
            areas=frozenset(table.texts("areas", ("*",))),
            channels=frozenset(table.texts("channels", ("view",), CHANNELS)),
            retention_days=table.whole("retention_days", 365, 0),
            span=table.span("starts_on", "ends_on"),
        )

    def _acts(self, number: int, value: object, path: str) -> tuple[Act, ...]:
        table = Table.of(value, path, {"organisation", "version", "signed_on", "withdrew_on"})
        organisation = table.text("organisation")
        if organisation not in self.organisations:
            raise table.wrong("organisation", f"“{organisation}” is not an organisation of this world")
        if table.whole("version", number, 1) != number:
            raise table.wrong("version", f"this signature stands under version {number}")
        signed = Act(table.when("signed_on"), organisation, number)
        if not table.has("withdrew_on"):
            return (signed,)
        withdrawn = Act(table.when("withdrew_on"), organisation, None)
        if withdrawn.at < signed.at:
            raise table.wrong("withdrew_on", "the withdrawal lies before the signature")
        return (signed, withdrawn)

    def read(self, value: object, path: str) -> ReadVersion:
        """Read one version. WrongInputError names the place."""
        table = Table.of(value, path, _KEYS)
        for text in ("title",):
            table.maybe_text(text)
        kind, number, starts = table.text("kind", KINDS), table.whole("version", None, 1), table.when("starts_on")
        if kind != "statutory" and not table.has("parent"):
            raise table.wrong("parent", f"a {kind} protocol names its parent")
        purposes = {one.code: one for one in table.rows("purposes", _purpose)}
        lines = table.rows("lines", lambda row, at: self._line(purposes, row, at))
        if len({line.id for line in lines}) != len(lines):
            raise table.wrong("lines", "two lines have the same id")
        adopted = table.when_or("adopted_on", starts)
        version = Version(
            partnership=table.text("partnership"),
            ref=table.text("ref"),
            number=number,
            kind=kind,
            parent=table.maybe_text("parent") if kind != "statutory" else None,
            span=Span(starts, table.when_or("ends_on", LATEST)),
            overlap_ends=moments.days_on(adopted, table.whole("overlap_days", 0, 0)),
            reviewed=_reviewed(table.when("review_by"), table.rows("reviews", instant_at)),
            marking=MARKINGS.index(table.text_or("marking", MARKINGS[0], MARKINGS)),
            reply_days=table.whole("reply_days", 10, 1),
            parties=_known(table, "parties", self.organisations, "an organisation of this world"),
            complete=table.flag("complete", default=True),
            purposes=purposes,
            lines=lines,
            suspensions=table.rows("suspensions", _suspension),
        )
        acts = table.rows("signatures", lambda row, at: self._acts(number, row, at))
        return ReadVersion(version, tuple(act for pair in acts for act in pair), path)


def together(read: Iterable[ReadVersion]) -> dict[str, dict[str, Protocol]]:
    """Versions grouped: partnership → ref → protocol. A number twice, a missing parent or a circle is wrong."""
    groups: dict[tuple[str, str], list[ReadVersion]] = defaultdict(list)
    for one in read:
        group = groups[one.version.partnership, one.version.ref]
        if any(other.version.number == one.version.number for other in group):
            raise WrongInputError(
                f"{one.path}.version", f"version {one.version.number} of {one.version.ref} stands here twice"
            )
        group.append(one)
    for (partnership, _), group in groups.items():
        for one in group:
            _check_parents(groups, partnership, one)
    found: dict[str, dict[str, Protocol]] = defaultdict(dict)
    for partnership, ref in sorted(groups):
        found[partnership][ref] = _protocol(groups, partnership, ref)
    return dict(found)


def _check_parents(groups: Mapping[tuple[str, str], list[ReadVersion]], partnership: str, one: ReadVersion) -> None:
    seen, ahead = set[str](), [one.version.parent] if one.version.parent else []
    while ahead:
        ref = ahead.pop()
        if (partnership, ref) not in groups:
            raise WrongInputError(f"{one.path}.parent", f"“{ref}” is no protocol of {partnership}")
        if ref == one.version.ref:
            raise WrongInputError(f"{one.path}.parent", "a protocol is its own parent")
        if ref not in seen:
            seen.add(ref)
            ahead += [each.version.parent for each in groups[partnership, ref] if each.version.parent]


def _protocol(groups: Mapping[tuple[str, str], list[ReadVersion]], partnership: str, ref: str) -> Protocol:
    group = groups[partnership, ref]
    parties = {one.version.number: set(one.version.parties) for one in group}
    acts = (act for one in group for act in one.acts)
    counting = [act for act in acts if act.version is None or act.organisation in parties[act.version]]
    return Protocol(
        partnership=partnership,
        ref=ref,
        versions=tuple(sorted((one.version for one in group), key=lambda version: -version.number)),
        signed=standing_signatures(counting),
        boundaries=tuple(sorted(_boundaries(groups, partnership, ref))),
    )


def _boundaries(groups: Mapping[tuple[str, str], list[ReadVersion]], partnership: str, ref: str) -> set[Instant]:
    found: set[Instant] = set()
    for one in groups[partnership, ref]:
        version = one.version
        spans = (version.span, *version.reviewed, *(each.span for each in version.suspensions))
        found.update(edge for span in spans for edge in (span.start, span.end))
        found.update(act.at for act in one.acts)
        found.add(version.overlap_ends)
        if version.parent:
            found |= _boundaries(groups, partnership, version.parent)
    return found
