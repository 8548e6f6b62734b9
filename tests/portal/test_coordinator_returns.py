"""Who is in and whom to ring; all sources of a quarter together, with where each figure comes from."""

from __future__ import annotations

import re

import pytest
from coordinator_world import AISHA, HERE, MIRIAM, PRIYA, QUARTER, RUTH, TODAY, TOM

from protocols.actor import Actor
from protocols.roles import Role
from sharing import partners, returns
from sharing.returns import Setting, SubmitNilReturn, SubmitReturn
from sharing.store import Store

PAGE = "/coordinator/returns"
FORM = """Line,Category,Area or place,Number
Homes in the area,,,4015
Open at start,,,1
New cases,,,5
Closed,,,2
Open at end,,,4
Hate related,,,0
New cases by category,Noise,Queens Road,4
New cases by category,Drugs,Queens Road,1
"""


def landlord(store: Store, organisation: str) -> Actor:
    with store.reading() as session:
        people = partners.officers(
            session, HERE, store.clock.business_now(), store.clock.today(), organisation=organisation
        )
    who = next(person for person in people if Role.RETURNS_OFFICER in person.roles)
    return Actor(who.user_id, who.id, organisation, HERE, who.roles)


def submit(store: Store, organisation: str) -> None:
    checked = returns.check_return("quarterly", "a.csv", FORM.encode(), Setting(QUARTER, TODAY, returns.scheme()))
    with store.unit(landlord(store, organisation)) as unit:
        returns.submit_return(
            unit, SubmitReturn(HERE, organisation, checked, "lb-waltham-forest"), in_force=lambda *_: None
        )


def send_nil(store: Store, organisation: str) -> None:
    with store.unit(landlord(store, organisation)) as unit:
        returns.submit_nil_return(unit, SubmitNilReturn(HERE, organisation, QUARTER))


def test_nobody_is_in_and_everybody_missing_is_named_with_whom_to_ring(counter):
    page = counter.sign_in(PRIYA).get(f"{PAGE}?period={QUARTER}").text
    assert "0 of 2 returns are in" in page
    for said in (
        "Ascham Homes",
        "Aisha Begum",
        "tel:02079460301",
        "Forest Homes Housing Association",
        "Jo Whitfield",
        "Missing",
    ):
        assert said in page
    assert "Nothing has come from Ascham Homes and Forest Homes Housing Association" in page


def test_the_last_quarter_is_shown_unless_another_is_asked_for(counter):
    priya = counter.sign_in(PRIYA)
    assert "Returns for July to September 2026" in priya.get(PAGE).text
    assert "Returns for April to June 2026" in priya.get(f"{PAGE}?period=2026-Q2").text
    assert priya.get(f"{PAGE}?period=soon").status_code == 422


def test_the_merged_table_equals_its_sources_and_the_missing_landlord_is_named(counter):
    submit(counter.store, "ascham-homes")
    page = counter.sign_in(PRIYA).get(f"{PAGE}?period={QUARTER}").text
    assert "1 of 2 returns are in" in page
    assert "The landlords that have reported hold 4,015 of 4,435 homes" in page
    assert "Nothing has come from Forest Homes Housing Association" in page
    table = page[page.index('id="merged"') :]
    rows = {
        re.search(r'data-label="Kind">([^<]+)<', row).group(1): re.findall(
            r"numeric\"[^>]*>(?:<strong>)?([\d–,]+)", row
        )
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
        if 'data-label="Kind"' in row
    }
    assert len(rows) == 2
    assert sorted(numbers[0] for numbers in rows.values()) == ["1", "4"]
    assert all(numbers[1:] == ["–", "–"] for numbers in rows.values())
    assert "Ascham Homes 4" in table
    assert "Ascham Homes 1" in table
    assert "<strong>5</strong>" in table


def test_a_nil_return_counts_as_in_and_when_all_are_in_that_is_said(counter):
    submit(counter.store, "ascham-homes")
    send_nil(counter.store, "forest-homes")
    page = counter.sign_in(PRIYA).get(f"{PAGE}?period={QUARTER}").text
    assert "2 of 2 returns are in" in page
    assert "Every landlord is in these figures" in page
    assert "Jo Whitfield" not in page


@pytest.mark.parametrize(("email", "status"), [(PRIYA, 200), (MIRIAM, 200), (TOM, 403), (AISHA, 403), (RUTH, 403)])
def test_the_co_ordinator_and_the_auditor_read_who_is_in(counter, email: str, status: int):
    assert counter.sign_in(email).get(PAGE).status_code == status


def test_the_first_page_of_the_co_ordinator_says_what_is_missing(counter):
    home = counter.sign_in(PRIYA).get("/home").text
    assert "returns for 2026-Q3 not in, of 2" in home
    assert "Forest Homes Housing Association" in home
