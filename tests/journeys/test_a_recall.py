"""One recall, as prose: three partners hold a name that was somebody else's; one destroys it, one may not, one never answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.app import WEB_KEY
from portal.config import Settings
from sharing import meetings
from sharing.store import Clock, Store
from tests.browser.conftest import PHONE, WIDE, Person, Site
from tests.integration.disclosure_world import ADDRESS, NAME
from tests.integration.recall_world import (
    ASKERS,
    COUNCIL,
    LIAISON,
    POLICE,
    RECORD,
    Kept,
    RecallWorld,
    keep_world,
    settings_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def kept(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep_world(tmp_path_factory.mktemp("recall") / "kept", sqlite_template, secrets=(WEB_KEY,))


@pytest.fixture
def place(kept: Kept, tmp_path: Path, serve: Callable[[Store, Settings], Site]) -> Iterator[tuple[Site, RecallWorld]]:
    """The partnership, served, with a fortnightly meeting."""
    world = kept.copy(tmp_path / "copy")
    today = world.store.clock.today()
    series = meetings.SetUpSeries("JOG", "JOG", "Joint group", today, today + timedelta(days=42), 14)
    with world.store.unit(world.actor("coordinator@council.example")) as unit:
        meetings.set_up_series(unit, series)
    settings = settings_in(tmp_path / "copy")
    yield serve(world.store, Settings(home=settings.home, database_url=settings.database_url)), world
    world.store.close()


def main_of(page: Page) -> str:
    return page.locator("main").inner_text()


def take_back(person: Person) -> str:
    """One click from what was given to the list of what reached whom; one more takes it back."""
    page = person.go("/liaison/given")
    page.get_by_role("link", name=re.compile("Recall D.*00001")).click()
    told = main_of(page)
    for words in ("Model Police", "Model Council", "Model Charity", "MODEL-ISP version 1, line 1.1", "1 time"):
        assert words in told
    person.check_width()
    for box in page.locator("input[name=disclosures]").all():
        box.check()
    page.get_by_label("It is about another person").check()
    page.get_by_label("Anything to remember").fill("Two tenants of one name")
    page.get_by_role("button", name="Freeze the record and recall").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(RECORD)
    assert main_of(page).count("Not answered".upper()) + main_of(page).count("Not answered") == 3
    person.check_width()
    return re.sub(r"^https?://[^/]+", "", page.url)


def answer(person: Person, recall: str, label: str, **more: str) -> None:
    """A recipient finds the question among its pages and signs an answer."""
    page = person.go("/liaison/recalls")
    page.locator(f"a[href='{recall}']").click()
    page.get_by_role("button", name="Answer").or_(page.get_by_role("link", name="Answer", exact=True)).first.click()
    page.get_by_label(label).check()
    for name, value in more.items():
        if name == "because":
            page.get_by_label("Because of").select_option(value)
        else:
            page.get_by_label("Which order").fill(value)
    page.get_by_label("I sign this answer").check()
    person.check_width()
    page.get_by_role("button", name="Sign the answer").click()
    expect(page.locator("main")).to_contain_text("Your answer is signed")


@pytest.mark.parametrize(("viewport", "scripts"), [(WIDE, True), (PHONE, False)])
def test_one_destroys_one_keeps_by_order_of_a_court_and_who_never_answers_is_on_the_next_agenda(
    place: tuple[Site, RecallWorld], people: Callable[..., Person], viewport: dict[str, int], scripts: bool
):
    site, world = place
    world.open_as(POLICE)

    def sits_down(email: str) -> Person:
        return people(site, viewport, scripts=scripts).sign_in(email)

    landlord = sits_down(LIAISON)
    recall = take_back(landlord)

    police = sits_down(ASKERS[POLICE])
    request = f"/officer/requests/{world.asked[POLICE]}"
    assert police.go(request).get_by_role("button", name="Open what was given").count() == 0
    answer(police, recall, "It is destroyed")
    council = sits_down(ASKERS[COUNCIL])
    answer(council, recall, "We have to keep it", because="court-order", words="Order 7KX of the county court")

    site.store.clock = Clock(site.store.clock.offset + timedelta(days=7))
    page = landlord.go(recall)
    told = main_of(page)
    assert "because of a court order" in told
    assert "on the next meeting’s agenda" in told
    assert re.search("overdue", told, re.IGNORECASE)

    page = council.go("/coordinator/meetings")
    page.get_by_role("link", name=re.compile("Joint group")).nth(1).click()
    page.get_by_role("button", name=re.compile("Prepare the agenda")).click()
    agenda = main_of(page)
    assert "Recalls that a recipient has not answered" in agenda
    assert "Model Charity has not answered Model Homes" in agenda
    assert "Model Police has not" not in agenda
    assert NAME not in agenda

    auditor = sits_down("auditor@council.example")
    page = auditor.go("/liaison/recalls")
    page.locator(f"a[href='{recall}']").click()
    told = main_of(page)
    for words in ("Polly Cee", "because of a court order", "can never be opened again", "on the next meeting’s agenda"):
        assert words in told
    assert not [value for value in (NAME, ADDRESS, "7KX") if value in page.content()]
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Receipt of the answer")).first.click()
    assert Path(download.value.path()).read_text().startswith("c2sp.org/tlog-proof@v1")
    auditor.check_width()
