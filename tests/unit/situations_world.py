"""This module knows the situations of docs/situations.md: their worlds and cases, and what the page states of each."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from protocols import case_reading, citations, decide, moments, world

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "situations"
PAGE = ROOT / "docs" / "situations.md"

DATES = {"1999": "1999-06-15", "2005": "2005-06-15", "2008": "2008-06-16", "2019": "2019-06-14", "2026": "2026-06-15"}
HOMES = {"cell-250": 40, "lsoa": 700, "ward": 4200, "outward-postcode": 9000, "borough": 90000}


@cache
def _read(name: str) -> Json:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def world_of(name: str) -> Json:
    """A world as JSON, fresh for each who asks."""
    return copy.deepcopy(_read(name))


def as_at(facts: Json, day: str) -> Json:
    """The world as it was: without the texts that nobody had adopted by the day, which nobody could have known."""
    return facts | {"protocols": [each for each in facts["protocols"] if each["adopted_on"] <= day[:10]]}


# --- cases ------------------------------------------------------------------------------------------------------------


def asked_on(day: str, supplier: str, recipient: str, fields: list[str], officer: str, decider: str) -> Json:
    """One and the same request, put on a day: all is done as it should be, and everything asked for is allowed."""
    return {
        "case": f"{recipient} asks {supplier} on {day}",
        "record": {
            "origin": supplier,
            "controllers": [supplier],
            "holder": supplier,
            "partnership": "hartwell",
            "area": "east",
            "category": "NOIS",
            "homes": HOMES,
            "data_set": "D8" if supplier == "hartwell-council" else None,
        },
        "recipient": recipient,
        "purpose": "asb-case",
        "fields": [{"code": field} for field in fields],
        "moment": day,
        "channel": "view",
        "officer": officer,
        "assigned": True,
        "statement": {"necessity": True, "proportionality": True},
        "decision": {"officer": decider, "decided_at": day, "fields": {field: {"allow": "as-is"} for field in fields}},
    }


def situations() -> Iterator[tuple[str, Json]]:
    """Each case of each situation, with what is usual filled in: number and part ("8b") → case."""
    usual = _read("cases.toml")["usual"]
    for row in _read("cases.toml")["case"]:
        case = copy.deepcopy(usual) | {key: value for key, value in row.items() if key not in {"record", "allow"}}
        case["record"] = {**usual["record"], **row.get("record", {})}
        case["record"].setdefault("origin", case["record"]["holder"])
        case["record"].setdefault("controllers", [case["record"]["holder"]])
        if "allow" in row:
            allow = row["allow"]
            fields = {code: {"allow": "as-is"} for code in allow["fields"]}
            case["decision"] = {"officer": allow["officer"], "decided_at": allow["at"], "fields": fields}
        yield row["case"], case


# --- answers ----------------------------------------------------------------------------------------------------------


def answered(facts: Json, case: Json) -> Json:
    """The rulebook's answer with its citations, as `accord protocol explain` gives it."""
    known = world.load(facts)
    read = case_reading.read(known, case)
    decision = decide.release(known, read)
    answer: Json = json.loads(json.dumps(decision.as_json()))
    for code, cited in citations.of(known, read, decision).items():
        answer["fields"][code]["citation"] = citations.as_json(cited)
    return answer


def result(told: Mapping[str, Any]) -> str:
    """What becomes of a field, and until when the recipient may keep it, as the page's tables say it."""
    if not told["form"]:
        return "withheld"
    until = told["keep_until"]
    if isinstance(until, int):  # the reference counts microseconds
        until = moments.show(until)
    return f"{told['result']}, {told['form']}" + (f", to {until}" if until else "")


def rests_on(told: Mapping[str, Any]) -> str:
    """The clause and power of what leaves; the failing rules of what does not."""
    if not told["form"]:
        return ", ".join(told["failing"])
    clause = f"line {told['line']} of {told['protocol']} v{told['version']}" if told["line"] else told["cover"]
    return ", ".join(filter(None, [clause, told["gateway"] if told["line"] else None, told["basis"]]))


def change(told: Mapping[str, Any]) -> str:
    """The smallest lawful change: its weight, and who does what."""
    if told["form"]:
        return "—"
    if told["weight"] is None:
        return "nobody here"
    return f"{told['weight']}: " + ", ".join(
        act["repair"] + (f" ({act['org']})" if act["org"] else "") for act in told["change"]
    )


def told_to_asker(told: Mapping[str, Any]) -> str:
    """What the asker is shown."""
    if told["told"] is None:
        return "—"
    acts = [act["repair"] for act in told["told"]["change"]]
    return ", ".join(acts + ["ask the supplier"] * told["told"]["ask_supplier"])


def cited(answer: Mapping[str, Any]) -> list[str]:
    """Every source that the answer's fields cite, each once, in order, as the page lists it."""
    return list(
        dict.fromkeys(
            f"{each['what']} `{each['code']}`: {each['source']} [{each['evidence']}]"
            for told in answer["fields"].values()
            for each in told["citation"]
        )
    )


# --- the page ---------------------------------------------------------------------------------------------------------


def tables(heading: str) -> list[list[str]]:
    """The rows of the tables under a heading of the page (`## 3. …`, found by how it starts), without heads and rules."""
    rows = [line for line in section(heading).splitlines() if line.startswith("|")]
    cells = [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]
    return [row for at, row in enumerate(cells) if not _is_head(cells, at)]


def _is_head(cells: list[list[str]], at: int) -> bool:
    def is_rule(row: list[str]) -> bool:
        return all(set(cell) <= {"-", ":"} and cell for cell in row)

    return is_rule(cells[at]) or (at + 1 < len(cells) and is_rule(cells[at + 1]))


def section(heading: str) -> str:
    """The text under the heading that starts so, to the next heading of its level or above."""
    text = PAGE.read_text(encoding="utf-8")
    level = heading.split(" ", maxsplit=1)[0]
    start = text.index(f"\n{heading}") + 1
    end = re.compile(rf"^#{{2,{len(level)}}} ", re.MULTILINE).search(text, start + len(heading))
    return text[start : end.start() if end else None]
