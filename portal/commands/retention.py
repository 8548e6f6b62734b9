"""This module knows `accord retention`: what is due to go, looked at before it goes, and what the database lets go of."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from portal import cli
from portal.commands import opening

if TYPE_CHECKING:
    from sharing.retention import Preview


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord retention preview|run|settle`."""
    parser = cli.Parser(prog="accord retention", description="How everything sealed ends.")
    actions = parser.add_subparsers(dest="action", required=True)
    looked = actions.add_parser("preview", help="list what is due to go, and what a hold keeps; changes nothing")
    erase = actions.add_parser("run", help="erase what a preview has listed")
    for each in (looked, erase):
        each.add_argument("--partnership", default="", help="only of this partnership")
        each.add_argument("--organisation", default="", help="only of this organisation")
    erase.add_argument("--previewed", required=True, metavar="CODE", help="the code that the preview ends with")
    settle = actions.add_parser("settle", help="empty what the database keeps of rows that have gone")
    for each in (looked, erase, settle):
        each.add_json()
    options = parser.parse_args(arguments)
    return _ACTIONS[options.action](options)


def _preview(options: Namespace) -> int:
    from sharing import retention

    with opening.opened() as store, store.reading() as session:
        found = retention.preview(
            session, store.clock.today(), partnership=options.partnership, organisation=options.organisation
        )
    told = {
        "day": found.day,
        "code": found.code,
        "counts": [asdict(each) for each in found.counts],
        "goes": [asdict(each) for each in found.goes],
        "stays": [asdict(each) for each in found.stays],
    }
    opening.show(told, as_json=options.json, lines=list(_lines(found)))
    return cli.DONE


def _lines(found: Preview) -> Iterator[str]:
    from sharing import retention

    reasons = {**retention.HOLD_REASONS, retention.RECORD_HOLD: "Its record is on hold"}
    for count in found.counts:
        yield f"{count.organisation}: {count.title}: {count.goes} go, {count.stays} are held"
    for item in found.goes:
        if item.ref:
            yield f"goes: {item.organisation} {item.ref}, due {item.due_on} ({item.id})"
    for item in found.stays:
        yield f"stays: {item.organisation} {item.ref or item.id}: {reasons.get(item.hold, item.hold)}"
    yield f"{len(found.goes)} are due to go. To erase them: accord retention run --previewed {found.code}"


def _run(options: Namespace) -> int:
    from sharing import retention

    gone, left, code = 0, 1, options.previewed
    with opening.opened() as store:
        while left:
            with store.unit(opening.operator()) as unit:
                went, left, code = retention.run(
                    unit, code, partnership=options.partnership, organisation=options.organisation
                )
                gone += went
        settled = retention.settle(store)
    opening.show(
        {"erased": gone, "settled": settled},
        as_json=options.json,
        lines=[f"{gone} are erased. Each is an entry in the ledger."],
    )
    cli.say("Make a backup now: until then the newest keys file still holds the keys that have gone.")
    return cli.DONE


def _settle(options: Namespace) -> int:
    from sharing import retention

    with opening.opened() as store:
        settled = retention.settle(store)
    said = "The database holds nothing of what has gone." if settled else "Somebody is reading. Run it again later."
    opening.show({"settled": settled}, as_json=options.json, lines=[said])
    return cli.DONE if settled else cli.NO


_ACTIONS: dict[str, Callable[[Namespace], int]] = {"preview": _preview, "run": _run, "settle": _settle}
