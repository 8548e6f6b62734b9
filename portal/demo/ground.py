"""This module knows the real ground of each partnership, and how its police and council data come in, quarter by quarter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from portal.demo import files
from portal.demo.programme import Programme
from portal.demo.stage import Stage
from sharing import places, returns
from sharing.places import LoadPlaces, Locator, PostcodeBook, PostcodePlace
from sharing.returns import LIMITS, CouncilChoice, Limits, LoadReports, PoliceChoice, Quarter, ReadReports

QUARTERS = tuple(Quarter(2022, number) for number in (1, 2, 3, 4))
MADE_UP_EDITION = "made-up postcodes of the demonstration"
_ROWS = Limits(rows=40_000, bytes=2 * LIMITS.bytes)
_POLICE_AFTER = timedelta(days=12)
"""Days after a quarter on which its police rows come in. (In life the last month is published some weeks later.)"""
_FIXMYSTREET = {
    "A1": "Abandoned vehicles", "A12": "Bus stops damage", "A20": "Dog fouling", "A24": "Fallen or dangerous trees",
    "A28": "Flyposting",
    "A29": "Fly-tipping", "A33": "Graffiti", "A41": "Highway condition", "A53": "Open spaces and parks", "A54": "Other",
    "A56": "Parking",
    "A57": "Pavement defects", "A60": "Potholes", "A73": "Rubbish", "A79": "Street cleaning", "A81": "Street lights",
    "A82": "Street name plates", "A83": "Street signs", "A86": "Traffic lights",
}  # fmt: skip
"""List A of mySociety's fms_meta_categories (ODC-By 1.0), the codes that occur here."""


@dataclass(frozen=True)
class Place:
    """Somewhere that a made-up incident can be put: a postcode with its ward. `street` names it to people."""

    postcode: str
    ward: str
    street: str = ""


@dataclass(frozen=True)
class Ground:
    """Where made-up incidents can lie, by ward, and what places them."""

    locator: Locator = field(repr=False)
    by_ward: Mapping[str, tuple[Place, ...]] = field(repr=False)


# --- Waltham Forest -------------------------------------------------------------------------------


def load_waltham_forest(stage: Stage) -> None:
    """Load boundaries, postcodes and names of places."""
    here = stage.partnership
    with stage.by_operator() as unit:
        places.load_places(
            unit,
            LoadPlaces(
                here,
                lsoas=files.packed(here, "lsoa2011.geojson.gz"),
                wards=files.packed(here, "wards2013.geojson.gz"),
                postcodes=files.packed(here, "codepoint_open_2014-08.csv.gz"),
                names=files.packed(here, "place_names.csv.gz"),
                edition="Code-Point Open, August 2014",
            ),
        )


def waltham_forest(stage: Stage) -> Ground:
    """Real postcodes of the borough, by ward."""
    with stage.reading() as session:
        locator = places.locator(session, stage.partnership)
        names = places.gazetteer(session, stage.partnership)
    found: dict[str, list[Place]] = defaultdict(list)
    for code, place in sorted(locator.book.places.items()):
        if place.inside and place.ward:
            found[place.ward].append(Place(code, place.ward, names.call({place.cell: 1})))
    return Ground(locator, {ward: tuple(here) for ward, here in found.items()})


def waltham_forest_police(stage: Stage, locator: Locator) -> Mapping[Quarter, ReadReports]:
    """Real burglary rows: everything to March 2022 with the first quarter, then a quarter at a time."""
    table = list(files.rows(stage.partnership, "burglary_2010-12_to_2022-12.csv.gz"))
    choice = PoliceChoice(locator, frozenset({"burglary"}), limits=_ROWS)
    return dict(_by_quarter(table, "Month", choice))


def fixmystreet(stage: Stage, locator: Locator) -> ReadReports:
    """Real counts of reports about streets in 2018 and 2019, by ward: a layer of its time, never part of a score."""
    here = stage.partnership
    with stage.reading() as session:
        lsoas, wards = (places.areas(session, here, kind) for kind in ("lsoa", "ward"))
    middles = np.array([area.rings[0].mean(axis=0) for area in lsoas])
    at = places.find_areas(wards, middles[:, 0], middles[:, 1]).tolist()
    ward_of = {area.code: wards[index].name if index >= 0 else "" for area, index in zip(lsoas, at, strict=True)}
    table = [
        (f"{row['month']}-01", _FIXMYSTREET[row["SHEF_A_CODE"]], ward_of.get(row["lsoa"]) or row["lsoa"])
        for row in files.rows(here, "fixmystreet_2018_2019.csv.gz")
        for _ in range(int(row["reports"]))
    ]
    data = files.as_csv(("Date", "Category", "Ward"), table)
    return returns.read_council(
        "f.csv", data, CouncilChoice(stage.today, returns.scheme("fixmystreet"), locator=locator)
    )


