"""This module knows which protocol, signed by landlord and council, lets rows with sealed fields be taken in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from sharing import partners
from sharing.store.clock import LONDON


@dataclass(frozen=True)
class Cover:
    """A protocol that both sides have signed and that is in force: its reference and the digest of what was signed."""

    protocol: str
    digest: str


InForce = Callable[[Session, str, str, str, str, date], Cover | None]
"""(session, partnership, landlord, council, purpose, day) -> the cover, or None."""


def cover_in_force(
    session: Session, partnership: str, landlord: str, council: str, purpose: str, day: date
) -> Cover | None:
    """The protocol in force between the two for this purpose at noon of a day, or None."""
    at = datetime.combine(day, time(12), LONDON)
    found = partners.protocol_in_force(session, partnership, landlord, council, purpose, at).protocol
    return Cover(found.ref, found.digest) if found else None
