"""This module knows what one thing wrong with a file looks like.

Its rule, its level, its row and column, and how to mend it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sharing.errors import Problem
from sharing.returns.messages import MESSAGES

GROUP_AT = 5
"""As many problems of one kind in one column are shown as one line (CORE groups at 16; officers asked for fewer)."""


class Level(StrEnum):
    """How much it matters."""

    MUST_FIX = "must-fix"
    """The row cannot be taken; nothing of the file is stored until it is mended."""
    CHECK = "check-this"
    """Unusual but possible: one reason for each kind lets it through, and the reason is kept."""
    NOTICE = "notice"
    """What was done without asking, said so that nobody is surprised."""


def column_letter(index: int) -> str:
    """The letters of a spreadsheet's column, counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong. It never holds what the cell says, so it may be counted, stored and logged by `logged()`.

    `row` is the number that a spreadsheet shows (0: the file as a whole); `line` that of a text file where it differs;
    `header` the heading in the user's own words, which stays out of logs: a file without headings has data there.
    """

    rule: str
    level: Level
    row: int = 0
    column: str = ""
    header: str = field(default="", repr=False)
    line: int = 0
    words: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    rows: tuple[int, ...] = ()

    @property
    def message(self) -> str:
        """What is wrong, in a sentence; for a group, how many rows it is true of."""
        text = MESSAGES[self.rule]
        if self.rows:
            return text.many.format(count=f"{len(self.rows):,}", **dict(self.words))
        return text.one.format(**dict(self.words))

    @property
    def mend(self) -> str:
        """What to do next."""
        return MESSAGES[self.rule].mend.format(**dict(self.words))

    @property
    def where(self) -> str:
        """Row and column in the user's own words: `Row 14, column F "Date reported"`."""
        if self.rows:
            shown = ", ".join(str(r) for r in self.rows[:GROUP_AT])
            more = f" and {len(self.rows) - GROUP_AT:,} more" if len(self.rows) > GROUP_AT else ""
            place = f"Rows {shown}{more}"
        else:
            place = f"Row {self.row}" if self.row else ""
            if self.line and self.line != self.row:
                place += f" (line {self.line} of the file)" if place else f"Line {self.line}"
        heading = f'column {self.column} "{self.header}"' if self.column and self.header else ""
        heading = heading or (f"column {self.column}" if self.column else "")
        return (
            ", ".join(part for part in (place, heading) if part).capitalize()
            if not place
            else ", ".join(part for part in (place, heading) if part)
        )

    def logged(self) -> dict[str, str | int]:
        """What a log may hold: no cell, no heading."""
        return {
            "rule": self.rule,
            "level": str(self.level),
            "row": self.row,
            "column": self.column,
            "rows": len(self.rows),
        }

    def as_problem(self) -> Problem:
        """The house's form of it, for `InvalidError`."""
        return Problem(self.message, self.where, self.mend)


def problem(rule: str, **where: object) -> RowProblem:
    """Build a problem of a named rule at the level that the rule has.

    Keywords that are no field become the message's words.
    """
    fields = {name: where.pop(name) for name in ("row", "column", "header", "line") if name in where}
    words = tuple(sorted((name, str(value)) for name, value in where.items()))
    return RowProblem(rule, Level(MESSAGES[rule].level), words=words, **fields)  # type: ignore[arg-type]


def grouped(problems: Iterable[RowProblem], at: int = GROUP_AT) -> tuple[RowProblem, ...]:
    """Put `at` or more of the same kind, column and words together as one problem with its rows.

    Keep the order of first sight.
    """
    listed = list(problems)
    kinds: dict[tuple[object, ...], list[RowProblem]] = {}
    for each in listed:
        kinds.setdefault((each.rule, each.level, each.column, each.header, each.words), []).append(each)
    shown: list[RowProblem] = []
    for same in kinds.values():
        first = same[0]
        if len(same) >= at and all(each.row for each in same):
            rows = tuple(sorted({each.row for each in same}))
            shown.append(RowProblem(first.rule, first.level, 0, first.column, first.header, 0, first.words, rows))
        else:
            shown.extend(same)
    return tuple(shown)


def counted(problems: Sequence[RowProblem]) -> dict[str, int]:
    """How many there are of each rule: what a log and a ledger entry may hold."""
    return dict(sorted(Counter(each.rule for each in problems).items()))


def of_level(problems: Iterable[RowProblem], level: Level) -> tuple[RowProblem, ...]:
    """Those of one level, in order."""
    return tuple(each for each in problems if each.level is level)
