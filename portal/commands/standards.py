"""This module knows `accord standards status`: where a consortium's joint sign-up stands, member by member."""

from __future__ import annotations

from collections.abc import Sequence

from portal import cli
from portal.commands import opening


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord standards status`. Exit code 1: the joint sign-up is not complete."""
    from sharing import partners, standards

    parser = cli.Parser(prog="accord standards", description="The joint sign-up of a consortium.")
    actions = parser.add_subparsers(dest="action", required=True)
    status = actions.add_parser("status", help="say who has signed, and what holds the joint sign-up back")
    status.add_argument("--partnership", required=True, metavar="P")
    status.add_argument("--consortium", required=True, metavar="C")
    status.add_json()
    options = parser.parse_args(arguments)
    with opening.opened() as store, store.reading() as session:
        partners.partnership(session, options.partnership)  # says so if there is no such partnership
        found = standards.consortium(session, options.partnership, options.consortium, store.clock.today())
    members = [
        {"organisation": each.organisation, "name": each.name, "ready": each.ready, "reasons": list(each.reasons)}
        for each in found.status.members
    ]
    lines = [
        f"{each.name}: ready" if each.ready else f"{each.name} {'; '.join(each.reasons)}"
        for each in found.status.members
    ]
    word = "complete" if found.status.complete else "not complete"
    opening.show(
        {
            "consortium": found.code,
            "area": found.area,
            "framework": found.framework,
            "complete": found.status.complete,
            "reason": found.status.reason,
            "members": members,
        },
        as_json=options.json,
        lines=[*lines, f"{found.name}, {found.framework}: {word}. {found.status.reason}"],
    )
    return cli.DONE if found.status.complete else cli.NO
