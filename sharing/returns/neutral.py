"""This module knows how a cell leaves so that no spreadsheet program runs it (CWE-1236)."""

from __future__ import annotations

_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters that some program takes for a formula or a command; the last four are the full-width forms."""


def neutral(value: object) -> str:
    """The value as text that stays text: an apostrophe goes before whatever a program could take for a formula.

    Numbers go out as they are; text that looks like a negative number is text and is made harmless too.
    """
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, int | float):
        return text
    bare = text.lstrip(" \u00a0\u200b\ufeff\"'")
    return f"'{text}" if bare.startswith(_LIVE) or text.startswith(_LIVE) else text