# --- Preston --------------------------------------------------------------------------------------


def load_preston(stage: Stage) -> None:
    """Load boundaries and names of places. No open postcode file of Preston was had."""
    here = stage.partnership
    with stage.by_operator() as unit:
        places.load_places(
            unit,
            LoadPlaces(
                here,
                lsoas=files.packed(here, "lsoa2011.geojson.gz"),
                wards=files.packed(here, "wards2022.geojson.gz"),
                names=files.packed(here, "place_names.csv.gz"),
            ),
        )


def preston(stage: Stage) -> Ground:
    """Snap points of the real police rows, by ward, each under a made-up postcode (there is no PR97, PR98 or PR99).

    They place the made-up landlords' incidents and nothing else: they are not loaded as postcodes, so no home is counted by them.
    """
    with stage.reading() as session:
        areas = places.areas(session, stage.partnership, "lsoa")
        wards = places.areas(session, stage.partnership, "ward")
    points = {
        (row["longitude"], row["latitude"]): (row["location"], row["lsoa_code"])
        for row in files.rows(stage.partnership, "asb_2022.tab.gz", "\t")
    }
    ordered = sorted(points)
    degrees = np.array(ordered, float)
    east, north = places.to_grid(degrees[:, 1], degrees[:, 0])
    at = places.find_areas(wards, east, north).tolist()
    book: list[PostcodePlace] = []
    found: dict[str, list[Place]] = defaultdict(list)
    for point, x, y, index, code in zip(ordered, east.tolist(), north.tolist(), at, _made_up_codes(), strict=False):
        if index < 0:
            continue
        street, lsoa = points[point]
        ward = wards[index].code
        book.append(PostcodePlace(code, round(x), round(y), lsoa, ward))
        found[ward].append(Place(code, ward, street))
    locator = places.covering(areas, PostcodeBook.of(book, MADE_UP_EDITION))
    return Ground(locator, {ward: tuple(here) for ward, here in found.items()})


def _made_up_codes() -> Iterator[str]:
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    for district in (97, 98, 99):
        for digit in range(10):
            yield from (f"PR{district} {digit}{first}{second}" for first in letters for second in letters)


def preston_police(stage: Stage, locator: Locator) -> Mapping[Quarter, ReadReports]:
    """Every anti-social behaviour row that was published for 2022, a quarter at a time."""
    table = list(files.rows(stage.partnership, "asb_2022.tab.gz", "\t"))
    return dict(_by_quarter(table, "month", PoliceChoice(locator, is_all_asb=True)))


# --- both -----------------------------------------------------------------------------------------


def _by_quarter(table: list[dict[str, str]], month: str, choice: PoliceChoice) -> Iterator[tuple[Quarter, ReadReports]]:
    """A file a quarter; what is older than the first comes with the first."""
    parts: dict[Quarter, list[dict[str, str]]] = {quarter: [] for quarter in QUARTERS}
    for row in table:
        parts[max(QUARTERS[0], Quarter.of(date.fromisoformat(f"{row[month][:7]}-01")))].append(row)
    for quarter, part in parts.items():
        yield quarter, returns.read_police("p.csv", files.as_csv(part[0], (row.values() for row in part)), choice)


def plan_police(
    stage: Stage, programme: Programme, read: Mapping[Quarter, ReadReports], organisation: str, officer: str
) -> None:
    """Add the loading of each quarter's police rows, some days after its end."""

    def load(quarter: Quarter) -> None:
        with stage.by(officer) as unit:
            returns.load_police_data(unit, LoadReports(stage.partnership, organisation, read[quarter]))

    for quarter in QUARTERS:
        programme.add(quarter.ends_on + _POLICE_AFTER, "police rows loaded", lambda q=quarter: load(q))  # type: ignore[misc]
