"""Workbooks, hostile ones among them, read in a process that can do no harm."""

# ruff: noqa: DTZ001 - a cell of a spreadsheet has no time zone
from __future__ import annotations

import io
import resource
import time
import zipfile
from datetime import date, datetime
from datetime import time as clock

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.dimensions import ColumnDimension

from sharing.returns.mapping import tabulate
from sharing.returns.problems import Level
from sharing.returns.reader import LIMITS, Limits, read_grid
from sharing.returns.template import form

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="'
    f'{KIND}.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="'
    f'{KIND}.worksheet+xml"/>'
    "</Types>"
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Incidents" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>Reference</t></is></c></row>'


def workbook(sheet: str | bytes = SHEET.format(ROW), **parts: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", TYPES)
        book.writestr("_rels/.rels", RELS.format("officeDocument", "xl/workbook.xml"))
        book.writestr("xl/workbook.xml", parts.pop("book", BOOK))
        book.writestr("xl/_rels/workbook.xml.rels", RELS.format("worksheet", "worksheets/sheet1.xml"))
        book.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, data in parts.items():
            book.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def written(fill, **options) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        fill(book, book.add_worksheet("Incidents"))
    return out.getvalue()


def rules(data: bytes, limits: Limits = LIMITS) -> list[tuple[str, int, str]]:
    return [(each.rule, each.row, each.column) for each in read_grid("a.xlsx", data, limits=limits).problems]


def head(sheet) -> None:
    for column, heading in enumerate(("Reference", "Category", "Date reported")):
        sheet.write_string(0, column, heading)


# --- what could harm us


def far_cells() -> bytes:
    return workbook(SHEET.format(ROW + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))


def far_within_rows() -> bytes:
    return workbook(SHEET.format(ROW + '<row r="2"><c r="XFD2"><v>1</v></c></row>'))


def zip_bomb() -> bytes:
    return workbook(xl__worksheets__sheet2_xml=b"0" * (200 << 20))


def lying_zip() -> bytes:
    """The directory says 100 bytes; the stream holds 50 MB."""
    data = bytearray(workbook(SHEET.format(ROW + " " * (50 << 20))))
    real = (50 << 20) + len(SHEET.format(ROW))
    for mark in range(len(data) - 4):
        if data[mark : mark + 4] == real.to_bytes(4, "little"):
            data[mark : mark + 4] = (100).to_bytes(4, "little")
    return bytes(data)


def entity_bomb(letters: str = "utf-8") -> bytes:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0" encoding="{letters}"?><!DOCTYPE x [<!ENTITY a0 "ha">{lines}]>'
    return workbook(
        (text + SHEET.format('<row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row>')).encode(letters)
    )


def outside_entity() -> bytes:
    return workbook(book='<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + BOOK.replace("Incidents", "&f;"))


def one_long_text_everywhere() -> bytes:
    cells = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{chr(65 + c)}{row}" t="s"><v>0</v></c>' for c in range(20)) + "</row>"
        for row in range(1, 15_000)
    )
    strings = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 32_000}</t></si></sst>'
    )
    types = TYPES.replace(
        "</Types>",
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/></Types>',
    )
    rels = RELS.format("worksheet", "worksheets/sheet1.xml").replace(
        "</Relationships>",
        '<Relationship Id="rId2" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>',
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in (
            ("[Content_Types].xml", types),
            ("_rels/.rels", RELS.format("officeDocument", "xl/workbook.xml")),
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", rels),
            ("xl/worksheets/sheet1.xml", SHEET.format(cells)),
            ("xl/sharedStrings.xml", strings),
        ):
            book.writestr(name, data)
    return out.getvalue()


def many_parts() -> bytes:
    return workbook(**{f"xl__media__{n}.xml": "<a/>" for n in range(2_000)})


def deep_nesting() -> bytes:
    return workbook("<a>" * 200_000 + "</a>" * 200_000, book=BOOK)


def wide_attribute() -> bytes:
    return workbook(SHEET.format(f'<row r="1" hidden="1" a="{"x" * 20_000_000}"><c r="A1"><v>1</v></c></row>'))


def not_really_a_zip() -> bytes:
    return b"PK\x03\x04 xl/workbook.xml" + b"\0" * 4_000


def cut_short() -> bytes:
    return written(lambda _, sheet: head(sheet))[:-200]


@pytest.mark.parametrize(
    "make",
    [
        far_cells,
        far_within_rows,
        zip_bomb,
        lying_zip,
        entity_bomb,
        outside_entity,
        one_long_text_everywhere,
        many_parts,
        deep_nesting,
        wide_attribute,
        not_really_a_zip,
        cut_short,
    ],
)
def test_a_hostile_workbook_is_refused_in_seconds_and_harms_nobody(make):
    data = make()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    table = tabulate(read_grid("a.xlsx", data), form("incidents"), LIMITS)
    assert [each.level for each in table.problems if each.level is Level.MUST_FIX]
    assert not table.rows
    assert time.monotonic() - began < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024  # KiB
    # What the reading process may take cannot be measured from here (it starts as a copy of this one), but it is limited.
    assert LIMITS.memory <= 320 << 20


@pytest.mark.parametrize("letters", ["utf-16", "utf-32"])
def test_entities_cannot_hide_behind_other_letters(letters):
    assert [each.rule for each in read_grid("a.xlsx", entity_bomb(letters)).problems] == ["workbook-refused"]


@pytest.mark.parametrize("limits", [Limits(seconds=0), Limits(memory=8 << 20)])
def test_a_workbook_that_needs_more_time_or_memory_than_it_may_have_is_given_up(limits):
    (found,) = read_grid("a.xlsx", written(lambda _, sheet: head(sheet)), limits=limits).problems
    assert (found.rule, "memory or time" in found.message) == ("workbook-refused", True)


def test_the_reading_process_has_no_environment_and_cannot_write_a_file(tmp_path):
    from sharing.returns.reader import workbook as parent

    code = parent._SANDBOX / "__main__.py"
    assert "RLIMIT_FSIZE, 0" in code.read_text()
    assert "env={}" in (parent._SANDBOX.parent / "workbook.py").read_text()


# --- what is hidden, merged, computed


def test_hidden_rows_columns_and_sheets_stop_the_return_and_are_named():
    def fill(book, sheet):
        head(sheet)
        for row in range(1, 6):
            sheet.write_row(row, 0, [f"r{row}", "Noise", "1/5/2026"])
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.set_column("B:B", None, None, {"hidden": True})
        book.add_worksheet("Old").hide()
        book.add_worksheet("Older").very_hidden()

    assert rules(written(fill)) == [
        ("hidden-sheet", 0, ""),
        ("hidden-sheet", 0, ""),
        ("hidden-row", 4, ""),
        ("hidden-column", 0, "B"),
    ]


def test_rows_and_columns_of_no_height_or_width_are_hidden_too():
    def fill(_, sheet):
        head(sheet)
        sheet.write_row(1, 0, ["1", "Noise", "1/5/2026"])
        sheet.set_row(1, 0)
        sheet.set_column("C:C", 0)

    assert {rule for rule, _, _ in rules(written(fill))} == {"hidden-row", "hidden-column"}


def test_hiding_what_is_empty_is_nobodys_business():
    def fill(_, sheet):
        head(sheet)
        sheet.write_row(1, 0, ["1", "Noise", "1/5/2026"])
        sheet.set_row(9, None, None, {"hidden": True})
        sheet.set_column("F:XFD", None, None, {"hidden": True})

    assert rules(written(fill)) == []


def test_a_filter_that_hides_rows_is_found():
    def fill(_, sheet):
        head(sheet)
        sheet.autofilter("A1:C4")
        sheet.filter_column("A", "x == a")
        for row in range(1, 4):
            sheet.write_row(row, 0, ["ab"[row % 2], "Noise", "1/5/2026"])
            if row % 2 == 0:
                sheet.set_row(row, None, None, {"hidden": True})

    assert rules(written(fill)) == [("hidden-row", 3, "")]


def test_error_cells_merged_cells_and_unsaved_formulas_are_never_read_as_empty():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Reference", "Category", "Date reported"])
    sheet.append(["1", "Noise", "=1+1"])
    sheet["A3"], sheet["B3"] = "#DIV/0!", "Noise"
    sheet["A3"].data_type = "e"
    sheet["A5"] = "x"
    sheet.merge_cells("A5:A7")
    out = io.BytesIO()
    book.save(out)
    assert sorted(rules(out.getvalue())) == [
        ("error-cell", 3, "A"),
        ("formula-unsaved", 2, "C"),
        ("merged-cells", 0, ""),
    ]


def test_the_users_own_heading_stands_beside_what_was_found_in_a_column():
    def fill(_, sheet):
        head(sheet)
        sheet.write_row(1, 0, ["1", "Noise"])
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")

    table = tabulate(read_grid("a.xlsx", written(fill)), form("incidents"), LIMITS)
    assert [each.where for each in table.problems] == ['Row 2, column C "Date reported"']
    assert table.broken == {2}


def test_a_saved_formula_is_read_as_its_result_and_said():
    def fill(_, sheet):
        head(sheet)
        sheet.write_row(1, 0, ["1", "Noise"])
        sheet.write_formula(1, 2, "=A1", None, 46_000)

    grid = read_grid("a.xlsx", written(fill))
    assert grid.rows[1][2] == 46_000
    assert [(each.rule, each.level) for each in grid.problems] == [("formula-read", Level.NOTICE)]


def test_what_a_spreadsheet_means_is_kept():
    def fill(book, sheet):
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        hour = book.add_format({"num_format": "hh:mm"})
        sheet.write_row(0, 0, list("abcdefgh"))
        sheet.write_string(1, 0, "00123")
        sheet.write_number(1, 1, 123)
        sheet.write_datetime(1, 2, datetime(2026, 2, 28), day)
        sheet.write_datetime(1, 3, datetime(2026, 3, 29, 1, 30), moment)
        sheet.write_datetime(1, 4, clock(22, 15), hour)
        sheet.write_number(1, 5, 0.85, book.add_format({"num_format": "0%"}))
        sheet.write_boolean(1, 6, True)
        sheet.write_url(1, 7, "https://example.org/", string="a link")

    row = read_grid("a.xlsx", written(fill)).rows[1]
    assert row == [
        "00123",
        123,
        datetime(2026, 2, 28),
        datetime(2026, 3, 29, 1, 30),
        clock(22, 15),
        0.85,
        True,
        "a link",
    ] or (row[2] == date(2026, 2, 28))


def test_dates_counted_from_1904_are_the_same_days():
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["Reference", "When"])
    book.active.append(["1", datetime(2026, 5, 14)])
    out = io.BytesIO()
    book.save(out)
    found = read_grid("a.xlsx", out.getvalue()).rows[1][1]
    assert (found.year, found.month, found.day) == (2026, 5, 14)


