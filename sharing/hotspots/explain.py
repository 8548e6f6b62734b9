"""This module knows how a place is explained: one paragraph, in which every number is one that is stored with the list."""

from __future__ import annotations

from collections.abc import Sequence

from sharing.hotspots.parameters import SourceState
from sharing.hotspots.trend import LISTS_BACK, Label
from sharing.hotspots.views import Hotspot, Source

_SOURCES = {"police": "police", "council": "council", "landlords": "landlords"}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def explain(spot: Hotspot, *, months: int, lists: int) -> str:
    """Return the paragraph for a place.

    `months` is how many the period has, `lists` how many earlier lists there are.
    """
    sentences = [
        _heading(spot),
        _reports(spot, months),
        _who(spot),
        _listed(spot, min(lists, LISTS_BACK)),
        f"Part of a wider cluster{_towards(spot.cluster)}." if spot.cluster else "A single spot.",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def describe_source(source: Source) -> str:
    """Return one sentence on a source: what it weighs, how complete it is, how many rows were placed."""
    name = _SOURCES.get(source.source, source.source).capitalize()
    parts = [f"weight {source.weight}" if source.used else "left out, because its returns do not cover the period"]
    if source.of > 1:
        parts.append(f"{source.reporting:,} of {source.of:,} homes reported for")
    if source.rows is not None and source.placed is not None:
        parts.append(f"{source.placed:,} placed of {source.rows:,}, {source.rows - source.placed:,} not placed")
    if source.missing:
        parts.append(f"nothing from {_join(source.missing)}")
    return f"{name}: {'; '.join(parts)}."


def take_source(state: SourceState, weight: int, *, used: bool) -> Source:
    """Return a source as it is shown."""
    return Source(state.source, weight, used, state.reporting, state.of, state.missing, state.placed, state.rows)


def _heading(spot: Hotspot) -> str:
    number = f"{spot.rank}. " if spot.rank else ""
    sure = "" if spot.firm is None else " (firm)" if spot.firm else " (borderline)"
    nominated = ", nominated" if spot.nominated else ""
    return f"{number}{spot.name}{sure}{nominated}."


def _reports(spot: Hotspot, months: int) -> str:
    last = "last month" if months == 1 else f"last {_NUMBERS[months]}"
    told = f"{_count(spot.year, 'report')} in 12 months, {spot.recent} in the {last}"
    if spot.expected is None:
        return f"{told}; there is too little history to say what the borough's trend would give."
    return f"{told}; the borough's trend would give {round(spot.expected)}."


def _who(spot: Hotspot) -> str:
    told = [f"{_SOURCES.get(source, source)} {count}" for source, count in spot.by_source if count]
    return f"{', '.join(told).capitalize()}." if told else ""


def _listed(spot: Hotspot, lists: int) -> str:
    if spot.label is Label.EMERGING:
        return "Not listed: emerging."
    if spot.label is Label.FORMER:
        return f"Was on {spot.times_listed} of the last {lists} lists; on this one no more."
    if not lists:
        return "This is the first list."
    label = "too few reports for a trend" if spot.label is Label.TOO_FEW else spot.label.value
    return f"On {spot.times_listed} of the last {lists} {'list' if lists == 1 else 'lists'}: {label}."


def _towards(cluster: str | None) -> str:
    return " around it" if cluster == "around it" else f" to the {cluster}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _join(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
