"""One clause is changed: `replay` lists exactly the releases that would be refused and the refusals that would pass."""

from __future__ import annotations

import copy
import json
from importlib import resources
from itertools import product
from random import Random
from typing import Any

import pytest

from portal import cli
from protocols import lawbook, replay, terms, world
from protocols.world import decide_lines
from tests.reference.asking import scenario
from tests.reference.decide import decide_lines as reference_lines
from tests.unit.test_protocol_command import CASE, a_world

Json = dict[str, Any]
Changes = set[tuple[str, str, str]]
MODEL = resources.files("protocols").joinpath("data", "model-protocol.toml").read_text(encoding="utf-8")
MIRRORED = {"refused": "allowed", "allowed": "refused", "coarser": "finer", "finer": "coarser"}
SEEDS, EACH = range(9100, 9130), 12


def kind_of(registry: Any, field: str, was: str | None, now: str | None) -> str | None:
    """What a difference in form is called."""
    if was == now:
        return None
    if was is None or now is None:
        return "allowed" if was is None else "refused"
    forms = [form["form"] for form in registry[field]["forms"]]
    return "coarser" if forms.index(now) > forms.index(was) else "finer"


def changes_between(before: list[Json], after: list[Json], registry: Any) -> Changes:
    """What differs between two lists of answers to the same cases: kind, case, field."""
    found = {
        (kind_of(registry, field, told["form"], now["fields"][field]["form"]), was["case"], field)
        for was, now in zip(before, after, strict=True)
        for field, told in was["fields"].items()
    }
    return {each for each in found if each[0] is not None}  # type: ignore[misc]


# --- generated worlds -------------------------------------------------------------------------------------------------


def _drop_field(line: Json) -> None:
    line["fields"] = line["fields"][1:]
    line["form"] = {code: form for code, form in line.get("form", {}).items() if code in line["fields"]}


def _widen(line: Json) -> None:
    line.update(categories=["*"], areas=["*"], form={})
    line["channels"] = ["view", "export", "meeting", "link", "api", "verbal"]


CLAUSES = [
    _drop_field,
    _widen,
    lambda line: line.update({"to": ["kind:police"]}),
    lambda line: line.update(basis=[]),
    lambda line: line.update(channels=["view"]),
    lambda line: line.update(retention_days=0),
]


def one_clause_changed(seed: int, facts: Json) -> Json:
    """The world with one clause of one line said otherwise."""
    random, changed = Random(seed), copy.deepcopy(facts)
    random.choice(CLAUSES)(random.choice(random.choice(changed["protocols"])["lines"]))
    return changed


def test_a_replay_lists_exactly_what_deciding_each_case_in_both_worlds_by_itself_shows():
    kinds: list[str] = []
    for seed in SEEDS:
        facts, cases = scenario(seed, EACH, small=True)
        if not facts["protocols"] or "registry" not in facts:
            continue
        changed = one_clause_changed(seed, facts)
        texts = [json.dumps(case) for case in cases]
        plain = changes_between(
            list(reference_lines(facts, texts, whole=False)),
            list(reference_lines(changed, texts, whole=False)),
            facts["registry"],
        )
        listed = list(replay.changes(world.load(facts), world.load(changed), texts))
        assert {(each.kind, each.case, each.field) for each in listed} == plain, seed
        assert len(listed) == len(plain)
        back = list(replay.changes(world.load(changed), world.load(facts), texts))
        assert {(MIRRORED[each.kind], each.case, each.field) for each in back} == plain, seed
        kinds += [each.kind for each in (*listed, *back)]
    assert {"refused", "allowed"} <= set(kinds)


# --- a text in the place of another -----------------------------------------------------------------------------------

FIELDS = ("subject.name", "subject.dob", "case.history", "tenancy.type", "incident.point")
BODIES = ("model-council", "model-police", "model-homes", "model-housing-trust")


def many_cases() -> list[Json]:
    """A few hundred cases of the model partnership: who, whom, for what, how, which field."""
    found = []
    sides = [pair for pair in product(BODIES, BODIES) if pair[0] != pair[1]]
    purposes = ("asb-case", "tenure-check", "possession-injunction")
    for number, ((supplier, recipient), purpose, channel, code) in enumerate(
        product(sides, purposes, ("view", "export"), FIELDS)
    ):
        case = copy.deepcopy(CASE) | {"case": f"c{number:03}", "recipient": recipient, "purpose": purpose}
        case |= {"channel": channel, "officer": f"{recipient}-officer", "fields": [{"code": code}]}
        case["record"] |= {"origin": supplier, "controllers": [supplier], "holder": supplier}
        case["record"]["homes"] = {"cell-250": 40, "lsoa": 700, "ward": 4000}
        case["decision"] |= {"officer": f"{supplier}-liaison", "fields": {code: {"allow": "as-is"}}}
        found.append(case)
    return found


ONE_CLAUSE = [
    ('fields = ["tenancy.landlord", "tenancy.type"]', 'fields = ["tenancy.landlord"]'),
    ('to = ["kind:police", "kind:council"]', 'to = ["kind:council"]'),
    ('channels = ["view", "verbal"]', 'channels = ["view", "export", "verbal"]'),
    ('form = { "subject.dob" = "age-band" }\n', ""),
    ("review_by = 2027-04-01", "review_by = 2026-04-20"),
]


