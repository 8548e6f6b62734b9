"""This module knows the files that places are loaded from: boundaries as GeoJSON, postcodes and place names as CSV.

Read: ONS and OS boundary files in WGS84 (RFC 7946) or in grid metres; Code-Point Open, ONSPD and this project's own
postcode columns; place names by cell. Any of them may be gzipped. Every problem is told with its feature or row.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sharing.errors import InvalidError, Problem
from sharing.places.areas import FEWEST_CORNERS, Area, Ring
from sharing.places.grid import to_grid
from sharing.places.lattice import Cell
from sharing.places.names import PlaceName
from sharing.places.postcodes import normalise

MOST_BYTES = 200_000_000
MOST_PROBLEMS = 50
LARGEST_DEGREE = 360
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31

CODES = {"lsoa": re.compile(r"[EWS]01\d{6}"), "ward": re.compile(r"[EW]05\d{6}|S13\d{6}")}
"""What the codes of a kind of area look like (ONS coding and naming policy)."""

_COLUMNS = {
    "postcode": ("postcode", "pcds", "pcd", "pcd7", "pcd8"),
    "easting": ("easting", "eastings", "oseast1m", "east1m"),
    "northing": ("northing", "northings", "osnrth1m", "north1m"),
    "lsoa": ("lsoa21cd", "lsoa21", "lsoa11cd", "lsoa11", "lsoa"),
    "ward": ("ward", "osward", "admin_ward_code", "wd"),
    "ended": ("doterm", "terminated", "ended"),
}


@dataclass(frozen=True)
class PostcodeRow:
    """One row of a postcode file, checked; the codes are what the file says, or ''."""

    postcode: str
    easting: int
    northing: int
    lsoa: str
    ward: str
    ended: str | None


def read_areas(data: bytes, kind: str) -> tuple[Area, ...]:
    """Return the areas of a GeoJSON file, in order of code.

    `kind` is 'lsoa' or 'ward'. Raises InvalidError with every problem.
    """
    if kind not in CODES:
        raise InvalidError.one(f"{kind} is not a kind of area", mend="Use lsoa or ward.")
    try:
        features = list(json.loads(inflate(data))["features"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidError.one("this is not a GeoJSON feature collection", mend="Give boundaries as GeoJSON.") from None
    areas: dict[str, Area] = {}
    problems: list[Problem] = []
    for number, feature in enumerate(features, 1):
        try:
            area = _area(feature, kind)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            problems.append(Problem(str(error) or "the feature cannot be read", f"feature {number}"))
            continue
        if area.code in areas:
            problems.append(Problem(f"{area.code} is there twice", f"feature {number}", "Leave one of them out."))
        areas[area.code] = area
    if problems:
        raise InvalidError(tuple(problems[:MOST_PROBLEMS]))
    return tuple(areas[code] for code in sorted(areas))


def read_postcodes(data: bytes) -> tuple[PostcodeRow, ...]:
    """Return the rows of a postcode file; rows with no grid reference (easting 0) are left out.

    Raises InvalidError.
    """
    rows, found = _table(data)
    missing = [name for name in ("postcode", "easting", "northing") if name not in found]
    if missing:
        raise InvalidError.one(f"there is no column for {', '.join(missing)}", where="row 1", mend="Name the columns.")
    checked: dict[str, PostcodeRow] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, 2):
        read = _postcode_row(row, found)
        if isinstance(read, Problem):
            problems.append(Problem(read.message, f"row {number}, {read.where}", read.mend))
        elif read.easting:
            checked[read.postcode] = read
    if problems:
        raise InvalidError(tuple(problems[:MOST_PROBLEMS]))
    return tuple(checked[code] for code in sorted(checked))


def read_names(data: bytes) -> tuple[PlaceName, ...]:
    """Return the names of a file with columns cell_e, cell_n, name and rows. Raises InvalidError."""
    names: list[PlaceName] = []
    problems: list[Problem] = []
    for number, row in enumerate(csv.DictReader(io.StringIO(_text(data))), 2):
        try:
            names.append(PlaceName(Cell(int(row["cell_e"]), int(row["cell_n"])), row["name"].strip(), int(row["rows"])))
        except (KeyError, ValueError, TypeError, AttributeError):
            problems.append(Problem("cell_e, cell_n and rows must be whole numbers", f"row {number}"))
    if problems:
        raise InvalidError(tuple(problems[:MOST_PROBLEMS]))
    return tuple(names)


def inflate(data: bytes) -> bytes:
    """Return the bytes, unpacked if they are gzip.

    Raises InvalidError above 200 MB, packed or not, and for broken gzip.
    """
    if data.startswith(_GZIP):
        try:
            unpacker = zlib.decompressobj(_GZIP_WINDOW)
            data = unpacker.decompress(data, MOST_BYTES + 1)
        except zlib.error:
            raise InvalidError.one("the file is not whole", mend="Fetch it again.") from None
        if not unpacker.eof and len(data) <= MOST_BYTES:
            raise InvalidError.one("the file is not whole", mend="Fetch it again.")
    if len(data) > MOST_BYTES:
        raise InvalidError.one("the file is larger than 200 MB", mend="Cut it down to the partnership's area.")
    return data


def _text(data: bytes) -> str:
    raw = inflate(data)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _table(data: bytes) -> tuple[Iterator[dict[str, str]], dict[str, str]]:
    reader = csv.DictReader(io.StringIO(_text(data)), restval="")
    heads = {name.strip().lower(): name for name in reader.fieldnames or () if name}
    found = {
        column: heads[alias]
        for column, aliases in _COLUMNS.items()
        if (alias := next((a for a in aliases if a in heads), ""))
    }
    return iter(reader), found


def _postcode_row(row: Mapping[str, str], found: Mapping[str, str]) -> PostcodeRow | Problem:
    code = normalise(row[found["postcode"]])
    if code is None:
        return Problem("this is not a UK postcode", "postcode")
    try:
        east, north = int(row[found["easting"]] or 0), int(row[found["northing"]] or 0)
    except ValueError:
        return Problem("easting and northing must be whole metres", "easting")
    ended = row[found["ended"]].strip() if "ended" in found else ""
    return PostcodeRow(
        code,
        east,
        north,
        row[found["lsoa"]].strip() if "lsoa" in found else "",
        row[found["ward"]].strip() if "ward" in found else "",
        _month(ended) if ended else None,
    )


def _month(text: str) -> str:
    """Turn ONSPD's YYYYMM into YYYY-MM; leave YYYY-MM as it is."""
    digits = text.replace("-", "")
    return f"{digits[:4]}-{digits[4:6]}"


