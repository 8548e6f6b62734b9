"""This module knows what must hold of every answer, whatever the world: the properties of the release rules."""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from protocols.decision import NOTHING_TO_TELL
from protocols.world import decide_lines
from tests.reference.asking import lines, scenario
from tests.reference.asks import Ask
from tests.reference.cases import read_case
from tests.reference.force import considered, counting, signed
from tests.reference.generator import FLAGS, LOCATIONS, Json
from tests.reference.law_rules import has_standing
from tests.reference.lawbook import PERSONAL_CLASSES, shipped
from tests.reference.model import World, read_world

FOUR_HUNDRED_YEARS = timedelta(days=146_097)
WORLDS = 400 if os.environ.get("ACCORD_TEST_NIGHTLY") else 150
SEEDS = range(2_000_000, 2_000_000 + WORLDS)
CASES = 12
HIDDEN_FLAGS = {"covert", "witness", "safe-address", "domestic-abuse"}


def answers(world: Json, cases: list[Json]) -> list[Json]:
    return [json.loads(text) for text in decide_lines(world, lines(cases))]


@cache
def scenarios() -> tuple[tuple[Json, list[Json], list[Json]], ...]:
    """Worlds, cases and answers, made once: nobody here changes them but a copy."""
    made = [scenario(seed, CASES) for seed in SEEDS]
    return tuple((world, asked, answers(world, asked)) for world, asked in made)


def forms_of(world: Json, field: str) -> list[Json]:
    found: list[Json] = world.get("registry", shipped()["fields"])[field]["forms"]
    return found


def rank(world: Json, field: str, form: str | None) -> int:
    """0 is the finest; withheld is coarser than all."""
    names = [row["form"] for row in forms_of(world, field)]
    return len(names) if form is None else names.index(form)


def assert_no_finer(world: Json, after: Json, before: Json, why: object) -> None:
    for field, told in after["fields"].items():
        now, then = (rank(world, field, side["form"]) for side in (told, before["fields"][field]))
        assert now >= then, (before["case"], field, why, before["fields"][field], told)


# --- signatures -------------------------------------------------------------------------------------------------------


def _sign(world: Json, ref: str, number: int, who: str, now: str) -> None:
    version = next(
        v for v in world["protocols"] if (v["partnership"], v["ref"], v["version"]) == ("north", ref, number)
    )
    version["signatures"].append({"organisation": who, "signed_on": now})
    world["protocols"].sort(key=lambda row: row is version)


def _missing(known: World, case: Json) -> Iterator[tuple[str, int, str]]:
    """Signatures that the version that counts lacks; where none counts, those of the two on the version considered."""
    read = read_case(case)
    holder, recipient = read.record.holder, case["recipient"]
    for where, ref in known.protocols:
        if where != "north":
            continue
        counts = counting(known, where, ref, holder, recipient, read.at)
        version = counts or considered(known, where, ref, holder, recipient, read.at)
        for who in version.parties if counts else (holder, recipient):
            if who in version.parties and not signed(known, version, who, read.at):
                yield ref, version.number, who


def test_a_missing_signature_on_the_version_that_counts_never_withholds_what_was_released():
    signatures = 0
    for world, cases, before in scenarios():
        known = read_world(world)
        for case, then in list(zip(cases, before, strict=True))[:6]:
            missing = [] if case.get("meeting") else list(_missing(known, case))
            if not missing:
                continue
            more = copy.deepcopy(world)
            for ref, number, who in missing:
                _sign(more, ref, number, who, case["moment"])
            signatures += len(missing)
            assert_no_finer(world, then, answers(more, [case])[0], missing)
    assert signatures > 100


# --- less never gives more --------------------------------------------------------------------------------------------


def _drop_one(rows: list[Any], dice: random.Random) -> bool:
    if rows:
        rows.pop(dice.randrange(len(rows)))
    return True


def without_a_line(world: Json, _: Json, dice: random.Random) -> None:
    versions = [v for v in world["protocols"] if v["lines"]]
    _drop_one(dice.choice(versions)["lines"] if versions else [], dice)


def without_an_officer(world: Json, case: Json, dice: random.Random) -> None:
    holders = {case["officer"], (case.get("decision") or {}).get("officer")}
    organisation = dice.choice(world["organisations"])
    known = [o["code"] for o in organisation["officers"]]
    code = dice.choice([c for c in known if c in holders] or known)
    organisation["officers"] = [o for o in organisation["officers"] if o["code"] != code]
    for row in world["organisations"]:
        for table in ("liaison_officers", "authorisations"):
            row[table] = [held for held in row[table] if held["officer"] != code]


def without_a_liaison_officer(world: Json, case: Json, dice: random.Random) -> None:
    holder = next(o for o in world["organisations"] if o["code"] == case["record"]["holder"])
    _drop_one(holder["liaison_officers"], dice)


def without_a_training(world: Json, case: Json, dice: random.Random) -> None:
    for row in world["organisations"]:
        for post in row["liaison_officers"]:
            _drop_one(post["trained_on"], dice)


