"""This module knows how a backup is made while the portal runs: one moment of the database in two files, and no key in the clear.

The wrapped keys of records lie in a file of their own, of which only the newest is kept: what was shredded before that one was
made comes back with no backup, however old. The keys above them are in the keyring's folder, and are copied apart: whoever finds
both files can open no sealed field. What a backup needs of the keyring stands in its lists of contents as ids.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from protocols.actions import Event
from protocols.actor import Actor
from sharing.base import new_id
from sharing.errors import InvalidError, TamperedError, UnreachableError
from sharing.ledger.standing import Standing, standings
from sharing.store import revision
from sharing.store.archive import PRIVATE_FOLDER, Archive
from sharing.store.contents import HOLDS_KEYS, HOLDS_ROWS
from sharing.store.snapshot import Half, Moment, counts, snapshot
from sharing.store.store import Store
from sharing.vault import apart
from sharing.vault.needed import Needed, needed

HORIZON_DAYS = 35
"""The longest that the file with the rows may be kept."""


@dataclass(frozen=True)
class Backup:
    """A backup that was made. `bytes` and `sha256` are of whole files, `rows` by table and of both."""

    backup: str
    file: str
    sha256: str
    bytes: int
    keys_file: str
    keys_sha256: str
    keys_bytes: int
    made_at: str
    accord: str
    revision: str
    database: str
    rows: dict[str, int]
    heads: tuple[Standing, ...]
    keys: Needed


def keys_beside(file: Path) -> Path:
    """Return where a backup's keys are when nobody says where: beside it, under its name and `.keys`."""
    return file.with_name(f"{file.name}.keys")


def back_up(store: Store, file: Path, actor: Actor, keys_file: Path | None = None) -> Backup:
    """Write a backup to two new files (mode 0600), having recorded it first: whoever may have got a copy stands in the log.

    The entry is in the backup as well, so that an installation that moves, by backup and restore, goes on where its log ended.

    Raises InvalidError when there is a file of either name, TamperedError when the database is damaged, UnreachableError when it
    cannot be read or a file cannot be written. Whatever is raised, neither file is left behind.
    """
    keys_file = keys_file or keys_beside(file)
    if keys_file.absolute() == file.absolute():
        raise InvalidError.one("Rows and keys need two files.", where=str(file), mend="Name another one for the keys.")
    _refuse_existing(file)
    _refuse_existing(keys_file)
    try:
        with _beside(file) as folder, _beside(keys_file) as keys_folder:
            return _write(store, actor, (file, folder), (keys_file, keys_folder))
    except DBAPIError as error:
        # A policy of PostgreSQL that hides rows ends here, too: an incomplete backup is none.
        raise UnreachableError(f"The database cannot be read whole ({type(error).__name__}).") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UnreachableError(f"{file} and {keys_file} cannot be written: {why}.") from None


def _refuse_existing(file: Path) -> None:
    if os.path.lexists(file):
        raise InvalidError.one(
            "There is a file of that name, and a backup never overwrites.", where=str(file), mend="Name a new one."
        )
    if not file.absolute().parent.is_dir():
        raise InvalidError.one("There is no such folder.", where=str(file.absolute().parent), mend="Make it first.")


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Make a private folder beside the file, and empty it afterwards; what a killed backup left there goes as well."""
    folder = file.with_name(f".{file.name}.part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=PRIVATE_FOLDER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(store: Store, actor: Actor, rows: tuple[Path, Path], keys: tuple[Path, Path]) -> Backup:
    """Write both files: each has its own name, and a folder beside it to be written in."""
    made_at = store.clock.now().astimezone(UTC)
    with store.unit(actor) as unit:
        unit.record(Event.BACKUP_MADE, facts={"database": store.engine.dialect.name})
    with ExitStack() as open_files:
        rest, apart_from_it = (
            Half(open_files.enter_context(closing(Archive(folder / "archive"))), folder) for _, folder in (rows, keys)
        )
        with snapshot(store.engine.url, rest, apart_from_it) as moment:
            facts = _facts(store, moment, made_at)
        of_rows, of_keys = _manifests(facts, moment)
        keys_digest, keys_size = apart_from_it.archive.finish(of_keys, store.signer)
        digest, size = rest.archive.finish(of_rows, store.signer)
    _name_both((apart_from_it.archive.path, keys[0]), (rest.archive.path, rows[0]))
    return Backup(
        file=str(rows[0]),
        sha256=digest,
        bytes=size,
        keys_file=str(keys[0]),
        keys_sha256=keys_digest,
        keys_bytes=keys_size,
        **facts,
    )


def _facts(store: Store, moment: Moment, made_at: datetime) -> dict[str, Any]:
    """What the snapshot holds, read from the snapshot itself."""
    at = revision.stored(moment.connection)
    if at is None:
        raise TamperedError(f"The database of {made_at:%d %B %Y} says of no revision that it is at it.")
    with Session(moment.connection) as session:
        return {
            "backup": str(new_id()),
            "made_at": made_at.isoformat(),
            "accord": revision.version(),
            "revision": at,
            "database": moment.connection.dialect.name,
            "rows": counts(moment.connection),
            "heads": tuple(standings(session)),
            "keys": needed(session, store.keyring),
        }


def _manifests(facts: Mapping[str, Any], moment: Moment) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the lists of contents of rows and of keys: they name the same backup and moment."""
    of_rows, of_keys = facts["keys"].apart()
    plain = {
        **facts,
        "records": facts["rows"][apart.TABLES[-1]],
        "heads": [head.as_json() for head in facts["heads"]],
    }
    counted = facts["rows"].items()
    return (
        {
            **plain,
            **moment.rest,
            "holds": HOLDS_ROWS,
            "rows": {name: rows for name, rows in counted if name not in apart.TABLES},
            "keys": of_rows.as_json(),
        },
        {
            **plain,
            **moment.keys,
            "holds": HOLDS_KEYS,
            "rows": {name: rows for name, rows in counted if name in apart.TABLES},
            "keys": of_keys.as_json(),
        },
    )


def _name_both(keys: tuple[Path, Path], rows: tuple[Path, Path]) -> None:
    """Give both finished files their names, or neither: the keys first, for rows without them would look like a backup."""
    named: list[Path] = []
    try:
        for written, file in (keys, rows):
            _name(written, file)
            named.append(file)
        for file in named:
            sync_folder(file.absolute().parent)
    except BaseException:
        for file in named:
            file.unlink()
        raise


def _name(written: Path, file: Path) -> None:
    """Give a finished file its name, unless somebody has taken it meanwhile."""
    try:
        os.link(written, file)
    except FileExistsError:
        _refuse_existing(file)
    except OSError:  # a file system without links
        _refuse_existing(file)
        written.rename(file)


def sync_folder(folder: Path) -> None:
    """See on the disk what a folder holds by what name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
