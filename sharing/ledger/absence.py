"""This module knows a negative answer: "nothing about this reference left in these days", in a form that a stranger can check.

A log proves what stands in it; that something does not stand in it, only the whole log can show. So the answer names the head
under which it holds, and whoever checks it reads every entry below that head again. What was never recorded, or goes under
another reference, no log can show: the words say so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from protocols.actions import Event
from sharing.errors import TamperedError
from sharing.ledger import base64_strict, canonical, checkpoint
from sharing.ledger.checkpoint import Checkpoint
from sharing.ledger.entry import Entry, moment_text
from sharing.ledger.note import Note
from sharing.ledger.report import Finding, Report, Verdict

FORMAT = "accord-absence@v1"
SUFFIX = ".absence.json"
LEAVING = ("disclosure:", "outside_disclosure:")
"""Every entry of these types says that something left, except a refusal. What is added to them later counts too."""
SETTLED = timedelta(seconds=90)
"""An entry's time is taken a little before its place: days are closed for good when this much has passed after them."""
MOST_LOGS = 20
LONGEST_REFERENCE = 200
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_KEYS = frozenset({"format", "reference", "from", "to", "starts", "ends", "heads"})
NOT_SHOWN = (
    "Not shown: what was never recorded; what goes under another reference;"
    " that what was given earlier was not opened again."
)


@dataclass(frozen=True)
class Question:
    """A reference and days (London), with the moments at which they begin and end; the end is not in it."""

    reference: str
    first: date
    last: date
    starts: datetime
    ends: datetime

    def names(self, said: Entry) -> bool:
        """Whether an entry's facts name the reference anywhere; spaces and the case of letters make no difference."""
        return _holds(said.facts, _plain(self.reference))

    def covers(self, said: Entry) -> bool:
        """Whether the entry is of these days."""
        return self.starts <= said.at < self.ends

    def words(self) -> str:
        """The reference and the days, as a report says them."""
        return f"“{self.reference}” from {self.first.isoformat()} to {self.last.isoformat()}"


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _holds(value: Any, wanted: str) -> bool:  # noqa: ANN401  any JSON value
    if isinstance(value, str):
        return _plain(value) == wanted
    if isinstance(value, Mapping):
        return any(_holds(item, wanted) for item in value.values())
    return isinstance(value, list) and any(_holds(item, wanted) for item in value)


def leaves(said: Entry) -> bool:
    """Whether an entry says that something left."""
    return said.type.startswith(LEAVING) and said.type != Event.REFUSED


@dataclass
class Found:
    """What a log holds about a question: where something left, what else names the reference, and where the days are over.

    Each place is an index; `over` is the first entry from after the days, None while there is none. `begins`: its first entry
    says that there was no log of an earlier year.
    """

    left: list[int] = field(default_factory=list)
    others: list[tuple[int, str]] = field(default_factory=list)
    over: int | None = None
    begins: bool = False

    def take(self, question: Question, index: int, said: Entry) -> None:
        """Look at the next entry."""
        if index == 0 and said.type == Event.LOG_OPENED:
            self.begins = said.facts.get("previous", "") is None
        if self.over is None and said.at >= question.ends + SETTLED:
            self.over = index
        if question.covers(said) and question.names(said):
            if leaves(said):
                self.left.append(index)
            else:
                self.others.append((index, said.type))

    def under(self, size: int) -> Found:
        """Return what of it stands in the log's first `size` entries."""
        over = self.over if self.over is not None and self.over < size else None
        return Found([i for i in self.left if i < size], [each for each in self.others if each[0] < size], over)


@dataclass(frozen=True)
class Answer:
    """The answer as it travels: the question, and the head of each log that the days fall into."""

    question: Question
    heads: tuple[tuple[Checkpoint, Note], ...]

    def render(self) -> str:
        """Return the answer as JSON, in one spelling."""
        asked = self.question
        value = {
            "format": FORMAT,
            "reference": asked.reference,
            "from": asked.first.isoformat(),
            "to": asked.last.isoformat(),
            "starts": moment_text(asked.starts),
            "ends": moment_text(asked.ends),
            "heads": [note.render() for _, note in self.heads],
        }
        return canonical.encode(value).decode() + "\n"


def parse(data: bytes) -> Answer:
    """Read an answer, checking its form and nothing else. Raises TamperedError saying what is wrong."""
    value = canonical.decode(data.rstrip(b"\n"))
    if not isinstance(value, dict) or value.keys() != _KEYS or value["format"] != FORMAT:
        raise TamperedError("this is not a negative answer of Accord's")
    heads = value["heads"]
    if not isinstance(heads, list) or not 0 < len(heads) <= MOST_LOGS:
        raise TamperedError("the answer names no head")
    reference = value["reference"]
    if not isinstance(reference, str) or not 0 < len(reference.strip()) <= LONGEST_REFERENCE:
        raise TamperedError("the answer names no reference")
    try:
        first, last = (date.fromisoformat(str(value[key])) for key in ("from", "to"))
    except ValueError:
        raise TamperedError("the answer's days are none") from None
    question = Question(reference, first, last, _moment(value["starts"]), _moment(value["ends"]))
    if not _fits(question):
        raise TamperedError("the answer's moments are not those of its days")
    return Answer(question, tuple(checkpoint.parse(str(head).encode()) for head in heads))


