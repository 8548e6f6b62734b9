"""This module knows the task list of a draft: each part with what the completeness gate says of it, and where a gap is mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for

from protocols.completeness import Gap, needs_section
from protocols.sections import SECTIONS
from sharing.partners import DraftView

DONE, MISSING, OPTIONAL, PARENT = "Done", "Not complete", "If you want", "From the parent"


@dataclass(frozen=True)
class Task:
    """One part of the draft: what it is called, where it is changed, how it stands, and what is missing in it."""

    title: str
    href: str
    status: str
    gaps: tuple[Gap, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class TaskGroup:
    """Parts under a heading."""

    title: str
    tasks: tuple[Task, ...]
    add: tuple[str, str] | None = None
    """What adds one more: its words and where it leads."""


def tasks(draft: DraftView) -> tuple[TaskGroup, ...]:
    """The whole list, in the order of the file."""
    protocol = draft.protocol
    return (
        TaskGroup("The protocol", tuple(_head(draft))),
        TaskGroup(
            "What it is for",
            tuple(
                _task(draft, each.code, f"purpose[{at}]", "edit_purpose", hint=each.text, place=at)
                for at, each in enumerate(protocol.purposes)
            ),
            ("Add a purpose", _href("edit_purpose", draft, place=len(protocol.purposes))),
        ),
        TaskGroup(
            "What is shared",
            tuple(
                _task(draft, f"Line {each.id}", f"line[{at}]", "edit_line", hint=", ".join(each.purposes), place=at)
                for at, each in enumerate(protocol.lines)
            ),
            ("Add a line", _href("edit_line", draft, place=len(protocol.lines))),
        ),
        TaskGroup("The text", tuple(_sections(draft))),
    )


def where_to_mend(draft: DraftView, gap: Gap) -> str:
    """The page, and on it the input, where a gap is closed."""
    place = gap.where
    table, _, key = place.partition(".")
    if place.startswith("protocol.parties"):
        return _href("edit_parties", draft)
    if table == "text":
        return _href("edit_section", draft, section=key.partition(",")[0])
    numbered = re.fullmatch(r"(purpose|line)(?:\[(\d+)\])?", table)
    if numbered:
        many = draft.protocol.purposes if numbered[1] == "purpose" else draft.protocol.lines
        at = int(numbered[2]) if numbered[2] else len(many)
        return _href(f"edit_{numbered[1]}", draft, place=at) + (f"#{_anchor(key)}" if key else "")
    return _href("edit_cover", draft) + (f"#{_anchor(key)}" if key in _COVER_INPUTS else "")


_COVER_INPUTS = frozenset({"title", "ref", "parent", "starts_on", "review_by", "ends_on", "adopted_on"})
_DAYS = frozenset({"starts_on", "review_by", "ends_on", "adopted_on"})


def _anchor(key: str) -> str:
    if key in _DAYS:
        return f"{key}-day"
    return {"from": "from_", "to": "to_", "id": "line_id", "text": "says"}.get(key, key)


def _head(draft: DraftView) -> Iterator[Task]:
    cover = tuple(
        gap for gap in draft.gaps if gap.where.startswith("protocol.") and not gap.where.startswith("protocol.parties")
    )
    yield Task("Cover: title, days, marking", _href("edit_cover", draft), MISSING if cover else DONE, cover)
    parties = tuple(gap for gap in draft.gaps if gap.where.startswith("protocol.parties"))
    yield Task("Parties", _href("edit_parties", draft), MISSING if parties else DONE, parties)
    missing = tuple(gap for gap in draft.gaps if gap.where in {"purpose", "line"})
    if missing:
        yield Task("Purposes and lines", where_to_mend(draft, missing[0]), MISSING, missing)


def _task(draft: DraftView, title: str, table: str, endpoint: str, *, hint: str, place: int) -> Task:
    gaps = tuple(gap for gap in draft.gaps if gap.where.startswith(f"{table}."))
    return Task(title, _href(endpoint, draft, place=place), MISSING if gaps else DONE, gaps, hint)


def _sections(draft: DraftView) -> Iterator[Task]:
    for code, section in SECTIONS.items():
        gaps = tuple(gap for gap in draft.gaps if gap.where == f"text.{code}" or gap.where.startswith(f"text.{code},"))
        if gaps:
            status = MISSING
        elif code in draft.protocol.text:
            status = DONE
        else:
            status = OPTIONAL if section.optional or needs_section(draft.protocol, section) else PARENT
        yield Task(section.title, _href("edit_section", draft, section=code), status, gaps)


def _href(endpoint: str, draft: DraftView, **values: Any) -> str:  # noqa: ANN401  what url_for takes
    return url_for(f"liaison.{endpoint}", draft_id=draft.id, **values)
