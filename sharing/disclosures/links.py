"""This module knows links: one disclosure, opened by a partner without an account, for some hours, with a code told otherwise.

Only digests of link and code are kept (the code's over both). The gate is asked with channel `link` (docs/release-rules.md,
rule 4) when the link is made, and again at each opening: a protocol that lapses, a recall or a day that passes ends it. Whoever
opens it is told the same, whatever stops it; the ledger is told what did. Five wrong codes end a link.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing.disclosures.copies import as_they_left, judged_as_decided, still_kept
from sharing.disclosures.exports import refusal
from sharing.disclosures.keeping import COPY
from sharing.disclosures.link_model import ReleaseLink
from sharing.disclosures.model import Disclosure, DisclosureField
from sharing.disclosures.opening import open_recorded
from sharing.errors import InvalidError, NotFoundError, NotPermittedError
from sharing.store import Unit

CHANNEL = "link"
DEFAULT_HOURS, MOST_HOURS = 72, 7 * 24
MOST_WRONG = 5
_CODE_FIGURES = 8


@dataclass(frozen=True)
class LinkMade:
    """A link's secret parts: shown to its maker once, and nowhere after that."""

    id: uuid.UUID
    token: str = field(repr=False)
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class LinkView:
    """A link of a disclosure, as its parties see it: until when, how often it was opened, how it ended."""

    id: uuid.UUID
    made_at: datetime
    expires_at: datetime
    opened: int
    wrong_codes: int
    ended_because: str


@dataclass(frozen=True)
class Opened:
    """What a link gave: the values, in the forms that left, with what every page of it says."""

    ref: str
    marking: str
    supplier: str
    recipient: str
    purpose: str
    partnership: str
    kept_until: date
    values: Mapping[str, str] = field(repr=False)
    forms: Mapping[str, str | None]


