"""This module knows what may change around a list: who leads at a place, and which places people nominate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from protocols.actions import Action, Event
from sharing import places
from sharing.base import new_id
from sharing.errors import InvalidError, NotFoundError, Problem, StaleError
from sharing.hotspots import read
from sharing.hotspots.leads import take_leads
from sharing.hotspots.model import HotspotRow, Nomination
from sharing.hotspots.parameters import Parameters
from sharing.hotspots.periods import Period
from sharing.hotspots.records import from_row
from sharing.hotspots.views import Hotspot
from sharing.places.lattice import CELL_M, Cell, cell_of
from sharing.store import Unit

LONGEST_NAME = 120


class Origin(StrEnum):
    """Where a nomination came from."""

    OFFICER = "officer"
    RESIDENT = "resident"
    WALK = "walk"
    MEETING = "meeting"


@dataclass(frozen=True)
class NameLeadOfficer:
    """Name who leads at a listed place. `version` is that of the place as it was seen, None to take it as it is."""

    partnership: str
    hotspot_id: UUID
    officer_id: UUID | None
    version: int | None = None


@dataclass(frozen=True)
class NominateHotspot:
    """Nominate a place for a period's list, by the middle of it in grid metres, under a name: never by a person's words."""

    partnership: str
    period: str
    easting: int
    northing: int
    name: str
    came_from: Origin


def name_lead_officer(unit: Unit, command: NameLeadOfficer) -> Hotspot:
    """Store who leads and return the place.

    Raises NotPermittedError, NotFoundError, StaleError, and InvalidError for nobody, for somebody not in post or
    elected.
    """
    unit.require(Action.NAME_LEAD_OFFICER, partnership=command.partnership)
    row = unit.session.scalar(
        select(HotspotRow).where(HotspotRow.partnership == command.partnership, HotspotRow.id == command.hotspot_id)
    )
    if row is None:
        raise NotFoundError("There is no such hotspot.")
    if command.version is not None and command.version != row.version:
        raise StaleError("Somebody else has named a lead here since you looked. Look again.")
    if command.officer_id is None:
        raise InvalidError.one(
            "a hotspot cannot be without a lead officer", where="lead officer", mend="Name an officer."
        )
    lead = take_leads(unit, command.partnership).find(from_row(row), command.officer_id)
    if isinstance(lead, Problem):
        raise InvalidError((lead,))
    before = row.lead_officer_id
    row.lead_officer_id, row.lead_organisation = lead.officer_id, lead.organisation
    unit.session.flush()
    unit.record(
        Event.LEAD_OFFICER_NAMED,
        about=row.id,
        partnership=command.partnership,
        facts={"officer": str(lead.officer_id), "organisation": lead.organisation, "before": str(before)},
    )
    return from_row(row)


def nominate_hotspot(unit: Unit, command: NominateHotspot) -> Cell:
    """Store a nomination and return the south-west cell of its window: it will stand on the period's list with its own score.

    Raises NotPermittedError; InvalidError for a place outside the area, one nominated already, a period whose list is
    published, or one place more than a list holds (the 21st).
    """
    unit.require(Action.NOMINATE_HOTSPOT, partnership=command.partnership)
    period = Period.parse(command.period)
    size_m = Parameters().window_m
    cell = cell_of(command.easting - size_m // 2 + CELL_M // 2, command.northing - size_m // 2 + CELL_M // 2)
    problems = _problems(unit, command, str(period), cell)
    if problems:
        raise InvalidError(tuple(problems))
    row = Nomination(
        id=new_id(),
        partnership=command.partnership,
        period=str(period),
        cell_e=cell.e,
        cell_n=cell.n,
        size_m=size_m,
        name=command.name.strip(),
        came_from=command.came_from.value,
        organisation=unit.actor.organisation or "",
        nominated_at=unit.clock.business_now(),
    )
    unit.session.add(row)
    unit.session.flush()
    unit.record(
        Event.HOTSPOT_NOMINATED,
        about=row.id,
        partnership=command.partnership,
        facts={"period": row.period, "cell": [*cell], "came_from": row.came_from},
    )
    return cell


def _problems(unit: Unit, command: NominateHotspot, period: str, cell: Cell) -> list[Problem]:
    problems = []
    if unit.actor.organisation is None:
        problems.append(Problem("it is not said which organisation nominates", "organisation"))
    if not 1 <= len(command.name.strip()) <= LONGEST_NAME:
        problems.append(Problem(f"a name has 1 to {LONGEST_NAME} letters", "name"))
    if not places.locator(unit.session, command.partnership).is_inside(command.easting, command.northing):
        problems.append(Problem("this place lies outside the partnership's area", "easting"))
    if any(when == period for _, when, _ in read.published_lists(unit.session, command.partnership)):
        problems.append(
            Problem(f"the list for {period} is published already", "period", "Nominate it for the next period.")
        )
    return [*problems, *_room(unit, command.partnership, period, cell)]


def _room(unit: Unit, partnership: str, period: str, cell: Cell) -> list[Problem]:
    known = read.nominations(unit.session, partnership, period)
    size, side = Parameters().size, Parameters().side
    if len(known) >= size:
        return [
            Problem(
                f"a list holds {size} places, and {size} are nominated; a {size + 1}st is refused",
                "period",
                "Nominate it for the next period.",
            )
        ]
    near = [name for other, name in known if abs(other.e - cell.e) < side and abs(other.n - cell.n) < side]
    return [Problem(f"this overlaps {near[0]}, which is nominated already", "easting")] if near else []
