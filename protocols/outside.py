"""This module knows the people outside whom an officer may want to tell something, and what can be said to them instead."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class OutsideKind:
    """A kind of recipient that is no member: its title, what to do instead (by topic where that differs), and the source."""

    code: str
    title: str
    instead: str
    topics: Mapping[str, str]
    source: str

    def alternative(self, topic: str) -> str:
        """What can be said or done instead, when it is about this."""
        return self.topics.get(topic, self.instead)


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((resources.files("protocols") / "data" / "outside.toml").read_text("utf-8"))


@cache
def outside_kinds() -> Mapping[str, OutsideKind]:
    """Every kind of recipient outside, by code."""
    return {
        code: OutsideKind(code, row["title"], row["instead"], dict(row.get("topics", {})), row["source"])
        for code, row in _data()["kinds"].items()
    }


def topics() -> Mapping[str, str]:
    """What it can be about: code to words."""
    return dict(_data()["topics"])
