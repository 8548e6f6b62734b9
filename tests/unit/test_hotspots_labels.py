"""The words for places, and the tests behind them: exact, calibrated, held to esda."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hotspots_world import POLICE, draw, planted, quiet_borough

from sharing.hotspots.cluster import average_ranks, direction, gi_star, significant
from sharing.hotspots.parameters import SourceState
from sharing.hotspots.periods import Period
from sharing.hotspots.rules import Window
from sharing.hotspots.trend import (
    Borough,
    Label,
    Trend,
    is_emerging,
    name_listed,
    survivors,
    tail,
    take_borough,
    take_trend,
)
from sharing.places.lattice import Cell

GEO = Path(__file__).parents[1] / "data" / "geo"
BOROUGH = Borough(recent=1000, before=4000, months_before=12, dispersion=2.0)
RISING, STEADY, FALLING = (Trend(0, 0, 10.0, z) for z in (1.645, 0.0, -1.645))
ON, OFF = True, False


@pytest.mark.parametrize(
    ("past", "trend", "label"),
    [
        ((), STEADY, Label.NEW),
        ((OFF, OFF, OFF, OFF), RISING, Label.NEW),
        ((ON, OFF, OFF, OFF), RISING, Label.RECURRING),
        ((OFF, ON, ON, OFF), FALLING, Label.RECURRING),
        ((ON, ON, ON, OFF), RISING, Label.INTENSIFYING),
        ((ON, ON, ON, ON), STEADY, Label.PERSISTENT),
        ((ON, OFF, ON, ON), FALLING, Label.DIMINISHING),
        ((ON, ON, ON, ON), Trend(2, 3, 1.0, None), Label.TOO_FEW),
        ((OFF, OFF, OFF, OFF, ON), STEADY, Label.NEW),
    ],
)
def test_a_listed_place_is_called_by_its_past_and_its_trend(past, trend, label):
    assert name_listed(past, trend) is label


def test_the_trend_is_the_overdispersed_share_test_by_its_definition():
    trend = take_trend(recent=14, before=16, borough=BOROUGH)
    expected = 30 * 0.2
    assert trend.expected == expected
    assert trend.z == pytest.approx((14 - expected - 0.5) / math.sqrt(2.0 * expected * 0.8), abs=1e-6)
    fall = take_trend(recent=2, before=48, borough=BOROUGH)
    assert fall.z == pytest.approx((2 - 10 + 0.5) / math.sqrt(2.0 * 10 * 0.8), abs=1e-6)


def test_fewer_than_ten_reports_say_nothing():
    assert take_trend(5, 4, BOROUGH).z is None
    assert take_trend(5, 5, BOROUGH).z is not None


def test_less_than_half_a_year_before_says_nothing():
    short = Borough(1000, 2000, 5, 2.0)
    assert take_trend(50, 50, short) == Trend(50, 50, None, None)


@pytest.mark.parametrize(
    ("recent", "before", "emerges"),
    [(9, 4, True), (4, 1, False), (15, 45, False), (30, 60, True)],
)
def test_emerging_needs_a_rise_five_reports_and_half_as_many_again(recent, before, emerges):
    assert is_emerging(take_trend(recent, before, BOROUGH), BOROUGH) is emerges


def test_dispersion_is_the_mean_chi_squared_of_squares_with_ten_or_more():
    recent, before = np.array([[10, 2], [1, 0]]), np.array([[10, 18], [1, 2]])
    found = take_borough(recent, before, 12)
    share = 13 / 44
    chi = [(r - 20 * share) ** 2 / (20 * share * (1 - share)) for r in (10, 2)]
    assert found.dispersion == pytest.approx(sum(chi) / 2, abs=1e-6)
    assert take_borough(np.full((2, 2), 10), np.full((2, 2), 10), 12).dispersion == 1.0


def test_a_planted_rise_outside_the_list_is_shown_as_emerging():
    old = [
        row
        for n in range(20)
        for row in planted((10_003 + 7 * (n % 10), 3_003 + 7 * (n // 10)), 20, "2020-01", "2022-12")
    ]
    rows = [*quiet_borough(), *old, *planted((10_101, 3_101), 4, "2022-10", "2022-12")]
    listed = tuple(Window(Cell(10_001 + 7 * (n % 10), 3_001 + 7 * (n // 10)), 250) for n in range(20))
    drawn = draw(rows, earlier=(listed,))
    assert drawn.emerging
    first = drawn.emerging[0]
    assert first.rank is None
    assert first.label is Label.EMERGING
    assert abs(first.window.cell.e - 10_101) < 5
    assert abs(first.window.cell.n - 3_101) < 5


def test_a_borough_whose_reports_all_double_has_no_emerging_place():
    rows = [
        row for n in range(80) for row in planted((10_003 + 7 * (n % 9), 3_003 + 7 * (n // 9)), 2, "2021-01", "2022-12")
    ]
    doubled = [row for row in rows if row.month >= "2022-10"]
    drawn = draw([*rows, *doubled])
    assert drawn.emerging == ()
    assert all(abs(entry.trend.z or 0) < 1 for entry in drawn.entries)


def test_a_trend_is_only_taken_over_sources_that_cover_recent_and_before():
    rows = [*quiet_borough(), *planted((10_050, 3_050), 9, "2022-09", "2022-12", "council")]
    newcomer = SourceState("council", "2022-09", "2022-12")
    drawn = draw(rows, sources=(POLICE, newcomer))
    assert drawn.used == ("council", "police")
    assert drawn.compared == ("police",)
    assert all((entry.trend.z or 0) < 5 for entry in drawn.entries)


def test_a_short_history_is_compared_over_the_months_there_are():
    rows = [row for row in quiet_borough() if row.month >= "2022-01"]
    state = SourceState("police", "2022-01", "2022-12")
    assert draw(rows, sources=(state,)).borough.months_before == 9
    early = draw(rows, sources=(state,), period=Period.parse("2022-Q2"))
    assert not early.borough.comparable
    assert all(entry.trend.z is None for entry in early.entries)


# -- the wider cluster


def test_gi_star_equals_esda_on_thirty_frozen_areas():
    frozen = json.loads(gzip.decompress((GEO / "gi_star_esda.json.gz").read_bytes()))
    assert len(frozen["areas"]) == 30
    for area in frozen["areas"]:
        shape = area["rows"], area["columns"]
        study = np.array([mark == "1" for mark in area["study"]]).reshape(shape)
        values = np.zeros(shape)
        values[study] = area["values"]
        z = gi_star(values, study)
        assert np.abs(z[study] - area["z"]).max() < 1e-9
        assert np.isnan(z[~study]).all()


def test_gi_star_is_ord_and_getis_equation_fourteen():
    draws = np.random.default_rng(4)
    values, study = draws.integers(0, 9, (6, 7)).astype(float), draws.random((6, 7)) < 0.8
    z = gi_star(values, study)
    x = values[study]
    count, mean = x.size, x.mean()
    deviation = math.sqrt((x**2).mean() - mean**2)
    for r, c in np.argwhere(study):
        near = [(a, b) for a, b in np.argwhere(study) if abs(a - r) <= 1 and abs(b - c) <= 1]
        total, k = sum(values[a, b] for a, b in near), len(near)
        expected = (total - k * mean) / (deviation * math.sqrt((count * k - k * k) / (count - 1)))
        assert z[r, c] == pytest.approx(expected, abs=1e-9)


def test_squares_that_are_all_alike_have_no_z():
    assert np.isnan(gi_star(np.ones((4, 4)), np.ones((4, 4), bool))).all()


def test_shuffled_maps_hardly_ever_hold_a_false_cluster():
    draws = np.random.default_rng(7)
    counts = draws.negative_binomial(0.3, 0.05, (20, 25))
    study = np.ones(counts.shape, bool)
    false_by_rank = false_by_count = 0
    for _ in range(60):
        shuffled = draws.permutation(counts.ravel())
        ranks = average_ranks(shuffled).reshape(counts.shape)
        false_by_rank += bool(significant(gi_star(ranks, study)).any())
        false_by_count += bool(significant(gi_star(shuffled.reshape(counts.shape).astype(float), study)).any())
    assert false_by_rank <= 6
    assert false_by_count > 30


def test_average_ranks_share_ties():
    assert average_ranks(np.array([5, 1, 5, 0])).tolist() == [3.5, 2, 3.5, 1]


def test_the_rest_of_a_cluster_lies_where_it_lies():
    marked = np.zeros((9, 9), bool)
    marked[4, 4:8] = True
    assert direction(marked, 4, 4) == "east"
    assert direction(marked, 4, 7) == "west"
    marked[5, 7] = marked[6, 7] = True
    assert direction(marked, 4, 4) == "east"
    assert direction(marked, 0, 0) is None
    assert direction(marked, 99, 0) is None


# -- many tests at once


def test_benjamini_and_hochberg_keep_what_their_example_keeps():
    chances = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert survivors(chances, 0.05) == [True] * 4 + [False] * 11
    assert survivors([], 0.05) == []


def test_the_tail_of_the_normal_distribution_is_the_tables():
    assert tail(0) == 0.5
    assert tail(1.6448536269514722) == pytest.approx(0.05, abs=1e-12)
