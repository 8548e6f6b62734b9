"""This module knows the forms of returns and loads."""

from __future__ import annotations

import re

from protocols.actions import Event
from tests.house.deeds.partnership import AISHA, PRIYA, TOM
from tests.house.deeds.registry import Sending, leaves
from tests.house.deeds.world import DeedWorld
from tests.portal.landlord_desk import FLOW, HEAD, PERIOD, SEND, table

POLICE_HEAD = ["Month", "Longitude", "Latitude", "LSOA code", "Crime type"]
OURS = ["Line", "Type of thing", "Patch", "How many"]


def _form(homes: int, word: str = "Noise", head: list[str] | None = None) -> bytes:
    rows = [list(row) for row in FLOW]
    rows[0][3], rows[6][1] = str(homes), word
    return table(rows, head or HEAD)


def _wait(world: DeedWorld, period: str, data: bytes, email: str = AISHA) -> str:
    """Send a file up; gives the page of its check."""
    sending = Sending(world.as_(email), SEND, {"period": period, "kind": "quarterly"}, {"file": data})
    assert world.send(sending).status_code == 302
    return f"/landlord/returns/{period}/quarterly/check"


def _signed_off(world: DeedWorld, email: str, page: str) -> Sending:
    """The sign-off as the page offers it: a colleague, the tick, what is replaced, a reason where one is asked for."""
    shown = world.as_(email).get(page).text
    colleague = re.search(r'name="certified_by".*?<option value="([0-9a-f-]{36})"', shown, re.DOTALL)
    replaces = re.search(r'name="replaces"[^>]*value="([^"]*)"', shown)
    assert colleague, shown
    fields = dict.fromkeys(set(re.findall(r'name="(reason_[^"]*)"', shown)), "More homes than last time.")
    fields |= {"certified_by": colleague.group(1), "certify": "y", "replaces": replaces.group(1) if replaces else ""}
    return Sending(world.as_(email), page.replace("/check", "/submit"), fields)


@leaves("/landlord/returns/send")
def a_file_is_sent_up_and_waits(world: DeedWorld) -> Sending:
    fields = {"period": PERIOD, "kind": "quarterly"}
    return Sending(world.as_(AISHA), SEND, fields, {"file": _form(4015 + world.number())})


@leaves("/landlord/returns/<period>/<kind>/discard")
def a_file_that_waits_is_dropped(world: DeedWorld) -> Sending:
    page = _wait(world, PERIOD, _form(4015))
    return Sending(world.as_(AISHA), page.replace("/check", "/discard"))


@leaves("/landlord/returns/<period>/<kind>/columns")
def headings_are_settled(world: DeedWorld) -> Sending:
    page = _wait(world, PERIOD, _form(4015, head=OURS))
    chosen = {"column_0": "line", "column_1": "category", "column_2": "area", "column_3": "number", "scheme": "common"}
    return Sending(world.as_(AISHA), page.replace("/check", "/columns"), chosen)


@leaves("/landlord/returns/<period>/<kind>/words")
def a_word_is_settled(world: DeedWorld) -> Sending:
    page = _wait(world, PERIOD, _form(4015, word=f"Bangs and thumps {world.number()}"))
    return Sending(world.as_(AISHA), page.replace("/check", "/words"), {"word_0": "NOIS"})


@leaves("/landlord/returns/<period>/<kind>/submit", Event.RETURN_SUBMITTED)
def a_return_is_submitted(world: DeedWorld) -> Sending:
    email, period = world.unsent_quarter()
    return _signed_off(world, email, _wait(world, period, _form(4015 + world.number()), email))


@leaves("/landlord/returns/<period>/<kind>/submit", Event.RETURN_SUBMITTED, Event.RETURN_SUPERSEDED)
def a_return_is_replaced(world: DeedWorld) -> Sending:
    email, period = world.unsent_quarter()
    first = _signed_off(world, email, _wait(world, period, _form(4015 + world.number()), email))
    assert world.send(first).status_code == 302
    return _signed_off(world, email, _wait(world, period, _form(4015 + world.number()), email))


@leaves("/landlord/returns/<period>/nil", Event.NIL_RETURN_SUBMITTED)
def a_nil_return_is_submitted(world: DeedWorld) -> Sending:
    email, period = world.unsent_quarter()
    return _signed_off(world, email, f"/landlord/returns/{period}/nil")


# --- loads -----------------------------------------------------------------------------------------


def _police(world: DeedWorld, month: str) -> Sending:
    point = [month, f"-0.0{world.number():06d}", "51.5840", "E01000001", "Anti-social behaviour"]
    return Sending(world.as_(TOM), "/landlord/police-data", files={"file": table([point], POLICE_HEAD)})


def _council(world: DeedWorld, month: str) -> Sending:
    rows = [[f"F{world.number()}", f"03/{month[5:]}/{month[:4]}", "Noise", "E05000593"]]
    data = table(rows, ["Reference", "Date", "Category", "Ward"])
    return Sending(world.as_(PRIYA), "/landlord/council-reports", files={"file": data})


@leaves("/landlord/police-data", Event.POLICE_DATA_LOADED)
def a_police_file_is_loaded(world: DeedWorld) -> Sending:
    return _police(world, world.month())


@leaves("/landlord/police-data", Event.POLICE_DATA_LOADED, Event.RETURN_SUPERSEDED)
def a_police_file_of_a_month_is_replaced(world: DeedWorld) -> Sending:
    month = world.month()
    assert world.send(_police(world, month)).status_code == 200
    return _police(world, month)


@leaves("/landlord/police-data")
def a_police_file_that_is_there_already_changes_nothing(world: DeedWorld) -> Sending:
    sending = _police(world, world.month())
    assert world.send(sending).status_code == 200
    return sending


@leaves("/landlord/council-reports", Event.COUNCIL_REPORTS_LOADED)
def a_council_file_is_loaded(world: DeedWorld) -> Sending:
    return _council(world, world.month())


@leaves("/landlord/council-reports", Event.COUNCIL_REPORTS_LOADED, Event.RETURN_SUPERSEDED)
def a_council_file_of_a_month_is_replaced(world: DeedWorld) -> Sending:
    month = world.month()
    assert world.send(_council(world, month)).status_code == 200
    return _council(world, month)


@leaves("/landlord/council-reports")
def a_council_file_that_is_there_already_changes_nothing(world: DeedWorld) -> Sending:
    sending = _council(world, world.month())
    assert world.send(sending).status_code == 200
    return sending
