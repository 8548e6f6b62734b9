"""This module knows a small world to try the vault in: a table with sealed columns, a keyring, sessions."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, LargeBinary
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from sharing.base import new_id
from sharing.store.engine import open_engine
from sharing.vault import Keyring, Permit, Sealed, SealedColumn, Vault
from sharing.vault.unseal import issue_permit, unseal, unseal_many

NOW = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
DUE = date(2031, 5, 1)
TABLE = "vault_note"


class WorldBase(DeclarativeBase):
    """Tables of these tests alone."""


class Note(WorldBase):
    """A row with sealed fields and one blind index."""

    __tablename__ = TABLE
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    address: Mapped[Sealed | None] = mapped_column(SealedColumn("vault_note.address", "vault_note.house+postcode"))
    text: Mapped[Sealed | None] = mapped_column(SealedColumn("vault_note.text"))
    address_index: Mapped[bytes | None] = mapped_column(LargeBinary)


@dataclass
class World:
    """An engine and a vault, with the few things that tests do over and over."""

    engine: Engine
    vault: Vault
    keys: Path

    @property
    def keyring(self) -> Keyring:
        return self.vault.keyring

    def reopened(self) -> World:
        """The same world as another process sees it: nothing cached."""
        return World(self.engine, Vault(Keyring.open(self.keys)), self.keys)

    @contextmanager
    def change(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def add_notes(self, count: int, organisation: str = "ascham-homes", due: date = DUE) -> list[uuid.UUID]:
        ids = [new_id() for _ in range(count)]
        with self.change() as session:
            rows = [
                (i, {"address": f"{n} Canary Row", "text": f"note {n} of {organisation}"}) for n, i in enumerate(ids)
            ]
            sealed = self.vault.seal_many(session, table=TABLE, organisation=organisation, retain_until=due, rows=rows)
            session.add_all(Note(id=i, **fields) for i, fields in zip(ids, sealed, strict=True))
        return ids

    def add_note(self, organisation: str = "ascham-homes", due: date = DUE, **values: str) -> uuid.UUID:
        record_id = new_id()
        with self.change() as session:
            session.add(Note(id=record_id, **self.seal(session, record_id, organisation, due, **values)))
        return record_id

    def seal(
        self, session: Session, record_id: uuid.UUID, organisation: str = "ascham-homes", due: date = DUE, **values: str
    ) -> dict[str, Sealed]:
        return self.vault.seal(
            session, table=TABLE, record_id=record_id, organisation=organisation, retain_until=due, values=values
        )

    def open(
        self, record_id: uuid.UUID, *columns: str, sealed: Mapping[str, Sealed] | None = None, **facts: Any
    ) -> Any:
        with Session(self.engine) as session:
            row = session.get(Note, record_id)
            fields = sealed if sealed is not None else {c: getattr(row, c) for c in columns or ("address", "text")}
            return unseal(permit_for(record_id, **facts), session, self.keyring, fields, now=NOW)

    def open_all(self, ids: list[uuid.UUID], organisation: str = "ascham-homes") -> dict[uuid.UUID, dict[str, str]]:
        with Session(self.engine) as session:
            rows = {i: session.get_one(Note, i) for i in ids}
            fields = {i: {"address": row.address, "text": row.text} for i, row in rows.items()}
            return unseal_many(permit_for(*ids, organisation=organisation), session, self.keyring, fields, now=NOW)


def run_apart(script: str, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    """Run a script in a process of its own, which may be killed or may fork without harm to this one."""
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=False,
        timeout=60,
    )


def permit_for(*records: uuid.UUID, **facts: Any) -> Permit:
    """A permit for everything in the world's table, unless told otherwise."""
    given: dict[str, Any] = {
        "entry_id": uuid.uuid4(),
        "organisation": "ascham-homes",
        "table": TABLE,
        "records": records,
        "columns": ("address", "text"),
        "expires_at": NOW + timedelta(minutes=10),
    }
    return issue_permit(**given | facts)


@contextmanager
def made_world(url: str, folder: Path) -> Iterator[World]:
    """Make the table and the keyring over a database that has the schema already."""
    engine = open_engine(url)
    WorldBase.metadata.create_all(engine)
    keys = folder / "keys"
    yield World(engine, Vault(Keyring.create(keys)), keys)
    engine.dispose()
