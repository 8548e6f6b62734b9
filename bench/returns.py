"""How fast a return is read, checked and stored, beside the least that anybody could do: the reader alone, a plaintext insert.

    python bench/returns.py [--rows 100000] [--rounds 3] [--json]

Both sides of each ratio run in one process, interleaved, on the same rows; the figure is CPU time (this process and the one that
reads the workbook), best of the rounds. On a shared machine trust the ratios, not the seconds.

  csv    floor: `csv.reader` over the decoded text
  xlsx   floor: calamine in this process, without limits, without looking for anything hidden
  store  floor: SQLAlchemy Core executemany of the same columns, in clear, into SQLite
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    create_engine,
    event,
    insert,
)

sys.path.insert(0, str(Path(__file__).parents[1]))

from protocols.actions import Event
from protocols.actor import Actor
from protocols.roles import Role
from sharing import returns
from sharing.ledger import append_only
from sharing.partners import model as partners
from sharing.places import Locator, PostcodeBook, PostcodePlace
from sharing.returns.checked import Checked
from sharing.returns.reader import Limits, read_grid
from sharing.store import Store, StoreSettings, set_up
from sharing.tables import METADATA

QUARTER = returns.Quarter(2026, 2)
LIFTED = Limits(rows=1_000_000, bytes=1 << 30, unpacked=2 << 30, seconds=600, memory=6 << 30)
HEAD = (
    "Reference",
    "Date reported",
    "Date it happened",
    "Time it happened",
    "Category",
    "Postcode",
    "Area or place",
    "Address",
    "Note",
    "How it was reported",
    "Hate-related",
    "Repeat",
    "Action taken",
    "Officer",
    "Patch",
    "Team",
    "Status",
    "Priority",
)
KINDS = ("Noise", "Verbal abuse", "drugs", "Fly-tipping", "Vandalism", "Youths", "Pets and animals", "Alcohol")
WORDS = [
    "loud",
    "music",
    "late",
    "shouting",
    "by",
    "the",
    "door",
    "rubbish",
    "left",
    "again",
    "broken",
    "window",
    "smoke",
    "stairs",
    "dog",
    "barking",
    "all",
    "night",
    "car",
]


def make_rows(count: int) -> list[list[str]]:
    """Rows as landlords send them: several ways of writing a date, letters of every case, one row in fifty wrong."""
    rnd = random.Random(1)
    codes = [f"E{1 + n % 19} {n % 10}{a}{b}" for n in range(60) for a in "ABD" for b in "EF"]
    rows = []
    for number in range(count):
        day = QUARTER.starts_on + timedelta(days=rnd.randrange(91))
        shown = day.strftime(rnd.choice(("%d/%m/%Y", "%Y-%m-%d", "%d %b %Y")))
        bad = number % 50 == 0
        rows.append(
            [
                f"ASB-{number}",
                "31/06/2026" if bad else shown,
                shown,
                f"{rnd.randrange(24):02}:{rnd.randrange(60):02}",
                rnd.choice(KINDS).upper() if number % 7 == 0 else rnd.choice(KINDS),
                rnd.choice(codes),
                "Queens Road estate",
                f"{rnd.randrange(1, 200)} Example Road",
                " ".join(rnd.choices(WORDS, k=12)),
                rnd.choice(("phone", "online", "Letter")),
                rnd.choice(("yes", "no", "N")),
                rnd.choice(("yes", "no")),
                rnd.choice(("warning", "none", "")),
                "x",
                "y",
                "z",
                "open",
                "2",
            ]
        )
    return rows


def as_csv(rows: list[list[str]]) -> bytes:
    """The rows as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEAD, *rows])
    return out.getvalue().encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    """The rows as a workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Incidents")
        for number, row in enumerate([list(HEAD), *rows]):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return out.getvalue()


def cpu() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    own, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime


def best(rounds: int, **jobs: Callable[[], object]) -> dict[str, float]:
    """Run the jobs in turn, so many rounds; keep the least CPU time of each."""
    least = dict.fromkeys(jobs, float("inf"))
    for _ in range(rounds):
        for name, job in jobs.items():
            began = cpu()
            job()
            least[name] = min(least[name], cpu() - began)
    return least


def setting(rows: list[list[str]]) -> returns.Setting:
    """A partnership in which every postcode of the rows lies."""
    codes = {row[5] for row in rows}
    places = [
        PostcodePlace(code, 530_000 + 97 * n, 180_000 + 53 * n, None, None) for n, code in enumerate(sorted(codes))
    ]
    locator = Locator((), PostcodeBook.of(places, "bench"))
    return returns.Setting(QUARTER, date(2026, 8, 1), returns.scheme(), locator=locator, limits=LIFTED)


def read_and_check(rows: list[list[str]], rounds: int) -> tuple[dict[str, float], Checked]:
    """Time reading and checking, as CSV and as a workbook."""
    text, book, against = as_csv(rows), as_xlsx(rows), setting(rows)
    clean = [row for row in rows if row[1] != "31/06/2026"]
    print(
        f"{len(rows):,} rows x {len(HEAD)} columns: CSV {len(text) / 1e6:.1f} MB, XLSX {len(book) / 1e6:.1f} MB",
        file=sys.stderr,
    )
    found = best(
        rounds,
        csv_floor=lambda: list(csv.reader(io.StringIO(text.decode(), newline=""))),
        csv_read=lambda: read_grid("a.csv", text, limits=LIFTED),
        csv_checked=lambda: returns.check_return("incidents", "a.csv", text, against),
        xlsx_floor=lambda: (
            python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
        ),
        xlsx_read=lambda: read_grid("a.xlsx", book, limits=LIFTED),
        xlsx_checked=lambda: returns.check_return("incidents", "a.xlsx", book, against),
    )
    checked = returns.check_return("incidents", "a.csv", text, against)
    wrong = sum(1 for each in checked.problems if each.rule == "date-unreal")
    if wrong != len(rows) - len(clean):
        raise SystemExit(f"{len(rows) - len(clean)} rows are wrong and {wrong} were found")
    fit = returns.check_return("incidents", "a.csv", as_csv(clean), against)
    if not fit.is_fit or fit.accepted != len(clean):
        raise SystemExit("the clean rows were not all accepted")
    return found, fit


def store_both(checked: Checked, folder: Path, rounds: int) -> dict[str, float]:
    """Time storing: ours, sealed, counted and recorded; and the same columns in clear by Core executemany."""
    rows = [
        {
            "id": uuid.uuid4(),
            "partnership": "p",
            "organisation": "o",
            "submission": uuid.uuid4(),
            "row": each.row,
            "month": each.month,
            "day": each.day,
            "hour": each.hour,
            "category": each.category,
            "own_category": each.own_category,
            "cell_e": each.spot.e,
            "cell_n": each.spot.n,
            "reference": each.reference,
            "postcode": each.postcode,
            "address": each.address,
            "note": each.note,
        }
        for each in checked.incidents
    ]
    # The schemas are made beforehand: only storing is timed.
    stores = iter([_open(folder / f"ours-{number}") for number in range(rounds)])
    tables = iter([_plain(rows[0], folder / f"plain-{number}.sqlite") for number in range(rounds)])
    return best(
        rounds,
        store_floor=lambda: _insert(*next(tables), rows),
        store_ours=lambda: _ours(checked, next(stores)),
    )


def _plain(row: dict[str, Any], path: Path) -> tuple[Engine, Table]:
    columns = [
        Column(
            name,
            Uuid() if name in ("id", "submission") else Text() if name in ("address", "note") else kind,
            primary_key=name == "id",
        )
        for name, kind in ((key, Integer() if isinstance(value, int) else String(120)) for key, value in row.items())
    ]
    table = Table("plain", MetaData(), *columns, Column("spare", LargeBinary))
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _pragma(connection: Any, _record: Any) -> None:  # noqa: ANN401
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    table.metadata.create_all(engine)
    return engine, table


def _insert(engine: Engine, table: Table, rows: list[dict[str, Any]]) -> None:
    with engine.begin() as connection:
        connection.execute(insert(table), rows)
    engine.dispose()


def _ours(checked: Checked, store: Store) -> None:
    actor = Actor(uuid.uuid4(), uuid.uuid4(), "o", "p", frozenset({Role.RETURNS_OFFICER}))
    cover = returns.Cover("bench", "0" * 64)
    reasons = dict.fromkeys(checked.asks, "bench")
    with store.unit(actor) as unit:
        command = returns.SubmitReturn("p", "o", checked, "c", reasons)
        returns.submit_return(unit, command, in_force=lambda *_: cover)
    store.close()


def _open(folder: Path) -> Store:
    folder.mkdir()
    url = f"sqlite:///{folder / 'accord.sqlite'}"
    engine = create_engine(url)
    METADATA.create_all(engine)
    with engine.begin() as connection:
        for statement in append_only.statements("sqlite"):
            connection.exec_driver_sql(statement)
    engine.dispose()
    settings = StoreSettings(url, folder / "home")
    set_up(settings, "bench")
    store = Store.open(settings)
    with store.unit(Actor(operator="bench")) as unit:
        now = unit.clock.now()
        unit.session.add(partners.Partnership(code="p", name="p", kind="CSP", area="p", created_at=now))
        unit.session.add(
            partners.Organisation(code="o", name="o", body_type="x", public_authority=True, created_at=now)
        )
        unit.record(Event.PARTNERSHIP_LOADED, about="p", partnership="p")
    return store


RATIOS = (
    ("csv_read", "csv_floor", "strict CSV reader / csv.reader alone"),
    ("csv_checked", "csv_floor", "CSV read and checked / csv.reader alone"),
    ("xlsx_read", "xlsx_floor", "capped, pre-scanned XLSX reader / calamine alone"),
    ("xlsx_checked", "xlsx_floor", "XLSX read and checked / calamine alone"),
    ("store_ours", "store_floor", "sealed, counted and recorded / plaintext Core insert"),
)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    began = time.monotonic()
    found, checked = read_and_check(make_rows(options.rows), options.rounds)
    with tempfile.TemporaryDirectory(prefix="bench-returns-") as folder:
        found |= store_both(checked, Path(folder), options.rounds)
    ratios = {f"{ours}/{floor}": round(found[ours] / found[floor], 2) for ours, floor, _ in RATIOS}
    if options.json:
        print(json.dumps({"rows": options.rows, "cpu_s": {k: round(v, 3) for k, v in found.items()}, "ratios": ratios}))
        return
    for ours, floor, words in RATIOS:
        print(f"{words:<55} {found[ours]:7.2f} s / {found[floor]:6.2f} s = {found[ours] / found[floor]:5.2f}x")
    print(f"({time.monotonic() - began:.0f} s in all)")


if __name__ == "__main__":
    main()
