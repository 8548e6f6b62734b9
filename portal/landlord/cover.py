"""This module knows which protocol lets a landlord deposit rows with sealed fields, and why not if none does.

One that landlord and council have both signed, that is in force now and that names the purpose of returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sharing import partners
from sharing.returns import PURPOSE, Cover
from sharing.store import Clock, Session

COUNCILS = frozenset({"council", "county-council"})


@dataclass(frozen=True)
class Footing:
    """The council with which it stands, the protocol, or the reasons why there is none."""

    council: str
    title: str = ""
    cover: Cover | None = None
    reasons: tuple[str, ...] = ()


def footing(reading: Session, clock: Clock, partnership: str, organisation: str) -> Footing:
    """The first council with which a protocol stands; else the first council, with the reasons."""
    councils = [m.code for m in partners.members(reading, partnership, clock.today()) if m.body_type in COUNCILS]
    found = [_footing(reading, clock, partnership, organisation, council) for council in councils]
    if not found:
        return Footing("", reasons=("No council is a member of this partnership.",))
    return next((each for each in found if each.cover), found[0])


def _footing(reading: Session, clock: Clock, partnership: str, organisation: str, council: str) -> Footing:
    standing = partners.protocol_in_force(reading, partnership, organisation, council, PURPOSE, clock.business_now())
    if standing.protocol is None:
        return Footing(council, reasons=standing.reasons)
    found = standing.protocol
    return Footing(council, f"{found.ref} version {found.number}", Cover(found.ref, found.digest))


@dataclass(frozen=True)
class InForceNow:
    """What the record asks when it accepts rows with sealed fields. The moment is now: a withdrawal counts at once."""

    clock: Clock

    def __call__(
        self, session: Session, partnership: str, landlord: str, council: str, purpose: str, _day: date
    ) -> Cover | None:
        """The cover, or None."""
        now = self.clock.business_now()
        found = partners.protocol_in_force(session, partnership, landlord, council, purpose, now).protocol
        return Cover(found.ref, found.digest) if found else None