def make_link(unit: Unit, disclosure_id: uuid.UUID, *, assigned: bool, hours: int = DEFAULT_HOURS) -> LinkMade:
    """Make a link to one disclosure, for one of its two parties; an earlier one of the same disclosure ends.

    Raises NotFoundError for anybody else's, InvalidError for more than seven days, NotPermittedError with the rule that stops it.
    """
    made = _party(unit, disclosure_id)
    unit.require(
        Action.LINK_RELEASE, partnership=made.partnership, organisation=unit.actor.organisation, assigned=assigned
    )
    if not 1 <= hours <= MOST_HOURS:
        raise InvalidError.one(f"A link lasts from 1 to {MOST_HOURS} hours", where="hours")
    cells = still_kept(unit, made)
    answer = judged_as_decided(unit, made, cells, CHANNEL)
    if not as_they_left(answer, cells):
        raise refusal(answer, "make a link to it")
    _end_live(unit, made.id, "replaced")
    token = secrets.token_urlsafe(32)
    code = "".join(secrets.choice("0123456789") for _ in range(_CODE_FIGURES))
    now = unit.clock.now()
    row = ReleaseLink(
        partnership=made.partnership,
        disclosure_id=made.id,
        supplier=made.supplier,
        recipient=made.recipient,
        token_hash=_digest(token),
        code_hash=_digest(token, code),
        made_by=unit.actor.officer_id,
        made_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    unit.session.add(row)
    unit.session.flush()
    unit.record(Event.LINK_MADE, about=row.id, facts={"disclosure": made.ref, "hours": hours, "to": made.recipient})
    return LinkMade(row.id, token, code, row.expires_at)


def end_link(unit: Unit, disclosure_id: uuid.UUID) -> None:
    """End the link of a disclosure, for one of its two parties. NotFoundError where none is open."""
    made = _party(unit, disclosure_id)
    unit.require(Action.LINK_RELEASE, partnership=made.partnership, organisation=unit.actor.organisation, assigned=True)
    if not _end_live(unit, made.id, "revoked"):
        raise NotFoundError("No link to this is open.")


def open_link(unit: Unit, token: str, code: str) -> Opened | None:
    """Open a link with its code. None where it opens nothing, whatever the reason: the unit has recorded which.

    The unit has to be left in good order either way, so that a wrong code is counted.
    """
    row = unit.session.scalar(select(ReleaseLink).where(ReleaseLink.token_hash == _digest(token)).with_for_update())
    if row is None:
        return None  # nothing is known of it, not even whose it would be
    stop = _stop(unit, row, token, code)
    if stop:
        _refused(unit, row, stop)
        return None
    made = unit.session.get_one(Disclosure, row.disclosure_id)
    try:
        cells = still_kept(unit, made)
        answer = judged_as_decided(unit, made, cells, CHANNEL)
        if not as_they_left(answer, cells):
            raise refusal(answer, "open it")
    except NotPermittedError as error:
        _refused(unit, row, error.rule)
        return None
    return _opened(unit, row, made, {code: cells[code] for code in as_they_left(answer, cells)})


def _stop(unit: Unit, row: ReleaseLink, token: str, code: str) -> str:
    """What stops it before anything is judged, in a word. A wrong code is counted; the fifth ends the link."""
    if row.ended_at is not None:
        return row.ended_because
    if unit.clock.now() >= row.expires_at:
        return "expired"
    if hmac.compare_digest(row.code_hash, _digest(token, "".join(code.split()))):
        return ""
    row.wrong_codes += 1
    if row.wrong_codes >= MOST_WRONG:
        row.ended_at, row.ended_because = unit.clock.now(), "locked"
    return "code"


def _opened(unit: Unit, row: ReleaseLink, made: Disclosure, cells: Mapping[str, DisclosureField]) -> Opened:
    row.opened += 1
    facts = {"disclosure": made.ref, "fields": sorted(cells), "times": row.opened}
    unit.record(Event.LINK_OPENED, about=row.id, facts=facts, partnership=row.partnership)
    values = open_recorded(
        unit,
        COPY,
        made.id,
        made.recipient,
        {code: cell.value for code, cell in cells.items()},
        why={"disclosure": made.ref, "channel": CHANNEL},
        partnership=row.partnership,
    )
    return Opened(
        ref=made.ref,
        marking=made.marking,
        supplier=made.supplier,
        recipient=made.recipient,
        purpose=made.purpose,
        partnership=made.partnership,
        kept_until=made.kept_until or unit.clock.today(),
        values=values,
        forms={code: cell.form for code, cell in cells.items()},
    )


def _refused(unit: Unit, row: ReleaseLink, why: str) -> None:
    facts = {"why": why, "wrong_codes": row.wrong_codes}
    unit.record(Event.LINK_REFUSED, about=row.id, facts=facts, partnership=row.partnership)


def _end_live(unit: Unit, disclosure_id: uuid.UUID, why: str) -> int:
    rows = unit.session.scalars(
        select(ReleaseLink).where(ReleaseLink.disclosure_id == disclosure_id, ReleaseLink.ended_at.is_(None))
    ).all()
    for row in rows:
        row.ended_at, row.ended_because = unit.clock.now(), why
        unit.record(Event.LINK_ENDED, about=row.id, facts={"why": why}, partnership=row.partnership)
    unit.session.flush()
    return len(rows)


def links_of(session: Session, partnership: str, disclosure_id: uuid.UUID) -> tuple[LinkView, ...]:
    """The links of a disclosure, newest first. The caller has checked that whoever looks is party to it."""
    rows = session.scalars(
        select(ReleaseLink)
        .where(ReleaseLink.partnership == partnership, ReleaseLink.disclosure_id == disclosure_id)
        .order_by(ReleaseLink.made_at.desc())
    )
    return tuple(
        LinkView(row.id, row.made_at, row.expires_at, row.opened, row.wrong_codes, row.ended_because) for row in rows
    )


def _party(unit: Unit, disclosure_id: uuid.UUID) -> Disclosure:
    made = unit.session.get(Disclosure, disclosure_id)
    own = unit.actor.organisation
    if made is None or made.partnership != unit.actor.partnership or own not in {made.supplier, made.recipient}:
        raise NotFoundError("There is no such disclosure.")
    return made


def _digest(*parts: str) -> bytes:
    """SHA-256 of length-prefixed parts: no two lists of parts have the same bytes."""
    whole = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        whole.update(len(raw).to_bytes(8, "big") + raw)
    return whole.digest()
