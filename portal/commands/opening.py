"""This module knows how a command opens the record, and how it prints a result."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from portal.config import Settings, read_settings
from protocols.actor import Actor
from sharing.store import Store


def settings() -> Settings:
    """The settings of this process."""
    return read_settings(os.environ)


@contextmanager
def opened() -> Iterator[Store]:
    """Open the record for a command. Raises UnreachableError when it cannot be had."""
    store = Store.open(settings().store)
    try:
        _ = store.installation  # says "run accord init" now, not halfway through
        yield store
    finally:
        store.close()


def operator(partnership: str | None = None) -> Actor:
    """Whoever sits at the machine: recorded by login name, holding no role."""
    return Actor(operator=getpass.getuser(), partnership=partnership)


def show(result: Any, *, as_json: bool, lines: Sequence[str] | None = None) -> None:  # noqa: ANN401  whatever JSON can hold
    """Print a result: as JSON, or as the given lines, or as `name: value` lines."""
    if as_json:
        json.dump(result, sys.stdout, indent=2, default=str, ensure_ascii=False)
        print()
        return
    for line in lines if lines is not None else _plain(result):
        print(line)


def _plain(result: Any) -> Iterator[str]:  # noqa: ANN401  whatever JSON can hold
    if isinstance(result, Mapping):
        yield from (f"{name}: {value}" for name, value in result.items())
    elif isinstance(result, list):
        yield from (str(item) for item in result)
    else:
        yield str(result)
