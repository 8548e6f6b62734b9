"""This module knows the two places between which backups go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sharing.store import Store, StoreSettings, set_up
from tests.integration.backup_world import Two, two_places


@pytest.fixture
def two(store, tmp_path, make_empty_database, monkeypatch, capsys) -> Two:
    return two_places(store, tmp_path, make_empty_database, monkeypatch, capsys)


@pytest.fixture
def sqlite_two(make_database, tmp_path, make_empty_database, monkeypatch, capsys) -> Iterator[Two]:
    settings = StoreSettings(make_database("sqlite"), tmp_path / "home")
    set_up(settings, "accord.test")
    store = Store.open(settings)
    yield two_places(store, tmp_path, make_empty_database, monkeypatch, capsys)
    store.close()
