"""What is said of a list: names, the paragraph, bands for those without counts, and the map."""

from __future__ import annotations

import gzip
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hotspots_world import QUARTER, preston
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sharing.hotspots.explain import describe_source, explain
from sharing.hotspots.map import (
    RADIUS,
    Ground,
    class_breaks,
    draw_map,
    places_with_counts,
    places_without_counts,
)
from sharing.hotspots.naming import Surroundings, name_places
from sharing.hotspots.parameters import METHOD, Parameters, SourceState
from sharing.hotspots.rules import Inputs, draw_list
from sharing.hotspots.spread import spread
from sharing.hotspots.suppress import band, is_named, without_counts
from sharing.hotspots.trend import Label
from sharing.hotspots.views import Hotspot, HotspotList, Source
from sharing.places.areas import Area
from sharing.places.files import read_areas, read_names
from sharing.places.lattice import Cell
from sharing.places.names import Gazetteer
from sharing.places.outline import outline

ROOT = Path(__file__).parents[2]
GEO = ROOT / "tests" / "data" / "geo"
WARDS = read_areas((GEO / "preston_wards2022.geojson.gz").read_bytes(), "ward")


def spot(**changes: object) -> Hotspot:
    base = Hotspot(
        rank=3,
        cell=Cell(7078, 8586),
        size_m=250,
        name="Marsh Farm shops",
        score=9.5,
        year=41,
        recent=14,
        before=27,
        expected=8.2,
        z=2.1,
        by_source=(("council", 11), ("landlords", 8), ("police", 22)),
        label=Label.INTENSIFYING,
        times_listed=4,
        firm=True,
        cluster="east",
        ward_name="City Centre",
    )
    return replace(base, **changes)


@pytest.fixture(scope="module")
def found() -> HotspotList:
    counts, state = preston(), SourceState("police", "2022-01", "2022-12")
    drawn = draw_list(Inputs(QUARTER, counts, (state,)))
    ground = Surroundings(Gazetteer.of(read_names((GEO / "preston_place_names.csv.gz").read_bytes())), WARDS)
    entries, emerging, former = name_places(drawn, counts, ground)
    return HotspotList(
        "preston",
        "2022-Q4",
        QUARTER.in_words,
        20,
        250,
        METHOD,
        drawn.digest,
        entries,
        emerging,
        former,
        (Source("police", 2, used=True), Source("landlords", 1, used=True, missing=("Ribble Homes",))),
    )


# -- the paragraph


def test_the_paragraph_tells_the_stored_numbers_and_no_others():
    assert explain(spot(), months=3, lists=6) == (
        "3. Marsh Farm shops (firm). 41 reports in 12 months, 14 in the last three; the borough's trend would give 8. "
        "Council 11, landlords 8, police 22. On 4 of the last 4 lists: intensifying. Part of a wider cluster to the east."
    )


def test_the_paragraph_of_a_first_list_says_so():
    text = explain(spot(firm=False, label=Label.NEW, times_listed=0, cluster=None, expected=None), months=1, lists=0)
    assert "(borderline)" in text
    assert "This is the first list." in text
    assert "14 in the last month; there is too little history" in text
    assert text.endswith("A single spot.")


def test_one_report_is_not_reports():
    assert "1 report in 12 months" in explain(spot(year=1), months=3, lists=1)


def test_a_source_says_its_weight_who_is_missing_and_how_much_was_placed():
    told = describe_source(
        Source("landlords", 1, used=True, reporting=6200, of=8000, missing=("Ascham", "Ribble"), placed=90, rows=100)
    )
    assert told == (
        "Landlords: weight 1; 6,200 of 8,000 homes reported for; 90 placed of 100, 10 not placed; "
        "nothing from Ascham and Ribble."
    )
    assert "left out" in describe_source(Source("council", 1, used=False))


# -- names


def test_real_places_of_preston_get_names_of_their_own_and_their_ward(found):
    names = [entry.name for entry in (*found.entries, *found.emerging, *found.former)]
    assert len(set(names)) == len(names)
    assert all(name and "On or near" not in name for name in names)
    assert found.entries[0].ward_name == "City Centre"
    assert all(entry.ward for entry in found.entries)


# -- without counts


@pytest.mark.parametrize(
    ("count", "word"),
    [
        (0, "none"),
        (1, "fewer than 5"),
        (4, "fewer than 5"),
        (5, "5 to 9"),
        (9, "5 to 9"),
        (24, "10 to 24"),
        (49, "25 to 49"),
        (50, "50 or more"),
    ],
)
def test_counts_become_bands(count, word):
    assert band(count) == word


def test_those_without_counts_are_given_no_number_but_ranks(found):
    public = without_counts(found)
    shown = [
        replace(entry, rank=None, size_m=0, centre=None, name="", ward_name="")
        for entry in (*public.entries, *public.emerging)
    ]
    text = repr(shown)
    for entry in found.entries:
        assert str(entry.score) not in text
        assert not re.search(rf"\b{entry.year}\b", text) or entry.year in {5, 9, 10, 24, 25, 49, 50}
    assert "explanation" not in text


