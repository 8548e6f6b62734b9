"""This module knows drafts of requests: one for each kind and supplier, sealed, for their writer alone."""

from __future__ import annotations

import json
from uuid import UUID

from flask import flash, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.desk import desk
from portal.forms import AccordForm
from protocols.actions import Event
from protocols.request_kinds import RequestKind
from sharing import access
from sharing.errors import NotFoundError
from sharing.store import Session, Unit

NOT_KEPT = frozenset({"csrf_token", "idempotency_key", "save"})


def _owner() -> UUID:
    user = desk().actor.user_id
    if user is None:
        raise NotFoundError("Sign in first.")
    return user


def _key(kind: str, supplier: str) -> str:
    return f"request:{desk().partnership}:{kind}:{supplier}"


def keep(form: AccordForm, kind: RequestKind) -> ResponseReturnValue:
    """Keep what was filled in so far; the last one of a kind and supplier wins."""
    sent = {name: request.form.getlist(name) for name in request.form if name not in NOT_KEPT}
    with desk().unit(form) as unit:
        access.save_draft(unit, _owner(), _key(kind.code, form.text("supplier")), {"form": json.dumps(sent)})
        unit.record(Event.DRAFT_SAVED, facts={"form": "request", "kind": kind.code})
        led = desk().done("officer.list_requests")
    flash("Kept as a draft. Nothing has been asked yet.", "notice")
    return led


def drop(unit: Unit, form: AccordForm, kind: RequestKind) -> None:
    """Drop the draft once its request has been made."""
    access.drop_draft(unit, _owner(), _key(kind.code, form.text("supplier")))


def drafts(reading: Session) -> list[tuple[str, str]]:
    """Kind and supplier of each draft of this person in this partnership."""
    keys = (line.form_key.split(":") for line in access.drafts_of(reading, _owner()))
    return [(key[2], key[3]) for key in keys if key[:2] == ["request", desk().partnership]]


def fill(reading: Session, form: AccordForm, kind: str, supplier: str) -> None:
    """Put a draft's contents back into its form. Raises NotFoundError where there is none."""
    saved = access.read_draft(reading, desk().store.vault, _owner(), _key(kind, supplier))
    if saved is None:
        raise NotFoundError("No draft waits here.")
    sent: dict[str, list[str]] = json.loads(saved.fields["form"])
    kept = form.idempotency_key.data
    form.process(MultiDict([(name, value) for name, values in sent.items() for value in values]))
    form.idempotency_key.data = kept
