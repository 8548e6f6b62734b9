"""This module knows `accord partnership load`: a partnership from its file, with an invitation for everybody who is new."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portal import cli
from portal.commands import letters, opening


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord partnership load FILE.toml`."""
    from sharing import partners

    parser = cli.Parser(prog="accord partnership", description="Partnerships: only an operator makes them.")
    actions = parser.add_subparsers(dest="action", required=True)
    load = actions.add_parser(
        "load", help="load a partnership's file; loading it again changes only what it says differently"
    )
    load.add_argument("file", type=Path, metavar="FILE.toml")
    letters.add_site(load)
    load.add_json()
    options = parser.parse_args(arguments)
    text = options.file.read_text("utf-8")
    with opening.opened() as store, letters.posting(store, options.site) as send:
        with store.unit(opening.operator()) as unit:
            loaded = partners.load_partnership(unit, text)
        for post in loaded.invitations:
            send(post)
    sent = len(loaded.invitations)
    opening.show(
        {
            "partnership": loaded.partnership,
            "organisations": loaded.organisations,
            "officers": loaded.officers,
            "areas": loaded.areas,
            "sha256": loaded.digest,
            "letters": sent,
        },
        as_json=options.json,
        lines=[
            f"{loaded.partnership}: {loaded.organisations} organisations, {loaded.officers} officers, {loaded.areas} areas.",
            f"{sent} invitations sent {letters.where_sent()}." if sent else "Nobody is new: no invitation to send.",
        ],
    )
    return cli.DONE
