"""This module knows how PostgreSQL's row-level policies are told who acts: with BEGIN, in one message."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

_BEGIN = b"BEGIN; SELECT set_config('accord.partnership', %b, true), set_config('accord.organisation', %b, true)"


def begin(connection: Connection, partnership: str | None, organisation: str | None) -> None:
    """Begin the transaction and say who acts in it; PostgreSQL forgets it at the transaction's end. Nothing on SQLite.

    The driver sends BEGIN by itself with the first statement, and waits for its answer. Sent together, the two cost each
    change one message instead of two (`bench/unit.py`). Raises DBAPIError.
    """
    dialect, driver = connection.dialect, connection.connection.driver_connection
    if dialect.name != "postgresql" or dialect.dbapi is None or driver is None:
        return
    import psycopg

    try:
        _send(psycopg, driver, partnership or "", organisation or "")
    except psycopg.Error as error:
        raise DBAPIError.instance(
            "BEGIN", None, error, dialect.dbapi.Error, hide_parameters=True, dialect=dialect
        ) from None


def _send(psycopg: Any, driver: Any, *who: str) -> None:  # noqa: ANN401  the driver's module and connection
    quote = psycopg.pq.Escaping(driver.pgconn).escape_literal
    answer = driver.pgconn.exec_(_BEGIN % tuple(bytes(quote(each.encode())) for each in who))
    if answer.status != psycopg.pq.ExecStatus.TUPLES_OK:
        raise psycopg.errors.error_from_result(answer)
