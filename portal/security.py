"""This module knows the headers that every response carries, and that a form is taken only from one of our own pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{what} {where}" for what, where in _SOURCES.items())
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=()",
    "X-Frame-Options": "DENY",
}


SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def protect(app: Flask) -> None:
    """Refuse what another site sends; add the headers to every response.

    Nothing but the built assets may be stored by a browser or a proxy.
    """

    @app.before_request
    def _refuse_other_origins() -> None:
        # The form token is the wall; this is a second one, for the day on which a token has leaked (ASVS 5.0, 3.5.1).
        # Ports and schemes are left out: behind a proxy they are not always the ones that the browser sees.
        origin = request.headers.get("Origin")
        if request.method in SAFE or origin is None:
            return
        if urlsplit(origin).hostname != urlsplit(f"//{request.host}").hostname:
            raise CSRFError("The form was sent from another site.")

    @app.after_request
    def _add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "no-store"
        return response
