"""This module knows how the story's meetings are held: series, agenda, attendance, actions and what becomes of them, minutes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from portal.demo.programme import Programme
from portal.demo.stage import Stage
from sharing import hotspots, meetings
from sharing.errors import NotFoundError
from sharing.meetings import (
    ActionFilter,
    ActionLine,
    ActionView,
    Attendee,
    FinishAction,
    MeetingView,
    Presence,
    RecordAttendance,
    SetAction,
    SetUpSeries,
)

_AGENDA_BEFORE = timedelta(days=3)
_MINUTES_AFTER = timedelta(days=2)


def plan_meetings(stage: Stage, programme: Programme, story: Mapping[str, Any]) -> None:
    """Add the series, then each meeting of the story in its parts, then what becomes of its actions."""
    coordinator = story["coordinator"]
    for series in story["series"]:
        programme.add(series["set_up_on"], "meetings and actions", lambda s=series: _set_up(stage, coordinator, s))  # type: ignore[misc]
    for held in story["meeting"]:
        _plan_meeting(stage, programme, coordinator, held)


def _plan_meeting(stage: Stage, programme: Programme, coordinator: str, held: Mapping[str, Any]) -> None:
    on = held["held_on"]
    parts: list[tuple[timedelta, Callable[[Stage, str, Mapping[str, Any]], None]]] = [(-_AGENDA_BEFORE, _prepare)]
    if "present" in held:
        parts += [(timedelta(), _hold), (_MINUTES_AFTER, _minute)]
    for later, part in parts:
        programme.add(
            held.get("prepared_on", on + later) if part is _prepare else on + later,
            "meetings and actions",
            lambda p=part: p(stage, coordinator, held),  # type: ignore[misc]
        )
    for number, action in enumerate(held.get("action", []), 1):
        for move in action.get("then", []):
            programme.add(
                move["on"],
                "meetings and actions",
                lambda n=number, a=action, m=move: _move(stage, held, n, a, m),  # type: ignore[misc]
            )


def _set_up(stage: Stage, coordinator: str, series: Mapping[str, Any]) -> None:
    facts = {name: value for name, value in series.items() if name != "set_up_on"}
    with stage.by(coordinator) as unit:
        meetings.set_up_series(unit, SetUpSeries(**facts))


def found_meeting(stage: Stage, held: Mapping[str, Any]) -> MeetingView:
    """The meeting of a series on a day. Raises NotFoundError where the story has a day that the series has not."""
    with stage.reading() as session:
        series = meetings.series_by_code(session, stage.partnership, held["series"], stage.today)
        for found in meetings.meetings_of(session, stage.partnership, series.id):
            if found.held_on == held["held_on"]:
                return found
    raise NotFoundError(f"{held['series']} does not meet on {held['held_on']}.")


def _prepare(stage: Stage, coordinator: str, held: Mapping[str, Any]) -> None:
    found = found_meeting(stage, held)
    with stage.reading() as session:
        agenda = meetings.compute_agenda(session, stage.store.clock, stage.partnership, found.id)
    with stage.by(coordinator) as unit:
        meetings.prepare_agenda(unit, found.id, agenda)


def _hold(stage: Stage, coordinator: str, held: Mapping[str, Any]) -> None:
    found = found_meeting(stage, held)
    for email in held["present"]:
        with stage.by(email) as unit:
            meetings.accept_confidentiality(unit, found.id)
    came = [(stage.officer_id(email), Presence.PRESENT) for email in held["present"]]
    came += [(stage.officer_id(email), Presence.APOLOGIES) for email in held.get("apologies", [])]
    with stage.by(coordinator) as unit:
        meetings.record_attendance(unit, RecordAttendance(found.id, tuple(came)))
    for action in held.get("action", []):
        with stage.by(coordinator) as unit:
            meetings.set_action(unit, _action_of(stage, found.id, action))
    if "rolled_over" in held:
        with stage.by(coordinator) as unit:
            meetings.roll_over_actions(unit, found.id, held["rolled_over"]["due_on"], held["rolled_over"]["reason"])


def _action_of(stage: Stage, meeting_id: uuid.UUID, action: Mapping[str, Any]) -> SetAction:
    hotspot_id, text = None, action["text"]
    if "rank" in action:
        with stage.reading() as session:
            spot = hotspots.published_list(session, stage.partnership).entries[action["rank"] - 1]
        hotspot_id, text = spot.id, text.replace("{place}", spot.name)
    officer = stage.officer_id(action["officer"], action["owner"]) if "officer" in action else None
    return SetAction(meeting_id, action["kind"], text, action["owner"], officer, action["due_on"], hotspot_id)


def _actions_set(stage: Stage, found: MeetingView) -> Sequence[ActionView]:
    with stage.reading() as session:
        listed = meetings.actions(session, stage.partnership, ActionFilter(series_id=found.series_id))
    return sorted((each for each in listed if each.meeting_id == found.id), key=lambda each: each.ref)


def _move(
    stage: Stage, held: Mapping[str, Any], number: int, action: Mapping[str, Any], move: Mapping[str, Any]
) -> None:
    """Accept, decline, finish, verify, or record what is known of a bid."""
    row = _actions_set(stage, found_meeting(stage, held))[number - 1]
    with stage.by(move["by"], move.get("organisation")) as unit:
        match move["do"]:
            case "accept":
                meetings.accept_action(unit, row.id, row.version, officer_id=row.owner_officer_id)
            case "decline":
                meetings.decline_action(unit, row.id, row.version, move["words"])
            case "finish":
                meetings.finish_action(unit, FinishAction(row.id, row.version, move["words"], move.get("extra", {})))
            case "fund":
                meetings.fund_action(unit, meetings.FundAction(row.id, row.version, move["extra"]))
            case "verify":
                meetings.verify_action(unit, row.id, row.version)
            case other:
                raise ValueError(f"{other} cannot be done to an action: {action['text']}")


def _minute(stage: Stage, coordinator: str, held: Mapping[str, Any]) -> None:
    """Agree the minutes: the draft that the portal makes, and what was said."""
    found = found_meeting(stage, held)
    with stage.reading() as session:
        agenda = meetings.compute_agenda(session, stage.store.clock, stage.partnership, found.id)
    people = [Attendee(*_named(stage, email), Presence.PRESENT, accepted=True) for email in held["present"]]
    people += [
        Attendee(*_named(stage, email), Presence.APOLOGIES, accepted=False) for email in held.get("apologies", [])
    ]
    lines = [
        ActionLine(each.ref, each.text, each.owner_organisation, each.due_on) for each in _actions_set(stage, found)
    ]
    draft = meetings.draft_minutes(found.series_title, found.held_on, agenda[:1], people, lines)
    said = "\n".join(f"- {line}" for line in held["said"])
    with stage.by(coordinator) as unit:
        meetings.agree_minutes(unit, found.id, f"{draft}\n\n3. What was said\n{said}", found.version)


def _named(stage: Stage, email: str) -> tuple[str, str]:
    officer = stage.officer(email)
    return officer.name, officer.organisation
