"""This module knows the covers besides a line: one's own record, section 17A, what is open, the emergency; and meetings."""

from __future__ import annotations

import pytest

from protocols import moments
from tests.unit.decide_world import BIRTH, MONTH, NAME, PLACE, answer, bent, change, decided


def ours(world, case):
    """The landlord looks at its own record."""
    case.update(recipient="landlord", officer="landlord-officer", assigned=False, statement=None, decision=None)
    world["protocols"] = []


def test_ones_own_record_needs_no_protocol_and_no_assignment():
    found = decided(ours)
    assert (found.cover, found.form, found.gateway) == ("own", "as-is", None)


def test_ones_own_flagged_record_is_for_those_who_need_to_know():
    def flagged(world, case):
        ours(world, case)
        case["record"]["flags"] = ["child"]

    found = decided(flagged)
    assert (found.rule, change(found)) == ("role", [("be-assigned", "landlord")])


def test_ones_own_frozen_record_can_be_read_and_nothing_else():
    def frozen(world, case):
        ours(world, case)
        case["record"]["state"] = "frozen"

    assert decided(frozen).leaves

    def export(world, case):
        frozen(world, case)
        case["channel"] = "export"

    found = decided(export)
    assert (found.rule, change(found)) == ("retention", [("other-channel", "landlord")])


def test_joint_controllers_are_no_strangers():
    def tenants(world, case):
        ours(world, case)
        case["record"].update(holder="almo", origin="almo", controllers=["almo", "council"])
        case.update(recipient="council", officer="council-officer")

    assert decided(tenants).cover == "own"


def test_a_holder_that_is_no_controller_asks_like_anybody():
    def copy(world, case):
        ours(world, case)
        case["record"]["controllers"] = ["met"]

    assert not decided(copy).leaves


def quarterly(world, case):
    """The police give the council their incidents of the quarter, without any protocol."""
    world["protocols"] = []
    case["record"].update(
        holder="met", origin="met", controllers=["met"], data_set="D1", homes={"cell-250": 3, "lsoa": 600}
    )
    case.update(recipient="council", officer="council-officer", assigned=False, statement=None, decision=None)
    case["fields"] = [{"code": PLACE}, {"code": "incident.category"}]


def test_a_duty_waits_for_no_agreement_and_gives_the_finest_form_that_names_no_household():
    facts, case = bent(quarterly)
    found = answer(facts, case)
    assert found.released == {PLACE: "lsoa", "incident.category": "as-is"}
    assert {each.cover for each in found.fields.values()} == {"law:CDA17A"}


def without(field, value):
    def bend(world, case):
        quarterly(world, case)
        (case if field in case else case["record"])[field] = value

    return bend


@pytest.mark.parametrize(
    "bend",
    [
        without("data_set", None),
        without("data_set", "D8"),
        without("moment", "2007-07-31T12:00:00Z"),
        lambda w, c: (quarterly(w, c), c.update(recipient="charity", officer="charity-officer")),
        lambda w, c: (quarterly(w, c), c["record"].update(state="frozen")),
        lambda w, c: (quarterly(w, c), c.update(fields=[{"code": NAME}])),
        lambda w, c: (quarterly(w, c), c.update(fields=[{"code": PLACE, "form": "cell-250"}])),
        lambda w, c: (
            quarterly(w, c),
            c.update(decision={"officer": "x", "decided_at": "2024-06-01", "fields": {PLACE: {"refuse": "legal-bar"}}}),
        ),
    ],
    ids=[
        "no data set",
        "another's data set",
        "before the duty",
        "no standing",
        "frozen",
        "not prescribed",
        "few homes",
        "refused",
    ],
)
def test_there_is_no_duty_where_a_fact_of_it_is_missing(bend):
    assert not decided(bend).leaves


def test_an_open_field_needs_no_protocol_but_membership():
    def published(world, case):
        world["protocols"] = []
        world["organisations"][0]["open_list"] = [{"field": MONTH, "form": "quarter"}]
        case.update(fields=[{"code": MONTH}], decision=None, assigned=False, statement=None)

    found = decided(published)
    assert (found.result, found.form, found.cover) == ("generalised", "quarter", "open")

    def outsider(world, case):
        published(world, case)
        world["organisations"][1]["memberships"] = []

    assert not decided(outsider).leaves


def test_what_stands_on_a_line_of_a_complete_version_is_open_if_it_is_not_personal():
    def unsigned(world, case):
        world["protocols"][0]["signatures"] = []
        case["fields"] = [{"code": BIRTH}, {"code": NAME}]

    assert decided(unsigned, BIRTH).cover == "open"
    assert not decided(unsigned, NAME).leaves


def emergency(world, case):
    """At night, by telephone, nobody has signed anything."""
    world["protocols"][0]["signatures"] = []
    case.update(channel="verbal", urgency="emergency", emergency={"called_back": True}, statement={"harm": "a knife"})
    case["decision"].update(officer="landlord-duty", decided_at="2024-06-12T11:50:00+01:00")


def test_in_a_confirmed_emergency_a_field_leaves_for_twenty_four_hours():
    found = decided(emergency)
    assert (found.cover, found.gateway, found.protocol) == ("law:EMERGENCY", None, None)
    assert moments.show(found.keep_until) == "2024-06-13T10:50:00Z"


def emergency_with(key, value):
    def bend(world, case):
        emergency(world, case)
        case[key] = value

    return bend


