"""This module knows how a past case is put to another day: as it was, but judged by the law, the texts and the people of then.

What was done for the case moves with it (the decision, the write-up of an emergency, earlier releases that it rests on, what was
consented to or ordered), by as much as the case itself: a decision of the day before stays one of the day before. What belongs
to the world does not move: the law, who had signed what, members, officers and their training, the end of the record's time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from protocols import moments
from protocols.moments import EPOCH

_HELD = ("consent", "order", "request")


def put(case: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The case (docs/schema/cases.schema.json) as it would have stood on a day, at the same hour in London.

    The day on which it happened gives the case as it was. ValueError for a case without a readable moment.
    """
    then = _moment(str(case["moment"])).astimezone(moments.LONDON)
    days = (day - then.date()).days
    if not days:
        return dict(case)

    def moved(text: object) -> object:
        return _moved(text, days) if isinstance(text, str) else text

    put_there = {**case, "moment": moved(case["moment"])}
    put_there |= {key: _with(case[key], ("from", "to"), moved) for key in _HELD if case.get(key)}
    if case.get("decision"):
        put_there["decision"] = _with(case["decision"], ("decided_at",), moved)
    if case.get("emergency"):
        put_there["emergency"] = _with(case["emergency"], ("written_up_at", "reviewed_at"), moved)
    if case.get("earlier_releases"):
        put_there["earlier_releases"] = [_with(each, ("day",), moved) for each in case["earlier_releases"]]
    return put_there


def _with(part: Mapping[str, Any], keys: tuple[str, ...], moved: Any) -> dict[str, Any]:  # noqa: ANN401  the function above
    return {key: moved(value) if key in keys else value for key, value in part.items()}


def _moment(text: str) -> datetime:
    return EPOCH + timedelta(microseconds=moments.parse(text))


def _moved(text: str, days: int) -> str:
    """A day, or a moment by the clock of London, so many days on: over a change of the clocks the hour stays."""
    if len(text) == len("2026-01-01"):
        return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
    local = _moment(text).astimezone(moments.LONDON).replace(tzinfo=None) + timedelta(days=days)
    return local.replace(tzinfo=moments.LONDON).isoformat()
