"""This module knows the declarative base: the naming convention, the column types and the two shapes of table."""

from __future__ import annotations

import os
import time
import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, ForeignKey, MetaData, String, UniqueConstraint, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
CODE = String(80)
"""An organisation's, partnership's or protocol's code: a slug that never changes."""


def new_id() -> uuid.UUID:
    """Return a time-ordered UUID (RFC 9562, version 7): made before INSERT, because the seal is bound to it."""
    millis = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    value = (
        (millis & ((1 << 48) - 1)) << 80
        | 0x7 << 76
        | (tail >> 68 & 0xFFF) << 64
        | 0b10 << 62
        | (tail & ((1 << 62) - 1))
    )
    return uuid.UUID(int=value)


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases; a naive one is refused rather than guessed at."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps no zone, so the zone is dropped there and put back on reading."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give back an aware UTC datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table. A table that may change without a ledger entry says why in `housekeeping`."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment, uuid.UUID: Uuid(as_uuid=True)}
    housekeeping: ClassVar[str | None] = None


class Tenant:
    """A table whose rows belong to one partnership; neighbours refer to (partnership, id), never to a bare id."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    partnership: Mapped[str] = mapped_column(CODE, ForeignKey("partnership.code"), index=True)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """Let children refer to (partnership, id), so that no row can point across partnerships."""
        return (UniqueConstraint("partnership", "id"),)
