"""The pure parts of a protocol's life: written as TOML and read again, compared in words, reviewed in time, asked of the gate."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import drafting, moments, notices, recipient_gate, terms, terms_writing
from protocols.changes import changes
from protocols.completeness import missing
from protocols.protocol_reading import _reviewed
from protocols.sections import SECTIONS
from protocols.vocabulary import CHANNELS, FLAGS
from protocols.world import load

MODEL = drafting.model()
LINE = MODEL.lines[0]
SAYS = st.text(min_size=1, max_size=80).map(str.strip).filter(lambda text: text and "\x00" not in text)
NAMES = {"model-police": "the police", "model-council": "the council", "model-homes": "Model Homes"}


# --- TOML ------------------------------------------------------------------------------------------


def test_the_model_written_down_and_read_again_has_the_same_digest():
    assert terms.load(terms_writing.write(MODEL)).digest == MODEL.digest


@settings(max_examples=60, deadline=None)
@given(
    st.lists(SAYS, min_size=5, max_size=5),
    st.sampled_from(tuple(SECTIONS)),
    st.text(alphabet='"\\\n\r\t ab“', max_size=60),
)
def test_whatever_is_typed_comes_back_as_it_was(texts, section, prose):
    prose = f"x{prose}x"
    written = replace(
        MODEL,
        title=texts[0],
        aliases=tuple(dict.fromkeys(texts)),
        purposes=(replace(MODEL.purposes[0], text=texts[1]), *MODEL.purposes[1:]),
        text=drafting.with_text(MODEL, section, prose).text,
    )
    assert terms.load(terms_writing.write(written)) == written


def test_a_line_with_every_key_and_a_line_with_none_come_back():
    whole = replace(
        LINE, conditions=("sch1-18",), categories=("NOIS",), flags=FLAGS, areas=("E1",), starts_on=date(2026, 5, 1),
        ends_on=date(2026, 6, 1), form=MappingProxyType({"subject.name": "as-is"}), channels=CHANNELS,
    )  # fmt: skip
    bare = replace(LINE, id="9", basis=(), safeguards=(), channels=(), categories=(), areas=(), from_=(), to=())
    both = replace(MODEL, lines=(whole, bare))
    assert terms.load(terms_writing.write(both)) == both


# --- changes in words ------------------------------------------------------------------------------


def said(old, new) -> list[str]:
    return [f"{each.where}: {each.says}" for each in changes(old, new, NAMES)]


def with_line(**changed):
    return drafting.with_line(MODEL, 0, replace(LINE, **changed))


TO_POLICE = replace(LINE, to=("model-police",), fields=("subject.name",), form=MappingProxyType({}))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            {"fields": ("subject.name", "subject.dob"), "form": MappingProxyType({"subject.dob": "age-band"})},
            "Line 1.1: It now also lets the police receive date of birth of the person, as age band of ten years.",
        ),
        ({"fields": ("subject.address",)}, "Line 1.1: It no longer lets the police receive name of the person."),
        ({"to": ("model-police", "model-council")}, "Line 1.1: It now also lets the council receive what it covers."),
        (
            {"retention_days": 30},
            "Line 1.1: What is received may be kept for 30 days instead of 365, which is shorter.",
        ),
        ({"onward": "never"}, "Line 1.1: What is received may no longer be passed on."),
        ({"flags": ("child",)}, "Line 1.1: It now covers records flagged child."),
    ],
)
def test_a_changed_line_is_said_in_words(changed, says):
    old = drafting.with_line(MODEL, 0, TO_POLICE)
    assert says in said(old, drafting.with_line(MODEL, 0, replace(TO_POLICE, **changed)))


def test_a_finer_form_is_called_more_and_a_coarser_one_less():
    old, new = MODEL, with_line(form=MappingProxyType({}))
    assert any("date of birth of the person as it is" in each and "That is more" in each for each in said(old, new))
    assert any("as age band of ten years" in each and "That is less" in each for each in said(new, old))


def test_new_and_gone_lines_purposes_parties_and_sentences_are_said():
    new = replace(
        MODEL, parties=(*MODEL.parties[1:], "model-police-2"), lines=(*MODEL.lines[1:], replace(LINE, id="9.9"))
    )
    new = drafting.with_text(new, "indemnity", "None. Each party answers for its own acts and losses.")
    text = said(MODEL, new)
    assert "Parties: the council is no party any more." in text
    assert "Parties: model-police-2 is a new party." in text
    assert any(each.startswith("Line 1.1: It is gone") for each in text)
    assert any(each.startswith("Line 9.9: It is new: it lets") for each in text)
    assert any("instead of “Each party answers for its own acts.”" in each for each in text)


def mutations():
    """Every part of what is signed, changed alone."""
    day, other = date(2031, 1, 1), {"kind": "purpose", "marking": "OFFICIAL", "parent": "P"}
    for item in fields(MODEL):
        if item.name in {"purposes", "lines", "text"}:
            continue
        value = getattr(MODEL, item.name)
        new = other.get(item.name) or (
            value + 1 if isinstance(value, int) else (*value, "x") if isinstance(value, tuple)
            else day if isinstance(value, date) else f"{value}x"
        )  # fmt: skip
        yield item.name, replace(MODEL, **{item.name: new})
    purpose = MODEL.purposes[0]
    for name, new in {
        "text": "y",
        "provision": "CDA1998-s5",
        "strategy_area": "reoffending",
        "law_enforcement": True,
    }.items():
        yield f"purpose {name}", replace(MODEL, purposes=(replace(purpose, **{name: new}), *MODEL.purposes[1:]))
    yield "purposes", replace(MODEL, purposes=MODEL.purposes[::-1])
    yield "lines", replace(MODEL, lines=MODEL.lines[::-1])
    for item in fields(LINE):
        yield f"line {item.name}", with_line(**{item.name: _otherwise(item.name, getattr(LINE, item.name))})
    for code in MODEL.text:
        yield f"text {code}", drafting.with_text(MODEL, code, MODEL.text[code] + "\n\nMore.")
        yield f"no text {code}", drafting.with_text(MODEL, code, "")


def _otherwise(name, value):
    """Another value for a part of a line."""
    named = {"form": {"subject.name": "as-is", **LINE.form}, "gateway": "CONSENT", "onward": "never"}
    if name in named:
        return named[name]
    if isinstance(value, tuple):
        return value[::-1] if len(value) > 1 else ("child",)
    if isinstance(value, int):
        return value + 1
    return date(2031, 1, 1) if value is None else f"{value}x"


@pytest.mark.parametrize(
    ("part", "changed"), list(mutations()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_part_of_what_is_signed_changes_without_a_word(part, changed):
    assert changed.digest != MODEL.digest
    assert changes(MODEL, changed)
    assert changes(changed, MODEL)


def test_equal_texts_have_no_changes():
    assert changes(MODEL, terms.load(terms_writing.write(MODEL))) == ()


# --- beginning -------------------------------------------------------------------------------------


def test_a_draft_from_the_model_states_no_fact_that_only_the_partnership_knows():
    draft = drafting.from_model(drafting.Beginning("here", "X", "X", date(2026, 12, 1)))
    assert [gap.where for gap in missing(draft)] == ["protocol.parties", "text.dpia"]
    assert (draft.parties, draft.adopted_on, draft.aliases) == ((), None, ())


def test_a_draft_under_a_parent_takes_its_purposes_and_leaves_its_lines():
    draft = drafting.from_model(drafting.Beginning("here", "X", "X", date(2026, 12, 1), "bilateral", MODEL))
    assert (draft.parent, draft.purposes, draft.lines) == (MODEL.ref, MODEL.purposes, ())
    assert set(draft.text) == {code for code, section in SECTIONS.items() if section.always} - {"dpia"}


def test_a_next_version_is_adopted_by_nobody_yet_and_due_for_review_within_a_year():
    following = drafting.next_version(MODEL, date(2028, 2, 29))
    assert (following.version, following.adopted_on, following.review_by) == (2, None, date(2029, 2, 28))
    assert not [gap for gap in missing(following) if gap.name == "review date"]


# --- notices ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "stage", "overdue"),
    [("2026-01-01", None, False), ("2026-01-31", 60, False), ("2026-03-02", 30, False), ("2026-03-25", 7, False),
     ("2026-03-31", 7, False), ("2026-04-01", None, True), ("2026-05-01", None, True)],
)  # fmt: skip
def test_a_review_is_announced_at_sixty_thirty_and_seven_days_and_then_overdue(today, stage, overdue):
    found = notices.review(_reviewed(moments.parse("2026-04-01"), []), moments.parse(today))
    assert (found.stage, found.overdue) == (stage, overdue)
    assert bool(found.says) == (stage is not None or overdue)
    assert found.due_on == date(2026, 4, 1)


def test_a_late_review_ends_the_overdue_notice_and_moves_the_day():
    spans = _reviewed(moments.parse("2026-04-01"), [moments.parse("2026-05-01")])
    assert notices.review(spans, moments.parse("2026-04-20")).overdue
    assert notices.review(spans, moments.parse("2026-05-01")).due_on == date(2027, 5, 1)


def organisation(**post):
    liaison = [{"officer": "o", "from": "2020-01-01", "trained_on": ["2025-01-10"], **post}] if post is not None else []
    world = {
        "partnerships": [{"code": "p"}],
        "organisations": [
            {"code": "a", "body_type": "council", "memberships": [{"partnership": "p"}],
             "officers": [{"code": "o", "roles": ["officer"]}], "liaison_officers": liaison}
        ],
        "protocols": [],
    }  # fmt: skip
    return load(world).organisations["a"]


@pytest.mark.parametrize(
    ("post", "today", "begun", "left"),
    [({"to": "2026-03-01"}, "2026-03-11", True, 18), ({"to": "2026-03-01"}, "2026-04-01", True, -3),
     ({"to": "2026-03-01"}, "2026-02-01", False, 56), ({"to": "2026-03-01"}, "2025-06-01", None, None),
     ({"trained_on": ["2024-03-01"]}, "2026-03-02", True, 27)],
)  # fmt: skip
def test_a_vacancy_counts_down_twenty_eight_days_and_is_announced_before_it_begins(post, today, begun, left):
    found = notices.vacancy(organisation(**post), moments.parse(today))
    assert (found and found.begun, found and found.days_left) == (begun, left)
    if left is not None and left <= 0:
        assert "The 28 days are over" in found.says


def test_a_post_that_was_never_held_says_so():
    body = replace(organisation(), liaison={})
    assert "ever held" in notices.vacancy(body, moments.parse("2026-03-01")).says


# --- the gate in words -----------------------------------------------------------------------------


def gate(body_type, day, *, delegation=()):
    world = {
        "partnerships": [{"code": "p"}],
        "organisations": [
            {
                "code": "x",
                "body_type": body_type,
                "memberships": [{"partnership": "p"}],
                "delegations": list(delegation),
            },
            {"code": "c", "body_type": "council", "memberships": [{"partnership": "p"}]},
        ],
        "protocols": [],
    }
    return recipient_gate.verdict(load(world), "p", "x", moments.parse(day), {"c": "The Council"})


@pytest.mark.parametrize(
    ("body", "day", "tag", "says"),
    [
        ("police", "2026-01-01", "section 115", "Section 115: a police force may be given"),
        ("charity", "2026-01-01", "not section 115", "Not section 115: "),
        ("police-authority", "2013-01-01", "not section 115", "counted until 22 November 2012"),
        ("police-authority", "2012-01-01", "section 115", "Section 115"),
        ("parish-council", "2005-01-01", "not section 115", "counts only from 1 August 2007"),
        ("probation", "2026-01-01", "not section 115", "needs legal advice"),
        ("nhs-trust", "2026-01-01", "not section 115", "is not among the bodies of section 115(2)"),
    ],
)
def test_the_gate_says_whether_a_body_has_standing_on_a_day_and_why_not(body, day, tag, says):
    found = gate(body, day)
    assert found.tag == tag
    assert says in found.says


def test_who_acts_for_a_council_receives_for_the_named_purpose_on_its_behalf_and_a_charity_never():
    acts = [{"principal": "c", "purposes": ["asb-case"], "from": "2010-01-01"}]
    found = gate("youth-offending-team", "2026-01-01", delegation=acts)
    assert (found.standing, dict(found.acts_for)) == (False, {"asb-case": "c"})
    assert "The Council for asb-case" in found.says
    assert gate("charity", "2026-01-01", delegation=acts).tag == "not section 115"
