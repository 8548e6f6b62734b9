"""This module knows how to read JSON strictly: whatever is wrong is an error that names its place, never a default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from protocols import moments
from protocols.moments import EARLIEST, LATEST, Instant

T = TypeVar("T")


class WrongInputError(ValueError):
    """A world or a case cannot be read. `path` is a JSON path such as `$.protocols[0].lines[2].fields`."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Span:
    """A validity, half-open: `start <= t < end`."""

    start: Instant = EARLIEST
    end: Instant = LATEST

    def __contains__(self, instant: Instant) -> bool:
        """Whether the validity covers the instant."""
        return self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Table:
    """One JSON object with its place. Asking for a key reads and checks it."""

    path: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, value: object, path: str, keys: Iterable[str] | None) -> Table:
        """Take an object that may have only these keys (None: any)."""
        if not isinstance(value, Mapping):
            raise WrongInputError(path, f"an object is wanted, not {_kind(value)}")
        if keys is not None:
            for key in value:
                if key not in keys:
                    raise WrongInputError(f"{path}.{key}", "no such key; known are " + ", ".join(sorted(keys)))
        return cls(path, value)

    def at(self, key: str) -> str:
        """The place of a key."""
        return f"{self.path}.{key}"

    def has(self, key: str) -> bool:
        """Whether the key is there and not null."""
        return self.values.get(key) is not None

    def wrong(self, key: str, message: str) -> WrongInputError:
        """An error at this key."""
        return WrongInputError(self.at(key), message)

    def text(self, key: str, among: Iterable[str] | None = None) -> str:
        """A string that must be there, one of `among` if given."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value:
            raise self.wrong(key, "missing" if value is None else f"a text is wanted, not {_kind(value)}")
        if among is not None and value not in among:
            raise self.wrong(key, f"“{value}” is not one of " + ", ".join(among))
        return value

    def text_or(self, key: str, default: str, among: Iterable[str] | None = None) -> str:
        """A string, or the default where it is absent."""
        return self.text(key, among) if self.has(key) else default

    def maybe_text(self, key: str) -> str | None:
        """A string, or None where it is absent."""
        return self.text(key) if self.has(key) else None

    def texts(
        self, key: str, default: Sequence[str] | None = (), among: Iterable[str] | None = None
    ) -> tuple[str, ...]:
        """A list of strings; `default` None means that it must be there."""
        if not self.has(key):
            if default is None:
                raise self.wrong(key, "missing")
            return tuple(default)
        found = []
        for place, value in enumerate(_list(self.values[key], self.at(key))):
            if not isinstance(value, str) or not value:
                raise WrongInputError(f"{self.at(key)}[{place}]", f"a text is wanted, not {_kind(value)}")
            if among is not None and value not in among:
                raise WrongInputError(f"{self.at(key)}[{place}]", f"“{value}” is not one of " + ", ".join(among))
            found.append(value)
        return tuple(found)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """A boolean."""
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.wrong(key, f"true or false is wanted, not {_kind(value)}")
        return value

    def whole(self, key: str, default: int | None, least: int) -> int:
        """A whole number, at least `least`; `default` None means that it must be there."""
        value = self.values.get(key)
        if value is None:
            if default is None:
                raise self.wrong(key, "missing")
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.wrong(key, f"a whole number of at least {least} is wanted")
        return value

    def when(self, key: str) -> Instant:
        """A day or moment that must be there."""
        return instant_at(self.values.get(key), self.at(key))

    def when_or(self, key: str, default: Instant) -> Instant:
        """A day or moment, or the default where it is absent."""
        return self.when(key) if self.has(key) else default

    def span(self, start: str = "from", end: str = "to") -> Span:
        """The validity under two keys."""
        return Span(self.when_or(start, EARLIEST), self.when_or(end, LATEST))

    def rows(self, key: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        """A list, each element read by `read(value, path)`."""
        if not self.has(key):
            return ()
        place = self.at(key)
        return tuple(read(value, f"{place}[{n}]") for n, value in enumerate(_list(self.values[key], place)))

    def named(self, key: str, read: Callable[[object, str, str], T]) -> dict[str, T]:
        """An object used as a dictionary, each value read by `read(value, path, name)`."""
        if not self.has(key):
            return {}
        inner = Table.of(self.values[key], self.at(key), None)
        return {name: read(value, f"{inner.path}[{name!r}]", name) for name, value in inner.values.items()}


def instant_at(value: object, path: str) -> Instant:
    """Read a day or a moment; dates and datetimes of a TOML file are taken as they come."""
    if value is None:
        raise WrongInputError(path, "missing")
    text = value if isinstance(value, str) else getattr(value, "isoformat", lambda: "")()
    try:
        return moments.parse(text)
    except (ValueError, OverflowError) as error:
        raise WrongInputError(
            path, f"“{value}” is not a day (YYYY-MM-DD) or a moment with an offset: {error}"
        ) from error


def _list(value: object, path: str) -> Sequence[object]:
    if isinstance(value, list | tuple):
        return value
    raise WrongInputError(path, f"a list is wanted, not {_kind(value)}")


def _kind(value: object) -> str:
    names = {
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        dict: "an object",
        list: "a list",
    }
    return "null" if value is None else names.get(type(value), type(value).__name__)
