"""This module knows the forms of finding a person, answering them, and what is never told outside."""

from __future__ import annotations

import uuid
from datetime import timedelta

from protocols.actions import Event
from sharing import disclosures, requests, subjects
from sharing.disclosures import Person
from tests.house.deeds.partnership import COUNCIL, DANIEL, GRACE, POLICE, PRIYA, TOM
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld
from tests.portal.conftest import TODAY
from tests.portal.coordinator_world import HERE, day

ADDRESS = "14 Marmalade Row, London, E17 4QH"


def _name(world: DeedWorld) -> str:
    """Somebody whom no other deed is about."""
    return f"Zebedee Quill{''.join(chr(97 + int(figure)) for figure in str(world.number()))}"


def _deposit(world: DeedWorld, name: str) -> tuple[str, uuid.UUID]:
    """A record of the council's, with all that a person can be found by."""
    reference = f"WF-SA-{world.number():04d}"
    values = {"subject.name": name, "subject.dob": "1986-03-27", "subject.address": ADDRESS}
    command = disclosures.DepositRecord(reference, "E05000593", "NOIS", TODAY + timedelta(days=700), values)
    with world.unit(PRIYA) as unit:
        return reference, disclosures.deposit_record(unit, command)


def _received(world: DeedWorld, *, name: str = "", by: str = DANIEL, known: bool = True) -> uuid.UUID:
    person = Person((name or _name(world),), "1986-03-27", (ADDRESS,))
    with world.unit(by) as unit:
        return subjects.receive_request(unit, subjects.ReceiveRequest(TODAY, person, "known" if known else ""))


def _gathered(world: DeedWorld) -> tuple[uuid.UUID, subjects.ItemView]:
    """A request of the council's, and its item: the record."""
    name = _name(world)
    reference, _ = _deposit(world, name)
    made = _received(world, name=name)
    with world.unit(DANIEL) as unit:
        subjects.gather_items(unit, made)
    return made, _item(world, made, COUNCIL, reference)


def _item(world: DeedWorld, request_id: uuid.UUID, organisation: str, ref: str) -> subjects.ItemView:
    with world.store.reading() as session:
        found = subjects.subject_request(session, HERE, organisation, request_id)
    return next(item for item in found.items if item.ref == ref)


def _version(world: DeedWorld, request_id: uuid.UUID) -> str:
    with world.store.reading() as session:
        return str(subjects.subject_request(session, HERE, COUNCIL, request_id).version)


def _copy(world: DeedWorld) -> tuple[uuid.UUID, subjects.ItemView]:
    """A request that the police were asked, and its item: what the council gave them."""
    name = _name(world)
    reference, _ = _deposit(world, name)
    command = requests.MakeRequest(
        kind="tenant-identity",
        supplier=COUNCIL,
        purpose="asb-case",
        fields=(("subject.name", None), ("subject.address", None)),
        texts={"necessity": "To decide on an injunction", "proportionality": "Only who and where"},
        subject_ref=reference,
    )
    with world.unit(TOM) as unit:
        asked = requests.make_request(unit, command)
    allow = {"subject.name": "as-is", "subject.address": "as-is"}
    decision = requests.DecideRequest(asked.request_id, world.version(asked.request_id), allow, {}, "Needed", "Two")
    with world.unit(DANIEL) as unit:
        given = requests.decide_request(unit, decision)
    made = _received(world, name=name, by=GRACE)
    with world.unit(GRACE) as unit:
        subjects.gather_items(unit, made)
    return made, _item(world, made, POLICE, given.ref)


# --- finding ---------------------------------------------------------------------------------------


@leaves("/liaison/subjects/find", Event.SUBJECT_SEARCHED)
def a_person_is_looked_for(world: DeedWorld) -> Sending:
    fields = {"names": _name(world), "addresses": ADDRESS, "reason": "access"}
    return Sending(world.as_(DANIEL), "/liaison/subjects/find", fields)


@leaves("/liaison/subjects/records/<uuid:record_id>/open", Event.RECORD_VIEWED)
def a_record_that_was_found_is_opened(world: DeedWorld) -> Sending:
    _, record_id = _deposit(world, _name(world))
    return Sending(world.as_(DANIEL), f"/liaison/subjects/records/{record_id}/open")


@leaves("/liaison/subjects/links", Event.SUBJECTS_LINKED)
def a_dangerous_tie_is_kept(world: DeedWorld) -> Sending:
    first, second = (_deposit(world, _name(world))[0] for _ in range(2))
    fields = {"reference": first, "kind": "victim-of", "other_reference": second}
    return Sending(world.as_(DANIEL), "/liaison/subjects/links", fields)


# --- answering -------------------------------------------------------------------------------------


@leaves("/liaison/subjects/new", Event.SUBJECT_REQUEST_RECEIVED)
def somebody_asks_what_is_held(world: DeedWorld) -> Sending:
    fields = {"names": _name(world), "addresses": ADDRESS, "identity": "", **day("received_on", TODAY)}
    return Sending(world.as_(DANIEL), "/liaison/subjects/new", fields)


