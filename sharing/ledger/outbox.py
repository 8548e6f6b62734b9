"""This module knows how an entry joins the change that it tells of: as a row of the outbox, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from sharing.ledger.entry import Entry, moment_text
from sharing.ledger.model import OUTBOX, OutboxEntry

_COLUMNS = ("log", "entry_id", "type", "at", "body")
_INSERT = insert(OUTBOX).inline()  # nobody asks for the row's number


def append(session: Session, *entries: Entry) -> None:
    """Insert the entries' canonical bytes, in their order. The caller commits them together with the change, or neither.

    Every change pays for this, so the rows go to the driver as they are (`bench/unit.py`). Raises ProfileError (a ValueError)
    when an entry has no canonical form, a defect of whoever recorded it, and SQLAlchemy's errors, without the entry's body.
    """
    rows = [_row(entry) for entry in entries]
    connection = session.connection()
    dialect, driver = connection.dialect, connection.connection.driver_connection
    if dialect.dbapi is None or driver is None:
        session.execute(_INSERT, [dict(zip(_COLUMNS, row, strict=True)) for row in rows])
        return
    statement, named, as_id = _compiled(dialect)
    try:
        cursor = driver.cursor()
        for log, entry_id, *others in rows:
            row = (log, as_id(entry_id), *others)
            cursor.execute(statement, dict(zip(_COLUMNS, row, strict=True)) if named else row)
        cursor.close()
    except dialect.dbapi.Error as error:
        raise DBAPIError.instance(
            f"INSERT INTO {OUTBOX.name}", None, error, dialect.dbapi.Error, hide_parameters=True, dialect=dialect
        ) from None


def _row(entry: Entry) -> tuple[str, UUID, str, str, bytes]:
    return entry.log, entry.id, str(entry.type), moment_text(entry.at), entry.encode()


@lru_cache(maxsize=8)
def _compiled(dialect: Dialect) -> tuple[str, bool, Callable[[UUID], Any]]:
    """Return the statement as the driver takes it, whether its parameters have names, and how it takes an id."""
    compiled = _INSERT.compile(dialect=dialect, column_keys=list(_COLUMNS))
    as_id = OUTBOX.c.entry_id.type.dialect_impl(dialect).bind_processor(dialect)
    return str(compiled), not compiled.positional, as_id or (lambda value: value)


def waiting(session: Session) -> int:
    """Return how many committed entries are not in the tree yet."""
    return session.scalar(select(func.count()).select_from(OutboxEntry)) or 0
