"""This module knows the vault's two tables: organisations' keys and records' keys, every one of them wrapped."""

from __future__ import annotations

import uuid
from typing import ClassVar, cast

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base

AGENCY = "agency"
"""The kind of key that wraps an organisation's record keys in one retention epoch."""
INDEX = "index"
"""The kind of key under an organisation's blind indexes for one due-year."""
ACTIVE = "active"
DECRYPT_ONLY = "decrypt-only"


class VaultKey(Base):
    """A key of one organisation and epoch, wrapped by the epoch's key, which is never in this database."""

    __tablename__ = "vault_key"
    housekeeping: ClassVar[str | None] = (
        "made when an organisation first seals in an epoch, within that recorded change"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    organisation: Mapped[str] = mapped_column(CODE)
    epoch: Mapped[int]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    epoch_version: Mapped[int]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        UniqueConstraint("organisation", "kind", "epoch", "version"),
        Index(
            "uq_vault_key_active",
            "organisation",
            "kind",
            "epoch",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )


class RecordKey(Base):
    """The key of one record, wrapped by its organisation's key: without this row the record's fields are noise.

    Organisation and epoch stand in the `vault_key` that wraps it, and are bound into the wrapping.
    """

    __tablename__ = "record_key"
    housekeeping: ClassVar[str | None] = (
        "made by the recorded change that seals the record; a rewrap changes no meaning"
    )

    record: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    vault_key: Mapped[int] = mapped_column(ForeignKey("vault_key.id"))
    table_name: Mapped[str] = mapped_column(String(63))
    generation: Mapped[int] = mapped_column(SmallInteger)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)

    # The primary key is the whole of every lookup: one tree instead of two on SQLite.
    __table_args__ = ({"sqlite_with_rowid": False},)


VAULT_KEY = cast(Table, VaultKey.__table__)
RECORD_KEY = cast(Table, RecordKey.__table__)
