"""This module knows how the commands about protocols read what they are given: a text, a world, cases."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from protocols import terms


class UnreadableError(Exception):
    """Something that was given cannot be read. The message says what, and where."""


def protocol(path: str) -> terms.Protocol:
    """The protocol that a TOML file holds. Raises UnreadableError, or TermsError with everything that is wrong in it."""
    return terms.load(text(path))


def text(path: str) -> str:
    """The text of a file. Raises UnreadableError unless it is UTF-8."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{path} is not UTF-8 text: byte {error.start}") from error


def json_object(path: str) -> dict[str, Any]:
    """The one JSON object that a file holds. Raises UnreadableError."""
    try:
        value = json.loads(text(path))
    except ValueError as error:
        raise UnreadableError(f"{path} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise UnreadableError(f"{path} has to hold one JSON object")
    return value


@contextmanager
def opened(path: str) -> Iterator[IO[str]]:
    """A file of lines; - is standard input."""
    if path == "-":
        yield sys.stdin
        return
    with Path(path).open(encoding="utf-8") as lines:
        yield lines