def test_the_sheet_that_the_template_names_is_read_and_others_are_said():
    def fill(book, sheet):
        head(sheet)
        sheet.write_row(1, 0, ["1", "Noise", "1/5/2026"])
        book.add_worksheet("Notes").write_string(0, 0, "call back")

    grid = read_grid("a.xlsx", written(fill), sheets=("incidents",))
    assert grid.sheet == "Incidents"
    assert [each.rule for each in grid.problems] == ["other-sheet"]


def test_macros_are_refused_under_any_name():
    for name in ("a.xlsx", "a.xlsm"):
        assert [each.rule for each in read_grid(name, workbook(**{"xl__vbaProject.bin": b"x"})).problems] == [
            "workbook-macros"
        ]


def test_a_workbook_named_otherwise_is_said_to_be_one():
    assert [each.rule for each in read_grid("a.csv", workbook()).problems] == ["file-renamed"]


def test_row_limits_hold_for_workbooks():
    def fill(_, sheet):
        sheet.write_row(0, 0, ["Reference", "Category", "Date reported"])
        for row in range(1, 1_200):
            sheet.write_row(row, 0, [str(row), "Noise", "1/5/2026"])

    data = written(fill)
    assert [rule for rule, _, _ in rules(data, Limits(rows=100))] == ["too-many-rows"]
    table = tabulate(read_grid("a.xlsx", data, limits=Limits(rows=1_198)), form("incidents"), Limits(rows=1_198))
    assert [each.rule for each in table.problems] == ["too-many-rows"]
    table = tabulate(read_grid("a.xlsx", data), form("incidents"), LIMITS)
    assert (len(table.rows), table.problems, table.numbers[-1]) == (1_199, (), 1_200)


