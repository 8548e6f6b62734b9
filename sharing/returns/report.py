"""This module knows how every problem of a file is written out, for the officer who mends it in the file."""

from __future__ import annotations

import io

from sharing.returns.checked import Checked
from sharing.returns.neutral import neutral
from sharing.returns.problems import RowProblem

_HEADINGS = ("What", "Row", "Column", "Heading", "What is wrong", "What to do")
_WORDS = {"must-fix": "Must fix", "check-this": "Check this", "notice": "Please note"}


def write_problems(checked: Checked) -> bytes:
    """Every problem as a workbook, one a row, in the order of the file's rows. What the cells say is not repeated."""
    import xlsxwriter  # late: a start need not wait for it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("Problems")
        sheet.freeze_panes(1, 0)
        for index, (heading, width) in enumerate(zip(_HEADINGS, (12, 8, 8, 28, 60, 60), strict=True)):
            sheet.set_column(index, index, width)
            sheet.write_string(0, index, heading, bold)
        for number, each in enumerate(checked.problems, start=1):
            for index, cell in enumerate(_cells(each)):
                sheet.write_string(number, index, neutral(cell))
    return out.getvalue()


def _cells(each: RowProblem) -> tuple[str, ...]:
    row = str(each.row) if each.row else ""
    return _WORDS[each.level], row, each.column, each.header, each.message, each.mend
