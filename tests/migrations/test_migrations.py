"""Migrations: what they make is what the models say, up, down and up again, with data, on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from protocols.actions import Event
from protocols.actor import Actor
from sharing import tables
from sharing.errors import AccordError
from sharing.partners.model import Organisation
from sharing.store import Store, StoreSettings, migrate, set_up

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, make_empty_database: Callable[[str], str]) -> str:
    return make_empty_database(request.param)


def names(url: str) -> set[str]:
    engine = create_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_the_migrations_make_exactly_what_the_models_say(empty_url: str):
    migrate.upgrade(empty_url)
    assert migrate.differences(empty_url) == []
    assert names(empty_url) == set(tables.METADATA.tables) | {"alembic_version"}


def test_up_down_to_the_floor_and_up_again_on_data(empty_url: str, tmp_path: Path):
    migrate.upgrade(empty_url)
    settings = StoreSettings(empty_url, tmp_path / "home")
    set_up(settings, "accord.test")
    store = Store.open(settings)
    with store.unit(Actor(operator="test")) as unit:
        unit.session.add(
            Organisation(
                code="one", name="One", body_type="council", public_authority=True, created_at=datetime.now(UTC)
            )
        )
        entry = unit.record(Event.ORGANISATION_CHANGED, about="one")
    before = store.receipt(entry.id)
    store.close()
    migrate.downgrade(empty_url, "0001")
    assert {"ledger_entry", "installation"} <= names(empty_url)
    assert "organisation" not in names(empty_url)
    migrate.upgrade(empty_url)
    assert migrate.differences(empty_url) == []
    again = Store.open(settings)
    assert again.receipt(entry.id) == before  # what was recorded stayed recorded
    again.close()


def test_the_ledger_has_no_way_down(empty_url: str):
    migrate.upgrade(empty_url)
    with pytest.raises(NotImplementedError, match="no way down"):
        migrate.downgrade(empty_url, "base")


def test_the_triggers_are_there_after_the_migration(empty_url: str, tmp_path: Path):
    migrate.upgrade(empty_url)
    settings = StoreSettings(empty_url, tmp_path / "home")
    set_up(settings, "accord.test")
    store = Store.open(settings)
    with store.unit(Actor(operator="test")) as unit:
        unit.record(Event.COMMAND_RUN, about=uuid.uuid4())
    engine = create_engine(empty_url)
    with engine.connect() as connection, pytest.raises(Exception, match="append-only"):
        connection.execute(text("DELETE FROM ledger_entry"))
    engine.dispose()
    store.close()


def test_revisions_import_no_application_code():
    for path in (Path(migrate.scripts()) / "versions").glob("*.py"):
        lines = path.read_text().splitlines()
        assert not [line for line in lines if line.startswith(("from sharing", "from protocols", "from portal"))]


def test_a_second_set_up_never_overwrites_the_keys(empty_url: str, tmp_path: Path):
    migrate.upgrade(empty_url)
    settings = StoreSettings(empty_url, tmp_path / "home")
    set_up(settings, "accord.test")
    before = (tmp_path / "home" / "keys").stat().st_mtime_ns
    with pytest.raises(AccordError, match="already"):
        set_up(settings, "accord.other")
    assert (tmp_path / "home" / "keys").stat().st_mtime_ns == before
