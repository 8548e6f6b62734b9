"""This module knows how a partnership's places are loaded: the operator hands over files, the older copy goes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import delete, insert

from protocols.actions import Event
from sharing.base import new_id
from sharing.errors import InvalidError, NotPermittedError
from sharing.places import read
from sharing.places.areas import Area, find_areas, write_rings
from sharing.places.files import PostcodeRow, read_areas, read_names, read_postcodes
from sharing.places.model import AreaBoundary, CellName, Postcode
from sharing.store import Unit


@dataclass(frozen=True)
class LoadPlaces:
    """Files of one partnership, as bytes; what is None stays as it was.

    `edition` names the postcodes' edition.
    """

    partnership: str
    lsoas: bytes | None = None
    wards: bytes | None = None
    postcodes: bytes | None = None
    names: bytes | None = None
    edition: str = ""


@dataclass(frozen=True)
class LoadedPlaces:
    """How many of each were stored."""

    lsoas: int = 0
    wards: int = 0
    postcodes: int = 0
    postcodes_outside: int = 0
    names: int = 0


def load_places(unit: Unit, command: LoadPlaces) -> LoadedPlaces:
    """Store the files' places instead of the older ones.

    Boundaries first: postcodes are inside or outside by them.

    Raises NotPermittedError for anybody but the operator, InvalidError with every problem of a file.
    """
    if unit.actor.operator is None:
        raise NotPermittedError("Places are loaded by the operator at the command line.", rule="operator")
    if command.postcodes is not None and not command.edition.strip():
        raise InvalidError.one(
            "the postcodes' edition is not named", where="edition", mend="As in: Code-Point Open 2014-08."
        )
    lsoas = _load_areas(unit, command.partnership, "lsoa", command.lsoas)
    wards = _load_areas(unit, command.partnership, "ward", command.wards)
    inside, outside = _load_postcodes(unit, command)
    loaded = LoadedPlaces(lsoas, wards, inside, outside, _load_names(unit, command))
    files = {
        "lsoas": command.lsoas,
        "wards": command.wards,
        "postcodes": command.postcodes,
        "names": command.names,
    }
    unit.record(
        Event.PLACES_LOADED,
        about=command.partnership,
        partnership=command.partnership,
        facts={
            "edition": command.edition,
            "counts": vars(loaded),
            "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if data is not None},
        },
    )
    return loaded


def _load_areas(unit: Unit, partnership: str, kind: str, data: bytes | None) -> int:
    if data is None:
        return 0
    found = read_areas(data, kind)
    unit.session.execute(delete(AreaBoundary).where(AreaBoundary.partnership == partnership, AreaBoundary.kind == kind))
    rows = [
        {
            "id": new_id(),
            "partnership": partnership,
            "kind": kind,
            "code": area.code,
            "name": area.name,
            "rings": write_rings(area.rings),
        }
        for area in found
    ]
    if rows:
        unit.session.execute(insert(AreaBoundary), rows)
    return len(rows)


def _load_postcodes(unit: Unit, command: LoadPlaces) -> tuple[int, int]:
    if command.postcodes is None:
        return 0, 0
    found = read_postcodes(command.postcodes)
    lsoa_areas = read.areas(unit.session, command.partnership, "lsoa")
    ward_areas = read.areas(unit.session, command.partnership, "ward")
    lsoas = _codes(lsoa_areas, found, [row.lsoa for row in found])
    wards = _codes(ward_areas, found, [row.ward for row in found])
    bounded = bool(lsoa_areas or ward_areas)  # without any boundary nothing is known to lie outside
    unit.session.execute(delete(Postcode).where(Postcode.partnership == command.partnership))
    rows = [
        {
            "id": new_id(),
            "partnership": command.partnership,
            "postcode": row.postcode,
            "easting": row.easting,
            "northing": row.northing,
            "lsoa": lsoa,
            "ward": ward,
            "inside": bool(lsoa or ward) or not bounded,
            "ended": row.ended,
            "edition": command.edition.strip(),
        }
        for row, lsoa, ward in zip(found, lsoas, wards, strict=True)
    ]
    if rows:
        unit.session.execute(insert(Postcode), rows)
    inside = sum(bool(row["inside"]) for row in rows)
    return inside, len(rows) - inside


def _codes(found: tuple[Area, ...], rows: Sequence[PostcodeRow], said: Sequence[str]) -> list[str | None]:
    """Return each row's area: the file's code where it is one of ours, else the polygon that covers the point."""
    ours = {area.code for area in found}
    at = find_areas(found, np.array([row.easting for row in rows]), np.array([row.northing for row in rows]))
    return [
        code if code in ours else (found[index].code if index >= 0 else None)
        for code, index in zip(said, at.tolist(), strict=True)
    ]


def _load_names(unit: Unit, command: LoadPlaces) -> int:
    if command.names is None:
        return 0
    found = read_names(command.names)
    unit.session.execute(delete(CellName).where(CellName.partnership == command.partnership))
    rows = [
        {
            "id": new_id(),
            "partnership": command.partnership,
            "cell_e": name.cell.e,
            "cell_n": name.cell.n,
            "name": name.name,
            "rows": name.rows,
        }
        for name in found
    ]
    if rows:
        unit.session.execute(insert(CellName), rows)
    return len(rows)
