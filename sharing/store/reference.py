"""This module knows how things are numbered for people: by kind, partnership and year."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import extract, func, select
from sqlalchemy.orm import InstrumentedAttribute

from sharing.store.unit import Unit


def next_ref(unit: Unit, partnership: str, dated: InstrumentedAttribute[datetime], head: str) -> str:
    """The next reference of a kind in a partnership and year, such as RC2026-00001; `dated` is its table's own moment."""
    year, row = unit.clock.today().year, dated.class_
    count = unit.session.scalar(
        select(func.count()).where(row.partnership == partnership, extract("year", dated) == year)
    )
    return f"{head}{year}-{(count or 0) + 1:05d}"
