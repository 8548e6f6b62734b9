"""This module knows the ledger's tables. `append_only` holds the triggers that keep them from being rewritten by accident."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import cast

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant

ORIGIN = String(200)
"""A log's name: installation, partnership and year."""
MOMENT_TEXT = String(27)
"""A moment exactly as the entry writes it, so that the two can be compared byte by byte; it sorts as time does."""
_ID = BigInteger().with_variant(Integer(), "sqlite")


class LedgerLog(Base):
    """A log: one a partnership and year, and one a year for the operator. Written once, when its first entry arrives."""

    __tablename__ = "ledger_log"
    housekeeping = "the sequencer writes it after the commit; what it says is in the log's first entry"

    origin: Mapped[str] = mapped_column(ORIGIN, primary_key=True)
    partnership: Mapped[str] = mapped_column(CODE, index=True)
    year: Mapped[int]
    opened: Mapped[str] = mapped_column(MOMENT_TEXT)


class OutboxEntry(Base):
    """An entry committed with its change, on its way into the tree. It may leave only once it stands there."""

    __tablename__ = "ledger_outbox"
    __table_args__ = ({"sqlite_autoincrement": True},)
    housekeeping = "it is the entry; a change's entries are appended to it in the same transaction"

    id: Mapped[int] = mapped_column(_ID, primary_key=True, autoincrement=True)
    log: Mapped[str] = mapped_column(ORIGIN)
    entry_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    type: Mapped[str] = mapped_column(String(60))
    at: Mapped[str] = mapped_column(MOMENT_TEXT)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerEntry(Base):
    """An entry in its place. `body` is what is hashed; the other columns repeat it for queries, and audits compare them."""

    __tablename__ = "ledger_entry"
    housekeeping = "the sequencer moves it here from the outbox after the commit"

    log: Mapped[str] = mapped_column(ORIGIN, primary_key=True)
    idx: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    type: Mapped[str] = mapped_column(String(60))
    at: Mapped[str] = mapped_column(MOMENT_TEXT)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LedgerTile(Base):
    """256 hashes of the tree, or the first few of them: a partial tile grows, a full one never changes."""

    __tablename__ = "ledger_tile"
    housekeeping = "hashes over entries, which the sequencer computes after the commit"

    log: Mapped[str] = mapped_column(ORIGIN, ForeignKey("ledger_log.origin"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary(8192))


class LedgerHead(Base):
    """How large each log's tree is by now, and its root, whether signed or not yet."""

    __tablename__ = "ledger_head"
    housekeeping = "a root over entries, which the sequencer computes after the commit"

    log: Mapped[str] = mapped_column(ORIGIN, ForeignKey("ledger_log.origin"), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))


class LedgerCheckpoint(Base):
    """A signed head: what has been promised to whoever holds a copy."""

    __tablename__ = "ledger_checkpoint"
    housekeeping = "a signature over the tree, which the sequencer makes after the commit"

    log: Mapped[str] = mapped_column(ORIGIN, ForeignKey("ledger_log.origin"), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)


class LedgerWitness(Tenant, Base):
    """A partner's key for co-signing: whose it is, and the days (London) from and until which its co-signatures count."""

    __tablename__ = "ledger_witness"
    __table_args__ = (UniqueConstraint("partnership", "id"), UniqueConstraint("partnership", "public"))

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    vkey: Mapped[str] = mapped_column(String(300))
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    registered_at: Mapped[datetime]


class LedgerCosignature(Tenant, Base):
    """A partner's co-signature of one of our heads, verified before it was stored; `line` is its line of the signed note."""

    __tablename__ = "ledger_cosignature"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "log", "size", "witness_id"),
        ForeignKeyConstraint(["partnership", "witness_id"], ["ledger_witness.partnership", "ledger_witness.id"]),
    )

    log: Mapped[str] = mapped_column(ORIGIN, ForeignKey("ledger_log.origin"), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    witness_id: Mapped[uuid.UUID]
    line: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime]
    taken_at: Mapped[datetime]


LOG, OUTBOX, ENTRY, TILE, HEAD, CHECKPOINT = (
    cast(Table, table.__table__)
    for table in (LedgerLog, OutboxEntry, LedgerEntry, LedgerTile, LedgerHead, LedgerCheckpoint)
)
"""The same tables for bulk statements, which need no objects."""
