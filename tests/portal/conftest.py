"""This module knows how a test stands at the counter: an application over a small partnership, and people who sign in to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.app import WEB_KEY, create_app
from portal.config import Settings
from protocols.actor import Actor
from sharing import access, partners
from sharing.store import Store, StoreSettings, set_up
from tests.integration.disclosure_world import World, make_world

HERE = Path(__file__).parent
BASE = "https://localhost"
PASSWORD = "purple lantern orbit"
SEED = pyotp.random_base32()
TODAY = date(2026, 11, 24)
"""The example partnership's people are in post and trained on this day."""


@dataclass
class Counter:
    """The application, its record, and a way in for everybody of the example partnership."""

    app: Flask
    store: Store
    opened: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def anonymous(self) -> Visitor:
        return Visitor(self.app.test_client())

    def sign_in(self, email: str) -> Visitor:
        """Sign in with password and code, as anybody does."""
        if email not in self.opened:
            access.open_demonstration_account(self.store, email, PASSWORD, SEED)
            self.opened.add(email)
        visitor = self.anonymous()
        assert visitor.send("/account/sign-in", email=email, password=PASSWORD).status_code == 302
        answer = visitor.send("/account/code", code=pyotp.TOTP(SEED).now())
        assert answer.status_code == 302, visitor.errors(answer)
        return visitor


class Visitor:
    """A browser without scripts: gets pages, sends forms with the tokens that stand in them."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, base_url=BASE, **options)

    def token(self, path: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        assert found, f"{path} has no form"
        return found.group(1)

    def send(self, path: str, *, to: str | None = None, key: str = "", **fields: Any) -> TestResponse:
        """Send the form of a page; `to` is where it is sent if not to the page itself."""
        data = {"csrf_token": self.token(path), "idempotency_key": key or pyotp.random_hex(), **fields}
        return self.client.post(to or path, base_url=BASE, data=data)

    @staticmethod
    def errors(answer: TestResponse) -> list[str]:
        return re.findall(r'href="#[^"]*">([^<]+)<', answer.text)


def _settings_in(folder: Path) -> StoreSettings:
    return StoreSettings(f"sqlite:///{folder / 'accord.sqlite'}", folder)


def _keep(folder: Path, schema: Path, fill: Callable[[Store], object]) -> Path:
    """Make a record once and close it: each test works on a copy, which costs nothing."""
    folder.mkdir(parents=True)
    shutil.copy(schema, folder / "accord.sqlite")
    set_up(_settings_in(folder), "accord.test", demonstration_day=TODAY, secrets=(WEB_KEY,))
    store = Store.open(_settings_in(folder))
    fill(store)
    store.close()
    return folder


@pytest.fixture(scope="session")
def kept_example(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = (HERE.parent / "data" / "partnership-example.toml").read_text()

    def load(store: Store) -> None:
        with store.unit(Actor(operator="test")) as unit:
            partners.load_partnership(unit, text)

    return _keep(tmp_path_factory.mktemp("example") / "kept", sqlite_template, load)


@pytest.fixture(scope="session")
def kept_model(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _keep(tmp_path_factory.mktemp("model") / "kept", sqlite_template, make_world)


@contextmanager
def _opened(kept: Path, folder: Path) -> Iterator[Counter]:
    shutil.copytree(kept, folder)
    settings = _settings_in(folder)
    store = Store.open(settings)
    app = create_app(Settings(home=settings.home, database_url=settings.database_url), store)
    yield Counter(app, store)
    store.close()


@pytest.fixture
def counter(kept_example: Path, tmp_path: Path) -> Iterator[Counter]:
    """The counter over SQLite with the example partnership loaded, and nobody at it yet."""
    with _opened(kept_example, tmp_path / "home") as counter:
        yield counter


@pytest.fixture
def model(kept_model: Path, tmp_path: Path) -> Iterator[tuple[Counter, World]]:
    """The counter of the model partnership, whose protocol council, police and landlord have signed."""
    with _opened(kept_model, tmp_path / "home") as counter:
        yield counter, World(counter.store)
