"""Every page that anybody can reach by links, in a real browser: axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import PHONE, WIDE, Person, Site, new_store
from tests.integration.disclosure_world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
EVERYBODY = (
    "coordinator@council.example",
    "signatory@council.example",
    "auditor@council.example",
    "liaison@homes.example",
    "officer@homes.example",
    "officer@police.example",
)
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b")
NOT_PAGES = (
    *(".tlog-proof", "/head", "/static/", "/export", "/template", "/verify.html"),
    *(".csv", ".xlsx", ".docx", ".pdf", ".md", ".json", ".jsonld", ".toml", ".zip"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Site]) -> Site:
    store, settings = new_store(tmp_path_factory.mktemp("site"))
    world = make_world(store)
    world.deposit()
    waiting = world.ask()
    world.decide(waiting.request_id)
    world.ask(texts={})
    world.ask()
    return serve(store, settings)


def links(person: Person) -> list[str]:
    hrefs = person.page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    paths = [urlsplit(href).path for href in hrefs if href.startswith("/")]
    return [path for path in paths if not any(mark in path for mark in NOT_PAGES)]


def complaints(person: Person) -> list[str]:
    found = Axe().run(person.page, options=RULES).response["violations"]
    return [f"{person.page.url}: {v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


def crawl(person: Person, start: str) -> tuple[set[str], list[str]]:
    """Follow every link once a kind of page; return the kinds seen and what axe found."""
    seen: set[str] = set()
    found: list[str] = []
    waiting = [start]
    while waiting:
        path = waiting.pop(0)
        kind = ID.sub("*", path)
        if kind in seen:
            continue
        seen.add(kind)
        answer = person.page.goto(person.site.address + path)
        assert answer is not None
        assert answer.status < 500, path
        found += complaints(person)
        person.check_width()
        waiting += links(person)
    return seen, found


@pytest.mark.parametrize("email", EVERYBODY)
def test_axe_finds_nothing_on_any_page_at_either_width(site: Site, people: Callable[..., Person], email: str):
    wide = people(site, WIDE).sign_in(email)
    seen, found = crawl(wide, "/home")
    wide.page.set_viewport_size(PHONE)
    again, more = crawl(wide, "/home")
    assert found + more == []
    assert len(seen) >= 12
    assert seen == again


def test_axe_finds_nothing_on_the_pages_that_need_no_account(site: Site, people: Callable[..., Person]):
    for viewport in (WIDE, PHONE):
        seen, found = crawl(people(site, viewport), "/")
        assert found == []
        assert len(seen) >= 7


@pytest.mark.parametrize("path", ["/officer/requests/new", "/officer/visits/log"])
def test_axe_finds_nothing_on_a_refused_form_and_the_focus_is_on_the_summary(
    site: Site, people: Callable[..., Person], path: str
):
    person = people(site, PHONE).sign_in("officer@police.example")
    person.go(path)
    person.page.locator("main form button").last.click()
    person.page.locator(".govuk-error-summary").wait_for()
    assert complaints(person) == []
    assert person.page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    assert person.page.title().startswith("Error: ")
