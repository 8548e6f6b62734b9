"""Every page that officers and liaison officers reach: in a browser axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import WIDE, Person, Site
from tests.browser.sweep import crawl

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

EVERYBODY = (
    "liaison@homes.example",
    "officer@homes.example",
    "officer@police.example",
)


@pytest.mark.parametrize("email", EVERYBODY)
def test_axe_finds_nothing_on_any_page_at_either_width(swept: Site, people: Callable[..., Person], email: str):
    seen, found = crawl(people(swept, WIDE).sign_in(email), "/home")
    assert found == []
    assert len(seen) >= 12
