"""Benchmarks of the ledger, each against its own floor in the same run: ratios hold on any machine, absolutes do not.

    python -m bench.ledger [--entries N] [--postgresql URL]

Prints rows 10 to 12 of the targets: the sequencer, the verification of a whole log, proofs and receipts.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, event, insert, text
from sqlalchemy.orm import Session

from sharing.base import Base, new_id
from sharing.ledger import append_only, bundle, bundle_check, checkpoint, prove, receipt, sequencer, tiles, tree
from sharing.ledger import entry as entries
from sharing.ledger.checkpoint import Signer, new_signing_key
from sharing.ledger.entry import Entry, log_name
from sharing.ledger.examine import Examination
from sharing.ledger.model import CHECKPOINT, ENTRY, HEAD, LOG, OUTBOX, TILE
from sharing.ledger.policy import Policy

INSTALLATION = "accord.bench"
START = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = log_name(INSTALLATION, "northtown", START)
SIGNER = Signer.load(new_signing_key(INSTALLATION))


def make_entries(count: int) -> list[Entry]:
    """Make entries of about 300 bytes, of the kind that the portal records."""
    return [
        Entry(
            id=new_id(),
            log=ORIGIN,
            type="return:submitted",
            at=START + timedelta(seconds=number),
            actor=f"u_{number % 90:032x}",
            organisation="ascham-homes",
            partnership="northtown",
            about=str(uuid.UUID(int=number)),
            facts={"rows": number % 500},
        )
        for number in range(count)
    ]


def timed(work: Callable[[], object], rounds: int = 5) -> float:
    """Return the median of the processor seconds of some rounds."""
    took = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return statistics.median(took)


def fresh(url: str) -> Session:
    """Open an empty ledger."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    tables = [LOG, OUTBOX, ENTRY, TILE, HEAD, CHECKPOINT]
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP SCHEMA IF EXISTS bench CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA bench")
    if engine.dialect.name == "postgresql":
        engine.dispose()
        engine = create_engine(url, connect_args={"options": "-csearch_path=bench"})
    Base.metadata.create_all(engine, tables=tables)
    with engine.begin() as connection:
        for statement in append_only.statements(engine.dialect.name):
            connection.exec_driver_sql(statement)
    return Session(engine)


