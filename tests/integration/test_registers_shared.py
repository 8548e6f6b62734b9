"""Alerts that reach a named person, and referrals of which two agencies write a part each."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest

from protocols.actions import Event
from protocols.actor import Actor
from protocols.register_kinds import referral_kinds
from sharing import disclosures, registers
from sharing.errors import InvalidError, NotFoundError, NotPermittedError
from sharing.registers import EndReferral, MakeReferral, NameContact, RaiseAlert
from tests.integration.disclosure_world import PARTNERSHIP, World, make_world
from tests.integration.register_world import LANDLORD, LIAISON, POLICE, POLICE_2, days_later, entries, withdraw

POLICE_LIAISON, CHARITY = "liaison@police.example", "officer@charity.example"
NAME, HISTORY = "Ignatius Bramblewick", "Came back to the block at night and broke a window"
WORDS = {"subject.name": NAME, "subject.address": "3 Damson Court, ZZ9 7ZZ", "case.history": HISTORY}
NEED = "Cannot pay the rent since the fire in the kitchen"
WHY = {
    "necessity": "The police have to know whom the order is against",
    "proportionality": "One name and what was done",
}


@pytest.fixture
def world(store) -> World:
    return make_world(store)


def named(world: World, minutes: int = 30) -> None:
    contact, deputy = world.actor(POLICE).officer_id, world.actor(POLICE_2).officer_id
    with world.store.unit(world.actor(POLICE_LIAISON)) as unit:
        registers.name_contact(unit, NameContact(contact, deputy, minutes))


def raised(world: World, email: str = LANDLORD, **changes) -> uuid.UUID:
    fields = {
        "order_kind": "injunction",
        "order_ref": "CC/2026/0417",
        "power_of_arrest": True,
        "happened_at": world.store.clock.business_now() - timedelta(hours=1),
        "words": WORDS,
    }
    with world.store.unit(world.actor(email)) as unit:
        return registers.raise_alert(unit, RaiseAlert(**{**fields, **changes})).id


def alert(world: World, alert_id: uuid.UUID, email: str = POLICE) -> registers.AlertView:
    with world.store.reading() as session:
        return registers.alert(session, world.actor(email), alert_id)


def acknowledge(world: World, alert_id: uuid.UUID, email: str) -> None:
    with world.store.unit(world.actor(email)) as unit:
        registers.acknowledge_alert(unit, alert_id, alert(world, alert_id).version)


def tell(world: World, alert_id: uuid.UUID, email: str = LIAISON, **changes) -> disclosures.Released:
    with world.store.unit(world.actor(email)) as unit:
        return registers.tell_alert(unit, alert_id, alert(world, alert_id).version, **{**WHY, **changes})


def open_alert(world: World, alert_id: uuid.UUID, email: str) -> dict[str, str]:
    with world.store.unit(world.actor(email)) as unit:
        return registers.open_alert(unit, alert_id)


# --- alerts (M26, M78) -----------------------------------------------------------------------------


def test_a_breach_reaches_the_named_contact_and_the_moment_of_acknowledgement_is_kept(world: World):
    named(world)
    made = raised(world)
    view = alert(world, made)
    assert (view.order_ref, view.power_of_arrest, view.recipient) == ("CC/2026/0417", True, "model-police")
    assert view.waits_for(world.actor(POLICE).officer_id, world.store.clock.business_now())
    assert not view.waits_for(world.actor(POLICE_2).officer_id, world.store.clock.business_now())
    acknowledge(world, made, POLICE)
    after = alert(world, made)
    assert after.acknowledged_at is not None
    assert after.acknowledged_at >= after.raised_at
    assert after.acknowledged_by == world.actor(POLICE).officer_id
    assert entries(world)[-1].type == Event.ALERT_ACKNOWLEDGED
    assert entries(world)[-1].facts["minutes"] == 0


def test_an_alert_names_nobody_until_somebody_else_of_the_raisers_agency_lets_it_leave(world: World):
    named(world)
    made = raised(world)
    with pytest.raises(NotFoundError):
        open_alert(world, made, POLICE)
    assert not any(text in json.dumps(entry.facts) for entry in entries(world) for text in (NAME, HISTORY))
    with pytest.raises(NotPermittedError):
        tell(world, made, LANDLORD)
    assert tell(world, made).outcome == "released"
    assert open_alert(world, made, POLICE)["case.history"] == HISTORY
    assert open_alert(world, made, LANDLORD)["subject.name"] == NAME


def test_what_is_told_is_a_disclosure_with_its_line(world: World):
    named(world)
    made = raised(world)
    tell(world, made)
    with world.store.reading() as session:
        found = disclosures.disclosure(session, PARTNERSHIP, alert(world, made).disclosure_id)
    assert (found.supplier, found.recipient, found.purpose) == ("model-homes", "model-police", "asb-case")
    assert {each.line for each in found.fields if each.result != "withheld"} == {"1.1"}


def test_without_reasons_it_is_withheld_and_recorded_and_may_be_tried_again(world: World):
    named(world)
    made = raised(world)
    assert tell(world, made, necessity="").outcome == "refused"
    assert Event.REFUSED in {entry.type for entry in entries(world)}
    assert tell(world, made).outcome == "released"
    with pytest.raises(InvalidError, match="has been told"):
        tell(world, made)


def test_police_who_withdrew_are_told_nothing_and_the_refusal_is_recorded(world: World):
    named(world)
    made = raised(world)
    withdraw(world, "signatory@police.example")
    assert tell(world, made).outcome == "refused"
    with pytest.raises(NotPermittedError):
        open_alert(world, made, POLICE)


def test_an_alert_that_nobody_acknowledges_becomes_the_deputys(world: World, monkeypatch):
    named(world)
    made = raised(world)
    with pytest.raises(NotPermittedError) as stopped:
        acknowledge(world, made, POLICE_2)
    assert stopped.value.rule == "assigned"
    days_later(monkeypatch, world.store, 1)
    assert alert(world, made).is_escalated(world.store.clock.business_now())
    acknowledge(world, made, POLICE_2)
    assert entries(world)[-1].facts["by_deputy"] is True
    assert not alert(world, made).is_escalated(world.store.clock.business_now())


def test_what_came_of_it_is_recorded_after_it_was_acknowledged(world: World):
    named(world)
    made = raised(world)
    with pytest.raises(InvalidError, match="Acknowledge it first"), world.store.unit(world.actor(POLICE)) as unit:
        registers.record_alert_result(unit, made, 1, "arrest")
    acknowledge(world, made, POLICE)
    with world.store.unit(world.actor(POLICE)) as unit:
        registers.record_alert_result(unit, made, alert(world, made).version, "arrest")
    assert alert(world, made, LANDLORD).result == "arrest"


def test_an_alert_with_nobody_to_reach_says_whom_to_ring(world: World):
    with pytest.raises(InvalidError) as told:
        raised(world)
    assert "101" in told.value.problems[-1].mend


@pytest.mark.parametrize("order_ref", ["", "Mr Bramblewick of Damson Court"])
def test_an_orders_reference_is_a_reference_and_nothing_else(world: World, order_ref: str):
    named(world)
    with pytest.raises(InvalidError):
        raised(world, order_ref=order_ref)


def test_a_contact_is_two_people_of_the_police_themselves(world: World):
    landlord, one = world.actor(LANDLORD).officer_id, world.actor(POLICE).officer_id
    for contact, deputy in ((landlord, one), (one, landlord), (one, one)):
        with pytest.raises(InvalidError), world.store.unit(world.actor(POLICE_LIAISON)) as unit:
            registers.name_contact(unit, NameContact(contact, deputy, 30))
    with pytest.raises(InvalidError, match="your organisation is none"), world.store.unit(world.actor(LIAISON)) as unit:
        registers.name_contact(unit, NameContact(landlord, landlord, 30))


def test_a_third_agency_and_another_partnership_cannot_reach_an_alert_by_id(world: World):
    named(world)
    made = raised(world)
    police = world.actor(POLICE)
    elsewhere = Actor(police.user_id, police.officer_id, "model-police", "another-csp", police.roles)
    for actor in (world.actor("coordinator@council.example"), world.actor(CHARITY), elsewhere):
        with world.store.reading() as session, pytest.raises(NotFoundError):
            registers.alert(session, actor, made)
        with pytest.raises(NotFoundError), world.store.unit(actor) as unit:
            registers.open_alert(unit, made)
        with pytest.raises(NotFoundError), world.store.unit(actor) as unit:
            registers.acknowledge_alert(unit, made, 1)
    with pytest.raises(NotFoundError), world.store.unit(world.actor(LANDLORD)) as unit:
        registers.acknowledge_alert(unit, made, 1)


# --- referrals (M07, M29, M32, M33, M94) -----------------------------------------------------------


def answers(questions) -> dict[str, str]:
    kinds = {"text": NEED, "day": "2026-11-20", "yes-no": "yes"}
    return {each.code: min(each.choices) if each.choices else kinds[each.type] for each in questions}


def refer(world: World, kind: str = "joint-assessment", to: str = "model-council", email: str = LANDLORD, **more):
    with world.store.unit(world.actor(email)) as unit:
        return registers.make_referral(
            unit, MakeReferral(kind, to, answers=answers(referral_kinds()[kind].opens), **more)
        )


def referral(world: World, made: uuid.UUID, email: str = LANDLORD) -> registers.ReferralView:
    with world.store.reading() as session:
        return registers.referral(session, world.actor(email), made)


def write(world: World, made: uuid.UUID, email: str = "coordinator@council.example", **changes) -> None:
    found = referral(world, made, email)
    with world.store.unit(world.actor(email)) as unit:
        registers.write_part(unit, made, found.version, {**answers(found.kind.answers), **changes})


def part(world: World, made: uuid.UUID, of: str, email: str) -> dict[str, str]:
    with world.store.unit(world.actor(email)) as unit:
        return registers.open_part(unit, made, of)


def end(world: World, made: uuid.UUID, outcome: str, unmet: str = "") -> None:
    with world.store.unit(world.actor(LANDLORD)) as unit:
        registers.end_referral(unit, EndReferral(made, referral(world, made).version, outcome, unmet))


def test_a_referral_shows_both_agencies_parts_to_both_with_an_entry_for_each_reading(world: World):
    made = refer(world)
    write(world, made, assessment="A support worker will call")
    before = len(entries(world))
    assert part(world, made, "model-homes", "coordinator@council.example")["needs"] == NEED
    assert part(world, made, "model-council", LANDLORD)["assessment"] == "A support worker will call"
    assert [entry.type for entry in entries(world)[before:]] == [Event.RECORD_VIEWED] * 2
    assert set(referral(world, made).parts) == {"model-homes", "model-council"}


def test_a_referral_is_unreadable_to_others(world: World):
    made = refer(world)
    landlord = world.actor(LANDLORD)
    elsewhere = Actor(landlord.user_id, landlord.officer_id, "model-homes", "another-csp", landlord.roles)
    for actor in (world.actor(POLICE), world.actor(CHARITY), elsewhere):
        with world.store.reading() as session:
            assert registers.referrals_of(session, actor) == ()
            with pytest.raises(NotFoundError):
                registers.referral(session, actor, made)
        with pytest.raises(NotFoundError), world.store.unit(actor) as unit:
            registers.open_part(unit, made, "model-homes")
    assert not any(NEED in json.dumps(entry.facts) for entry in entries(world))


def test_each_part_is_sealed_under_its_own_agencys_key(world: World):
    made = refer(world)
    write(world, made)
    database = world.store.engine
    with database.connect() as connection:
        rows = connection.exec_driver_sql("SELECT organisation, words FROM referral_part").all()
    assert {row[0] for row in rows} == {"model-homes", "model-council"}
    assert all(NEED.encode() not in bytes(row[1]) for row in rows)


def test_a_partner_outside_section_115_is_shown_as_such_and_cannot_read_what_was_written(world: World):
    made = refer(world, "youth-panel", "model-charity")
    view = referral(world, made, CHARITY)
    assert view.gate == "not section 115"
    assert "Not section 115" in view.gate_says
    assert entries(world)[-1].facts["may_read"] is False
    with pytest.raises(NotPermittedError) as stopped:
        part(world, made, "model-homes", CHARITY)
    assert stopped.value.rule in {"signed-protocol", "section-115"}
    world.sign("signatory@charity.example")
    with pytest.raises(NotPermittedError) as stopped:
        part(world, made, "model-homes", CHARITY)
    assert stopped.value.rule == "section-115"
    write(world, made, CHARITY, tasks="Joins the football club; mother tells school")
    assert "football" in part(world, made, "model-charity", LANDLORD)["tasks"]


def test_an_agency_that_withdrew_reads_no_part_and_is_not_read(world: World):
    made = refer(world)
    write(world, made)
    withdraw(world, "signatory@council.example")
    for of, email in (("model-homes", "coordinator@council.example"), ("model-council", LANDLORD)):
        with pytest.raises(NotPermittedError) as stopped:
            part(world, made, of, email)
        assert stopped.value.rule == "signed-protocol"


def test_an_urgent_referral_is_due_in_a_day_and_shows_how_long_the_answer_took(world: World, monkeypatch):
    made = refer(world, "tenancy-support", urgent=True)
    view = referral(world, made)
    assert view.due_at - view.made_at == timedelta(hours=24)
    days_later(monkeypatch, world.store, 2)
    assert referral(world, made).is_overdue(world.store.clock.business_now())
    write(world, made)
    answered = referral(world, made)
    assert answered.response_hours == 48
    assert not answered.is_overdue(world.store.clock.business_now())
    assert entries(world)[-1].facts == {"ref": answered.ref, "kind": "tenancy-support", "hours": 48, "late": True}


def test_needs_that_nobody_meets_are_counted_by_kind(world: World):
    for unmet in ("debt", "debt", "mental-health"):
        end(world, refer(world, "tenancy-support"), "unmet", unmet)
    end(world, refer(world, "tenancy-support"), "supported")
    since = world.store.clock.today() - timedelta(days=30)
    with world.store.reading() as session:
        assert registers.unmet_needs(session, PARTNERSHIP, "model-homes", since) == {"debt": 2, "mental-health": 1}
        assert registers.unmet_needs(session, PARTNERSHIP, "model-police", since) == {}
    with pytest.raises(InvalidError, match="Say which need"):
        end(world, refer(world, "tenancy-support"), "unmet")


def test_securing_a_home_has_agency_works_and_the_day_they_were_done(world: World):
    made = refer(world, "target-hardening")
    write(world, made)
    view = referral(world, made)
    assert view.recipient == "model-council"
    assert view.parts["model-homes"].answers["works"] in view.kind.opens[1].choices
    assert view.parts["model-council"].answers["works-on"] == "2026-11-20"


@pytest.mark.parametrize("kind", sorted(referral_kinds()))
def test_every_kind_of_referral_is_made_answered_and_ended(world: World, kind: str):
    made = refer(world, kind)
    write(world, made)
    outcome = next(code for code in referral(world, made).kind.outcomes if code != "unmet")
    end(world, made, outcome)
    assert referral(world, made).outcome == outcome
    with pytest.raises(InvalidError, match="has ended"):
        end(world, made, outcome)


def test_a_referral_to_oneself_or_to_nobody_is_refused(world: World):
    for to in ("model-homes", "nobody-known"):
        with pytest.raises(InvalidError, match="Choose another agency"):
            refer(world, to=to)
