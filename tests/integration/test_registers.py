"""Dated registers on both databases: who may see, open, review and end an entry; what a circulation tells whom."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from protocols.actions import Event
from protocols.actor import Actor
from sharing import disclosures, registers
from sharing.disclosures.model import Disclosure
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.registers import EnterRegister, ReviewRegister
from sharing.registers.model import RegisterEntry
from tests.integration.disclosure_world import PARTNERSHIP, World, make_world
from tests.integration.register_world import (
    LANDLORD,
    LIAISON,
    MARKED,
    PLAN,
    POLICE,
    POLICE_2,
    REASON,
    SUPPORT,
    WHERE,
    WITNESS,
    circulate,
    days_later,
    enter,
    entries,
    opened,
    seen,
    told,
    withdraw,
)


@pytest.fixture
def world(store) -> World:
    return make_world(store)


def types(world: World, since: int = 0) -> list[str]:
    return [entry.type for entry in entries(world)[since:]]


# --- the marker (M89) ------------------------------------------------------------------------------


def test_a_marker_has_reason_expiry_and_reviewer_and_its_words_are_sealed(world: World):
    made = enter(world)
    view = seen(world, made)
    assert (view.answers["risk"], view.kind.title) == ("violence", "Staff-safety marker")
    assert view.reviewer_id == world.actor(LANDLORD).officer_id
    assert view.expires_on == world.store.clock.today() + timedelta(days=90)
    assert opened(world, made)["reason"] == REASON
    assert not {MARKED, WHERE, REASON} & set(view.answers.values())
    assert not any(text in json.dumps(entry.facts) for entry in entries(world) for text in (MARKED, WHERE, REASON))


def test_every_opening_of_a_marker_is_an_entry(world: World):
    made, before = enter(world), len(entries(world))
    opened(world, made)
    assert types(world, before) == [Event.RECORD_VIEWED, Event.RECORD_VIEWED]


def test_a_marker_without_reason_or_day_is_refused_with_every_problem(world: World):
    actor = world.actor(LANDLORD)
    with pytest.raises(InvalidError) as told_, world.store.unit(actor) as unit:
        registers.enter_register(
            unit, EnterRegister("staff-safety", world.store.clock.today(), actor.officer_id, {"risk": "rudeness"})
        )
    assert {problem.where for problem in told_.value.problems} == {"address", "reason", "risk", "told", "expires_on"}


def test_a_marker_never_lasts_longer_than_a_year(world: World):
    with pytest.raises(InvalidError, match="It can end between"):
        enter(world, days=380)


def test_a_circulation_is_one_disclosure_for_each_signed_partner(world: World):
    enter(world)
    before = len(entries(world))
    done = circulate(world)
    # the charity is no body that the line names, so that it is not even asked; the council and the police signed
    assert (done.entries, done.told, done.refused) == (1, 2, 0)
    assert types(world, before).count(Event.RELEASED) == 2
    assert types(world, before)[-1] == Event.REGISTER_CIRCULATED
    (view,) = told(world, "model-police")
    with world.store.unit(world.actor(POLICE)) as unit:
        shown = registers.view_circulated(unit, view.id)
    assert shown == {"subject.name": MARKED, "subject.address": WHERE, "subject.risk-to-staff": REASON}
    assert told(world, "model-charity") == ()


def test_the_disclosure_names_purpose_line_and_day_of_destruction(world: World):
    enter(world)
    circulate(world)
    (view,) = told(world, "model-council")
    with world.store.reading() as session:
        found = disclosures.disclosure(session, PARTNERSHIP, view.disclosure_id)
    assert (found.supplier, found.recipient, found.purpose) == ("model-homes", "model-council", "staff-safety")
    assert {each.line for each in found.fields} == {"7.1"}
    assert found.kept_until <= world.store.clock.today() + timedelta(days=31)


def test_a_marker_is_circulated_once_a_month_and_again_in_the_next(world: World, monkeypatch):
    made = enter(world)
    circulate(world)
    with pytest.raises(InvalidError, match="Nothing is to be circulated"):
        circulate(world)
    days_later(monkeypatch, world.store, 32)
    view = seen(world, made)
    with world.store.unit(world.actor(LANDLORD)) as unit:
        registers.review_register(unit, ReviewRegister(made, view.version, view.expires_on))
    assert circulate(world).told == 2


def test_a_month_without_review_raises_an_alert_to_owner_and_coordinator_and_stops_the_circulation(
    world: World, monkeypatch
):
    enter(world)
    days_later(monkeypatch, world.store, 40)
    today = world.store.clock.today()
    with world.store.reading() as session:
        (own,) = registers.unreviewed(session, world.actor(LANDLORD), today, everywhere=False)
        (all_,) = registers.unreviewed(session, world.actor("coordinator@council.example"), today, everywhere=True)
        assert registers.unreviewed(session, world.actor(POLICE), today, everywhere=False) == ()
    assert own == all_
    assert own.organisation == "model-homes"
    with pytest.raises(InvalidError, match="waiting for its review"):
        circulate(world)


def test_a_review_ends_the_alert_and_is_an_entry(world: World, monkeypatch):
    made = enter(world)
    days_later(monkeypatch, world.store, 40)
    today, view = world.store.clock.today(), seen(world, made)
    with world.store.unit(world.actor(LANDLORD)) as unit:
        registers.review_register(unit, ReviewRegister(made, view.version, view.expires_on))
    with world.store.reading() as session:
        assert registers.unreviewed(session, world.actor(LANDLORD), today, everywhere=False) == ()
    assert types(world)[-1] == Event.REGISTER_REVIEWED
    assert entries(world)[-1].facts["alone"] is True


def test_a_recipient_whose_signature_was_withdrawn_gets_nothing_and_the_refusal_is_recorded(world: World):
    enter(world)
    withdraw(world, "signatory@police.example")
    before = len(entries(world))
    done = circulate(world)
    assert (done.told, done.refused) == (1, 1)
    assert types(world, before).count(Event.REFUSED) == 1
    assert told(world, "model-police") == ()
    with world.store.reading() as session:
        refused = session.scalars(select(Disclosure).where(Disclosure.outcome == "refused")).one()
        found = disclosures.disclosure(session, PARTNERSHIP, refused.id)
    assert (found.recipient, found.refused_by) == ("model-police", "rules")
    assert {each.rule for each in found.fields} == {"in-force"}


def test_who_withdraws_after_a_circulation_can_open_it_no_more(world: World):
    enter(world)
    circulate(world)
    (view,) = told(world, "model-police")
    withdraw(world, "signatory@police.example")
    with pytest.raises(NotPermittedError), world.store.unit(world.actor(POLICE)) as unit:
        registers.view_circulated(unit, view.id)


def test_an_expired_marker_circulates_no_longer_and_shows_no_longer(world: World, monkeypatch):
    made = enter(world, days=10)
    circulate(world)
    (view,) = told(world, "model-police")
    days_later(monkeypatch, world.store, 10)
    assert told(world, "model-police") == ()
    with pytest.raises(InvalidError, match="Nothing is to be circulated"):
        circulate(world)
    with pytest.raises(NotPermittedError) as stopped, world.store.unit(world.actor(POLICE)) as unit:
        registers.view_circulated(unit, view.id)
    assert stopped.value.rule == "retention"
    with world.store.reading() as session:
        assert registers.entries(session, world.actor(POLICE), world.store.clock.today()) == ()
    version = seen(world, made).version
    with pytest.raises(NotPermittedError), world.store.unit(world.actor(LANDLORD)) as unit:
        registers.review_register(unit, ReviewRegister(made, version, world.store.clock.today() + timedelta(days=20)))


def test_an_ended_marker_cannot_be_opened_by_whoever_was_told_not_even_past_the_register(world: World):
    made = enter(world)
    circulate(world)
    (view,) = told(world, "model-police")
    with world.store.unit(world.actor(LANDLORD)) as unit:
        registers.end_register(unit, made, 1, "mistaken")
    assert told(world, "model-police") == ()
    with pytest.raises(NotPermittedError) as stopped, world.store.unit(world.actor(POLICE)) as unit:
        disclosures.view_release(unit, view.disclosure_id, assigned=True)
    assert stopped.value.rule in {"in-force", "retention"}


def test_nobody_circulates_what_they_entered_themselves(world: World):
    made = enter(world)
    with pytest.raises(NotPermittedError), world.store.unit(world.actor(LANDLORD)) as unit:
        registers.circulate_register(unit, "staff-safety")
    with Session(world.store.engine) as session:
        session.execute(update(RegisterEntry).where(RegisterEntry.id == made).values(officer_id=_id(world, LIAISON)))
        session.commit()
    with pytest.raises(NotPermittedError) as stopped:
        circulate(world)
    assert stopped.value.rule == "four-eyes"


def _id(world: World, email: str):
    return world.actor(email).officer_id


def test_a_marker_without_its_reasons_is_withheld_from_everybody_and_that_is_recorded(world: World):
    enter(world, necessity="", proportionality="")
    done = circulate(world)
    assert (done.told, done.refused) == (0, 2)
    with world.store.reading() as session:
        refused = session.scalars(select(Disclosure)).all()
        found = [disclosures.disclosure(session, PARTNERSHIP, each.id) for each in refused]
    assert {each.rule for one in found for each in one.fields} == {"statement"}


def test_another_agency_and_another_partnership_cannot_reach_a_marker_by_id(world: World):
    made = enter(world)
    elsewhere = Actor(
        user_id=world.actor(LANDLORD).user_id,
        officer_id=world.actor(LANDLORD).officer_id,
        organisation="model-homes",
        partnership="another-csp",
        roles=world.actor(LANDLORD).roles,
    )
    before = len(entries(world))
    for actor in (world.actor(POLICE), elsewhere):
        with world.store.reading() as session, pytest.raises(NotFoundError):
            registers.entry(session, actor, made)
        with pytest.raises(NotFoundError), world.store.unit(actor) as unit:
            registers.open_register(unit, made)
        with pytest.raises(NotFoundError), world.store.unit(actor) as unit:
            registers.end_register(unit, made, 1, "mistaken")
    assert len(entries(world)) == before


def test_a_circulation_to_one_partner_is_not_opened_by_another(world: World):
    enter(world)
    circulate(world)
    (view,) = told(world, "model-council")
    with pytest.raises(NotFoundError), world.store.unit(world.actor(POLICE)) as unit:
        registers.view_circulated(unit, view.id)


def test_two_who_review_at_once_are_told_apart(world: World):
    made = enter(world)
    until = seen(world, made).expires_on
    with world.store.unit(world.actor(LANDLORD)) as unit:
        registers.review_register(unit, ReviewRegister(made, 1, until))
    with pytest.raises(StaleError), world.store.unit(world.actor(LANDLORD)) as unit:
        registers.review_register(unit, ReviewRegister(made, 1, until))


# --- the team (M31, M94) ---------------------------------------------------------------------------


def plan(world: World):
    return enter(world, "witness-support", POLICE)


def test_a_witness_support_plan_is_opened_by_its_team_and_each_reading_is_an_entry(world: World):
    made = plan(world)
    before = len(entries(world))
    assert opened(world, made, POLICE) == SUPPORT
    assert types(world, before) == [Event.RECORD_VIEWED]


@pytest.mark.parametrize(
    "email",
    [POLICE_2, "liaison@police.example", "coordinator@council.example", LANDLORD, "liaison@council.example"],
)
def test_nobody_outside_the_team_can_know_of_a_witness_support_plan(world: World, email: str):
    made = plan(world)
    actor = world.actor(email)
    with world.store.reading() as session:
        assert registers.entries(session, actor, world.store.clock.today()) == ()
        with pytest.raises(NotFoundError):
            registers.entry(session, actor, made)
    with pytest.raises((NotFoundError, NotPermittedError)), world.store.unit(actor) as unit:
        registers.open_register(unit, made)
    with pytest.raises((NotFoundError, NotPermittedError)), world.store.unit(actor) as unit:
        registers.change_team(unit, made, 1, officer_id=actor.officer_id, joins=True)


def test_an_unreviewed_plan_is_named_to_its_team_alone(world: World, monkeypatch):
    plan(world)
    days_later(monkeypatch, world.store, 40)
    today = world.store.clock.today()
    with world.store.reading() as session:
        assert len(registers.unreviewed(session, world.actor(POLICE), today, everywhere=False)) == 1
        assert registers.unreviewed(session, world.actor(POLICE_2), today, everywhere=False) == ()
        assert registers.unreviewed(session, world.actor("coordinator@council.example"), today, everywhere=True) == ()


def test_who_joins_the_team_reads_and_who_leaves_reads_no_more_and_both_are_entries(world: World):
    made, colleague = plan(world), world.actor(POLICE_2)
    before = len(entries(world))
    with world.store.unit(world.actor(POLICE)) as unit:
        registers.change_team(unit, made, 1, officer_id=colleague.officer_id, joins=True)
    assert opened(world, made, POLICE_2)["witness"] == WITNESS
    version = seen(world, made, POLICE).version
    with world.store.unit(world.actor(POLICE)) as unit:
        registers.change_team(unit, made, version, officer_id=colleague.officer_id, joins=False)
    with pytest.raises(NotFoundError):
        opened(world, made, POLICE_2)
    assert types(world, before) == [Event.TEAM_CHANGED, Event.RECORD_VIEWED, Event.TEAM_CHANGED]


def test_the_last_of_a_team_cannot_leave_and_nobody_of_another_agency_can_join(world: World):
    made = plan(world)
    with pytest.raises(InvalidError, match="has to stay"), world.store.unit(world.actor(POLICE)) as unit:
        registers.change_team(unit, made, 1, officer_id=world.actor(POLICE).officer_id, joins=False)
    with pytest.raises(InvalidError, match="own agency"), world.store.unit(world.actor(POLICE)) as unit:
        registers.change_team(unit, made, 1, officer_id=world.actor(LANDLORD).officer_id, joins=True)


def test_a_plan_is_never_circulated_and_no_disclosure_can_carry_it(world: World):
    made = plan(world)
    with pytest.raises(NotFoundError), world.store.unit(world.actor("liaison@police.example")) as unit:
        registers.circulate_register(unit, "witness-support")
    with Session(world.store.engine) as session:
        assert session.get(RegisterEntry, made).record_id is None


def test_no_export_of_the_ledger_holds_a_word_of_a_plan(world: World):
    made = plan(world)
    opened(world, made, POLICE)
    told_ = json.dumps([[entry.facts, entry.about] for entry in entries(world)])
    assert not any(text in told_ for text in (WITNESS, PLAN, "Her sister"))


# --- registers about no person ---------------------------------------------------------------------


def test_a_register_about_no_person_is_seen_by_every_partner_with_its_dates(world: World):
    made = enter(
        world,
        "group-attended",
        group="Northside steering group",
        sort="steering",
        post="Neighbourhood manager",
        **{"attended-on": "2026-11-02"},
    )
    view = seen(world, made, POLICE)
    assert (view.headline, view.answers["attended-on"]) == ("Northside steering group", "2026-11-02")
    assert not view.is_sealed
    with pytest.raises(NotPermittedError), world.store.unit(world.actor(POLICE)) as unit:
        registers.end_register(unit, made, 1, "mistaken")


@pytest.mark.parametrize("place", ["14 Marmalade Row", "Flat by ZZ9 9ZZ", "Ring 01632960000", "ann@home.example"])
def test_a_name_in_clear_cannot_be_somebodys_address(world: World, place: str):
    with pytest.raises(InvalidError, match="shown to all partners"):
        enter(world, "good-neighbour", place=place, **{"signed-on": "2026-10-01"})


def test_a_circulation_can_go_to_some_partners_alone_and_to_none_whom_no_line_reaches(world: World):
    enter(world)
    only = frozenset({"model-council", "model-charity"})
    with world.store.unit(world.actor(LIAISON)) as unit:
        done = registers.circulate_register(unit, "staff-safety", only=only)
    assert (done.told, done.refused) == (1, 0)
    assert told(world, "model-police") == told(world, "model-charity") == ()
    assert circulate(world).told == 1
