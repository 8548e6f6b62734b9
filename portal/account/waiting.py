"""This module knows what waits for somebody in a post: one tile a kind of work, with the first few by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import url_for

from portal import periods, words
from portal.desk import Desk
from portal.words import day
from protocols.actions import Action
from protocols.standards import Outcome, frameworks
from sharing import meetings, requests, returns, standards, visits
from sharing.meetings import OPEN, ActionFilter, ActionStatus
from sharing.requests import RequestStatus
from sharing.returns import Quarter, State
from sharing.store import Session

FEW = 3
SOON_DAYS = 14


@dataclass(frozen=True)
class Tile:
    """A number, what it counts, where it leads, and the first few by name."""

    number: int
    label: str
    href: str
    lines: tuple[str, ...] = ()


def waiting(reading: Session, desk: Desk) -> list[Tile]:
    """The tiles of this post; work of which there is none is left out."""
    return [tile for action, tiles in _KINDS if desk.may(action) for tile in tiles(reading, desk) if tile.number]


def _tile(items: list[str], label: str, href: str) -> Tile:
    return Tile(len(items), label, href, tuple(items[:FEW]))


def _actions(reading: Session, desk: Desk) -> Iterator[Tile]:
    today = desk.store.clock.today()
    own = meetings.actions(reading, desk.partnership, ActionFilter(owner_organisation=desk.organisation))
    href = url_for("officer.list_actions")
    yield _tile([f"{a.ref}: {a.text}" for a in own if a.status is ActionStatus.PROPOSED], "actions to accept", href)
    yield _tile([f"{a.ref}: {a.text}" for a in own if a.is_overdue(today)], "actions overdue", href)
    yield _tile(
        [f"{a.ref}: {a.text}" for a in own if a.status in OPEN and not a.is_overdue(today)], "actions open", href
    )


def _visits(reading: Session, desk: Desk) -> Iterator[Tile]:
    found = visits.visits(reading, desk.partnership, desk.organisation)
    to_confirm = [v.ref for v in found if v.with_organisation == desk.organisation and v.confirmed_at is None]
    yield _tile(to_confirm, "joint visits to confirm", url_for("officer.list_visits"))


def _asked(reading: Session, desk: Desk) -> Iterator[Tile]:
    own = requests.requests_of(reading, desk.partnership, asker=desk.organisation, only_open=True)
    href = url_for("officer.list_requests")
    yield _tile([r.ref for r in own if r.status is RequestStatus.BLOCKED], "requests to put right", href)
    yield _tile([r.ref for r in own if r.status is RequestStatus.WAITING], "requests that wait for a reply", href)


def _to_decide(reading: Session, desk: Desk) -> Iterator[Tile]:
    put = requests.requests_of(reading, desk.partnership, supplier=desk.organisation, only_open=True)
    wait = [r.ref for r in put if r.status is RequestStatus.WAITING]
    yield _tile(wait, "requests to decide", url_for("liaison.list_requests"))


def _coming(reading: Session, desk: Desk) -> Iterator[Tile]:
    today = desk.store.clock.today()
    found = [
        m
        for m in meetings.meetings_of(reading, desk.partnership)
        if today <= m.held_on <= today + timedelta(days=SOON_DAYS)
    ]
    lines = [f"{day(m.held_on)}: {m.series_title} {m.number}" for m in reversed(found)]
    yield _tile(lines, f"meetings in the next {SOON_DAYS} days", url_for("coordinator.list_meetings"))


def _returns_not_in(reading: Session, desk: Desk) -> Iterator[Tile]:
    clock = desk.store.clock
    quarter = Quarter.of(clock.today()).preceding
    status = returns.landlords_status(reading, desk.partnership, quarter, clock.today())
    names = [row.name for row in meetings.not_in(status)]
    yield _tile(names, f"returns for {quarter} not in, of {status.expected}", url_for("coordinator.return_status"))


def _all_overdue(reading: Session, desk: Desk) -> Iterator[Tile]:
    today = desk.store.clock.today()
    overdue = [a for a in meetings.actions(reading, desk.partnership) if a.is_overdue(today)]
    lines = [f"{a.ref}: {a.text}" for a in overdue]
    yield _tile(lines, "actions overdue, all agencies", url_for("officer.list_actions", whose="all"))


def _returns(reading: Session, desk: Desk) -> Iterator[Tile]:
    today = desk.store.clock.today()
    if not periods.owes_returns(reading, desk.partnership, desk.organisation, today):
        return
    found = periods.standings(reading, desk.partnership, desk.organisation, today)
    href = url_for("landlord.list_returns")
    for state, label in ((State.MISSING, "returns overdue"), (State.DUE, "returns due")):
        rows = [f"{words.quarter(str(each.quarter))}: {each.due_words}" for each in found if each.row.state is state]
        yield _tile(rows, label, href)


def _standards(reading: Session, desk: Desk) -> Iterator[Tile]:
    """The items of an assessment that is being worked on; nobody is told to begin one."""
    for framework in frameworks().values():
        for each in standards.assessments(reading, desk.partnership, desk.organisation, framework.code):
            if each.outcome == Outcome.OPEN:
                label = f"items of the {framework.title} not judged"
                href = url_for("landlord.read_standard", code=framework.code)
                yield _tile(list(each.progress.missing), label, href)


_KINDS: tuple[tuple[Action, Callable[[Session, Desk], Iterator[Tile]]], ...] = (
    (Action.DECIDE_REQUEST, _to_decide),
    (Action.READ_MEETING, _coming),
    (Action.RUN_MEETING, _returns_not_in),
    (Action.RUN_MEETING, _all_overdue),
    (Action.ACCEPT_ACTION, _actions),
    (Action.CONFIRM_VISIT, _visits),
    (Action.MAKE_REQUEST, _asked),
    (Action.SUBMIT_RETURN, _returns),
    (Action.ASSESS_STANDARD, _standards),
)
