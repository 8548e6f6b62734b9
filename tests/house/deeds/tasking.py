"""This module knows the forms of hotspots, meetings and actions."""

from __future__ import annotations

import re
from datetime import timedelta

from protocols.actions import Event
from sharing import meetings
from tests.house.deeds.partnership import COUNCIL, POLICE, PRIYA, TOM
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld
from tests.portal.conftest import TODAY
from tests.portal.coordinator_world import QUARTER, day, fields_of

SERIES = {
    "kind": "JOG",
    "title": "Joint Operations Group",
    "chair": "Partnership inspector",
    "place": "Town hall",
    "cycle_days": "",
    "top_n": "20",
    "marking": "OFFICIAL",
    **day("first_on", TODAY),
    **day("until", TODAY + timedelta(days=42)),
}
LATER = day("due_on", TODAY + timedelta(days=14))


# --- hotspots --------------------------------------------------------------------------------------


@leaves("/coordinator/hotspots/draft", Event.HOTSPOTS_PUBLISHED)
def a_list_is_published(world: DeedWorld) -> Sending:
    path, query = "/coordinator/hotspots/draft", {"period": str(QUARTER)}
    fields = fields_of(world.as_(PRIYA).get(path, query_string=query).text)
    return Sending(world.as_(PRIYA), path, {**fields, "replace_reason": "A late return came"}, query=query)


@leaves("/coordinator/hotspots/<uuid:hotspot_id>/lead", Event.LEAD_OFFICER_NAMED)
def a_lead_is_named(world: DeedWorld) -> Sending:
    path = f"/coordinator/hotspots/{world.ids['hotspot_id']}/lead"
    page = world.as_(PRIYA).get(path).text
    before = fields_of(page)["before"]
    people = re.search(r'name="officer".*?</select>', page, re.DOTALL)
    assert people
    other = next(one for one in re.findall(r'<option value="([0-9a-f-]{36})"', people.group(0)) if one != before)
    return Sending(world.as_(PRIYA), path, {"officer": other, "before": before})


@leaves("/coordinator/hotspots/nominate", Event.HOTSPOT_NOMINATED)
def a_place_is_nominated(world: DeedWorld) -> Sending:
    year, quarter = divmod(world.number(), 4)
    period = f"{2027 + year}-Q{quarter + 1}"  # two places of one list must not overlap
    fields = {"place": "538200 188900", "name": "Marsh Farm shops", "period": period, "came_from": "officer"}
    return Sending(world.as_(TOM), "/coordinator/hotspots/nominate", fields)


# --- meetings --------------------------------------------------------------------------------------


@leaves("/coordinator/meetings/series/new", Event.SERIES_SET_UP)
def a_series_is_set_up(world: DeedWorld) -> Sending:
    return Sending(world.as_(PRIYA), "/coordinator/meetings/series/new", {**SERIES, "code": f"N{world.number()}"})


@leaves("/coordinator/meetings/series/<code>", Event.SERIES_SET_UP)
def a_series_is_changed(world: DeedWorld) -> Sending:
    with world.store.reading() as session:
        code = meetings.meeting(session, "waltham-forest", world.meeting()).series_code
    path = f"/coordinator/meetings/series/{code}"
    return Sending(world.as_(PRIYA), path, {**fields_of(world.as_(PRIYA).get(path).text), "cycle_days": "21"})


@leaves("/coordinator/meetings/<uuid:meeting_id>/agenda", Event.AGENDA_PREPARED)
def an_agenda_is_prepared(world: DeedWorld) -> Sending:
    return Sending(world.as_(PRIYA), f"/coordinator/meetings/{world.meeting()}/agenda")


@leaves("/coordinator/meetings/<uuid:meeting_id>/attendance", Event.ATTENDANCE_RECORDED)
def attendance_is_recorded(world: DeedWorld) -> Sending:
    path = f"/coordinator/meetings/{world.meeting()}/attendance"
    page = world.as_(PRIYA).get(path).text
    tom = re.search(r'<label[^>]*for="(p-[0-9a-f-]+)">Sergeant Tom Hale', page)
    assert tom
    return Sending(world.as_(PRIYA), path, {**fields_of(page), tom.group(1): "present"})


@leaves("/coordinator/meetings/<uuid:meeting_id>/confidentiality", Event.CONFIDENTIALITY_ACCEPTED)
def the_statement_is_accepted(world: DeedWorld) -> Sending:
    return Sending(world.as_(TOM), f"/coordinator/meetings/{world.meeting()}/confidentiality")


