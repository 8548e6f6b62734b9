"""This module knows how each error becomes a page: once, here, in words that say what to do next and never what a field held."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.desk import SentBeforeError, desk
from sharing.errors import (
    AccordError,
    InvalidError,
    NotFoundError,
    NotPermittedError,
    StaleError,
    TamperedError,
    UnreachableError,
    UnrecordedError,
)

log = logging.getLogger(__name__)

INTERNAL = 500
STATUS: dict[type[AccordError], int] = {
    NotPermittedError: 403,
    NotFoundError: 404,
    StaleError: 409,
    InvalidError: 422,
    TamperedError: 500,
    UnrecordedError: 500,
    UnreachableError: 503,
}
TITLES = {
    400: "This form could not be read",
    403: "You cannot do this in your post",
    404: "There is nothing here",
    405: "This page cannot be used that way",
    409: "Somebody else changed this first",
    413: "The file is too large",
    422: "Something needs to be put right",
    429: "Too many tries",
    500: "Something is wrong on our side",
    503: "Accord cannot reach its records",
}


def page(status: int, message: str = "", *, problems: tuple[Any, ...] = ()) -> ResponseReturnValue:
    """Render the error page of a status; what was typed stays in the form, one step back."""
    title = TITLES.get(status, TITLES[500])
    # Typed values come back in the page of a refused form, so that nobody has to type them again.
    return render_template("errors/error.html", title=title, status=status, message=message, problems=problems), status


def translate(app: Flask) -> None:
    """Register the one translation."""
    app.register_error_handler(SentBeforeError, _sent_before)
    app.register_error_handler(AccordError, _accord_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def _accord_error(error: Exception) -> ResponseReturnValue:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    if isinstance(error, NotPermittedError):
        _quietly(lambda: desk().record_denial(error.rule))
    if status >= INTERNAL:
        log.error("%s at %s", type(error).__name__, request.endpoint)
        return page(status, str(error) if isinstance(error, UnreachableError) else "")
    return page(status, str(error), problems=getattr(error, "problems", ()))


def _sent_before(error: SentBeforeError) -> ResponseReturnValue:
    return redirect(error.location or url_for("account.home"))


def _csrf_error(_error: Exception) -> ResponseReturnValue:
    return page(
        400, "The form was open for too long or came from another place. Go back, reload the page and send it again."
    )


def _http_error(error: Exception) -> ResponseReturnValue:
    if isinstance(error, SecurityError):
        # The host is none of ours, so no address of a page can be built and the layout cannot be drawn.
        return Response(TITLES[400], status=400, mimetype="text/plain")
    status = getattr(error, "code", None) or 500
    response = page(status)
    headers = {name: value for name, value in getattr(error, "get_headers", list)() if name == "Allow"}
    return (*response, headers) if headers and isinstance(response, tuple) else response


def _unforeseen(error: Exception) -> ResponseReturnValue:
    # The message of a library's error may hold a value: the log gets its type and where, and no more.
    log.error("unforeseen %s at %s", type(error).__name__, request.endpoint, exc_info=log.isEnabledFor(logging.DEBUG))
    return page(500)


def _quietly(step: Callable[[], None]) -> None:
    try:
        step()
    except AccordError as error:
        log.exception("the denial could not be recorded: %s", type(error).__name__)
