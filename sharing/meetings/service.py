"""This module knows the tasking room's commands, gathered from where each is kept."""

from sharing.meetings.series import (
    RecordAttendance,
    SetUpSeries,
    accept_confidentiality,
    agree_minutes,
    prepare_agenda,
    record_attendance,
    set_up_series,
)
from sharing.meetings.tasking import (
    FinishAction,
    SetAction,
    accept_action,
    decline_action,
    finish_action,
    roll_over_actions,
    set_action,
    verify_action,
)

__all__ = [
    "FinishAction",
    "RecordAttendance",
    "SetAction",
    "SetUpSeries",
    "accept_action",
    "accept_confidentiality",
    "agree_minutes",
    "decline_action",
    "finish_action",
    "prepare_agenda",
    "record_attendance",
    "roll_over_actions",
    "set_action",
    "set_up_series",
    "verify_action",
]
