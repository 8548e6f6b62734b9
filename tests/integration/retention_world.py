"""This module knows how time passes in a test of retention, and what is sealed in a database as its bytes lie there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import LargeBinary, inspect, text
from sqlalchemy.types import BLOB

from sharing.store import Store

EIGHT_YEARS = 8 * 365


def let_pass(store: Store, days: int) -> None:
    """Set business time ahead, for this store and for whichever is opened on the same database."""
    with store.engine.begin() as connection:
        connection.execute(
            text("UPDATE installation SET demonstration = :yes, business_offset_seconds = :ahead"),
            {"yes": True, "ahead": int(timedelta(days=days).total_seconds())},
        )
    for cached in ("installation", "clock"):
        store.__dict__.pop(cached, None)


def sealed_bytes(store: Store) -> list[bytes]:
    """Every sealed cell, wrapped record key and blind index that is in the database now."""
    found: list[bytes] = []
    with store.engine.connect() as connection:
        there = inspect(connection)
        for table in there.get_table_names():
            if table.startswith("ledger") or table in {"vault_key", "session", "installation", "release_link"}:
                continue
            for column in there.get_columns(table):
                if isinstance(column["type"], LargeBinary | BLOB) or "BYTEA" in str(column["type"]).upper():
                    cells = connection.execute(text(f'SELECT "{column["name"]}" FROM "{table}"')).scalars()
                    found.extend(bytes(cell) for cell in cells if cell)
    return found


def files_of(store: Store) -> Iterator[Path]:
    """A SQLite database's files, its write-ahead log among them."""
    path = Path(str(store.engine.url.database))
    yield from sorted(path.parent.glob(f"{path.name}*"))
