"""This module knows which tables a backup keeps apart from all the rest, and what newer ones mean beside older rows.

A record is erased by deleting its wrapped key. For that to be true of backups too, keys lie in a file of their own, of which only
the newest is kept. Organisations' keys lie there as well: a rotation replaces both at once, and without them no blind index among
the rest can be tested against a guess.
"""

from __future__ import annotations

from sqlalchemy import column, delete, func, inspect, select, table
from sqlalchemy.orm import Session

from sharing.vault.model import RECORD_KEY, VAULT_KEY

TABLES = (VAULT_KEY.name, RECORD_KEY.name)
"""Those that others refer to first."""


def count_records(session: Session) -> int:
    """Count the records that have a key."""
    return session.execute(select(func.count()).select_from(RECORD_KEY)).scalar_one()


def leave_out(session: Session) -> int:
    """Delete the keys of records that are not in this database, as newer keys have beside older rows. Returns how many.

    A row without a key is what a shredded record is, and stays so. A record stands in the table that its key names, by `id`.
    """
    there = set(inspect(session.connection()).get_table_names())
    names = session.scalars(select(RECORD_KEY.c.table_name).distinct()).all()
    return sum(_leave_out(session, name, is_there=name in there) for name in names)


def _leave_out(session: Session, name: str, *, is_there: bool) -> int:
    gone = delete(RECORD_KEY).where(RECORD_KEY.c.table_name == name)
    if is_there:
        rows = table(name, column("id"))
        its_row = select(1).select_from(rows).where(rows.c.id == RECORD_KEY.c.record).correlate(RECORD_KEY)
        gone = gone.where(~its_row.exists())
    return session.connection().execute(gone).rowcount
