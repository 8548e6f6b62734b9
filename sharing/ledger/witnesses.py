"""This module knows how partners' co-signatures come back in: a register of their keys, and each line verified before it is kept.

A co-signed head that this log's own key signed and this log's history contradicts is the worst that can be handed in: it is
written to the ledger, not only refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from protocols.moments import LONDON
from sharing.errors import InvalidError, NotFoundError, Problem, TamperedError
from sharing.ledger import base64_strict, checkpoint
from sharing.ledger.checkpoint import Checkpoint, Verifier
from sharing.ledger.cosignature import cosigned_by
from sharing.ledger.model import LedgerCheckpoint, LedgerCosignature, LedgerLog, LedgerWitness
from sharing.ledger.note import COSIGNATURE, Note
from sharing.ledger.policy import Policy

AHEAD = timedelta(days=1)
"""A partner's clock may be ahead of ours by this much; a co-signature from later than that is refused."""


class _Clock(Protocol):
    def now(self) -> datetime: ...


class Recording(Protocol):
    """What these commands need of a unit of work, which lies above this room (`sharing.store.Unit`)."""

    @property
    def session(self) -> Session:
        """The session that writes."""

    @property
    def clock(self) -> _Clock:
        """The clocks."""

    def require(self, action: Action, **facts: Any) -> None:  # noqa: ANN401  as the unit's own
        """Ask the decision point."""

    def record(self, event: Event, *, about: str | None = None, facts: Mapping[str, Any] | None = None) -> object:
        """Put an entry into the transaction."""


@dataclass(frozen=True)
class RegisterWitness:
    """A partner's key: whose it is and from which day on it counts; with a last day, until when."""

    partnership: str
    organisation: str
    vkey: str
    valid_from: date
    valid_until: date | None = None


def register_witness(unit: Recording, command: RegisterWitness) -> bool:
    """Register a partner's co-signing key, or change the days of one that is there; say whether anything was changed.

    The key stays its organisation's: the same key for another one would be one partner with two voices. Raises InvalidError.
    """
    verifier = _co_signing_key(command.vkey)
    if command.valid_until is not None and command.valid_until < command.valid_from:
        raise InvalidError.one("The last day is before the first.", where="valid until")
    row = unit.session.scalar(
        select(LedgerWitness).where(
            LedgerWitness.partnership == command.partnership, LedgerWitness.public == verifier.public
        )
    )
    wanted = (command.organisation, verifier.vkey, command.valid_from, command.valid_until)
    if row is None:
        row = LedgerWitness(
            partnership=command.partnership, public=verifier.public, registered_at=unit.clock.now(), vkey=verifier.vkey
        )
        unit.session.add(row)
    elif row.organisation != command.organisation or row.vkey != verifier.vkey:
        raise InvalidError.one(
            f"This key is registered already, for {row.organisation} as {row.vkey.split('+')[0]}.",
            where=verifier.name,
            mend="A key is one organisation's; ask for another one.",
        )
    elif (row.organisation, row.vkey, row.valid_from, row.valid_until) == wanted:
        return False
    row.organisation, row.vkey, row.valid_from, row.valid_until = wanted
    until = command.valid_until.isoformat() if command.valid_until else None
    days = {"from": command.valid_from.isoformat(), "until": until}
    unit.record(
        Event.WITNESS_REGISTERED,
        about=command.organisation,
        facts={"organisation": command.organisation, "vkey": verifier.vkey, **days},
    )
    return True


def _co_signing_key(vkey: str) -> Verifier:
    try:
        verifier = Verifier.parse(vkey)
    except TamperedError as error:
        raise InvalidError.one(f"{error}.", where="key") from None
    if verifier.kind != COSIGNATURE:
        raise InvalidError.one(
            "This key is for signing a log, not for co-signing one.",
            where=verifier.name,
            mend="The partner makes one with `accord ledger new-key`.",
        )
    return verifier


@dataclass(frozen=True)
class TakenLine:
    """One co-signature that counts: whose, when it was made, and whether it is new to us."""

    organisation: str
    key: str
    at: datetime
    new: bool


@dataclass(frozen=True)
class Taken:
    """What became of a head that was handed in. `contradiction` is said when our own key signed another history."""

    log: str
    size: int
    lines: tuple[TakenLine, ...] = ()
    unknown: tuple[str, ...] = ()
    contradiction: str = ""


def take_cosignatures(unit: Recording, partnership: str, data: bytes, log_key: Verifier) -> Taken:
    """Verify a head that partners co-signed, and keep what is new of their lines; one entry says whose.

    Lines of keys that are not in the register are passed over and named. Raises InvalidError, and keeps nothing, for what is no
    head of ours, and for a line of a known key that is false or outside the key's days. A head that our key signed and our
    history contradicts is an entry and comes back as `contradiction`: whoever calls tells it when the entry is committed.
    """
    unit.require(Action.TAKE_COSIGNATURE, partnership=partnership)
    head, note = _ours(unit.session, partnership, data, log_key)
    stored = unit.session.scalar(
        select(LedgerCheckpoint.note).where(LedgerCheckpoint.log == head.origin, LedgerCheckpoint.size == head.size)
    )
    if stored is None or checkpoint.parse(stored.encode())[1].text != note.text:
        return _contradicted(unit, head, missing=stored is None)
    lines, unknown = _verified(unit, partnership, head, note)
    fresh = [line for line in lines if line.new]
    if fresh:
        by = [{"organisation": line.organisation, "key": line.key, "at": line.at.isoformat()} for line in fresh]
        facts = {"log": head.origin, "size": head.size, "root": base64_strict.encode(head.root), "by": by}
        unit.record(Event.COSIGNATURE_TAKEN, facts=facts)
    return Taken(head.origin, head.size, tuple(lines), tuple(unknown))


