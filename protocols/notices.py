"""This module knows what runs out soon: the day by which a protocol has to be reviewed, the days that a vacant post still has.

Sources: SI 2007/1830 reg 4 (a designated officer in each authority), `docs/release-rules.md` §2 (e) and rule 9 (28 days).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from protocols import moments
from protocols.moments import LATEST, Instant
from protocols.organisations import Organisation, vacant_from
from protocols.reading import Span
from protocols.vocabulary import TAIL_DAYS

REVIEW_STAGES = (7, 30, 60)
"""Days before a review is due at which it is said, the most urgent first."""

SOON_DAYS = 60
"""How long before a liaison officer's training runs out it is said."""


@dataclass(frozen=True)
class ReviewNotice:
    """When a review is due, how many days that leaves (none or fewer: sharing has stopped), and which stage of notice that is."""

    due_on: date
    days_left: int
    stage: int | None

    @property
    def overdue(self) -> bool:
        """Whether sharing under the version has stopped for want of a review."""
        return self.days_left <= 0

    @property
    def says(self) -> str:
        """What to tell the co-ordinator; empty while nothing is near."""
        if self.overdue:
            return "Its review is overdue, so nothing is released under it until the review is recorded."
        if self.stage is None:
            return ""
        left = "1 day" if self.days_left == 1 else f"{self.days_left} days"
        return f"Its review is due in {left}. If none is recorded by then, releases under it stop."


def review(reviewed: Iterable[Span], at: Instant) -> ReviewNotice:
    """When the next review is due, by the spans in which a version is not overdue (`Version.reviewed`), seen at an instant."""
    end = max(span.end for span in reviewed if span.start <= at)
    due, today = moments.day_of(end), moments.day_of(at)
    left = due - today
    stage = next((days for days in REVIEW_STAGES if 0 < left <= days), None)
    return ReviewNotice(date.fromordinal(due), left, stage)


@dataclass(frozen=True)
class Vacancy:
    """That nobody trained holds an organisation's liaison post, or soon nobody will: since or from when, and what is left.

    `stops_on` is the day from which nobody may decide any more, standing authorisations included; `days_left` until then.
    """

    since_on: date | None
    stops_on: date | None
    days_left: int
    begun: bool

    @property
    def says(self) -> str:
        """The sentence for people."""
        if self.since_on is None or self.stops_on is None:
            return "Nobody trained has ever held its liaison post: nobody can approve what it is asked for."
        if not self.begun:
            return (
                f"From {_written(self.since_on)} nobody trained holds its liaison post; authorisations run until "
                f"{_written(self.stops_on)}."
            )
        if self.days_left <= 0:
            return (
                f"Nobody trained has held its liaison post since {_written(self.since_on)}. The 28 days are over: "
                "nothing personal leaves it, except in an emergency."
            )
        left = "1 day" if self.days_left == 1 else f"{self.days_left} days"
        return (
            f"Nobody trained has held its liaison post since {_written(self.since_on)}. Authorisations that were given run "
            f"{left} more; after that nothing personal leaves it, except in an emergency."
        )


def vacancy(organisation: Organisation, at: Instant) -> Vacancy | None:
    """What is the matter with a liaison post at an instant; None while somebody trained holds it for 60 days yet."""
    spans = [span for held in organisation.liaison.values() for span in held if span.start <= at]
    if not spans:
        return Vacancy(None, None, 0, begun=True)
    covered = any(at in span for span in spans)
    vacant = vacant_from(organisation.liaison, at) if covered else max(span.end for span in spans)
    if vacant == LATEST or moments.day_of(vacant) - moments.day_of(at) > SOON_DAYS:
        return None
    stops = moments.day_of(moments.days_on(vacant, TAIL_DAYS))
    return Vacancy(
        date.fromordinal(moments.day_of(vacant)),
        date.fromordinal(stops),
        stops - moments.day_of(at),
        begun=not covered,
    )


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
