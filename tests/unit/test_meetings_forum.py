"""A landlord forum's agenda: twice a year, with the items of the standards that its members find hardest."""

from __future__ import annotations

import pytest
from meetings_world import HERE, World, people

from portal.papers.agenda import gather_agenda
from protocols.standards import Judgement, Status, frameworks
from sharing import meetings, standards
from sharing.meetings import SetUpSeries
from sharing.store import Store

ITEMS = [item.code for item in frameworks()["RSHM"].scored()][:3]
HEADING = "Respect Standard for Housing Management: the weakest items across members"


@pytest.fixture
def world(store: Store) -> World:
    return people(store)


def assess(world: World, *statuses: Status) -> None:
    judgements = tuple(
        Judgement(code, status, evidence="Policy 2022", reason="No panel yet")
        for code, status in zip(ITEMS, statuses, strict=True)
    )
    with world.store.unit(world.aisha) as unit:
        standards.assess_standard(unit, standards.AssessStandard("RSHM", judgements))


def agenda(world: World, kind: str) -> dict[str, meetings.AgendaItem]:
    with world.store.unit(world.priya) as unit:
        meetings.set_up_series(unit, SetUpSeries(kind, kind, "Meeting", world.today, world.today))
    with world.store.reading() as session:
        held = meetings.meeting_on(session, HERE, kind, world.today)
        return {item.heading: item for item in gather_agenda(session, world.store.clock, HERE, held)}


def test_a_forum_sees_the_items_that_members_do_not_meet(world: World):
    assess(world, Status.MET, Status.NOT_MET, Status.PART)
    found = agenda(world, "FORUM")[HEADING]
    assert [line.about for line in found.lines] == sorted(ITEMS[1:])
    assert all(line.text.endswith("not yet met by 1 of 1.") for line in found.lines)


def test_where_every_item_is_met_that_is_said_and_other_meetings_hear_nothing_of_it(world: World):
    assess(world, Status.MET, Status.MET, Status.MET)
    assert agenda(world, "FORUM")[HEADING].note == "Every item that was assessed is met."
    assert HEADING not in agenda(world, "JOG")
