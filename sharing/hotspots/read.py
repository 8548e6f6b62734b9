"""This module knows what can be asked about published lists; every answer is a frozen value, drawn once and never again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError
from sharing.hotspots.model import HotspotListRow, HotspotRow, Nomination
from sharing.hotspots.parameters import METHOD
from sharing.hotspots.periods import Period
from sharing.hotspots.records import from_row, list_view
from sharing.hotspots.rules import Inputs, Window, draw_list
from sharing.hotspots.trend import LISTS_BACK
from sharing.hotspots.views import Hotspot, HotspotList
from sharing.places.lattice import Cell


@dataclass(frozen=True)
class Redrawn:
    """Whether a published list is what its stored inputs give. `why` says what differs, or '' where nothing does."""

    same: bool
    why: str = ""


def published_list(
    session: Session, partnership: str, period: str | None = None, *, owner: str | None = None
) -> HotspotList:
    """Return the published list of a period, or the latest one; of an owner, or of whichever published last.

    The latest edition counts. Raises NotFoundError where there is none.
    """
    row = _row(session, partnership, period, owner)
    if row is None:
        raise NotFoundError("No hotspot list is published for this period.")
    return list_view(row, _spots(session, row))


def published_lists(session: Session, partnership: str) -> tuple[tuple[str, str, UUID], ...]:
    """Return owner, period and id of every list in force, the latest period first."""
    rows = session.execute(
        select(HotspotListRow.owner, HotspotListRow.period, HotspotListRow.id)
        .where(HotspotListRow.partnership == partnership)
        .order_by(HotspotListRow.edition)
    )
    latest = {(owner, period): list_id for owner, period, list_id in rows}
    ordered = sorted(latest, key=lambda key: (-Period.parse(key[1]).last, key))
    return tuple((owner, period, latest[owner, period]) for owner, period in ordered)


def hotspot(session: Session, partnership: str, hotspot_id: UUID) -> Hotspot:
    """Return one listed place. Raises NotFoundError, also for another partnership's."""
    row = session.scalar(select(HotspotRow).where(HotspotRow.partnership == partnership, HotspotRow.id == hotspot_id))
    if row is None:
        raise NotFoundError("There is no such hotspot.")
    return from_row(row)


def earlier_windows(session: Session, partnership: str, owner: str, period: Period) -> tuple[tuple[Window, ...], ...]:
    """Return the places of the last four lists of this owner and this length of period, the latest first."""
    found = [
        (Period.parse(text), list_id) for who, text, list_id in published_lists(session, partnership) if who == owner
    ]
    before = [list_id for when, list_id in found if when.months == period.months and when.last < period.last]
    return tuple(_windows(session, partnership, list_id) for list_id in before[:LISTS_BACK])


def nominations(session: Session, partnership: str, period: str) -> tuple[tuple[Cell, str], ...]:
    """Return the cells nominated for a period with the names given to them, in order of cell."""
    rows = session.execute(
        select(Nomination.cell_e, Nomination.cell_n, Nomination.name)
        .where(Nomination.partnership == partnership, Nomination.period == period)
        .order_by(Nomination.cell_e, Nomination.cell_n)
    )
    return tuple((Cell(e, n), name) for e, n, name in rows)


def redraw(session: Session, partnership: str, list_id: UUID) -> Redrawn:
    """Draw a published list again from the inputs stored with it, and compare every number.

    Says so where it was drawn by an older method. Raises NotFoundError.
    """
    row = session.scalar(
        select(HotspotListRow).where(HotspotListRow.partnership == partnership, HotspotListRow.id == list_id)
    )
    if row is None:
        raise NotFoundError("There is no such hotspot list.")
    if row.method != METHOD:
        return Redrawn(
            same=False, why=f"It was drawn by {row.method}, and this is {METHOD}: it cannot be drawn again here."
        )
    inputs = Inputs.from_stored(row.setting, row.counts)
    if inputs.digest != row.input_hash:
        return Redrawn(same=False, why="The stored inputs are not those that the list was drawn from.")
    drawn = {
        (entry.rank, entry.window.cell, entry.score, entry.year, entry.label) for entry in draw_list(inputs).entries
    }
    stored = {(spot.rank, spot.cell, spot.score, spot.year, spot.label) for spot in _spots(session, row)}
    return (
        Redrawn(same=True)
        if drawn == stored
        else Redrawn(same=False, why="The stored places are not those that it gives.")
    )


def stored_inputs(session: Session, partnership: str, list_id: UUID) -> Inputs:
    """Return what a published list was drawn from, to draw its map. Raises NotFoundError."""
    row = session.scalar(
        select(HotspotListRow).where(HotspotListRow.partnership == partnership, HotspotListRow.id == list_id)
    )
    if row is None:
        raise NotFoundError("There is no such hotspot list.")
    return Inputs.from_stored(row.setting, row.counts)


def _row(session: Session, partnership: str, period: str | None, owner: str | None) -> HotspotListRow | None:
    found = published_lists(session, partnership)
    chosen = next(
        (list_id for who, when, list_id in found if period in {None, when} and owner in {None, who}),
        None,
    )
    return session.get(HotspotListRow, chosen) if chosen else None


def _spots(session: Session, row: HotspotListRow) -> tuple[Hotspot, ...]:
    rows = session.scalars(
        select(HotspotRow)
        .where(HotspotRow.partnership == row.partnership, HotspotRow.list_id == row.id)
        .order_by(HotspotRow.rank)
    )
    return tuple(from_row(spot) for spot in rows)


def _windows(session: Session, partnership: str, list_id: UUID) -> tuple[Window, ...]:
    rows = session.execute(
        select(HotspotRow.cell_e, HotspotRow.cell_n, HotspotRow.size_m)
        .where(HotspotRow.partnership == partnership, HotspotRow.list_id == list_id)
        .order_by(HotspotRow.rank)
    )
    return tuple(Window(Cell(e, n), size) for e, n, size in rows)
