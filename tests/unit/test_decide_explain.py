"""This module knows that a refusal names its reason and the smallest lawful change, and what the asker may be told of it."""

from __future__ import annotations

import json

import pytest

from protocols import case_reading, decide, world
from protocols.decision import NOTHING_TO_TELL
from tests.unit.decide_world import BIRTH, MONTH, NAME, PLACE, answer, as_text, bent, change, decided, line, protocol


def undecided(world, case):
    case["decision"] = None


def undecided_and(**more):
    def bend(world, case):
        case["decision"] = None
        case.update(more)

    return bend


CHANGES = [
    ("nobody has decided", undecided, [("decide", "landlord")], 3),
    ("nothing stated", undecided_and(statement=None), [("give-statement", "met"), ("decide", "landlord")], 4),
    ("not assigned", lambda w, c: c.update(assigned=False), [("be-assigned", "met")], 1),
    ("the wrong officer", lambda w, c: c.update(officer="council-officer"), [("another-officer", "met")], 2),
    ("an officer who may only hear", lambda w, c: hearer(w), [("another-officer", "met")], 2),
    ("onward", lambda w, c: c["record"].update(origin="council"), [("ask-origin", "landlord")], 3),
    ("overdue", lambda w, c: w["protocols"][0].update(review_by="2024-06-01"), [("review", None)], 5),
    ("ended", lambda w, c: w["protocols"][0].update(ends_on="2024-06-01"), [("new-version", None)], 9),
    ("another channel", lambda w, c: c.update(channel="link"), [("other-channel", "met")], 1),
    (
        "nobody signed and nobody decided",
        lambda w, c: (w["protocols"][0].update(signatures=[]), undecided(w, c)),
        [("decide", "landlord"), ("sign", "landlord"), ("sign", "met")],
        11,
    ),
    (
        "an empty post",
        lambda w, c: (w["organisations"][0].update(liaison_officers=[]), undecided(w, c)),
        [("name-and-train", "landlord")],
        3,
    ),
]


def hearer(world):
    world["roles"] = {
        "officer": ["release:hear"],
        "liaison-officer": ["request:decide"],
        "duty-officer": ["request:allow_emergency"],
    }


