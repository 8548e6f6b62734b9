"""This module knows the names behind codes and ids, for the pages of one request."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from portal.desk import desk
from sharing import partners
from sharing.partners import OfficerView
from sharing.store import Session


@dataclass(frozen=True)
class Directory:
    """Organisations by code and officers by id of the actor's partnership, former ones included."""

    organisations: dict[str, str]
    officers: dict[uuid.UUID, OfficerView]

    def organisation(self, code: str | None) -> str:
        """The organisation's name, or its code when it is not known here."""
        return self.organisations.get(code or "", code or "")

    def officer(self, officer_id: uuid.UUID | None) -> str:
        """The officer's name, or nothing."""
        found = self.officers.get(officer_id) if officer_id else None
        return found.name if found else ""

    def choices(self, *, without: str | None = None) -> list[tuple[str, str]]:
        """Organisations as choices of a form, by name."""
        return [(code, name) for code, name in self.organisations.items() if code != without]

    def officers_of(self, organisation: str) -> list[OfficerView]:
        """The officers in post at an organisation, by name."""
        return sorted(
            (o for o in self.officers.values() if o.organisation == organisation and o.in_post), key=lambda o: o.name
        )


def directory(reading: Session) -> Directory:
    """Read the directory of the actor's partnership."""
    clock, partnership = desk().store.clock, desk().partnership
    members = partners.members(reading, partnership, clock.today(), also_former=True)
    people = partners.officers(reading, partnership, clock.business_now(), clock.today(), also_former=True)
    return Directory({m.code: m.name for m in members}, {person.id: person for person in people})
