"""This module knows what kind of file bytes are, whatever their name says."""

from __future__ import annotations

from pathlib import PurePosixPath

from sharing.returns.problems import RowProblem, problem

CSV, XLSX = "csv", "xlsx"
_TEXT_ENDINGS = frozenset({".csv", ".tsv", ".tab", ".txt", ".psv", ".ssv"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# First bytes of files that people upload by mistake, with the words for them.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a word processor's document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"SQLite format 3", "a database"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)


def ending_of(name: str) -> str:
    """The ending of a file's name, in small letters; a path in front of it is ignored."""
    return PurePosixPath(name.replace("\\", "/").replace("\x00", "")).suffix.lower()


def kind_of(name: str, data: bytes) -> str | RowProblem:
    """Return `csv` or `xlsx`, or the problem that says what it is instead: the bytes are believed, not the name."""
    ending = ending_of(name)
    if not data.strip(b"\x00\r\n\t "):
        return problem("file-empty")
    if data.startswith(_OLE):
        return _ole(data)
    if data.startswith(b"PK"):
        return _zip(data, ending)
    return _text(data, ending)


def _text(data: bytes, ending: str) -> str | RowProblem:
    words = next((words for magic, words in _MAGIC if data.startswith(magic)), "")
    head = data[:512].lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml", b"<table")):
        words = "a web page or XML file"
    if words:
        return problem("file-kind", kind=words)
    if ending in (".xlsx", ".xlsm", ".xls", ".ods"):
        return problem("file-renamed", ending=ending, kind="plain text")
    if ending and ending not in _TEXT_ENDINGS:
        return problem("file-kind", kind=f"a file whose name ends in {_shown(ending)}")
    return CSV


def _ole(data: bytes) -> RowProblem:
    """An OLE container is an encrypted workbook (ECMA-376, MS-OFFCRYPTO) or a file of an old Office."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return problem("workbook-locked")
    if "WordDocument".encode("utf-16-le") in data:
        return problem("file-kind", kind="a word processor's document")
    return problem("workbook-old")


def _zip(data: bytes, ending: str) -> str | RowProblem:
    """A zip is a workbook only if it holds one; what it really holds is looked at in the process that may fail."""
    if b"mimetypeapplication/vnd.oasis.opendocument" in data[:200]:
        return problem("file-kind", kind="an OpenDocument file")
    # The names in a zip's directory are not compressed, so they can be seen without opening it.
    if b"xl/workbook" not in data:
        what = "a word processor's document" if b"word/document.xml" in data else "a compressed file"
        return problem("file-kind", kind=what)
    if b"xl/vbaProject" in data or ending == ".xlsm":
        return problem("workbook-macros")
    if ending != ".xlsx":
        return problem("file-renamed", ending=_shown(ending) or "nothing", kind="an Excel workbook")
    return XLSX


def _shown(ending: str) -> str:
    """An ending fit to be shown: printable, and not long."""
    return "".join(letter for letter in ending if letter.isprintable())[:12]
