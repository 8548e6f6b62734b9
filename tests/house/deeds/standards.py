"""This module knows the forms of self-assessment and of signing up to a framework."""

from __future__ import annotations

from portal.landlord.standards_forms import input_name
from protocols.actions import Event
from tests.house.deeds.partnership import AISHA, ALMO, COLIN, COUNCIL, PRIYA
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld
from tests.portal.conftest import TODAY
from tests.portal.coordinator_world import day

RSHM = "/landlord/standards/RSHM"


@leaves("/landlord/standards/<code>/<int:number>", Event.STANDARD_ASSESSED)
def items_are_judged(world: DeedWorld) -> Sending:
    open_one = world.assessment()
    fields = {
        input_name("RSHM-1.B7", "status"): "met",
        input_name("RSHM-1.B7", "evidence"): f"Policy {world.number()}",
        "version": str(open_one.version),
    }
    return Sending(world.as_(AISHA), f"{RSHM}/1", fields)


@leaves("/landlord/standards/<code>/conclude/<uuid:assessment_id>", Event.STANDARD_ASSESSED)
def an_assessment_is_deferred(world: DeedWorld) -> Sending:
    open_one = world.assessment()
    fields = {"outcome": "defer", "version": str(open_one.version)}
    return Sending(world.as_(AISHA), f"{RSHM}/conclude/{open_one.id}", fields)


@leaves("/landlord/standards/<code>/begin", Event.STANDARD_ASSESSED)
def an_assessment_is_begun(world: DeedWorld) -> Sending:
    deferred = an_assessment_is_deferred(world)
    assert world.send(deferred).status_code == 302
    return Sending(world.as_(AISHA), f"{RSHM}/begin", day("assessed_on", TODAY))


@leaves("/landlord/standards/<code>/sign-up", Event.STANDARD_SIGNED_UP)
def an_organisation_signs_up(world: DeedWorld) -> Sending:
    fields = {
        "decided_ref": f"Board, minute {world.number()}",
        "champion": "Chair of the board",
        "register": "y",
        **day("decided_on", TODAY),
        **day("parent_consented_on", TODAY),
    }
    return Sending(world.as_(COLIN), f"{RSHM}/sign-up", fields)


@leaves("/landlord/standards/consortia/new", Event.CONSORTIUM_FORMED)
def a_consortium_is_formed(world: DeedWorld) -> Sending:
    code = f"landlords-{world.number()}"
    fields = {"code": code, "name": code.title(), "area": "Waltham Forest", "members": [ALMO, COUNCIL]}
    return Sending(world.as_(PRIYA), "/landlord/standards/consortia/new", fields)
