"""A ledger of its own for a test: an engine as the store opens it, a signing key, and the few steps that tests repeat."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from protocols.actions import Event
from sharing.base import new_id
from sharing.ledger import audit, bundle, outbox, prove, sequencer, verify
from sharing.ledger.checkpoint import Signer, new_signing_key
from sharing.ledger.entry import Entry, log_name
from sharing.ledger.policy import Policy
from sharing.ledger.verify import Held

INSTALLATION = "accord.test"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _as_the_store_does(connection, _entry) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=15000")
    connection.execute("PRAGMA synchronous=OFF")  # unlike the store: no test here cuts the power


class World:
    """One database with a ledger in it."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _as_the_store_does)
            event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        else:
            self.engine = create_engine(url, connect_args={"options": "-c synchronous_commit=off"})
        self.signer = Signer.load(new_signing_key(INSTALLATION))
        self.at = START
        self.log = log_name(INSTALLATION, "northtown", START)

    @property
    def policy(self) -> Policy:
        return Policy((self.signer.verifier,))

    @property
    def key(self) -> str:
        return self.signer.verifier.vkey

    def entry(self, partnership: str | None = "northtown", kind: str = str(Event.RETURN_SUBMITTED), **facts) -> Entry:
        """Make the next entry: a second later than the one before."""
        self.at += timedelta(seconds=1)
        return Entry(
            id=new_id(),
            log=log_name(INSTALLATION, partnership, self.at),
            type=kind,
            at=self.at,
            actor="u_7f",
            organisation="ascham-homes" if partnership else None,
            partnership=partnership,
            about=str(uuid.uuid4()),
            facts=facts or {"rows": 12},
        )

    @contextmanager
    def session(self):
        with Session(self.engine) as session:
            yield session

    def add(self, *entries: Entry) -> list[Entry]:
        """Commit entries to the outbox."""
        with self.session() as session:
            for entry in entries:
                outbox.append(session, entry)
            session.commit()
        return list(entries)

    def drain(self, *signers: Signer, limit: int = 1000) -> None:
        """Integrate and sign until nothing waits."""
        while True:
            with self.session() as session:
                grown = sequencer.integrate(session, limit)
                session.commit()
            if not grown:
                return
            for log in grown:
                with self.session() as session:
                    sequencer.sign(session, log, *(signers or (self.signer,)))
                    session.commit()

    def fill(self, count: int, *, at_a_time: int = 1) -> list[Entry]:
        """Record entries, some at a time, each lot under a head of its own."""
        made: list[Entry] = []
        for start in range(0, count, at_a_time):
            made += self.add(*(self.entry() for _ in range(min(at_a_time, count - start))))
            self.drain()
        return made

    def head(self, size: int | None = None) -> str:
        """Return the text of a signed head, as a partner would keep it."""
        where = "ORDER BY size DESC LIMIT 1" if size is None else f"AND size = {size}"
        with self.engine.connect() as connection:
            query = f"SELECT note FROM ledger_checkpoint WHERE log = :log {where}"
            return connection.execute(text(query), {"log": self.log}).scalar_one()

    def receipt(self, entry: Entry) -> str:
        with self.session() as session:
            return prove.receipt(session, entry.log, entry.id).render()

    def export(self, directory: Path, log: str | None = None) -> Path:
        with self.session() as session:
            bundle.export(session, log or self.log, directory)
        return directory

    def audit(self, *heads: str, policy: Policy | None = None, now: datetime | None = None, log: str | None = None):
        from sharing.ledger import checkpoint

        with self.session() as session:
            return audit.audit_log(
                session,
                log or self.log,
                policy or self.policy,
                heads=[checkpoint.parse(head.encode())[0] for head in heads],
                now=now or self.at,
            )

    def check(self, *paths: Path, heads: tuple[str, ...] = (), policy: Policy | None = None):
        """Verify files with the installation's key and some heads held."""
        from sharing.ledger import checkpoint

        kept = tuple(checkpoint.parse(head.encode())[0] for head in heads)
        return verify.verify(list(paths), Held(self.policy if policy is None else policy, kept))

    def tamper(self, *statements: str, **parameters) -> None:
        """Change the database as somebody could who owns it: the triggers go first, and come back afterwards."""
        from sharing.ledger import append_only

        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET session_replication_role = replica")
                for statement in statements:
                    connection.execute(text(statement), parameters)
                connection.exec_driver_sql("SET session_replication_role = DEFAULT")
                return
            for name in append_only.NAMES:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(text(statement), parameters)
            for statement in append_only.statements("sqlite"):
                connection.exec_driver_sql(statement)

    def close(self) -> None:
        self.engine.dispose()
