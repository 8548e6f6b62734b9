"""This module knows the tables of alerts: whom an alert reaches, and each alert with when it was acknowledged."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.vault import Sealed, SealedColumn


class AlertContact(Tenant, Base):
    """Whom an alert of an area reaches: a named officer, the deputy, and after how many minutes it is the deputy's.

    `area` is an area's code, or empty for everywhere else. The one without an end counts.
    """

    __tablename__ = "alert_contact"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "deputy_id"], ["officer.partnership", "officer.id"]),
    )

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    area: Mapped[str] = mapped_column(String(40), default="")
    officer_id: Mapped[uuid.UUID]
    deputy_id: Mapped[uuid.UUID]
    minutes: Mapped[int]
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]


class BreachAlert(Tenant, Base):
    """An alert that an order was breached. In clear: the order's reference and kind, and when. What happened is in the record.

    The record (`record_id`) is the raiser's own; what of it reaches the contact's agency is the gate's to say (`disclosure_id`).
    """

    __tablename__ = "breach_alert"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "contact_id"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "deputy_id"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
        ForeignKeyConstraint(["partnership", "disclosure_id"], ["disclosure.partnership", "disclosure.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    order_kind: Mapped[str] = mapped_column(String(40))
    order_ref: Mapped[str] = mapped_column(String(40))
    power_of_arrest: Mapped[bool]
    area: Mapped[str] = mapped_column(String(40), default="")
    happened_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    recipient: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    contact_id: Mapped[uuid.UUID]
    deputy_id: Mapped[uuid.UUID]
    escalates_at: Mapped[datetime]
    record_id: Mapped[uuid.UUID]
    disclosure_id: Mapped[uuid.UUID | None]
    necessity: Mapped[Sealed | None] = mapped_column(SealedColumn("breach_alert.necessity"))
    proportionality: Mapped[Sealed | None] = mapped_column(SealedColumn("breach_alert.proportionality"))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[uuid.UUID | None]
    result: Mapped[str] = mapped_column(String(20), default="")
    result_at: Mapped[datetime | None]
    result_by: Mapped[uuid.UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute
