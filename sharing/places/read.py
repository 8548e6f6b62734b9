"""This module knows what can be asked about a partnership's places; every answer is a frozen value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.errors import InvalidError, Problem
from sharing.places.areas import Area, read_rings
from sharing.places.lattice import Cell, cell_of
from sharing.places.locate import Locator, covering
from sharing.places.model import AreaBoundary, CellName, Postcode
from sharing.places.names import Gazetteer, PlaceName
from sharing.places.postcodes import PostcodeBook, PostcodePlace

_PLACE = (
    Postcode.postcode,
    Postcode.easting,
    Postcode.northing,
    Postcode.lsoa,
    Postcode.ward,
    Postcode.inside,
    Postcode.ended,
)


def postcode_book(session: Session, partnership: str) -> PostcodeBook:
    """Return every postcode loaded, to look up a whole file of rows."""
    rows = session.execute(select(*_PLACE).where(Postcode.partnership == partnership))
    edition = session.scalar(select(Postcode.edition).where(Postcode.partnership == partnership).limit(1))
    return PostcodeBook.of((PostcodePlace(*row) for row in rows), edition or "")


def find_postcode(session: Session, partnership: str, text: str) -> PostcodePlace:
    """Return where one postcode lies.

    Raises InvalidError: not a postcode, unknown, ended, or outside the area.
    """
    found = postcode_book(session, partnership).find(text)
    if isinstance(found, Problem):
        raise InvalidError((found,))
    return found


def areas(session: Session, partnership: str, kind: str) -> tuple[Area, ...]:
    """Return the boundaries of one kind ('ward' or 'lsoa'), in order of code."""
    rows = session.execute(
        select(AreaBoundary.code, AreaBoundary.name, AreaBoundary.rings)
        .where(AreaBoundary.partnership == partnership, AreaBoundary.kind == kind)
        .order_by(AreaBoundary.code)
    )
    return tuple(Area(kind, code, name, read_rings(rings)) for code, name, rings in rows)


def locator(session: Session, partnership: str) -> Locator:
    """Return what places rows: the LSOAs, or the wards where there are no LSOAs, with the postcodes."""
    found = areas(session, partnership, "lsoa") or areas(session, partnership, "ward")
    return covering(found, postcode_book(session, partnership))


def gazetteer(session: Session, partnership: str) -> Gazetteer:
    """Return the names of cells."""
    rows = session.execute(
        select(CellName.cell_e, CellName.cell_n, CellName.name, CellName.rows)
        .where(CellName.partnership == partnership)
        .order_by(CellName.cell_e, CellName.cell_n, CellName.name)
    )
    return Gazetteer.of(PlaceName(Cell(e, n), name, count) for e, n, name, count in rows)


def homes_by_cell(session: Session, partnership: str) -> Mapping[Cell, int]:
    """Return live postcodes a cell: a stated proxy for homes, since no list of households is held (about 15 homes each)."""
    rows = session.execute(
        select(Postcode.easting, Postcode.northing).where(
            Postcode.partnership == partnership, Postcode.inside, Postcode.ended.is_(None)
        )
    )
    return Counter(cell_of(easting, northing) for easting, northing in rows)


def homes_by_area(session: Session, partnership: str, kind: str) -> Mapping[str, int]:
    """Return live postcodes an area: the same proxy, by ward or by LSOA."""
    column = {"ward": Postcode.ward, "lsoa": Postcode.lsoa}[kind]
    rows = session.scalars(
        select(column).where(
            Postcode.partnership == partnership,
            Postcode.inside,
            Postcode.ended.is_(None),
            column.is_not(None),
        )
    )
    return Counter(code for code in rows if code)
