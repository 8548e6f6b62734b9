"""This module knows how an answer about the ledger is told: findings, the verdict that follows from them, and the words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Verdict(IntEnum):
    """The answer; its value is the exit code."""

    TRUE = 0
    FALSE = 1
    CANNOT_TELL = 4

    @property
    def words(self) -> str:
        """The answer as a person says it."""
        return {0: "true", 1: "FALSE", 4: "cannot tell"}[self.value]


@dataclass(frozen=True)
class Finding:
    """One thing found. `index` is the entry it concerns, `last` the end of the range when the entry cannot be pinned down.

    `weight` is what it makes of the answer: FALSE, CANNOT_TELL, or TRUE for what is merely worth knowing.
    """

    code: str
    message: str
    index: int | None = None
    last: int | None = None
    weight: Verdict = Verdict.FALSE

    def line(self) -> str:
        """Return the finding as one line of text."""
        mark = {Verdict.FALSE: "✗", Verdict.CANNOT_TELL: "?", Verdict.TRUE: "·"}[self.weight]
        return f"  {mark} {self.message}"


@dataclass(frozen=True)
class Report:
    """What was examined, and everything found. Sizes are in entries."""

    kind: str
    name: str
    log: str = ""
    size: int | None = None
    root: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings: one false thing is enough, and doubt outweighs assent."""
        return worst(finding.weight for finding in self.findings)

    @property
    def first_bad(self) -> int | None:
        """The index of the first entry that is wrong, where one can be named."""
        indices = [f.index for f in self.findings if f.weight is Verdict.FALSE and f.index is not None]
        return min(indices, default=None)

    def lines(self) -> list[str]:
        """Return the report as lines of text, the verdict first."""
        about = f", {self.log}" if self.log else ""
        sized = f", {self.size} entries" if self.size is not None else ""
        head = f"{self.verdict.words}: {self.name} ({self.kind}{about}{sized})"
        ordered = sorted(self.findings, key=lambda f: (f.weight is not Verdict.FALSE, f.index is None, f.index or 0))
        return [head, *(finding.line() for finding in ordered)]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data; the keys are a promise to scripts."""
        return {
            "kind": self.kind,
            "name": self.name,
            "log": self.log,
            "size": self.size,
            "root": self.root,
            "verdict": self.verdict.words.lower(),
            "exit": int(self.verdict),
            "first_bad_entry": self.first_bad,
            "findings": [
                {
                    "code": f.code,
                    "message": f.message,
                    "index": f.index,
                    "last": f.last,
                    "weight": f.weight.words.lower(),
                }
                for f in self.findings
            ],
        }


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict over several: false if any is false, else doubtful if any is doubtful."""
    seen = set(verdicts)
    for verdict in (Verdict.FALSE, Verdict.CANNOT_TELL):
        if verdict in seen:
            return verdict
    return Verdict.TRUE
