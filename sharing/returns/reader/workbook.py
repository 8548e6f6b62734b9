"""This module knows how to have a workbook read by a process that may die, and what to say about what it found.

The parent hands over bytes and gets JSON; it never parses the workbook itself. Wall time, address space, CPU time and
the size of
the answer are bounded. Personal data touches no file.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any, cast

from sharing.returns.problems import RowProblem, column_letter, problem
from sharing.returns.reader.grid import Cell, Grid, Limits, unreadable

_SANDBOX = Path(__file__).parent / "sandbox"
_SLACK = 1_000  # room for a title and for empty rows with formatting; rows are counted exactly afterwards
_ANSWER_PER_UNPACKED = 4  # JSON with every letter escaped is at most so many times the unpacked text


def read_workbook(data: bytes, limits: Limits, sheets: Sequence[str] = ()) -> Grid:
    """Read the sheet named in `sheets`, or the first that can be seen.

    Whatever is hidden, merged or an error is a problem.
    """
    answer = _ask(data, limits, sheets)
    if "refused" in answer:
        return unreadable("xlsx", problem("workbook-refused", why=answer["refused"]))
    hidden = [problem("hidden-sheet", sheet=each["name"]) for each in answer["sheets"] if each["hidden"]]
    if answer["sheet"] is None:
        return unreadable("xlsx", *hidden, problem("no-sheet"))
    if "too_many" in answer:
        return unreadable("xlsx", *hidden, _too_many(answer, limits))
    said = [
        problem("other-sheet", sheet=each["name"])
        for each in answer["sheets"]
        if each["filled"] and not each["hidden"] and each["name"] != answer["sheet"] and each["name"] not in OWN_SHEETS
    ]
    if answer["links"]:
        said.append(problem("outside-links"))
    rows = tuple([_cell(value) for value in row] for row in answer["rows"])
    numbers = tuple(answer["numbers"])
    return Grid(
        rows,
        numbers,
        numbers,
        "xlsx",
        (*hidden, *_findings(answer["findings"]), *said),
        sheet=answer["sheet"],
        blank=answer["last_row"] - len(rows),
    )


OWN_SHEETS = frozenset({"Words to use", "How to fill this in"})
"""Sheets of our own template that hold no data: nobody need be told that they were not read."""


def _too_many(answer: dict[str, Any], limits: Limits) -> RowProblem:
    if answer["too_many"] == "columns":
        return problem("too-many-columns", columns=limits.columns)
    return problem("too-many-rows", found=f"{answer['last']:,}", **limits.words)


def _findings(found: dict[str, Any]) -> list[RowProblem]:
    """What the look at the XML found, as problems at their row and column; headings are added once they are known."""
    listed = [problem("hidden-row", row=row) for row in found["hidden_rows"]]
    listed += [problem("hidden-column", column=column_letter(column)) for column in found["hidden_columns"]]
    listed += [problem("merged-cells", range=cells) for cells in found["merged"]]
    for rule, key in (("error-cell", "errors"), ("formula-unsaved", "unsaved"), ("formula-read", "formulas")):
        listed += [problem(rule, row=row, column=column_letter(column)) for row, column in found[key]]
    return listed


def _cell(value: Any) -> Cell:  # noqa: ANN401  JSON
    if not isinstance(value, list):
        cell: Cell = value
        return cell
    kind, text = value
    if kind == "t":
        return datetime.fromisoformat(text)
    if kind == "d":
        return date.fromisoformat(text)
    if kind == "h":
        return time.fromisoformat(text)
    return float(text)


def _ask(data: bytes, limits: Limits, sheets: Sequence[str]) -> dict[str, Any]:
    """Start the process, feed it, read at most so much of its answer, and end it when its time is up."""
    settings = {
        "rows": limits.rows,
        "slack": _SLACK,
        "columns": limits.columns,
        "unpacked": limits.unpacked,
        "parts": limits.parts,
        "seconds": limits.seconds,
        "memory": limits.memory,
        "sheets": list(sheets),
    }
    most = limits.unpacked * _ANSWER_PER_UNPACKED
    with subprocess.Popen(
        [sys.executable, "-I", str(_SANDBOX), json.dumps(settings)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={},
        start_new_session=True,
    ) as process:
        clock = threading.Timer(limits.seconds, process.kill)
        clock.start()
        feeder = threading.Thread(target=_feed, args=(process, data), daemon=True)
        feeder.start()
        try:
            said = cast(IO[bytes], process.stdout).read(most + 1)
        finally:
            clock.cancel()
            process.kill()
            feeder.join(timeout=1)
    return _understood(said, most)


def _feed(process: subprocess.Popen[bytes], data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError, ValueError, OSError):
        stdin = cast(IO[bytes], process.stdin)
        stdin.write(data)
        stdin.close()


def _understood(said: bytes, most: int) -> dict[str, Any]:
    """The answer, or a refusal.

    A process that died, ran out of time or said too much had a workbook that it could not bear.
    """
    if len(said) > most:
        return {"refused": "it holds far more text than a return can hold"}
    try:
        answer = json.loads(said)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        return {"refused": "it needs more memory or time than a return can need"}
    return answer
