"""This module knows `accord keys`: how many keys there are in each state, their rotation, their end. It never shows a key."""

from __future__ import annotations

import uuid
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from portal import cli
from portal.commands import opening
from sharing.errors import InvalidError

if TYPE_CHECKING:
    from sharing.retention import Year


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord keys status|rotate|shred`."""
    parser = cli.Parser(prog="accord keys", description="The keys of this installation.")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("status", help="count the keys by state, and say what a rotation has left").add_json()
    rotate = actions.add_parser("rotate", help="replace every key-encrypting key, or finish what was interrupted")
    rotate.add_argument("--settle", type=float, help="seconds to wait before the old keys are destroyed (10)")
    rotate.add_json()
    shred = actions.add_parser("shred", help="erase one sealed record, or destroy the keys of a year that is over")
    which = shred.add_mutually_exclusive_group(required=True)
    which.add_argument("record", nargs="?", type=uuid.UUID, help="the record's id")
    which.add_argument("--epoch", type=int, metavar="YEAR", help="the year whose quarters' keys are destroyed")
    shred.add_argument("--because", help="why a record goes before its day: erasure, court-order, mistake")
    shred.add_argument("--records", type=int, help="how many records the year holds, as was printed before")
    shred.add_json()
    options = parser.parse_args(arguments)
    return _ACTIONS[options.action](options)


def _status(options: Namespace) -> int:
    from sharing.access.reseal import behind
    from sharing.vault.status import status

    with opening.opened() as store, store.reading() as session:
        found = asdict(status(session, store.keyring))
        found["secrets_to_reseal"] = behind(session, store.keyring)
        found["rotation"] = "under way: run accord keys rotate again" if store.keyring.is_rotating else "none"
    opening.show(found, as_json=options.json)
    return cli.DONE


def _rotate(options: Namespace) -> int:
    from sharing.access.reseal import reseal
    from sharing.store.backup import HORIZON_DAYS
    from sharing.store.rotation import SETTLE, rotate_keys

    settle = SETTLE if options.settle is None else options.settle
    if settle < 0:
        raise InvalidError.one("must be a number of seconds, none or more", where="--settle")
    with opening.opened() as store:
        done = rotate_keys(store, opening.operator(), reseal, cli.say, settle=settle)
    opening.show(
        asdict(done),
        as_json=options.json,
        lines=[
            f"Root key {done.root} is in use; nothing lies under an older one.",
            f"Wrapped anew: {done.records} records' keys, {done.secrets} seeds and drafts, {done.index_keys} index keys.",
            f"Replaced: {done.agencies} organisations' keys. Destroyed: {done.epoch_keys_retired} old keys of quarters.",
        ],
    )
    if done.unreadable_secrets:
        cli.say(f"{done.unreadable_secrets} seeds or drafts open under no key and were left as they are.")
    cli.say(
        "Backups made before now need the keyring as it was before: keep one copy of that one, apart,",
        f"until the last of them is deleted ({HORIZON_DAYS} days), and make a new backup and a new copy of the keys today.",
    )
    return cli.DONE


def _shred(options: Namespace) -> int:
    return _shred_record(options) if options.epoch is None else _shred_year(options)


def _shred_record(options: Namespace) -> int:
    from sharing import retention

    with opening.opened() as store:
        with store.unit(opening.operator()) as unit:
            done = retention.shred_one(unit, options.record, options.because or "")
        settled = retention.settle(store)
    opening.show(
        {**asdict(done), "settled": settled},
        as_json=options.json,
        lines=[
            f"Erased: {retention.title_of(done.table)}, {done.record_id}, and {len(done.copies)} copies made of it.",
            *([f"A hold keeps {len(done.held)} copies: they go when it is lifted."] if done.held else []),
        ],
    )
    _after(settled=settled)
    return cli.DONE


def _shred_year(options: Namespace) -> int:
    """Without `--records`, only look: what is destroyed has been counted by whoever destroys it."""
    from sharing import retention

    with opening.opened() as store:
        with store.reading() as session:
            found = retention.preview_year(session, store.clock.today(), options.epoch)
        if options.records is None:
            opening.show(
                {**asdict(found), "records": found.records}, as_json=options.json, lines=list(_year_lines(found))
            )
            return cli.DONE
        with store.unit(opening.operator()) as unit:
            gone = retention.shred_year(unit, options.epoch, options.records)
        destroyed = retention.destroy_year(store, options.epoch)
        settled = retention.settle(store)
    opening.show(
        {"year": options.epoch, "records": gone, "keys": destroyed, "settled": settled},
        as_json=options.json,
        lines=[f"{options.epoch}: {gone} records erased, {destroyed} keys destroyed. No backup opens them."],
    )
    _after(settled=settled)
    return cli.DONE


def _year_lines(found: Year) -> Iterator[str]:
    for each in found.counts:
        yield f"{each.organisation}: {each.title}, {each.goes}"
    if found.held:
        yield f"A hold keeps the year: {', '.join(found.held)}."
    if found.not_due:
        yield f"{found.not_due} of them are not due yet: the year cannot be destroyed."
    yield f"Nothing has gone. To destroy: accord keys shred --epoch {found.year} --records {found.records}"


def _after(*, settled: bool) -> None:
    if not settled:
        cli.say("Somebody is reading, so that the database still has older pages. Run `accord retention settle` later.")
    cli.say("Make a backup now: until then the newest keys file still holds the keys that have gone.")


_ACTIONS: dict[str, Callable[[Namespace], int]] = {"status": _status, "rotate": _rotate, "shred": _shred}
