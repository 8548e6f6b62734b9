"""Requests for information, and the supplier's decisions on them."""

from sharing.requests.read import DecisionView, RequestView, as_it_would_be, decisions, request, requests_of
from sharing.requests.rules import OPEN, RequestStatus
from sharing.requests.service import (
    DecideRequest,
    Made,
    MakeRequest,
    decide_request,
    make_request,
    mend_request,
    view_release,
    view_request,
)

__all__ = [
    "OPEN",
    "DecideRequest",
    "DecisionView",
    "Made",
    "MakeRequest",
    "RequestStatus",
    "RequestView",
    "as_it_would_be",
    "decide_request",
    "decisions",
    "make_request",
    "mend_request",
    "request",
    "requests_of",
    "view_release",
    "view_request",
]
