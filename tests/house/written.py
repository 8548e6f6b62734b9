"""This module knows the pages and tables of this repository that are written from the code: `python -m tests.house.written`."""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from protocols.actions import Action, Event
from protocols.permits import COMMAND_LINE, PERSON_ONLY, RULES, needed
from protocols.roles import ANYBODY, ROLES, SIGNED_IN

ROOT = Path(__file__).resolve().parents[2]
ACCESS = Path(__file__).with_name("access.json")
ACTIONS_PAGE = ROOT / "docs" / "actions.md"


def access_table() -> list[dict[str, Any]]:
    """The live access table, a row for each method of each route, with the ledger entries that its successes leave."""
    from portal.routes_table import table

    kept = ("method", "path", "action", "fresh", "roles")
    return [{key: row[key] for key in kept} | {"entries": entries_of(row)} for row in table()]


def entries_of(row: Mapping[str, Any]) -> list[str]:
    """What each way of succeeding leaves in the ledger, as the deeds declare it; reading a page leaves nothing."""
    from tests.house.deeds import DEEDS

    return sorted({deed.entries for deed in DEEDS if deed.route == row["path"]}) if row["method"] != "GET" else []


def access_text() -> str:
    """The access table as it is committed: one row a line, so that a change shows as the routes that it changes."""
    rows = ",\n".join("  " + json.dumps(row) for row in access_table())
    return f"[\n{rows}\n]\n"


# --- docs/actions.md -------------------------------------------------------------------------------


def action_row(action: Action) -> str:
    """One line of the table of actions."""
    return f"| `{action}` | {_holders(action)} | {_facts(action)} | {_at_machine(action)} |"


def _holders(action: Action) -> str:
    if action in ANYBODY:
        return "anybody"
    if action in SIGNED_IN:
        return "anybody signed in"
    return ", ".join(role.value for role, held in ROLES.items() if action in held) or "nobody"


def _facts(action: Action) -> str:
    rules = ", ".join(f"`{rule}`" for rule in RULES[action])
    facts = ", ".join(f"`{fact}`" for fact in needed(action))
    return f"{rules} ({facts})" if rules else "none"


def _at_machine(action: Action) -> str:
    if action in PERSON_ONLY:
        return "never"
    return "alone" if action in COMMAND_LINE | ANYBODY else "for an officer"


def event_row(event: Event, recorders: Mapping[str, set[str]]) -> str:
    """One line of the table of events."""
    by = ", ".join(f"`{room}`" for room in sorted(recorders[event.name])) or "nothing yet"
    return f"| `{event}` | {by} |"


def recorders() -> dict[str, set[str]]:
    """Event's name → the rooms whose code names it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in [*ROOT.glob("sharing/**/*.py"), *ROOT.glob("portal/**/*.py")]:
        for name in _events_named(path):
            found[name].add(".".join(path.relative_to(ROOT).with_suffix("").parts[:2]))
    return found


def _events_named(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Event":
            yield node.attr


def actions_text() -> str:
    """The page with both tables written anew; the words around them stay."""
    text = ACTIONS_PAGE.read_text()
    found = recorders()
    text = _between(text, "actions", [action_row(action) for action in Action])
    return _between(text, "events", [event_row(event, found) for event in Event])


def _between(text: str, name: str, rows: list[str]) -> str:
    """Replace the rows that follow the table's ruler, up to the next empty line."""
    before, marker, rest = text.partition(f"<!-- {name} -->\n")
    heading, ruler, body = rest.split("\n", 2)
    _, gap, after = body.partition("\n\n") if not body.startswith("\n") else ("", "\n", body)
    return f"{before}{marker}{heading}\n{ruler}\n" + "\n".join(rows) + gap + after


if __name__ == "__main__":
    ACTIONS_PAGE.write_text(actions_text())
    ACCESS.write_text(access_text())
