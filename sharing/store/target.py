"""This module knows how a backup's rows come into a database that has none: the way there, for SQLite and for PostgreSQL.

Both have a fence. SQLite's file bears another name until everything in it is checked. PostgreSQL's row `installation`, without
which nothing is served, is read in the transaction that checks and finishes: no killed restore is taken for a whole one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url, select, table
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from sharing.errors import InvalidError, TamperedError
from sharing.store import copied, migrate, revision
from sharing.store.archive import PRIVATE, PRIVATE_FOLDER, Opened, chunks
from sharing.store.backup import sync_folder
from sharing.store.contents import Contents
from sharing.store.divided import DATABASE, KEYS, put_together
from sharing.store.engine import open_engine
from sharing.store.model import Installation
from sharing.store.snapshot import SQLITE, check_sqlite, counts
from sharing.vault.apart import TABLES

INSTALLATION = Installation.__tablename__
Finish = Callable[[Session], None]
"""Checks the rows and does what a restore has to do besides, within the transaction that makes it whole."""


@dataclass(frozen=True)
class Source:
    """One of a backup's two files, and what it says of itself."""

    file: Opened
    contents: Contents


def kind(url: str) -> str:
    """Name the kind of database that a URL is of."""
    return make_url(url).get_backend_name()


def refuse_unless_empty(url: str) -> None:
    """Raise InvalidError when there is anything in the database; nothing is changed, nor even opened, in SQLite's case."""
    if kind(url) == SQLITE:
        path = _path(url)
        beside = (path, path.with_name(f"{path.name}-wal"))
        if any(each.exists() and each.stat().st_size for each in beside):
            raise InvalidError.one(
                "There is a database already, and a restore never overwrites.",
                where=str(path),
                mend="Move it away, or name another ACCORD_HOME.",
            )
        return
    engine = open_engine(url, read_only=True)
    try:
        with engine.connect() as connection:
            held = [
                name for name in copied.columns(connection) if name != copied.REVISIONS and _holds(connection, name)
            ]
    finally:
        engine.dispose()
    if held:
        raise InvalidError.one(
            f"The database is not empty ({len(held)} tables hold rows), and a restore never overwrites.",
            mend="Create an empty database, name it in ACCORD_DATABASE_URL, and restore again.",
        )


def bring_in(url: str, rows: Source, keys: Source, finish: Finish) -> None:
    """Put rows and keys into the empty database, bring it to this version's revision, and finish.

    Raises TamperedError when a table does not hold what the lists of contents say.
    """
    if kind(url) == SQLITE:
        _sqlite(_path(url), rows, keys, finish)
    else:
        _postgresql(url, rows, keys, finish)


def _path(url: str) -> Path:
    return Path(make_url(url).database or "").absolute()


def _holds(connection: Connection, name: str) -> bool:
    return connection.execute(select(1).select_from(table(name)).limit(1)).first() is not None


def _compare_rows(connection: Connection, rows: Source, *, but: str | None = None) -> None:
    """See that each table has its rows; those of the keys, and the one left for the end, have none yet."""
    none_yet = dict.fromkeys((*TABLES, but) if but else TABLES, 0)
    _compare(counts(connection), {**rows.contents.rows, **none_yet})


def _compare_keys(connection: Connection, keys: Source) -> None:
    found = counts(connection)
    _compare({name: found[name] for name in TABLES}, keys.contents.rows)


def _compare(found: Mapping[str, int], stated: Mapping[str, int]) -> None:
    wrong = sorted(name for name in {*found, *stated} if found.get(name) != stated.get(name))
    if wrong:
        raise TamperedError(f"These tables do not hold as many rows as the list of contents says: {', '.join(wrong)}.")


def _bring_on(url: str, at: str, to: str | None) -> None:
    if to is not None and at != to:
        migrate.upgrade(url, to)


# -- SQLite


def _sqlite(target: Path, rows: Source, keys: Source, finish: Finish) -> None:
    folder = target.with_name(f".{target.name}.restoring")
    shutil.rmtree(folder, ignore_errors=True)  # of a restore that was killed
    folder.mkdir(mode=PRIVATE_FOLDER)
    try:
        path = _unpack(rows, DATABASE, folder / target.name)
        kept_apart = _unpack(keys, KEYS, folder / KEYS)
        _finish_sqlite(path, kept_apart, (rows, keys), finish)
        refuse_unless_empty(f"sqlite:///{target}")
        path.rename(target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(source: Source, part: str, path: Path) -> Path:
    path.touch(PRIVATE)
    with source.file.part(part) as packed, path.open("wb") as out:
        for chunk in chunks(packed):
            out.write(chunk)
    check_sqlite(path)
    return path


def _finish_sqlite(path: Path, kept_apart: Path, both: tuple[Source, Source], finish: Finish) -> None:
    rows, keys = both
    url = f"sqlite:///{path}"
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            _compare_rows(connection, rows)
        _bring_on(url, rows.contents.revision, keys.contents.revision)
        put_together(path, kept_apart)
        with engine.connect() as connection:
            _compare_keys(connection, keys)
        _bring_on(url, keys.contents.revision, revision.newest())
        with Session(engine) as session:
            finish(session)
            session.commit()
    finally:
        engine.dispose()  # the last one to leave moves SQLite's log into the file


# -- PostgreSQL


def _postgresql(url: str, rows: Source, keys: Source, finish: Finish) -> None:
    engine = open_engine(url)
    try:
        _make_schema(url, rows.contents)
        with engine.begin() as connection:
            order = [name for name in _tables(connection) if name not in {INSTALLATION, *TABLES}]
            _fill(connection, order, rows)
            copied.set_counters(connection, rows.contents.counters)
            _compare_rows(connection, rows, but=INSTALLATION)
        _bring_on(url, rows.contents.revision, keys.contents.revision)
        with engine.begin() as connection:
            _fill(connection, TABLES, keys)
            copied.set_counters(connection, keys.contents.counters)
            _compare_keys(connection, keys)
        _bring_on(url, keys.contents.revision, revision.newest())
        with engine.begin() as connection:
            _fill(connection, [INSTALLATION], rows)
            with Session(connection) as session:
                finish(session)
                session.flush()
    finally:
        engine.dispose()


def _tables(connection: Connection) -> list[str]:
    return [name for name in copied.in_order(connection) if name != copied.REVISIONS]


def _make_schema(url: str, contents: Contents) -> None:
    """Bring an empty database to the backup's revision. Raises InvalidError when it stands at another one already."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            at = revision.stored(connection)
    finally:
        engine.dispose()
    if at not in {None, contents.revision}:
        raise InvalidError.one(
            f"The database has tables already, at revision {at}; the backup is at {contents.revision}.",
            mend="Create an empty database, name it in ACCORD_DATABASE_URL, and restore again.",
        )
    migrate.upgrade(url, contents.revision)


def _fill(connection: Connection, names: Iterable[str], source: Source) -> None:
    """Read tables, those that others refer to first."""
    copied.prepare(connection)
    columns = source.contents.columns
    for name in names:
        if name not in columns:
            raise TamperedError(f"The backup has no table {name}, which a database at its revision has.")
        with source.file.part(copied.part_of(name)) as part:
            copied.copy_in(connection, name, columns[name], part)
