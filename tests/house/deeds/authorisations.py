"""This module knows the forms by which a liaison officer lets somebody decide, and ends that."""

from __future__ import annotations

import re

from protocols.actions import Event
from sharing import partners
from tests.house.deeds.partnership import AISHA
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld
from tests.portal.coordinator_world import HERE

PAGE = "/liaison/authorisations"


def _somebody(world: DeedWorld) -> dict[str, str]:
    """A colleague who came just now, and the first line on which the organisation gives."""
    officer_id, *_ = world.newcomer()
    lines = re.search(r'name="line".*?<option value="([^"]+ [^"]+)"', world.as_(AISHA).get(PAGE).text, re.DOTALL)
    assert lines
    return {"officer": str(officer_id), "line": lines.group(1)}


@leaves("/liaison/authorisations", Event.DECIDER_AUTHORISED)
def somebody_may_decide_on_a_line(world: DeedWorld) -> Sending:
    return Sending(world.as_(AISHA), PAGE, _somebody(world))


@leaves("/liaison/authorisations/<uuid:authorisation_id>/end", Event.AUTHORISATION_ENDED)
def an_authorisation_ends(world: DeedWorld) -> Sending:
    given = _somebody(world)
    assert world.send(Sending(world.as_(AISHA), PAGE, given)).status_code == 302
    with world.store.reading() as session:
        running = partners.authorisations(session, HERE, "ascham-homes", world.store.clock.today())
    ours = next(each.id for each in running if str(each.officer_id) == given["officer"])
    return Sending(world.as_(AISHA), f"{PAGE}/{ours}/end")
