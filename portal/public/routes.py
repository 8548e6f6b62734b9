"""This module knows the pages that need no account."""

from __future__ import annotations

import io

from flask import Blueprint, current_app, jsonify, render_template, send_file
from flask.typing import ResponseReturnValue

from portal.assets import verifier_page
from portal.config import Settings
from portal.desk import declare, desk
from protocols.actions import Action
from sharing.errors import AccordError

room = Blueprint("public", __name__)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["accord.settings"]
    return settings


@room.get("/")
@declare(Action.OPEN_PUBLIC_PAGE)
def front() -> ResponseReturnValue:
    """Say what Accord is and where to go."""
    return render_template("public/front.html")


@room.get("/help")
@declare(Action.OPEN_PUBLIC_PAGE)
def help() -> ResponseReturnValue:  # noqa: A001  the page's own word
    """Help and whom to contact."""
    return render_template("public/help.html", contact=_settings().contact)


@room.get("/privacy")
@declare(Action.OPEN_PUBLIC_PAGE)
def privacy() -> ResponseReturnValue:
    """The privacy notice."""
    return render_template("public/privacy.html", contact=_settings().contact)


@room.get("/cookies")
@declare(Action.OPEN_PUBLIC_PAGE)
def cookies() -> ResponseReturnValue:
    """The cookies page: one cookie, needed, so no banner."""
    return render_template("public/cookies.html")


@room.get("/accessibility")
@declare(Action.OPEN_PUBLIC_PAGE)
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("public/accessibility.html", contact=_settings().contact)


@room.get("/about-the-data")
@declare(Action.OPEN_PUBLIC_PAGE)
def about_data() -> ResponseReturnValue:
    """What is real and what is made up, with sources and licences."""
    return render_template("public/about_data.html")


@room.get("/verify-a-receipt")
@declare(Action.OPEN_PUBLIC_PAGE)
def verify_receipt() -> ResponseReturnValue:
    """How to verify a receipt with the network unplugged, and the key to verify it with."""
    return render_template("public/verify_receipt.html", key=desk().store.verifier_key)


@room.get("/verify-a-receipt/verify.html")
@declare(Action.OPEN_PUBLIC_PAGE)
def fetch_verifier() -> ResponseReturnValue:
    """The page that verifies a receipt without the network, to be kept as a file: its script runs from disk, never from here."""
    return send_file(
        io.BytesIO(verifier_page()), mimetype="text/html", as_attachment=True, download_name="accord-verify.html"
    )


@room.get("/healthz")
@declare(Action.OPEN_PUBLIC_PAGE)
def check_process() -> ResponseReturnValue:
    """The process is up."""
    return jsonify(status="up")


@room.get("/readyz")
@declare(Action.OPEN_PUBLIC_PAGE)
def check_readiness() -> ResponseReturnValue:
    """Database, keys and installation can be reached; 503 when one cannot."""
    try:
        with desk().reading() as session:
            session.connection()
        ready = bool(desk().store.installation.name and desk().store.signer)
    except AccordError:
        ready = False
    return jsonify(status="ready" if ready else "not ready"), 200 if ready else 503