def test_places_with_the_same_band_that_are_not_ranked_stand_in_order_of_name(found):
    emerging = (spot(rank=None, name="Zeta Lane", year=30), spot(rank=None, name="Alpha Way", year=26))
    public = without_counts(replace(found, emerging=emerging))
    assert [entry.name for entry in public.emerging] == ["Alpha Way", "Zeta Lane"]


@pytest.mark.parametrize(
    ("name", "homes", "named"),
    [
        ("Fishergate", 40, True),
        ("Fishergate", None, True),
        ("Fishergate", 7, False),
        ("Leighton Street travellers' site", 40, False),
        ("Gypsy site", None, False),
        ("Masjid-e-Noor", 40, False),
        ("Church Row", 40, True),
        ("Temple Street", 40, True),
        ("Refuge", None, False),
    ],
)
def test_a_place_with_few_homes_or_of_a_protected_group_is_told_by_its_ward(name, homes, named):
    place = spot(name=name, homes=homes)
    assert is_named(place) is named


def test_a_place_told_by_its_ward_is_not_on_the_public_map(found):
    hidden = replace(found, entries=(spot(rank=1, homes=3), spot(rank=2, homes=30)))
    public = without_counts(hidden)
    assert public.entries[0].name == "A place in City Centre"
    assert public.entries[0].centre is None
    assert [place.rank for place in places_without_counts(public)] == [2]


# -- the map


def test_the_map_is_classes_and_whole_numbers_with_a_link_for_each_place(found):
    counts = {ward.code: 10 * at for at, ward in enumerate(WARDS)}
    view = draw_map("Hotspots in Preston", Ground(WARDS, counts, WARDS, WARDS[:1]), places_with_counts(found))
    assert len(view.spots) == 20
    assert [spot.href for spot in view.spots] == [f"#row-{n}" for n in range(1, 21)]
    assert [item.css for item in view.classes] == [f"map-area-{n}" for n in range(6)]
    for path in (view.wards, view.outline, view.missing, *(item.path for item in view.classes)):
        assert re.fullmatch(r"(?:M-?\d+ -?\d+l(?:-?\d+ ?)+z)*", path)
    assert "Ashton" in view.description
    assert f"{found.entries[0].year:,} reports" in view.description


def test_the_drawn_map_has_words_twenty_tab_stops_and_no_style_or_script(found):
    view = draw_map(
        "Hotspots in Preston", Ground(WARDS, {WARDS[0].code: 7}, WARDS, WARDS[:2]), places_with_counts(found)
    )
    loader = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined)
    text = str(
        loader.from_string('{% from "parts/map.html" import hotspot_map %}{{ hotspot_map(view) }}').render(view=view)
    )
    page = ET.fromstring(text)
    svg = page.find("svg")
    assert svg is not None
    assert svg.get("role") == "group"
    assert [child.tag for child in svg][:2] == ["title", "desc"]
    links = svg.findall("a")
    assert len(links) == 20
    assert all(link.findtext("title") and link.findtext("text") for link in links)
    assert not [node for node in page.iter() if node.get("style") or node.tag in {"script", "style"}]
    assert not re.search(r"\son\w+=", text)
    assert "a landlord's return is missing: Ashton, Brookfield" in "".join(page.itertext())
    assert len(gzip.compress(text.encode())) < 16_000


def test_names_are_escaped_in_the_map(found):
    evil = replace(found, entries=(spot(rank=1, name='<script>alert("x")</script>'),))
    view = draw_map("Map", Ground(WARDS, {}), places_with_counts(evil))
    loader = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    text = str(
        loader.from_string('{% from "parts/map.html" import hotspot_map %}{{ hotspot_map(view) }}').render(view=view)
    )
    assert "<script" not in text


def test_no_class_of_the_map_tells_apart_what_a_band_does_not():
    assert class_breaks([1, 2, 3, 4]) == (5,)
    assert min(class_breaks(range(1, 400))) >= 5
    assert class_breaks([]) == (5,)


def test_the_outline_of_wards_is_one_line_around_them_all():
    squares = [
        Area("ward", f"E0500000{n}", "", (np.array([(e, m), (e + 9, m), (e + 9, m + 9), (e, m + 9)]),))
        for n, (e, m) in enumerate(((0, 0), (9, 0), (0, 9), (9, 9)))
    ]
    (line,) = outline(squares)
    assert sorted(map(tuple, line.tolist())) == [(0, 0), (0, 9), (0, 18), (9, 0), (9, 18), (18, 0), (18, 9), (18, 18)]
    lines = outline(WARDS)
    corners = sum(len(ring) for ward in WARDS for ring in ward.rings)
    assert sum(len(ring) for ring in lines) < corners / 2


def test_marks_in_one_spot_are_spread_so_that_none_overlaps():
    marks = spread([(300, 300)] * 12 + [(5, 5), (6, 5)], RADIUS, (720, 720))
    for at, one in enumerate(marks):
        assert RADIUS <= one[0] <= 720 - RADIUS
        assert RADIUS <= one[1] <= 720 - RADIUS
        for other in marks[:at]:
            assert (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 >= (2 * RADIUS - 2) ** 2
    assert spread([], RADIUS, (720, 720)) == []


def test_parameters_survive_being_stored():
    parameters = Parameters(size=15, harm_tenths={"violence": 20})
    assert Parameters.from_json(parameters.as_json()) == parameters
