"""This module knows the demonstration as a place for journeys: loaded once, served on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from portal.config import Settings
from portal.demo.load import load_demonstration
from portal.demo.sign_ins import SignIn
from sharing.store import Store
from tests.browser.conftest import Site, browser, new_store, people, serve

__all__ = ["browser", "demonstration_copy", "loaded", "people", "serve"]

DAY = date(2023, 1, 16)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[SignIn]]:
    """The demonstration, loaded once; journeys work on copies of its folder."""
    folder = tmp_path_factory.mktemp("demonstration")
    store, _ = new_store(folder, DAY)
    sign_ins = load_demonstration(store)
    store.close()
    return folder, sign_ins


@pytest.fixture
def demonstration_copy(
    loaded: tuple[Path, list[SignIn]], tmp_path: Path, serve: Callable[[Store, Settings], Site]
) -> Site:
    """A copy of the demonstration, served; everybody's password and phone are known."""
    folder, sign_ins = loaded
    home = tmp_path / "home"
    shutil.copytree(folder, home)
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'accord.sqlite'}")
    site = serve(Store.open(settings.store), settings)
    for each in sign_ins:
        site.seeds[each.email], site.passwords[each.email] = each.totp_secret, each.password
    return site
