"""This module knows what a cell means: dates, times, counts, postcodes, answers. It never guesses without saying so.

Each reader takes a cell and gives what it means, the rule that it breaks, or a notice of what was taken for granted. An
empty cell means None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sharing.places import normalise
from sharing.returns.reader.grid import Cell
from sharing.returns.words import close, plain


class Read(NamedTuple):
    """What a cell means.

    With a `rule` it is wrong and `value` is None; with a `notice` something was taken for granted.
    """

    value: Any = None
    rule: str = ""
    notice: str = ""
    words: tuple[tuple[str, str], ...] = ()


Reader = Callable[[Cell], Read]
EMPTY = Read()
MOST = 1_000_000
"""The largest count that any line of a return could hold."""
_SAFE = 10**15
_OLDEST_YEAR = 2000
_CENTURY = 2000
_TWO_DIGITS = 100

_MONTH_NAMES = (
    ("jan", "january", "ionawr"),
    ("feb", "february", "chwefror"),
    ("mar", "march", "mawrth"),
    ("apr", "april", "ebrill"),
    ("may", "mai"),
    ("jun", "june", "mehefin"),
    ("jul", "july", "gorffennaf"),
    ("aug", "august", "awst"),
    ("sep", "sept", "september", "medi"),
    ("oct", "october", "hydref"),
    ("nov", "november", "tachwedd"),
    ("dec", "december", "rhagfyr"),
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_CLOCK = r"(?:[T ,]+(\d{1,2})[:.](\d{2})(?:[:.]\d{2}(?:\.\d+)?)?\s*(am|pm)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DAY_FIRST = re.compile(
    rf"(\d{{1,2}})\s*[/. -]\s*(\d{{1,2}})\s*[/. -]\s*(\d{{4}}|\d{{2}}){_CLOCK}\Z", re.IGNORECASE | re.ASCII
)
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_CLOCK}\Z", re.IGNORECASE | re.ASCII)
_WORDED = re.compile(
    rf"(?:[a-z]+day,?\s+|(?:mon|tue|wed|thu|fri|sat|sun)\.?,?\s+)?(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[ /.-]*"
    rf"([a-z]+)\.?,?[ /.-]*"
    rf"(\d{{4}}|\d{{2}}){_CLOCK}\Z",
    re.IGNORECASE | re.ASCII,
)
_BARE = re.compile(r"\d+(?:\.\d+)?\Z", re.ASCII)
_TIME = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(?:[:.]\d{2})?\s*(am|pm)?\Z", re.IGNORECASE | re.ASCII)
_COUNT = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.0*)?\Z", re.ASCII)
_FRACTION = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?\.\d+\Z", re.ASCII)
_HIDDEN = re.compile(
    r"(?:[<≤]\s*=?\s*\d+|less than \w+|fewer than \w+|under \d+|\d+\s*-\s*\d+|[*~]|x|c|suppressed"
    r"|\d+\s*or (?:less|fewer))\Z",
    re.IGNORECASE,
)
_METRES = re.compile(r"\d{1,7}(?:\.\d+)?\Z", re.ASCII)
_YES = frozenset(["yes", "y", "true", "1", "x", "t", "✓", "✔", "ydy", "oes"])
_NO = frozenset(["no", "n", "false", "0", "f", "nac", "oes", "na", "dim"])


def _text(cell: Cell) -> str:
    """A cell as trimmed text, ready to be understood."""
    return " ".join(cell.split()) if isinstance(cell, str) else "" if cell is None else str(cell)


def read_date(cell: Cell) -> Read:
    """A day: `date`, or `datetime` where the cell gives the time as well.

    Day before month; a year of two figures is one of this century, with a notice.
    """
    if isinstance(cell, datetime):
        return _checked(cell if cell.time() != time(0) else cell.date())
    if isinstance(cell, date):
        return _checked(cell)
    text = _text(cell)
    if not text:
        return EMPTY
    if isinstance(cell, int | float | time) or _BARE.match(text):
        return Read(rule="date-serial")
    return _written(text)


def _written(text: str) -> Read:
    if match := _YEAR_FIRST.match(text):
        found = _built(match[1], match[2], match[3], match.groups()[3:6])
        return (
            Read(rule="date-unreal") if found.rule == "date-us" else found
        )  # year first, then month: nobody swaps those
    if match := _DAY_FIRST.match(text):
        return _built(match[3], match[2], match[1], match.groups()[3:6])
    if (match := _WORDED.match(text)) and match[2].lower() in _MONTHS:
        return _built(match[3], str(_MONTHS[match[2].lower()]), match[1], match.groups()[3:6])
    return Read(rule="date-unreal")


def _built(year: str, month: str, day: str, clock: tuple[str | Any, ...]) -> Read:
    short = int(year) < _TWO_DIGITS and len(year) == 2  # noqa: PLR2004  two figures
    full = int(year) + _CENTURY if short else int(year)
    try:
        value = date(full, int(month), int(day))
    except ValueError:
        return Read(rule="date-us" if _is_month_first(year, month, day) else "date-unreal")
    found = _checked(value)
    if found.rule:
        return found
    if clock[0]:
        hour = _clock(*clock)
        if hour is None:
            return Read(rule="date-unreal")
        return Read(datetime.combine(value, hour), notice="date-two-digit" if short else "")
    return Read(value, notice="date-two-digit" if short else "")


def _is_month_first(year: str, month: str, day: str) -> bool:
    try:
        return bool(date(int(year) + (_CENTURY if len(year) == 2 else 0), int(day), int(month)))  # noqa: PLR2004  two figures
    except ValueError:
        return False


def _checked(value: date) -> Read:
    return Read(rule="date-old") if value.year < _OLDEST_YEAR else Read(value)


def _clock(hour: str, minute: str | None, half: str | None) -> time | None:
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:  # noqa: PLR2004  a twelve-hour clock
            return None
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    try:
        return time(hours, int(minute or 0))
    except ValueError:
        return None


def read_time(cell: Cell) -> Read:
    """A time of day: "22:15", "2215", "10.15 pm". A bare "9" is not one."""
    if isinstance(cell, datetime):
        return Read(cell.time())
    if isinstance(cell, time):
        return Read(cell)
    text = _text(cell)
    if not text:
        return EMPTY
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 24 * 60) % (24 * 60)  # a spreadsheet's own form: the part of a day
        return Read(time(minutes // 60, minutes % 60))
    match = _TIME.match(text)
    if match and (match[2] or match[3]):
        value = _clock(match[1], match[2], match[3])
        if value is not None:
            return Read(value)
    return Read(rule="time-unreal")


def read_count(cell: Cell) -> Read:
    """A whole number from 0. Thousands commas are understood; a hidden small number ("<5") is refused by name."""
    if isinstance(cell, bool | date | time):
        return Read(rule="count-not-number")
    if isinstance(cell, int | float):
        return _number(float(cell), whole=float(cell).is_integer())
    text = _text(cell).replace("\u2212", "-")
    if not text:
        return EMPTY
    if _COUNT.match(text):
        return _number(float(text.replace(",", "")), whole=True)
    if _FRACTION.match(text):
        return Read(rule="count-fraction")
    return Read(rule="count-hidden" if _HIDDEN.match(text) else "count-not-number")


def _number(value: float, *, whole: bool) -> Read:
    if not whole:
        return Read(rule="count-fraction")
    if value < 0:
        return Read(rule="count-negative")
    if value > MOST:
        return Read(rule="count-too-large", words=(("most", f"{MOST:,}"),))
    return Read(int(value))


def read_postcode(cell: Cell) -> Read:
    """A whole postcode in its usual form."""
    text = _text(cell)
    if not text:
        return EMPTY
    code = normalise(text)
    return Read(code) if code else Read(rule="postcode-unreal")


def read_flag(cell: Cell) -> Read:
    """Yes or no."""
    if isinstance(cell, bool):
        return Read(cell)
    word = plain(_text(cell)) or _text(cell)
    if not word:
        return EMPTY
    if word in _YES:
        return Read(value=True)
    return Read(value=False) if word in _NO else Read(rule="flag-unknown")


def read_metres(cell: Cell) -> Read:
    """A distance on the national grid, in metres."""
    text = _text(cell).replace(",", "")
    if not text:
        return EMPTY
    if isinstance(cell, bool) or not _METRES.match(text):
        return Read(rule="metres-unreal")
    return Read(float(text))


def text_reader(longest: int) -> Reader:
    """A reader of free text, kept letter for letter (in NFC, so that what is typed twice compares as equal)."""

    def read(cell: Cell) -> Read:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return EMPTY
        text = unicodedata.normalize("NFC", cell if isinstance(cell, str) else str(cell))
        if longest and len(text) > longest:
            return Read(rule="text-too-long", words=(("longest", f"{longest:,}"),))
        return Read(text)

    return read


def reference_reader(longest: int) -> Reader:
    """A reader of references: text, or a number that has kept all its figures."""
    as_text = text_reader(longest)

    def read(cell: Cell) -> Read:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            if abs(cell) >= _SAFE:
                return Read(rule="number-too-long")
            return Read(str(cell), notice="number-for-text")
        found = as_text(cell)
        return Read(found.value.strip()) if found.value else found

    return read


def choice_reader(choices: tuple[str, ...], aliases: Mapping[str, str]) -> Reader:
    """A reader of one answer out of a list, whatever its case and punctuation."""
    known = {plain(word): answer for word, answer in aliases.items()} | {plain(answer): answer for answer in choices}

    def read(cell: Cell) -> Read:
        text = _text(cell)
        if not text:
            return EMPTY
        answer = known.get(plain(text))
        if answer is not None:
            return Read(answer)
        near = close(text, choices)
        return Read(rule="choice-unknown", words=(("choices", ", ".join(near or choices)),))

    return read
