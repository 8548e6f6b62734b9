"""This module knows what happens before a page runs: who asks, which action the page declares, and whether they may.

Default deny: a view that declares no action is refused before it runs. A denial of somebody signed in is a ledger entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import Forbidden

from protocols.actions import Action, Event
from protocols.actor import ANONYMOUS, Actor
from protocols.roles import ANYBODY
from sharing.store import Session, Store, Unit

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True)
class Declared:
    """What a view says of itself: its action, and whether it asks for a sign-in of the last fifteen minutes."""

    action: Action
    fresh: bool = False


def declare(action: Action, *, fresh: bool = False) -> Callable[[View], View]:
    """Declare the action of a view. Put it right above the function, below the route."""

    def mark(view: View) -> View:
        view.accord = Declared(action, fresh)  # type: ignore[attr-defined]
        return view

    return mark


def declared(app: Flask, endpoint: str | None) -> Declared | None:
    """The declaration of an endpoint, or None."""
    return getattr(app.view_functions.get(endpoint or ""), "accord", None)


class Desk:
    """One request's place at the counter: the actor, and the ways to the record."""

    def __init__(self, store: Store, actor: Actor) -> None:
        """Keep the opened record and whoever asks."""
        self.store = store
        self.actor = actor

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open the unit of work for this actor."""
        with self.store.unit(self.actor) as unit:
            yield unit

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a reading session."""
        with self.store.reading() as session:
            yield session

    @property
    def partnership(self) -> str:
        """The partnership of the actor's post. Raises Forbidden for somebody without one."""
        if self.actor.partnership is None:
            raise Forbidden
        return self.actor.partnership

    @property
    def organisation(self) -> str:
        """The organisation of the actor's post. Raises Forbidden for somebody without one."""
        if self.actor.organisation is None:
            raise Forbidden
        return self.actor.organisation

    def may(self, action: Action) -> bool:
        """Whether the actor's roles hold the action: for showing or hiding a link, never instead of asking."""
        return action in self.actor.actions

    def record_denial(self, rule: str) -> None:
        """Write the denied attempt of somebody signed in to the ledger, as an entry of its own."""
        if self.actor.user_id is None:
            return
        with self.unit() as unit:
            unit.record(
                Event.DENIED, facts={"endpoint": request.endpoint or "", "method": request.method, "rule": rule}
            )


def desk() -> Desk:
    """The desk of this request."""
    return cast("Desk", g.desk)


def guard(app: Flask) -> None:
    """Put the desk before every view."""

    @app.before_request
    def _open() -> ResponseReturnValue | None:
        actor: Actor = getattr(current_user, "actor", ANONYMOUS)
        g.desk = Desk(current_app.extensions["accord.store"], actor)
        if request.endpoint in (None, "static"):
            return None  # no such page (404), or a built asset
        return _check(declared(app, request.endpoint))


def _check(wanted: Declared | None) -> ResponseReturnValue | None:
    actor = desk().actor
    if wanted is None:
        desk().record_denial("undeclared")
        raise Forbidden
    if wanted.action in ANYBODY:
        return None
    if actor.user_id is None:
        # Only a page that was asked for, never a form that was sent, is worth coming back to.
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("account.sign_in", next=back))
    if wanted.action not in actor.actions:
        desk().record_denial("role")
        raise Forbidden
    if wanted.fresh and not current_user.is_fresh:
        return redirect(url_for("account.ask_confirmation", next=request.full_path.rstrip("?")))
    return None


def context() -> dict[str, Any]:
    """What every template may use of the desk."""
    return {"may": lambda action: desk().may(Action(action))}
