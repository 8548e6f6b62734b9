"""This module knows the table of blind indexes of persons outside a holder's own case records: copies, first of all."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant


class PersonIndex(Tenant, Base):
    """One blind index of a sealed row of an organisation's: which table, which row, which equality.

    The row has no foreign key, for it may be of any table; whoever erases the row calls `persons.forget_person`.
    """

    __tablename__ = "person_index"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        Index("ix_person_index_lookup", "partnership", "name", "token"),
    )

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    kind: Mapped[str] = mapped_column(String(30))
    row_id: Mapped[uuid.UUID] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(60))
    token: Mapped[bytes]
