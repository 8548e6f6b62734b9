"""This module knows that wrong input is an error with its place, and that the documented shapes are the real ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from protocols import case_reading, world
from protocols.reading import WrongInputError
from tests.unit.decide_world import bent

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schema"
EXAMPLE = SCHEMAS / "example"


def schema(name):
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")))


def lines(name):
    return (EXAMPLE / name).read_text(encoding="utf-8").splitlines()


def example_world():
    return json.loads((EXAMPLE / "world.json").read_text(encoding="utf-8"))


def wrong_world(bend):
    facts, _ = bent(lambda w, c: bend(w))
    with pytest.raises(WrongInputError) as caught:
        world.load(facts)
    return caught.value.path


def wrong_case(bend):
    facts, case = bent(lambda w, c: bend(c))
    with pytest.raises(WrongInputError) as caught:
        case_reading.read(world.load(facts), case)
    return caught.value.path


WORLDS = [
    (lambda w: w.update(worlds=1), "$.worlds"),
    (lambda w: w["organisations"][0].pop("body_type"), "$.organisations[0].body_type"),
    (lambda w: w["organisations"][0].update(body_type="guild"), "$.organisations[0].body_type"),
    (lambda w: w["organisations"].append(w["organisations"][0]), "$.organisations[5].code"),
    (lambda w: w["organisations"][1]["officers"][0].update(code="landlord-officer"), "$.organisations[1].officers"),
    (lambda w: w["organisations"][0]["officers"][0].update(roles=["king"]), "$.organisations[0].officers[0].roles"),
    (lambda w: w["organisations"][0]["memberships"][0].update(to="soon"), "$.organisations[0].memberships[0].to"),
    (lambda w: w["protocols"][0].update(starts_on="2024-01-01T10:00:00"), "$.protocols[0].starts_on"),
    (lambda w: w["protocols"][0].update(version="3"), "$.protocols[0].version"),
    (lambda w: w["protocols"][0].update(kind="bilateral"), "$.protocols[0].parent"),
    (lambda w: w["protocols"][0].update(kind="bilateral", parent="ISP"), "$.protocols[0].parent"),
    (lambda w: w["protocols"][0]["lines"][0].update(fields=["note.raw"]), "$.protocols[0].lines[0].fields"),
    (lambda w: w["protocols"][0]["lines"][0].update(fields=["shoe.size"]), "$.protocols[0].lines[0].fields"),
    (lambda w: w["protocols"][0]["lines"][0].update(gateway="KEYHOLE"), "$.protocols[0].lines[0].gateway"),
    (lambda w: w["protocols"][0]["lines"][0].update(purposes=["fun"]), "$.protocols[0].lines[0].purposes"),
    (lambda w: w["protocols"][0]["lines"][0].update(to=["kind:guild"]), "$.protocols[0].lines[0].to"),
    (lambda w: w["protocols"].append(w["protocols"][0]), "$.protocols[1].version"),
    (lambda w: w.update(partnerships=[{"code": "heath"}]), "$.partnerships"),
    (lambda w: w.update(gateways=["KEYHOLE"]), "$.gateways"),
    (lambda w: w.update(registry={"a": {"forms": []}}), "$.registry['a'].forms"),
    (lambda w: w.update(law={"bases": {"x": {"evidence": "Z"}}}), "$.law.bases['x'].evidence"),
]


@pytest.mark.parametrize(("bend", "path"), WORLDS, ids=[path for _, path in WORLDS])
def test_a_wrong_world_is_an_error_that_names_the_place(bend, path):
    assert wrong_world(bend) == path


CASES = [
    (lambda c: c.update(colour="red"), "$.colour"),
    (lambda c: c.pop("record"), "$.record"),
    (lambda c: c["record"].update(holder="nobody"), "$.record.holder"),
    (lambda c: c["record"].update(flags=["vip"]), "$.record.flags[0]"),
    (lambda c: c["record"].update(data_set="D99"), "$.record.data_set"),
    (lambda c: c.update(recipient="nobody"), "$.recipient"),
    (lambda c: c.update(meeting={"kind": "CASE", "attending": ["met"]}), "$.recipient"),
    (lambda c: c.update(fields=[]), "$.fields"),
    (lambda c: c.update(fields=[{"code": "subject.name"}, {"code": "subject.name"}]), "$.fields"),
    (lambda c: c.update(fields=[{"code": "shoe.size"}]), "$.fields[0].code"),
    (lambda c: c.update(fields=[{"code": "subject.name", "form": "rhymed"}]), "$.fields[0].form"),
    (lambda c: c.update(moment="2024-06-12T12:00:00"), "$.moment"),
    (lambda c: c.update(channel="pigeon"), "$.channel"),
    (lambda c: c.update(assigned="yes"), "$.assigned"),
    (lambda c: c["decision"]["fields"].update({"subject.name": {}}), "$.decision.fields['subject.name'].allow"),
]


@pytest.mark.parametrize(("bend", "path"), CASES, ids=[f"{n} {path}" for n, (_, path) in enumerate(CASES)])
def test_a_wrong_case_is_an_error_that_names_the_place(bend, path):
    assert wrong_case(bend) == path


def test_a_meeting_of_the_holder_alone_is_an_error():
    def alone(case):
        del case["recipient"]
        case.update(meeting={"kind": "CASE", "attending": ["landlord"]}, channel="meeting")

    assert wrong_case(alone) == "$.meeting.attending"


def test_a_line_that_is_not_json_is_named_by_its_number():
    with pytest.raises(WrongInputError) as caught:
        list(world.decide_lines(example_world(), ["", "{"]))
    assert caught.value.path == "line 2: $"


def test_the_schemas_are_schemas():
    for name in ("world", "cases", "answers"):
        Draft202012Validator.check_schema(schema(name).schema)


def test_the_example_fits_the_schemas_and_gives_the_answers_that_stand_beside_it():
    schema("world").validate(example_world())
    cases = lines("cases.jsonl")
    for case in cases:
        schema("cases").validate(json.loads(case))
    answers = list(world.decide_lines(example_world(), cases))
    assert answers == lines("answers.jsonl")
    for answer in answers:
        schema("answers").validate(json.loads(answer))


def test_the_tests_own_world_fits_the_schemas():
    facts, case = bent()
    schema("world").validate(facts)
    schema("cases").validate(case)


def test_a_world_may_bring_the_shipped_law_and_registry_itself():
    from protocols.law_reading import shipped_tables

    facts, case = bent()
    tables = json.loads(json.dumps(dict(shipped_tables()), default=str))
    own = facts | {"registry": tables.pop("fields"), "law": tables}
    schema("world").validate(own)
    texts = [list(world.decide_lines(each, [json.dumps(case)])) for each in (facts, own)]
    assert texts[0] == texts[1]