@pytest.fixture
def files(tmp_path):
    """The model protocol, its partnership's world, and the cases; the newer text is written by the test."""
    paths = {name: tmp_path / name for name in ("old.toml", "new.toml", "world.json", "cases.jsonl")}
    paths["old.toml"].write_text(MODEL, encoding="utf-8")
    paths["world.json"].write_text(json.dumps(a_world()), encoding="utf-8")
    paths["cases.jsonl"].write_text("\n".join(map(json.dumps, many_cases())), encoding="utf-8")
    return paths


def diff(files, *more: str) -> int:
    texts = [str(files[name]) for name in ("old.toml", "new.toml")]
    asked = ["--cases", str(files["cases.jsonl"]), "--world", str(files["world.json"])]
    return cli.main(["protocol", "diff", *texts, *asked, *more])


@pytest.mark.parametrize(("old", "new"), ONE_CLAUSE)
def test_changing_one_clause_of_the_file_lists_what_a_plain_replay_shows(files, capsys, old: str, new: str):
    assert old in MODEL
    files["new.toml"].write_text(MODEL.replace(old, new), encoding="utf-8")
    assert diff(files, "--json") == cli.DONE
    said = json.loads(capsys.readouterr().out)
    before = a_world()
    after = copy.deepcopy(before)
    form = terms.to_world(terms.load(MODEL.replace(old, new)))
    after["protocols"] = [form | {"signatures": before["protocols"][0]["signatures"]}]
    texts = [json.dumps(case) for case in many_cases()]
    was, now = ([json.loads(line) for line in decide_lines(each, texts)] for each in (before, after))
    plain = changes_between(was, now, lawbook.rows("fields"))
    assert {(each["kind"], each["case"], each["field"]) for each in said["changes"]} == plain
    assert plain
    assert said["cases"] == len(texts)


def test_a_later_version_is_replayed_in_the_place_of_the_one_that_was_signed(files, capsys):
    newer = MODEL.replace(*ONE_CLAUSE[0]).replace("version = 1\n", "version = 2\n")
    newer = newer.replace("starts_on = 2026-04-01", "starts_on = 2027-04-01").replace(
        "2027-04-01\nends", "2028-03-01\nends"
    )
    files["new.toml"].write_text(newer, encoding="utf-8")
    assert diff(files) == cli.DONE
    printed = capsys.readouterr().out
    assert "Changed head:  protocol.starts_on" in printed
    refused = [line for line in printed.splitlines() if line.startswith("Would be refused:")]
    assert refused
    assert all(
        "tenancy.type: was released as it is (line 5.1 of MODEL-ISP); would be withheld (" in each for each in refused
    )
    assert f"Replayed {len(many_cases())} cases: {len(refused)} fields would be refused, 0 released" in printed


def test_the_same_text_changes_no_case(files, capsys):
    files["new.toml"].write_text(MODEL, encoding="utf-8")
    assert diff(files) == cli.DONE
    assert "0 fields would be refused, 0 released, 0 coarser, 0 finer." in capsys.readouterr().out


def test_a_draft_is_said_to_be_one_and_refuses_what_rested_on_its_lines(files, capsys):
    files["new.toml"].write_text(MODEL.replace("review_by = 2027-04-01", "review_by = 2028-04-01"), encoding="utf-8")
    assert diff(files) == cli.DONE
    printed = capsys.readouterr()
    assert "is a draft" in printed.err
    assert "(complete: " in printed.out


@pytest.mark.parametrize(
    "asked",
    [
        ["new.toml"],
        ["old.toml", "new.toml", "--cases", "-"],
        ["old.toml", "new.toml", "--partnership", "p"],
        ["a", "b", "c"],
    ],
)
def test_half_a_question_is_wrong_usage(files, asked: list[str]):
    files["new.toml"].write_text(MODEL, encoding="utf-8")
    given = [str(files.get(each, each)) for each in asked]
    assert cli.main(["protocol", "diff", *given]) == cli.USAGE


def test_a_world_without_the_protocol_is_said_so(files, capsys):
    other = MODEL.replace('ref = "MODEL-ISP"', 'ref = "OTHER"')
    for name in ("old.toml", "new.toml"):
        files[name].write_text(other, encoding="utf-8")
    assert diff(files) == cli.USAGE
    assert "there is no version of OTHER of model-csp" in capsys.readouterr().err


def test_two_protocols_are_not_replayed_as_versions_of_one(files, capsys):
    files["new.toml"].write_text(MODEL.replace('ref = "MODEL-ISP"', 'ref = "OTHER"'), encoding="utf-8")
    assert diff(files) == cli.USAGE
    assert "these are two protocols" in capsys.readouterr().err


def test_a_case_that_cannot_be_read_is_named_by_its_line(files, capsys):
    files["new.toml"].write_text(MODEL, encoding="utf-8")
    files["cases.jsonl"].write_text(json.dumps(CASE) + "\n{\n", encoding="utf-8")
    assert diff(files) == cli.USAGE
    assert "line 2" in capsys.readouterr().err
