"""This module knows how a release looks as a file (PDF or CSV): marked on every page, with who took it, until when it is kept.

The PDF is set by typst from the values as data, never as markup; no cell of the CSV can run as a formula (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

from portal import vocabulary
from portal.words import day, moment
from sharing.disclosures.exports import Exported

TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, or skips before one."""


@dataclass(frozen=True)
class Names:
    """What the codes of a release are called on paper, and who takes it."""

    supplier: str
    recipient: str
    purpose: str
    taken_by: str


def release_file(given: Exported, names: Names, kind: str) -> bytes:
    """The file of a kind of `TYPES`. Raises KeyError for any other."""
    return {"pdf": _pdf, "csv": _csv}[kind](given, names)


def foot(given: Exported, names: Names) -> list[str]:
    """What stands at the foot of every page."""
    return [
        f"{given.ref}. Taken by {names.taken_by}, {names.recipient}, {moment(given.at)}.",
        f"Kept until {day(given.kept_until)}: destroy it then, or before if {names.supplier} recalls it.",
        f"For {names.purpose} alone. Passing it on needs leave.",
    ]


def _facts(given: Exported, names: Names) -> list[tuple[str, str]]:
    return [
        ("Disclosure", given.ref),
        ("Their reference", given.subject_ref),
        ("Given by", names.supplier),
        ("Given to", names.recipient),
        ("For", names.purpose),
        ("Kept until", day(given.kept_until)),
        ("Ledger entry of this file", str(given.entry_id)),
    ]


def _fields(given: Exported) -> list[tuple[str, str]]:
    return [(_title(code, given.forms.get(code)), value) for code, value in sorted(given.values.items())]


def _title(code: str, form: str | None) -> str:
    coarser = vocabulary.form_title(code, form) if form and form != "as-is" else ""
    name = vocabulary.field_title(code).capitalize()
    return f"{name} ({coarser})" if coarser else name


def _notes(given: Exported) -> list[str]:
    if not given.left_out:
        return []
    left = ", ".join(vocabulary.field_title(code) for code in given.left_out)
    return [f"Not in this file, because the protocol lets it be seen in the portal alone: {left}."]


def _pdf(given: Exported, names: Names) -> bytes:
    document: dict[str, Any] = {
        "title": f"Disclosure {given.ref}",
        "marking": given.marking,
        "foot": foot(given, names),
        "facts": [{"name": name, "value": value} for name, value in _facts(given, names)],
        "fields": [{"name": name, "value": value} for name, value in _fields(given)],
        "notes": _notes(given),
    }
    source = (resources.files("portal.papers") / "release_file.typ").read_bytes()
    import typst  # late: a start need not wait for it

    return bytes(typst.compile(source, sys_inputs={"release": json.dumps(document)}))


def _csv(given: Exported, names: Names) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows = [("Marking", given.marking), *_facts(given, names), *_fields(given)]
    rows += [("Note", note) for note in [*_notes(given), *foot(given, names)]]
    writer.writerows([inert(name), inert(value)] for name, value in [*rows, ("Marking", given.marking)])
    return out.getvalue().encode("utf-8-sig")


def inert(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: a quote mark before whatever could begin one."""
    return f"'{value}" if value.startswith(_RUNS) else value
