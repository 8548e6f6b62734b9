"""This module knows what may be read of samples: what was committed to, what was drawn, and each drawn decision in words."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing import requests
from sharing.audit import rules
from sharing.audit.model import AuditSample, AuditSampleItem
from sharing.disclosures import DisclosureView, audited
from sharing.errors import NotFoundError
from sharing.requests import DecisionView, RequestView


@dataclass(frozen=True)
class SampleView:
    """A sample; `seed` and what follows it are None until it is drawn, `population` counts releases of its days."""

    id: uuid.UUID
    ref: str
    officer_id: uuid.UUID
    from_on: date
    to_on: date
    wanted: int
    seed_hash: str
    committed_at: datetime
    commit_entry_id: uuid.UUID
    seed: str | None
    drawn_at: datetime | None
    draw_entry_id: uuid.UUID | None
    population: int | None
    population_digest: str | None
    verified_at: datetime | None
    head: str | None
    version: int


@dataclass(frozen=True)
class ItemView:
    """One drawn release, with the request and the decision that it rests on where there was one."""

    id: uuid.UUID
    position: int
    made: DisclosureView
    request: RequestView | None
    decision: DecisionView | None
    receipt: str
    receipt_finding: str
    mark: str
    note: str


def samples(session: Session, partnership: str) -> tuple[SampleView, ...]:
    """Every sample of a partnership, newest first: those never drawn stay in the list for everybody to see."""
    rows = session.scalars(
        select(AuditSample).where(AuditSample.partnership == partnership).order_by(AuditSample.committed_at.desc())
    )
    return tuple(map(_view, rows))


def sample(session: Session, partnership: str, sample_id: uuid.UUID) -> SampleView:
    """One sample. Raises NotFoundError for another partnership's."""
    row = session.get(AuditSample, sample_id)
    if row is None or row.partnership != partnership:
        raise NotFoundError("There is no such sample.")
    return _view(row)


def items(session: Session, partnership: str, sample_id: uuid.UUID) -> tuple[ItemView, ...]:
    """What was drawn, in the order in which it was; the findings are the decider's own words, kept in clear."""
    rows = list(
        session.scalars(
            select(AuditSampleItem)
            .where(AuditSampleItem.partnership == partnership, AuditSampleItem.sample_id == sample_id)
            .order_by(AuditSampleItem.position)
        )
    )
    made = audited.disclosures_by_id(session, partnership, [row.disclosure_id for row in rows])
    asked = {each.id: each for each in requests.requests_of(session, partnership)} if rows else {}
    return tuple(_item(session, partnership, row, made[row.disclosure_id], asked) for row in rows)


def _item(
    session: Session,
    partnership: str,
    row: AuditSampleItem,
    made: DisclosureView,
    asked: Mapping[uuid.UUID, RequestView],
) -> ItemView:
    return ItemView(
        row.id,
        row.position,
        made,
        asked.get(made.request_id) if made.request_id else None,
        decision_of(session, partnership, made),
        row.receipt,
        row.receipt_finding,
        row.mark,
        row.note,
    )


def decision_of(session: Session, partnership: str, made: DisclosureView) -> DecisionView | None:
    """The supplier's decision that a disclosure rests on: the last one before it was recorded."""
    if made.request_id is None:
        return None
    found = requests.decisions(session, partnership, made.request_id)
    return next((each for each in found if each.decided_at <= made.decided_at), None)


def population(session: Session, partnership: str, from_on: date, to_on: date) -> tuple[DisclosureView, ...]:
    """What a sample is drawn from: the releases of these days (London), whole or in part, oldest first."""
    return audited.decided_between(session, partnership, from_on, to_on)


@dataclass(frozen=True)
class Recomputed:
    """A sample drawn again from the record as it stands: whether seed, population and every item are the same."""

    seed_fits: bool
    population_is_same: bool
    items_are_same: bool
    missing: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether everything is as it was drawn."""
        return self.seed_fits and self.population_is_same and self.items_are_same


def recompute(session: Session, partnership: str, sample_id: uuid.UUID) -> Recomputed:
    """Draw a sample again. Raises NotFoundError before it was drawn."""
    found = sample(session, partnership, sample_id)
    if found.seed is None:
        raise NotFoundError("This sample has not been drawn yet.")
    among = {each.entry_id: each for each in population(session, partnership, found.from_on, found.to_on)}
    drawn = rules.draw(found.seed, among, found.wanted)
    kept = [each.made.entry_id for each in items(session, partnership, sample_id)]
    return Recomputed(
        rules.fits(found.seed, found.seed_hash),
        rules.digest_of(among) == found.population_digest,
        drawn == kept,
        tuple(among[entry].ref for entry in drawn if entry not in kept),
    )


def marks(session: Session, partnership: str) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """How many items of each sample bear which mark; an empty mark is one that waits."""
    counted: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    query = select(AuditSampleItem.sample_id, AuditSampleItem.mark).where(AuditSampleItem.partnership == partnership)
    for sample_id, mark in session.execute(query):
        counted[sample_id][mark] += 1
    return counted


def _view(row: AuditSample) -> SampleView:
    return SampleView(**{name: getattr(row, name) for name in SampleView.__dataclass_fields__})
