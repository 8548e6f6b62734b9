"""This module knows the one row that says what this installation is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import Base


class Installation(Base):
    """The installation's name, which every log's origin begins with, and whether it is a demonstration."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(80))
    demonstration: Mapped[bool] = mapped_column(default=False)
    business_offset_seconds: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
