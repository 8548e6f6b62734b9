"""This module knows how many rows enter one table at the driver's own speed, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from sharing.vault.column import SealedColumn

_COPY_TYPES = {
    "BIGINT": "int8",
    "BOOLEAN": "bool",
    "BYTEA": "bytea",
    "DATE": "date",
    "DOUBLE PRECISION": "float8",
    "FLOAT": "float8",
    "INTEGER": "int4",
    "SMALLINT": "int2",
    "TEXT": "text",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "UUID": "uuid",
    "VARCHAR": "varchar",
}

Row = Sequence[Any]


WATCHER = "accord_unit"
"""The execution option under which a connection carries whoever must know which tables change: the unit of work."""


def insert_rows(session: Session, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert tuples, given in the order of `columns`, and nothing else: defaults are not filled in.

    The same bytes as a Core insert for less work (`bench/vault.py`): executemany on SQLite, binary COPY on PostgreSQL.
    The unit of work hears of the change as of any other; a sealed column refuses text here as anywhere. Raises
    SQLAlchemy's errors, such as IntegrityError, without the rows in their message.
    """
    connection = session.connection()
    watcher = connection.get_execution_options().get(WATCHER)
    if watcher is not None:
        watcher.changed(table.name)
    dialect = connection.dialect
    driver = connection.connection.driver_connection
    types = _copy_types(table, columns, dialect)
    if dialect.dbapi is None or driver is None or not (types or dialect.name == "sqlite"):
        session.execute(insert(table), [dict(zip(columns, row, strict=True)) for row in rows])
        return
    try:
        if types:
            _copy(driver, table, columns, types, _bound(table, columns, rows, dialect, sealed_only=True))
        else:
            _execute_many(driver, table, columns, _bound(table, columns, rows, dialect), dialect)
    except dialect.dbapi.Error as error:
        raise DBAPIError.instance(
            f"INSERT INTO {table.name}", None, error, dialect.dbapi.Error, hide_parameters=True, dialect=dialect
        ) from None


def _bound(
    table: Table, columns: Sequence[str], rows: Iterable[Row], dialect: Dialect, *, sealed_only: bool = False
) -> Iterable[Row]:
    """Convert the values that need it; psycopg itself adapts all but the sealed ones."""
    converters: list[tuple[int, Callable[[Any], Any]]] = []
    for position, name in enumerate(columns):
        kind = table.c[name].type
        if not sealed_only or isinstance(kind, SealedColumn):
            converter = kind.dialect_impl(dialect).bind_processor(dialect)
            if converter is not None:
                converters.append((position, converter))
    return _convert(rows, converters) if converters else rows


def _convert(rows: Iterable[Row], converters: Sequence[tuple[int, Callable[[Any], Any]]]) -> Iterable[Row]:
    for row in rows:
        values = list(row)
        for position, converter in converters:
            values[position] = converter(values[position])
        yield values


def _execute_many(driver: Any, table: Table, columns: Sequence[str], rows: Iterable[Row], dialect: Dialect) -> None:  # noqa: ANN401
    statement = insert(table).compile(dialect=dialect, column_keys=list(columns))
    order = list(statement.positiontup or columns)
    if order != list(columns):
        pick = itemgetter(*map(list(columns).index, order))
        rows = map(pick, rows)
    driver.executemany(str(statement), rows)


def _copy_types(table: Table, columns: Sequence[str], dialect: Dialect) -> list[str]:
    """Return PostgreSQL's names for the columns' types; empty where binary COPY cannot be used."""
    if dialect.driver != "psycopg":
        return []
    names = (table.c[name].type.dialect_impl(dialect).compile(dialect=dialect).partition("(")[0] for name in columns)
    types = [_COPY_TYPES.get(name, "") for name in names]
    return types if all(types) else []


def _copy(driver: Any, table: Table, columns: Sequence[str], types: Sequence[str], rows: Iterable[Row]) -> None:  # noqa: ANN401
    from psycopg import sql

    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table.name), names)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
