"""This module knows how to open SQLite and PostgreSQL so that no update is lost, no write half applied, no value leaked."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.pool import ConnectionPoolEntry

from sharing.errors import UnreachableError

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=FULL",  # an acknowledged entry must survive a power cut
    "PRAGMA secure_delete=ON",  # a deleted key must not linger in a free page
    "PRAGMA busy_timeout=15000",
)


def open_engine(url: str, *, read_only: bool = False) -> Engine:
    """Open one engine. Parameters are hidden from errors, because an error page or a log may show them.

    Raises UnreachableError for a URL of any other database.
    """
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(url, read_only=read_only)
    if backend == "postgresql":
        return _open_postgresql(url, read_only=read_only)
    raise UnreachableError(f"Accord keeps its records in SQLite or PostgreSQL, not in {backend}.")


def _open_sqlite(url: str, *, read_only: bool) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 15})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver must not open transactions of its own
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A deferred writer reads first and upgrades later: two of them lose updates or meet "database is locked".
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _open_postgresql(url: str, *, read_only: bool) -> Engine:
    options: dict[str, Any] = {"postgresql_readonly": True} if read_only else {}
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        execution_options=options,
    )
