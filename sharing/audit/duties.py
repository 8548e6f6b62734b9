"""This module knows the figures about what was owed: replies, liaison officers, reviews, and what was told outside the portal."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from sharing import partners, requests
from sharing.audit import rules
from sharing.audit.figure import Column, Figure, Scope
from sharing.audit.outside_read import outside_disclosures
from sharing.audit.rules import Verdict
from sharing.requests import RequestStatus, RequestView
from sharing.store.clock import LONDON


def overdue_replies(scope: Scope) -> Figure:
    """By supplier: requests of these days that were answered late or wait past their day, and the median of days to a reply."""
    put: dict[str, list[RequestView]] = defaultdict(list)
    for each in requests.requests_of(scope.session, scope.partnership):
        if scope.from_on <= _day(each.made_at) <= scope.to_on and each.status is not RequestStatus.BLOCKED:
            put[each.supplier].append(each)
    rows = [_replies(supplier, found, scope.today) for supplier, found in sorted(put.items())]
    late = sum(row[2] + row[3] for row in rows)
    return Figure(
        code="overdue-replies",
        title="Replies that were or are overdue",
        number=late,
        out_of=sum(len(found) for found in put.values()),
        of_what="requests that a supplier had to answer",
        alarm=late > 0,
        columns=(
            Column("Supplier", "organisation"),
            Column("Requests", "number"),
            Column("Answered late", "number"),
            Column("Waiting past their day", "number"),
            Column("Median days to a reply", "number"),
        ),
        rows=tuple(rows),
    )


def _replies(supplier: str, found: list[RequestView], today: date) -> tuple[str, int, int, int, float | None]:
    answered = [(each, _day(each.closed_at)) for each in found if each.closed_at is not None]
    late = sum(closed > each.reply_due_on for each, closed in answered)
    median = rules.median_days([(closed - _day(each.made_at)).days for each, closed in answered])
    return supplier, len(found), late, sum(each.is_overdue(today) for each in found), median


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def vacancies(scope: Scope) -> Figure:
    """Members whose liaison post nobody trained holds, or soon will not, as of today."""
    found = partners.vacancies(scope.session, scope.partnership, scope.clock.business_now())
    members = partners.members(scope.session, scope.partnership, scope.today)
    return Figure(
        code="vacancies",
        title="Members without a trained liaison officer",
        number=len(found),
        out_of=len(members),
        of_what="members, as of today",
        alarm=bool(found),
        columns=(Column("Member", "organisation"), Column("Since", "day"), Column("What follows")),
        rows=tuple((code, vacancy.since_on, vacancy.says) for code, vacancy in sorted(found.items())),
    )


def reviews_due(scope: Scope) -> Figure:
    """Protocols whose review is near or past, as of today."""
    found = [
        each
        for each in partners.protocols(scope.session, scope.partnership, scope.clock.business_now())
        if each.review is not None
    ]
    near = [each for each in found if each.review and (each.review.stage is not None or each.review.overdue)]
    return Figure(
        code="reviews-due",
        title="Protocols whose review is due",
        number=len(near),
        out_of=len(found),
        of_what="protocols that anybody may rely on, as of today",
        alarm=any(each.review.overdue for each in near if each.review),
        columns=(Column("Protocol"), Column("Version", "number"), Column("Due", "day"), Column("Days left", "number")),
        rows=tuple((e.ref, e.number, e.review.due_on, e.review.days_left) for e in near if e.review),
    )


def told_outside(scope: Scope) -> Figure:
    """What officers said they had told outside the portal, judged afterwards."""
    found = [
        each
        for each in outside_disclosures(scope.session, scope.partnership)
        if scope.from_on <= _day(each.told_at) <= scope.to_on
    ]
    uncovered = [each for each in found if each.verdict is Verdict.UNCOVERED]
    return Figure(
        code="told-outside",
        title="Told outside the portal without cover",
        number=len(uncovered),
        out_of=len(found),
        of_what="disclosures that were reported from doorstep, phone, e-mail and corridor",
        alarm=bool(uncovered),
        columns=(
            Column("Report"),
            Column("Told", "moment"),
            Column("By", "organisation"),
            Column("To", "organisation"),
            Column("How", "channel"),
            Column("Purpose", "purpose"),
            Column("Judged"),
        ),
        rows=tuple(
            (e.ref, e.told_at, e.organisation, e.recipient or "somebody outside", e.channel, e.purpose, str(e.verdict))
            for e in found
        ),
    )
