"""This module knows the data files of the demonstration. `data/PROVENANCE.md` says where each comes from and what is made up."""

from __future__ import annotations

import csv
import gzip
import io
import tomllib
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Any

_DATA = resources.files("portal.demo") / "data"


def packed(partnership: str, name: str) -> bytes:
    """A file of a partnership as it was stored, gzipped or not."""
    return (_DATA / partnership / name).read_bytes()


def rows(partnership: str, name: str, delimiter: str = ",") -> Iterator[dict[str, str]]:
    """The rows of a gzipped table, by its headings."""
    text = gzip.decompress(packed(partnership, name)).decode("utf-8-sig")
    yield from csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)


def as_csv(headings: Iterable[str], table: Iterable[Iterable[object]]) -> bytes:
    """A CSV file in UTF-8, as somebody would upload it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(list(headings))
    writer.writerows([list(row) for row in table])
    return out.getvalue().encode()


def text(partnership: str, part: str) -> str:
    """The text of a partnership's TOML file: `partnership`, `protocol` or `story`."""
    return (_DATA / f"{partnership}-{part}.toml").read_text("utf-8")


def table(partnership: str, part: str) -> dict[str, Any]:
    """The same, read."""
    return tomllib.loads(text(partnership, part))