@pytest.mark.parametrize(("bend", "acts", "weight"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_the_smallest_change_names_who_has_to_do_what(bend, acts, weight):
    found = decided(bend)
    assert (change(found), found.weight) == (acts, weight)


def test_the_cheapest_way_is_chosen_over_all_lines():
    def two(world, case):
        undecided(world, case)
        world["protocols"][0]["signatures"].pop()
        other = protocol("OTHER", lines=[line(id="9", categories=["damage"])])
        world["protocols"].append(other)

    assert change(decided(two)) == [("decide", "landlord"), ("sign", "met")]


def test_ties_go_to_the_first_ref_and_line():
    def twins(world, case):
        undecided(world, case)
        world["protocols"] = [protocol("B"), protocol("A", lines=[line(id="2"), line(id="10")])]

    found = decided(twins)
    assert [act.protocol for act in found.change] == ["A"]


def test_a_coarser_form_is_asked_for_where_that_is_less():
    def finer(world, case):
        undecided(world, case)
        case["fields"] = [{"code": PLACE, "form": "as-is"}]

    found = decided(finer)
    assert [(str(act.repair), act.form) for act in found.change] == [("coarser-form", "cell-250")]
    assert found.weight == 1


def test_a_new_line_is_written_where_there_is_none_and_the_statutory_protocol_adds_the_newcomer():
    def newcomer(world, case):
        isp = world["protocols"][0]
        isp.update(lines=[], parties=["landlord", "council"])
        undecided(world, case)

    found = decided(newcomer)
    assert change(found) == [("decide", "landlord"), ("new-version", None)]
    assert found.change[-1].version == 2


def test_one_new_version_mends_all_of_the_text():
    def everything(world, case):
        isp = world["protocols"][0]
        isp.update(ends_on="2024-02-01", review_by="2024-02-01", signatures=[])
        isp["lines"][0].update(areas=["west"], basis=["6(1)(e)"], channels=["link"])

    found = decided(everything)
    assert (change(found), found.weight) == ([("new-version", None)], 9)
    assert [str(rule) for rule in found.failing] == ["in-force", "line", "basis"]


def to_charity(world, case):
    isp = world["protocols"][0]
    isp["lines"][0]["to"] = ["charity"]
    isp["parties"].append("charity")
    isp["signatures"].append({"organisation": "charity", "signed_on": "2024-01-01"})
    case.update(recipient="charity", officer="charity-officer")


def refuse(world, case):
    case["decision"]["fields"] = {NAME: {"refuse": "discretion", "reason": "a witness could be harmed"}}


HOPELESS = [
    ("membership", lambda w, c: w["organisations"][1].update(memberships=[])),
    ("retention", lambda w, c: c["record"].update(state="shredded")),
    ("marking", lambda w, c: c["record"].update(marking="OFFICIAL-SENSITIVE")),
    ("line", lambda w, c: c["record"].update(flags=["child"])),
    ("gateway", to_charity),
    ("decision", refuse),
]


@pytest.mark.parametrize(("rule", "bend"), HOPELESS, ids=[rule for rule, _ in HOPELESS])
def test_what_nobody_here_can_change_has_no_change(rule, bend):
    found = decided(bend)
    assert (found.rule, found.change, found.weight) == (rule, (), None)


def test_where_nobody_can_change_it_the_other_gateways_are_named():
    found = decided(to_charity)
    assert {"CONSENT", "ORDER"} <= set(found.other_gateways)
    assert "CDA115" not in found.other_gateways


def test_a_refusal_is_given_with_its_class_and_reason_and_stands():
    found = decided(refuse)
    assert (found.refusal.kind, found.refusal.reason) == ("discretion", "a witness could be harmed")
    assert found.as_json()["refusal"]["may_escalate"] is True


def test_the_asker_is_told_what_the_asker_and_the_recipient_can_do_and_to_ask_the_supplier():
    found = decided(undecided_and(statement=None))
    assert [str(act.repair) for act in found.told.change] == ["give-statement"]
    assert found.told.ask_supplier


def test_the_asker_is_not_told_who_has_not_signed_or_why_the_supplier_refused():
    for bend in (refuse, lambda w, c: w["protocols"][0].update(signatures=[])):
        assert decided(bend).told == NOTHING_TO_TELL


@pytest.mark.parametrize("flag", ["covert", "witness", "safe-address", "domestic-abuse"])
def test_of_a_secret_record_the_asker_hears_what_is_said_of_no_record(flag):
    def secret(world, case):
        case["record"]["flags"] = [flag]
        case["assigned"] = False

    assert decided(secret).told == NOTHING_TO_TELL


def test_of_a_record_above_the_protocols_marking_too():
    def marked(world, case):
        case["record"]["marking"] = "OFFICIAL-SENSITIVE"
        case["assigned"] = False

    assert decided(marked).told == NOTHING_TO_TELL


def test_the_change_for_the_case_counts_an_act_once():
    def two(world, case):
        undecided(world, case)
        world["protocols"][0]["lines"][0]["fields"].append("subject.gender")
        case["fields"] = [{"code": NAME}, {"code": "subject.gender"}]
        case["statement"] = None

    found = answer(*bent(two))
    assert [(str(act.repair), act.org) for act in found.case_change] == [
        ("give-statement", "met"),
        ("decide", "landlord"),
    ]
    assert found.case_weight == 4


def test_the_change_for_the_case_takes_one_text_for_all_where_that_is_less():
    def mixed(world, case):
        case["fields"] = [{"code": NAME}, {"code": MONTH}]
        world["protocols"][0]["signatures"] = []
        world["protocols"][0]["lines"][0]["fields"] = [NAME, BIRTH]

    found = answer(*bent(mixed))
    assert found.fields[NAME].weight == 8
    assert [str(act.repair) for act in found.case_change] == ["new-version"]


def test_what_can_never_be_allowed_does_not_keep_the_rest_from_its_change():
    def half(world, case):
        case["assigned"] = False
        case["fields"] = [{"code": NAME}, {"code": PLACE, "form": "as-is"}]
        case["decision"]["fields"] = {NAME: {"allow": "as-is"}, PLACE: {"refuse": "legal-bar"}}

    found = answer(*bent(half))
    assert found.case_weight == 1
    assert found.fields[PLACE].weight is None


def test_nothing_withheld_needs_no_change():
    found = answer(*bent())
    assert (found.case_change, found.case_weight) == ((), 0)


def test_both_signatures_of_a_meeting_of_three_are_found_together():
    def panel(world, case):
        isp = world["protocols"][0]
        isp["lines"][0]["to"] = ["kind:police", "kind:council"]
        isp["signatures"] = [{"organisation": "met", "signed_on": "2024-01-01"}]
        del case["recipient"]
        case.update(
            meeting={"kind": "CASE", "attending": ["met", "council"]}, channel="meeting", confidentiality_accepted=True
        )

    found = decided(panel)
    assert change(found) == [("outside-meeting", "council"), ("sign", "landlord")]
    assert [str(rule) for rule in found.failing] == ["in-force", "audience"]


def test_a_meeting_of_many_is_explained_at_once():
    def many(world, case):
        extra = [
            {"code": f"fire-{n:02d}", "body_type": "fire", "memberships": [{"partnership": "forest"}]}
            for n in range(14)
        ]
        world["organisations"] += extra
        codes = [each["code"] for each in extra]
        isp = world["protocols"][0]
        isp["parties"] += codes
        isp["lines"][0]["to"] = ["kind:police", "kind:fire"]
        del case["recipient"]
        attending = {"kind": "CASE", "attending": ["met", *codes]}
        case.update(meeting=attending, channel="meeting", confidentiality_accepted=True)

    found = decided(many)
    assert (change(found), found.weight) == ([("new-version", None)], 9)


def test_deciding_twice_gives_the_same_bytes():
    facts, case = bent(undecided)
    once = as_text(answer(facts, case))
    known = world.load(facts)
    read = case_reading.read(known, json.loads(json.dumps(case)))
    assert [as_text(decide.release(known, read)) for _ in range(2)] == [once, once]


def test_what_leaves_is_the_same_with_and_without_reasons():
    facts, case = bent(undecided)
    case["fields"] = [{"code": NAME}, {"code": BIRTH}, {"code": PLACE}]
    known = world.load(facts)
    read = case_reading.read(known, case)
    leaving = {code for code, leave in decide.outcome(known, read).items() if leave is not None}
    assert leaving == set(decide.release(known, read).released)
