"""This module knows who was party to an entry of a recall, a breach or a correction, and so may fetch its receipt."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from sharing.recalls.breach_read import parties_of_breach
from sharing.recalls.correction_read import parties_of_notice
from sharing.recalls.read import parties_of_entry


def entry_parties(session: Session, partnership: str, entry_id: uuid.UUID) -> frozenset[str]:
    """The organisations that an entry concerns besides whoever made it; nobody for an entry of any other kind."""
    return (
        parties_of_entry(session, partnership, entry_id)
        | parties_of_breach(session, partnership, entry_id)
        | parties_of_notice(session, partnership, entry_id)
    )
