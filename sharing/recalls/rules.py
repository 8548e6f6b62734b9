"""This module knows why something is recalled, what a recipient may answer, and the clocks of recalls and breaches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum

DUE_DAYS = 3
"""Working days in which a recipient answers, unless the supplier says otherwise."""
MOST_DUE_DAYS = 20
REPORT_WITHIN = timedelta(hours=72)
"""UK GDPR art 33(1) and DPA 2018 s67(1): to the Commissioner within 72 hours of becoming aware, where feasible."""


class Reason(StrEnum):
    """Why what was given is taken back."""

    WRONG_PERSON = "wrong-person"
    WRONG_RECIPIENT = "wrong-recipient"
    INACCURATE = "inaccurate"
    NOT_NECESSARY = "no-longer-necessary"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    SAFETY = "safety"
    BREACH = "breach"
    OTHER = "other"


class AnswerStatus(StrEnum):
    """What a recipient has said of its copy."""

    ASKED = "asked"
    DESTROYED = "destroyed"
    KEPT = "kept"
    RELEASED = "no-longer-asked"


class KeptBecause(StrEnum):
    """Why a recipient may keep what is recalled."""

    COURT_ORDER = "court-order"
    PROCEEDINGS = "live-proceedings"
    SAFEGUARDING = "safeguarding"
    OWN_DUTY = "own-legal-duty"


class RecallState(StrEnum):
    """Where a recall stands: while it is open the record stays frozen."""

    OPEN = "open"
    SETTLED = "settled"
    MISTAKE = "mistake"


class BreachKind(StrEnum):
    """What happened to the data."""

    WRONG_RECIPIENT = "sent-to-wrong-recipient"
    TOO_MUCH = "too-much-sent"
    UNAUTHORISED = "opened-without-need"
    LOST = "lost-or-stolen"
    ALTERED = "altered"
    UNAVAILABLE = "not-available"
    OTHER = "other"


class Risk(StrEnum):
    """What follows for people: it decides who has to be told (UK GDPR arts 33 and 34)."""

    UNLIKELY = "unlikely"
    LIKELY = "risk"
    HIGH = "high"


class Untold(StrEnum):
    """Why people are not told themselves: no high risk, or one of the reasons of UK GDPR art 34(3)."""

    NOT_HIGH = "no-high-risk"
    PROTECTED = "could-not-be-read"
    MENDED = "risk-removed"
    PUBLIC = "told-in-public"


def answer_due(asked_on: date, working_days: int, is_working_day: Callable[[date], bool]) -> date:
    """The day by which a recipient answers: so many working days after the day of asking."""
    day, left = asked_on, working_days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day


def is_silent(status: AnswerStatus, due_on: date, today: date) -> bool:
    """Whether a recipient has let the day pass without an answer; the due day itself is still in time."""
    return status is AnswerStatus.ASKED and due_on < today


def report_by(aware_at: datetime) -> datetime:
    """The moment by which the Commissioner is told. Weekends and holidays count: the hours run through."""
    return aware_at + REPORT_WITHIN


def hours_left(aware_at: datetime, now: datetime) -> int:
    """Whole hours until then, rounded down; negative once it has passed."""
    return int((report_by(aware_at) - now) // timedelta(hours=1))


def must_report(risk: Risk) -> bool:
    """Whether the law asks for a report: always, unless a risk to people is unlikely (UK GDPR art 33(1))."""
    return risk is not Risk.UNLIKELY


def may_leave_untold(risk: Risk, why: Untold) -> bool:
    """Whether people may be left untold for this reason: at high risk only for one of those of art 34(3)."""
    return risk is not Risk.HIGH if why is Untold.NOT_HIGH else True
