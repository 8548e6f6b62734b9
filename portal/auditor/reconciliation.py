"""This module knows the reconciliation's pages: every figure with what it is out of, each list, and the log's own schedule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.auditor import words
from portal.auditor.room import room
from portal.desk import declare, desk
from portal.directory import directory
from protocols.actions import Action
from sharing import audit, disclosures
from sharing.audit import Figure, Scope
from sharing.store import Session

USUAL_DAYS = 365


@dataclass(frozen=True)
class Days:
    """The days that are asked about, and what was wrong with how they were given."""

    from_on: date
    to_on: date
    problems: tuple[str, ...] = ()

    @property
    def as_query(self) -> dict[str, str]:
        """The same days as a link carries them."""
        return {"from_on": self.from_on.isoformat(), "to_on": self.to_on.isoformat()}


def days_asked() -> Days:
    """The days of the address; the last year where none are given."""
    today = desk().store.clock.today()
    problems: list[str] = []
    from_on = _day("from_on", "From", today - timedelta(days=USUAL_DAYS), problems)
    to_on = _day("to_on", "To", today, problems)
    if from_on > to_on:
        problems.append("To must not be before From")
        from_on = to_on
    return Days(from_on, to_on, tuple(problems))


def _day(name: str, label: str, usual: date, problems: list[str]) -> date:
    text = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else usual
    except ValueError:
        problems.append(f"{label} must be a real date, like 2023-01-16")
        return usual


@contextmanager
def scope(days: Days) -> Iterator[Scope]:
    """What is audited: one's own partnership, on these days."""
    with desk().reading() as reading:
        yield Scope(reading, desk().partnership, days.from_on, days.to_on, desk().store.clock)


def in_words(reading: Session, figure: Figure) -> list[list[str]]:
    """The rows of a figure's list as they are read."""
    names, purposes = directory(reading), dict(disclosures.offers(reading, desk().partnership))
    return [
        [words.cell(value, column, names, purposes) for value, column in zip(row, figure.columns, strict=True)]
        for row in figure.rows
    ]


@room.get("/reconciliation")
@declare(Action.READ_LEDGER)
def read_reconciliation() -> ResponseReturnValue:
    """Every figure of these days, worked out anew."""
    days = days_asked()
    with scope(days) as asked:
        figures = audit.reconcile(asked)
        logs = audit.schedule(asked.session, asked.partnership)
    return _render("auditor/read_reconciliation.html", days, figures=figures, logs=logs)


@room.get("/reconciliation/<code>")
@declare(Action.READ_LEDGER)
def read_figure(code: str) -> ResponseReturnValue:
    """One figure with the list behind it."""
    days = days_asked()
    with scope(days) as asked:
        figure = audit.figure(asked, code)
        rows = in_words(asked.session, figure)
    return _render("auditor/read_figure.html", days, figure=figure, rows=rows)


def _render(template: str, days: Days, **values: Any) -> str:  # noqa: ANN401  what a template takes
    return render_template(template, days=days, means=words.MEANS, **values)
