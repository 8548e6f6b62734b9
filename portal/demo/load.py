"""This module knows how the whole demonstration is loaded into an empty record: two partnerships that never see each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.demo import files, ground, members
from portal.demo.audit import plan_audit
from portal.demo.casework import plan_casework
from portal.demo.fixed import PARTNERSHIPS, SEED
from portal.demo.ground import Ground
from portal.demo.landlords import plan_returns
from portal.demo.lists import plan_lists
from portal.demo.programme import Programme
from portal.demo.progress import say
from portal.demo.recalls import plan_recalls
from portal.demo.registers import plan_registers
from portal.demo.sign_ins import SignIn
from portal.demo.stage import OPERATOR, Stage
from portal.demo.standards import plan_standards
from portal.demo.tasking import plan_meetings
from protocols.actions import Event
from protocols.actor import Actor
from sharing import returns
from sharing.places import Locator
from sharing.returns import LoadReports, Quarter, ReadReports
from sharing.store import Store


@dataclass(frozen=True)
class Country:
    """What is particular to one partnership: its ground, its police data, and who hands it in."""

    load: Callable[[Stage], None]
    take: Callable[[Stage], Ground]
    police: Callable[[Stage, Locator], Mapping[Quarter, ReadReports]]


_COUNTRIES = {
    "preston": Country(ground.load_preston, ground.preston, ground.preston_police),
    "waltham-forest": Country(ground.load_waltham_forest, ground.waltham_forest, ground.waltham_forest_police),
}


def load_demonstration(store: Store, seed: int = SEED) -> list[SignIn]:
    """Load both partnerships and return the sign-ins. Raises NotPermittedError where the record is not a demonstration's.

    The last thing that is recorded is that everything was loaded: without that entry the record is half loaded.
    """
    tables = {code: files.table(code, "partnership") for code in PARTNERSHIPS}
    stages = {code: Stage(store, code) for code in PARTNERSHIPS}
    for code, stage in stages.items():
        stage.on(members.BEGINS)
        members.load_members(stage)
        _COUNTRIES[code].load(stage)
        say(f"{code}: members and places")
    people = members.open_sign_ins(store, list(tables.values()))
    say(f"{len(people)} sign-ins")
    for code, stage in stages.items():
        _programme(stage, tables[code], seed).play(stage)
    with store.unit(Actor(operator=OPERATOR)) as unit:
        unit.record(Event.DEMONSTRATION_LOADED, facts={"seed": seed, "partnerships": list(PARTNERSHIPS)})
    return people


def _programme(stage: Stage, table: Mapping[str, Any], seed: int) -> Programme:
    country, story = _COUNTRIES[stage.partnership], files.table(stage.partnership, "story")
    here = country.take(stage)
    programme = Programme()
    members.plan_protocol(stage, programme, table)
    members.plan_authorisations(stage, programme, story, files.table(stage.partnership, "protocol")["protocol"]["ref"])
    reads = country.police(stage, here.locator)
    say(f"{stage.partnership}: police files read")
    ground.plan_police(stage, programme, reads, story["police"]["organisation"], story["police"]["officer"])
    if "council_reports" in story:
        _plan_council_reports(stage, programme, here.locator, story["council_reports"])
    plan_returns(stage, programme, here, table, story["returns"], seed)
    plan_lists(stage, programme, story["coordinator"])
    plan_meetings(stage, programme, story)
    plan_casework(stage, programme, story)
    plan_recalls(stage, programme)
    plan_audit(stage, programme)
    plan_registers(stage, programme)
    plan_standards(stage, programme, story, seed)
    return programme


def _plan_council_reports(stage: Stage, programme: Programme, locator: Locator, who: Mapping[str, str]) -> None:
    def load() -> None:
        read = ground.fixmystreet(stage, locator)
        with stage.by(who["officer"]) as unit:
            returns.load_council_reports(unit, LoadReports(stage.partnership, who["organisation"], read))

    programme.add(date(2022, 4, 20), "council reports loaded", load)
