"""The partnership's file: loaded once, loaded again, changed, refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from protocols.actions import Event
from protocols.actor import Actor
from protocols.roles import Role
from sharing import partners
from sharing.errors import InvalidError, NotFoundError, NotPermittedError
from sharing.ledger.model import LedgerEntry
from sharing.partners import Tier

EXAMPLE = (Path(__file__).parents[1] / "data" / "partnership-example.toml").read_text("utf-8")
TODAY = date(2026, 5, 1)


@pytest.fixture
def loaded(store, operator):
    with store.unit(operator) as unit:
        return partners.load_partnership(unit, EXAMPLE)


def load(store, operator, text):
    with store.unit(operator) as unit:
        return partners.load_partnership(unit, text)


def test_the_example_makes_organisations_officers_areas_and_invitations(store, loaded):
    assert (loaded.organisations, loaded.officers, loaded.areas) == (5, 10, 2)
    assert len(loaded.invitations) == 9
    assert all(post.token for post in loaded.invitations)
    assert not any(post.token in repr(loaded) for post in loaded.invitations)


def test_loading_is_recorded_with_counts_and_a_digest_and_no_names(store, loaded):
    store.integrate()
    with store.reading() as session:
        rows = [
            row
            for row in session.scalars(select(LedgerEntry))
            if Event.PARTNERSHIP_LOADED.value.encode() in bytes(row.body)
        ]
    assert len(rows) == 1
    assert "waltham-forest" in rows[0].log
    assert loaded.digest.encode() in bytes(rows[0].body)
    assert b"Sharma" not in bytes(rows[0].body)


def test_loading_the_same_file_twice_changes_nothing(store, operator, loaded):
    with store.reading() as session:
        before = partners.officers(session, "waltham-forest", store.clock.business_now(), TODAY, also_former=True)
    again = load(store, operator, EXAMPLE)
    with store.reading() as session:
        after = partners.officers(session, "waltham-forest", store.clock.business_now(), TODAY, also_former=True)
    assert before == after
    assert again.invitations == ()


def test_a_changed_file_changes_what_it_says_and_leaves_the_rest(store, operator, loaded):
    load(store, operator, EXAMPLE.replace("ASB co-ordinator", "Community safety lead"))
    with store.reading() as session:
        posts = {view.post for view in partners.officers(session, "waltham-forest", store.clock.business_now(), TODAY)}
    assert "Community safety lead" in posts
    assert "ASB team manager" in posts


def test_an_organisation_may_sit_in_two_partnerships(store, operator, loaded):
    load(store, operator, EXAMPLE.replace('code = "waltham-forest"', 'code = "newham"'))
    with store.reading() as session:
        assert len(partners.members(session, "newham", TODAY)) == 5
        assert len(partners.members(session, "waltham-forest", TODAY)) == 5
        assert len(partners.partnerships(session)) == 2


def test_only_an_operator_loads_a_partnership(store):
    with pytest.raises(NotPermittedError), store.unit(Actor(roles=frozenset(Role))) as unit:
        partners.load_partnership(unit, EXAMPLE)


def test_a_landlord_is_an_invitee_before_the_change_and_co_operating_after_it(store, loaded):
    with store.reading() as session:
        tiers = {
            day: partners.member(session, "waltham-forest", "ascham-homes", day).tier
            for day in (date(2007, 7, 31), date(2007, 8, 1))
        }
        assert partners.member(session, "waltham-forest", "ascham-homes", date(2003, 3, 31)).tier is None
    assert tiers == {date(2007, 7, 31): Tier.INVITEE, date(2007, 8, 1): Tier.CO_OPERATING}


def test_members_come_by_tier_and_only_while_they_are_members(store, loaded):
    with store.reading() as session:
        today = [view.code for view in partners.members(session, "waltham-forest", TODAY)]
        in_2010 = [view.code for view in partners.members(session, "waltham-forest", date(2010, 1, 1))]
    assert today == ["lb-waltham-forest", "met-north-east", "north-east-london-icb", "ascham-homes", "forest-homes"]
    assert "north-east-london-icb" not in in_2010


def test_an_authority_without_a_liaison_officer_is_red(store, loaded):
    with store.reading() as session:
        gaps = partners.liaison_gaps(session, "waltham-forest", store.clock.business_now(), TODAY)
    assert [(gap.organisation, gap.colour, gap.kind) for gap in gaps] == [
        ("north-east-london-icb", "red", "no-liaison-officer"),
        ("forest-homes", "amber", "no-liaison-officer"),
    ]


def test_a_liaison_officer_whose_training_has_run_out_is_a_gap(store, loaded):
    with store.reading() as session:
        gaps = partners.liaison_gaps(session, "waltham-forest", store.clock.business_now(), date(2027, 3, 5))
    assert ("met-north-east", "training-lapsed", "red") in {(gap.organisation, gap.kind, gap.colour) for gap in gaps}


def test_an_elected_member_reads_and_nothing_else(store, operator, loaded):
    with pytest.raises(InvalidError) as refused:
        load(store, operator, EXAMPLE.replace('roles = ["reader"] ', 'roles = ["officer"] '))
    assert "elected member" in str(refused.value)


def test_whom_to_ring_is_the_returns_officer_with_a_phone(store, loaded):
    now = store.clock.business_now()
    with store.reading() as session:
        ascham = partners.whom_to_ring(session, "waltham-forest", "ascham-homes", now, TODAY)
        health = partners.whom_to_ring(session, "waltham-forest", "north-east-london-icb", now, TODAY)
        with pytest.raises(NotFoundError):
            partners.whom_to_ring(session, "waltham-forest", "nobody", now, TODAY)
    assert (ascham.name, ascham.phone) == ("Aisha Begum", "020 7946 0301")
    assert health.phone is None


def test_homes_are_the_newest_count_by_the_day(store, operator, loaded):
    load(store, operator, EXAMPLE.replace("homes = 2140\n  as_at = 2025-04-01", "homes = 2100\n  as_at = 2026-04-01"))
    with store.reading() as session:
        then = {
            view.homes
            for view in partners.homes(session, "waltham-forest", date(2025, 6, 1), organisation="ascham-homes")
        }
        now = {view.homes for view in partners.homes(session, "waltham-forest", TODAY, organisation="ascham-homes")}
    assert then == {2140, 1875}
    assert now == {2100, 1875}


def test_a_ward_has_its_default_lead(store, loaded):
    with store.reading() as session:
        leads = {view.name: view.lead_name for view in partners.areas(session, "waltham-forest")}
    assert leads == {"Hoe Street": "Priya Sharma", "Leyton": None}


MISTAKES = {
    'phone = "020 7946 0100"': ('fone = "020 7946 0100"', "organisation[0].fone (line ", "Did you mean 'phone'?"),
    'body_type = "almo"': ('body_type = "alms"', "organisation[2].body_type", "One of"),
    'kind = "CSP" ': ('kind = "LSP" ', "partnership.kind (line ", ""),
    "from = 2022-07-01": ('from = "July"', "organisation[4].tier[0].from", ""),
    'principal = "lb-waltham-forest"': ('principal = "ascham-homes"', "organisation[2].acts_for[0].principal", ""),
    'purposes = ["asb-case", "hotspot"]': ('purposes = ["*"]', "organisation[2].acts_for[0].purposes", ""),
    'roles = ["signatory"]': ('roles = ["operator"]', "organisation[2].officer[1].roles", ""),
    "to = 2007-08-01": ("to = 2009-08-01", "organisation[2].tier", "End one where the next begins."),
    'lead = "priya.sharma@council.example"': ('lead = "x@council.example"', "area[0].lead", ""),
    'gateways = ["CONSENT"]': ('gateways = ["WHIM"]', "partnership.gateways", "One of"),
    'code = "forest-homes"': ('code = "ascham-homes"', "organisation[2].code", "Put its tables together."),
    'field = "incident.month"': ('field = "subject.shoe"', "organisation[0].open[0]", ""),
}


@pytest.mark.parametrize("right", MISTAKES)
def test_a_mistake_is_named_by_table_path_and_line_and_nothing_is_stored(store, operator, right):
    wrong, where, mend = MISTAKES[right]
    assert right in EXAMPLE
    with pytest.raises(InvalidError) as refused:
        load(store, operator, EXAMPLE.replace(right, wrong, 1))
    problems = [problem for problem in refused.value.problems if problem.where.startswith(where)]
    assert problems
    assert "(line " in problems[0].where
    assert problems[0].mend.startswith(mend)
    with store.reading() as session:
        assert partners.partnerships(session) == ()


def test_every_mistake_is_named_at_once(store, operator):
    with pytest.raises(InvalidError) as refused:
        load(
            store,
            operator,
            EXAMPLE.replace('kind = "CSP" ', 'kynd = "CSP" ').replace('phone = "020 7946 0100"', "phone = 7"),
        )
    assert len(refused.value.problems) == 3


def test_what_is_no_toml_is_said_so(store, operator):
    with pytest.raises(InvalidError) as refused:
        load(store, operator, "[partnership\ncode = 1")
    assert "not TOML" in str(refused.value)
