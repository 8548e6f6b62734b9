"""This module knows how every sealed word of a request is opened: each reading is an entry, for either of the two sides."""

from __future__ import annotations

import json
import uuid

from sqlalchemy import select

from sharing import disclosures
from sharing.disclosures import OwnRecord
from sharing.errors import NotFoundError
from sharing.requests.asking import own_request
from sharing.requests.course_model import RequestResult
from sharing.requests.deciding import view_request
from sharing.requests.details import TABLE, detail_row
from sharing.requests.results import TABLE as RESULTS
from sharing.store import Unit


def view_words(unit: Unit, request_id: uuid.UUID) -> dict[str, str]:
    """The asker's statement and the worded answers to the kind's questions, by name; an entry for each sealed record opened."""
    row = own_request(unit, request_id)
    words = view_request(unit, request_id) if row.given else {}
    detail = detail_row(unit.session, row.partnership, row.id)
    if detail is not None and detail.words is not None:
        sent = OwnRecord(TABLE, detail.id, detail.organisation, detail.partnership)
        words |= json.loads(disclosures.open_sent(unit, sent, {"words": detail.words})["words"])
    if not words:
        raise NotFoundError("Nothing was written with this request.")
    return words


def view_result(unit: Unit, request_id: uuid.UUID) -> dict[str, str]:
    """The words of how a request ended, of the newest result that has any."""
    row = own_request(unit, request_id)
    found = unit.session.scalars(
        select(RequestResult)
        .where(RequestResult.request_id == row.id, RequestResult.words.is_not(None))
        .order_by(RequestResult.recorded_at.desc())
    ).first()
    if found is None or found.words is None:
        raise NotFoundError("Nothing was written about how this ended.")
    sent = OwnRecord(RESULTS, found.id, found.organisation, found.partnership)
    opened: dict[str, str] = json.loads(disclosures.open_sent(unit, sent, {"words": found.words})["words"])
    return opened
