"""This module knows the one way to turn an uploaded file into rows."""

from __future__ import annotations

from collections.abc import Sequence

from sharing.returns.problems import RowProblem, problem
from sharing.returns.reader.grid import MEGABYTE, Cell, Grid, Limits, Table, unreadable
from sharing.returns.reader.kinds import CSV, kind_of
from sharing.returns.reader.text import read_text
from sharing.returns.reader.workbook import read_workbook

LIMITS = Limits()
"""What a return may be: 20,000 rows and 10 MB."""


def read_grid(name: str, data: bytes, *, sheets: Sequence[str] = (), limits: Limits = LIMITS) -> Grid:
    """Read a CSV or XLSX. Never raises for what the file holds: whatever is wrong with it is in `problems`.

    `name` is used for its ending alone; `sheets` are the names under which the wanted sheet may stand in a workbook.
    """
    if len(data) > limits.bytes:
        size = f"{len(data) / MEGABYTE:.1f} MB"
        return unreadable("", problem("file-too-big", size=size, **limits.words))
    kind = kind_of(name, data)
    if isinstance(kind, RowProblem):
        return unreadable("", kind)
    return read_text(data, limits) if kind == CSV else read_workbook(data, limits, sheets)


__all__ = ["LIMITS", "Cell", "Grid", "Limits", "Table", "read_grid"]
