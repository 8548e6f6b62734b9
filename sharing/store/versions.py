"""This module knows how an edit of something that has changed meanwhile is refused."""

from __future__ import annotations

from sharing.errors import StaleError


def refuse_older(stored: int, seen: int) -> None:
    """Raise StaleError unless the row still has the version that the editor saw."""
    if stored != seen:
        raise StaleError("Somebody else changed this while you were working on it. Nothing was stored.")
