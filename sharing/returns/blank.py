"""This module knows how an empty form is written for somebody to fill in, as CSV and as a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sharing.returns.categories import Scheme, scheme
from sharing.returns.neutral import neutral
from sharing.returns.period import Quarter
from sharing.returns.template import Column, Form, Line

Value = str | int
_HOTSPOTS = 5
_GOOD_NEWS = 2
_ROWS_WITH_LISTS = 1_000
_WIDTHS = {"line": 46, "category": 34, "area": 26, "words": 50, "note": 50, "address": 34, "busiest_time": 26}


@dataclass(frozen=True)
class Shape:
    """What the form is made for: the landlord's scheme, its areas, the quarter, and whether to fill in the example.

    `areas` are those of the last return: nobody types them again.
    """

    scheme: Scheme
    areas: tuple[str, ...] = ()
    quarter: Quarter | None = None
    is_example: bool = False


PLAIN = Shape(scheme())


def write_csv(form: Form, shape: Shape = PLAIN) -> bytes:
    """The form as CSV in UTF-8 with a byte-order mark (without one, Excel spoils Ŵ and ŷ)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([neutral(column.header) for column in form.columns])
    for row in _rows(form, shape):
        writer.writerow([neutral(row.get(column.key, "")) for column in form.columns])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(form: Form, shape: Shape = PLAIN) -> bytes:
    """The form as a workbook.

    One row of headings, drop-down lists, nothing hidden, no formula; help stands on a sheet of its own.
    """
    import xlsxwriter  # late: a start need not wait for it

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        sheet = book.add_worksheet(form.sheet)
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(form.columns):
            # References and postcodes are text, so that no program takes the 0 from their front.
            style = text if column.type in ("text", "reference", "postcode") else None
            sheet.set_column(index, index, _WIDTHS.get(column.key, 18), style)
            sheet.write_string(0, index, column.header, bold)
        for number, row in enumerate(_rows(form, shape), start=1):
            for index, column in enumerate(form.columns):
                _write(sheet, number, index, row.get(column.key, ""))
        _lists(book, sheet, form, shape, bold)
        _help(book, form, bold)
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, value: Value) -> None:  # noqa: ANN401  the library has no types
    if isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value != "":
        sheet.write_string(row, column, neutral(value))


def _lists(book: Any, sheet: Any, form: Form, shape: Shape, bold: Any) -> None:  # noqa: ANN401  the library has no types
    """Drop-down lists, on a sheet that can be seen: we ask others to hide nothing."""
    words = book.add_worksheet("Words to use")
    words.set_column(0, len(form.columns), 40)
    place = 0
    for index, column in enumerate(form.columns):
        answers = _answers(column, form, shape)
        if not answers:
            continue
        words.write_string(0, place, column.header, bold)
        for number, answer in enumerate(answers, start=1):
            words.write_string(number, place, neutral(answer))
        letter = chr(ord("A") + place)
        source = f"='Words to use'!${letter}$2:${letter}${len(answers) + 1}"
        sheet.data_validation(
            1,
            index,
            _ROWS_WITH_LISTS,
            index,
            {"validate": "list", "source": source, "error_type": "information", "ignore_blank": True},
        )
        place += 1


def _answers(column: Column, form: Form, shape: Shape) -> Sequence[str]:
    if column.type == "choice":
        return column.choices
    if column.type == "flag":
        return ("yes", "no")
    if column.type == "category":
        return shape.scheme.labels
    if column.type == "line":
        return [line.label for line in form.lines]
    return shape.areas if column.key == "area" else ()


def _help(book: Any, form: Form, bold: Any) -> None:  # noqa: ANN401  the library has no types
    sheet = book.add_worksheet("How to fill this in")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, form.title, bold)
    sheet.write_string(1, 0, neutral(form.help))
    for number, column in enumerate(form.columns, start=3):
        need = "needed" if column.required else "if you have it"
        sheet.write_string(number, 0, column.header, bold)
        sheet.write_string(number, 1, neutral(f"{column.help} ({need})".strip()))


def _rows(form: Form, shape: Shape) -> Iterator[dict[str, Value]]:
    if form.lines:
        for line in form.lines:
            yield from _line_rows(line, shape)
    elif shape.is_example:
        yield {column.key: column.example for column in form.columns}


def _line_rows(line: Line, shape: Shape) -> Iterator[dict[str, Value]]:
    """The rows of one line.

    One each, but one for each kind and area in part B, and a few empty ones for hotspots and good news.
    """
    row: dict[str, Value] = {"part": line.part, "line": line.label}
    if line.value == "quarter":
        yield row | {"words": str(shape.quarter) if shape.quarter else line.example_words if shape.is_example else ""}
    elif line.by_category and not line.many:
        yield from _category_rows(row, line, shape)
    else:
        copies = _HOTSPOTS if line.value == "hotspot" else _GOOD_NEWS if line.many else 1
        for copy in range(1 if shape.is_example else copies):
            yield row | (_example(line, shape) if shape.is_example and not copy else {})


def _category_rows(row: dict[str, Value], line: Line, shape: Shape) -> Iterator[dict[str, Value]]:
    for area in shape.areas or ("",):
        for index, label in enumerate(shape.scheme.labels):
            filled: dict[str, Value] = {"number": line.example_number or 0} if shape.is_example and index < 2 else {}  # noqa: PLR2004
            yield row | {"category": label, "area": area} | filled


def _example(line: Line, shape: Shape) -> dict[str, Value]:
    filled: dict[str, Value] = {}
    if line.example_number is not None:
        filled["number"] = line.example_number
    if line.example_out_of is not None:
        filled["out_of"] = line.example_out_of
    if line.value == "hotspot":
        filled |= {
            "category": shape.scheme.labels[0],
            "area": "Queens Road shops",
            "trend": "worse",
            "busiest_time": "Friday and Saturday evenings",
            "partners": "Police, council",
        }
    if line.example_words:
        filled["words"] = line.example_words
    return filled
