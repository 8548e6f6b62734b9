"""This module knows the tasking room's commands, gathered from where each is kept."""

from sharing.meetings.running import (
    RecordAttendance,
    accept_confidentiality,
    agree_minutes,
    keep_minutes,
    prepare_agenda,
    record_attendance,
)
from sharing.meetings.series import MoveMeeting, SetUpSeries, move_meeting, set_up_series
from sharing.meetings.tasking import (
    FinishAction,
    FundAction,
    SetAction,
    accept_action,
    decline_action,
    finish_action,
    fund_action,
    roll_over_actions,
    set_action,
    verify_action,
)

__all__ = [
    "FinishAction",
    "FundAction",
    "MoveMeeting",
    "RecordAttendance",
    "SetAction",
    "SetUpSeries",
    "accept_action",
    "accept_confidentiality",
    "agree_minutes",
    "decline_action",
    "finish_action",
    "fund_action",
    "keep_minutes",
    "move_meeting",
    "prepare_agenda",
    "record_attendance",
    "roll_over_actions",
    "set_action",
    "set_up_series",
    "verify_action",
]
