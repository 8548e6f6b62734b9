"""This module knows the commands of requests, gathered from where each is kept."""

from sharing.requests.asking import Made, MakeRequest, make_request, mend_request
from sharing.requests.deciding import DecideRequest, decide_request, view_release, view_request

__all__ = [
    "DecideRequest",
    "Made",
    "MakeRequest",
    "decide_request",
    "make_request",
    "mend_request",
    "view_release",
    "view_request",
]
