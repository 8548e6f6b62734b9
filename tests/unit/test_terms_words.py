"""Answers and differences in words: every rule and every repair has a sentence."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources

import pytest

from protocols import wording
from protocols.compare import differences, grants
from protocols.repairs import Repair
from protocols.terms import load
from protocols.vocabulary import CHANNELS, Rule

MODEL = load(resources.files("protocols").joinpath("data", "model-protocol.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_says_why_it_refuses(rule):
    assert wording.reason(rule)
    assert not wording.reason(rule).endswith(".")


@pytest.mark.parametrize("repair", list(Repair))
def test_every_repair_is_a_sentence_with_or_without_its_details(repair):
    bare = {"repair": str(repair), "org": None, "protocol": None, "version": None}
    full = {
        "repair": str(repair),
        "org": "a",
        "protocol": "P",
        "version": 3,
        "field": "subject.dob",
        "form": "age-band",
    }
    for act in (bare, full | {"channel": "view"}):
        said = wording.repair(act, {"a": "Ascham Homes"})
        assert "{" not in said
        assert "None" not in said


def test_a_repair_names_the_organisation_and_the_field():
    act = {"repair": "sign", "org": "a", "protocol": "P", "version": 3}
    assert wording.repair(act, {"a": "Ascham Homes"}) == "Ascham Homes signs P version 3"
    act = {
        "repair": "coarser-form",
        "org": "a",
        "protocol": None,
        "version": None,
        "field": "subject.dob",
        "form": "age-band",
    }
    assert wording.repair(act) == "ask for the date of birth of the person only as age band of ten years"


def test_every_channel_has_words():
    assert set(wording.CHANNELS) == set(CHANNELS)


def test_what_nobody_can_mend_is_said_with_the_other_powers():
    said = {
        "result": "withheld",
        "rule": "gateway",
        "weight": None,
        "change": [],
        "other_gateways": ["CONSENT", "ORDER"],
    }
    assert list(wording.answer({"fields": {"subject.name": said}})) == [
        "subject.name: withheld (gateway): the law gives no power to disclose this to the recipient.",
        "    nothing that anybody here can do changes that",
        "    other powers to look at: CONSENT, ORDER",
    ]


def test_renumbering_lines_changes_no_grant():
    renumbered = replace(MODEL, lines=tuple(replace(line, id=f"9{line.id}") for line in reversed(MODEL.lines)))
    assert grants(renumbered) == grants(MODEL)
    assert {each.kind for each in differences(MODEL, renumbered)} == {"terms"}


def test_a_coarser_form_a_lost_purpose_and_a_new_section_are_told():
    line = replace(MODEL.lines[0], form={"subject.dob": "age-band", "subject.name": "initials"})
    changed = replace(
        MODEL,
        lines=(line, *MODEL.lines[1:]),
        purposes=(*MODEL.purposes[1:], replace(MODEL.purposes[0], code="new-purpose")),
        text={**{code: text for code, text in MODEL.text.items() if code != "emergency"}},
        ends_on=None,
        parties=(),
    )
    told = {(each.kind, each.where, each.says) for each in differences(MODEL, changed)}
    assert ("text", "text.emergency", "“Emergencies and welfare” is gone") in told
    assert ("head", "protocol.ends_on", "ends on: was 2029-04-01, is nothing") in told
    assert ("head", "purpose asb-case", "asb-case is no purpose any more") in told
    assert any(kind == "head" and where == "purpose new-purpose" for kind, where, _ in told)
    coarser = [says for kind, _, says in told if kind == "coarser"]
    bodies = "from kind:almo, kind:housing-association to kind:council, kind:police"
    assert coarser == [f"{bodies}: subject.name as initials (seen in the portal or exported or said at a meeting)"]
    back = {(each.kind, each.where, each.says) for each in differences(changed, MODEL)}
    assert ("text", "text.emergency", "“Emergencies and welfare” is new") in back
    assert any(kind == "finer" for kind, _, _ in back)
