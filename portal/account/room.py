"""This module knows the blueprint that the account pages hang on, and where a sign-in may lead back to."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, request, session, url_for

from portal.identity import TOKEN

room = Blueprint("account", __name__)


def come_back() -> str:
    """The page that was asked for before signing in, if it is one of ours; else the first page."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc and "\\" not in wanted
    return wanted if ours and wanted.isprintable() else url_for("account.home")


def new_session(token: str | None) -> None:
    """Put a new token in the cookie and drop all else: a session id, and its form token, is never carried over a step."""
    session.clear()
    if token:
        session[TOKEN] = token


def network() -> str:
    """The address that the request came from, for the throttle."""
    return request.remote_addr or "unknown"
