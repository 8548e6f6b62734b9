"""A list to publish: reports in the record, drawn over the example partnership's days, and a way to put them there."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from pathlib import Path

from protocols.actions import Event
from protocols.actor import Actor
from sharing import meetings, partners, places
from sharing.partners import model
from sharing.returns import Quarter
from sharing.returns.model import CellMonth
from sharing.store import Store

TODAY = date(2026, 11, 24)
HERE = "waltham-forest"
PRIYA, TOM, RUTH, MIRIAM, AISHA = (
    "priya.sharma@council.example",
    "tom.hale@police.example",
    "ruth.adeyemi@council.example",
    "miriam.katz@council.example",
    "aisha.begum@ascham.example",
)
DATA = Path(__file__).parents[2] / "portal" / "demo" / "data" / "waltham-forest"
QUARTER = Quarter.of(TODAY).preceding
PLACES = 22
"""One or two more than a list holds."""


def report(store: Store, *, places: int = PLACES) -> None:
    """Put reports of the police into the record: `places` spots, the first with the most, over two years."""
    months = [month for back in range(8) for month in _quarter(back).months]
    with store.unit(Actor(operator="test")) as unit:
        for at in range(places):
            for month in months:
                unit.session.add(
                    CellMonth(
                        partnership=HERE,
                        cell_e=10_740 + 12 * (at % 6),
                        cell_n=3_770 + 12 * (at // 6),
                        month=month,
                        source="police",
                        category="noise",
                        n=places + 3 - at,
                    )
                )
        unit.record(Event.POLICE_DATA_LOADED, partnership=HERE)


def lead_everywhere(store: Store, name: str = "Sergeant Tom Hale") -> None:
    """Have one officer lead wherever no ward says otherwise."""
    with store.reading() as session:
        people = partners.officers(session, HERE, store.clock.business_now(), store.clock.today())
    who = next(person.id for person in people if person.name == name)
    with store.unit(Actor(operator="test")) as unit:
        unit.session.add(model.Area(partnership=HERE, code="all", name="The borough", kind="borough"))
        unit.session.flush()
        unit.session.add(model.WardLead(partnership=HERE, area="all", officer_id=who))
        unit.record(Event.PARTNERSHIP_LOADED, about=HERE, partnership=HERE)


def draw_wards(store: Store) -> None:
    """Load the borough's wards, so that there is a map."""
    wards = DATA / "wards2013.geojson.gz"
    with store.unit(Actor(operator="test")) as unit:
        places.load_places(unit, places.LoadPlaces(HERE, wards=wards.read_bytes()))


def _quarter(back: int) -> Quarter:
    quarter = QUARTER
    for _ in range(back):
        quarter = quarter.preceding
    return quarter


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send from a page as it stands: hidden and text inputs, chosen options, text areas."""
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*?value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        first = re.search(r'<option value="([^"]*)"', options)
        found[name] = chosen.group(1) if chosen else first.group(1) if first else ""
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL))
    return {
        name: html.unescape(value) for name, value in found.items() if name not in {"csrf_token", "idempotency_key"}
    }


def day(name: str, value) -> dict[str, str]:
    """A day as the three inputs of a form."""
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def set_up(counter, *, back: int = 14):
    """A joint operations group that began `back` days ago; gives the co-ordinator's browser and the meetings' ids in order."""
    priya = counter.sign_in(PRIYA)
    answer = priya.send(
        "/coordinator/meetings/series/new",
        code="jog",
        kind="JOG",
        title="Joint Operations Group",
        chair="Partnership inspector",
        place="Town hall",
        cycle_days="",
        top_n="20",
        marking="OFFICIAL",
        **day("first_on", TODAY - timedelta(days=back)),
        **day("until", TODAY + timedelta(days=56)),
    )
    assert answer.status_code == 302, priya.errors(answer)
    with counter.store.reading() as session:
        held = reversed(meetings.meetings_of(session, HERE))
        return priya, [str(m.id) for m in held]