@leaves("/coordinator/meetings/<uuid:meeting_id>/minutes", Event.DRAFT_SAVED)
def minutes_are_kept(world: DeedWorld) -> Sending:
    path = f"/coordinator/meetings/{world.meeting()}/minutes"
    return Sending(world.as_(PRIYA), path, {**fields_of(world.as_(PRIYA).get(path).text), "step": "keep"})


@leaves("/coordinator/meetings/<uuid:meeting_id>/minutes", Event.MINUTES_AGREED)
def minutes_are_agreed(world: DeedWorld) -> Sending:
    kept = minutes_are_kept(world)
    return Sending(kept.visitor, kept.to, {**kept.fields, "step": "agree"})


@leaves("/coordinator/meetings/<uuid:meeting_id>/move", Event.MEETING_MOVED)
def a_meeting_is_moved(world: DeedWorld) -> Sending:
    path = f"/coordinator/meetings/{world.meeting()}/move"
    version = fields_of(world.as_(PRIYA).get(path).text)["version"]
    fields = {"place": "Library", "version": version, **day("held_on", TODAY + timedelta(days=1))}
    return Sending(world.as_(PRIYA), path, fields)


# --- actions ---------------------------------------------------------------------------------------


@leaves("/coordinator/meetings/<uuid:meeting_id>/actions", Event.ACTION_SET)
def an_action_is_set(world: DeedWorld) -> Sending:
    fields = {"what": "Patrol the shops from 6pm", "owner": POLICE, "kind": "patrol", "hotspot": "", **LATER}
    return Sending(world.as_(PRIYA), f"/coordinator/meetings/{world.meeting()}/actions", fields)


@leaves("/coordinator/meetings/<uuid:meeting_id>/roll-over", Event.ACTION_ROLLED_OVER)
def what_is_unfinished_is_carried_over(world: DeedWorld) -> Sending:
    action = world.action(due=1)
    with world.store.reading() as session:
        series = meetings.action(session, "waltham-forest", action)
        assert series
        held = meetings.meeting(session, "waltham-forest", series.meeting_id)
        second = next(
            m
            for m in meetings.meetings_of(session, "waltham-forest")
            if m.series_id == held.series_id and m.number == 2
        )
    fields = {"reason": "No patrol car", **day("due_on", TODAY + timedelta(days=28))}
    return Sending(world.as_(PRIYA), f"/coordinator/meetings/{second.id}/roll-over", fields)


@leaves("/coordinator/actions/<uuid:action_id>/funding", Event.ACTION_FUNDED)
def a_bid_is_recorded(world: DeedWorld) -> Sending:
    action = world.action(owner=COUNCIL, kind="design")
    fields = {
        "extra_bid_pounds": "4,200",
        "extra_source": "Community safety fund",
        "extra_decision": "",
        "extra_works_on": "",
        "version": "1",
    }
    return Sending(world.as_(PRIYA), f"/coordinator/actions/{action}/funding", fields)


@leaves("/officer/actions/<uuid:action_id>/accept", Event.ACTION_ACCEPTED)
def an_action_is_accepted(world: DeedWorld) -> Sending:
    return Sending(world.as_(TOM), f"/officer/actions/{world.action()}/accept", {"answer": "accept", "version": "1"})


@leaves("/officer/actions/<uuid:action_id>/accept", Event.ACTION_DECLINED)
def an_action_is_declined(world: DeedWorld) -> Sending:
    fields = {"answer": "decline", "reason": "No officers that week", "version": "1"}
    return Sending(world.as_(TOM), f"/officer/actions/{world.action()}/accept", fields)


@leaves("/officer/actions/<uuid:action_id>/finish", Event.ACTION_FINISHED)
def an_action_is_finished(world: DeedWorld) -> Sending:
    action = world.action()
    with world.unit(TOM) as unit:
        meetings.accept_action(unit, action, 1)
    fields = {"outcome": "The light is fitted", "version": "2"}
    return Sending(world.as_(TOM), f"/officer/actions/{action}/finish", fields)


@leaves("/officer/actions/<uuid:action_id>/verify", Event.ACTION_VERIFIED)
def an_action_is_verified_by_another_agency(world: DeedWorld) -> Sending:
    action = world.action(kind="communication", done=True)
    return Sending(world.as_(PRIYA), f"/officer/actions/{action}/verify", {"version": "3"})
