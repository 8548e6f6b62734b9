"""This module knows what waits for somebody in a post: one tile a kind of work, with the first few by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import url_for

from portal.desk import Desk
from protocols.actions import Action
from sharing import meetings, requests, visits
from sharing.meetings import OPEN, ActionFilter, ActionStatus
from sharing.requests import RequestStatus
from sharing.store import Session

FEW = 3


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


_KINDS: tuple[tuple[Action, Callable[[Session, Desk], Iterator[Tile]]], ...] = (
    (Action.DECIDE_REQUEST, _to_decide),
    (Action.ACCEPT_ACTION, _actions),
    (Action.CONFIRM_VISIT, _visits),
    (Action.MAKE_REQUEST, _asked),
)
