"""This module knows what stands in the navigation for whom: five items at most, and only what the post can open."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import current_app, request, url_for
from flask_login import current_user

from portal.desk import desk
from protocols.actions import Action
from sharing.errors import AccordError

MOST = 5


class Item(NamedTuple):
    """One item: what it says, where it goes, what it needs, and with which action it is somebody's daily work."""

    text: str
    endpoint: str
    action: Action
    work: Action


ITEMS = (
    Item("Your returns", "landlord.list_returns", Action.READ_RETURN, Action.SUBMIT_RETURN),
    Item("Returns in", "coordinator.return_status", Action.READ_RETURN_STATUS, Action.READ_RETURN_STATUS),
    Item("Hotspots", "coordinator.read_hotspots", Action.READ_HOTSPOTS, Action.PUBLISH_HOTSPOTS),
    Item("Meetings", "coordinator.list_meetings", Action.READ_MEETING, Action.RUN_MEETING),
    Item("Actions", "officer.list_actions", Action.READ_ACTION, Action.FINISH_ACTION),
    Item("Visits", "officer.list_visits", Action.READ_VISIT, Action.LOG_VISIT),
    Item("Requests", "officer.list_requests", Action.MAKE_REQUEST, Action.MAKE_REQUEST),
    Item("Decisions", "liaison.list_requests", Action.DECIDE_REQUEST, Action.DECIDE_REQUEST),
    Item("Recalls", "liaison.list_recalls", Action.READ_RECALL, Action.MAKE_RECALL),
    Item("Data breaches", "liaison.list_breaches", Action.READ_BREACH, Action.REPORT_BREACH),
    Item("Data breaches in numbers", "liaison.count_breaches", Action.COUNT_BREACHES, Action.COUNT_BREACHES),
    Item("Emergencies", "officer.list_emergencies", Action.READ_EMERGENCY, Action.ALLOW_EMERGENCY),
    Item("Reply times", "liaison.read_reply_times", Action.READ_REPLY_TIMES, Action.READ_REPLY_TIMES),
    Item("People who ask", "liaison.list_subject_requests", Action.ANSWER_SUBJECT, Action.ANSWER_SUBJECT),
    Item("Tell somebody outside", "liaison.ask_outside", Action.TELL_OUTSIDE, Action.FIND_SUBJECT),
    Item("Retention", "liaison.read_retention", Action.READ_RETENTION, Action.READ_RETENTION),
    Item("Disclosure log", "auditor.search_log", Action.READ_LEDGER, Action.READ_LEDGER),
    Item("Samples", "auditor.list_samples", Action.READ_LEDGER, Action.COMMIT_SAMPLE),
    Item("Reconciliation", "auditor.read_reconciliation", Action.READ_LEDGER, Action.READ_LEDGER),
    Item("Ledger", "auditor.verify_ledger", Action.VERIFY_LEDGER, Action.VERIFY_LEDGER),
    Item("Told outside", "auditor.list_outside", Action.READ_OUTSIDE, Action.READ_GLASS),
    Item("Break-glass", "auditor.list_glass", Action.READ_GLASS, Action.BREAK_GLASS),
    Item("Protocols", "liaison.list_protocols", Action.READ_PROTOCOL, Action.SIGN_PROTOCOL),
    Item("Standards", "landlord.standards", Action.READ_STANDARDS, Action.ASSESS_STANDARD),
    Item("Registers", "officer.list_registers", Action.READ_REGISTER, Action.ENTER_REGISTER),
    Item("People", "account.list_people", Action.INVITE_OFFICER, Action.INVITE_OFFICER),
)


def pages() -> list[dict[str, Any]]:
    """Every item that this post can open, its daily work first, the present one marked."""
    here = request.endpoint or ""
    open_to = [item for item in ITEMS if desk().may(item.action) and item.endpoint in current_app.view_functions]
    open_to.sort(key=lambda item: not desk().may(item.work))
    return [{"text": item.text, "href": url_for(item.endpoint), "active": here == item.endpoint} for item in open_to]


def shortest(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items of the menu: all of them, or the first few and the way to the rest."""
    if len(found) <= MOST:
        return found
    href = url_for("account.home", _anchor="all-pages")
    return [*found[: MOST - 1], {"text": "All your pages", "href": href, "active": False}]


def context() -> dict[str, Any]:
    """What the layout shows on every page."""
    store = current_app.extensions["accord.store"]
    try:
        row = store.installation
        banner = {"demonstration": row.demonstration, "today": store.clock.today()}
    except AccordError:
        banner = {"demonstration": False, "today": None}
    person = current_user if current_user.is_authenticated else None
    return {"navigation": shortest(pages()) if person else [], "person": person, "installation": banner}
