"""The co-ordinator's hotspots: looked at as a draft, published with a lead for every place, read with and without counts."""

from __future__ import annotations

import csv
import io
import re

import pytest
from coordinator_world import (
    AISHA,
    MIRIAM,
    PRIYA,
    QUARTER,
    RUTH,
    TOM,
    draw_wards,
    fields_of,
    lead_everywhere,
    report,
)

DRAFT = f"/coordinator/hotspots/draft?period={QUARTER}"
LIST = "/coordinator/hotspots"


@pytest.fixture
def priya(counter):
    """The co-ordinator's browser, over a record with reports, wards and a lead for the whole borough."""
    report(counter.store)
    draw_wards(counter.store)
    lead_everywhere(counter.store)
    return counter.sign_in(PRIYA)


def publish(visitor, **changed: str):
    return visitor.send(DRAFT, **{**fields_of(visitor.get(DRAFT).text), **changed})


def table_rows(page: str) -> list[str]:
    return re.findall(r'<tr class="govuk-table__row" id="row-\d+">.*?</tr>', page, re.DOTALL)


def test_a_draft_shows_map_sources_and_twenty_places_each_with_its_lead_chosen(priya):
    page = priya.get(DRAFT)
    assert page.status_code == 200
    assert page.text.index("<h1") < page.text.index('<svg class="map"')
    assert len(table_rows(page.text)) == 20
    leads = {name: value for name, value in fields_of(page.text).items() if name.startswith("lead_")}
    assert len(leads) == 20
    assert all(leads.values())
    assert "nothing from Ascham Homes and Forest Homes Housing Association" in page.text
    assert 'class="map-area-missing"' in page.text
    assert "Not published" not in priya.get(LIST).text
    assert "No hotspot list is published yet" in priya.get(LIST).text


def test_a_place_without_a_lead_stops_the_list_and_is_named(priya):
    draft = fields_of(priya.get(DRAFT).text)
    first = next(name for name in draft if name.startswith("lead_"))
    answer = publish(priya, **{first: ""})
    assert answer.status_code == 400
    assert any(error.startswith("Choose who leads at place 1, ") for error in priya.errors(answer))
    assert f'href="#{first}"' in answer.text
    assert "No hotspot list is published yet" in priya.get(LIST).text


def test_the_published_list_holds_twenty_each_with_its_lead_officer_and_agency(priya):
    answer = publish(priya)
    assert answer.status_code == 302, priya.errors(answer)
    page = priya.get(LIST)
    rows = table_rows(page.text)
    assert len(rows) == 20
    assert all("Sergeant Tom Hale" in row or "Priya Sharma" in row for row in rows)
    assert "20 places of 250 m by 250 m, published 24 November 2026" in page.text
    assert page.text.count('class="map-link"') == 20
    for row in rows:
        anchor = re.search(r'id="(row-\d+)"', row).group(1)
        assert f'href="#{anchor}"' in page.text
    for said in ("Firm", "reports in 12 months", "Why each place is listed", "What the list is drawn from"):
        assert said in page.text


def test_another_lead_is_chosen_in_the_draft(counter, priya):
    draft = fields_of(priya.get(DRAFT).text)
    first = next(name for name in draft if name.startswith("lead_"))
    options = re.search(rf'name="{first}".*?</select>', priya.get(DRAFT).text, re.DOTALL).group(0)
    aisha = re.search(r'<option value="([^"]+)"[^>]*>Aisha Begum', options).group(1)
    publish(priya, **{first: aisha})
    assert "Aisha Begum" in table_rows(priya.get(LIST).text)[0]


def test_where_no_ward_has_a_lead_the_choice_is_empty_and_the_list_is_refused(counter):
    report(counter.store)
    priya = counter.sign_in(PRIYA)
    assert publish(priya).status_code == 400
    assert "There is no map" not in priya.get(DRAFT).text


def test_a_list_is_not_published_when_the_returns_have_changed_since_it_was_looked_at(counter, priya):
    answer = publish(priya, digest="0" * 64)
    assert answer.status_code == 409
    assert "returns have changed" in answer.text


def test_a_second_edition_needs_a_reason_that_everybody_sees(priya):
    publish(priya)
    assert "Why the published list is corrected" in priya.get(DRAFT).text
    refused = publish(priya)
    assert refused.status_code == 422
    assert any("say why" in error for error in priya.errors(refused))
    publish(priya, replace_reason="A late return came")
    assert "edition 2, because A late return came" in priya.get(LIST).text