def _moment(text: object) -> datetime:
    if not isinstance(text, str) or not _AT.fullmatch(text):
        raise TamperedError("the answer's moments are none")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise TamperedError("the answer's moments are none") from None


def _fits(question: Question) -> bool:
    """Whether the moments are midnights of the days in London: as in UTC, or an hour before in summer time."""
    midnights = (question.first, question.starts), (question.last + timedelta(days=1), question.ends)
    hours = {timedelta(0), timedelta(hours=1)}
    return question.first <= question.last and all(
        datetime(day.year, day.month, day.day, tzinfo=UTC) - moment in hours for day, moment in midnights
    )


@dataclass(frozen=True)
class Seen:
    """A log that was read again for an answer: its roots at the sizes asked for, what it holds, and whether it is trusted."""

    roots: Mapping[int, bytes]
    found: Found
    verdict: Verdict


def check(name: str, answer: Answer, logs: Mapping[str, Seen]) -> Report:
    """Say whether an answer is true by the logs that were read again beside it: every log that its days fall into is needed."""
    findings: list[Finding] = []
    for head, _ in answer.heads:
        findings += _check_log(answer.question, head, logs.get(head.origin))
    findings += _lacking(answer, logs)
    if all(finding.weight is Verdict.TRUE for finding in findings):
        findings.insert(0, Finding("absent", _proved(answer), weight=Verdict.TRUE))
    findings.append(Finding("not-shown", NOT_SHOWN, weight=Verdict.TRUE))
    head = answer.heads[-1][0]
    return Report("absence", name, head.origin, head.size, base64_strict.encode(head.root), tuple(findings))


def _proved(answer: Answer) -> str:
    entries = " and ".join(f"the first {head.size} entries of {head.origin}" for head, _ in answer.heads)
    return f"Nothing about {answer.question.words()} left: {entries} were read again, and none says that anything did."


def _check_log(asked: Question, head: Checkpoint, seen: Seen | None) -> list[Finding]:
    if seen is None or (head.size not in seen.roots and head.size > 0):
        message = (
            f"Only the log itself can show that something does not stand in it: give an export of {head.origin} of at least"
            f" {head.size} entries beside the answer."
        )
        return [Finding("no-log", message, weight=Verdict.CANNOT_TELL)]
    if seen.roots[head.size] != head.root:
        message = f"The export of {head.origin} has another history of its first {head.size} entries than the answer."
        return [Finding("fork", message)]
    found = seen.found.under(head.size)
    findings = [
        Finding("left", f"Entry {index} says that something about {asked.words()} left.", index) for index in found.left
    ]
    if found.over is None:
        message = f"The answer was given before {asked.last.isoformat()} was over: more could have left that day."
        findings.append(Finding("too-early", message, weight=Verdict.CANNOT_TELL))
    if seen.verdict is not Verdict.TRUE:
        message = f"The export of {head.origin} is not checked against anything you hold, so nor is the answer."
        findings.append(Finding("nothing-held", message, weight=Verdict.CANNOT_TELL))
    return [*findings, *_others(found.others)]


def _others(others: Sequence[tuple[int, str]]) -> list[Finding]:
    if not others:
        return []
    kinds = sorted({kind for _, kind in others})
    message = f"{len(others)} other entries of these days name the reference: {', '.join(kinds)}."
    return [Finding("mentioned", message, others[0][0], others[-1][0], Verdict.TRUE)]


def years_of(question: Question) -> range:
    """The years whose logs the days fall into; a log's year is that of UTC."""
    return range(question.starts.year, (question.ends - timedelta(microseconds=1)).year + 1)


def _lacking(answer: Answer, logs: Mapping[str, Seen]) -> list[Finding]:
    """A log holds one year: an answer that leaves a year of its days out answers less than it says.

    Years before the first log are not left out when its first entry says that there was none before.
    """
    origins = {head.origin.rpartition("/")[2]: head.origin for head, _ in answer.heads}
    missing = [str(year) for year in years_of(answer.question) if str(year) not in origins]
    first = min(origins)
    seen = logs.get(origins[first])
    if missing and max(missing) < first and seen and seen.found.begins:
        message = f"{origins[first]} is the first log: before {first} nothing was recorded there at all."
        return [Finding("begins", message, weight=Verdict.TRUE)]
    families = {head.origin.rpartition("/")[0] for head, _ in answer.heads}
    found = []
    if missing:
        message = f"The answer leaves out the log of {', '.join(missing)}."
        found.append(Finding("log-missing", message, weight=Verdict.CANNOT_TELL))
    if len(families) > 1:
        found.append(Finding("log", "The answer speaks of several installations' or partnerships' logs."))
    return found
