"""This module knows the access table: every route with its method, action and the roles that hold the action."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from portal.desk import declared
from portal.rooms import ROOMS
from protocols.roles import ANYBODY, ROLES, SIGNED_IN


def table() -> list[dict[str, Any]]:
    """Build the table from the rooms themselves: no record is opened, and nothing is kept by hand."""
    app = Flask("portal", static_folder="static", static_url_path="/static")
    for room in ROOMS:
        app.register_blueprint(room)
    rows = [row for rule in app.url_map.iter_rules() if rule.endpoint != "static" for row in _rows(app, rule)]
    return sorted(rows, key=lambda row: (row["path"], row["method"]))


def _rows(app: Flask, rule: Rule) -> Iterator[dict[str, Any]]:
    found = declared(app, rule.endpoint)
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        yield {
            "method": method,
            "path": rule.rule,
            "endpoint": rule.endpoint,
            "action": str(found.action) if found else "undeclared: refused",
            "fresh": bool(found and found.fresh),
            "roles": _roles(found.action) if found else [],
        }


def _roles(action: Any) -> list[str]:  # noqa: ANN401  an Action
    if action in ANYBODY:
        return ["anybody"]
    if action in SIGNED_IN:
        return ["anybody signed in"]
    return [str(role) for role, held in ROLES.items() if action in held]
