"""This module knows the database's own time, by which every limit of the front door is judged.

Two web processes whose clocks differ must not give two answers to "how often in five minutes?" (MISP,
CVE-2020-8890).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharing.base import Moment
from sharing.errors import UnreachableError


def database_now(session: Session) -> datetime:
    """Return the database's time, aware UTC, to the second on SQLite.

    On PostgreSQL it is that of the transaction's start.
    """
    now: datetime | None = session.scalar(select(func.current_timestamp(type_=Moment())))
    if now is None:
        raise UnreachableError("The database did not say what time it is.")
    return now
