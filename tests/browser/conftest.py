"""This module knows how a test drives a real Chromium against a real server on loopback."""

from __future__ import annotations

import atexit
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from portal.app import WEB_KEY, create_app
from portal.config import Settings
from sharing import access
from sharing.store import Store, StoreSettings, migrate, set_up
from tests.integration.disclosure_world import make_world

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PASSWORD = "purple lantern orbit"
TODAY = date(2026, 11, 24)


def chromium() -> str:
    """The browser's path; without one the test fails and says what to run."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.fail("no Chromium: run ./accord test, or install the package chromium")


@dataclass
class Site:
    """A served portal: its address, its record, and the seeds of everybody's phone."""

    address: str
    store: Store
    seeds: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)

    def open_account(self, email: str) -> None:
        """Put an account of this demonstration in use with a password and a phone that the test knows."""
        if email not in self.seeds:
            self.seeds[email], self.passwords[email] = pyotp.random_base32(), PASSWORD
            access.open_demonstration_account(self.store, email, PASSWORD, self.seeds[email])

    def code(self, email: str) -> str:
        """A code from somebody's phone."""
        code, self.steps[email] = next_code(self.seeds[email], self.steps.get(email, 0))
        return code


def next_code(seed: str, last: int) -> tuple[str, int]:
    """A code that has not been used yet: each works once, and the next one is accepted half a minute early."""
    step = max(int(time.time()) // 30, last + 1)
    time.sleep(max(0, (step - 1) * 30 - time.time()))
    return pyotp.TOTP(seed).at(step * 30), step


@cache
def driver() -> Playwright:
    """The one driver of this process: a second one beside it, for the tests of another folder, would refuse to start."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium for all tests of a folder."""
    opened = driver().chromium.launch(executable_path=chromium(), args=list(FLAGS))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Store, Settings], Site]]:
    """Serve a record on loopback; stopped at the end of the module."""
    running = []

    def start(store: Store, settings: Settings) -> Site:
        server = make_server("127.0.0.1", 0, create_app(settings, store), threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return Site(f"http://localhost:{server.port}", store)

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


def new_store(folder: Path, today: date = TODAY) -> tuple[Store, Settings]:
    """A migrated, empty record marked as a demonstration of a day."""
    url = f"sqlite:///{folder / 'accord.sqlite'}"
    migrate.upgrade(url)
    settings = Settings(home=folder, database_url=url)
    set_up(StoreSettings(url, folder), "accord.test", demonstration_day=today, secrets=(WEB_KEY,))
    return Store.open(settings.store), settings


@dataclass
class Person:
    """Somebody at a browser of their own. Anything that the console complains about fails the test."""

    page: Page
    site: Site
    complaints: list[str]

    def sign_in(self, email: str) -> Person:
        """Sign in with password and code."""
        self.site.open_account(email)
        self.go("/account/sign-in")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(self.site.passwords[email])
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_label("The code from your phone").fill(self.site.code(email))
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/home")
        return self

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.site.address + path)
        return self.page

    def check_width(self) -> None:
        """Nothing may need sideways scrolling."""
        wide = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{self.page.url} scrolls sideways"


@pytest.fixture
def people(browser: Browser) -> Iterator[Callable[..., Person]]:
    """Give browsers: `people(site, viewport=…, scripts=True)`."""
    contexts: list[tuple[BrowserContext, list[str]]] = []

    def make(site: Site, viewport: dict[str, int] = WIDE, *, scripts: bool = True) -> Person:
        context = browser.new_context(viewport=viewport, java_script_enabled=scripts, accept_downloads=True)
        context.set_default_timeout(15_000)
        page, complaints = context.new_page(), []

        def listen(message: ConsoleMessage) -> None:
            if message.type == "error" and "404" not in message.text and "status of 4" not in message.text:
                complaints.append(message.text)

        page.on("console", listen)
        contexts.append((context, complaints))
        return Person(page, site, complaints)

    yield make
    for context, complaints in contexts:
        context.close()
        assert complaints == []


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., Site]) -> Site:
    store, settings = new_store(tmp_path_factory.mktemp("site"))
    world = make_world(store)
    world.deposit()
    waiting = world.ask()
    world.decide(waiting.request_id)
    world.ask(texts={})
    world.ask()
    return serve(store, settings)
