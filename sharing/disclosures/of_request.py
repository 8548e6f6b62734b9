"""This module knows every disclosure that one request has brought: one, or after an escalation another beside it."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.disclosures.model import Disclosure
from sharing.disclosures.read import DisclosureView, disclosure


def of_request(session: Session, partnership: str, request_id: uuid.UUID) -> tuple[DisclosureView, ...]:
    """The disclosures and refusals on a request with their fields, oldest first. Reads no sealed column's value."""
    found = session.scalars(
        select(Disclosure.id)
        .where(Disclosure.partnership == partnership, Disclosure.request_id == request_id)
        .order_by(Disclosure.recorded_at, Disclosure.ref)
    )
    return tuple(disclosure(session, partnership, each) for each in found)
