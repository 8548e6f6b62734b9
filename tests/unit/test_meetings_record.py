"""Series and meetings in the record: dated, changed without touching what was held, prepared, attended, minuted."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from meetings_world import COUNCIL, HERE, LANDLORD, POLICE, World, people

from sharing import meetings
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, StaleError
from sharing.meetings import FundAction, MoveMeeting, Presence, RecordAttendance
from sharing.store import Store


@pytest.fixture
def world(store: Store) -> World:
    return people(store)


def gaps(world: World) -> set[int]:
    days = world.days()
    return {(b - a).days for a, b in pairwise(days)}


def test_setting_up_a_joint_operations_group_dates_its_meetings_fourteen_days_apart(world: World):
    series = world.set_up(ahead=84)
    assert (series.cycle_days, series.meetings, gaps(world)) == (14, 7, {14})
    assert series.next_on == world.today
    assert [held.number for held in world.meetings()] == list(range(1, 8))
    assert [held.next_on for held in world.meetings()] == [*world.days()[1:], None]


def test_changing_the_cycle_moves_only_the_meetings_to_come(world: World):
    series = world.set_up(back=28)
    before = world.meetings()
    changed = world.set_up(first_on=world.today + timedelta(days=7), cycle_days=28, version=series.version)
    after = world.meetings()
    held = [m for m in before if m.held_on < world.today]
    assert after[: len(held)] == [*held[:-1], after[len(held) - 1]]
    assert after[len(held) - 1].id == held[-1].id
    assert [(m.held_on - world.today).days for m in after[len(held) :]] == [7, 35, 63]
    assert [m.number for m in after] == [1, 2, 3, 4, 5]
    assert changed.cycle_days == 28


def test_a_change_never_dates_a_meeting_into_the_past_nor_loses_what_is_kept_of_one(world: World):
    series = world.set_up(back=10)
    coming = next(m for m in world.meetings() if m.held_on > world.today)
    world.set_action(coming)
    world.set_up(back=10, cycle_days=3, version=series.version)
    kept = world.meetings()
    assert coming.id in {m.id for m in kept}
    assert not [m for m in kept if m.held_on < world.today and m.number > 1]


def test_a_series_is_changed_only_by_somebody_who_saw_how_it_stands(world: World):
    series = world.set_up()
    world.set_up(title="JOG north", version=series.version)
    with pytest.raises(StaleError):
        world.set_up(title="JOG south", version=series.version)
    with pytest.raises(InvalidError, match="already"):
        world.set_up()


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"code": "J O G"}, "code"),
        ({"kind": "NONE"}, "kind"),
        ({"title": " "}, "title"),
        ({"ahead": -1}, "until"),
        ({"ahead": 5000}, "until"),
        ({"cycle_days": 400}, "cycle_days"),
        ({"top_n": 0}, "top_n"),
        ({"marking": "SECRET"}, "marking"),
        ({"chair": "Mrs Quuxley, 12 Park Road"}, "chair"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused_where_it_does_not(world: World, wrong: dict[str, object], where: str):
    with pytest.raises(InvalidError) as caught:
        world.set_up(**wrong)
    assert {problem.where for problem in caught.value.problems} == {where}


def test_one_meeting_moves_between_its_neighbours_and_the_others_stay(world: World):
    world.set_up()
    second, third = world.meetings()[1:3]
    with world.store.unit(world.priya) as unit:
        meetings.move_meeting(
            unit, MoveMeeting(second.id, second.version, second.held_on + timedelta(days=1), "Town hall")
        )
    moved = world.meetings()[1]
    assert ((moved.held_on - second.held_on).days, moved.place) == (1, "Town hall")
    assert world.meetings()[2] == third
    with world.store.unit(world.priya) as unit, pytest.raises(StaleError):
        meetings.move_meeting(unit, MoveMeeting(second.id, second.version, second.held_on, ""))
    with world.store.unit(world.priya) as unit, pytest.raises(InvalidError, match="Meeting 3"):
        meetings.move_meeting(unit, MoveMeeting(second.id, moved.version, third.held_on, ""))


def test_nobody_but_the_co_ordinator_sets_up_prepares_or_minutes(world: World):
    world.set_up()
    held = world.meetings()[0]
    attempts = (
        lambda unit: meetings.prepare_agenda(unit, held.id, ()),
        lambda unit: meetings.agree_minutes(unit, held.id, "Text", held.version),
        lambda unit: meetings.record_attendance(unit, RecordAttendance(held.id, ())),
        lambda unit: meetings.move_meeting(unit, MoveMeeting(held.id, held.version, held.held_on, "")),
        lambda unit: meetings.roll_over_actions(unit, held.id, held.held_on, "late"),
    )
    for attempt in attempts:
        with world.store.unit(world.tom) as unit, pytest.raises(NotPermittedError):
            attempt(unit)


def test_an_agenda_is_computed_and_nothing_of_it_is_typed(world: World):
    world.set_up(back=14)
    first, second = world.meetings()[:2]
    world.set_action(first, due_on=first.held_on + timedelta(days=7))
    world.set_action(first, text="Clear the alley", kind="clean-up", owner_organisation=LANDLORD, owner_officer_id=None)
    agenda = world.agenda(second)
    (overdue,), (still_open,) = agenda["Actions overdue"].lines, agenda["Actions open"].lines
    assert overdue.text.startswith("JOG-1-1: Patrol the shops from 6pm (Sergeant Tom Hale, Metropolitan Police")
    assert overdue.contact == "020 7946 0201"
    assert still_open.text.startswith("JOG-1-2: Clear the alley (Ascham Homes;")
    assert agenda["Hotspots, each with its lead officer"].note == "No list is published."
    returns = agenda["Returns not in, and whom to ring"]
    assert [line.contact for line in returns.lines] == ["Aisha Begum, 020 7946 0301", "Jo Whitfield, 020 7946 0401"]
    assert "0 of 2 are in" in returns.note
    assert agenda["Requests that wait for a reply"].note == "No request waits."
    assert agenda["Any other business, next meeting"].note.startswith("Next meeting: ")


def test_done_and_declined_actions_come_back_to_the_meeting(world: World):
    world.set_up(back=14)
    first, second = world.meetings()[:2]
    done, declined = world.set_action(first), world.set_action(first, text="Move the bench")
    with world.store.unit(world.tom) as unit:
        meetings.accept_action(unit, done, 1)
        meetings.decline_action(unit, declined, 1, "It belongs to the council")
    with world.store.unit(world.tom) as unit:
        meetings.finish_action(unit, meetings.FinishAction(done, 2, "Patrolled", {"result": "Quiet"}))
    agenda = world.agenda(second)
    assert "JOG-1-1" in agenda["Actions done, to be verified by another agency"].lines[0].text
    assert "It belongs to the council" in agenda["Actions declined since the last meeting"].lines[0].text


def test_a_kept_agenda_stays_as_it_was_until_it_is_prepared_again(world: World):
    world.set_up(back=14)
    first, second = world.meetings()[:2]
    with world.store.unit(world.priya) as unit:
        agenda = meetings.compute_agenda(unit.session, unit.clock, HERE, second.id)
        meetings.prepare_agenda(unit, second.id, agenda)
    world.set_action(first)
    kept = world.meetings()[1]
    assert kept.agenda == agenda
    assert world.agenda(second)["Actions open"].lines


def test_who_came_is_recorded_and_nobody_accepts_confidentiality_for_another(world: World):
    world.set_up()
    held = world.meetings()[0]
    with world.store.unit(world.tom) as unit:
        meetings.accept_confidentiality(unit, held.id)
    with world.store.unit(world.priya) as unit:
        said = ((world.tom.officer_id, Presence.PRESENT), (world.aisha.officer_id, Presence.APOLOGIES))
        meetings.record_attendance(unit, RecordAttendance(held.id, said))
    with world.store.reading() as session:
        rows = {row.officer_id: row for row in meetings.attendance(session, HERE, held.id)}
    tom, aisha = rows[world.tom.officer_id], rows[world.aisha.officer_id]
    assert (tom.organisation, tom.state, tom.confidentiality_accepted_at is not None) == (POLICE, "present", True)
    assert (aisha.organisation, aisha.state, aisha.confidentiality_accepted_at) == (LANDLORD, "apologies", None)


def test_minutes_are_kept_agreed_once_and_then_stand(world: World):
    world.set_up()
    held = world.meetings()[0]
    with world.store.unit(world.priya) as unit:
        meetings.keep_minutes(unit, held.id, "Begun", held.version)
    with world.store.unit(world.priya) as unit:
        meetings.agree_minutes(unit, held.id, "Minutes\r\n1. Welcome", held.version + 1)
        facts = unit.recorded[-1].facts
    agreed = world.meetings()[0]
    assert (agreed.minutes, facts["characters"], len(facts["minutes_sha256"])) == ("Minutes\n1. Welcome", 18, 64)
    for change in (
        lambda unit: meetings.agree_minutes(unit, held.id, "Other", agreed.version),
        lambda unit: meetings.keep_minutes(unit, held.id, "Other", agreed.version),
        lambda unit: meetings.prepare_agenda(unit, held.id, ()),
    ):
        with world.store.unit(world.priya) as unit, pytest.raises(InvalidError, match="agreed"):
            change(unit)


def test_a_stale_edit_of_the_minutes_is_refused_and_the_other_s_text_stays(world: World):
    world.set_up()
    held = world.meetings()[0]
    with world.store.unit(world.priya) as unit:
        meetings.keep_minutes(unit, held.id, "Theirs", held.version)
    with world.store.unit(world.priya) as unit, pytest.raises(StaleError):
        meetings.agree_minutes(unit, held.id, "Mine", held.version)
    assert world.meetings()[0].minutes == "Theirs"


def test_minutes_and_actions_that_name_a_person_are_refused_and_staff_may_be_named(world: World):
    world.set_up()
    held = world.meetings()[0]
    with world.store.unit(world.priya) as unit, pytest.raises(InvalidError) as caught:
        meetings.agree_minutes(unit, held.id, "Sergeant Tom Hale reported.\nMrs Quuxley complained.", held.version)
    assert [problem.message for problem in caught.value.problems] == ["Line 2 seems to hold somebody’s name."]
    with pytest.raises(InvalidError, match="house or flat"):
        world.set_action(held, text="Board up 14 Mafeking Street")
    world.set_action(held, text="Sergeant Tom Hale walks the estate")


def test_an_action_is_owned_by_a_member_and_its_officer_in_post(world: World):
    world.set_up()
    held = world.meetings()[0]
    for wrong, where in (
        ({"owner_organisation": "nobody"}, "owner_organisation"),
        ({"owner_organisation": LANDLORD}, "owner_officer"),
        ({"hotspot_id": held.id}, "hotspot"),
        ({"due_on": held.held_on - timedelta(days=1)}, "due_on"),
        ({"kind": "magic"}, "kind"),
        ({"text": " "}, "text"),
    ):
        with pytest.raises(InvalidError) as caught:
            world.set_action(held, **wrong)
        assert where in {problem.where for problem in caught.value.problems}


def test_the_bid_for_a_fence_has_amount_source_decision_and_the_day_of_the_works(world: World):
    world.set_up()
    held = world.meetings()[0]
    fence = world.set_action(
        held, kind="design", text="Fence the close", owner_organisation=COUNCIL, owner_officer_id=None
    )
    with world.store.unit(world.priya) as unit:
        meetings.fund_action(unit, FundAction(fence, 1, {"bid_pounds": "4,200", "source": "Community safety fund"}))
    with world.store.unit(world.priya) as unit:
        meetings.fund_action(
            unit, FundAction(fence, 2, {"decision": "granted", "works_on": "2023-03-01", "bid_pounds": ""})
        )
    with world.store.reading() as session:
        found = meetings.action(session, HERE, fence)
    assert found.extra == {
        "bid_pounds": "4,200",
        "source": "Community safety fund",
        "decision": "granted",
        "works_on": "2023-03-01",
    }
    patrol = world.set_action(held)
    for command, error in (
        (FundAction(fence, 1, {"decision": "refused"}), StaleError),
        (FundAction(fence, 3, {"bid_pounds": "much"}), InvalidError),
        (FundAction(fence, 3, {}), InvalidError),
        (FundAction(patrol, 1, {"bid_pounds": "1"}), InvalidError),
    ):
        with world.store.unit(world.priya) as unit, pytest.raises(error):
            meetings.fund_action(unit, command)


def test_what_is_finished_keeps_the_bid_that_the_meeting_recorded(world: World):
    world.set_up()
    fence = world.set_action(world.meetings()[0], kind="design", text="Fence the close")
    with world.store.unit(world.priya) as unit:
        meetings.fund_action(unit, FundAction(fence, 1, {"bid_pounds": "4200"}))
    with world.store.unit(world.tom) as unit:
        meetings.accept_action(unit, fence, 2)
    with world.store.unit(world.tom) as unit:
        meetings.finish_action(unit, meetings.FinishAction(fence, 3, "Built", {"decision": "granted"}))
    with world.store.unit(world.aisha) as unit:
        meetings.verify_action(unit, fence, 4)
    with world.store.reading() as session:
        found = meetings.action(session, HERE, fence)
    assert (found.status, found.extra) == ("verified", {"bid_pounds": "4200", "decision": "granted"})


def test_what_is_unfinished_is_carried_over_and_the_third_time_reaches_the_strategy_group(world: World):
    world.set_up(back=42)
    held = world.meetings()
    ref = world.set_action(held[0], due_on=held[0].held_on + timedelta(days=1))
    for at in (1, 2, 3):
        with world.store.unit(world.priya) as unit:
            assert meetings.roll_over_actions(
                unit, held[at].id, held[at].held_on + timedelta(days=1), "No patrol car"
            ) == ["JOG-1-1"]
    with world.store.reading() as session:
        found = meetings.action(session, HERE, ref)
    assert (found.rollovers, found.escalated_to) == (3, "strategy group")
    for due_on, reason in ((held[3].held_on, "late"), (held[3].held_on + timedelta(days=9), " ")):
        with world.store.unit(world.priya) as unit, pytest.raises(InvalidError):
            meetings.roll_over_actions(unit, held[3].id, due_on, reason)


def test_a_meeting_is_found_by_its_series_and_day_or_it_is_the_next_one(world: World):
    world.set_up(back=14)
    with world.store.reading() as session:
        assert meetings.meeting_on(session, HERE, "JOG", world.today).held_on == world.today
        past = world.today - timedelta(days=14)
        assert meetings.meeting_on(session, HERE, "JOG", world.today, past).held_on == past
        far = world.today + timedelta(days=4000)
        assert meetings.meeting_on(session, HERE, "JOG", far).held_on == world.days()[-1]
        with pytest.raises(NotFoundError):
            meetings.meeting_on(session, HERE, "JOG", world.today, far)
        with pytest.raises(NotFoundError):
            meetings.series_by_code(session, HERE, "TJAG")
        with pytest.raises(NotFoundError):
            meetings.meeting(session, "another", world.meetings()[0].id)
