"""Every page that coordinators, signatories and auditors reach: in a browser axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import PHONE, WIDE, Person, Site
from tests.browser.sweep import complaints, crawl

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

EVERYBODY = (
    "coordinator@council.example",
    "signatory@council.example",
    "auditor@council.example",
)


@pytest.mark.parametrize("email", EVERYBODY)
def test_axe_finds_nothing_on_any_page_at_either_width(swept: Site, people: Callable[..., Person], email: str):
    seen, found = crawl(people(swept, WIDE).sign_in(email), "/home")
    assert found == []
    assert len(seen) >= 12


def test_axe_finds_nothing_on_the_pages_that_need_no_account(swept: Site, people: Callable[..., Person]):
    seen, found = crawl(people(swept, WIDE), "/")
    assert found == []
    assert len(seen) >= 7


@pytest.mark.parametrize("path", ["/officer/requests/new", "/officer/visits/log"])
def test_axe_finds_nothing_on_a_refused_form_and_the_focus_is_on_the_summary(
    swept: Site, people: Callable[..., Person], path: str
):
    person = people(swept, PHONE).sign_in("officer@police.example")
    person.go(path)
    person.page.locator("main form button").last.click()
    person.page.locator(".govuk-error-summary").wait_for()
    assert complaints(person) == []
    assert person.page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    assert person.page.title().startswith("Error: ")
