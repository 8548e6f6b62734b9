"""The law has its dates and its borders: what needs legal advice never passes, and a past case can be put to any day."""

from __future__ import annotations

from datetime import date

import pytest
from decide_world import NAME, Json, answer, bent, line, organisation

from protocols import as_at, case_reading, citations, decide, lawbook, moments, wording, world
from protocols.vocabulary import Rule

INTERESTS = ("public-task", "security", "emergency", "crime", "safeguarding")
SETS = {
    "D9": ("admission.kind", "incident.date", "admission.area"),
    "D10": ("incident.date", "admission.area"),
    "D11": ("treatment.count",),
    "D12": ("incident.category", "incident.date", "incident.time"),
}


def shared(
    kind: str, data_set: str, day: str, fields: tuple[str, ...], recipient: str = "council"
) -> tuple[Json, Json]:
    """A health body's prescribed figures, which it gives to the council without being asked; no protocol is anywhere."""
    facts, case = bent()
    facts["organisations"].append(organisation("health", kind))
    facts["protocols"] = []
    case |= {"recipient": recipient, "moment": day, "fields": [{"code": code} for code in fields], "decision": None}
    case |= {"officer": f"{recipient}-officer", "purpose": "hotspot-analysis"}
    case["record"] |= {"origin": "health", "controllers": ["health"], "holder": "health", "data_set": data_set}
    case["record"]["homes"] = {"outward-postcode": 9000, "lsoa": 700, "ward": 4000, "cell-250": 40, "borough": 90_000}
    return facts, case


def cited(facts: Json, case: Json) -> list[Json]:
    known = world.load(facts)
    read = case_reading.read(known, case)
    found = citations.of(known, read, decide.release(known, read))
    return [each for cites in found.values() for each in citations.as_json(cites)]


@pytest.mark.parametrize("code", SETS)
def test_the_health_sets_are_a_duty_of_the_bodies_that_the_schedule_names_and_of_wales_still(code):
    for kind, day in (
        ("pct", "2010-06-15"),
        ("local-health-board", "2010-06-15"),
        ("local-health-board", "2026-06-15"),
    ):
        found = answer(*shared(kind, code, day, SETS[code])).fields.values()
        assert {(each.cover, each.rule) for each in found} == {("law:CDA17A", None)}, (kind, day)
    for day in ("2013-04-01", "2026-06-15"):
        assert all(each.rule for each in answer(*shared("pct", code, day, SETS[code])).fields.values())


@pytest.mark.parametrize("kind", ["ccg", "icb"])
@pytest.mark.parametrize("code", SETS)
def test_whether_their_successors_owe_them_needs_legal_advice_so_nothing_leaves_by_it(code, kind):
    day = {"ccg": "2020-06-15", "icb": "2026-06-15"}[kind]
    for named in (code, f"{code}-icb"):
        facts, case = shared(kind, named, day, SETS[code])
        found = answer(facts, case).fields.values()
        assert all(each.form is None for each in found)
        told = [each for each in cited(facts, case) if each["what"] == "data-set"]
        assert {(each["code"], each["evidence"]) for each in told} == {(f"{code}-icb", "review")}
        assert "needs legal advice: never passes" in wording.citation(told[0])


def test_the_name_of_every_prescribed_set_fits_where_a_record_keeps_it():
    from sharing.disclosures.model import CaseRecord

    room = CaseRecord.__table__.c.data_set.type.length
    assert max(len(code) for code in lawbook.rows("prescribed")) <= room


@pytest.mark.parametrize("kind", ["probation", "for-profit-provider"])
def test_a_body_whose_standing_needs_legal_advice_is_refused_and_the_explanation_says_so(kind):
    def bend(facts: Json, case: Json) -> None:
        facts["organisations"].append(organisation("doubtful", kind))
        facts["protocols"][0] |= {"parties": ["landlord", "met", "council", "doubtful"]}
        facts["protocols"][0]["signatures"].append({"organisation": "doubtful", "signed_on": "2024-01-01"})
        facts["protocols"][0]["lines"] = [line(to=["doubtful"])]
        case |= {"recipient": "doubtful", "officer": "doubtful-officer"}

    facts, case = bent(bend)
    (found,) = answer(facts, case).fields.values()
    assert found.rule == Rule.GATEWAY
    (standing,) = [each for each in cited(facts, case) if each["what"] == "standing"]
    assert (standing["code"], standing["evidence"]) == (kind, "review")
    assert "needs legal advice" in wording.citation(standing)


def test_everything_that_needs_legal_advice_is_named_and_stands_on_no_day():
    rows = {(table, code) for table in ("prescribed", "gateways", "bases") for code in lawbook.rows(table)}
    marked = {(table, code) for table, code in rows if lawbook.rows(table)[code]["evidence"] == "review"}
    assert marked == {("prescribed", f"{code}-icb") for code in SETS}
    kinds = {
        code
        for code, row in lawbook.rows("body_types").items()
        if any(span.get("evidence") == "review" for span in row["standing"])
    }
    assert kinds == {"probation", "for-profit-provider"}
    for kind in kinds:
        assert not any(lawbook.has_standing(kind, date(year, 6, 15)) for year in range(1998, 2040))


