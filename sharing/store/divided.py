"""This module knows how a copy of a SQLite database is divided into its keys and all the rest, and how the two come together.

The rest is written anew, page by page, from what is left when the keys are gone: no free page remembers one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sharing.errors import TamperedError, UnreachableError
from sharing.vault.apart import TABLES

DATABASE = "database.sqlite"
"""The part of the archive that holds a whole SQLite database, but for its keys."""
KEYS = "keys.sqlite"
"""The part of the keys' archive that holds the tables which were taken out."""


def divide(whole: Path, rest: Path, keys: Path) -> None:
    """Write a copy's keys into one new database and everything else into another. The copy is used up.

    Raises UnreachableError when there is no room.
    """
    try:
        with _connected(whole) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("ATTACH ? AS apart", (str(keys),))
            connection.execute("BEGIN")
            for name in TABLES:
                connection.execute(f'CREATE TABLE apart."{name}" AS SELECT * FROM main."{name}"')  # noqa: S608  our own names
            for name in reversed(TABLES):
                connection.execute(f'DELETE FROM main."{name}"')  # noqa: S608
            connection.execute("COMMIT")
            connection.execute("DETACH apart")
            connection.execute("VACUUM INTO ?", (str(rest),))
    except sqlite3.Error as error:
        raise UnreachableError(f"The copy cannot be divided ({type(error).__name__}). Is there room?") from None


def put_together(rest: Path, keys: Path) -> None:
    """Bring keys into a database that has none. Raises TamperedError when they do not fit its tables."""
    try:
        with _connected(rest) as connection:
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("ATTACH ? AS apart", (f"{keys.absolute().as_uri()}?mode=ro",))
            connection.execute("BEGIN IMMEDIATE")
            for name in TABLES:
                rows = connection.execute(f'SELECT * FROM apart."{name}" LIMIT 0')  # noqa: S608
                names = ", ".join('"' + column[0].replace('"', '""') + '"' for column in rows.description)
                connection.execute(f'INSERT INTO main."{name}" ({names}) SELECT {names} FROM apart."{name}"')  # noqa: S608
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise TamperedError(f"The keys do not fit into the database ({type(error).__name__}).") from None


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        yield connection
