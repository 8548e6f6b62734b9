"""This module knows the kinds of joint visit, what may come of one, and when its entry is late."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

LATE = timedelta(hours=24)
POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b")


@cache
def _table() -> dict[str, list[dict[str, str]]]:
    return tomllib.loads((resources.files("protocols") / "data" / "visit-kinds.toml").read_text())


def visit_kinds() -> Mapping[str, str]:
    """Kinds of visit: code to label."""
    return {row["code"]: row["label"] for row in _table()["kind"]}


def visit_outcomes() -> Mapping[str, str]:
    """What may come of a visit: code to label."""
    return {row["code"]: row["label"] for row in _table()["outcome"]}


def is_late(visited_at: datetime, logged_at: datetime) -> bool:
    """Whether a visit was logged more than 24 hours after it was made."""
    return logged_at - visited_at > LATE


def area_of(place: str) -> str:
    """The only part of a place that may stand in clear: the outward part of its postcode, if it has one."""
    found = POSTCODE.search(place.upper())
    return found.group(1) if found else ""
