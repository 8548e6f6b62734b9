"""This module knows the table of links by which a partner without an account opens one disclosure."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant


class ReleaseLink(Tenant, Base):
    """One link to one disclosure. Neither link nor code can be had from here: both are kept as digests.

    The code's digest is over token and code together, and the token (256 bits) is not here: a stolen database gives nothing
    to try codes against.
    """

    __tablename__ = "release_link"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("token_hash"),
        ForeignKeyConstraint(["partnership", "disclosure_id"], ["disclosure.partnership", "disclosure.id"]),
        ForeignKeyConstraint(["partnership", "made_by"], ["officer.partnership", "officer.id"]),
    )

    disclosure_id: Mapped[uuid.UUID] = mapped_column(index=True)
    supplier: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    recipient: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    made_by: Mapped[uuid.UUID]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    opened: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(String(12), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute
