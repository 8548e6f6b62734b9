"""A council's reports: how they are placed, and what of them is left unread."""

from __future__ import annotations

from datetime import date

from sharing.places import Locator, PostcodeBook, PostcodePlace
from sharing.returns.categories import scheme
from sharing.returns.council import CouncilChoice, read_council

BOOK = PostcodeBook.of([PostcodePlace("E17 4JA", 537_412, 189_213, None, None)], "2014-08")
CHOICE = CouncilChoice(date(2026, 7, 1), scheme("fixmystreet"), locator=Locator((), BOOK))


def read(text: str):
    result = read_council("reports.csv", text.encode(), CHOICE)
    assert result.counts["rows"] == len(result.reports) + len(result.left_out)
    return result


def test_reports_are_placed_by_point_then_postcode_then_ward():
    result = read(
        "Report ID,Date,Category,Easting,Northing,Postcode,Ward,Reporter name\n"
        "1,2026-05-01 22:10,Graffiti,537412,189213,,Chapel End,J Smith\n"
        "2,02/05/2026,Fly-tipping,,,E17 4JA,,J Smith\n"
        "3,03/05/2026,Noise,,,,Chapel End,\n"
        "4,03/05/2026,Noise,,,,,\n"
    )
    assert [each.spot.precision for each in result.reports] == ["point", "postcode", "area", "unplaced"]
    assert result.reports[0].spot.e == result.reports[1].spot.e == 10_748
    assert (result.reports[0].day, result.reports[0].hour, result.reports[0].category) == (1, 22, "DAMG")


def test_who_reported_is_left_unread():
    result = read("Date,Category,Reporter name\n01/05/2026,Noise,J Smith\n")
    assert [(each.rule, each.header) for each in result.problems] == [("extra-column", "Reporter name")]
    assert "Smith" not in repr(result.reports)


def test_what_cannot_be_taken_is_counted_by_reason():
    result = read(
        "Report ID,Date,Category,Postcode\n"
        "1,31/04/2026,Noise,\n2,,Noise,\n3,01/05/2026,Potholes,\n4,01/05/2026,Noise,LE1 1AA\n4,01/05/2026,Noise,\n"
        "5,02/07/2026,Noise,\n"
        "6,01/05/2026,Noise,E17 9ZZ\n"
    )
    assert dict(result.left_out) == {
        2: "date-unreal",
        3: "missing",
        4: "not-asb",
        5: "report-outside-area",
        6: "row-repeated",
        7: "date-future",
    }
    assert [each.row for each in result.reports] == [8]


def test_a_file_without_the_needed_columns_is_refused_whole():
    result = read("When,What\n1,2\n")
    assert result.reports == ()
    assert result.problems
