"""This module knows how a landlord's officer sends files in a test: as a browser without scripts does."""

from __future__ import annotations

import csv
import html
import io
import re
import uuid
from collections.abc import Sequence
from typing import Any

from werkzeug.test import TestResponse

JO, AISHA, COLIN = "jo.whitfield@foresthomes.example", "aisha.begum@ascham.example", "colin.marsh@ascham.example"
PRIYA = "priya.sharma@council.example"
PERIOD = "2026-Q3"
SEND = "/landlord/returns/send"
CHECK = f"/landlord/returns/{PERIOD}/quarterly/check"
SHEET_CHECK = f"/landlord/returns/{PERIOD}/incidents/check"
FLOW = [
    ["Homes in the area", "", "", "420"],
    ["Open at start", "", "", "3"],
    ["New cases", "", "", "5"],
    ["Closed", "", "", "2"],
    ["Open at end", "", "", "6"],
    ["Hate related", "", "", "1"],
    ["New cases by category", "Noise", "Queens Road", "4"],
    ["New cases by category", "Drugs", "Queens Road", "1"],
]
HEAD = ["Line", "Category", "Area or place", "Number"]
SHEET_HEAD = ["Reference", "Date reported", "Category", "Postcode", "Address", "Note"]


def table(rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD, encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode(encoding)


def changed(row: int, value: str) -> list[list[str]]:
    rows = [list(each) for each in FLOW]
    rows[row][3] = value
    return rows


def upload(visitor: Any, data: bytes, *, kind: str = "quarterly", name: str = "ours.csv") -> TestResponse:
    sent = visitor.send(SEND, period=PERIOD, kind=kind, file=(io.BytesIO(data), name))
    assert sent.status_code == 302, visitor.errors(sent)
    return visitor.get(sent.location)


def words(answer: TestResponse) -> str:
    """What a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def submit(visitor: Any, page: str = CHECK, **fields: str) -> TestResponse:
    """Send the sign-off of a check page, with the version to be replaced as it stands in the page."""
    seen = re.search(r'name="replaces" value="([^"]*)"', visitor.get(page).text)
    given = {"certified_by": "alone", "certify": "y", "replaces": seen.group(1) if seen else ""}
    return visitor.send(page, to=page.replace("/check", "/submit"), **given | fields)


def fields_of(answer: TestResponse, prefix: str) -> list[str]:
    return sorted(set(re.findall(rf'name="({prefix}[^"]*)"', answer.text)))


def entry_of(answer: TestResponse) -> uuid.UUID:
    found = re.search(r"/auditor/receipts/([0-9a-f-]+)\.tlog-proof", answer.text)
    assert found
    return uuid.UUID(found.group(1))
