"""This module knows `accord keys status`: how many keys there are in each state, and never a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from portal import cli
from portal.commands import opening


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord keys status`."""
    from sharing.vault.status import status

    parser = cli.Parser(prog="accord keys", description="The keys of this installation.")
    one = parser.add_subparsers(dest="action", required=True).add_parser("status", help="count the keys by state")
    one.add_json()
    options = parser.parse_args(arguments)
    with opening.opened() as store, store.reading() as session:
        found = asdict(status(session, store.keyring))
    opening.show(found, as_json=options.json)
    return cli.DONE
