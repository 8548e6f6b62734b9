"""This module knows `accord backup` and `accord restore`: rows in one file, wrapped keys in another, the keyring in neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from portal import cli
from portal.commands import opening


def run(name: str, arguments: Sequence[str]) -> int:
    """Run `accord backup` or `accord restore`."""
    return {"backup": _backup, "restore": _restore}[name](arguments)


def _backup(arguments: Sequence[str]) -> int:
    from sharing.store.backup import HORIZON_DAYS, back_up

    parser = cli.Parser(
        prog="accord backup", description="Write the database to two new files: rows, and the wrapped keys of records."
    )
    parser.add_argument("file", type=Path, help="a file that is not there yet; it is made with mode 0600")
    parser.add_argument(
        "--keys", type=Path, help="a file that is not there yet for the wrapped keys; without this, FILE.keys"
    )
    parser.add_json()
    options = parser.parse_args(arguments)
    keyring = opening.settings().home / "keys"
    with opening.opened() as store:
        done = back_up(store, options.file, opening.operator(), options.keys)
    opening.show(
        asdict(done),
        as_json=options.json,
        lines=[
            f"Wrote {done.file}: {sum(done.rows.values())} rows of {len(done.rows)} tables, {done.bytes} bytes.",
            f"sha256 {done.sha256}",
            f"Wrote {done.keys_file}: the wrapped keys of those rows, {done.keys_bytes} bytes.",
            f"sha256 {done.keys_sha256}",
            *(f"{head.log}: {head.size} entries" for head in done.heads),
        ],
    )
    cli.say(
        f"The keyring is in neither: without {keyring} no sealed field can be opened, and nothing can be restored.",
        f"Copy {keyring} to another place, under other people; whoever has all three can read everything.",
        "Keep the newest keys file alone, on another disk than the rows, and delete the one before it now:",
        "  with it, what was erased since would come back.",
        f"Delete {done.file} within {HORIZON_DAYS} days.",
    )
    return cli.DONE


def _restore(arguments: Sequence[str]) -> int:
    from sharing.access.restored import close_what_was_open
    from sharing.store.backup import keys_beside
    from sharing.store.restore import restore

    parser = cli.Parser(
        prog="accord restore",
        description="Bring a backup back into an empty database. Put the keyring into ACCORD_HOME/keys first.",
    )
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--keys", type=Path, help="the newest keys file that there is, never an older one; without this, FILE.keys"
    )
    parser.add_argument(
        "--export",
        dest="exports",
        type=Path,
        action="append",
        default=[],
        help="a newer export of the ledger, so that what was erased since stays erased; as often as you have one",
    )
    parser.add_json()
    options = parser.parse_args(arguments)
    files = options.file, options.keys or keys_beside(options.file)
    settings = opening.settings()
    done = restore(settings.store, files, opening.operator(), close_what_was_open, exports=options.exports)
    opening.show(
        asdict(done),
        as_json=options.json,
        lines=[
            f"Restored the backup of {done.made_at}: {sum(done.rows.values())} rows of {len(done.rows)} tables.",
            *(f"{head.log}: {head.size} entries, as the backup states" for head in done.heads),
            f"{done.keys_opened} organisations' keys of {done.keys_made_at} open with this keyring.",
            f"{done.records} records have a key; on the day of the backup {done.records_that_day} had one.",
            f"{done.keys_left_out} keys of records newer than the backup were left out.",
            f"{done.destroyed_quarters} records of destroyed quarters and {done.erased_again} erased records went again.",
            f"{done.closed} sign-ins and links of that day were ended.",
        ],
    )
    cli.say(
        "What was recorded after the backup is gone, and partners see it: ask each for the head that it keeps, and run",
        "  accord ledger verify --partnership P --from HEAD",
        "Repeat what was erased or disabled since: records (unless an export said so), accounts and posts of leavers.",
    )
    return cli.DONE
