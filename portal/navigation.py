"""This module knows what stands in the navigation for whom: five items at most, and only what the post can open."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import current_app, request, url_for
from flask_login import current_user

from portal.desk import desk
from protocols.actions import Action
from sharing.errors import AccordError


class Item(NamedTuple):
    """One item: what it says, where it goes, what it needs."""

    text: str
    endpoint: str
    action: Action


ITEMS = (
    Item("Your returns", "landlord.list_returns", Action.READ_RETURN),
    Item("Returns in", "coordinator.return_status", Action.READ_RETURN_STATUS),
    Item("Hotspots", "coordinator.read_hotspots", Action.READ_HOTSPOTS),
    Item("Meetings", "coordinator.list_meetings", Action.READ_MEETING),
    Item("Actions", "officer.list_actions", Action.READ_ACTION),
    Item("Visits", "officer.list_visits", Action.READ_VISIT),
    Item("Requests", "officer.list_requests", Action.MAKE_REQUEST),
    Item("Decisions", "liaison.list_requests", Action.DECIDE_REQUEST),
    Item("Disclosure log", "auditor.search_log", Action.READ_LEDGER),
    Item("Ledger", "auditor.verify_ledger", Action.VERIFY_LEDGER),
    Item("Protocols", "liaison.list_protocols", Action.READ_PROTOCOL),
    Item("Standards", "landlord.standards", Action.READ_STANDARDS),
    Item("People", "account.list_people", Action.INVITE_OFFICER),
)


def items() -> list[dict[str, Any]]:
    """The items that this post can open, the present one marked."""
    here = request.endpoint or ""
    return [
        {"text": item.text, "href": url_for(item.endpoint), "active": here == item.endpoint}
        for item in ITEMS
        if desk().may(item.action) and item.endpoint in current_app.view_functions
    ]


def context() -> dict[str, Any]:
    """What the layout shows on every page."""
    store = current_app.extensions["accord.store"]
    try:
        row = store.installation
        banner = {"demonstration": row.demonstration, "today": store.clock.today()}
    except AccordError:
        banner = {"demonstration": False, "today": None}
    person = current_user if current_user.is_authenticated else None
    return {"navigation": items() if person else [], "person": person, "installation": banner}
