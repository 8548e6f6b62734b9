"""This module knows how the database lets go of what was erased: its own leftovers, which a copy of its files would carry.

SQLite overwrites what is deleted (`secure_delete`), but its write-ahead log holds older pages until it is emptied; PostgreSQL
keeps dead rows until they are vacuumed. What is in a backup's keys file or in an archive of the
write-ahead log is practice, not code.
"""

from __future__ import annotations

from sharing.retention import rules
from sharing.store import Store
from sharing.vault.apart import TABLES


def settle(store: Store) -> bool:
    """Empty the write-ahead log (SQLite), or vacuum every table that had something sealed (PostgreSQL).

    Returns False where a reader still needs the older pages: ask again later.
    """
    connection = store.engine.raw_connection()
    try:
        driver = connection.driver_connection
        if driver is None:
            return False
        if store.engine.dialect.name == "sqlite":
            busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
        driver.autocommit = True
        try:
            for name in _sealed_tables():
                driver.execute(f"VACUUM {name}")
        finally:
            driver.autocommit = False
        return True
    finally:
        connection.close()


def _sealed_tables() -> list[str]:
    """Names out of this code alone: none is anybody's input."""
    cells = {rule.cells for rule in rules.RULES.values() if rule.cells}
    return sorted({*TABLES, *rules.RULES, *cells, "case_index", "person_index"})
