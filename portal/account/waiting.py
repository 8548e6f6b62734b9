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
from sharing import audit, meetings, partners, recalls, registers, requests, returns, standards, visits
from sharing.audit import GlassStatus, Verdict
from sharing.meetings import OPEN, ActionFilter, ActionStatus
from sharing.requests import WITH_SUPPLIER, RequestStatus
from sharing.returns import Quarter, State
from sharing.store import Session

FEW = 3
RECENT_DAYS = 28
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
    yield _tile([r.ref for r in own if r.status is RequestStatus.QUESTIONED], "questions to answer", href)
    yield _tile([r.ref for r in own if r.status in WITH_SUPPLIER], "requests that wait for a reply", href)


def _to_decide(reading: Session, desk: Desk) -> Iterator[Tile]:
    put = requests.requests_of(reading, desk.partnership, supplier=desk.organisation, only_open=True)
    wait = [r.ref for r in put if r.status in WITH_SUPPLIER]
    yield _tile(wait, "requests to decide", url_for("liaison.list_requests"))


def _emergencies(reading: Session, desk: Desk) -> Iterator[Tile]:
    put = requests.requests_of(reading, desk.partnership, supplier=desk.organisation, only_open=True)
    now = [r.ref for r in put if r.urgency == "emergency"]
    yield _tile(now, "emergencies: ring back now", url_for("officer.list_emergencies"))


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


def _alerts(reading: Session, desk: Desk) -> Iterator[Tile]:
    """What is this officer's to acknowledge now: the contact's, and after some minutes the deputy's."""
    now, officer = desk.store.clock.business_now(), desk.actor.officer_id
    found = [a for a in registers.alerts_of(reading, desk.actor) if a.waits_for(officer, now)]
    lines = [f"{a.ref}: order {a.order_ref}{', power of arrest' if a.power_of_arrest else ''}" for a in found]
    yield _tile(lines, "breach alerts to acknowledge", url_for("officer.list_alerts"))


def _unreviewed(reading: Session, desk: Desk) -> Iterator[Tile]:
    today = desk.store.clock.today()
    late = registers.unreviewed(reading, desk.actor, today, everywhere=desk.may(Action.RUN_MEETING))
    lines = [f"{each.ref}: {each.kind.title}, due {day(each.due_on)}" for each in late]
    yield _tile(lines, "register entries not reviewed in time", url_for("officer.list_registers"))


def _referred(reading: Session, desk: Desk) -> Iterator[Tile]:
    found = registers.referrals_of(reading, desk.actor)
    to_answer = [r.ref for r in found if r.recipient == desk.organisation and not r.answered_at and not r.ended_at]
    yield _tile(to_answer, "referrals to answer", url_for("officer.list_referrals"))


def _recalled(reading: Session, desk: Desk) -> Iterator[Tile]:
    asked = recalls.recalls_of(reading, desk.partnership, recipient=desk.organisation)
    mine = [(each, each.answers[0]) for each in asked if each.answers[0].status is recalls.AnswerStatus.ASKED]
    lines = [
        f"{each.ref}: due {day(answer.due_on)}" for each, answer in mine if each.state != recalls.RecallState.MISTAKE
    ]
    yield _tile(lines, "recalls to answer", url_for("liaison.list_recalls"))
    told = recalls.notices_to(reading, desk.partnership, desk.organisation)
    unread = [each.correction_ref for each in told if each.acknowledged_at is None]
    yield _tile(unread, "corrections to take in", url_for("liaison.list_corrections"))


def _breaches(reading: Session, desk: Desk) -> Iterator[Tile]:
    now = desk.store.clock.business_now()
    found = recalls.breaches_of(reading, desk.partnership, desk.organisation)
    mine = [(each, each.hours_left(now)) for each in found if each.organisation == desk.organisation]
    lines = [f"{each.ref}: {words.count(max(left, 0), 'hour')} left" for each, left in mine if left is not None]
    yield _tile(lines, "data breaches on the 72-hour clock", url_for("liaison.list_breaches"))


def _audited(reading: Session, desk: Desk) -> Iterator[Tile]:
    """What an auditor waits for a second person to allow, and what one's own officers told outside without cover."""
    whose = None if desk.may(Action.BREAK_GLASS) else desk.organisation
    now, own = desk.store.clock.business_now(), desk.actor.officer_id
    wait = [
        each
        for each in audit.glasses(reading, desk.partnership, now, organisation=whose)
        if each.status is GlassStatus.WAITS and each.asked_by != own and (whose is None or each.supplier == whose)
    ]
    yield _tile([each.ref for each in wait], "break-glass requests to answer", url_for("auditor.list_glass"))
    recent = now - timedelta(days=RECENT_DAYS)
    told = [
        each
        for each in audit.outside_disclosures(reading, desk.partnership, organisation=desk.organisation)
        if each.verdict is Verdict.UNCOVERED and each.reported_at > recent
    ]
    label = f"told outside without cover, in {RECENT_DAYS} days"
    yield _tile([each.ref for each in told], label, url_for("auditor.list_outside"))


def _reviews(reading: Session, desk: Desk) -> Iterator[Tile]:
    """The protocols whose review is due within sixty days, or overdue."""
    found = partners.protocols(reading, desk.partnership, desk.store.clock.business_now())
    due = [f"{each.title}: {each.review.says}" for each in found if each.review and each.review.says]
    yield _tile(due, "protocols to review", url_for("liaison.list_protocols"))


_KINDS: tuple[tuple[Action, Callable[[Session, Desk], Iterator[Tile]]], ...] = (
    (Action.ACKNOWLEDGE_ALERT, _alerts),
    (Action.HANDLE_BREACH, _breaches),
    (Action.ANSWER_RECALL, _recalled),
    (Action.ALLOW_EMERGENCY, _emergencies),
    (Action.DECIDE_REQUEST, _to_decide),
    (Action.ALLOW_GLASS, _audited),
    (Action.READ_MEETING, _coming),
    (Action.RUN_MEETING, _returns_not_in),
    (Action.RUN_MEETING, _all_overdue),
    (Action.REVIEW_PROTOCOL, _reviews),
    (Action.ACCEPT_ACTION, _actions),
    (Action.CONFIRM_VISIT, _visits),
    (Action.MAKE_REQUEST, _asked),
    (Action.SUBMIT_RETURN, _returns),
    (Action.ASSESS_STANDARD, _standards),
    (Action.READ_REGISTER, _unreviewed),
    (Action.WRITE_PART, _referred),
)
