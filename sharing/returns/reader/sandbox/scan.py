"""This module knows what a workbook is hiding: it looks through zip and XML before anything reads them.

Standard library only, and no module of this house: it runs in a process of its own that may be killed.

Two looks. A quick one runs a byte pattern over each part: whatever could matter has a name that must stand in the XML
as plain
bytes, because parts that are not UTF-8 or that declare a document type are refused first, so no entity can spell a
name. Only
where the quick look finds something does the exact, slower one run.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from xml.parsers import expat

Found = TypeVar("Found")

_WORKBOOK = "xl/workbook.xml"
_WORKBOOK_RELS = "xl/_rels/workbook.xml.rels"
_RATIO = 500
_RATIO_FROM = 16 << 20
_KEPT = 500  # findings of one kind: more would not be read by anybody

_DTD = (b"<!D", b"<!E")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']""")
_UTF8 = (b"utf-8", b"utf8", b"us-ascii")
_HIDDEN = re.compile(rb"""hidden=(?!"0"|"false")""")
# Any of these may stand for something that matters, or is a way of writing that the patterns here do not foresee. Each is a plain
# search: fifty times as quick as one pattern for all.
_SIGNS = (
    b"mergeCell", b"<f", b":f", b't="e"', b' ht="0', b' width="0',
    b"&#", b"='", b" =", b"= ", b"\n=", b"=\n", b"\t=", b"=\t", b"\r=", b"=\r",
    b"\nht=", b"\tht=", b"\rht=", b"\nwidth=", b"\twidth=", b"\rwidth=", b"\nr=", b"\tr=", b"\rr=",
)  # fmt: skip
_FILLED = (b"<v", b":v", b"<is", b":is")


class RefusedError(Exception):
    """The workbook is not read further; the words say why."""


@dataclass
class Sheet:
    """A sheet as the workbook lists it, with what the quick look saw in it."""

    name: str
    part: str
    is_hidden: bool
    is_filled: bool
    is_odd: bool


@dataclass
class Findings:
    """What was found in the sheet that is to be read. Rows as a spreadsheet numbers them, columns from 0."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    unsaved: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0


@dataclass
class Book:
    """A workbook of which every part has been unpacked once and looked at."""

    zip: zipfile.ZipFile
    sheets: list[Sheet]
    has_outside_links: bool


def survey(data: bytes, *, unpacked: int, parts: int, rows: int, columns: int) -> Book:
    """Look at every part, one at a time.

    Raise RefusedError for a bomb, a document type, damage or anything half hidden.
    """
    book = _open(data, unpacked, parts)
    far = _far(rows, columns)
    kept: dict[str, bytes] = {}
    seen: dict[str, tuple[bool, bool]] = {}
    for info in book.infolist():
        part = _unpack(book, info.filename)
        if info.filename in (_WORKBOOK, _WORKBOOK_RELS):
            kept[info.filename] = part
        elif info.filename.startswith("xl/worksheets/"):
            odd = _is_any(_SIGNS, part) or bool(_HIDDEN.search(part) or far.search(part))
            seen[info.filename] = (_is_any(_FILLED, part), odd)
    links = any(name.startswith("xl/externalLinks/") for name in book.namelist())
    return Book(book, _sheets(kept, seen), links)


def _is_any(signs: tuple[bytes, ...], data: bytes) -> bool:
    return any(sign in data for sign in signs)


def look(book: Book, sheet: Sheet) -> Findings:
    """What the sheet holds that a reader of values would not see.

    Empty, and at no cost, where the quick look saw nothing.
    """
    return _Look().run(_unpack(book.zip, sheet.part)) if sheet.is_odd else Findings()


def _open(data: bytes, unpacked: int, parts: int) -> zipfile.ZipFile:
    """Open the zip if what its directory declares is within limits. Nothing is unpacked yet."""
    try:
        book = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise RefusedError("it is damaged") from error
    infos = book.infolist()
    if len(infos) > parts:
        raise RefusedError("it has far more parts than a workbook needs")
    if len({info.filename for info in infos}) != len(infos):
        raise RefusedError("two of its parts have the same name")
    if any(info.flag_bits & 0x1 for info in infos):
        raise RefusedError("a part of it is encrypted")
    if any(info.file_size > max(_RATIO_FROM, _RATIO * info.compress_size) for info in infos):
        raise RefusedError("it unpacks to far more than a return can hold")
    if sum(info.file_size for info in infos) > unpacked or sum(info.compress_size for info in infos) > len(data):
        raise RefusedError("it unpacks to far more than a return can hold")
    return book


def _unpack(book: zipfile.ZipFile, name: str) -> bytes:
    """One part, at most as long as declared (zipfile stops there and then compares the checksum)."""
    try:
        data = book.read(name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError, KeyError) as error:
        raise RefusedError("it is damaged") from error
    if name.endswith((".xml", ".rels", ".vml")):
        _check_xml(data)
    return data


def _check_xml(data: bytes) -> None:
    """Refuse document types, entities and every encoding but UTF-8: no spreadsheet program writes them."""
    declared = _ENCODING.match(data[:200].removeprefix(b"\xef\xbb\xbf"))
    if (
        data[:2] in (b"\xff\xfe", b"\xfe\xff")
        or b"\x00" in data
        or (declared and declared.group(1).lower() not in _UTF8)
    ):
        raise RefusedError("its letters are not UTF-8")
    if _is_any(_DTD, data):
        raise RefusedError("it declares a document type or entities")


Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


def _walk(data: bytes, start: Start, end: End | None = None, text: Callable[[str], None] | None = None) -> None:
    """Go through a part, element by element; names come without their namespace. No tree is built and no entity is known."""
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise RefusedError("it declares a document type or entities")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        raise RefusedError("it is damaged") from error


def _sheets(kept: dict[str, bytes], seen: dict[str, tuple[bool, bool]]) -> list[Sheet]:
    if _WORKBOOK not in kept or _WORKBOOK_RELS not in kept:
        raise RefusedError("it has no workbook in it")
    targets: dict[str, str] = {}
    found: list[Sheet] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        if _local(name) == "Relationship" and target:
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            targets[attributes.get("Id", "")] = posixpath.normpath(path)

    def sheet(name: str, attributes: dict[str, str]) -> None:
        rel = next((value for key, value in attributes.items() if _local(key) == "id" and ":" in key), "")
        part = targets.get(rel, "")
        if _local(name) == "sheet" and part in seen:
            filled, odd = seen[part]
            hidden = attributes.get("state", "visible") != "visible"
            found.append(Sheet(attributes.get("name", ""), part, hidden, filled, odd))

    _walk(kept[_WORKBOOK_RELS], relation)
    _walk(kept[_WORKBOOK], sheet)
    return found


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _far(rows: int, columns: int) -> re.Pattern[bytes]:
    """A pattern for references that may lie outside the limits.

    One figure too many, or a column past the last one's letter.
    """
    letter = chr(min(ord("A") + columns // 26, ord("Z"))).encode()
    return re.compile(rb"""r="(?:[A-Z]{3,}\d|[A-Z]*\d{%d,}|[%s-Z][A-Z]\d)""" % (len(str(rows)) + 1, letter))


