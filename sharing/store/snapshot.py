"""This module knows how one moment of a running database is taken: all tables of one transaction, no writer held up."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL, func, inspect, select, table
from sqlalchemy.engine import Connection

from sharing.errors import InvalidError, TamperedError, UnreachableError
from sharing.store import copied
from sharing.store.archive import PRIVATE_FOLDER, Archive, chunks
from sharing.store.divided import DATABASE, KEYS, divide
from sharing.store.engine import open_engine
from sharing.vault.apart import TABLES

SQLITE = "sqlite"
POSTGRESQL = "postgresql"


@dataclass(frozen=True)
class Half:
    """One of a backup's two archives, and a private folder beside it that its owner empties."""

    archive: Archive
    folder: Path


@dataclass(frozen=True)
class Moment:
    """A connection that sees the moment which is in the archives, keys included, and what the way back of each needs."""

    connection: Connection
    rest: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, Any] = field(default_factory=dict)


@contextmanager
def snapshot(url: URL, rest: Half, keys: Half) -> Iterator[Moment]:
    """Put one moment of a database into two archives: the tables of wrapped keys into the one, everything else into the other.

    The archives are whole when the block is left. Raises InvalidError while another backup of the same SQLite file is being made.
    """
    taken = _sqlite if url.get_backend_name() == SQLITE else _postgresql
    with taken(url, rest, keys) as moment:
        yield moment


def counts(connection: Connection) -> dict[str, int]:
    """Count the rows of every table, whatever this version's models say."""
    names = sorted(inspect(connection).get_table_names())
    return {name: connection.execute(select(func.count()).select_from(table(name))).scalar_one() for name in names}


@contextmanager
def _sqlite(url: URL, rest: Half, keys: Half) -> Iterator[Moment]:
    live = Path(url.database or "").absolute()
    with _copying(live) as folder:
        whole = folder / DATABASE
        copy_sqlite(live, whole)
        check_sqlite(whole)
        engine = open_engine(f"sqlite:///{whole}", read_only=True)
        try:
            with engine.connect() as connection:
                yield Moment(connection)
        finally:
            engine.dispose()
        divide(whole, rest.folder / DATABASE, keys.folder / KEYS)
    for half, name in ((rest, DATABASE), (keys, KEYS)):
        with half.archive.part(name) as part, (half.folder / name).open("rb") as source:
            for chunk in chunks(source):
                part.write(chunk)


@contextmanager
def _copying(live: Path) -> Iterator[Path]:
    """Give one backup at a time a private folder beside the database, and empty it of what a killed one left there.

    Here rows and keys are together for a moment, on the disk where they are anyhow, and never on the disk of a backup.
    """
    folder = live.with_name(f".{live.name}.copying")
    folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _lock(descriptor)
        try:
            for left in folder.iterdir():
                left.unlink()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InvalidError.one("A backup is being made already.", mend="Wait until it is done.") from None


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that may be written to meanwhile, by SQLite's own online backup, in one step and so of one moment."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=15)) as one,
            closing(sqlite3.connect(target)) as other,
        ):
            one.backup(other, pages=-1)
            other.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing waiting beside it
    except sqlite3.Error as error:
        raise UnreachableError(f"The database cannot be copied ({type(error).__name__}). Is there room?") from None


def check_sqlite(path: Path) -> None:
    """Read every page of a database and check what it says of itself. Raises TamperedError."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            answers = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.Error as error:
        raise TamperedError(f"The database cannot be read through ({type(error).__name__}).") from None
    if answers != ["ok"] or dangling:
        raise TamperedError(
            f"The database is damaged: {len(answers)} faults in its pages, {len(dangling)} in its references."
        )


@contextmanager
def _postgresql(url: URL, rest: Half, keys: Half) -> Iterator[Moment]:
    engine = open_engine(url.render_as_string(hide_password=False), read_only=True)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            copied.prepare(connection)
            tables, counters = copied.columns(connection), copied.counters(connection)
            ways = []
            for half, apart in ((rest, False), (keys, True)):
                its = {name: columns for name, columns in tables.items() if (name in TABLES) is apart}
                copied.copy_out(connection, its, half.archive)
                counted = [each.as_json() for each in counters if each.table in its]
                ways.append({"columns": its, "counters": counted})
            yield Moment(connection, *ways)
    finally:
        engine.dispose()
