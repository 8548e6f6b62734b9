"""This module knows how progress is told: on stderr, because stdout belongs to the result."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Say one line of progress."""
    sys.stderr.write(f"accord demo: {text}\n")
    sys.stderr.flush()