def _ours(session: Session, partnership: str, data: bytes, log_key: Verifier) -> tuple[Checkpoint, Note]:
    """Read a head of one of the partnership's logs that our own key signed."""
    try:
        head, note = checkpoint.parse(data)
        signed = bool(note.signed_by(Policy((log_key,)).keys_for(head.origin)))
    except TamperedError as error:
        raise InvalidError.one(f"This is no head that can be taken in: {error}.") from None
    owner = session.scalar(select(LedgerLog.partnership).where(LedgerLog.origin == head.origin))
    if owner != partnership:
        raise NotFoundError(f"There is no log {head.origin} in this partnership.")
    if not signed:
        raise InvalidError.one(
            "This head is not signed by this installation's key.",
            where=f"{head.size} entries",
            mend="Ask the partner for the file that `accord ledger cosign` wrote.",
        )
    return head, note


def _contradicted(unit: Recording, head: Checkpoint, *, missing: bool) -> Taken:
    """Write down that our own key signed a head that is not one of this log's: a second history, or a database put back."""
    why = "has no head of that size" if missing else "has another root at that size"
    facts = {"log": head.origin, "size": head.size, "root": base64_strict.encode(head.root), "missing": missing}
    unit.record(Event.HEAD_CONTRADICTED, facts=facts)
    message = (
        f"The head of {head.size} entries is signed by this installation's key, and the log here {why}: the log was"
        " rewritten, or the database was put back to an earlier day. Keep the file, tell every partner, change nothing."
    )
    return Taken(head.origin, head.size, contradiction=message)


def _verified(unit: Recording, partnership: str, head: Checkpoint, note: Note) -> tuple[list[TakenLine], list[str]]:
    known = {
        (verifier.name, verifier.key_id): (row, verifier)
        for row in unit.session.scalars(select(LedgerWitness).where(LedgerWitness.partnership == partnership))
        for verifier in [Verifier.parse(row.vkey)]
    }
    here = [known[line.name, line.key_id] for line in note.signatures if (line.name, line.key_id) in known]
    unknown = [
        f"{line.name} ({line.key_id.hex()})"
        for line in note.signatures
        if (line.name, line.key_id) not in known and line.name != head.origin
    ]
    if not here:
        raise InvalidError.one(
            "No partner whose key is registered co-signed this head.",
            where=", ".join(unknown) or "no co-signature",
            mend="Register the partner's key first (accord ledger witness), or ask for the co-signed file.",
        )
    lines = [_take(unit, head, note, row, verifier) for row, verifier in dict(here).items()]
    return lines, unknown


def _take(unit: Recording, head: Checkpoint, note: Note, row: LedgerWitness, verifier: Verifier) -> TakenLine:
    at = _moment(note, row, verifier, unit.clock.now())
    place = (LedgerCosignature.partnership == row.partnership, LedgerCosignature.witness_id == row.id)
    query = select(LedgerCosignature.id).where(
        *place, LedgerCosignature.log == head.origin, LedgerCosignature.size == head.size
    )
    new = unit.session.scalar(query) is None
    if new:
        (line,) = (each for each in note.by(verifier)[:1])
        unit.session.add(
            LedgerCosignature(
                partnership=row.partnership,
                log=head.origin,
                size=head.size,
                witness_id=row.id,
                line=line.line(),
                signed_at=at,
                taken_at=unit.clock.now(),
            )
        )
    return TakenLine(row.organisation, f"{verifier.name} ({verifier.key_id.hex()})", at, new)


def _moment(note: Note, row: LedgerWitness, verifier: Verifier, now: datetime) -> datetime:
    """When the key co-signed. Raises InvalidError when it did not, when its clock is off, or outside the key's days."""
    found = cosigned_by(note, verifier)
    if found is None or len(note.by(verifier)) != 1:
        raise InvalidError.one(
            "The co-signature is false: it does not fit the head that it stands under.", where=verifier.name
        )
    if found.at > (now + AHEAD).timestamp():
        raise InvalidError.one(
            "The co-signature is of a time that has not come: somebody's clock is wrong.", where=verifier.name
        )
    at = datetime.fromtimestamp(found.at, UTC)
    day = at.astimezone(LONDON).date()
    if day < row.valid_from or (row.valid_until is not None and day > row.valid_until):
        until = f" until {row.valid_until.isoformat()}" if row.valid_until else ""
        raise InvalidError(
            (
                Problem(
                    f"The key counts from {row.valid_from.isoformat()}{until}; it co-signed on {day.isoformat()}.",
                    verifier.name,
                    "Ask the partner to co-sign with the key that is registered for that day.",
                ),
            )
        )
    return at