def test_sending_the_list_twice_publishes_it_once(priya):
    sent = fields_of(priya.get(DRAFT).text)
    first = priya.send(DRAFT, key="once", **sent)
    again = priya.send(DRAFT, key="once", **sent)
    assert first.headers["Location"] == again.headers["Location"]
    assert "edition 2" not in priya.get(LIST).text


def test_an_elected_member_sees_places_and_bands_and_no_count(counter, priya):
    publish(priya)
    ruth = counter.sign_in(RUTH)
    page, sheet = ruth.get(LIST).text, ruth.get("/coordinator/hotspots.csv").get_data(as_text=True)
    counted = [re.search(r"<strong>([\d,]+)</strong>", row).group(1) for row in table_rows(priya.get(LIST).text)]
    assert len(table_rows(page)) == 20
    for shown in (re.sub(r"<svg class=\"map\".*?<circle", "", page, flags=re.DOTALL), sheet):
        assert not [
            number for number in counted if re.search(rf"(?<![\d-]){number} reports|>{number}<|,{number},", shown)
        ]
        assert "50 or more" in shown
    assert "Firm" not in page
    assert "Sergeant Tom Hale" not in page
    assert ruth.get(DRAFT).status_code == 403


def test_an_auditor_and_officers_read_the_list_with_counts_but_change_nothing(counter, priya):
    publish(priya)
    for email in (TOM, MIRIAM, AISHA):
        visitor = counter.sign_in(email)
        page = visitor.get(LIST)
        assert "<strong>" in table_rows(page.text)[0]
        assert "Name another" not in page.text
        assert visitor.get(DRAFT).status_code == 403


def test_the_list_is_downloaded_with_cells_that_no_program_runs(counter, priya):
    report_name = "=cmd|' /C calc'!A0"
    priya.send(
        "/coordinator/hotspots/nominate",
        place="538 200, 188 900".replace(" ", "").replace(",", " "),
        name=report_name,
        period=str(QUARTER),
        came_from="walk",
    )
    publish(priya)
    answer = priya.get("/coordinator/hotspots.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert f'filename="hotspots-{QUARTER}.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0][:3] == ["Rank", "Name", "Ward"]
    assert rows[0][-5:] == ["Lead officer", "Agency", "Easting", "Northing", "Explanation"]
    assert len(rows) == 21
    names = [row[1] for row in rows[1:]]
    assert f"'{report_name}" in names
    assert report_name not in names


def test_a_lead_is_renamed_and_another_s_change_is_not_overwritten_unseen(counter, priya):
    publish(priya)
    page = priya.get(LIST).text
    path = re.search(r'href="(/coordinator/hotspots/[0-9a-f-]+/lead)"', page).group(1)
    form = priya.get(path).text
    aisha = re.search(r'<option value="([^"]+)"[^>]*>Aisha Begum', form).group(1)
    before = fields_of(form)["before"]
    assert priya.send(path, officer=aisha, before=before).status_code == 302
    assert "Aisha Begum" in table_rows(priya.get(LIST).text)[0]
    assert priya.send(path, officer=before, before=before).status_code == 409
    assert priya.send(path, officer="", before=aisha).status_code == 400
    assert counter.sign_in(TOM).get(path).status_code == 403


def test_a_place_is_nominated_by_an_officer_and_never_by_a_person_s_name(counter, priya):
    tom = counter.sign_in(TOM)
    path = "/coordinator/hotspots/nominate"
    good = {"place": "538200 188900", "name": "Marsh Farm shops", "period": str(QUARTER), "came_from": "officer"}
    for wrong, told in (
        ({"name": "Mrs Quuxley’s corner"}, "seems to hold somebody’s name"),
        ({"place": "1 1"}, "outside"),
        ({"place": "nowhere"}, ""),
        ({"period": "2026"}, "not a period"),
        ({"came_from": ""}, "Choose who told us"),
    ):
        answer = tom.send(path, **{**good, **wrong})
        assert answer.status_code in {400, 422}
        assert any(told in error for error in tom.errors(answer)), tom.errors(answer)
    assert tom.send(path, **good).status_code == 302
    assert "Marsh Farm shops" in priya.get(DRAFT).text


def test_an_earlier_list_is_reached_by_its_link(priya):
    publish(priya)
    earlier = QUARTER.preceding
    priya.send(
        f"/coordinator/hotspots/draft?period={earlier}",
        **fields_of(priya.get(f"/coordinator/hotspots/draft?period={earlier}").text),
    )
    page = priya.get(LIST).text
    link = re.search(rf'href="(/coordinator/hotspots\?period={earlier}[^"]*)"', page).group(1)
    assert "April to June 2026" in priya.get(link.replace("&amp;", "&")).text
    assert priya.get(f"{LIST}?period=2001-Q1").status_code == 404
