"""What goes to and fro on a request: questions that stop the clock, one escalation, a second officer, a withdrawal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from protocols.actions import Event
from sharing import disclosures, partners, requests
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.ledger import read
from sharing.requests import RequestStatus, hours_taken
from sharing.requests.course_model import RequestMessage
from sharing.requests.rules import due_again, status_of, working_days_left
from sharing.store import Store, StoreSettings, set_up
from tests.integration.disclosure_world import NAME, PARTNERSHIP
from tests.unit.request_world import (
    DEPUTY,
    HOMES,
    HOMES_LIAISON,
    POLICE,
    POLICE_LIAISON,
    RequestWorld,
    request_world,
)

REFUSED = {"refuse": {"subject.name": ("discretion", "We choose not to")}, "necessary": "", "proportionate": ""}
ONE = (("subject.name", None),)
TWO = (("subject.name", None), ("subject.address", None))


@pytest.fixture
def sqlite_store(make_database, tmp_path):
    settings = StoreSettings(make_database("sqlite"), tmp_path / "home")
    set_up(settings, "accord.test")
    opened = Store.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def world(sqlite_store) -> RequestWorld:
    made = request_world(sqlite_store)
    made.deposit()
    return made


def events(world: RequestWorld) -> list[str]:
    with world.store.reading() as session:
        (log,) = read.logs(session, PARTNERSHIP)
        return [view.entry.type for view in read.entries(session, log.origin, limit=900)]


# --- the clock -------------------------------------------------------------------------------------


def test_working_days_left_count_the_day_it_is_due_and_fall_below_nought():
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)
    assert working_days_left(friday, friday) == 0
    assert working_days_left(friday, monday) == 1
    assert working_days_left(monday, friday) == -1
    assert working_days_left(date(2026, 11, 24), date(2026, 12, 8)) == 10
    assert due_again(friday, 1) == monday
    assert due_again(friday, -3) == friday


def test_status_follows_from_what_was_given():
    assert status_of([True, True]) is RequestStatus.RELEASED
    assert status_of([True, False]) is RequestStatus.PARTLY
    assert status_of([False]) is RequestStatus.REFUSED
    assert status_of([]) is RequestStatus.REFUSED


def at(hour: int, day: int = 2) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_the_time_in_which_a_question_waited_is_no_reply_time():
    assert hours_taken(at(9), at(17), []) == 8
    assert hours_taken(at(9), at(17), [("question", at(10)), ("answer", at(13))]) == 5
    assert (
        hours_taken(at(9), at(17), [("question", at(10)), ("answer", at(12)), ("question", at(13)), ("answer", at(16))])
        == 3
    )
    assert hours_taken(at(9), at(17), [("reached", at(12))]) == 5
    assert hours_taken(at(9), at(17), [("question", at(9, 3))]) == 8  # after the decision: another matter


def test_a_question_stops_the_clock_and_its_answer_lets_the_days_that_were_left_run_on(world: RequestWorld):
    made = world.ask(fields=ONE)
    due = world.seen(made.request_id).reply_due_on
    world.say(requests.ask_more, made.request_id, HOMES_LIAISON, "Which Quillfeather?")
    stopped = world.seen(made.request_id)
    assert stopped.status is RequestStatus.QUESTIONED
    assert stopped.days_left(world.store.clock.today()) is None
    world.later(days=21)
    assert not world.seen(made.request_id).is_overdue(world.store.clock.today())
    with pytest.raises(InvalidError, match="does not wait for a decision"):
        world.decide(made.request_id)
    world.say(requests.answer_more, made.request_id, POLICE, "The elder one")
    again = world.seen(made.request_id)
    assert again.status is RequestStatus.WAITING
    assert again.reply_due_on > due
    assert again.days_left(world.store.clock.today()) in {9, 10}
    assert events(world).count(str(Event.MORE_ASKED)) == 1


def test_what_is_asked_and_answered_is_sealed_and_each_reading_is_an_entry(world: RequestWorld):
    made = world.ask(fields=ONE)
    world.say(requests.ask_more, made.request_id, HOMES_LIAISON, "Which Quillfeather?")
    with world.store.reading() as session:
        (said,) = session.scalars(select(RequestMessage)).all()
        assert "Quillfeather" not in repr(said.words)
        assert b"Quillfeather" not in session.connection().exec_driver_sql("SELECT words FROM request_message").scalar()
    before = events(world).count(str(Event.RECORD_VIEWED))
    with world.store.unit(world.actor(POLICE)) as unit:
        assert requests.view_message(unit, made.request_id, said.id) == "Which Quillfeather?"
    assert events(world).count(str(Event.RECORD_VIEWED)) == before + 1
    with (
        pytest.raises(NotFoundError),
        world.store.unit(world.actor("officer@charity.example")) as unit,
    ):
        requests.view_message(unit, made.request_id, said.id)


def test_the_asker_asks_itself_nothing_and_the_supplier_answers_nothing(world: RequestWorld):
    made = world.ask(fields=ONE)
    with pytest.raises(NotPermittedError):
        world.say(requests.ask_more, made.request_id, POLICE_LIAISON)
    with pytest.raises(InvalidError, match="Nothing has been asked"):
        world.say(requests.answer_more, made.request_id, POLICE)
    world.say(requests.ask_more, made.request_id, HOMES_LIAISON)
    with pytest.raises(NotPermittedError):
        world.say(requests.answer_more, made.request_id, HOMES)


# --- one escalation --------------------------------------------------------------------------------


def test_a_choice_is_escalated_once_and_decided_by_somebody_else(world: RequestWorld):
    world.deputise()
    made = world.ask(fields=TWO)
    world.decide_as(made.request_id, HOMES_LIAISON, allow={"subject.address": "as-is"}, refuse=REFUSED["refuse"])
    assert world.seen(made.request_id).status is RequestStatus.PARTLY
    world.say(requests.escalate_request, made.request_id, POLICE, "It matters")
    assert world.seen(made.request_id).status is RequestStatus.ESCALATED
    with pytest.raises(NotPermittedError) as denied:
        world.decide_as(made.request_id, HOMES_LIAISON, allow={"subject.name": "as-is"})
    assert denied.value.rule == "four-eyes"
    with pytest.raises(InvalidError, match="not open to be decided"):
        world.decide_as(made.request_id, DEPUTY, allow={"subject.name": "as-is", "subject.address": "as-is"})
    world.decide_as(made.request_id, DEPUTY, allow={"subject.name": "as-is"})
    assert world.seen(made.request_id).status is RequestStatus.RELEASED
    assert world.view(made.request_id)["subject.name"] == NAME
    assert set(world.view(made.request_id)) == {"subject.name", "subject.address"}


def test_a_refusal_that_stands_after_the_second_look_cannot_be_escalated_again(world: RequestWorld):
    world.deputise()
    made = world.ask(fields=ONE)
    world.decide_as(made.request_id, HOMES_LIAISON, **REFUSED)
    world.say(requests.escalate_request, made.request_id, POLICE)
    world.decide_as(made.request_id, DEPUTY, **REFUSED)
    assert world.seen(made.request_id).status is RequestStatus.REFUSED
    with pytest.raises(InvalidError, match="escalated once"):
        world.say(requests.escalate_request, made.request_id, POLICE)


def test_a_bar_of_law_cannot_be_escalated_and_a_named_reason_says_itself_which_it_is(world: RequestWorld):
    made = world.ask(fields=ONE)
    lenient = {"refuse": {"subject.name": ("discretion", "No condition")}, "reasons": {"subject.name": "no-condition"}}
    world.decide_as(made.request_id, HOMES_LIAISON, **{**REFUSED, **lenient})
    with world.store.reading() as session:
        (decision,) = requests.decisions(session, PARTNERSHIP, made.request_id)
    assert decision.refuse["subject.name"] == ("legal-bar", "No condition")
    assert decision.reasons == {"subject.name": "no-condition"}
    with pytest.raises(InvalidError, match="bar of law"):
        world.say(requests.escalate_request, made.request_id, POLICE)


def test_a_reason_that_is_not_on_the_list_is_no_reason(world: RequestWorld):
    made = world.ask(fields=ONE)
    with pytest.raises(InvalidError, match="reason from the list"):
        world.decide_as(made.request_id, HOMES_LIAISON, **{**REFUSED, "reasons": {"subject.name": "mood"}})


def test_the_supplier_does_not_escalate_and_nobody_elses_request_is_escalated(world: RequestWorld):
    made = world.ask(fields=ONE)
    world.decide_as(made.request_id, HOMES_LIAISON, **REFUSED)
    with pytest.raises(NotPermittedError):
        world.say(requests.escalate_request, made.request_id, HOMES)
    with pytest.raises(NotFoundError):
        world.say(requests.escalate_request, made.request_id, "officer@charity.example")


# --- a second officer ------------------------------------------------------------------------------


@pytest.fixture
def strict(world: RequestWorld, monkeypatch: pytest.MonkeyPatch) -> RequestWorld:
    """Line 1.1 asks for a second officer of the supplier."""
    world.deputise()
    read_world = partners.world

    def stricter(session, partnership):
        made = read_world(session, partnership)
        for version in made["protocols"]:
            for line in version["lines"]:
                line["safeguards"] = (
                    [*line["safeguards"], "second-officer"] if line["id"] == "1.1" else line["safeguards"]
                )
        return made

    monkeypatch.setattr(partners, "world", stricter)
    return world


def test_where_a_line_wants_a_second_officer_nothing_leaves_before_another_one_confirms(strict: RequestWorld):
    made = strict.ask(fields=ONE)
    decided = strict.decide_as(made.request_id, HOMES_LIAISON, allow={"subject.name": "as-is"})
    assert decided.released is None
    assert strict.seen(made.request_id).status is RequestStatus.CONFIRMING
    with pytest.raises(NotFoundError):
        strict.view(made.request_id)
    with pytest.raises(NotPermittedError) as denied:
        strict.confirm(made.request_id, HOMES_LIAISON)
    assert denied.value.rule == "four-eyes"
    assert strict.confirm(made.request_id, DEPUTY).outcome == "released"
    assert strict.view(made.request_id) == {"subject.name": NAME}
    with strict.store.reading() as session:
        (decision,) = requests.decisions(session, PARTNERSHIP, made.request_id)
    assert decision.confirmed_by == strict.actor(DEPUTY).officer_id


def test_a_second_officer_who_does_not_agree_sends_it_back(strict: RequestWorld):
    made = strict.ask(fields=ONE)
    strict.decide_as(made.request_id, HOMES_LIAISON, allow={"subject.name": "as-is"})
    assert strict.confirm(made.request_id, DEPUTY, agreed=False) is None
    assert strict.seen(made.request_id).status is RequestStatus.WAITING
    with strict.store.reading() as session:
        assert disclosures.of_request(session, PARTNERSHIP, made.request_id) == ()


def test_a_refusal_needs_no_second_officer(strict: RequestWorld):
    made = strict.ask(fields=ONE)
    decided = strict.decide_as(made.request_id, HOMES_LIAISON, **REFUSED)
    assert decided.released
    assert decided.released.outcome == "refused"


# --- taking back -----------------------------------------------------------------------------------


def test_an_open_request_is_taken_back_and_then_nobody_decides_it(world: RequestWorld):
    made = world.ask(fields=ONE)
    world.say(requests.withdraw_request, made.request_id, POLICE, "")
    assert world.seen(made.request_id).status is RequestStatus.WITHDRAWN
    with pytest.raises(InvalidError):
        world.decide(made.request_id)
    with pytest.raises(InvalidError, match="closed"):
        world.say(requests.withdraw_request, made.request_id, POLICE, "")


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(world: RequestWorld):
    made = world.ask(fields=ONE)
    old = requests.Say(made.request_id, world.version(made.request_id), "x")
    world.say(requests.ask_more, made.request_id, HOMES_LIAISON)
    with pytest.raises(StaleError), world.store.unit(world.actor(POLICE)) as unit:
        requests.withdraw_request(unit, replace(old, words="never mind"))


# --- both directions, and how long replies take (M109, M111) ----------------------------------------


def test_police_and_landlord_each_ask_and_each_answer(world: RequestWorld):
    world.deposit_at_police()
    of_landlord = world.ask(fields=ONE)
    of_police = world.ask_police()
    assert world.decide(of_landlord.request_id).outcome == "released"
    decided = world.decide_as(
        of_police.request_id, POLICE_LIAISON, allow={"offence.arrests": "yes-no", "case.measures": "as-is"}
    )
    assert decided.released
    assert decided.released.outcome == "released"
    assert world.view(of_landlord.request_id) == {"subject.name": NAME}
    assert world.view(of_police.request_id, HOMES) == {"offence.arrests": "yes", "case.measures": "Warned once"}


def test_a_kind_is_not_put_to_a_body_that_it_is_not_for(world: RequestWorld):
    with pytest.raises(InvalidError, match="not asked of such a body"):
        world.ask(POLICE, kind="enforcement-history", fields=(("offence.arrests", None),))
    with pytest.raises(InvalidError, match="Choose the kind"):
        world.ask(POLICE, kind="gossip")


def test_median_hours_to_reply_are_told_by_party_with_how_many_they_are_over(world: RequestWorld):
    world.deposit_at_police()
    quick, slow, third = (world.ask(fields=ONE) for _ in range(3))
    waiting = world.ask(fields=ONE)
    world.later(hours=2)
    world.decide(quick.request_id)
    world.say(requests.ask_more, third.request_id, HOMES_LIAISON)
    world.later(hours=4)
    world.decide(slow.request_id)
    world.say(requests.answer_more, third.request_id, POLICE)
    world.later(hours=1)
    world.decide(third.request_id)
    asked = world.ask_police()
    world.later(days=30)
    with world.store.reading() as session:
        homes, police = requests.reply_times(session, PARTNERSHIP, world.store.clock.today())
    assert (homes.supplier, homes.answered, homes.asked, homes.waiting, homes.overdue) == ("model-homes", 3, 4, 1, 1)
    assert homes.median_hours == 3.0  # of 2, 6 and 7 less 4
    assert (police.answered, police.asked, police.median_hours) == (0, 1, None)
    assert {waiting.status, asked.status} == {RequestStatus.WAITING}
