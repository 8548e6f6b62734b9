"""This module knows the place that one return takes: one current version for each organisation, series and period."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from protocols.actions import Event
from sharing.base import new_id
from sharing.errors import StaleError
from sharing.returns.cells import take_back
from sharing.returns.checked import Checked, FormLine
from sharing.returns.compare import Difference, compare_lines
from sharing.returns.model import CURRENT, SUPERSEDED, Incident, ReturnLine, Submission
from sharing.returns.rules import Kind
from sharing.store import Unit


@dataclass(frozen=True)
class Slot:
    """Where a return belongs."""

    partnership: str
    organisation: str
    series: str
    period: str
    month: str = ""

    def must_replace(self, earlier: Submission | None, replaces: uuid.UUID | None) -> None:
        """Raise StaleError unless what is there is what the officer saw: nothing, or the version to be replaced."""
        if earlier is None and replaces is not None:
            raise StaleError("The return that you meant to replace is not there. Nothing was stored.")
        if earlier is not None and earlier.id != replaces:
            raise StaleError(
                f"There is a return for {self.period} already (version {earlier.version}). Nothing was stored. "
                "Look at what would change, then choose Replace."
            )

    def new_row(self, kind: Kind, earlier: Submission | None, **more: Any) -> Submission:  # noqa: ANN401  its columns
        """A new version in this place, not yet added to a session."""
        return Submission(
            id=new_id(),
            partnership=self.partnership,
            organisation=self.organisation,
            series=self.series,
            kind=str(kind),
            period=self.period,
            month=self.month,
            version=earlier.version + 1 if earlier else 1,
            supersedes=earlier.id if earlier else None,
            status=CURRENT,
            left_out={},
            reasons={},
            certified_alone=more.pop("certified_alone", False),
            **more,
        )


def in_line(session: Session, slot: Slot, digest: str) -> Submission | None:
    """Wait for whoever else sends to this place or sends this file, then say what is current there.

    SQLite has one writer already; PostgreSQL takes a lock that ends with the transaction, so that the same file sent
    twice at
    once is one return and not an error.
    """
    if session.get_bind().dialect.name == "postgresql":
        for what in sorted((f"{slot}", f"{slot.partnership}/{slot.organisation}/{slot.series}/{digest}")):
            number = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big", signed=True)
            session.execute(select(func.pg_advisory_xact_lock(number)))
    return session.scalar(
        select(Submission).where(
            Submission.partnership == slot.partnership,
            Submission.organisation == slot.organisation,
            Submission.series == slot.series,
            Submission.period == slot.period,
            Submission.month == slot.month,
            Submission.status == CURRENT,
        )
    )


def found_elsewhere(session: Session, slot: Slot, digest: str) -> str | None:
    """The other period, if any, for which this very file is the organisation's current return: a file counts once."""
    return session.scalar(
        select(Submission.period).where(
            Submission.partnership == slot.partnership,
            Submission.organisation == slot.organisation,
            Submission.series == slot.series,
            Submission.digest == digest,
            Submission.status == CURRENT,
            Submission.period != slot.period,
        )
    )


def supersede_in(unit: Unit, earlier: Submission | None, later: Submission) -> None:
    """Make the earlier version history: it stays as it was, but its incidents count no longer.

    To be called before the later one is added: the database allows one current version in each place.
    """
    if earlier is None:
        return
    earlier.status = SUPERSEDED
    unit.session.flush()
    take_back(unit.session, earlier.partnership, earlier.id)
    unit.record(
        Event.RETURN_SUPERSEDED,
        about=earlier.id,
        facts={"by": str(later.id), "version": earlier.version, "period": earlier.period, "digest": earlier.digest},
        partnership=earlier.partnership,
    )


def what_changed(session: Session, earlier: Submission, checked: Checked) -> Difference:
    """What a new file changes of an earlier version."""
    return what_would_change(session, earlier.partnership, earlier.id, checked)


def what_would_change(session: Session, partnership: str, earlier: uuid.UUID, checked: Checked) -> Difference:
    """What a new file would change of the version with this id; to be shown before anything is replaced.

    Incidents are compared by what is clear of them: nothing sealed is opened for it.
    """
    if checked.kind == Kind.INCIDENTS:
        query = select(Incident.month, Incident.day, Incident.category, Incident.cell_e, Incident.cell_n)
        query = query.where(Incident.partnership == partnership, Incident.submission_id == earlier)
        before = Counter((row[0], row[1], row[2], row[3], row[4]) for row in session.execute(query))
        after = Counter((e.month, e.day, e.category, e.spot.e, e.spot.n) for e in checked.incidents)
        return Difference((after - before).total(), (before - after).total(), 0, (before & after).total())
    return compare_lines(lines_of(session, partnership, earlier), checked.lines)


def lines_of(session: Session, partnership: str, submission: uuid.UUID) -> tuple[FormLine, ...]:
    """The lines of a quarterly form, as they were checked."""
    query = select(ReturnLine).where(ReturnLine.partnership == partnership, ReturnLine.submission_id == submission)
    names = tuple(FormLine.__dataclass_fields__)
    return tuple(
        FormLine(**{name: getattr(row, name) for name in names})
        for row in session.scalars(query.order_by(ReturnLine.row))
    )