def _area(feature: Mapping[str, Any], kind: str) -> Area:
    properties = feature["properties"]
    key, code = next(
        ((k, v) for k, v in properties.items() if isinstance(v, str) and CODES[kind].fullmatch(v)), ("", "")
    )
    if not code:
        raise ValueError(f"it has no property that holds the code of a {kind}")
    name = _name(properties, key) or code
    geometry = feature["geometry"]
    polygons = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}[geometry["type"]]
    rings = tuple(_ring(ring) for polygon in polygons for ring in polygon)
    return Area(kind, code, name, rings)


def _name(properties: Mapping[str, Any], key: str) -> str:
    """Find the name that goes with a code's property: LSOA11CD and LSOA11NM, ward_code and ward_name, GSS_CODE and NAME."""
    twins = (key[:-2] + "NM", key[:-2] + "nm", key.replace("code", "name"), "NAME", "name")
    return next((str(properties[twin]).strip() for twin in twins if twin != key and properties.get(twin)), "")


def _ring(corners: list[list[float]]) -> Ring:
    points = np.array([corner[:2] for corner in corners], float)
    if points.ndim != 2 or not np.isfinite(points).all():  # noqa: PLR2004  a table of pairs
        raise ValueError("a corner is not a pair of numbers")
    if np.abs(points).max() <= LARGEST_DEGREE:
        points = np.stack(to_grid(points[:, 1], points[:, 0]), 1)
    rounded = np.rint(points).astype(np.int64)
    whole: Ring = rounded[np.any(rounded != np.roll(rounded, 1, axis=0), axis=1)]
    if len(whole) < FEWEST_CORNERS:
        raise ValueError("a ring has fewer than three corners")
    return whole
