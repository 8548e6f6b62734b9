"""This module knows how to ask about protocols.

What stands, who has signed, what is in force between whom, who may receive what. Whether something is in force is never
worked out here: the compiled world says so, the same one that decides on releases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols import moments, notices
from protocols.in_force import Lapse
from protocols.versions import Protocol, Version
from protocols.vocabulary import KINDS
from protocols.world import World
from sharing.errors import NotFoundError
from sharing.partners import rules
from sharing.partners.compiled import compiled_world
from sharing.partners.model import Organisation, ProtocolVersion, Signature
from sharing.partners.read import liaison_gaps, members
from sharing.partners.rules import Tier
from sharing.partners.views import Gap, MemberView, ProtocolView, SharingLine, SignatoryRegister, SignatureView

LAPSES = {
    "a": "{who} has not signed the version that counts.",
    "b": "{who} has not signed the version that counts.",
    "c": "{who} has withdrawn from it.",
    "d": "It has not started, or it has ended.",
    "e": "Its review is overdue.",
    "f": "It is suspended by {who}.",
    "g": "The protocol that it stands under is not in force between the two.",
    "h": "A newer version has taken its place.",
}
"""Letter of rule 3 (`docs/release-rules.md`) → what to say."""


RELIED_ON = frozenset({"in force", "review overdue", "suspended", "signed, not started"})
"""What a version is while somebody may want to rely on it, so that its review is worth a word."""


@dataclass(frozen=True)
class Standing:
    """Whether a protocol stands between two organisations for a purpose; if none does, why the nearest does not."""

    protocol: ProtocolView | None
    reasons: tuple[str, ...] = ()


def protocols(session: Session, partnership: str, at: datetime) -> tuple[ProtocolView, ...]:
    """The newest version of each protocol, the statutory one first, then by title."""
    newest: dict[str, ProtocolVersion] = {}
    for row in session.scalars(
        select(ProtocolVersion).filter_by(partnership=partnership).order_by(ProtocolVersion.number)
    ):
        newest[row.ref] = row
    compiled = compiled_world(session, partnership)
    views = [_view(compiled, row, at) for row in newest.values()]
    return tuple(sorted(views, key=lambda view: (view.kind != "statutory", view.title, view.ref)))


def versions(session: Session, partnership: str, ref: str, at: datetime) -> tuple[ProtocolView, ...]:
    """Every version of a protocol, the newest first. Raises NotFoundError for none."""
    query = select(ProtocolVersion).filter_by(partnership=partnership, ref=ref).order_by(ProtocolVersion.number.desc())
    compiled = compiled_world(session, partnership)
    found = tuple(_view(compiled, row, at) for row in session.scalars(query))
    if not found:
        raise NotFoundError(f"There is no protocol '{ref}'.")
    return found


def protocol(session: Session, partnership: str, ref: str, at: datetime, *, number: int | None = None) -> ProtocolView:
    """Return one version of a protocol, the newest unless a number is given. Raises NotFoundError."""
    for view in versions(session, partnership, ref, at):
        if number in {None, view.number}:
            return view
    raise NotFoundError(f"There is no version {number} of a protocol '{ref}'.")


def protocol_text(session: Session, partnership: str, ref: str, number: int) -> str:
    """The TOML text of a version, as it was loaded. Raises NotFoundError."""
    query = select(ProtocolVersion.terms_toml).filter_by(partnership=partnership, ref=ref, number=number)
    text = session.scalar(query)
    if text is None:
        raise NotFoundError(f"There is no version {number} of a protocol '{ref}'.")
    return text


def find_protocols(session: Session, partnership: str, words: str, at: datetime) -> tuple[ProtocolView, ...]:
    """The protocols whose ref, title or an alias has every word, wherever a word may begin.

    An old name finds the new text.
    """
    views = protocols(session, partnership, at)
    return tuple(view for view in views if rules.matches(words, view.ref, view.title, *view.aliases))


def signatories(
    session: Session, partnership: str, ref: str, at: datetime, *, number: int | None = None
) -> SignatoryRegister:
    """Who has signed a version, party by party, with what is missing.

    A responsible authority's signature, a liaison officer. A responsible authority that has not signed is a gap under
    regulation 4 (SI 2007/1830); it stops nobody else.
    """
    head = protocol(session, partnership, ref, at, number=number)
    day = _day(at)
    bodies = {body.code: body for body in members(session, partnership, day, also_former=True)}
    query = select(Signature).filter_by(partnership=partnership, ref=ref).order_by(Signature.signed_at, Signature.id)
    signed: dict[str, list[Signature]] = defaultdict(list)
    for row in session.scalars(query):
        if row.signed_at <= at:
            signed[row.organisation].append(row)
    lines = tuple(_signature(code, bodies.get(code), signed[code], head.number, at) for code in head.parties)
    gaps = _reg4_gaps(head, lines, members(session, partnership, day)) if head.kind == "statutory" else ()
    return SignatoryRegister(head, lines, (*gaps, *liaison_gaps(session, partnership, at, day)))


def protocol_in_force(
    session: Session, partnership: str, supplier: str, recipient: str, purpose: str, at: datetime
) -> Standing:
    """The protocol in force between two organisations that names a purpose; bilateral before purpose before statutory.

    Without one, the reasons why the nearest is not in force; and when no protocol names the purpose, that.
    """
    compiled = compiled_world(session, partnership)
    agreements = compiled.partnerships.get(partnership)
    instant = moments.of(at)
    named = [] if agreements is None else [one for one in agreements.protocols.values() if _names(one, purpose)]
    if agreements is None or not named:
        return Standing(None, (f"No protocol of the partnership names the purpose '{purpose}'.",))
    ordered = sorted(named, key=lambda one: (KINDS.index(one.versions[0].kind), one.ref))
    for one in ordered:
        version = agreements.in_force(one.ref, supplier, recipient, instant)
        if version is not None and purpose in version.purposes:
            return Standing(protocol(session, partnership, one.ref, at, number=version.number))
    nearest = [agreements.lapses(one.considered(instant), supplier, recipient, instant) for one in ordered]
    return Standing(None, _reasons(session, min(nearest, key=len)))


def has_signed_protocol_in_force(session: Session, partnership: str, organisation: str, at: datetime) -> bool:
    """Whether a protocol is in force between an organisation and any other party.

    What asking for information turns on.
    """
    agreements = compiled_world(session, partnership).partnerships.get(partnership)
    if agreements is None:
        return False
    instant = moments.of(at)
    return any(
        agreements.in_force(one.ref, organisation, other, instant) is not None
        for one in agreements.protocols.values()
        for other in {party for version in one.versions for party in version.parties} - {organisation}
    )


def sharing_lines(session: Session, partnership: str, organisation: str, at: datetime) -> tuple[SharingLine, ...]:
    """Who may see what.

    Every line in force on which an organisation supplies or receives, with whom, which fields, for what.
    """
    compiled = compiled_world(session, partnership)
    agreements = compiled.partnerships.get(partnership)
    if agreements is None or organisation not in compiled.organisations:
        return ()
    instant = moments.of(at)
    found = []
    for one in agreements.protocols.values():
        for other in sorted({party for version in one.versions for party in version.parties} - {organisation}):
            for gives, pair in ((True, (organisation, other)), (False, (other, organisation))):
                version = agreements.in_force(one.ref, *pair, instant)
                if version is not None:
                    found += _lines(compiled, version, pair, instant, gives=gives)
    return tuple(sorted(found, key=lambda line: (line.gives, line.other, line.ref, line.line)))


def _lines(
    compiled: World, version: Version, pair: tuple[str, str], instant: moments.Instant, *, gives: bool
) -> list[SharingLine]:
    registry = compiled.law.registry
    return [
        SharingLine(
            gives=gives,
            other=pair[1] if gives else pair[0],
            ref=version.ref,
            number=version.number,
            line=line.id,
            fields=tuple((code, registry[code].forms[place].name) for code, place in sorted(line.fields.items())),
            purposes=tuple(sorted(line.purposes)),
            gateway=line.gateway,
        )
        for line in version.lines
        if instant in line.span and compiled.names(line, *pair)
    ]


def _names(one: Protocol, purpose: str) -> bool:
    return any(purpose in version.purposes for version in one.versions)


def _reasons(session: Session, lapses: Sequence[Lapse]) -> tuple[str, ...]:
    names = {row.code: row.name for row in session.execute(select(Organisation.code, Organisation.name))}
    return tuple(
        LAPSES[lapse.letter].format(who=names.get(lapse.organisation or "", lapse.organisation or "somebody"))
        for lapse in lapses
    )


def _view(compiled: World, row: ProtocolVersion, at: datetime) -> ProtocolView:
    agreements = compiled.partnerships.get(row.partnership)
    one = agreements.protocols.get(row.ref) if agreements else None
    version = next((each for each in one.versions if each.number == row.number), None) if one else None
    instant = moments.of(at)
    suspended = version is not None and any(instant in suspension.span for suspension in version.suspensions)
    status = _status(one, version, instant, suspended=suspended)
    return ProtocolView(
        id=row.id,
        ref=row.ref,
        number=row.number,
        kind=row.kind,
        parent=row.parent,
        title=row.title,
        aliases=tuple(row.aliases),
        parties=tuple(row.parties),
        digest=row.digest,
        complete=row.complete,
        missing=tuple(f"{gap['name']}: {gap['mend']}" for gap in row.missing),
        starts_on=row.starts_on,
        review_by=row.review_by,
        ends_on=row.ends_on,
        adopted_on=row.adopted_on,
        suspended=suspended,
        status=status,
        review=notices.review(version.reviewed, instant) if version and status in RELIED_ON else None,
    )


def _status(one: Protocol | None, version: Version | None, instant: moments.Instant, *, suspended: bool) -> str:
    """One word for a version: what a person has to know about it first."""
    if one is None or version is None or not version.complete:
        return "draft"
    newer = [each for each in one.versions if each.complete and each.number > version.number]
    signed = [party for party in version.parties if _stands(one, party, version, instant)]
    checks = (
        ("ended", instant >= version.span.end),
        ("superseded", any(instant >= each.overlap_ends for each in newer)),
        ("suspended", suspended),
        ("open for signature", len(signed) <= 1),
        ("signed, not started", instant < version.span.start),
        ("review overdue", not any(instant in span for span in version.reviewed)),
    )
    return next((word for word, holds in checks if holds), "in force")


def _stands(one: Protocol, party: str, version: Version, instant: moments.Instant) -> bool:
    return one.has_signed(party, version, instant) and not one.has_withdrawn(party, version, instant)


def _signature(
    code: str, body: MemberView | None, rows: Sequence[Signature], number: int, at: datetime
) -> SignatureView:
    """A party's signature of this version, or of the newest version that it has signed."""
    row = next((row for row in reversed(rows) if row.number == number), rows[-1] if rows else None)
    name, tier = (body.name, body.tier) if body else (code, None)
    if row is None:
        return SignatureView(code, name, tier, None, None, None, None, None, None, None, "not signed")
    withdrew_at = row.withdrew_at if row.withdrew_at and row.withdrew_at <= at else None
    status = "withdrawn" if withdrew_at else "signed" if row.number == number else f"signed version {row.number} only"
    return SignatureView(
        code,
        name,
        tier,
        row.number,
        row.digest,
        row.signed_at,
        row.name,
        row.post,
        row.seniority,
        withdrew_at,
        status,
    )


def _reg4_gaps(head: ProtocolView, lines: Sequence[SignatureView], bodies: Sequence[MemberView]) -> tuple[Gap, ...]:
    signed = {line.organisation for line in lines if line.status == "signed"}
    return tuple(
        Gap(
            "reg4-gap",
            body.code,
            body.name,
            "red",
            f"{body.name} is a responsible authority and has not signed version {head.number} of {head.ref}.",
            f"{body.name}'s signatory signs it."
            if body.code in head.parties
            else "A new version names it as a party; then it signs.",
        )
        for body in bodies
        if body.tier is Tier.RESPONSIBLE and body.code not in signed
    )


def _day(at: datetime) -> date:
    return date.fromordinal(moments.day_of(moments.of(at)))
