"""This module knows the forms by which a protocol is drafted, offered, reviewed and suspended, and a partner described."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from protocols import drafting, terms, terms_writing
from protocols.actions import Event
from sharing import partners
from tests.house.deeds.partnership import ALMO, COUNCIL, POLICE, PRIYA, REF
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld, load_protocol
from tests.portal.conftest import TODAY
from tests.portal.coordinator_world import HERE, day

DRAFT = "/liaison/protocols/drafts/<uuid:draft_id>"


def _draft(world: DeedWorld) -> str:
    """A complete bilateral draft between the council and its ALMO, begun just now; gives its page."""
    with world.store.reading() as session:
        text = partners.protocol_text(session, HERE, REF, 1)
    own = terms.load(text)
    ref = f"DRAFT-{world.number()}"
    beginning = drafting.Beginning(HERE, ref, "Between two", TODAY, "bilateral", own, (COUNCIL, ALMO))
    protocol = drafting.from_model(beginning)
    for purpose in range(len(protocol.purposes) - 1, 0, -1):
        protocol = drafting.with_purpose(protocol, purpose, None)
    line = next(each for each in own.lines if protocol.purposes[0].code in each.purposes)
    protocol = drafting.with_line(drafting.with_text(protocol, "dpia", "Made on 1 November 2026"), 0, line)
    with world.unit(PRIYA) as unit:
        draft_id = partners.begin_from_text(unit, partners.BeginFromText(terms_writing.write(protocol)))
    return f"/liaison/protocols/drafts/{draft_id}"


def _send(world: DeedWorld, part: str, **fields: Any) -> Sending:
    return Sending(world.as_(PRIYA), _draft(world) + part, {"version": "1", **fields})


@leaves("/liaison/protocols/new", Event.PROTOCOL_WRITTEN)
def a_draft_begins_from_the_model(world: DeedWorld) -> Sending:
    fields = {
        "source": "model",
        "ref": f"NEW-{world.number()}",
        "title": "For named purposes",
        "kind": "purpose",
        "parent": REF,
        **day("starts_on", TODAY),
    }
    return Sending(world.as_(PRIYA), "/liaison/protocols/new", fields)


@leaves("/liaison/protocols/new", Event.PROTOCOL_WRITTEN)
def a_draft_begins_from_a_version(world: DeedWorld) -> Sending:
    ref = f"BILATERAL-{world.number()}"
    load_protocol(world, ref, 1)
    return Sending(
        world.as_(PRIYA),
        "/liaison/protocols/new",
        {"source": f"next:{ref}", "kind": "statutory", **day("starts_on", TODAY)},
    )


@leaves(f"{DRAFT}/cover", Event.PROTOCOL_WRITTEN)
def the_cover_of_a_draft_is_written(world: DeedWorld) -> Sending:
    fields = {
        "title": "Another title",
        "ref": f"COVER-{world.number()}",
        "aliases": "The old name",
        "parent": REF,
        **day("starts_on", TODAY),
        **day("review_by", TODAY + timedelta(days=300)),
        "overlap_days": "100",
        "reply_days": "5",
        "marking": "OFFICIAL",
    }
    return _send(world, "/cover", **fields)


@leaves(f"{DRAFT}/parties", Event.PROTOCOL_WRITTEN)
def the_parties_of_a_draft_are_ticked(world: DeedWorld) -> Sending:
    return _send(world, "/parties", parties=[COUNCIL, POLICE])


@leaves(f"{DRAFT}/toml", Event.PROTOCOL_WRITTEN)
def the_whole_text_of_a_draft_is_written(world: DeedWorld) -> Sending:
    place = _draft(world)
    with world.store.reading() as session:
        found = next(each for each in partners.open_drafts(session, HERE) if str(each.id) in place)
        text = partners.open_draft(session, HERE, found.id, TODAY).text
    return Sending(world.as_(PRIYA), f"{place}/toml", {"version": "1", "toml": f"# ours\n{text}"})


@leaves(f"{DRAFT}/purposes/<int:place>", Event.PROTOCOL_WRITTEN)
def a_purpose_of_a_draft_is_written(world: DeedWorld) -> Sending:
    fields = {"code": "more", "says": "More", "provision": "CDA1998-s6", "strategy_area": "crime-and-disorder"}
    return _send(world, "/purposes/1", **fields)


@leaves(f"{DRAFT}/purposes/<int:place>/remove", Event.PROTOCOL_WRITTEN)
def a_purpose_of_a_draft_is_taken_out(world: DeedWorld) -> Sending:
    return _send(world, "/purposes/0/remove")


@leaves(f"{DRAFT}/lines/<int:place>", Event.PROTOCOL_WRITTEN)
def a_line_of_a_draft_is_written(world: DeedWorld) -> Sending:
    fields = {
        "line_id": "8.1",
        "purposes": ["asb-case"],
        "field_subject_name": "as-is",
        "from_": [COUNCIL],
        "to_": [ALMO],
        "gateway": "CDA115",
        "basis": ["6(1)(e)"],
        "channels": ["view"],
        "safeguards": ["four-eyes"],
        "retention_days": "30",
        "onward": "never",
    }
    return _send(world, "/lines/1", **fields)


@leaves(f"{DRAFT}/lines/<int:place>/remove", Event.PROTOCOL_WRITTEN)
def a_line_of_a_draft_is_taken_out(world: DeedWorld) -> Sending:
    return _send(world, "/lines/0/remove")


@leaves(f"{DRAFT}/sections/<section>", Event.PROTOCOL_WRITTEN)
def a_section_of_a_draft_is_written(world: DeedWorld) -> Sending:
    return _send(world, "/sections/indemnity", said="None.")


@leaves(f"{DRAFT}/consultations", Event.PROTOCOL_CONSULTED)
def somebody_was_asked_about_a_draft(world: DeedWorld) -> Sending:
    fields = {"organisation": "", "name": "Residents’ forum", "said": "No comment", **day("consulted_on", TODAY)}
    return _send(world, "/consultations", **fields)


@leaves(f"{DRAFT}/offer", Event.PROTOCOL_DRAFTED)
def a_complete_draft_is_offered_for_signature(world: DeedWorld) -> Sending:
    return _send(world, "/offer")


@leaves(f"{DRAFT}/drop", Event.PROTOCOL_DRAFT_DROPPED)
def a_draft_is_dropped(world: DeedWorld) -> Sending:
    return _send(world, "/drop")


# --- a protocol that stands ------------------------------------------------------------------------


def _standing(world: DeedWorld) -> tuple[str, str]:
    ref = f"BILATERAL-{world.number()}"
    load_protocol(world, ref, 1)
    return ref, f"/liaison/protocols/{ref}/1"


@leaves("/liaison/protocols/<ref>/<int:number>/review", Event.PROTOCOL_REVIEWED)
def a_review_is_recorded(world: DeedWorld) -> Sending:
    _, place = _standing(world)
    return Sending(world.as_(PRIYA), f"{place}/review", {"outcome": "No change", **day("reviewed_on", TODAY)})


@leaves("/liaison/protocols/<ref>/<int:number>/suspend", Event.PROTOCOL_SUSPENDED)
def a_protocol_is_suspended(world: DeedWorld) -> Sending:
    _, place = _standing(world)
    return Sending(world.as_(PRIYA), f"{place}/suspend", {"sure": "y"})


@leaves("/liaison/protocols/<ref>/<int:number>/resume", Event.PROTOCOL_RESUMED)
def a_protocol_is_resumed(world: DeedWorld) -> Sending:
    ref, place = _standing(world)
    with world.unit(PRIYA) as unit:
        partners.suspend_protocol(unit, partners.SuspendProtocol(ref))
    return Sending(world.as_(PRIYA), f"{place}/resume")


@leaves("/liaison/partners/<organisation>", Event.PARTNER_DESCRIBED)
def a_partner_is_described(world: DeedWorld) -> Sending:
    with world.store.reading() as session:
        listed = partners.partner_directory(session, HERE, world.store.clock.business_now())
    version = next(each.note_version for each in listed if each.member.code == ALMO)
    fields = {"services": f"Mediation {world.number()}", "funding": "Grant", "version": str(version)}
    return Sending(world.as_(PRIYA), f"/liaison/partners/{ALMO}", fields)
