"""A partnership with a co-ordinator, two agencies and their officers, and a way to set its day."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from protocols.actor import Actor
from sharing import meetings, partners
from sharing.meetings import SetUpSeries
from sharing.store import Store

HERE, POLICE, LANDLORD, COUNCIL = "waltham-forest", "met-north-east", "ascham-homes", "lb-waltham-forest"
EXAMPLE = Path(__file__).parents[1] / "data" / "partnership-example.toml"


@dataclass(frozen=True)
class World:
    """The record, its people by first name, and today."""

    store: Store
    priya: Actor
    tom: Actor
    aisha: Actor
    daniel: Actor
    today: date

    def set_up(self, *, back: int = 0, ahead: int = 84, **more: object) -> meetings.SeriesView:
        """Set up (or, with a version, change) the joint operations group from `back` days ago."""
        command = SetUpSeries(
            **{
                "code": "JOG",
                "kind": "JOG",
                "title": "Joint Operations Group",
                "first_on": self.today - timedelta(days=back),
                "until": self.today + timedelta(days=ahead),
                **more,
            }
        )
        with self.store.unit(self.priya) as unit:
            meetings.set_up_series(unit, command)
        return self.series()

    def series(self) -> meetings.SeriesView:
        with self.store.reading() as session:
            return meetings.series_by_code(session, HERE, "JOG", self.today)

    def days(self) -> list[date]:
        """The series' meetings in order."""
        return [held.held_on for held in self.meetings()]

    def meetings(self) -> list[meetings.MeetingView]:
        with self.store.reading() as session:
            return list(reversed(meetings.meetings_of(session, HERE)))

    def set_action(self, held: meetings.MeetingView, **more: object):
        """Set an action of the police, due at the next meeting."""
        given = {
            "kind": "patrol",
            "text": "Patrol the shops from 6pm",
            "owner_organisation": POLICE,
            "owner_officer_id": self.tom.officer_id,
            "due_on": held.held_on + timedelta(days=14),
            **more,
        }
        with self.store.unit(self.priya) as unit:
            return meetings.set_action(unit, meetings.SetAction(held.id, **given))

    def agenda(self, held: meetings.MeetingView) -> dict[str, meetings.AgendaItem]:
        """The computed agenda by heading's first words."""
        with self.store.reading() as session:
            found = meetings.compute_agenda(session, self.store.clock, HERE, held.id)
        return {item.heading: item for item in found}


def people(store: Store) -> World:
    """Load the example partnership and give its people as actors."""
    with store.unit(Actor(operator="test")) as unit:
        partners.load_partnership(unit, EXAMPLE.read_text())
    with store.reading() as session:
        found = partners.officers(session, HERE, store.clock.business_now(), store.clock.today())
    actors = {o.name: Actor(uuid.uuid4(), o.id, o.organisation, HERE, o.roles) for o in found}
    chosen = ("Priya Sharma", "Sergeant Tom Hale", "Aisha Begum", "Daniel Osei")
    return World(store, *(actors[name] for name in chosen), store.clock.today())