def without_a_statement(_: Json, case: Json, dice: random.Random) -> None:
    statement = case.get("statement") or {}
    for part in dice.sample(sorted(statement), min(1, len(statement))):
        del statement[part]


def without_a_delegation(world: Json, _: Json, dice: random.Random) -> None:
    for row in world["organisations"]:
        _drop_one(row["delegations"], dice)


def without_consent(_: Json, case: Json, dice: random.Random) -> None:
    case.pop("consent", None)


def without_the_latest_review(world: Json, _: Json, dice: random.Random) -> None:
    """Not any review: an earlier one can have made a later one too early to count (section 2, e, taken in order)."""
    for version in world["protocols"]:
        version["reviews"] = sorted(version.get("reviews", []))[:-1]


REMOVALS: tuple[Callable[[Json, Json, random.Random], None], ...] = (
    without_a_line,
    without_an_officer,
    without_a_liaison_officer,
    without_a_training,
    without_a_statement,
    without_a_delegation,
    without_consent,
    without_the_latest_review,
)


@pytest.mark.parametrize("remove", REMOVALS, ids=lambda remove: remove.__name__)
def test_what_is_removed_never_releases_more(remove: Callable[[Json, Json, random.Random], None]):
    dice = random.Random(17)
    changed = 0
    for world, cases, before in scenarios():
        for case, then in dice.sample(list(zip(cases, before, strict=True)), 3):
            less, asked = copy.deepcopy(world), copy.deepcopy(case)
            remove(less, asked, dice)
            if (less, asked) != (world, case):
                changed += 1
                assert_no_finer(world, answers(less, [asked])[0], then, remove.__name__)
    assert changed > 25


# --- how fine ---------------------------------------------------------------------------------------------------------


def _line_of(world: Json, told: Json) -> Json:
    version = next(
        v
        for v in world["protocols"]
        if (v["partnership"], v["ref"], v["version"]) == ("north", told["protocol"], told["version"])
    )
    found: Json = next(line for line in version["lines"] if line["id"] == told["line"])
    return found


def test_nothing_leaves_finer_than_its_line_or_what_was_asked_or_decided():
    by_line = by_decision = 0
    for world, cases, told in scenarios():
        for case, answer in zip(cases, told, strict=True):
            asked = {row["code"]: row.get("form") for row in case["fields"]}
            for field, leaves in answer["fields"].items():
                if leaves["form"] is None:
                    continue
                fine = rank(world, field, leaves["form"])
                assert asked[field] is None or fine >= rank(world, field, asked[field]), answer["case"]
                if leaves["line"] is not None:
                    form = _line_of(world, leaves).get("form", {}).get(field)
                    assert form is None or fine >= rank(world, field, form), answer["case"]
                    by_line += 1
                decided = (case.get("decision") or {"fields": {}})["fields"].get(field, {}).get("allow")
                if leaves["basis"] and decided and not case.get("earlier_releases"):
                    assert fine >= rank(world, field, decided), answer["case"]
                    by_decision += 1
    assert by_line > 50
    assert by_decision > 20


# --- who --------------------------------------------------------------------------------------------------------------


def _may_be_personal(world: Json, case: Json, field: str, form: str) -> bool:
    """By its class, or because it says where and too few homes, or a flagged record, lie behind it."""
    known = next(row for row in forms_of(world, field) if row["form"] == form)
    if known["class"] in PERSONAL_CLASSES:
        return True
    record = case["record"]
    few = record.get("homes", {}).get(form, 0) < 8 and not record.get("public_place")
    return field in LOCATIONS and (few or bool(record["flags"] and not known.get("borough")))


def test_a_recipient_without_standing_or_delegation_gets_nothing_personal_but_in_emergencies():
    checked = left = 0
    for made, cases, _ in scenarios():
        world = copy.deepcopy(made) | {"gateways": []}
        for row in world["organisations"]:
            row["delegations"] = []
        known = read_world(world)
        for case, answer in zip(cases, answers(world, cases), strict=True):
            read = read_case(case)
            asks = [Ask(known, read, who, "", read.channel) for who in read.recipients]
            if all(has_standing(ask, ask.receiver) for ask in asks):
                continue
            checked += 1
            for field, told in answer["fields"].items():
                if told["form"] and told["cover"] not in ("law:EMERGENCY", "own"):
                    left += 1
                    assert not _may_be_personal(world, case, field, told["form"]), (case["case"], field, told)
    assert checked > 50
    assert left > 10


def test_a_refusal_by_the_supplier_is_never_overridden():
    refused = 0
    for world, cases, before in scenarios():
        for case, then in zip(cases, before, strict=True):
            if all(told["result"] == "withheld" or told["cover"] == "own" for told in then["fields"].values()):
                continue
            said = {row["code"]: {"refuse": "discretion"} for row in case["fields"]}
            decision = {"officer": "nobody", "decided_at": case["moment"]} | (case.get("decision") or {})
            after = answers(world, [case | {"decision": decision | {"fields": said}}])[0]
            for field, told in after["fields"].items():
                if then["fields"][field]["cover"] not in (None, "own"):
                    refused += 1
                    assert told["result"] == "withheld", (case["case"], field)
                    assert "decision" in told["failing"]
    assert refused > 100


