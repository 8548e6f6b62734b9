"""This module knows on which line of a TOML text each table and key stands; the standard library's parser does not say.

It is a scanner, not a second parser: the text has been parsed already, so only strings, brackets and comments have to be told
apart. Paths are written as `protocol.title`, `line[2].fields`: lists count from 0, as in the rest of the house.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

_HEADER = re.compile(r"\[(\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_TOKEN = re.compile(r'''"""|\'\'\'|"(?:[^"\\]|\\.)*"|'[^']*'|[\[\]{}#]|\\.|.''')


@dataclass(frozen=True)
class Lines:
    """Path → line, counted from 1."""

    by_path: Mapping[str, int]

    def of(self, path: str) -> int | None:
        """The line of a path, or of the nearest table or key that holds it; None when nothing is known."""
        while path:
            if path in self.by_path:
                return self.by_path[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return None


def find_lines(text: str) -> Lines:
    """Find the line of every table header and key. The text has to be valid TOML."""
    found: dict[str, int] = {}
    counts: Counter[str] = Counter()
    table, value = "", _Value()
    for number, raw in enumerate(text.splitlines(), start=1):
        if value.is_open:
            value.feed(raw)
            continue
        line = raw.strip()
        if header := _HEADER.match(line):
            table = _table_path(header[2], counts, is_list=bool(header[1]))
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            path = ".".join(filter(None, [table, *(_bare(part) for part in _PART.findall(key[1]))]))
            found.setdefault(path, number)
            value.feed(line[key.end() :])
    return Lines(found)


class _Value:
    """Whether a value that was begun goes on in the next line: an open bracket, or an open string of several lines."""

    def __init__(self) -> None:
        self._depth = 0
        self._fence = ""

    @property
    def is_open(self) -> bool:
        return bool(self._fence) or self._depth > 0

    def feed(self, line: str) -> None:
        rest = line
        while rest:
            rest = self._in_string(rest) if self._fence else self._outside(rest)

    def _in_string(self, rest: str) -> str:
        skip = r"(?:[^\\]|\\.)*?" if self._fence == '"""' else r".*?"
        closed = re.match(skip + self._fence, rest)
        if closed is None:
            return ""
        self._fence = ""
        return rest[closed.end() :]

    def _outside(self, rest: str) -> str:
        token = _TOKEN.match(rest)
        if token is None or token[0] == "#":
            return ""
        if token[0] in {'"""', "'''"}:
            self._fence = token[0]
        self._depth += (token[0] in "[{") - (token[0] in "]}")
        return rest[token.end() :]


def _table_path(dotted: str, counts: Counter[str], *, is_list: bool) -> str:
    path = ""
    parts = [_bare(part) for part in _PART.findall(dotted)]
    for depth, part in enumerate(parts):
        path = f"{path}.{part}" if path else part
        if depth == len(parts) - 1 and is_list:
            counts[path] += 1
        if counts[path]:
            path = f"{path}[{counts[path] - 1}]"
    return path


def _bare(part: str) -> str:
    return part[1:-1] if part[0] in "\"'" else part
