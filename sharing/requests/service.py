"""This module knows the commands of requests, gathered from where each is kept."""

from sharing.requests.asking import Made, MakeRequest, make_request, mend_request
from sharing.requests.deciding import (
    Decided,
    DecideRequest,
    decide,
    decide_request,
    open_fields,
    view_release,
    view_request,
)
from sharing.requests.emergencies import (
    FINDINGS,
    AllowEmergency,
    CloseEmergency,
    allow_emergency,
    review_emergency,
    view_write_up,
    write_up_emergency,
)
from sharing.requests.loop import (
    Say,
    answer_more,
    ask_more,
    confirm_decision,
    escalate_request,
    view_message,
    withdraw_request,
)
from sharing.requests.pushes import DecidePush, MakePush, decide_push, make_push, view_push, view_push_words
from sharing.requests.results import RecordResult, StartMonitor, record_result
from sharing.requests.words import view_result, view_words

__all__ = [
    "FINDINGS",
    "AllowEmergency",
    "CloseEmergency",
    "DecidePush",
    "DecideRequest",
    "Decided",
    "Made",
    "MakePush",
    "MakeRequest",
    "RecordResult",
    "Say",
    "StartMonitor",
    "allow_emergency",
    "answer_more",
    "ask_more",
    "confirm_decision",
    "decide",
    "decide_push",
    "decide_request",
    "escalate_request",
    "make_push",
    "make_request",
    "mend_request",
    "open_fields",
    "record_result",
    "review_emergency",
    "view_message",
    "view_push",
    "view_push_words",
    "view_release",
    "view_request",
    "view_result",
    "view_words",
    "view_write_up",
    "withdraw_request",
    "write_up_emergency",
]
