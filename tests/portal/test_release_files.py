"""A release is taken along as a file only where the protocol lets it, marked, inert, and never before its entry."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from sqlalchemy import text

from portal.papers.release_file import inert
from protocols.actions import Event
from sharing import disclosures
from tests.integration.disclosure_world import BORN, NAME, PARTNERSHIP
from tests.integration.retention_world import let_pass

OFFICER = "officer@police.example"


@pytest.fixture
def given(model) -> tuple:
    """The police were given who it is: name, birth and address."""
    counter, world = model
    world.deposit()
    made = world.ask()
    world.decide(made.request_id)
    with counter.store.reading() as session:
        release = disclosures.given_to(session, PARTNERSHIP, "model-police")[0]
    return counter, world, made.request_id, release


def download(counter, release, kind: str, email: str = OFFICER):
    visitor = counter.sign_in(email)
    return visitor.send("/account/sign-in", to=f"/officer/releases/{release.id}/download", kind=kind)


def entries(counter, event: Event) -> list:
    counter.store.integrate()
    with counter.store.reading() as session:
        bodies = session.scalars(text("SELECT body FROM ledger_entry ORDER BY idx")).all()
    return [each for each in map(str, bodies) if str(event) in each]


def test_the_csv_bears_marking_reference_taker_and_until_when_it_is_kept(given):
    counter, _, _, release = given
    answer = download(counter, release, "csv")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["Marking", release.marking] == rows[-1]
    said = " ".join(" ".join(row) for row in rows)
    for part in (release.ref, "Polly Cee", "Model Police", f"{release.kept_until.year}", NAME):
        assert part in said
    assert len(entries(counter, Event.EXPORTED)) == 1


def test_the_pdf_is_one_and_says_the_same_in_its_name_alone(given):
    counter, _, _, release = given
    answer = download(counter, release, "pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")
    assert f"{release.ref}.pdf" in answer.headers["Content-Disposition"]


def test_the_entry_says_which_fields_went_and_holds_none_of_them(given):
    counter, _, _, release = given
    download(counter, release, "csv")
    (entry,) = entries(counter, Event.EXPORTED)
    assert "subject.name" in entry
    assert release.ref in entry
    assert NAME not in entry
    assert BORN not in entry


def test_whoever_does_not_work_on_it_takes_nothing_and_the_refusal_is_an_entry(given):
    counter, _, _, release = given
    answer = download(counter, release, "csv", "second@police.example")
    assert answer.status_code == 403
    assert NAME not in answer.text
    assert not entries(counter, Event.EXPORTED)
    assert any("assigned" in each for each in entries(counter, Event.DENIED))


@pytest.mark.parametrize(("email", "seen"), [("officer@homes.example", 200), ("officer@charity.example", 404)])
def test_nobody_elses_release_is_taken_along_and_only_its_two_parties_find_its_page(given, email, seen):
    counter, _, _, release = given
    visitor = counter.sign_in(email)
    for made, found in ((release.id, seen), (uuid.uuid4(), 404)):
        to = f"/officer/releases/{made}/download"
        assert visitor.send("/account/sign-in", to=to, kind="csv").status_code == 404
        page = visitor.get(f"/officer/releases/{made}")
        assert page.status_code == found
        assert "/download" not in page.text
        assert NAME not in page.text


def test_a_kind_of_file_that_is_none_is_not_found(given):
    counter, _, _, release = given
    assert download(counter, release, "exe").status_code == 404
    assert not entries(counter, Event.EXPORTED)


def test_past_its_day_nothing_is_taken_along(given):
    counter, _, _, release = given
    ahead = (release.kept_until - counter.store.clock.today()).days
    let_pass(counter.store, ahead)
    answer = download(counter, release, "csv")
    assert answer.status_code == 403
    assert not entries(counter, Event.EXPORTED)


def test_the_page_of_a_release_shows_no_value_and_asks_before_it_opens_one(given):
    counter, _, request_id, release = given
    visitor = counter.sign_in(OFFICER)
    page = visitor.get(f"/officer/releases/{release.id}")
    assert page.status_code == 200
    assert NAME not in page.text
    assert "Download as PDF" in page.text
    assert f"/officer/releases/{release.id}" in visitor.get(f"/officer/requests/{request_id}").text


@pytest.mark.parametrize("value", ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_runs_as_a_formula(value):
    assert inert(value) == f"'{value}"
    assert inert("14 Marmalade Row") == "14 Marmalade Row"


def test_what_is_opened_and_printed_says_whose_it_is_and_until_when_it_is_kept(given):
    counter, _, request_id, release = given
    visitor = counter.sign_in(OFFICER)
    to = f"/officer/requests/{request_id}/open"
    opened = visitor.send(f"/officer/requests/{request_id}", to=to).text
    assert NAME in opened
    assert 'accord-print-official-sensitive"' in opened
    assert f"{release.ref}, opened by Polly Cee, Model Police" in opened
    assert "what is printed is destroyed then" in opened
