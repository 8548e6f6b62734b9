"""The tables of a request's course hold what was put into them and give it back, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sharing import requests
from sharing.errors import StaleError
from sharing.requests import (
    AllowEmergency,
    CloseEmergency,
    DecidePush,
    MakePush,
    RecordResult,
    RequestStatus,
    StartMonitor,
)
from tests.integration.disclosure_world import NAME, PARTNERSHIP
from tests.unit.request_world import DEPUTY, HOMES, HOMES_LIAISON, POLICE, POLICE_LIAISON, RequestWorld, request_world

COUNCIL = "coordinator@council.example"


@pytest.fixture
def world(store) -> RequestWorld:
    made = request_world(store)
    made.deposit()
    made.deposit_at_police()
    return made


def test_a_request_is_asked_about_answered_refused_escalated_and_given(world: RequestWorld):
    world.deputise()
    made = world.ask(kind="asb-history", fields=(("subject.name", None),), answers={})
    world.say(requests.ask_more, made.request_id, HOMES_LIAISON)
    world.say(requests.answer_more, made.request_id, POLICE)
    world.decide_as(made.request_id, HOMES_LIAISON, refuse={"subject.name": ("discretion", "No")})
    world.say(requests.escalate_request, made.request_id, POLICE)
    world.decide_as(made.request_id, DEPUTY, allow={"subject.name": "as-is"})
    assert world.seen(made.request_id).status is RequestStatus.RELEASED
    assert world.view(made.request_id) == {"subject.name": NAME}
    with world.store.reading() as session:
        messages = requests.messages_of(session, PARTNERSHIP, made.request_id)
        (homes,) = requests.reply_times(session, PARTNERSHIP, world.store.clock.today())
    assert [each.kind for each in messages] == ["question", "answer", "escalation"]
    assert (homes.answered, homes.asked) == (1, 1)


def test_a_nomination_is_watched_and_a_result_kept(world: RequestWorld):
    made = world.ask(COUNCIL, kind="nomination-check", purpose="nomination-check", fields=(("subject.name", None),))
    world.decide(made.request_id)
    today = world.store.clock.today()
    command = RecordResult(
        made.request_id,
        world.version(made.request_id),
        {"nomination": "accepted-watched", "reasons": "None against it"},
        StartMonitor(subject_informed=True, informed_on=today, starts_on=today, ends_on=today + timedelta(days=180)),
    )
    with world.store.unit(world.actor(COUNCIL)) as unit:
        requests.record_result(unit, command)
    with world.store.reading() as session:
        (monitor,) = requests.monitors_of(session, PARTNERSHIP, "model-homes")
    assert monitor.runs(today)
    with world.store.unit(world.actor(COUNCIL)) as unit:
        assert requests.view_result(unit, made.request_id) == {"reasons": "None against it"}


def test_an_emergency_and_a_push_leave_their_rows_and_two_at_once_are_told_apart(world: RequestWorld):
    asked = world.ask(
        HOMES,
        kind="emergency",
        supplier="model-police",
        purpose="emergency",
        fields=(("subject.vulnerability", None),),
        texts={"harm": "Does not answer"},
        subject_ref="MP-2026-0001",
    )
    command = AllowEmergency(
        asked.request_id, world.version(asked.request_id), {"subject.vulnerability": "yes-no"}, called_back=True
    )
    with world.store.unit(world.actor(POLICE_LIAISON)) as unit:
        assert requests.allow_emergency(unit, command).outcome == "released"
    with world.store.unit(world.actor(POLICE_LIAISON)) as unit:
        requests.write_up_emergency(unit, CloseEmergency(asked.request_id, 1, "Whether"))
    with pytest.raises(StaleError), world.store.unit(world.actor(POLICE_LIAISON)) as unit:
        requests.write_up_emergency(unit, CloseEmergency(asked.request_id, 1, "Whether, again"))
    texts = {"necessity": "They look for him", "proportionality": "Only who"}
    contact = world.actor(POLICE).officer_id
    with world.store.unit(world.actor(HOMES)) as unit:
        made = requests.make_push(
            unit, MakePush("MH-2026-0001", "model-police", contact, "asb-case", ("subject.name",), texts)
        )
    with world.store.unit(world.actor(HOMES_LIAISON)) as unit:
        requests.decide_push(unit, DecidePush(made, 1, {"subject.name": "as-is"}))
    with world.store.unit(world.actor(POLICE)) as unit:
        assert requests.view_push(unit, made) == {"subject.name": NAME}
    with world.store.reading() as session:
        assert requests.push(session, PARTNERSHIP, "model-police", made).ref.startswith("P")