_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z")


def _place(reference: str | None, column: int, row: int) -> tuple[int, int]:
    """Row and column (from 0) of a cell; a cell without a reference stands beside the one before it."""
    match = _REFERENCE.match(reference or "")
    if not match:
        return row, column
    number = 0
    for letter in match.group(1):
        number = number * 26 + ord(letter) - 64
    return int(match.group(2)), number - 1


class _Look:
    """The exact look at one sheet, one element at a time."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self.found = Findings()
        self.hidden: list[tuple[int, int]] = []
        self.filled: set[int] = set()
        self.row, self.column = 0, -1
        self.row_filled = self.row_hidden = False
        self.has_formula = self.has_value = self.is_error = self.in_value = False

    def run(self, data: bytes) -> Findings:
        """Go through the sheet."""
        starts: dict[str, Callable[[dict[str, str]], None]] = {
            "row": self._row_starts,
            "c": self._cell_starts,
            "col": self._columns,
            "f": self._formula,
            "v": self._value,
            "is": self._value,
            "mergeCell": self._merged,
        }
        ends: dict[str, Callable[[], None]] = {
            "row": self._row_ends,
            "c": self._cell_ends,
            "v": self._value_ends,
            "is": self._value_ends,
        }

        def start(name: str, attributes: dict[str, str]) -> None:
            step = starts.get(name) or starts.get(_local(name))
            if step:
                step(attributes)

        def end(name: str) -> None:
            step = ends.get(name) or ends.get(_local(name))
            if step:
                step()

        _walk(data, start, end, self._text)
        self.found.hidden_columns = sorted(c for c in self.filled if any(low <= c <= high for low, high in self.hidden))
        return self.found

    def _row_starts(self, attributes: dict[str, str]) -> None:
        self.row = int(attributes.get("r") or self.row + 1)
        self.row_hidden = attributes.get("hidden") in ("1", "true") or _is_zero(attributes.get("ht"))
        self.column, self.row_filled = -1, False

    def _cell_starts(self, attributes: dict[str, str]) -> None:
        self.row, self.column = _place(attributes.get("r"), self.column + 1, self.row)
        self.is_error = attributes.get("t") == "e"
        self.has_formula = self.has_value = False

    def _formula(self, _attributes: dict[str, str]) -> None:
        self.has_formula = True

    def _value(self, _attributes: dict[str, str]) -> None:
        self.in_value = True

    def _value_ends(self) -> None:
        self.in_value = False

    def _text(self, _text: str) -> None:
        if self.in_value:
            self.has_value = True

    def _cell_ends(self) -> None:
        if self.is_error:
            self._keep(self.found.errors, (self.row, self.column))
        elif self.has_formula:
            self._keep(self.found.formulas if self.has_value else self.found.unsaved, (self.row, self.column))
        if self.has_value or self.has_formula:
            self.row_filled = True
            self.filled.add(self.column)
            self.found.last_row = max(self.found.last_row, self.row)
            self.found.last_column = max(self.found.last_column, self.column)

    def _row_ends(self) -> None:
        if self.row_filled and self.row_hidden:
            self._keep(self.found.hidden_rows, self.row)

    def _columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true") or _is_zero(attributes.get("width")):
            self.hidden.append((int(attributes.get("min", "1")) - 1, int(attributes.get("max", "1")) - 1))

    def _merged(self, attributes: dict[str, str]) -> None:
        self._keep(self.found.merged, attributes.get("ref", ""))

    @staticmethod
    def _keep(found: list[Found], what: Found) -> None:
        if len(found) < _KEPT:
            found.append(what)


def _is_zero(measure: str | None) -> bool:
    return bool(measure) and float(measure or "1") == 0.0
