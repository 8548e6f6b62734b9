"""This module knows `accord audit`: the reconciliation's figures, and a sample drawn again from its seed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from portal import cli
from portal.commands import opening

if TYPE_CHECKING:
    from sharing.store import Store

USUAL_DAYS = 365


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord audit`. Exit code 1: a figure that should be nothing is not, or a sample drawn again differs."""
    parser = cli.Parser(prog="accord audit", description="What an auditor asks; no sealed field is opened.")
    actions = parser.add_subparsers(dest="action", required=True)
    figures = actions.add_parser("reconcile", help="every figure with what it is out of, worked out anew")
    figures.add_argument("--from", dest="from_on", type=date.fromisoformat, metavar="DAY", help="a year ago")
    figures.add_argument("--to", dest="to_on", type=date.fromisoformat, metavar="DAY", help="today")
    sample = actions.add_parser("sample", help="draw a sample again and compare it with the one that is kept")
    sample.add_argument("ref", metavar="REF", help="as S2026-001")
    for each in (figures, sample):
        each.add_argument("--partnership", required=True, metavar="P")
        each.add_json()
    options = parser.parse_args(arguments)
    with opening.opened() as store:
        return _reconcile(store, options) if options.action == "reconcile" else _sample(store, options)


def _reconcile(store: Store, options: argparse.Namespace) -> int:
    from sharing import audit, partners

    to_on = options.to_on or store.clock.today()
    from_on = options.from_on or to_on - timedelta(days=USUAL_DAYS)
    with store.reading() as session:
        partners.partnership(session, options.partnership)  # says so if there is no such partnership
        found = audit.reconcile(audit.Scope(session, options.partnership, from_on, to_on, store.clock))
    result = {
        "partnership": options.partnership,
        "from": from_on.isoformat(),
        "to": to_on.isoformat(),
        "figures": [
            {"code": f.code, "number": f.number, "out_of": f.out_of, "of_what": f.of_what, "alarm": f.alarm}
            for f in found
        ],
    }
    lines = [
        f"{'!' if f.alarm else ' '} {f.title}: {f.number:,}" + (f" of {f.out_of:,} {f.of_what}" if f.of_what else "")
        for f in found
    ]
    opening.show(result, as_json=options.json, lines=lines)
    return cli.NO if any(f.alarm for f in found) else cli.DONE


def _sample(store: Store, options: argparse.Namespace) -> int:
    from sharing import audit
    from sharing.errors import NotFoundError

    with store.reading() as session:
        found = next((s for s in audit.samples(session, options.partnership) if s.ref == options.ref), None)
        if found is None:
            raise NotFoundError(f"There is no sample {options.ref}.")
        again = audit.recompute(session, options.partnership, found.id)
        drawn = [each.made.ref for each in audit.items(session, options.partnership, found.id)]
    result = {
        "sample": found.ref,
        "seed": found.seed,
        "seed_sha256": found.seed_hash,
        "population": found.population,
        "population_sha256": found.population_digest,
        "drawn": drawn,
        "seed_fits": again.seed_fits,
        "population_is_same": again.population_is_same,
        "items_are_same": again.items_are_same,
    }
    says = "the same sample from the same releases" if again.is_same else "DIFFERS from what is kept"
    lines = [f"{found.ref}: {says}.", f"{len(drawn)} of {found.population}: {', '.join(drawn)}"]
    opening.show(result, as_json=options.json, lines=lines)
    return cli.DONE if again.is_same else cli.NO
