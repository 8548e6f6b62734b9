"""Every situation of docs/situations.md is answered as the page says, by rulebook and reference, with its citations."""

from __future__ import annotations

import copy
import re
from datetime import date

import pytest

from protocols import lawbook
from protocols.decision import NOTHING_TO_TELL
from tests.reference.comparing import differing
from tests.reference.decide import decide as reference_decide
from tests.unit.situations_world import (
    DATES,
    Json,
    answered,
    as_at,
    asked_on,
    change,
    cited,
    rests_on,
    result,
    section,
    situations,
    tables,
    told_to_asker,
    world_of,
)

CASES = list(situations())
NUMBERS = sorted({int(re.sub(r"\D", "", label)) for label, _ in CASES})
FIELDS = {"landlord": ["subject.name", "subject.dob", "incident.point"], "police": ["subject.name", "subject.dob"]}


def asked_by(who: str, day: str) -> tuple[Json, Json]:
    """The request of the five dates, from the landlord to the council or from the police to the landlord."""
    sides = {
        "landlord": ("hartwell-council", "oak-housing", FIELDS[who], "oak-officer", "council-liaison"),
        "police": ("oak-housing", "ashdown-police", FIELDS[who], "police-officer", "oak-liaison"),
    }
    return as_at(world_of("five-dates.toml"), day), asked_on(day, *sides[who])


def situation(label: str) -> tuple[Json, Json]:
    case = copy.deepcopy(dict(CASES)[label])
    return as_at(world_of("world.toml"), case["moment"]), case


def rows_of(label: str, world: Json, case: Json) -> list[list[str]]:
    """The rows that the page has to hold for a case, and proof that the reference gives the same answer."""
    answer, other = answered(world, case), reference_decide(world, case)
    assert differing(answer, other) == []
    rows = []
    for field, told in answer["fields"].items():
        assert (result(told), rests_on(told)) == (result(other["fields"][field]), rests_on(other["fields"][field]))
        rows.append([label, field, result(told), rests_on(told), change(told), told_to_asker(told)])
    return rows


def listed(heading: str) -> list[str]:
    """The citations under a heading of the page."""
    return [line.removeprefix("- ") for line in section(heading).splitlines() if line.startswith("- ")]


# --- the same request at five dates -----------------------------------------------------------------------------------


def heads(heading: str) -> list[str]:
    """The head of a section's only table."""
    row = next(line for line in section(heading).splitlines() if line.startswith("|"))
    return [cell.strip() for cell in row.strip("|").split("|")]


@pytest.mark.parametrize(
    "heading",
    [
        "### Who had section 115 standing",
        "### Which lawful bases there were",
        "### The council gives a name to each of them",
    ],
)
def test_the_tables_by_date_have_the_five_dates(heading: str):
    assert heads(heading)[1:] == list(DATES.values())


def _standing(kind: str, day: date) -> str:
    if lawbook.has_standing(kind, day):
        return "yes"
    spans = lawbook.rows("body_types")[kind]["standing"]
    return "advice" if any(span.get("evidence") == "review" and span["from"] <= day for span in spans) else "no"


def test_the_page_says_of_each_kind_of_body_when_it_had_standing():
    stated = tables("### Who had section 115 standing")
    days = [date.fromisoformat(day) for day in DATES.values()]
    assert len(stated) >= 13
    assert stated == [[kind, *(_standing(kind, day) for day in days)] for kind, *_ in stated]


def test_the_page_says_of_every_lawful_basis_when_there_was_one():
    days = [date.fromisoformat(day) for day in DATES.values()]
    bases = lawbook.rows("bases").items()
    assert tables("### Which lawful bases there were") == [
        [code, *("yes" if lawbook.stands(row, day) else "no" for day in days)] for code, row in bases
    ]


@pytest.mark.parametrize(
    ("who", "heading"),
    [("landlord", "### The landlord asks the council"), ("police", "### The police ask the landlord")],
)
def test_the_same_request_is_answered_at_each_date_by_the_law_of_that_date(who: str, heading: str):
    rows = [row for day in DATES.values() for row in rows_of(day, *asked_by(who, day))]
    assert tables(heading) == rows