def test_england_and_wales_have_bodies_of_their_own():
    kinds = lawbook.rows("body_types")
    day = date(2026, 6, 15)
    assert lawbook.has_standing("welsh-landlord", day)
    assert lawbook.has_standing("local-health-board", day)
    tier = {kind: kinds[kind]["tiers"][-1]["tier"] for kind in ("welsh-landlord", "housing-association")}
    assert tier == {"welsh-landlord": "invitee", "housing-association": "co-operating"}
    for code in SETS:
        assert "local-health-board" in lawbook.rows("prescribed")[code]["holders"]
        assert "local-health-board" not in lawbook.rows("prescribed")[f"{code}-icb"]["holders"]
    for at in (date(2004, 6, 15), date(2012, 6, 15), date(2014, 6, 15), day):
        english = [kind for kind in ("pct", "ccg", "icb") if lawbook.has_standing(kind, at)]
        assert len(english) == 1, at  # one after the other, while Wales kept its boards
        assert lawbook.has_standing("local-health-board", at)


@pytest.mark.parametrize("interest", INTERESTS)
def test_a_recognised_interest_is_a_landlords_from_the_5th_of_february_2026_and_a_councils_never(interest):
    def bend(supplier: str, day: str, *, asked: bool = True) -> tuple[Json, Json]:
        def apply(facts: Json, case: Json) -> None:
            kinds = ["kind:housing-association", "kind:council"]
            facts["protocols"][0] |= {"review_by": "2026-12-31", "ends_on": "2027-01-01", "starts_on": "2025-06-01"}
            facts["protocols"][0]["lines"] = [line(**{"basis": [f"6(1)(ea)-{interest}"], "from": kinds})]
            facts["protocols"][0]["signatures"].append({"organisation": "council", "signed_on": "2024-01-01"})
            for body in facts["organisations"]:
                body["liaison_officers"][0]["trained_on"] = ["2025-10-01"]
            case |= {"moment": f"{day}T12:00:00+00:00", "request": {} if asked else None}
            case["decision"] |= {"officer": f"{supplier}-liaison", "decided_at": f"{day}T11:00:00+00:00"}
            case["record"] |= {"origin": supplier, "controllers": [supplier], "holder": supplier}

        return bent(apply)

    def rule(supplier: str, day: str, *, asked: bool = True) -> str | None:
        return answer(*bend(supplier, day, asked=asked)).fields[NAME].rule

    assert rule("landlord", "2026-02-04") == Rule.BASIS
    assert rule("landlord", "2026-02-05") is None
    assert rule("council", "2026-02-05") == Rule.BASIS
    assert rule("landlord", "2026-02-05", asked=False) == (Rule.BASIS if interest == "public-task" else None)


# --- as at another day ---------------------------------------------------------------------------


def test_a_case_put_to_its_own_day_is_the_case():
    _, case = bent()
    assert as_at.put(case, date(2024, 6, 12)) == case


def test_what_was_done_for_the_case_moves_with_it_and_the_hour_stays():
    _, case = bent()
    case |= {
        "consent": {"fields": [NAME], "from": "2024-06-01", "to": "2024-07-01"},
        "emergency": {"called_back": True, "written_up_at": "2024-06-12T18:00:00+01:00"},
        "earlier_releases": [{"field": NAME, "day": "2024-06-02", "purpose": "asb-case"}],
    }
    there = as_at.put(case, date(2024, 1, 12))  # 152 days before, and in winter
    assert there["moment"] == "2024-01-12T12:00:00+00:00"
    assert there["decision"]["decided_at"] == "2024-01-11T09:00:00+00:00"
    assert there["consent"] == {"fields": [NAME], "from": "2024-01-01", "to": "2024-01-31"}
    assert there["emergency"] == {"called_back": True, "written_up_at": "2024-01-12T18:00:00+00:00"}
    assert there["earlier_releases"][0]["day"] == "2024-01-02"
    assert there["record"] == case["record"]
    assert case["moment"] == "2024-06-12T12:00:00+01:00"  # the case given is left as it is


@pytest.mark.parametrize("day", [date(1999, 6, 15), date(2005, 3, 27), date(2020, 2, 29), date(2026, 10, 25)])
def test_there_and_back_again_is_the_same_moment(day):
    _, case = bent()
    back = as_at.put(as_at.put(case, day), date(2024, 6, 12))
    for one, other in ((back, case), (back["decision"], case["decision"])):
        key = "moment" if "moment" in one else "decided_at"
        assert moments.parse(one[key]) == moments.parse(other[key])


def test_a_case_as_at_another_day_is_judged_by_the_law_and_the_texts_of_then():
    facts, case = bent()
    assert answer(facts, case).fields[NAME].form == "as-is"
    found = {
        day: answer(facts, as_at.put(case, date.fromisoformat(day))).fields[NAME]
        for day in ("2003-06-12", "2024-12-31", "2025-06-12")
    }
    assert found["2024-12-31"].form == "as-is"
    assert found["2025-06-12"].rule == Rule.IN_FORCE  # its review was due in January
    assert found["2003-06-12"].rule == Rule.IN_FORCE
