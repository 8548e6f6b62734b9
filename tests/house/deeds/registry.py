"""This module knows what a deed is: one way in which a form succeeds, with the entries that it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask

from protocols.actions import Event
from tests.portal.conftest import Visitor

if TYPE_CHECKING:
    from tests.house.deeds.world import DeedWorld


@dataclass(frozen=True)
class Sending:
    """A form that is filled in and ready to go: whose browser, where to, what is in it."""

    visitor: Visitor
    to: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


Prepare = Callable[["DeedWorld"], Sending]


@dataclass(frozen=True)
class Deed:
    """One way in which a form succeeds; `prepare` makes everything that it needs and fills it in."""

    name: str
    route: str
    events: tuple[Event, ...]
    prepare: Prepare

    @property
    def entries(self) -> str:
        """The entries in words, as the access table has them; a repeated one stands as often as it is left."""
        return " + ".join(sorted(map(str, self.events))) or "none"


DEEDS: list[Deed] = []


def leaves(route: str, *events: Event) -> Callable[[Prepare], Prepare]:
    """Declare which entries a form leaves when it succeeds as the function fills it in."""

    def keep(prepare: Prepare) -> Prepare:
        DEEDS.append(Deed(prepare.__name__, route, events, prepare))
        return prepare

    return keep


class Watched:
    """Every answer of an application, as it left: what was asked, its status and its headers."""

    def __init__(self, app: Flask) -> None:
        """Stand between the application and whoever asks."""
        self._inner = app.wsgi_app
        self.answers: list[tuple[str, int, list[tuple[str, str]]]] = []
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Pass the answer on and keep what it began with."""

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            self.answers.append((asked, int(status[:3]), list(headers)))
            return start_response(status, headers, *rest)

        return self._inner(environ, start)
