"""The gate: a protocol that lacks anything stays a draft, and what it lacks is named with the place to put it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import resources

import pytest

from protocols.completeness import FIVE_QUESTIONS, five_questions, missing
from protocols.sections import SECTIONS
from protocols.terms import load

TEXT = resources.files("protocols").joinpath("data", "model-protocol.toml").read_text(encoding="utf-8")
MODEL = load(TEXT)
BILATERAL = replace(
    MODEL,
    kind="bilateral",
    parent="MODEL-ISP",
    ref="POLICE-HOMES",
    parties=("model-police", "model-homes"),
    text={code: MODEL.text[code] for code in ("roles", "liaison", "withdrawal", "dpia", "joint_controllers")},
)


def gaps(protocol):
    return [(gap.name, gap.where) for gap in missing(protocol)]


def with_line(**changes):
    return replace(MODEL, lines=(replace(MODEL.lines[0], **changes), *MODEL.lines[1:]))


def test_the_model_protocol_passes():
    assert missing(MODEL) == ()
    assert all(five_questions(MODEL).values())


def test_signatures_are_not_part_of_the_gate():
    assert "signature" not in TEXT.lower()
    assert missing(MODEL) == ()


@pytest.mark.parametrize("part", list(FIVE_QUESTIONS))
def test_a_draft_that_leaves_one_of_the_five_questions_open_stays_a_draft(part):
    empty = with_line(**{part: ()}, **({"form": {}} if part == "fields" else {}))
    assert (f"line 1.1, {FIVE_QUESTIONS[part]}", f"line[0].{part.rstrip('_')}") in gaps(empty)
    assert five_questions(empty)[FIVE_QUESTIONS[part]] is False


def test_a_protocol_without_lines_answers_none_of_the_five():
    assert not any(five_questions(replace(MODEL, lines=())).values())
    assert ("lines", "line") in gaps(replace(MODEL, lines=()))


@pytest.mark.parametrize("code", [code for code, section in SECTIONS.items() if not section.optional])
def test_a_missing_section_is_named(code):
    text = {key: value for key, value in MODEL.text.items() if key != code}
    assert gaps(replace(MODEL, text=text)) == [(SECTIONS[code].title, f"text.{code}")]


@pytest.mark.parametrize("code", [code for code, section in SECTIONS.items() if section.optional])
def test_an_optional_section_may_be_left_out(code):
    assert missing(replace(MODEL, text={key: value for key, value in MODEL.text.items() if key != code})) == ()


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"safeguards": ("four-eyes", "good-will")}, ("line 1.1, safeguard", "line[0].safeguards")),
        ({"channels": ()}, ("line 1.1, channels", "line[0].channels")),
        ({"areas": ()}, ("line 1.1, areas", "line[0].areas")),
        ({"from_": ("somebody",)}, ("line 1.1, parties", "line[0].from")),
        ({"to": ("kind:police", "somebody")}, ("line 1.1, parties", "line[0].to")),
        ({"fields": ("note.raw",), "form": {}, "conditions": ("sch1-18",)}, ("line 1.1, free text", "line[0].fields")),
        ({"basis": ()}, ("line 1.1, lawful basis", "line[0].basis")),
        ({"basis": ("DPA1998-sch2-6",)}, ("line 1.1, lawful basis", "line[0].basis")),
        ({"gateway": "CDA17A"}, ("line 1.1, gateway", "line[0].gateway")),
        ({"fields": ("offence.arrests",), "form": {}}, ("line 1.1, condition", "line[0].conditions")),
        (
            {"fields": ("offence.arrests",), "form": {}, "conditions": ("legal-claims",)},  # special data only
            ("line 1.1, condition", "line[0].conditions"),
        ),
    ],
)
def test_what_is_wrong_with_a_line_is_named(changes, gap):
    assert gaps(with_line(**changes)) == [gap]


def test_a_gateway_has_to_be_in_force_when_the_line_starts():
    early = replace(MODEL, starts_on=date(1998, 1, 1), review_by=date(1999, 1, 1), adopted_on=None, ends_on=None)
    assert ("line 1.1, gateway", "line[0].gateway") in gaps(early)


@pytest.mark.parametrize(
    ("start", "review", "complete"),
    [
        ("2026-04-01", "2027-04-01", True),
        ("2026-04-01", "2027-04-02", False),
        ("2026-04-01", "2026-04-01", False),
        ("2026-04-01", "2026-04-02", True),
        ("2028-02-29", "2029-03-01", True),
        ("2028-02-29", "2029-03-02", False),
    ],
)
def test_the_review_comes_within_twelve_months(start, review, complete):
    dated = replace(MODEL, starts_on=date.fromisoformat(start), review_by=date.fromisoformat(review), ends_on=None)
    assert (missing(dated) == ()) is complete


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"ends_on": date(2026, 4, 1)}, "end"),
        ({"adopted_on": date(2026, 4, 2)}, "adoption"),
        ({"parent": "OTHER"}, "parent"),
        ({"kind": "purpose"}, "parent"),
    ],
)
def test_the_head_is_checked(changes, name):
    assert [gap[0] for gap in gaps(replace(MODEL, **changes))] == [name]


def test_one_party_is_not_enough():
    assert ("parties", "protocol.parties") in gaps(replace(MODEL, parties=("model-police",)))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"text": ""}, "purpose[0].text"),
        ({"strategy_area": ""}, "purpose[0].strategy_area"),
        ({"provision": ""}, "purpose[0].provision"),
        ({"provision": "CDA1998-s1"}, "purpose[0].provision"),  # repealed in 2015
        ({"provision": "CDA1998-s66A"}, "purpose[0].provision"),  # needs legal advice
    ],
)
def test_a_purpose_says_what_it_serves(changes, where):
    changed = replace(MODEL, purposes=(replace(MODEL.purposes[0], **changes), *MODEL.purposes[1:]))
    assert gaps(changed) == [("purpose “asb-case”", where)]


def test_a_purpose_that_no_line_serves_is_named():
    unused = replace(MODEL, lines=tuple(line for line in MODEL.lines if "joint-visit" not in line.purposes))
    assert gaps(unused) == [("purpose “joint-visit”", "line")]
    assert ("purposes", "purpose") in gaps(replace(MODEL, purposes=()))


def test_who_is_controller_has_to_be_said_for_each_line():
    some = ", ".join(line.id for line in MODEL.lines if line.id != "3.2")
    changed = replace(MODEL, text={**MODEL.text, "joint_controllers": f"For lines {some} the supplier is controller."})
    assert [gap[0] for gap in gaps(changed)] == ["line 3.2, controllers"]


def test_a_bilateral_protocol_stands_under_a_parent_and_has_two_parties():
    assert missing(BILATERAL) == ()
    assert [gap[0] for gap in gaps(replace(BILATERAL, parent=None))] == ["parent"]
    assert [gap[0] for gap in gaps(replace(BILATERAL, parties=(*BILATERAL.parties, "model-council")))] == ["parties"]


def test_every_gap_reads_as_a_sentence():
    bare = replace(MODEL, purposes=(), lines=(), text={}, parties=())
    for gap in missing(bare):
        assert str(gap) == f"{gap.name}: {gap.mend} ({gap.where})"
        assert gap.mend
