"""The quarterly form: what adds up, what is missing, where."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.returns.blank import Shape, write_csv, write_xlsx
from sharing.returns.categories import scheme
from sharing.returns.check import check_return
from sharing.returns.checked import Checked, Setting
from sharing.returns.compare import compare_lines
from sharing.returns.mapping import SavedMapping, suggested
from sharing.returns.period import Quarter
from sharing.returns.problems import Level
from sharing.returns.template import form

SETTING = Setting(Quarter(2026, 2), date(2026, 7, 10), scheme())
HEAD = [
    "Part",
    "Line",
    "Category",
    "Area or place",
    "Number",
    "Out of",
    "Trend",
    "Busiest time",
    "Partners involved",
    "What you ask or want to say",
]
GOOD = [
    ["A", "Homes in the area", "", "", "4120"],
    ["A", "Cases open at the start of the quarter", "", "", "18"],
    ["A", "New cases in the quarter", "", "", "41"],
    ["A", "Cases closed in the quarter", "", "", "37"],
    ["A", "Cases open at the end of the quarter", "", "", "22"],
    ["A", "New cases that were hate-related", "", "", "2"],
]


def file(rows: list[list[str]], head: list[str] = HEAD) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow([*row, *[""] * (len(head) - len(row))])
    return out.getvalue().encode()


def check(rows: list[list[str]], head: list[str] = HEAD, setting: Setting = SETTING) -> Checked:
    return check_return("quarterly", "return.csv", file(rows, head), setting)


def found(checked: Checked, level: Level = Level.MUST_FIX) -> list[tuple[str, int, str]]:
    return [(each.rule, each.row, each.header) for each in checked.problems if each.level is level]


def change(row: int, value: str, column: int = 4) -> list[list[str]]:
    rows = [list(each) for each in GOOD]
    rows[row][column] = value
    return rows


def test_a_right_return_is_taken_whole():
    checked = check(GOOD)
    assert checked.is_fit
    assert (checked.accepted, checked.rejected, checked.problems) == (6, (), ())
    assert {line.line: line.number for line in checked.lines}["open-at-end"] == 22


def test_the_case_flow_must_add_up_and_is_told_where():
    assert found(check(change(4, "23"))) == [("sum-differs", 6, "Number")]


@pytest.mark.parametrize(
    ("row", "value", "rule"),
    [
        (2, "-1", "count-negative"),
        (2, "1.5", "count-fraction"),
        (2, "<5", "count-hidden"),
        (2, "many", "count-not-number"),
        (2, "", "number-missing"),
        (5, "42", "hate-above-new"),
    ],
)
def test_a_wrong_number_is_named_at_its_cell(row, value, rule):
    assert (rule, row + 2, "Number") in found(check(change(row, value)))


def test_a_line_that_is_needed_and_absent_is_asked_for_by_name():
    checked = check(GOOD[:-1])
    assert [each.message for each in checked.problems] == [
        'The line "New cases that were hate-related" is not filled in.'
    ]


def test_all_problems_come_at_once():
    rows = [
        *change(2, "lots"),
        ["B", "New casez by category and area", "Noise", "Queens Road", "3"],
        ["B", "New cases by category and area", "Noize", "Queens Road", "3"],
        ["B", "New cases by category and area", "", "Queens Road", "3"],
        ["C", "First contact made within target", "", "", "5", "4"],
        ["E", "Hotspot", "Noise", "", "3", "", "sideways"],
        ["F", "Good news", "", "", "", "", "", "", "", "Mr Jones of 12 Hoe Street, call 07700 900123"],
    ]
    assert {rule for rule, _, _ in found(check(rows))} == {
        "count-not-number",
        "line-unknown",
        "category-unknown",
        "category-missing",
        "part-differs",
        "out-of-smaller",
        "choice-unknown",
        "area-missing",
        "looks-like-name",
        "looks-like-house",
        "looks-like-phone",
    }


def test_an_unknown_line_and_an_unknown_kind_come_with_what_is_nearest():
    checked = check(
        [
            *GOOD,
            ["", "Injunctons granted", "", "", "1"],
            ["B", "New cases by category and area", "Noyse", "Queens Road", "41"],
        ]
    )
    mends = {each.rule: each.mend for each in checked.problems}
    assert 'Did you mean "Injunctions granted"?' in mends["line-unknown"]
    assert "Did you mean: Noise?" in mends["category-unknown"]
    assert [(each.word, each.rows) for each in checked.unmapped] == [("Noyse", (9,))]


def test_a_line_given_twice_is_pointed_back_to_the_first():
    (twice,) = (each for each in check([*GOOD, GOOD[0]]).problems if each.level is Level.MUST_FIX)
    assert (twice.rule, twice.row, twice.message) == ("line-repeated", 8, "This line is also on row 2.")


def test_sums_that_need_not_hold_are_only_asked_about():
    rows = [*GOOD, ["B", "New cases by category and area", "Noise", "Queens Road", "40"]]
    checked = check(rows)
    assert checked.is_fit
    assert checked.asks == ("category-sum-differs",)
    setting = Setting(
        SETTING.quarter, SETTING.today, scheme(), previous={("open-at-end", "", ""): 17, ("new", "", ""): 9}
    )
    assert check(GOOD, setting=setting).asks == ("opening-differs", "three-times")


def test_lines_left_empty_are_left_out_and_said():
    checked = check([*GOOD, ["C", "Injunctions granted", "", "", ""]])
    assert (checked.is_fit, checked.left_out) == (True, ((8, "left-empty"),))


def test_a_share_that_nobody_keeps_may_say_so():
    checked = check([*GOOD, ["D", "Closed cases: complainant satisfied", "", "", "not collected"]])
    assert checked.is_fit
    assert checked.lines[-1].is_not_collected
    assert not check([*GOOD, ["C", "Injunctions granted", "", "", "not collected"]]).is_fit


def test_a_form_for_another_quarter_is_stopped():
    row = ["A", "Quarter of this return", "", "", "", "", "", "", "", "2026-Q1"]
    assert found(check([*GOOD, row])) == [("quarter-differs", 8, "What you ask or want to say")]


def test_columns_in_any_order_under_any_known_name_and_extra_ones_are_understood():
    head = ["Figure", "Officer", "Measure"]
    rows = [[row[4], "J. Smith", row[1].upper()] for row in GOOD]
    checked = check(rows, head)
    assert checked.is_fit
    assert [(each.rule, each.header) for each in checked.problems] == [("extra-column", "Officer")]


def test_a_saved_mapping_is_plain_data_and_does_what_it_says():
    mapping = SavedMapping.from_plain(
        {"columns": {"Wert": "number", "Frage": "line"}, "categories": {"X1": "NOIS"}, "scheme": "common"}
    )
    assert SavedMapping.from_plain(mapping.to_plain()) == mapping
    setting = Setting(SETTING.quarter, SETTING.today, scheme("common", mapping.categories), mapping)
    rows = [[row[4], row[1], ""] for row in GOOD] + [["41", "New cases by category", "X1"]]
    checked = check(rows, ["Wert", "Frage", "Category"], setting)
    assert checked.is_fit
    assert (checked.lines[-1].category, checked.lines[-1].own_category) == ("NOIS", "X1")
    assert suggested(checked.table, form("quarterly"), mapping) == {
        "wert": "number",
        "frage": "line",
        "category": "category",
    }


def test_two_columns_that_could_be_the_same_one_are_asked_about():
    checked = check(
        [[*row[:5], row[4]] for row in GOOD], ["Part", "Line", "Category", "Area or place", "Value", "Count"]
    )
    assert found(checked) == [("column-twice", 0, "Count")]
    assert len(checked.rejected) == checked.rows_read


def test_five_of_a_kind_are_shown_as_one():
    rows = [*GOOD, *(["C", "Injunctions granted", "", f"Area {chr(65 + n)}", "lots"] for n in range(7))]
    (shown,) = check(rows).shown(Level.MUST_FIX)
    assert shown.message == "7 rows are not numbers."
    assert shown.where == 'Rows 8, 9, 10, 11, 12 and 2 more, column E "Number"'


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_the_example_of_the_template_is_a_right_return(write):
    name = "a.csv" if write is write_csv else "a.xlsx"
    data = write(form("quarterly"), Shape(scheme(), quarter=SETTING.quarter, is_example=True))
    checked = check_return("quarterly", name, data, SETTING)
    assert checked.is_fit, [each.where + each.message for each in checked.problems]
    assert not [
        each for each in checked.problems if each.rule not in ("left-empty", "category-sum-differs", "number-for-text")
    ]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_the_empty_template_asks_for_what_is_needed_and_nothing_else(write):
    name = "a.csv" if write is write_csv else "a.xlsx"
    checked = check_return(
        "quarterly", name, write(form("quarterly"), Shape(scheme(), ("Queens Road", "Priory Court"))), SETTING
    )
    assert {rule for rule, _, _ in found(checked)} == {"number-missing"}
    assert len(form("quarterly").columns) <= 18


def test_what_changed_between_two_versions_is_told_number_by_number():
    before, after = check(GOOD).lines, check([*GOOD[1:], ["C", "Injunctions granted", "", "", "1"]]).lines
    assert compare_lines(before, after).words == "1 added, 1 removed, 0 changed, 5 the same"
    after = check([*change(0, "4121"), ["C", "Injunctions granted", "", "", "1"]]).lines
    assert [(each.line, each.before, each.after) for each in compare_lines(before, after).numbers] == [
        ("homes", 4120, 4121),
        ("tool-injunction", None, 1),
    ]


CELL = st.one_of(
    st.sampled_from(
        ["", "Noise", "A", "5", "-3", "<5", "worse", "Hotspot", "Queens Road", "Injunctions granted", "Mr Jones"]
    ),
    st.text(max_size=8),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, max_size=12), max_size=12))
def test_every_row_is_accepted_rejected_or_left_out(rows):
    checked = check([*GOOD, *rows])
    accepted = [line.row for line in checked.lines]
    out = [row for row, _ in checked.left_out]
    assert sorted([*accepted, *checked.rejected, *out]) == sorted(checked.table.numbers)
    why = {each.row for each in checked.problems if each.level is Level.MUST_FIX}
    assert set(checked.rejected) <= why or any(
        not each.row and each.level is Level.MUST_FIX for each in checked.problems
    )
