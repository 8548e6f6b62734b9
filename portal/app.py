"""This module knows how the counter is put together: settings, record, guards, rooms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import assets, desk, errors, identity, navigation, security, vocabulary, words
from portal.config import Settings
from portal.rooms import ROOMS
from sharing.store import Store

HERE = Path(__file__).parent
WEB_KEY = "web-session-key"
MACROS = "govuk_frontend_jinja"


def templates_folder() -> Path:
    """The page templates: beside the package in a clone, inside it in a wheel."""
    inside = HERE / "templates"
    return inside if inside.is_dir() else HERE.parent / "templates"


def create_app(settings: Settings, store: Store) -> Flask:
    """Put the application together over an opened record."""
    app = Flask(
        "portal", static_folder=str(HERE / "static"), static_url_path="/static", template_folder=str(templates_folder())
    )
    app.config.update(_flask_settings(settings, store))
    app.extensions["accord.store"] = store
    app.extensions["accord.settings"] = settings
    _prepare_templates(app)
    security.protect(app)
    CSRFProtect(app)
    identity.identify(app)
    desk.guard(app)
    errors.translate(app)
    for room in ROOMS:
        app.register_blueprint(room)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    return app


def _flask_settings(settings: Settings, store: Store) -> dict[str, Any]:
    return {
        "SECRET_KEY": store.keyring.secret(WEB_KEY),
        "SESSION_COOKIE_NAME": "__Host-accord",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        # The file's own limit is checked with a message of its own; this one stops what is far beyond it.
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes + 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 1000,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": False,  # the Referer is not relied on: the token is bound to the session
    }


def _prepare_templates(app: Flask) -> None:
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(templates_folder()),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
    app.jinja_env.filters.update(words.FILTERS | vocabulary.FILTERS)
    app.jinja_env.globals["asset"] = assets.asset

    @app.context_processor
    def _context() -> dict[str, Any]:
        return desk.context() | navigation.context()
