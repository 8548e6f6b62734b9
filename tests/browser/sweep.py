"""This module knows how every page that somebody can reach by links is looked at in a real browser, at both widths."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import PHONE, WIDE, Person

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b")
NOT_PAGES = (
    *(".tlog-proof", "/head", "/static/", "/export", "/template", "/verify.html", "/file/"),
    *(".csv", ".xlsx", ".docx", ".pdf", ".zip"),
)


def links(person: Person) -> list[str]:
    hrefs = person.page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    paths = [urlsplit(href).path for href in hrefs if href.startswith("/")]
    return [path for path in paths if not any(mark in path for mark in NOT_PAGES)]


def complaints(person: Person) -> list[str]:
    found = Axe().run(person.page, options=RULES).response["violations"]
    return [f"{person.page.url}: {v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]


def crawl(person: Person, start: str) -> tuple[set[str], list[str]]:
    """Follow every link once a kind of page, at both widths; return the kinds seen and what axe found."""
    seen: set[str] = set()
    found: list[str] = []
    waiting = [start]
    while waiting:
        path = waiting.pop(0)
        kind = ID.sub("*", path)
        if kind in seen:
            continue
        seen.add(kind)
        person.page.set_viewport_size(WIDE)
        answer = person.page.goto(person.site.address + path)
        assert answer is not None
        assert answer.status < 500, path
        found += complaints(person)
        person.check_width()
        person.page.set_viewport_size(PHONE)
        found += complaints(person)
        person.check_width()
        waiting += links(person)
    return seen, found
