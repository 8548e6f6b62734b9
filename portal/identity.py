"""This module knows who is signed in: it binds Flask-Login to the record's server-side sessions.

The cookie holds a random token and the form token, nothing else. Roles and post are read afresh at each request.
"""

from __future__ import annotations

from flask import Flask, Request, current_app, session
from flask_login import AnonymousUserMixin, LoginManager, UserMixin

from protocols.actor import ANONYMOUS, Actor
from sharing import access, partners
from sharing.partners import Identity, PostView
from sharing.store import Store

TOKEN = "token"  # noqa: S105  the cookie's name for it


class Person(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Somebody signed in, in the post that they act in."""

    def __init__(self, identity: Identity) -> None:
        """Keep what the record says of this request's session."""
        self.identity = identity
        self.actor: Actor = identity.actor
        self.is_fresh: bool = identity.signed_in.is_fresh
        self.posts: tuple[PostView, ...] = identity.posts
        self.post: PostView | None = identity.post

    @property
    def name(self) -> str:
        """What the page calls them: the name of the post's holder, or the address that they signed in with."""
        return self.post.name if self.post else self.identity.signed_in.email

    def get_id(self) -> str:
        """The account's id, as Flask-Login asks for it."""
        return str(self.actor.user_id)


class Nobody(AnonymousUserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Nobody is signed in."""

    actor = ANONYMOUS
    is_fresh = False
    posts: tuple[PostView, ...] = ()
    post = None


def identify(app: Flask) -> None:
    """Load the person of each request from the record's session table."""
    manager = LoginManager()
    manager.anonymous_user = Nobody
    manager.session_protection = None  # the server-side session has its own limits
    manager.request_loader(_load)
    manager.init_app(app)


def _load(_request: Request) -> Person | None:
    token = session.get(TOKEN)
    if not token:
        return None
    store: Store = current_app.extensions["accord.store"]
    with store.reading() as reading:
        identity = partners.identify(reading, store.clock, token)
    if identity is None:
        return None
    access.touch(store, identity.signed_in)
    return Person(identity)