def test_a_name_goes_from_the_council_to_those_whom_the_law_of_the_day_names():
    world = world_of("five-dates.toml")
    rows = []
    for body in world["organisations"][1:]:
        officer = body["officers"][0]["code"]
        cells = []
        for day in DATES.values():
            known = as_at(world, day)
            case = asked_on(day, "hartwell-council", body["code"], ["subject.name"], officer, "council-liaison")
            ((_, _, said, by, *_),) = rows_of(day, known, case)
            cells.append("released" if said != "withheld" else f"withheld ({by.split(', ')[0]})")
        rows.append([body["code"], *cells])
    assert tables("### The council gives a name to each of them") == rows


def test_the_five_dates_cite_the_law_that_each_answer_rests_on():
    asked = [asked_by(who, day) for who in FIELDS for day in DATES.values()]
    citations = dict.fromkeys(each for world, case in asked for each in cited(answered(world, case)))
    assert listed("### The council gives a name to each of them") == list(citations)


# --- the situations ---------------------------------------------------------------------------------------------------


def test_there_are_a_dozen_situations_and_more_and_the_page_has_each():
    assert len(NUMBERS) >= 12
    assert list(range(1, len(NUMBERS) + 1)) == NUMBERS
    assert all(section(f"## {number}. ") for number in NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_situation_is_answered_as_the_page_says(number: int):
    labels = [label for label, _ in CASES if re.sub(r"\D", "", label) == str(number)]
    rows = [row for label in labels for row in rows_of(label, *situation(label))]
    assert tables(f"## {number}. ") == rows


@pytest.mark.parametrize("number", NUMBERS)
def test_a_situation_cites_its_law(number: int):
    labels = [label for label, _ in CASES if re.sub(r"\D", "", label) == str(number)]
    answers = [answered(*situation(label)) for label in labels]
    assert all(told["citation"] for answer in answers for told in answer["fields"].values())
    assert listed(f"## {number}. ") == list(dict.fromkeys(each for answer in answers for each in cited(answer)))


def test_every_citation_has_a_source_and_says_how_well_it_is_known():
    found = [
        each
        for label, _ in CASES
        for told in answered(*situation(label))["fields"].values()
        for each in told["citation"]
    ]
    assert all(each["source"] and each["code"] for each in found)
    assert {each["evidence"] for each in found} == {"V", "S", "K", "P", "review"}


# --- what the page argues beside its tables ---------------------------------------------------------------------------


def test_the_asker_of_a_covert_record_hears_what_is_said_of_no_record():
    told = answered(*situation("9"))["fields"]["subject.name"]["told"]
    assert told == NOTHING_TO_TELL.as_json()


def test_of_an_ordinary_record_the_asker_would_have_been_told_more():
    world, case = situation("9")
    case["record"] |= {"flags": []}
    told = answered(world, case)["fields"]["subject.name"]["told"]
    assert [act["repair"] for act in told["change"]] == ["be-assigned"]


def test_what_a_delegation_gives_is_recorded_as_given_to_the_principal():
    assert answered(*situation("7b"))["fields"]["subject.name"]["principal"] == "hartwell-council"


@pytest.mark.parametrize("day", ["2026-07-10", "2026-07-11"])
def test_the_overlap_of_the_new_version_ends_on_the_day_that_the_page_names(day: str):
    world, case = situation("8c")
    case["moment"] = case["decision"]["decided_at"] = f"{day}T10:00:00+01:00"
    assert (answered(world, case)["fields"]["case.measures"]["form"] is not None) is (day == "2026-07-10")


def test_a_kind_of_body_says_whether_it_is_public_where_the_organisation_does_not():
    world, case = situation("1")
    for body in world["organisations"]:
        del body["public_authority"]
    assert rows_of("1", world, case) == tables("## 1. ")
