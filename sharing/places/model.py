"""This module knows the tables of places: postcodes, boundaries and names, each a partnership's own copy."""

from __future__ import annotations

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import Base, Tenant


class Postcode(Tenant, Base):
    """The centroid of one postcode. No postcode by itself is anybody's address."""

    __tablename__ = "postcode"
    __table_args__ = (UniqueConstraint("partnership", "id"), UniqueConstraint("partnership", "postcode"))

    postcode: Mapped[str] = mapped_column(String(8))
    easting: Mapped[int]
    northing: Mapped[int]
    lsoa: Mapped[str | None] = mapped_column(String(9))
    ward: Mapped[str | None] = mapped_column(String(9))
    inside: Mapped[bool]
    ended: Mapped[str | None] = mapped_column(String(7))
    edition: Mapped[str] = mapped_column(String(80))


class AreaBoundary(Tenant, Base):
    """One ward or LSOA; its rings are whole metres of the national grid, written by `sharing.places.areas.write_rings`."""

    __tablename__ = "area_boundary"
    __table_args__ = (UniqueConstraint("partnership", "id"), UniqueConstraint("partnership", "kind", "code"))

    kind: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(9))
    name: Mapped[str] = mapped_column(String(120))
    rings: Mapped[str] = mapped_column(Text)


class CellName(Tenant, Base):
    """A name heard in a 50 m cell, and in how many rows."""

    __tablename__ = "cell_name"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "cell_e", "cell_n", "name"),
    )

    cell_e: Mapped[int]
    cell_n: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    rows: Mapped[int]
