"""This module knows the page that says who is in, who is late and whom to ring, with all sources of the quarter together."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.coordinator.room import room
from portal.desk import declare, desk
from portal.directory import Directory, directory
from protocols.actions import Action
from sharing import partners, returns
from sharing.partners import Contact
from sharing.returns import MergedCount, MergedPicture, Quarter, State, StatusRow
from sharing.store import Session

SOURCES = ("landlords", "police", "council")
SOURCE_NAMES = {"landlords": "Landlords", "police": "Police", "council": "Council"}
NOT_IN = frozenset({State.MISSING, State.DUE})


@dataclass(frozen=True)
class Line:
    """One expected return, with whom to ring where it has not come."""

    row: StatusRow
    contact: Contact | None


@dataclass(frozen=True)
class Figures:
    """One kind of report: how many from each source, and which organisations each figure comes from."""

    label: str
    by_source: tuple[int | None, ...]
    lineage: tuple[str, ...]
    total: int


def asked_quarter() -> Quarter:
    """The quarter in the address, or the last one that has ended. Raises InvalidError for what is no quarter."""
    given = request.args.get("period", "").strip()
    return Quarter.parse(given) if given else Quarter.of(desk().store.clock.today()).preceding


@room.get("/returns")
@declare(Action.READ_RETURN_STATUS)
def return_status() -> ResponseReturnValue:
    """Who is in, late, nil or missing for a quarter, and the merged picture with where each figure comes from."""
    quarter = asked_quarter()
    clock, partnership = desk().store.clock, desk().partnership
    with desk().reading() as reading:
        expected = returns.expected_landlords(reading, partnership, quarter)
        status = returns.status(reading, partnership, quarter, expected, clock.today())
        picture = returns.merged(reading, partnership, quarter, expected)
        names = directory(reading)
        lines = [_line(reading, row) for row in status.rows]
    sources = _sources(picture)
    figures = _figures(picture, sources, names)
    return render_template(
        "coordinator/return_status.html",
        quarter=quarter,
        is_over=quarter.ends_on < clock.today(),
        status=status,
        lines=lines,
        states=State,
        tally=[(state, status.count(state)) for state in State],
        picture=picture,
        figures=figures,
        sources=[SOURCE_NAMES.get(source, source.capitalize()) for source in sources],
        totals=[picture.total(source=source) for source in sources],
    )


def _line(reading: Session, row: StatusRow) -> Line:
    clock = desk().store.clock
    if row.state not in NOT_IN:
        return Line(row, None)
    contact = partners.whom_to_ring(reading, desk().partnership, row.organisation, clock.business_now(), clock.today())
    return Line(row, contact)


def _sources(picture: MergedPicture) -> list[str]:
    """The columns: the three usual sources, whether or not they sent anything, and any other that did."""
    return [*SOURCES, *sorted({count.source for count in picture.counts} - set(SOURCES))]


def _figures(picture: MergedPicture, sources: list[str], names: Directory) -> list[Figures]:
    by_category: dict[str, list[MergedCount]] = defaultdict(list)
    for count in picture.counts:
        by_category[count.category].append(count)
    kinds = returns.kinds()
    order = {code: at for at, code in enumerate(kinds)}
    return [
        Figures(
            kinds[code].label if code in kinds else code,
            tuple(sum(c.count for c in counts if c.source == source) or None for source in sources),
            _lineage(counts, names),
            sum(c.count for c in counts),
        )
        for code, counts in sorted(by_category.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
    ]


def _lineage(counts: list[MergedCount], names: Directory) -> tuple[str, ...]:
    """Each organisation once, with its files of the quarter added up: the police send a file a month."""
    total: Counter[str] = Counter()
    for each in counts:
        total[each.organisation] += each.count
    return tuple(f"{names.organisation(code)} {count:,}" for code, count in total.items())