def test_hidden_columns_given_as_a_range_are_found_where_they_hold_something():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Reference", "Category", "Date reported"])
    sheet.append(["1", "Noise", "1/5/2026"])
    sheet.column_dimensions["B"] = ColumnDimension(sheet, min=2, max=40, hidden=True)
    out = io.BytesIO()
    book.save(out)
    assert rules(out.getvalue()) == [("hidden-column", 0, "B"), ("hidden-column", 0, "C")]


@pytest.mark.parametrize(
    ("sheet", "rule"),
    [
        (ROW + "<row r='2' hidden='1'><c r='A2'><v>1</v></c></row>", "hidden-row"),
        (ROW + '<row r="2" hidden = "true"><c r="A2"><v>1</v></c></row>', "hidden-row"),
        (ROW + '<row r="2" hidden="&#49;"><c r="A2"><v>1</v></c></row>', "hidden-row"),
        (ROW + '<row r="2"\nht="0" customHeight="1"><c r="A2"><v>1</v></c></row>', "hidden-row"),
        (ROW + '<row r="2"><c r="A2" t="&#101;"><v>#N/A</v></c></row>', "workbook-refused"),
        (ROW + "<row r='2'><c r='A2' t='e'><v>#N/A</v></c></row>", "error-cell"),
        (ROW + '<row r="2"><c r="A2"><f>1+1</f></c></row>', "formula-unsaved"),
        (ROW + '<row r="2"><c r="A2"><f\n>1+1</f><v></v></c></row>', "formula-unsaved"),
        (ROW + "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>", "too-many-rows"),
        (ROW + '<row r="2"><c\tr = "XFD2"><v>1</v></c></row>', "too-many-columns"),
    ],
)
def test_an_unusual_way_of_writing_hides_nothing(sheet, rule):
    assert rule in [each for each, _, _ in rules(workbook(SHEET.format(sheet)))]


def test_names_with_a_prefix_hide_nothing():
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cell = '<x:c r="A1" t="inlineStr"><x:is><x:t>Reference</x:t></x:is></x:c>'
    sheet = f'<x:worksheet xmlns:x="{space}"><x:sheetData><x:row r="1" hidden="1">{cell}</x:row></x:sheetData></x:worksheet>'
    assert ("hidden-row", 1, "") in rules(workbook(sheet))
