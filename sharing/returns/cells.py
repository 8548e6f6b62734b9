"""This module knows how the counts by cell and month follow the incidents.

Added when a return counts, taken back when it is superseded.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sharing.returns.model import CellMonth, Incident, table_of

Key = tuple[str, int, int, str, str]
"""Month, cell, source, kind."""

_KEYS = ("month", "cell_e", "cell_n", "source", "category")
_TABLE = table_of(CellMonth)


def count_cells(rows: Iterable[tuple[str, int | None, int | None, str, str]]) -> Counter[Key]:
    """Add up rows (month, cell, source, kind); those without a cell count nowhere."""
    return Counter((month, e, n, source, kind) for month, e, n, source, kind in rows if e is not None and n is not None)


def add_cells(session: Session, partnership: str, counts: Mapping[Key, int]) -> None:
    """Add to the counts: one statement, a row made where there is none."""
    if not counts:
        return
    make: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = make(_TABLE)
    statement = statement.on_conflict_do_update(
        index_elements=list(_TABLE.primary_key.columns), set_={"n": _TABLE.c.n + statement.excluded.n}
    )
    # In key order, so that two writers on PostgreSQL wait for each other instead of locking crosswise.
    session.execute(statement, [_row(partnership, key, n) for key, n in sorted(counts.items())])


def take_back(session: Session, partnership: str, submission: uuid.UUID) -> None:
    """Take a submission's incidents out of the counts again."""
    columns = [getattr(Incident, name) for name in ("month", "cell_e", "cell_n", "source", "category")]
    query = (
        select(*columns, func.count())
        .where(Incident.partnership == partnership, Incident.submission_id == submission, Incident.cell_e.is_not(None))
        .group_by(*columns)
    )
    counts = {(row[0], row[1], row[2], row[3], row[4]): row[5] for row in session.execute(query)}
    if not counts:
        return
    statement = update(_TABLE).values(n=_TABLE.c.n - bindparam("taken")).where(_TABLE.c.partnership == bindparam("p"))
    for name in _KEYS:
        statement = statement.where(_TABLE.c[name] == bindparam(f"k_{name}"))
    session.connection().execute(
        statement,
        [
            {"p": partnership, "taken": n} | {f"k_{name}": value for name, value in zip(_KEYS, key, strict=True)}
            for key, n in sorted(counts.items())
        ],
    )
    months = sorted({key[0] for key in counts})
    session.execute(
        delete(CellMonth).where(CellMonth.partnership == partnership, CellMonth.month.in_(months), CellMonth.n == 0)
    )


def recount(session: Session, partnership: str, submissions: Iterable[uuid.UUID]) -> Counter[Key]:
    """What the counts should be, added up afresh from the incidents: for a check of the record against itself."""
    columns = [getattr(Incident, name) for name in ("month", "cell_e", "cell_n", "source", "category")]
    query = select(*columns).where(Incident.partnership == partnership, Incident.submission_id.in_(list(submissions)))
    return count_cells((row[0], row[1], row[2], row[3], row[4]) for row in session.execute(query))


def _row(partnership: str, key: Key, n: int) -> dict[str, Any]:
    return {"partnership": partnership, "n": n} | dict(zip(_KEYS, key, strict=True))
