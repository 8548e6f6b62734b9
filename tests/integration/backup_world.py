"""This module knows an installation that is backed up and restored elsewhere, with the command line in front of it."""

from __future__ import annotations

import base64
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, select, text

from portal import cli
from sharing.ledger import read
from sharing.store import Store, StoreSettings, migrate, revision
from sharing.store.engine import open_engine
from sharing.vault import Keyring
from sharing.vault.ring import EPOCH, SECRET, Ring
from tests.integration.disclosure_world import PARTNERSHIP, World, make_world

CHANGED_BY_A_RESTORE = {
    "session",
    "letter",
    "ledger_entry",
    "ledger_head",
    "ledger_tile",
    "ledger_log",
    "ledger_checkpoint",
}
"""Sign-ins and links are ended, and the restore itself is an entry."""


@dataclass
class Place:
    """A home and a database, as the command line meets them."""

    home: Path
    url: str
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: object) -> int:
        self.monkeypatch.setenv("ACCORD_HOME", str(self.home))
        self.monkeypatch.setenv("ACCORD_DATABASE_URL", self.url)
        self.capsys.readouterr()
        return cli.main([str(each) for each in arguments])

    def json(self, *arguments: object) -> Any:
        assert self.run(*arguments, "--json") == cli.DONE, self.capsys.readouterr().err
        return json.loads(self.capsys.readouterr().out)

    def error(self) -> str:
        return self.capsys.readouterr().err

    def opened(self) -> Store:
        return Store.open(StoreSettings(self.url, self.home))

    @property
    def file(self) -> Path:
        """Where SQLite keeps the database."""
        return Path(self.url.removeprefix("sqlite:///"))

    def take_keys_of(self, other: Path) -> None:
        self.home.mkdir(mode=0o700, exist_ok=True)
        shutil.rmtree(self.home / "keys", ignore_errors=True)
        shutil.copytree(other / "keys", self.home / "keys")

    def rows(self) -> dict[str, list[str]]:
        """Everything that is in the database, whatever the models say."""
        engine, there = open_engine(self.url, read_only=True), MetaData()
        try:
            with engine.connect() as connection:
                there.reflect(connection)
                return {
                    name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
                    for name, table in there.tables.items()
                }
        finally:
            engine.dispose()


@dataclass
class Two:
    """An installation with a partnership at work in it, and an empty place to restore into."""

    world: World
    here: Place
    there: Place
    file: Path

    def __post_init__(self) -> None:
        self.world.deposit()
        self.request_id = self.world.ask().request_id
        self.world.decide(self.request_id)

    @property
    def store(self) -> Store:
        return self.world.store

    def view(self, store: Store | None = None) -> dict[str, str]:
        """Open what was released, as the officer who asked."""
        return World(store or self.store).view(self.request_id)

    def view_there(self) -> dict[str, str]:
        store = self.there.opened()
        try:
            return self.view(store)
        finally:
            store.close()

    @property
    def keys(self) -> Path:
        """Where the wrapped keys of the backup are, when nobody says otherwise."""
        return self.file.with_name(f"{self.file.name}.keys")

    def back_up(self, name: str | None = None) -> dict[str, Any]:
        return self.here.json("backup", self.file.with_name(name) if name else self.file)

    def restore(self, *arguments: object) -> dict[str, Any]:
        self.there.take_keys_of(self.here.home)
        return self.there.json("restore", self.file, *arguments)

    def head(self, partnership: str = PARTNERSHIP) -> str:
        """The signed head, as a partner keeps it."""
        self.store.integrate()
        with self.store.reading() as session:
            return read.head(session, read.logs(session, None if partnership == "operator" else partnership)[0].origin)


def is_empty(place: Place) -> bool:
    """Tell whether nothing at all is in a place's database."""
    if place.url.startswith("sqlite"):
        return not place.file.exists()
    return not any(rows for name, rows in place.rows().items() if name != "alembic_version")


def two_places(
    store: Store,
    tmp_path: Path,
    make_empty_database: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Two:
    """Make both; the second has neither keys nor database."""
    url = store.engine.url.render_as_string(hide_password=False)
    empty = make_empty_database(store.engine.dialect.name)
    return Two(
        make_world(store),
        Place(tmp_path / "home", url, monkeypatch, capsys),
        Place(tmp_path / "elsewhere", empty, monkeypatch, capsys),
        tmp_path / "accord.backup",
    )


def everything_in(file: Path) -> bytes:
    """The bytes of one of a backup's files, and all of its contents unpacked."""
    with zipfile.ZipFile(file) as archive:
        return file.read_bytes() + b"".join(archive.read(name) for name in archive.namelist())


def raw_keys(folder: Path) -> Iterator[bytes]:
    """Every key of a keyring without a passphrase, in the clear: roots, quarters' keys and secrets."""
    document = json.loads((folder / "keyring.json").read_text())
    ring = Ring(document, None)
    alive = {kind: [entry for entry in document[kind] if entry["key"]] for kind in ("roots", "epochs", "secrets")}
    yield from (base64.b64decode(entry["key"]) for entry in alive["roots"])
    yield from (ring.unwrap(entry, EPOCH, entry["epoch"]) for entry in alive["epochs"])
    yield from (ring.unwrap(entry, SECRET, entry["name"]) for entry in alive["secrets"])


def written_forms(key: bytes) -> tuple[bytes, ...]:
    """A key as it could stand in a file."""
    return key, base64.b64encode(key), key.hex().encode()


def scalar(store: Store, question: str) -> Any:
    with store.reading() as session:
        return session.scalar(text(question))


def keyring_of(place: Place) -> Keyring:
    return Keyring.open(place.home / "keys")


NEXT = '''"""One more table, as the next version might have."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None
def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    op.bulk_insert(sa.table("later", sa.column("id", sa.Integer)), [{{"id": 7}}])
def downgrade():
    op.drop_table("later")
'''


def next_version(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let this be a version with one revision more."""
    shutil.copytree(migrate.scripts(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_later.py").write_text(NEXT.format(head=revision.newest()))
    monkeypatch.setattr(migrate, "scripts", lambda: folder)
