"""This module knows how the tables of PostgreSQL leave it and come back, in PostgreSQL's own COPY text form.

No outside program: `pg_dump` refuses a server that is newer than itself, and the machine's is often older. One transaction that
sees one moment (REPEATABLE READ) reads every table; the schema comes from our own migrations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any

from sqlalchemy import MetaData, inspect, text
from sqlalchemy.engine import Connection

from sharing.store.archive import Archive, chunks

REVISIONS = "alembic_version"
_SETTINGS = {
    "row_security": "off",  # a policy that hides rows makes this fail, where it would make the backup incomplete
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "3",
}
_COUNTERS = text(
    "SELECT c.relname, a.attname, pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) AS sequence"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
    " AND pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) IS NOT NULL"
    " ORDER BY c.relname, a.attname"
)
_SET_COUNTER = text("SELECT setval(pg_get_serial_sequence(quote_ident(:table), :column), :last, :called)")


@dataclass(frozen=True)
class Counter:
    """Where the counter behind a numbered column stands."""

    table: str
    column: str
    last: int
    called: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data, from which `Counter(**data)` makes it again."""
        return asdict(self)


def prepare(connection: Connection) -> None:
    """Set what a faithful copy depends on, for this transaction."""
    for name, value in _SETTINGS.items():
        connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})


def part_of(table: str) -> str:
    """Name the part of the archive that holds a table."""
    return f"tables/{table}.copy"


def columns(connection: Connection) -> dict[str, list[str]]:
    """Return every table's columns, whatever this version's models say."""
    seen = inspect(connection)
    return {table: [column["name"] for column in seen.get_columns(table)] for table in sorted(seen.get_table_names())}


def counters(connection: Connection) -> list[Counter]:
    """Return where each counter stands. Counters are beyond transactions: never behind the rows, possibly ahead."""
    found = []
    for table, column, sequence in connection.execute(_COUNTERS).all():
        # The name comes quoted from the database itself.
        last, called = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {sequence}").one()  # noqa: S608
        found.append(Counter(table, column, last, called))
    return found


def copy_out(connection: Connection, tables: Mapping[str, Sequence[str]], archive: Archive) -> None:
    """Write every row of every table into the archive."""
    for table, names in tables.items():
        leave = f"COPY {_place(connection, table, names)} TO STDOUT {_FORM}"
        with archive.part(part_of(table)) as part, _cursor(connection) as cursor, cursor.copy(leave) as rows:
            for row in rows:
                part.write(bytes(row))


def copy_in(connection: Connection, table: str, names: Sequence[str], source: IO[bytes]) -> None:
    """Read a table's rows. What the schema demands of a row is demanded of these."""
    with (
        _cursor(connection) as cursor,
        cursor.copy(f"COPY {_place(connection, table, names)} FROM STDIN {_FORM}") as rows,
    ):
        for chunk in chunks(source):
            rows.write(chunk)


def set_counters(connection: Connection, wanted: Iterable[Counter]) -> None:
    """Let numbering go on where it stood."""
    for counter in wanted:
        connection.execute(_SET_COUNTER, counter.as_json())


def in_order(connection: Connection) -> Iterator[str]:
    """Give the names of the tables, those that others refer to first."""
    there = MetaData()
    there.reflect(connection)
    return (table.name for table in there.sorted_tables)


_FORM = "WITH (FORMAT text, ENCODING 'UTF8')"


def _place(connection: Connection, table: str, names: Sequence[str]) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    return f"{quote(table)} ({', '.join(map(quote, names))})"


def _cursor(connection: Connection) -> Any:  # noqa: ANN401  the driver's own, which alone can copy
    driver: Any = connection.connection.driver_connection
    return driver.cursor()