def test_a_duty_under_section_17a_is_never_refused_for_want_of_a_protocol():
    dutiful = 0
    for world, cases, before in scenarios():
        bare = world | {"protocols": []}
        for case, then in zip(cases, before, strict=True):
            owed = [field for field, told in then["fields"].items() if told["cover"] == "law:CDA17A"]
            if not owed:
                continue
            after = answers(bare, [case])[0]
            for field in owed:
                dutiful += 1
                assert after["fields"][field]["form"] == then["fields"][field]["form"], (case["case"], field)
                assert after["fields"][field]["cover"] == "law:CDA17A"
    assert dutiful > 5


# --- what the asker learns --------------------------------------------------------------------------------------------


def test_no_answer_to_an_asker_differs_between_a_flagged_record_and_no_record():
    said: set[str] = set()
    hidden = 0
    for _, cases, told in scenarios():
        for case, answer in zip(cases, told, strict=True):
            if HIDDEN_FLAGS & set(case["record"]["flags"]):
                for leaves in answer["fields"].values():
                    if leaves["result"] == "withheld":
                        hidden += 1
                        said.add(json.dumps(leaves["told"]))
    assert hidden > 25
    assert len(said) == 1
    assert json.loads(said.pop()) == told_of_no_record()


def told_of_no_record() -> Json:
    """The answer that the product keeps for whoever asks about what is not there."""
    nothing = NOTHING_TO_TELL
    return {"message": nothing.message, "change": list(nothing.change), "ask_supplier": nothing.ask_supplier}


# --- what must not matter ---------------------------------------------------------------------------------------------


def test_facts_of_another_partnership_change_nothing():
    other = 0
    for world, every, _ in scenarios():
        cases = [case for case in every if case["record"]["partnership"] == "north"]
        alone = copy.deepcopy(world)
        alone["protocols"] = [v for v in world["protocols"] if v["partnership"] == "north"]
        for row in alone["organisations"]:
            row["memberships"] = [m for m in row["memberships"] if m["partnership"] == "north"]
        assert list(decide_lines(alone, lines(cases))) == list(decide_lines(world, lines(cases)))
        other += _assert_strangers_change_nothing(world, cases)
    assert other > 20


def _assert_strangers_change_nothing(world: Json, cases: list[Json]) -> int:
    """The same protocols once more in another partnership, there complete, signed by all and between everybody."""
    here = [o["code"] for o in world["organisations"]]
    moved = []
    for version in copy.deepcopy(world["protocols"]):
        if version["partnership"] == "north":
            rows = [{"organisation": who, "signed_on": version["starts_on"]} for who in here]
            version |= {"partnership": "elsewhere", "parties": here, "signatures": rows, "complete": True}
            version["lines"] = [line | {"from": here, "to": here, "flags": list(FLAGS)} for line in version["lines"]]
            moved.append(version)
    more = world | {"protocols": [*moved, *world["protocols"]]}
    for row in (more := copy.deepcopy(more))["organisations"]:
        row["memberships"].append({"partnership": "elsewhere"})
    assert list(decide_lines(more, lines(cases))) == list(decide_lines(world, lines(cases)))
    return len(moved)


def _shift(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shift(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shift(inner) for inner in value]
    if isinstance(value, str) and len(value) >= 10 and value[:4].isdigit() and value[4] == "-" and value[7] == "-":
        return (date.fromisoformat(value[:10]) + FOUR_HUNDRED_YEARS).isoformat() + value[10:]
    return value


def test_four_hundred_years_change_nothing_but_dates():
    for world, cases, before in scenarios():
        whole = world | {"law": {k: shipped()[k] for k in LAW_TABLES} | world.get("law", {})}
        assert answers(whole, cases) == before
        later = answers(_shift(whole), _shift(cases))
        assert [_shift(answer) for answer in before] == later


LAW_TABLES = ("body_types", "gateways", "bases", "conditions", "provisions", "prescribed", "location_meetings")


def _codes(world: Json) -> list[str]:
    found = {o["code"] for o in world["organisations"]}
    found |= {officer["code"] for o in world["organisations"] for officer in o["officers"]}
    for version in world["protocols"]:
        found |= {version["ref"], *(line["id"] for line in version["lines"]), *(p["code"] for p in version["purposes"])}
    return sorted(found)


def _rename(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): _rename(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rename(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


def test_an_order_preserving_renaming_changes_nothing_but_names():
    for world, cases, before in scenarios():
        names = {code: f"n{place:03}-{code}" for place, code in enumerate(_codes(world))}
        after = answers(_rename(world, names), _rename(cases, names))
        assert after == [_rename(answer, names) for answer in before]


def test_deciding_twice_gives_the_same_bytes_in_any_order():
    for world, cases, _ in scenarios():
        asked = lines(cases)
        once = list(decide_lines(world, asked))
        assert once == list(decide_lines(json.loads(json.dumps(world)), asked))
        assert once == list(reversed(list(decide_lines(world, list(reversed(asked))))))
