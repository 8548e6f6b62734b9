"""This module knows how the record is opened: the engines, the keyring, the clocks, and how the sequencer follows the commits."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from protocols.actor import Actor
from sharing.errors import NotFoundError, TamperedError, UnreachableError
from sharing.ledger import prove, read, sequencer
from sharing.ledger.checkpoint import Signer
from sharing.store import wall
from sharing.store.clock import Clock
from sharing.store.engine import open_engine
from sharing.store.model import Installation
from sharing.store.sequencing import PATIENCE, Sequencing
from sharing.store.unit import Tools, Unit
from sharing.vault import Keyring, Vault

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
        self._writer = 0
        self._sequencing = Sequencing(self._sequence)
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
        """Open a unit of work for one change. Once it is committed, its entries get their places in the ledger."""
        tools = Tools(self.engine, self.clock, self.vault, self.log_name)
        with self._turn_to_write(), Unit(actor, tools) as unit:
            yield unit
        if unit.recorded:
            self._after_commit()

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        if self._line is None:
            yield
            return
        if not self._line.acquire(timeout=PATIENCE):
            raise UnreachableError("The database is busy. Nothing was stored; try again.")
        self._writer = threading.get_ident()
        try:
            yield
        finally:
            self._writer = 0
            self._line.release()

    def _is_writing(self) -> bool:
        """Whether this very thread holds the turn: waiting for another who needs it would be waiting for oneself."""
        return self._writer == threading.get_ident()

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

    def start_sequencer(self) -> None:
        """Let a thread put entries into the ledger from now on, so that no change waits for it: for a server, until `close`.

        A receipt is there within a second, or as soon as somebody asks for it.
        """
        self._sequencing.start()

    def integrate(self) -> None:
        """Return when all that is committed stands in the trees, under signed heads; one run serves all who wait.

        Raises TamperedError when the stored tree does not fit itself, SQLAlchemy's errors when the database cannot be had,
        RuntimeError within a unit on SQLite.
        """
        if self._is_writing():
            raise RuntimeError("a unit holds the turn to write: bring the ledger up to date after it")
        self._sequencing.settle()

    def _sequence(self) -> None:
        """Move what the outbox holds into the trees, and sign each head that grew: what is signed was committed before."""
        refused: list[TamperedError] = []
        left = True
        with self.engine.connect() as connection:
            while left:
                with self._turn_to_write(), Session(connection) as session:
                    unsigned = sequencer.integrate(session, BATCH)
                    # Not "until the outbox is empty": while others go on committing, that moment may never come.
                    left = sequencer.moved(session) >= BATCH
                    session.commit()
                refused += self._sign(connection, unsigned)
        if refused:
            raise refused[0]

    def _sign(self, connection: Connection, logs: Sequence[str]) -> list[TamperedError]:
        """Sign each log's head; one that cannot be signed keeps no other from it. Return what was refused."""
        refused: list[TamperedError] = []
        if logs:
            with self._turn_to_write(), Session(connection) as session:
                for origin in logs:
                    try:
                        sequencer.sign(session, origin, self.signer)
                    except TamperedError as error:
                        refused.append(error)
                session.commit()
        return refused

    def _after_commit(self) -> None:
        self._sequencing.follow()

    def receipt(self, entry_id: uuid.UUID) -> str | None:
        """The receipt of an entry as tlog-proof text; None where there is no such entry, or the sequencer cannot run.

        An entry that still waits for its place gets it first, together with all others that wait; except within a unit on
        SQLite, which holds the turn to write that the sequencer needs: there it is None until the unit is left.
        """
        with self.reading() as session:
            try:
                log = read.find(session, entry_id).log
            except NotFoundError:
                return None
            made = _receipt(session, log, entry_id)
        if made is None and not self._is_writing():
            self._sequencing.settle_quietly()
            with self.reading() as session:
                made = _receipt(session, log, entry_id)
        return made

    def close(self) -> None:
        """Put what still waits into the ledger, as far as that can be done, and give every connection back."""
        self._sequencing.stop()
        self.engine.dispose()
        self._reader.dispose()


def _receipt(session: Session, log: str, entry_id: uuid.UUID) -> str | None:
    try:
        return prove.receipt(session, log, entry_id).render()
    except NotFoundError:
        return None
