"""Street-level files of the police, in their full and short forms."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from sharing.places import Area, covering
from sharing.returns.police import PoliceChoice, read_police

HEAD = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
POLICE = Path(__file__).parents[1] / "data/police"


def read(name: str, **options):
    (path,) = POLICE.glob(f"{name}*.gz")
    return read_police(path.name.removesuffix(".gz"), gzip.decompress(path.read_bytes()), PoliceChoice(**options))


def counted(result) -> dict[str, int]:
    counts = result.counts
    assert counts["rows"] == counts["taken"] + len(result.left_out)
    return counts


def test_the_full_form_is_read_and_all_that_is_not_asb_is_counted():
    counts = counted(read("2023-03-bedfordshire-street"))
    assert counts == {"rows": 4_887, "taken": 729, "placed": 728, "not-asb": 4_158, "no-location": 1}


def test_rows_are_snapped_to_a_cell_and_carry_month_and_small_area_alone():
    report = read("2023-12-city-of-london-street").reports[0]
    assert (report.month, report.category, report.own_category, report.spot.precision) == (
        "2023-12",
        "ASBX",
        "Anti-social behaviour",
        "snapped",
    )
    assert (report.day, report.hour) == (None, None)
    assert report.spot.e == pytest.approx(532_500 // 50, abs=60)


def test_the_short_form_of_neighbourhoods_is_read():
    result = read("lincoln")
    assert (counted(result)["taken"], len(result.months)) == (648, 12)


def test_a_file_without_crime_types_is_asked_about_before_it_is_believed():
    refused = read("lancashire")
    assert ([each.rule for each in refused.problems], refused.reports) == (["police-no-type"], ())
    result = read("lancashire", is_all_asb=True)
    assert counted(result)["taken"] == 2_822
    assert result.months[0] == "2022-01"


def test_a_file_of_burglaries_holds_no_asb():
    assert counted(read("waltham-forest"))["not-asb"] == 1_941
    assert counted(read("waltham-forest", types=frozenset({"Burglary"})))["taken"] == 1_941


@pytest.mark.parametrize(
    ("name", "rule"),
    [("2023-03-bedfordshire-outcomes", "police-outcomes"), ("2023-03-city-of-london-stop", "police-searches")],
)
def test_outcomes_and_searches_of_people_are_refused(name, rule):
    result = read(name)
    assert ([each.rule for each in result.problems], result.reports) == ([rule], ())


def test_rows_outside_the_area_are_counted_not_fatal():
    # A square of 4 km around the middle of Luton.
    ring = np.array([(507_000, 219_000), (511_000, 219_000), (511_000, 223_000), (507_000, 223_000)])
    counts = counted(read("2023-03-bedfordshire-street", locator=covering([Area("ward", "luton", "Luton", (ring,))])))
    assert 100 < counts["taken"] < 729
    assert counts["report-outside-area"] == 729 - counts["taken"]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (",2023-13,a,a,-0.4,51.9,x,E1,n,Anti-social behaviour,,", "month-unreal"),
        (",2023-03,a,a,51.9,-0.4,x,E1,n,Anti-social behaviour,,", "point-swapped"),
        (",2023-03,a,a,100,200,x,E1,n,Anti-social behaviour,,", "point-unreal"),
        (",2023-03,a,a,nan,51,x,E1,n,Anti-social behaviour,,", "point-unreal"),
        (",2023-03,a,a,-0.4,51.9,x,E1,n,Burglary,,", "not-asb"),
        (",2023-03,a,a,-0.4,51.9,x,E1,n,Anti-social behaviour", "ragged"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason(row, rule):
    result = read_police("a.csv", f"{HEAD}\n{row}\n".encode(), PoliceChoice())
    assert result.left_out == ((2, rule),)


def test_a_row_without_a_place_is_counted_for_its_area_or_for_none():
    head = "Month,Longitude,Latitude,Crime type,LSOA code\n"
    rows = "2023-03,,,Anti-social behaviour,E01000001\n2023-03,0,0,Anti-social behaviour,\n"
    result = read_police("a.csv", (head + rows).encode(), PoliceChoice())
    assert [report.spot.precision for report in result.reports] == ["area", "unplaced"]
    assert result.counts["no-location"] == 2
