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

from portal.forms import AccordForm
from protocols.actions import Action, Event
from protocols.actor import ANONYMOUS, Actor
from protocols.roles import ANYBODY
from sharing import access
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
        self.leads_to = ""

    @contextmanager
    def unit(self, form: AccordForm | None = None) -> Iterator[Unit]:
        """Open the unit of work for this actor.

        With a form, the same sending does its work once: a second one is led to where the first one led (`sent_to`), and one
        with the same key and another body is refused. The key's row is written in the same transaction as the effect.
        """
        claim = self._claim(form)
        with self.store.unit(self.actor) as unit:
            replay = access.once(unit, claim) if claim else None
            if replay is not None:
                raise SentBeforeError(replay.location)
            yield unit
            if claim:
                access.keep_outcome(unit, claim, 302, self.leads_to)

    def _claim(self, form: AccordForm | None) -> access.Claim | None:
        if form is None:
            return None
        scope = f"{self.actor.user_id}:{request.endpoint}:{request.path}"
        return access.Claim(scope, form.text("idempotency_key"), form.body_digest)

    def done(self, endpoint: str, **values: Any) -> ResponseReturnValue:  # noqa: ANN401  what url_for takes
        """Lead the browser on. Called inside the unit, so that a second sending is led there too."""
        self.leads_to = url_for(endpoint, **values)
        return redirect(self.leads_to)

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


class SentBeforeError(Exception):
    """The same form was sent before: go where the first sending led."""

    def __init__(self, location: str) -> None:
        """Keep where it led."""
        super().__init__("sent before")
        self.location = location


def desk() -> Desk:
    """The desk of this request; made when it is first asked for, for a form can be refused before any view is near."""
    if "desk" not in g:
        actor: Actor = getattr(current_user, "actor", ANONYMOUS)
        g.desk = Desk(current_app.extensions["accord.store"], actor)
    return cast("Desk", g.desk)


def guard(app: Flask) -> None:
    """Put the desk before every view."""

    @app.before_request
    def _open() -> ResponseReturnValue | None:
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
