"""This module knows `accord keys`: how many keys there are in each state, and their rotation. It never shows a key."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict

from portal import cli
from portal.commands import opening
from sharing.errors import InvalidError


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord keys status|rotate`."""
    parser = cli.Parser(prog="accord keys", description="The keys of this installation.")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("status", help="count the keys by state, and say what a rotation has left").add_json()
    rotate = actions.add_parser("rotate", help="replace every key-encrypting key, or finish what was interrupted")
    rotate.add_argument("--settle", type=float, help="seconds to wait before the old keys are destroyed (10)")
    rotate.add_json()
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


_ACTIONS: dict[str, Callable[[Namespace], int]] = {"status": _status, "rotate": _rotate}
