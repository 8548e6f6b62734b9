"""Benchmark of the release rules beside a loop of dictionary look-ups over the same cases: the ratio holds on any machine.

    python -m bench.decide [--cases N]

One partnership of 40 organisations and 10 protocols; goal: 100,000 field decisions a second on one core.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from protocols import case_reading, decide, world
from protocols.cases import Case
from protocols.facts import World

KINDS = ("police", "council", "fire", *["housing-association"] * 34, *["almo"] * 3)
FIELDS = ("subject.name", "subject.dob", "subject.address", "incident.point", "incident.month", "case.reference")
PURPOSES = ("asb-case", "prevention", "safeguarding")
START = date(2024, 1, 1)
GOAL = 100_000


def organisation(number: int, kind: str) -> dict[str, Any]:
    """Make one organisation with an officer and a trained liaison officer."""
    code = f"org-{number:02d}"
    officers = [
        {"code": f"{code}-officer", "roles": ["officer"]},
        {"code": f"{code}-liaison", "roles": ["liaison-officer"]},
    ]
    trained = [(START + timedelta(days=365 * year)).isoformat() for year in range(-1, 3)]
    made: dict[str, Any] = {
        "code": code,
        "body_type": kind,
        "memberships": [{"partnership": "p"}],
        "officers": officers,
    }
    made["liaison_officers"] = [{"officer": f"{code}-liaison", "trained_on": trained}]
    if kind == "almo":
        made["delegations"] = [{"principal": "org-01", "purposes": list(PURPOSES)}]
    return made


def protocol(number: int, parties: list[str], dice: random.Random) -> dict[str, Any]:
    """Make one protocol of twelve lines; one party in twenty has not signed."""
    start = START.isoformat()
    lines = [
        {
            "id": f"{number}.{place}",
            "purposes": dice.sample(PURPOSES, 2),
            "fields": dice.sample(FIELDS, 4),
            "form": {},
            "from": dice.sample(["kind:housing-association", "kind:council", "kind:police", "kind:almo"], 2),
            "to": dice.sample(["kind:housing-association", "kind:council", "kind:police", "kind:fire"], 2),
            "gateway": "CDA115",
            "basis": ["6(1)(f)", "6(1)(e)"],
            "channels": ["view", "export"],
        }
        for place in range(12)
    ]
    made: dict[str, Any] = {
        "ref": f"P-{number:02d}",
        "partnership": "p",
        "kind": "statutory" if number == 0 else "purpose",
        "version": 1,
        "starts_on": start,
        "review_by": "2024-12-31",
        "reviews": ["2024-12-01", "2025-12-01"],
        "marking": "OFFICIAL-SENSITIVE",
        "parties": parties,
        "purposes": [{"code": code, "provision": "CDA1998-s17"} for code in PURPOSES],
        "lines": lines,
        "signatures": [{"organisation": code, "signed_on": start} for code in parties if dice.random() > 0.05],
    }
    return made if number == 0 else made | {"parent": "P-00"}


def make_world(dice: random.Random) -> dict[str, Any]:
    """Make the partnership."""
    organisations = [organisation(number, kind) for number, kind in enumerate(KINDS)]
    parties = [each["code"] for each in organisations]
    return {"organisations": organisations, "protocols": [protocol(number, parties, dice) for number in range(10)]}


def make_case(number: int, dice: random.Random) -> dict[str, Any]:
    """Make one case of four fields at some moment of two years; two thirds have been decided."""
    supplier, recipient = dice.sample(range(len(KINDS)), 2)
    moment = datetime(2024, 1, 2, tzinfo=UTC) + timedelta(minutes=dice.randrange(2 * 365 * 24 * 60))
    fields = dice.sample(FIELDS, 4)
    holder = f"org-{supplier:02d}"
    record = {
        "origin": holder,
        "controllers": [holder],
        "holder": holder,
        "partnership": "p",
        "area": "a",
        "category": "noise",
    }
    case: dict[str, Any] = {
        "case": str(number),
        "record": record
        | {"homes": {"ward": 4000, "lsoa": 600, "cell-250": 12, "outward-postcode": 9000, "borough": 90_000}},
        "recipient": f"org-{recipient:02d}",
        "purpose": dice.choice(PURPOSES),
        "provision": "CDA1998-s17",
        "fields": [{"code": code, "form": dice.choice([None, "as-is"])} for code in fields],
        "moment": moment.isoformat(),
        "channel": "view",
        "officer": f"org-{recipient:02d}-officer",
        "assigned": dice.random() < 0.95,
        "statement": {"necessity": True, "proportionality": True},
    }
    if dice.random() < 2 / 3:
        decided_at = (moment - timedelta(days=2)).isoformat()
        allowed = {code: {"allow": "as-is"} for code in fields}
        case["decision"] = {"officer": f"{holder}-liaison", "decided_at": decided_at, "fields": allowed}
    return case


def seconds(work: Callable[[], object], rounds: int = 3) -> float:
    """Return the least of the processor seconds of some rounds."""
    took = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return min(took)


def look_up(table: dict[tuple[str, str, str, str], int], cases: Sequence[Case]) -> int:
    """The floor: one dictionary look-up for each field of each case."""
    found = 0
    for case in cases:
        for code in case.fields:
            found += table.get((case.record.holder, case.recipients[0], case.purpose, code), 0)
    return found


def decide_all(known: World, cases: Sequence[Case]) -> int:
    """Decide every case without reasons; how many fields leave."""
    return sum(leave is not None for case in cases for leave in decide.outcome(known, case).values())


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, default=10_000, help="how many cases of four fields")
    options = parser.parse_args()
    dice = random.Random(20260101)
    mapping = make_world(dice)
    loading = seconds(lambda: world.load(mapping), 1)
    known = world.load(mapping)
    raw = [make_case(number, dice) for number in range(options.cases)]
    reading = seconds(lambda: [case_reading.read(known, each) for each in raw], 1)
    cases = [case_reading.read(known, each) for each in raw]
    fields = sum(len(case.fields) for case in cases)
    table = {(case.record.holder, case.recipients[0], case.purpose, code): 1 for case in cases for code in case.fields}
    floor = seconds(lambda: look_up(table, cases))
    first = seconds(lambda: decide_all(known, cases), 1)
    for _ in range(4):  # a portal that has been up for a while, asked about other cases
        decide_all(known, [case_reading.read(known, make_case(number, dice)) for number in range(options.cases)])
    batches = [[case_reading.read(known, make_case(number, dice)) for number in range(options.cases)] for _ in range(3)]
    deciding = min(seconds(partial(decide_all, known, batch), 1) for batch in batches)
    leaving = decide_all(known, batches[0])
    some = cases[: max(1, len(cases) // 20)]
    fields_of_some = sum(len(case.fields) for case in some)
    explaining = seconds(lambda: [decide.release(known, case) for case in some], 1)
    print(f"9   {len(KINDS)} organisations, 10 protocols, {fields:,} fields of which {leaving:,} leave")
    print(
        f"9   field decisions: {fields / deciding:,.0f} a second (goal {GOAL:,}); in a world just read {fields / first:,.0f}"
    )
    print(f"9   dictionary look-ups of the same fields: {fields / floor:,.0f} a second; ratio {deciding / floor:.0f}")
    print(f"9   with reasons and smallest changes: {fields_of_some / explaining:,.0f} fields a second")
    print(f"9   reading the world: {loading * 1000:.0f} ms; reading cases: {len(raw) / reading:,.0f} a second")


if __name__ == "__main__":
    main()
