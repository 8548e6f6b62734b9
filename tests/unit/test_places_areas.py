"""Areas, the files they come from, and how a row is put on the lattice."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import numpy as np
import pytest

from sharing.errors import InvalidError, Problem
from sharing.places.areas import Area, bounds, covered_cells, find_areas, read_rings, simplify, write_rings
from sharing.places.files import MOST_BYTES, inflate, read_areas, read_names, read_postcodes
from sharing.places.lattice import Cell
from sharing.places.locate import Given, Located, Precision, covering
from sharing.places.names import Gazetteer, PlaceName, clean_name, gather_names
from sharing.places.postcodes import PostcodeBook, PostcodePlace

GEO = Path(__file__).parents[1] / "data" / "geo"


def ring(*corners: tuple[int, int]) -> np.ndarray:
    return np.array(corners, np.int64)


def square(code: str, west: int, south: int, side: int = 1000) -> Area:
    corners = ring((west, south), (west + side, south), (west + side, south + side), (west, south + side))
    return Area("ward", code, f"Ward {code}", (corners,))


WEST, EAST = square("E05000001", 538_000, 187_000), square("E05000002", 539_000, 187_000)


# -- which area a point lies in


def test_a_point_on_a_shared_line_belongs_to_exactly_one_neighbour():
    north = np.arange(187_000, 188_000, 7)
    found = find_areas([WEST, EAST], np.full(north.size, 539_000), north)
    both = WEST.covers(np.full(north.size, 539_000), north) & EAST.covers(np.full(north.size, 539_000), north)
    assert set(found.tolist()) == {1}
    assert not both.any()


def test_a_hole_is_outside_and_an_island_in_it_inside():
    rings = tuple(ring((a, a), (b, a), (b, b), (a, b)) for a, b in ((0, 1000), (200, 800), (400, 600)))
    area = Area("lsoa", "E01000001", "Ring", rings)
    assert area.covers([100, 300, 500, 1500], [100, 300, 500, 500]).tolist() == [True, False, True, False]


def test_real_postcodes_fall_into_the_lsoa_and_ward_that_their_publisher_names():
    lsoas = read_areas((GEO / "waltham-forest_lsoa2011_sample.geojson.gz").read_bytes(), "lsoa")
    text = gzip.decompress((GEO / "waltham-forest_postcodes_sample.csv.gz").read_bytes()).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    at = find_areas(lsoas, [int(r["easting"]) for r in rows], [int(r["northing"]) for r in rows])
    ours = {area.code for area in lsoas}
    named = [(lsoas[i].code if i >= 0 else "", r["lsoa11cd"]) for i, r in zip(at, rows, strict=True)]
    assert sum(1 for ours_says, _ in named if ours_says) > 20
    assert all(found == said for found, said in named if found or said in ours)


def test_a_lattice_is_covered_exactly_where_each_of_its_points_is():
    wards = read_areas((GEO / "waltham-forest_wards2013.geojson.gz").read_bytes(), "ward")
    west, south, east, north = bounds(wards, 100)
    eastings, northings = np.arange(west, east, 190), np.arange(south, north, 190)
    across, up = np.meshgrid(eastings, northings)
    each = (find_areas(wards, across.ravel(), up.ravel()) >= 0).reshape(across.shape)
    assert (covered_cells(wards, eastings, northings) == each).all()
    assert 0.3 < each.mean() < 0.8


def test_rings_survive_being_written_small():
    rings = (ring((538_000, 187_000), (538_500, 187_001), (538_250, 187_900)), ring((1, 2), (-3, 4), (5, -6)))
    text = write_rings(rings)
    assert text == "538000 187000 500 1 -250 899|1 2 -4 2 8 -10"
    assert all((a == b).all() for a, b in zip(read_rings(text), rings, strict=True))


@pytest.mark.parametrize("text", ["", "1 2 3 4", "1 2 3 4 5", "1.5 2 3 4 5 6", "1 2 3 4 5 6|", "alert(1)"])
def test_text_that_is_no_ring_is_refused(text):
    with pytest.raises(ValueError, match="not rings"):
        read_rings(text)


def test_simplifying_drops_only_corners_near_the_line():
    line = ring((0, 0), (500, 4), (1000, 0), (1000, 1000), (500, 950), (0, 1000))
    kept = simplify(line, 10)
    assert kept.tolist() == [[0, 0], [1000, 0], [1000, 1000], [500, 950], [0, 1000]]


def test_bounds_of_nothing_are_refused():
    with pytest.raises(ValueError, match="no areas"):
        bounds([])


# -- files


def feature(properties: dict[str, object], corners: list[list[float]]) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [corners]}}


CORNERS = [[-0.02, 51.58], [-0.01, 51.58], [-0.01, 51.59], [-0.02, 51.58]]


@pytest.mark.parametrize(
    ("properties", "kind", "code", "name"),
    [
        ({"LSOA11CD": "E01004327", "LSOA11NM": "Waltham Forest 028A"}, "lsoa", "E01004327", "Waltham Forest 028A"),
        (
            {"msoa21cd": "E02000905", "lsoa21cd": "E01004460", "lsoa21nm": "Waltham Forest 011D"},
            "lsoa",
            "E01004460",
            "Waltham Forest 011D",
        ),
        ({"WD13CD": "E05000590", "WD13CDO": "00BHFX", "WD13NM": "Cann Hall"}, "ward", "E05000590", "Cann Hall"),
        ({"ward_code": "E05012193", "ward_name": "Ashton"}, "ward", "E05012193", "Ashton"),
        ({"GSS_CODE": "E05000604", "NAME": "Leyton", "LB_GSS_CD": "E09000031"}, "ward", "E05000604", "Leyton"),
    ],
)
def test_code_and_name_are_found_however_the_publisher_called_them(properties, kind, code, name):
    (area,) = read_areas(json.dumps({"features": [feature(properties, CORNERS)]}).encode(), kind)
    assert (area.code, area.name) == (code, name)


def test_every_bad_feature_is_named_and_nothing_is_read():
    features = [
        feature({"LSOA11CD": "E01004327"}, CORNERS),
        feature({"LSOA11CD": "E05004327"}, CORNERS),
        feature({"LSOA11CD": "E01004328"}, [[0, 51], ["x", 51], [0, 52]]),
        feature({"LSOA11CD": "E01004327"}, CORNERS),
    ]
    with pytest.raises(InvalidError) as caught:
        read_areas(json.dumps({"features": features}).encode(), "lsoa")
    assert [problem.where for problem in caught.value.problems] == ["feature 2", "feature 3", "feature 4"]


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b'{"features": 3}', b"\x1f\x8bnot gzip", b"[" * 5000])
def test_what_is_no_boundary_file_is_refused_politely(data):
    with pytest.raises(InvalidError):
        read_areas(data, "lsoa")


def test_a_small_file_that_unpacks_to_gigabytes_is_stopped():
    bomb = gzip.compress(b"0" * (MOST_BYTES + 1000), 9)
    assert len(bomb) < 300_000
    with pytest.raises(InvalidError, match="larger than 200 MB"):
        inflate(bomb)


def test_a_cut_off_gzip_file_is_not_half_read():
    with pytest.raises(InvalidError, match="not whole"):
        inflate(gzip.compress(b"postcode,easting,northing\n" * 50)[:-12])


def test_postcode_files_are_read_under_their_publishers_column_names():
    ours = b"postcode,easting,northing,lsoa11cd,ward\nE17 4QH,537600,189000,E01004400,E05000602\n"
    onspd = b"pcds,oseast1m,osnrth1m,lsoa21,osward,doterm\nE17 4QH,537600,189000,E01004400,E05000602,201906\n"
    code_point = b"Postcode,Eastings,Northings\nE174QH,537600,189000\nE17 4QJ,0,0\n"
    (row,) = read_postcodes(ours)
    assert (row.postcode, row.easting, row.lsoa, row.ended) == ("E17 4QH", 537_600, "E01004400", None)
    assert read_postcodes(onspd)[0].ended == "2019-06"
    assert [r.postcode for r in read_postcodes(code_point)] == ["E17 4QH"]


def test_bad_rows_of_a_postcode_file_are_told_by_row_and_column():
    data = b"postcode,easting,northing\nE17 4QH,537600,189000\nrubbish,1,2\nE17 4QJ,one,2\n"
    with pytest.raises(InvalidError) as caught:
        read_postcodes(data)
    assert [problem.where for problem in caught.value.problems] == ["row 3, postcode", "row 4, easting"]


# -- putting a row on the lattice


BOOK = PostcodeBook.of([PostcodePlace("E17 4QH", 538_088, 187_898, "E01004400", "E05000001")], "edition")
LOCATOR = covering([WEST, EAST], BOOK)


def said(given: Given) -> str:
    found = LOCATOR.place(given)
    assert isinstance(found, Problem)
    return found.message


def test_the_best_evidence_comes_first():
    point = LOCATOR.place(Given(easting=539_500, northing=187_500, postcode="E17 4QH"))
    assert point == Located(Cell(10_790, 3_750), Precision.POINT, 5)
    assert LOCATOR.place(Given(postcode="e17 4qh")) == Located(Cell(10_761, 3_757), Precision.POSTCODE, 100, "edition")
    degrees = LOCATOR.place(Given(latitude=51.573046, longitude=-0.0088, snapped=True))
    assert degrees == Located(Cell(10_761, 3_757), Precision.SNAPPED, 50)


def test_nothing_given_is_not_placed_rather_than_wrong():
    assert LOCATOR.place(Given()) is None


def test_swapped_pairs_are_noticed():
    assert "wrong way round" in said(Given(easting=187_500, northing=538_500))
    assert "wrong way round" in said(Given(latitude=-0.0088, longitude=51.573))


def test_nowhere_is_not_a_place():
    assert "off Ghana" in said(Given(latitude=0.0, longitude=0.0))


def test_half_a_pair_is_not_a_place():
    assert "northing" in said(Given(easting=538_500))
    assert "longitude" in said(Given(latitude=51.5))


def test_a_row_outside_the_area_is_refused():
    for given in (Given(easting=600_000, northing=187_500), Given(latitude=53.4, longitude=-2.2)):
        assert "outside the partnership's area" in said(given)
    assert "outside the partnership's area" in said(Given(latitude=40.7, longitude=-74.0))


def test_a_snap_point_just_over_a_simplified_line_still_belongs():
    assert isinstance(LOCATOR.place(Given(easting=537_980, northing=187_500)), Located)
    assert isinstance(LOCATOR.place(Given(easting=537_880, northing=187_500)), Problem)


# -- names


def test_police_wording_is_taken_off_a_name():
    assert clean_name("On or near Samuel Street") == "Samuel Street"
    assert clean_name("Samuel  Street") == "Samuel Street"
    assert clean_name("On or near") == ""
    assert clean_name("No Location") == ""
    assert clean_name("On or near Cragg'S Row") == "Cragg's Row"


def test_a_window_is_called_by_the_commonest_name_of_its_reports():
    here, there = Cell(1, 1), Cell(2, 1)
    names = Gazetteer.of(
        gather_names(
            [(here, "On or near High Street"), (here, "On or near Mill Lane"), (there, "On or near Mill Lane")]
        )
    )
    assert names.call({here: 10, there: 1}) == "Mill Lane"
    assert names.call({here: 10}) == "High Street"
    assert names.call({Cell(9, 9): 5}) == ""


def test_a_kind_of_place_is_joined_to_its_street():
    names = Gazetteer.of(
        [
            PlaceName(Cell(1, 1), "Shopping Area", 30),
            PlaceName(Cell(1, 1), "Fishergate", 10),
            PlaceName(Cell(2, 1), "Hospital", 5),
        ]
    )
    assert names.call({Cell(1, 1): 40}) == "Shopping area, Fishergate"
    assert names.call({Cell(2, 1): 4}) == "Hospital"


def test_a_file_of_names_is_read_or_refused_by_row():
    assert read_names(b"cell_e,cell_n,name,rows\n1,2,High Street,3\n")[0].cell == Cell(1, 2)
    with pytest.raises(InvalidError, match="row 2"):
        read_names(b"cell_e,cell_n,name,rows\nx,2,High Street,3\n")
