"""The shipped law: every row has its date, source and evidence; codes that point elsewhere point at something."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

from protocols import lawbook
from protocols.actions import Action, Event
from protocols.permits import permits
from protocols.vocabulary import CLASSES, PERSONAL, Rule

TABLES = ("body_types", "fields", "gateways", "covers", "bases", "conditions", "provisions", "prescribed")
EVIDENCE = {"V", "S", "K", "P", "review"}
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/world.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("table", [*TABLES, "request_types"])
def test_every_row_says_where_it_comes_from_and_how_we_know(table):
    for code, row in lawbook.rows(table).items():
        assert row["title"], code
        assert row["source"], code
        assert row["evidence"] in EVIDENCE, code


@pytest.mark.parametrize("table", ["gateways", "covers", "bases", "conditions", "provisions", "prescribed"])
def test_every_dated_row_starts_and_ends_in_order(table):
    for code, row in lawbook.rows(table).items():
        assert isinstance(row["from"], date), code
        assert row["from"] < row.get("to", date.max), code


def test_no_two_spans_of_standing_of_one_kind_of_body_overlap():
    for code, row in lawbook.rows("body_types").items():
        spans = sorted((span["from"], span.get("to", date.max)) for span in row["standing"])
        assert all(before[1] <= after[0] for before, after in pairwise(spans)), code


@pytest.mark.parametrize(
    ("kind", "day", "stands"),
    [
        ("police", "1998-09-29", False),
        ("police", "1998-09-30", True),
        ("housing-association", "2004-12-31", False),
        ("housing-association", "2026-04-01", True),
        ("police-authority", "2012-11-21", True),
        ("police-authority", "2012-11-22", False),
        ("icb", "2022-06-30", False),
        ("icb", "2022-07-01", True),
        ("almo", "2026-04-01", False),
        ("charity", "2026-04-01", False),
        ("private-landlord", "2026-04-01", False),
        ("for-profit-provider", "2026-04-01", False),
        ("probation", "2026-04-01", False),  # needs legal advice: never passes
        ("nobody", "2026-04-01", False),
    ],
)
def test_standing_under_section_115_is_dated(kind, day, stands):
    assert lawbook.has_standing(kind, date.fromisoformat(day)) is stands


def test_only_bodies_that_may_act_for_another_may_be_given_data_on_anothers_behalf():
    may = {code for code, row in lawbook.rows("body_types").items() if row["may_act_for"]}
    assert may == {"almo", "tmo", "pfi-manager", "youth-offending-team"}


def test_landlords_are_invited_before_2007_and_co_operate_after():
    tiers = lawbook.rows("body_types")["housing-association"]["tiers"]
    assert [(tier["tier"], tier.get("to")) for tier in tiers] == [("invitee", date(2007, 8, 1)), ("co-operating", None)]


def test_the_crime_interest_of_2025_is_open_from_5_february_2026_and_not_to_public_authorities():
    basis = lawbook.rows("bases")["6(1)(ea)-crime"]
    assert not lawbook.stands(basis, date(2026, 2, 4))
    assert lawbook.stands(basis, date(2026, 2, 5))
    assert basis["supplier"] == {"public_authority": "no"}


def test_what_is_under_legal_review_is_never_relied_on():
    rows = [row for table in TABLES for row in lawbook.rows(table).values() if row["evidence"] == "review"]
    assert rows
    assert not any(lawbook.stands(row, date(year, 6, 1)) for row in rows for year in range(1998, 2040))


def test_every_field_goes_from_fine_to_coarse_and_never_becomes_more_sensitive():
    for code, row in lawbook.rows("fields").items():
        forms = [form["form"] for form in row["forms"]]
        assert forms[0] == "as-is", code
        assert len(set(forms)) == len(forms), code
        classes = [CLASSES.index(form["class"]) for form in row["forms"]]
        assert classes == sorted(classes, reverse=True), code


def test_raw_free_text_is_special_and_every_place_can_be_told_at_the_borough():
    for code, row in lawbook.rows("fields").items():
        if row.get("free_text"):
            assert [form["class"] for form in row["forms"]] == ["special"], code
        if row.get("location"):
            assert row["forms"][-1]["form"] == "borough", code
            assert row["forms"][-1]["borough"] is True, code


def test_prescribed_sets_name_known_holders_fields_and_forms_that_can_leave_without_being_personal():
    for code, row in lawbook.rows("prescribed").items():
        assert set(row["holders"]) <= set(lawbook.rows("body_types")), code
        for field in row["fields"]:
            finest = row.get("finest", {}).get(field, lawbook.forms(field)[-1])
            assert lawbook.form_class(field, finest) not in PERSONAL, (code, field)
    assert {f"D{number}" for number in range(1, 13)} <= set(lawbook.rows("prescribed"))
    assert not any("housing-association" in row["holders"] for row in lawbook.rows("prescribed").values())


def test_every_safeguard_names_something_that_enforces_it():
    permit_rules = {"reader-no-personal", "operator", "role"}
    known = {
        "rule": {str(rule) for rule in Rule},
        "action": {str(action) for action in Action},
        "event": {str(event) for event in Event},
        "permit": permit_rules,
    }
    assert callable(permits)
    for code, row in lawbook.rows("safeguards").items():
        kind, _, name = row["enforced_by"].partition(":")
        assert name in known[kind], code


def test_every_kind_of_request_asks_for_fields_and_purposes_that_there_are():
    purposes = {"asb-case", "hotspot-analysis", "possession-injunction", "nomination-check", "tenure-check"}
    for code, row in lawbook.rows("request_types").items():
        assert set(row["fields"]) <= set(lawbook.rows("fields")), code
        assert set(row["purposes"]) <= purposes, code


def test_gateways_other_than_the_two_acts_are_off_until_a_partnership_enables_them():
    on = {code for code, row in lawbook.rows("gateways").items() if row["enabled"]}
    assert on == {"CDA115", "CDA17A"}
    assert set(lawbook.rows("gateways")) == on | {"CONSENT", "ORDER", "ASB2014_SCH4", "POLICE_CL", "OMA14", "PCSC16"}


@pytest.mark.parametrize("table", ["gateways", "bases", "conditions", "provisions", "prescribed", "body_types"])
def test_the_law_fits_the_published_shape_of_a_world(table):
    beside = {"says", "policy", "suppress", "tiers", "public_authority"}  # for pages and papers, not for `decide`
    law = {
        code: {key: _json(value) for key, value in row.items() if key not in beside}
        for code, row in lawbook.rows(table).items()
    }
    jsonschema.validate({"organisations": [], "protocols": [], "law": {table: law}}, SCHEMA)


def test_an_unknown_code_is_called_by_its_own_name():
    assert lawbook.title("fields", "no.such") == "no.such"
    assert lawbook.forms("no.such") == ()
    assert lawbook.form_title("no.such", "as-is") == ""
    with pytest.raises(KeyError):
        lawbook.form_class("subject.name", "no-such")


def _json(value):
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _json(each) for key, each in value.items()}
    return [_json(each) for each in value] if isinstance(value, list) else value
