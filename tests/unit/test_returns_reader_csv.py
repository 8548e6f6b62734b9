"""CSV as the world writes it: encodings, separators, and files that are none."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.returns.categories import scheme
from sharing.returns.check import check_return
from sharing.returns.checked import Setting
from sharing.returns.mapping import tabulate
from sharing.returns.period import Quarter
from sharing.returns.problems import Level
from sharing.returns.reader import LIMITS, Limits, read_grid
from sharing.returns.template import form

DATA = Path(__file__).parents[1] / "data"
SETTING = Setting(Quarter(2026, 2), date(2026, 8, 1), scheme())


def rules(name: str, data: bytes, limits: Limits = LIMITS) -> list[tuple[str, int]]:
    return [(each.rule, each.line or each.row) for each in read_grid(name, data, limits=limits).problems]


def shape_of(text: str) -> list[tuple[str, int]]:
    table = tabulate(read_grid("a.csv", text.encode()), form("incidents"), LIMITS)
    return [(each.rule, each.row) for each in table.problems if each.level is Level.MUST_FIX]


@pytest.mark.parametrize("name", sorted(path.stem for path in (DATA / "security/csv-spectrum/csvs").iterdir()))
def test_every_csv_spectrum_file_is_read_as_its_twin_says(name):
    data = (DATA / f"security/csv-spectrum/csvs/{name}.csv").read_bytes()
    expected = json.loads((DATA / f"security/csv-spectrum/json/{name}.json").read_text())
    for raw in (data, data.replace(b"\n", b"\r\n")):
        head, *rows = read_grid(f"{name}.csv", raw).rows
        found = [dict(zip(head, row, strict=True)) for row in rows]
        # The twins were made from files with either line end; what lies inside a cell is compared without it.
        assert json.dumps(found).replace(r"\r\n", r"\n") == json.dumps(expected).replace(r"\r\n", r"\n")


@pytest.mark.parametrize("path", sorted((DATA / "messy").rglob("*.*")), ids=lambda path: path.name)
def test_every_messy_file_is_read_or_refused_in_words(path):
    data = path.read_bytes()
    name = path.name
    if name.endswith(".gz"):
        data, name = gzip.decompress(data), name[:-3]
    for kind in ("quarterly", "incidents"):
        checked = check_return(kind, name, data, SETTING)
        assert not checked.is_fit
        assert all(each.message and "{" not in each.message + each.mend + each.where for each in checked.problems)
        assert checked.rows_read == checked.accepted + len(checked.rejected) + len(checked.left_out)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("cp1252", b""),
    ],
)
def test_letters_survive_every_encoding_that_a_spreadsheet_writes(encoding, mark):
    grid = read_grid("a.csv", mark + "Ref,Note\n1,£50 damage at the Café – “again”\n".encode(encoding))
    assert grid.rows[1] == ["1", "£50 damage at the Café – “again”"]


def test_windows_text_is_read_as_such_and_the_first_accent_is_shown():
    grid = read_grid("a.csv", "Ref,Note\n1,plain\n2,Café\n".encode("cp1252"))
    assert (grid.encoding, grid.first_accented) == ("cp1252", (2, 1))
    assert [each.rule for each in grid.problems] == ["encoding-windows"]


def test_latin_text_of_a_real_council_is_not_spoiled():
    grid = read_grid("spanish_chars.csv", (DATA / "messy/messytables-horror/spanish_chars.csv").read_bytes())
    assert grid.rows[0][-1] == "Descripción"


def test_bytes_that_are_no_letters_are_refused():
    assert rules("a.csv", b"a,b\n1,\x81\x8d\n") == [("encoding", 0)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found_even_under_a_title(delimiter):
    text = (
        f"Return of the Housing Trust\n\nReference{delimiter}Category{delimiter}Note\n1{delimiter}Noise{delimiter}a\n"
    )
    assert read_grid("a.csv", text.encode()).rows[-1] == ["1", "Noise", "a"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"a,b\n1,2\n3,\x004\n", [("nul", 3)]),
        (b'a,b\n1,2\n"3,4\n5,6\n', [("unclosed-quote", 3)]),
        (b'a,b\n1,2\n"3"x,4\n', [("stray-quote", 3)]),
        (b"a,b\n1,2\n3," + b"x" * 131_073 + b"\n", [("field-too-long", 3)]),
        (b"", [("file-empty", 0)]),
        (b" \r\n\n", [("file-empty", 0)]),
    ],
)
def test_what_is_broken_is_named_with_its_line(text, expected):
    assert rules("a.csv", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Reference,Category,Date reported,Category\n1,Noise,1/5/2026,Noise\n", [("duplicate-header", 1)]),
        ("Reference,Category,Date reported\n1,Noise,1/5/2026,extra\n", [("ragged-long", 2)]),
        ("Reference,Category,Date reported\n1,Noise\n", [("ragged-short", 2)]),
        ("Reference,Category,Date reported\n", [("no-rows", 0)]),
        ("x,y,z\n1,2,3\n", [("no-header", 0)]),
    ],
)
def test_what_is_wrong_with_the_shape_is_named(text, expected):
    assert shape_of(text) == expected


def test_row_numbers_are_those_of_a_spreadsheet_and_lines_those_of_the_file():
    text = 'Reference,Category,Date reported,Note\n1,Noise,1/5/2026,"two\nlines"\n\n3,Nonsense,1/5/2026,\n'
    (found,) = (
        p for p in check_return("incidents", "a.csv", text.encode(), SETTING).problems if p.level is Level.MUST_FIX
    )
    assert (found.row, found.line, found.column, found.header) == (4, 5, "B", "Category")
    assert found.where == 'Row 4 (line 5 of the file), column B "Category"'


def test_titles_above_the_headings_and_empty_columns_beside_them_are_left_out_and_said():
    text = "Housing Trust,,,,\n,,,,\nReference,Category,Date reported,,\n1,Noise,1/5/2026,,\n"
    table = tabulate(read_grid("a.csv", text.encode()), form("incidents"), LIMITS)
    assert table.headers == ("Reference", "Category", "Date reported")
    assert [each.rule for each in table.problems] == ["header-lower", "blank-rows"]


def test_an_unnamed_column_that_holds_something_is_said_not_read():
    table = tabulate(
        read_grid("a.csv", b"Reference,Category,Date reported,\n1,Noise,1/5/2026,secret\n"), form("incidents"), LIMITS
    )
    assert [(each.rule, each.column) for each in table.problems] == [("unnamed-column", "D")]


def test_size_limits_say_both_numbers():
    limits = Limits(rows=20, bytes=2_000_000)
    (many,) = read_grid("a.csv", b"a,b\n" + b"1,2\n" * 100, limits=limits).problems
    (big,) = read_grid("a.csv", b"x" * 2_000_001, limits=limits).problems
    assert (many.rule, big.rule) == ("too-many-rows", "file-too-big")
    assert all("20 rows" in each.message and "1 MB" in each.message for each in (many, big))


def test_the_last_row_within_the_limit_is_taken_and_the_next_is_not():
    head = b"Reference,Category,Date reported\n"
    for count, rule in ((20, []), (21, ["too-many-rows"])):
        body = b"".join(b"%d,Noise,1/5/2026\n" % number for number in range(count))
        table = tabulate(read_grid("a.csv", head + body), form("incidents"), Limits(rows=20))
        assert [each.rule for each in table.problems] == rule


def test_a_file_of_empty_lines_costs_nothing():
    grid = read_grid("a.csv", b"Reference,Category\n" + b"\n" * 1_000_000 + b"1,Noise\n")
    assert (len(grid.rows), grid.numbers[-1], grid.blank) == (2, 1_000_002, 1_000_000)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "a" * 300 + ".csv", "CON.csv", "x\x00.csv", "\u202egpj.csv", "Übersicht.CSV"]
)
def test_a_file_name_is_only_its_ending(name):
    assert read_grid(name, b"a,b\n1,2\n").rows[1] == ["1", "2"]


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("a.xlsx", b"\x89PNG\r\n\x1a\n123", "file-kind"),
        ("a.xls", b"<html><table><tr><td>1", "file-kind"),
        ("a.csv", b"%PDF-1.7 abc", "file-kind"),
        ("a.xlsx", b"a,b\n1,2\n", "file-renamed"),
        ("a.docx", b"a,b\n1,2\n", "file-kind"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "workbook-old"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "workbook-locked"),
        ("a.zip", b"PK\x03\x04something", "file-kind"),
    ],
)
def test_what_is_no_spreadsheet_is_named_for_what_it_is(name, data, rule):
    assert [each.rule for each in read_grid(name, data).problems] == [rule]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_at_all_can_make_the_reader_fail(data):
    checked = check_return("incidents", "a.csv", data, SETTING)
    assert checked.rows_read == checked.accepted + len(checked.rejected) + len(checked.left_out)