def _prepare(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def fill_outbox(session: Session, made: list[Entry]) -> None:
    """Put entries into the outbox in bulk."""
    rows = [
        {"log": e.log, "entry_id": e.id, "type": e.type, "at": entries.moment_text(e.at), "body": e.encode()}
        for e in made
    ]
    session.execute(insert(OUTBOX), rows)
    session.commit()


def sequence(session: Session, batch: int) -> None:
    """Drain the outbox in batches, signing after each."""
    while grown := sequencer.integrate(session, batch):
        session.commit()
        for log in grown:
            sequencer.sign(session, log, SIGNER)
            session.commit()


def bench_sequencer(new_url: Callable[[], str]) -> None:
    """Row 10: entries a second, against inserting the same entries plainly."""
    for batch in (1, 100, 1000, 10_000):
        made = make_entries({1: 200, 100: 4000}.get(batch, 20_000))
        session = fresh(new_url())
        fill_outbox(session, made)
        started = time.perf_counter()
        sequence(session, batch)
        took = time.perf_counter() - started
        session.close()
        session = fresh(new_url())
        plain = [
            {
                "id": number + 1,
                "log": e.log,
                "entry_id": e.id,
                "type": e.type,
                "at": entries.moment_text(e.at),
                "body": e.encode(),
            }
            for number, e in enumerate(made)
        ]
        started = time.perf_counter()
        for at in range(0, len(plain), batch):
            session.execute(insert(OUTBOX), plain[at : at + batch])
            session.commit()
        floor = time.perf_counter() - started
        name = session.get_bind().dialect.name
        session.close()
        print(
            f"10  sequencer, {name}, batches of {batch:>6}: {len(made) / took:>9,.0f} entries/s,"
            f" {floor / took:.2f} of plain inserts"
        )


def bench_verify(count: int, directory: Path) -> Session:
    """Row 11: reading and checking a whole log, against nothing but its hashing."""
    session = fresh(f"sqlite:///{directory}/bench.db")
    for at in range(0, count, 50_000):
        fill_outbox(session, make_entries_from(at, min(50_000, count - at)))
        sequence(session, 10_000)
    bundle.export(session, ORIGIN, directory / "bundle")
    files = [
        directory / "bundle" / tiles.path("entries", n, width)
        for level, n, width in tiles.needed(count + 1)
        if level == 0
    ]
    bodies = [tiles.unpack_entries(file.read_bytes()) for file in files]
    works: dict[str, Callable[[], object]] = {
        "hashing alone (the floor)": lambda: tree.root_of(b"".join(map(tree.leaf_hashes, bodies))),
        "roots out of the bundle's files": lambda: root_from_files(files),
        "every entry read and checked, in memory": lambda: check_contents(bodies),
        "the whole bundle: files, entries, digests": lambda: check_whole(directory / "bundle"),
    }
    rounds = 3 if count <= 200_000 else 1
    seconds = {name: timed(work, rounds) for name, work in works.items()}
    floor = next(iter(seconds.values()))
    for name, took in seconds.items():
        print(
            f"11  {count:,} entries, {name}: {took * 1_000_000 / count:.2f} s a million,"
            f" {floor / took:.2f} of the floor"
        )
    print(
        f"11  largest memory so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB (the bench's own included)"
    )
    return session


def root_from_files(files: list[Path]) -> bytes:
    """Compute the root over every entry, from the files."""
    grown = tree.Range()
    for file in files:
        leaves = tree.leaf_hashes(tiles.unpack_entries(file.read_bytes()))
        if len(leaves) == tiles.FULL:
            grown.push(tree.root_of(leaves), 8)
        else:
            for at in range(0, len(leaves), tree.HASH):
                grown.push(leaves[at : at + tree.HASH])
    return grown.root()


def check_contents(bodies: list[list[bytes]]) -> None:
    """Read and check every entry."""
    examination = Examination(ORIGIN)
    for part in bodies:
        examination.take(part)


def check_whole(directory: Path) -> None:
    """Verify the bundle as anybody would."""
    found = bundle_check.check(directory, Policy((SIGNER.verifier,)))
    if found.report.verdict:
        raise SystemExit("\n".join(found.report.lines()))


def make_entries_from(start: int, count: int) -> list[Entry]:
    """Make entries whose times go on from a number."""
    shift = timedelta(seconds=start)
    return [Entry(**{**e.__dict__, "at": e.at + shift}) for e in make_entries(count)]


def bench_proofs(session: Session, count: int) -> None:
    """Row 12: a proof out of warm tiles, a receipt out of the database, and checking one."""
    stored = {(row.level, row.n): row.data for row in session.execute(TILE.select())}
    reader = tiles.Reader(lambda level, n: stored[level, n])
    some = [number * 7919 % count for number in range(2000)]
    for index in range(0, count, 256):
        reader(index // 256 * 256, 1)
    proof = timed(lambda: [tree.prove_inclusion(index, count, reader) for index in some]) / len(some)
    ids = session.scalars(text("SELECT entry_id FROM ledger_entry ORDER BY idx LIMIT 200")).all()
    wanted = [uuid.UUID(str(found)) for found in ids]
    texts = [prove.receipt(session, ORIGIN, found).render().encode() for found in wanted]
    build = timed(lambda: [prove.receipt(session, ORIGIN, found).render() for found in wanted], 3) / len(wanted)
    policy = Policy((SIGNER.verifier,))
    check = timed(lambda: [receipt.check(receipt.parse(data), policy) for data in texts], 3) / len(texts)
    head, note = checkpoint.parse(
        session.scalar(text("SELECT note FROM ledger_checkpoint ORDER BY size DESC")).encode()
    )
    signature = timed(lambda: [policy.check(head, note) for _ in range(200)], 3) / 200
    micro = 1e6
    print(f"12  inclusion proof, warm tiles of {count:,}: {proof * micro:.0f} us")
    print(f"12  receipt out of the database: {build * micro:.0f} us")
    print(f"12  receipt parsed and checked: {check * micro:.0f} us, of which the signature {signature * micro:.0f} us")


def main() -> None:
    """Run every row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--entries", type=int, default=100_000, help="size of the log to verify")
    parser.add_argument(
        "--postgresql", metavar="URL", help="also run the sequencer there (its schema `bench` is replaced)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench_sequencer(lambda: f"sqlite:///{name}/{uuid.uuid4().hex}.db")
        if options.postgresql:
            bench_sequencer(lambda: str(options.postgresql))
        session = bench_verify(options.entries, Path(name))
        bench_proofs(session, options.entries)
        session.close()


if __name__ == "__main__":
    main()