def decided_by(officer, at="2024-06-12T11:50:00+01:00"):
    def bend(world, case):
        emergency(world, case)
        case["decision"].update(officer=officer, decided_at=at)

    return bend


@pytest.mark.parametrize(
    "bend",
    [
        emergency_with("urgency", "urgent"),
        emergency_with("channel", "export"),
        emergency_with("statement", {"harm": " "}),
        emergency_with("emergency", {"called_back": False}),
        emergency_with("assigned", False),
        decided_by("landlord-liaison"),
        decided_by("met-duty"),
        decided_by("landlord-duty", "2024-06-11T12:00:00+01:00"),
    ],
    ids=["urgent", "export", "no harm", "no call-back", "unassigned", "liaison officer", "asker's side", "a day ago"],
)
def test_an_emergency_that_lacks_something_is_none(bend):
    assert not decided(bend).leaves


def test_the_finest_form_wins_and_among_the_same_a_line_comes_first():
    def both(world, case):
        world["organisations"][0]["open_list"] = [{"field": BIRTH, "form": "age-band"}]
        case["fields"] = [{"code": BIRTH}]

    assert decided(both).cover == "line"


def meeting(world, case, kind="CASE", attending=("landlord", "met", "council")):
    """A panel: the council is named on the line and has signed too."""
    world["protocols"][0]["lines"][0]["to"] = ["kind:police", "kind:council"]
    world["protocols"][0]["signatures"].append({"organisation": "council", "signed_on": "2024-01-01"})
    del case["recipient"]
    case.update(meeting={"kind": kind, "attending": list(attending)}, channel="meeting", confidentiality_accepted=True)


def test_a_field_is_spoken_when_everybody_attending_may_hear_it():
    assert decided(meeting).leaves


def test_one_who_may_not_hear_it_keeps_it_from_being_spoken_to_all():
    found = decided(lambda w, c: meeting(w, c, attending=("landlord", "met", "council", "charity")))
    assert (found.rule, change(found)) == ("audience", [("outside-meeting", "charity")])


def test_it_is_spoken_in_the_coarsest_of_their_forms():
    def coarse(world, case):
        meeting(world, case)
        first = world["protocols"][0]["lines"][0]
        first["to"] = ["kind:police"]
        second = first | {"id": "2", "to": ["kind:council"], "form": first["form"] | {NAME: "initials"}}
        world["protocols"][0]["lines"].append(second)

    found = decided(coarse)
    assert (found.form, found.line) == ("initials", "2")


def test_a_location_meeting_carries_nothing_personal():
    assert decided(lambda w, c: meeting(w, c, kind="TJAG")).rule == "audience"

    def place(world, case):
        meeting(world, case, kind="TJAG")
        case["fields"] = [{"code": PLACE}]

    assert decided(place).form == "cell-250"


def test_who_acts_for_a_member_receives_in_its_name():
    def managed(world, case):
        isp = world["protocols"][0]
        isp["lines"][0]["to"] = ["almo"]
        isp["parties"].append("almo")
        isp["signatures"].append({"organisation": "almo", "signed_on": "2024-01-01"})
        world["organisations"][3]["delegations"] = [
            {"principal": "council", "purposes": ["asb-case"], "to": "2024-06-13"}
        ]
        case.update(recipient="almo", officer="almo-officer")

    found = decided(managed)
    assert (found.leaves, found.principal) == (True, "council")

    def over(world, case):
        managed(world, case)
        world["organisations"][3]["delegations"][0]["to"] = "2024-06-12"

    found = decided(over)
    assert (found.rule, change(found)) == ("gateway", [("delegate", "almo")])

    def other_purpose(world, case):
        managed(world, case)
        world["organisations"][3]["delegations"][0]["purposes"] = ["prevention"]

    assert decided(other_purpose).rule == "gateway"


def by_consent(world, case):
    """The person has agreed that a charity outside the partnership hears the name."""
    world["gateways"] = ["CONSENT"]
    world["organisations"][4]["memberships"] = []
    isp = world["protocols"][0]
    isp["lines"][0].update(to=["charity"], gateway="CONSENT", basis=["6(1)(a)"])
    isp["parties"].append("charity")
    isp["signatures"].append({"organisation": "charity", "signed_on": "2024-01-01"})
    case.update(recipient="charity", officer="charity-officer", consent={"fields": [NAME], "from": "2024-06-01"})


def test_a_gateway_for_outsiders_admits_one_with_what_it_needs():
    found = decided(by_consent)
    assert (found.leaves, found.gateway, found.basis) == (True, "CONSENT", "6(1)(a)")


def test_withdrawn_consent_bites_at_once():
    def withdrawn(world, case):
        by_consent(world, case)
        case["consent"]["to"] = case["moment"]

    assert not decided(withdrawn).leaves


def test_consent_is_for_each_field():
    def other_field(world, case):
        by_consent(world, case)
        case["consent"]["fields"] = [BIRTH]

    assert not decided(other_field).leaves


def test_a_gateway_that_nobody_enabled_is_shut():
    def off(world, case):
        by_consent(world, case)
        world["gateways"] = []

    assert not decided(off).leaves


def test_a_row_of_law_under_review_never_passes():
    def review(world, case):
        world["law"] = {"bases": {"6(1)(f)": {"evidence": "review"}}}

    found = decided(review)
    assert (found.rule, found.weight) == ("basis", None)
