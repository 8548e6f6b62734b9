"""This module knows how an auditor's working papers become a workbook: sample, figures with their lists, population."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal import words
from sharing.audit import Figure, ItemView, SampleView
from sharing.returns import neutral

MARKING = "OFFICIAL"
"""Working papers hold references, codes and findings; no field's value is in them."""
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LONGEST = 32_767
"""Characters of a cell, by the file format."""


@dataclass(frozen=True)
class Line:
    """One drawn release in words, with what its receipt gave."""

    item: ItemView
    sentence: str
    supplier: str
    recipient: str
    purpose: str
    clauses: str
    verdict: str
    finding: str


@dataclass(frozen=True)
class Papers:
    """All that stands in the working papers."""

    partnership: str
    taken_by: str
    taken_on: date
    sample: SampleView
    items: list[Line]
    population: list[tuple[str, uuid.UUID, datetime, str, str]]
    figures: list[tuple[Figure, list[list[str]], str]]
    heads: tuple[str, ...]


def write(papers: Papers) -> bytes:
    """The workbook. Every cell is text or a number, never a formula or a link; each sheet bears marking, reference and taker."""
    import xlsxwriter  # late: a start need not wait for it

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    book.set_properties({"title": f"{papers.sample.ref} working papers", "author": "Accord"})
    for name, headings, rows in _sheets(papers):
        _sheet(book, papers, name, headings, rows)
    book.close()
    return buffer.getvalue()


Rows = list[list[object]]


def _sheets(papers: Papers) -> list[tuple[str, list[str], Rows]]:
    return [
        ("Sample", _SAMPLE, [_line(each) for each in papers.items]),
        ("How it was drawn", ["What", "Value"], _drawn(papers)),
        ("Reconciliation", ["Figure", "Number", "Out of", "Of what"], _figures(papers)),
        ("Lists", ["Figure", "Row"], _lists(papers)),
        ("Population", ["Decision", "Ledger entry", "When", "From", "To"], _population(papers)),
        ("What each figure means", ["Figure", "What it means"], [[f.title, means] for f, _, means in papers.figures]),
    ]


_SAMPLE = [
    "Number",
    "Decision",
    "When",
    "From",
    "To",
    "Purpose",
    "In words",
    "Clauses",
    "Why it was necessary",
    "Why it was proportionate",
    "Receipt",
    "Finding",
    "Mark",
    "Note",
    "Ledger entry",
]


def _line(line: Line) -> list[object]:
    made, decision = line.item.made, line.item.decision
    return [
        line.item.position,
        made.ref,
        words.moment(made.decided_at),
        line.supplier,
        line.recipient,
        line.purpose,
        line.sentence,
        line.clauses,
        decision.necessary if decision else "",
        decision.proportionate if decision else "",
        line.verdict,
        line.finding,
        line.item.mark,
        line.item.note,
        str(made.entry_id),
    ]


def _drawn(papers: Papers) -> Rows:
    sample = papers.sample
    found: Rows = [
        ["Period", f"{words.day(sample.from_on)} to {words.day(sample.to_on)}"],
        ["Committed to", words.moment(sample.committed_at)],
        ["SHA-256 of the seed", sample.seed_hash],
        ["Seed", sample.seed or ""],
        ["Drawn", words.moment(sample.drawn_at)],
        ["Releases in the period", sample.population or 0],
        ["SHA-256 of the population", sample.population_digest or ""],
        ["Wanted", sample.wanted],
    ]
    return found + [["Receipts verify against head", head] for head in papers.heads]


def _figures(papers: Papers) -> Rows:
    return [[f.title, f.number, f.out_of if f.out_of is not None else "", f.of_what] for f, _, _ in papers.figures]


def _lists(papers: Papers) -> Rows:
    found: Rows = []
    for figure, rows, _ in papers.figures:
        found.append([figure.title, *[column.heading for column in figure.columns]])
        found += [[figure.title, *row] for row in rows]
    return found


def _population(papers: Papers) -> Rows:
    return [[ref, str(entry), words.moment(at), supplier, to] for ref, entry, at, supplier, to in papers.population]


def _sheet(book: Any, papers: Papers, name: str, headings: list[str], rows: Rows) -> None:  # noqa: ANN401  XlsxWriter has no types
    sheet = book.add_worksheet(name)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    taken = f"taken by {papers.taken_by} on {words.day(papers.taken_on)}"
    sheet.write_string(0, 0, neutral(f"{MARKING} · {papers.partnership} · {papers.sample.ref} · {taken}"), bold)
    _row(sheet, 1, list(headings), bold)
    for number, row in enumerate(rows, 2):
        _row(sheet, number, row, wrapped)
    sheet.freeze_panes(2, 0)
    sheet.set_column(0, max(len(headings) - 1, 6), 24)
    sheet.set_footer(f"&C{MARKING} {papers.sample.ref}")


def _row(sheet: Any, number: int, cells: list[object], style: Any) -> None:  # noqa: ANN401  XlsxWriter has no types
    for column, value in enumerate(cells):
        if isinstance(value, int | float):
            sheet.write_number(number, column, value, style)
        else:
            sheet.write_string(number, column, neutral(value)[:LONGEST], style)
