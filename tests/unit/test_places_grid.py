"""The national grid, held to published points and to real files."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.places.grid import project, to_degrees, to_grid
from sharing.places.lattice import Cell, cell_of, cells_of, centre_of

GEO = Path(__file__).parents[1] / "data" / "geo"


def postcodes() -> list[dict[str, str]]:
    text = gzip.decompress((GEO / "waltham-forest_postcodes_sample.csv.gz").read_bytes()).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_the_projection_gives_the_worked_example_of_the_ordnance_survey_guide():
    # Annex C: Caister Water Tower, OSGB36 latitude and longitude.
    phi = np.radians(52 + 39 / 60 + 27.2531 / 3600)
    lam = np.radians(1 + 43 / 60 + 4.5177 / 3600)
    east, north = project(np.array([phi]), np.array([lam]))
    assert east[0] == pytest.approx(651_409.903, abs=0.001)
    assert north[0] == pytest.approx(313_177.270, abs=0.001)


def test_gps_degrees_come_within_five_metres_of_the_exact_transformation():
    # The same tower by OSTN15 (Transformations and OSGM15 user guide, annex A).
    east, north = to_grid(52.658007833, 1.716073973)
    assert np.hypot(east - 651_409.804, north - 313_177.450) < 5


def test_real_postcodes_keep_their_published_grid_reference():
    rows = postcodes()
    east, north = to_grid([float(r["lat"]) for r in rows], [float(r["lon"]) for r in rows])
    away = np.hypot(east - [int(r["easting"]) for r in rows], north - [int(r["northing"]) for r in rows])
    assert len(rows) > 300
    assert away.max() < 0.1


@settings(max_examples=100, deadline=None)
@given(st.floats(50, 59), st.floats(-7, 1.5))
def test_there_and_back_is_the_same_point_to_a_millimetre(latitude, longitude):
    east, north = to_grid(latitude, longitude)
    back = to_degrees(east, north)
    again = to_grid(*back)
    assert np.hypot(again[0] - east, again[1] - north) < 0.01
    assert back[0] == pytest.approx(latitude, abs=1e-7)
    assert back[1] == pytest.approx(longitude, abs=1e-7)


def test_a_point_on_a_line_of_the_lattice_belongs_to_the_cell_north_and_east():
    assert cell_of(538_050, 187_900) == Cell(10_761, 3_758)
    assert cell_of(538_049.999, 187_899.999) == Cell(10_760, 3_757)


def test_cells_of_many_points_are_those_of_each():
    east, north = [538_088, 537_500.5, 0], [187_898, 190_001, 49.9]
    e, n = cells_of(east, north)
    assert [Cell(*pair) for pair in zip(e.tolist(), n.tolist(), strict=True)] == [
        cell_of(*pair) for pair in zip(east, north, strict=True)
    ]


def test_the_middle_of_a_window_is_half_its_side_from_its_south_west_corner():
    assert centre_of(Cell(10_761, 3_757)) == (538_075, 187_875)
    assert centre_of(Cell(10_761, 3_757), 250) == (538_175, 187_975)
