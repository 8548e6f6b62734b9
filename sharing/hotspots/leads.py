"""This module knows who leads at a hotspot: the officer named for it, else the one who leads in its ward, never nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sharing.errors import Problem
from sharing.hotspots.views import Hotspot, Lead
from sharing.partners import read as partners
from sharing.partners.views import AreaView, OfficerView
from sharing.store import Unit

WHOLE = frozenset({"borough", "district", "partnership"})
"""Kinds of area that stand for everywhere: their lead leads where no ward's does."""


@dataclass(frozen=True)
class Leads:
    """The officers in post now, and the areas with their leads."""

    officers: Mapping[UUID, OfficerView]
    areas: tuple[AreaView, ...]

    def find(self, spot: Hotspot, named: UUID | None) -> Lead | Problem:
        """Return who leads at a place, or the problem: nobody is named and no ward lead is set, or the person cannot lead."""
        officer_id = named or self._of_ward(spot)
        where = f"place {spot.rank}, {spot.name}" if spot.rank else spot.name
        if officer_id is None:
            ward = spot.ward_name or "its ward"
            return Problem("nobody leads here", where, f"Name a lead officer, or set who leads in {ward}.")
        officer = self.officers.get(officer_id)
        if officer is None:
            return Problem(
                "the lead officer is not in post", where, "Name an officer who is in post in this partnership."
            )
        if officer.elected:
            return Problem("an elected member cannot lead at a hotspot", where, "Name an officer of a member body.")
        return Lead(officer.id, officer.organisation)

    def _of_ward(self, spot: Hotspot) -> UUID | None:
        """Find the ward's lead by the ward's code, else by its name, else that of the whole area."""
        tests = (
            lambda area: spot.ward is not None and area.code == spot.ward,
            lambda area: bool(spot.ward_name) and area.name.casefold() == spot.ward_name.casefold(),
            lambda area: area.kind in WHOLE,
        )
        found = (area.lead_officer_id for test in tests for area in self.areas if test(area))
        return next((officer_id for officer_id in found if officer_id is not None), None)


def take_leads(unit: Unit, partnership: str) -> Leads:
    """Return who may lead at this moment."""
    at, day = unit.clock.business_now(), unit.clock.today()
    officers = partners.officers(unit.session, partnership, at, day)
    return Leads({officer.id: officer for officer in officers}, partners.areas(unit.session, partnership))
