"""This module knows what a request's kind asked besides its fields: the clear answers as they are, the worded ones sealed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.request_kinds import Question, kind_of
from sharing.base import new_id
from sharing.requests.course_model import RequestDetail
from sharing.requests.model import InformationRequest
from sharing.store import Unit
from sharing.vault import Sealed

TABLE = "request_detail"
KEPT = timedelta(days=2 * 365)
"""How long the words of a request are kept: as long as the request's own (`asking.KEPT`)."""


@dataclass(frozen=True)
class Details:
    """The clear answers of a request by question, and whether there are sealed ones."""

    answers: Mapping[str, str]
    has_words: bool


def told_apart(questions: Iterable[Question], answers: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The answers given to these questions: those kept in clear, and those in somebody's own words."""
    clear: dict[str, str] = {}
    worded: dict[str, str] = {}
    for each in questions:
        given = answers.get(each.code, "").strip()
        if given:
            (worded if each.is_sealed else clear)[each.code] = given
    return clear, worded


def seal_words(unit: Unit, table: str, row_id: uuid.UUID, organisation: str, words: Mapping[str, str]) -> Sealed | None:
    """Seal somebody's words as one value under a key of their own organisation; None where there are none."""
    if not words:
        return None
    sealed = unit.vault.seal(
        unit.session,
        table=table,
        record_id=row_id,
        organisation=organisation,
        retain_until=unit.clock.today() + KEPT,
        values={"words": json.dumps(dict(words), ensure_ascii=False)},
    )
    return sealed["words"]


def store_details(unit: Unit, row: InformationRequest, answers: Mapping[str, str]) -> None:
    """Keep the answers to the kind's questions with the request. The command that made it records the entry."""
    clear, worded = told_apart(kind_of(row.kind).questions, answers)
    if not clear and not worded:
        return
    made_id = new_id()
    unit.session.add(
        RequestDetail(
            id=made_id,
            partnership=row.partnership,
            request_id=row.id,
            organisation=row.asker,
            answers=clear,
            words=seal_words(unit, TABLE, made_id, row.asker, worded),
        )
    )
    unit.session.flush()


def detail_row(session: Session, partnership: str, request_id: uuid.UUID) -> RequestDetail | None:
    """The row behind a request's answers, if its kind asked anything."""
    return session.scalar(
        select(RequestDetail).where(RequestDetail.partnership == partnership, RequestDetail.request_id == request_id)
    )


def details_of(session: Session, partnership: str, request_id: uuid.UUID) -> Details:
    """The clear answers of a request."""
    row = detail_row(session, partnership, request_id)
    return Details(dict(row.answers), row.words is not None) if row else Details({}, has_words=False)
