"""A landlord's incident sheet: placing, sealing, and each thing that can be wrong."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.places import Locator, PostcodeBook, PostcodePlace
from sharing.returns.blank import Shape, write_csv, write_xlsx
from sharing.returns.categories import kinds, scheme, scheme_titles
from sharing.returns.check import check_return
from sharing.returns.checked import Checked, Setting
from sharing.returns.messages import MESSAGES
from sharing.returns.neutral import neutral
from sharing.returns.period import Quarter
from sharing.returns.problems import Level
from sharing.returns.report import write_problems
from sharing.returns.template import form, forms

DATA = Path(__file__).parents[1] / "data"
BOOK = PostcodeBook.of(
    [
        PostcodePlace("E17 4JA", 537_412, 189_213, None, None),
        PostcodePlace("E10 9AA", 538_000, 187_000, None, None, inside=False),
    ],
    "2014-08",
)
SETTING = Setting(Quarter(2026, 2), date(2026, 7, 10), scheme(), locator=Locator((), BOOK))
HEAD = ["Reference", "Date reported", "Date it happened", "Category", "Postcode", "Area or place", "Address", "Note"]
GOOD = [
    "R1",
    "14/05/2026",
    "13/05/2026",
    "Noise",
    "E17 4JA",
    "",
    "12 Example Court",
    "Loud music. Mrs Jones, 07700 900123",
]


def file(rows: list[list[str]], head: list[str] = HEAD) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode()


def check(*rows: list[str], head: list[str] = HEAD, setting: Setting = SETTING) -> Checked:
    return check_return("incidents", "a.csv", file(list(rows), head), setting)


def with_(**cells: str) -> list[str]:
    row = list(GOOD)
    for key, value in cells.items():
        row[HEAD.index(key.replace("_", " "))] = value
    return row


def found(checked: Checked) -> list[tuple[str, int]]:
    return [(each.rule, each.row) for each in checked.problems]


def test_a_right_row_is_placed_by_its_postcode_and_never_by_its_house():
    (row,) = check(GOOD).incidents
    assert (row.month, row.day, row.category, row.own_category) == ("2026-05", 13, "NOIS", "Noise")
    assert (row.spot.precision, row.spot.e, row.spot.n, row.spot.lookup) == (
        "postcode",
        537_412 // 50,
        189_213 // 50,
        "2014-08",
    )


def test_what_is_sealed_is_not_searched_and_does_not_show():
    checked = check(GOOD)
    assert checked.problems == ()
    shown = repr(checked) + repr(checked.incidents) + repr(checked.problems)
    assert not any(word in shown for word in ("Example Court", "Jones", "07700", "R1", "E17"))


def test_the_clear_name_of_an_area_must_not_say_which_house_or_who():
    checked = check(with_(Area_or_place="12 Priory Avenue"), with_(Area_or_place="Mr Jones's block", Reference="R2"))
    assert found(checked) == [("looks-like-house", 2), ("looks-like-name", 3)]


@pytest.mark.parametrize(
    ("cells", "rule", "level"),
    [
        ({"Date_reported": "31/04/2026"}, "date-unreal", Level.MUST_FIX),
        ({"Date_reported": ""}, "missing", Level.MUST_FIX),
        ({"Date_reported": "11/07/2026"}, "date-future", Level.MUST_FIX),
        ({"Date_reported": "01/07/2026"}, "date-outside-quarter", Level.CHECK),
        ({"Date_it_happened": "15/05/2026"}, "date-order", Level.MUST_FIX),
        ({"Date_it_happened": "15/05/2024"}, "date-long-before", Level.CHECK),
        ({"Category": "Unheard of"}, "category-unknown", Level.MUST_FIX),
        ({"Category": ""}, "missing", Level.MUST_FIX),
        ({"Postcode": "E17"}, "postcode-unreal", Level.MUST_FIX),
        ({"Postcode": "E17 9ZZ"}, "postcode-unknown", Level.CHECK),
        ({"Postcode": "E10 9AA"}, "outside-area", Level.CHECK),
        ({"Postcode": "LE1 1AA"}, "outside-area", Level.CHECK),
        ({"Postcode": ""}, "no-place", Level.CHECK),
        ({"Note": "x" * 4_001}, "text-too-long", Level.MUST_FIX),
        ({"Reference": ""}, "missing", Level.MUST_FIX),
    ],
)
def test_each_thing_that_can_be_wrong_is_named_at_its_row(cells, rule, level):
    problems = check(with_(**cells)).problems
    assert [(each.rule, each.row, each.level) for each in problems] == [(rule, 2, level)]


def test_a_reference_used_twice_is_pointed_back_to_the_first():
    (twice,) = check(GOOD, with_(Note="another")).problems
    assert (twice.rule, twice.row, twice.message) == ("duplicate-reference", 3, "This reference is also on row 2.")


def test_rows_outside_the_area_are_left_out_with_their_numbers():
    checked = check(GOOD, with_(Reference="R2", Postcode="E10 9AA"))
    assert (checked.is_fit, checked.accepted, checked.left_out) == (True, 1, ((3, "outside-area"),))


def test_domestic_abuse_is_never_placed_and_keeps_no_clear_day_or_area():
    row = next(iter(check(with_(Category="Domestic abuse", Area_or_place="Queens Road")).incidents))
    assert (row.spot.precision, row.spot.e, row.day, row.hour, row.area) == ("withheld", None, None, None, "")


def test_a_row_stays_in_its_own_quarter():
    (row,) = check(with_(Date_it_happened="20/03/2026", Date_reported="02/04/2026")).incidents
    assert (row.month, row.day) == ("2026-04", 2)


def test_no_problem_ever_repeats_what_a_cell_says():
    secret = "Zzyzx-9417"
    checked = check([secret] * len(HEAD), [secret] * len(HEAD))
    for each in checked.problems:
        assert secret not in each.message + each.mend + each.where + repr(each) + json.dumps(each.logged())


def test_headings_stay_out_of_logs_because_a_file_without_any_has_data_there():
    checked = check(
        GOOD, head=["Reference", "Date reported", "Category", "Mrs Jones, 12 Example Court", "a", "b", "c", "d"]
    )
    assert all("Jones" not in repr(each) + json.dumps(each.logged()) for each in checked.problems)


@pytest.mark.parametrize(
    "naughty",
    json.loads((DATA / "security/blns/blns_part.json").read_text()),
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_naughty_strings_pass_through_sealed_text_unchanged(naughty):
    if "\0" in naughty:
        naughty = naughty.replace("\0", "")
    checked = check(with_(Note=naughty, Address=naughty, Reference="R" + naughty[:20]))
    if checked.is_fit:
        (row,) = checked.incidents
        assert row.note == (unicodedata.normalize("NFC", naughty) if naughty.strip() else "")
        assert row.address == row.note
    else:
        assert {rule for rule, _ in found(checked)} <= {"text-too-long", "stray-quote"}


@pytest.mark.parametrize("payload", (DATA / "security/csv-injection/csv-payload.txt").read_text().splitlines())
def test_nothing_that_is_written_for_a_spreadsheet_can_run_there(payload):
    checked = check(
        with_(Category=payload), head=[payload if heading == "Area or place" else heading for heading in HEAD]
    )
    book = openpyxl.load_workbook(io.BytesIO(write_problems(checked)))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 12
    assert all(
        cell.data_type == "s" and not str(cell.value).startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells
    )
    rigged = Shape(scheme("common", {payload: "NOIS"}), (payload,))
    assert not any(
        line.split(",")[3].startswith(("=", "@"))
        for line in write_csv(form("quarterly"), rigged).decode().splitlines()
        if line.count(",") > 3
    )
    for kind in ("quarterly", "incidents"):
        book = openpyxl.load_workbook(io.BytesIO(write_xlsx(form(kind), rigged)))
        assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
        assert all(sheet.sheet_state == "visible" for sheet in book)


@pytest.mark.parametrize("text", ["=1+1", " =1+1", "+44", "-5", "@SUM(A1)", "\tx", "\r=1", "\uff1d1+1", '"=1', "%0A=1"])
def test_live_text_is_made_harmless(text):
    assert neutral(text) == f"'{text}"


def test_numbers_and_plain_words_leave_as_they_are():
    assert [neutral(value) for value in (-5, 3.5, "Noise", "", None, "a=b")] == ["-5", "3.5", "Noise", "", "", "a=b"]


def test_the_written_example_is_a_right_sheet():
    setting = Setting(SETTING.quarter, SETTING.today, scheme())
    for name, data in (
        ("a.csv", write_csv(form("incidents"), Shape(scheme(), is_example=True))),
        ("a.xlsx", write_xlsx(form("incidents"), Shape(scheme(), is_example=True))),
    ):
        checked = check_return("incidents", name, data, setting)
        assert (checked.is_fit, checked.accepted, checked.problems) == (True, 1, ())


def test_workbooks_and_text_give_the_same_rows():
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.append(["R1", date(2026, 5, 14), date(2026, 5, 13), *GOOD[3:]])
    out = io.BytesIO()
    book.save(out)
    assert check_return("incidents", "a.xlsx", out.getvalue(), SETTING).incidents == check(GOOD).incidents


def test_no_two_columns_of_a_form_go_by_the_same_name_and_every_rule_has_words():
    for each in forms().values():
        names = [name for column in each.columns for name in column.names]
        assert len(names) == len(set(names)), each.kind
        lines = [name for line in each.lines for name in line.names]
        assert len(lines) == len(set(lines))
        assert len(each.columns) <= 18
    for rule, message in MESSAGES.items():
        assert Level(message.level)
        assert rule == rule.lower()


def test_every_scheme_maps_to_kinds_that_exist_and_nothing_maps_twice():
    for key in scheme_titles():
        assert set(scheme(key).codes.values()) <= set(kinds())
    words: dict[str, str] = {}
    for kind in kinds().values():
        for word in (kind.code, kind.label, *kind.aliases):
            assert words.setdefault(word.casefold(), kind.code) == kind.code, word


DATES = st.one_of(
    st.sampled_from(["14/05/2026", "31/04/2026", "", "14/05/26", "01/07/2026", "9/9/2027", "46000"]),
    st.text(max_size=6),
)
ROW = st.tuples(
    st.one_of(st.sampled_from(["R1", "R2", "R3", ""]), st.text(max_size=5)),
    DATES,
    DATES,
    st.sampled_from(["Noise", "noise ", "Nois", "", "Domestic abuse"]),
    st.sampled_from(["E17 4JA", "E10 9AA", "", "E17", "LE1 1AA"]),
    st.sampled_from(["", "Queens Road", "Flat 3"]),
    st.text(max_size=9),
    st.text(max_size=9),
).map(list)


@settings(max_examples=200, deadline=None)
@given(st.lists(ROW, max_size=15), st.booleans())
def test_every_row_is_accepted_rejected_or_left_out_and_says_why(rows, ragged):
    body = [row[:-1] if ragged and index % 3 == 0 else row for index, row in enumerate(rows)]
    checked = check_return("incidents", "a.csv", file(body), SETTING)
    parts = [*(row.row for row in checked.incidents), *checked.rejected, *(row for row, _ in checked.left_out)]
    assert sorted(parts) == sorted(checked.table.numbers)
    why = {each.row for each in checked.problems if each.level is Level.MUST_FIX}
    whole = any(each.level is Level.MUST_FIX and not each.row for each in checked.problems)
    assert whole or set(checked.rejected) <= why
