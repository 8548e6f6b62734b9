"""This module knows drafts: a form as far as it has been filled in, sealed, and opened for nobody but its writer."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.access import seeds
from sharing.access.database_time import database_now
from sharing.access.model import Draft
from sharing.access.rules import DRAFT
from sharing.access.tokens import digest
from sharing.errors import InvalidError
from sharing.store import Unit
from sharing.vault import Vault

LARGEST = 200_000
LONGEST_FORM_KEY = 200
PURPOSE = "draft"


@dataclass(frozen=True)
class SavedDraft:
    """A draft's contents: the form's fields, and when they were saved."""

    form_key: str
    saved_at: datetime
    fields: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class DraftLine:
    """A draft in a list: which form, and when. Its contents stay sealed."""

    form_key: str
    saved_at: datetime


def save_draft(unit: Unit, user_id: uuid.UUID, form_key: str, fields: Mapping[str, str]) -> datetime:
    """Keep a form's fields under a key of the form's own (for example `visit:log` or `return:2026-Q3`).

    The last one wins. Kept for 90 days. Raises InvalidError when it is larger than 200,000 characters.
    """
    text = json.dumps(dict(fields), ensure_ascii=False)
    if len(text) > LARGEST or not 0 < len(form_key) <= LONGEST_FORM_KEY:
        raise InvalidError.one("This is too long to be kept as a draft.", mend="Send it, or shorten it.")
    now = database_now(unit.session)
    payload = seeds.seal(unit.vault, PURPOSE, seal_owner(user_id, form_key), text)
    row = _row(unit.session, user_id, form_key)
    if row is None:
        unit.session.add(
            Draft(user_id=user_id, place=_place(user_id, form_key), form_key=form_key, payload=payload, saved_at=now)
        )
    else:
        row.payload, row.saved_at = payload, now
    return now


def read_draft(session: Session, vault: Vault, user_id: uuid.UUID, form_key: str) -> SavedDraft | None:
    """Open one's own draft, or None.

    A form that shows it is answered to a POST: what is typed may be personal.
    """
    row = _row(session, user_id, form_key)
    if row is None or database_now(session) - row.saved_at > DRAFT:
        return None
    return SavedDraft(
        form_key, row.saved_at, json.loads(seeds.unseal(vault, PURPOSE, seal_owner(user_id, form_key), row.payload))
    )


def drafts_of(session: Session, user_id: uuid.UUID) -> tuple[DraftLine, ...]:
    """One's own drafts, the newest first."""
    query = (
        select(Draft.form_key, Draft.saved_at)
        .where(Draft.user_id == user_id)
        .order_by(Draft.saved_at.desc(), Draft.form_key)
    )
    return tuple(DraftLine(key, at) for key, at in session.execute(query))


def drop_draft(unit: Unit, user_id: uuid.UUID, form_key: str) -> None:
    """Drop a draft once the form has been sent, or at its writer's wish. None there is no error."""
    row = _row(unit.session, user_id, form_key)
    if row is not None:
        unit.session.delete(row)


def _place(user_id: uuid.UUID, form_key: str) -> str:
    return digest("draft", user_id.hex, form_key)


def seal_owner(user_id: uuid.UUID, form_key: str) -> uuid.UUID:
    """What the seal is bound to: this person's draft of this form, so that no row's contents open in another's place."""
    return uuid.UUID(_place(user_id, form_key)[:32])


def _row(session: Session, user_id: uuid.UUID, form_key: str) -> Draft | None:
    return session.scalars(select(Draft).where(Draft.place == _place(user_id, form_key))).one_or_none()
