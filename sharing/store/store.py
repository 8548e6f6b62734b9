"""This module knows how the record is opened: the engines, the keyring, the clocks and the sequencer that follows each commit."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from protocols.actor import Actor
from sharing.errors import AccordError, NotFoundError, UnreachableError
from sharing.ledger import outbox, prove, read, sequencer
from sharing.ledger.checkpoint import Signer
from sharing.store import wall
from sharing.store.clock import Clock
from sharing.store.engine import open_engine
from sharing.store.model import Installation
from sharing.store.unit import Tools, Unit
from sharing.vault import Keyring, Vault

log = logging.getLogger(__name__)

SIGNING_KEY = "ledger-signing-key"
OPERATOR_LOG = "operator"
BATCH = 1000


@dataclass(frozen=True)
class StoreSettings:
    """Where the record lives: the database's URL and the folder that holds the keys."""

    database_url: str
    home: Path


class Store:
    """The record, opened. One to a process; safe to use from its threads."""

    def __init__(self, engine: Engine, reader: Engine, keyring: Keyring) -> None:
        """Keep the engines and the keyring; read the installation's row when it is first needed."""
        self.engine = engine
        self._reader = reader
        self.keyring = keyring
        self.vault = Vault(keyring)
        # Embedded SQLite has one writer: waiting in line here is fair, waiting inside SQLite is not.
        self._line = threading.Lock() if engine.dialect.name == "sqlite" else None
        wall.watch(engine)

    @classmethod
    def open(cls, settings: StoreSettings) -> Store:
        """Open engines and keyring. Raises UnreachableError when either cannot be had."""
        keyring = Keyring.open(settings.home / "keys")
        url = settings.database_url
        return cls(open_engine(url), open_engine(url, read_only=True), keyring)

    @cached_property
    def installation(self) -> Installation:
        """The installation's row. Raises UnreachableError before `accord init`."""
        with self.reading() as session:
            row: Installation | None = session.scalar(select(Installation))
        if row is None:
            raise UnreachableError("This installation has not been set up. Run `accord init`.")
        return row

    @cached_property
    def clock(self) -> Clock:
        """The clocks; business time is offset in a demonstration alone."""
        row = self.installation
        return Clock(timedelta(seconds=row.business_offset_seconds) if row.demonstration else timedelta(0))

    @cached_property
    def signer(self) -> Signer:
        """The ledger's signing key, from the keyring."""
        return Signer.load(self.keyring.secret(SIGNING_KEY).decode())

    @property
    def verifier_key(self) -> str:
        """The key to verify receipts with, as partners and auditors are handed it (C2SP vkey)."""
        return str(self.signer.verifier)

    def log_name(self, partnership: str | None, at: datetime) -> str:
        """Name the log: one a partnership and year, and one of the operator's own."""
        return f"{self.installation.name}/{partnership or OPERATOR_LOG}/{at.astimezone(UTC).year}"

    @contextmanager
    def unit(self, actor: Actor) -> Iterator[Unit]:
        """Open a unit of work for one change."""
        tools = Tools(self.engine, self.clock, self.vault, self.log_name, self._integrate_quietly)
        if self._line is None:
            with Unit(actor, tools) as unit:
                yield unit
            return
        if not self._line.acquire(timeout=30):
            raise UnreachableError("The database is busy. Nothing was stored; try again.")
        try:
            with Unit(actor, tools) as unit:
                yield unit
        finally:
            self._line.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a short read-only session."""
        try:
            with Session(self._reader, autoflush=False, expire_on_commit=False) as session:
                yield session
        except DBAPIError as error:
            # Only the kind of error is kept: a driver's message can hold a value.
            raise UnreachableError(f"The database cannot be read ({type(error).__name__}). Is it set up?") from None

    # -- the ledger's afterwards

    def integrate(self) -> None:
        """Move what the outbox holds into the trees, and sign each head that grew."""
        while True:
            with Session(self.engine) as session:
                unsigned = sequencer.integrate(session, BATCH)
                left = outbox.waiting(session)
                session.commit()
            for origin in unsigned:
                with Session(self.engine) as session:
                    sequencer.sign(session, origin, self.signer)
                    session.commit()
            if not left:
                return

    def _integrate_quietly(self) -> None:
        """The change is committed and its entry is in the outbox: a failure here must not look like one of the change."""
        try:
            self.integrate()
        except (SQLAlchemyError, AccordError) as error:
            log.warning("the sequencer will try again at the next change: %s", type(error).__name__)

    def receipt(self, entry_id: uuid.UUID) -> str | None:
        """The receipt of an entry as tlog-proof text, or None while it is still in the outbox or under no signed head."""
        with self.reading() as session:
            try:
                return prove.receipt(session, read.find(session, entry_id).log, entry_id).render()
            except NotFoundError:
                return None

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        self._reader.dispose()