@leaves("/liaison/subjects/<uuid:request_id>/identity", Event.SUBJECT_IDENTITY_CHECKED)
def an_identity_is_checked(world: DeedWorld) -> Sending:
    made = _received(world, known=False)
    fields = {"identity": "document", "version": _version(world, made), **day("identity_on", TODAY)}
    return Sending(world.as_(DANIEL), f"/liaison/subjects/{made}/identity", fields)


@leaves("/liaison/subjects/<uuid:request_id>/extend", Event.SUBJECT_REQUEST_EXTENDED)
def a_request_gets_two_months_more(world: DeedWorld) -> Sending:
    made = _received(world)
    fields = {"extension": "complex", "version": _version(world, made)}
    return Sending(world.as_(DANIEL), f"/liaison/subjects/{made}/extend", fields)


@leaves(
    "/liaison/subjects/<uuid:request_id>/gather",
    Event.RECORD_VIEWED,
    Event.SUBJECT_SEARCHED,
    Event.SUBJECT_ITEMS_GATHERED,
)
def what_is_held_is_gathered(world: DeedWorld) -> Sending:
    return Sending(world.as_(DANIEL), f"/liaison/subjects/{_received(world)}/gather")


@leaves("/liaison/subjects/<uuid:request_id>/items/<uuid:item_id>/open", Event.RECORD_VIEWED)
def an_item_is_opened(world: DeedWorld) -> Sending:
    made, item = _gathered(world)
    return Sending(world.as_(DANIEL), f"/liaison/subjects/{made}/items/{item.id}/open")


@leaves("/liaison/subjects/<uuid:request_id>/items/<uuid:item_id>", Event.SUBJECT_ITEM_DECIDED)
def an_item_goes_to_the_person(world: DeedWorld) -> Sending:
    made, item = _gathered(world)
    fields = {"outcome": "include", "reason": "", "why": "", "version": str(item.version)}
    return Sending(world.as_(DANIEL), f"/liaison/subjects/{made}/items/{item.id}", fields)


@leaves("/liaison/subjects/<uuid:request_id>/items/<uuid:item_id>", Event.SUBJECT_ITEM_DECIDED)
def an_item_is_held_back(world: DeedWorld) -> Sending:
    made, item = _gathered(world)
    fields = {"outcome": "withhold", "reason": "crime", "why": "They would know", "version": str(item.version)}
    fields |= day("re_examine_on", TODAY + timedelta(days=30))
    return Sending(world.as_(DANIEL), f"/liaison/subjects/{made}/items/{item.id}", fields)


@leaves("/liaison/subjects/<uuid:request_id>/items/<uuid:item_id>/consult", Event.SUPPLIER_CONSULTED)
def a_supplier_is_consulted(world: DeedWorld) -> Sending:
    made, item = _copy(world)
    return Sending(world.as_(GRACE), f"/liaison/subjects/{made}/items/{item.id}/consult")


@leaves("/liaison/subjects/questions/<uuid:question_id>", Event.SUPPLIER_ADVISED)
def a_supplier_answers(world: DeedWorld) -> Sending:
    _, item = _copy(world)
    with world.unit(GRACE) as unit:
        asked = subjects.consult_supplier(unit, item.id)
    fields = {"advice": "hold-back", "reason": "crime", "version": "1"}
    return Sending(world.as_(DANIEL), f"/liaison/subjects/questions/{asked}", fields)


def _decided(world: DeedWorld) -> uuid.UUID:
    made, item = _gathered(world)
    with world.unit(DANIEL) as unit:
        subjects.decide_item(unit, subjects.DecideItem(item.id, item.version, "include"))
    # The household's other records match by their address: they are about somebody else.
    with world.store.reading() as session:
        rest = subjects.subject_request(session, HERE, COUNCIL, made).items
    for other in rest:
        if not other.outcome:
            with world.unit(DANIEL) as unit:
                subjects.decide_item(unit, subjects.DecideItem(other.id, other.version, "another-person"))
    return made


@leaves("/liaison/subjects/<uuid:request_id>/pack", Event.RECORD_VIEWED, Event.SUBJECT_PACK_MADE)
def a_pack_is_made(world: DeedWorld) -> Sending:
    return Sending(world.as_(DANIEL), f"/liaison/subjects/{_decided(world)}/pack", {"kind": ".json"})


@leaves("/liaison/subjects/<uuid:request_id>/answered", Event.SUBJECT_REQUEST_ANSWERED)
def a_request_is_answered(world: DeedWorld) -> Sending:
    made = _decided(world)
    with world.unit(DANIEL) as unit:
        subjects.make_pack(unit, made, ".json")
    return Sending(world.as_(DANIEL), f"/liaison/subjects/{made}/answered", {"version": _version(world, made)})


# --- outside ---------------------------------------------------------------------------------------


@leaves("/liaison/outside", Event.OUTSIDE_REFUSED)
def an_incoming_tenant_is_not_told(world: DeedWorld) -> Sending:
    reference, _ = _deposit(world, _name(world))
    fields = {"recipient_kind": "resident", "topic": "past-tenant", "reference": reference, "recipient_reference": ""}
    return Sending(world.as_(DANIEL), "/liaison/outside", fields)
