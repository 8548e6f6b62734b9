"""This module knows who works on a disclosure, whatever it came by: who may carry it away as a file, or make a link to it."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from sharing import disclosures, partners
from sharing.disclosures import exports, links
from sharing.requests.asking import own_request
from sharing.requests.course_model import Push
from sharing.requests.deciding import works_on
from sharing.store import Unit


def export_given(unit: Unit, disclosure_id: uuid.UUID, kind: str) -> exports.Exported:
    """Open what the acting organisation was given, for a file of a kind. Raises as `disclosures.exports.export_release` does."""
    made = disclosures.disclosure_of(
        unit.session, unit.actor.partnership or "", unit.actor.organisation or "", disclosure_id
    )
    return exports.export_release(unit, made.id, assigned=_works_on(unit, made), kind=kind)


def link_given(unit: Unit, disclosure_id: uuid.UUID, hours: int) -> links.LinkMade:
    """Make a link to what the acting organisation was given or has given. Raises as `disclosures.links.make_link` does."""
    made = disclosures.disclosure_of(
        unit.session, unit.actor.partnership or "", unit.actor.organisation or "", disclosure_id
    )
    return links.make_link(unit, made.id, assigned=_works_on(unit, made), hours=hours)


def _works_on(unit: Unit, made: disclosures.DisclosureView) -> bool:
    if made.request_id is not None:
        return works_on(unit, own_request(unit, made.request_id))
    row = unit.session.scalar(
        select(Push).where(Push.partnership == unit.actor.partnership, Push.disclosure_id == made.id)
    )
    if row is None or unit.actor.officer_id is None:
        return False
    return partners.is_assigned(
        unit.session,
        row.partnership,
        unit.actor.officer_id,
        partners.WorkKind.REQUEST,
        row.ref,
        unit.clock.business_now(),
    )
