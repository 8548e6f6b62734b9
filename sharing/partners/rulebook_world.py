"""This module knows how a partnership's rows become the plain world that the rulebook decides on.

Its shape is `docs/schema/world.schema.json`. Names of people stay out: an officer is a code there. Facts of other partnerships
stay out too.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.base import Tenant
from sharing.partners.model import (
    Authorisation,
    Delegation,
    GatewayEnabled,
    LiaisonPost,
    Membership,
    Officer,
    OpenField,
    Organisation,
    ProtocolVersion,
    Review,
    Signature,
    Suspension,
    Training,
)

Row = TypeVar("Row", bound=Tenant)
Plain = dict[str, Any]


def world(session: Session, partnership: str) -> Plain:
    """Return the partnership as `protocols` reads it: organisations, protocols, enabled gateways.

    Valid against the schema.
    """
    gateways = _rows(session, GatewayEnabled, partnership, "gateway")
    return {
        "partnerships": [{"code": partnership}],
        "organisations": _organisations(session, partnership),
        "protocols": _protocols(session, partnership),
        "gateways": [row.gateway for row in gateways],
    }


def _rows(session: Session, model: type[Row], partnership: str, *order: str) -> Sequence[Row]:
    columns = [getattr(model, name) for name in order]
    return session.scalars(select(model).where(model.partnership == partnership).order_by(*columns, model.id)).all()


def _grouped(rows: Iterable[Row], key: Callable[[Row], object]) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _organisations(session: Session, partnership: str) -> list[Plain]:
    memberships = _grouped(_rows(session, Membership, partnership, "from_on"), lambda row: row.organisation)
    delegations = _grouped(_rows(session, Delegation, partnership, "from_on"), lambda row: row.organisation)
    officers = _grouped(_rows(session, Officer, partnership), lambda row: row.organisation)
    posts = _grouped(_rows(session, LiaisonPost, partnership, "from_on"), lambda row: row.organisation)
    trained = _grouped(_rows(session, Training, partnership, "trained_on"), lambda row: row.officer_id)
    authorised = _grouped(_rows(session, Authorisation, partnership, "from_on"), lambda row: row.organisation)
    opened = _grouped(_rows(session, OpenField, partnership, "field", "form"), lambda row: row.organisation)
    codes = set(memberships) | set(delegations) | {row.principal for rows in delegations.values() for row in rows}
    query = select(Organisation).where(Organisation.code.in_(codes | set(officers))).order_by(Organisation.code)
    return [
        {
            "code": body.code,
            "body_type": body.body_type,
            "public_authority": body.public_authority,
            "memberships": [
                {"partnership": partnership, "tier": row.tier, **_span(row.from_on, row.to_on)}
                for row in memberships[body.code]
            ],
            "delegations": [
                {"principal": row.principal, "purposes": list(row.purposes), **_span(row.from_on, row.to_on)}
                for row in delegations[body.code]
            ],
            "officers": [_officer(row) for row in officers[body.code]],
            "liaison_officers": [
                {
                    "officer": str(row.officer_id),
                    "kind": row.kind,
                    "trained_on": [training.trained_on.isoformat() for training in trained[row.officer_id]],
                    **_span(row.from_on, row.to_on),
                }
                for row in posts[body.code]
            ],
            "authorisations": [
                {
                    "officer": str(row.officer_id),
                    "protocol": row.protocol,
                    "line": row.line,
                    **_span(row.from_on, row.to_on),
                }
                for row in authorised[body.code]
            ],
            "open_list": [{"field": row.field, "form": row.form} for row in opened[body.code]],
        }
        for body in session.scalars(query)
    ]


def _officer(row: Officer) -> Plain:
    roles = ["reader"] if row.elected else list(row.roles)
    return {"code": str(row.id), "roles": roles, **_span(row.from_on, row.to_at)}


def _protocols(session: Session, partnership: str) -> list[Plain]:
    signatures = _grouped(_rows(session, Signature, partnership, "signed_at"), lambda row: row.protocol_id)
    suspensions = _grouped(_rows(session, Suspension, partnership, "from_at"), lambda row: row.ref)
    reviews = _grouped(_rows(session, Review, partnership, "reviewed_on"), lambda row: row.protocol_id)
    return [
        {
            **json.loads(version.terms_json),
            "partnership": partnership,
            "complete": version.complete,
            "signatures": [
                {
                    "organisation": row.organisation,
                    "signed_on": _when(row.signed_at),
                    **({"withdrew_on": _when(row.withdrew_at)} if row.withdrew_at else {}),
                }
                for row in signatures[version.id]
            ],
            "suspensions": [
                {"by": row.organisation, **_span(row.from_at, row.to_at)} for row in suspensions[version.ref]
            ],
            "reviews": [row.reviewed_on.isoformat() for row in reviews[version.id]],
        }
        for version in _rows(session, ProtocolVersion, partnership, "ref", "number")
        if version.readable
    ]


def _span(start: date | datetime | None, end: date | datetime | None) -> Plain:
    """The ends that are there: an absent end is open."""
    return {name: _when(value) for name, value in (("from", start), ("to", end)) if value is not None}


def _when(value: date | datetime) -> str:
    return value.isoformat()
