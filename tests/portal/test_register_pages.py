"""Registers, alerts and referrals, as a browser without scripts meets them."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from protocols.register_kinds import referral_kinds, register_kinds
from sharing import registers
from tests.integration.register_world import MARKED, MARKER, PLAN, REASON, SUPPORT, WHERE, WITNESS, days_later
from tests.portal.coordinator_world import day

LANDLORD, LIAISON, POLICE, POLICE_2 = (
    "officer@homes.example",
    "liaison@homes.example",
    "officer@police.example",
    "second@police.example",
)
NEED = "Cannot pay the rent since the fire"
NAME, HISTORY = "Ignatius Bramblewick", "Came back at night and broke a window"


def version(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page).group(1)


def path_of(answer) -> str:
    assert answer.status_code == 302, re.findall(r'href="#[^"]*">([^<]+)<', answer.text)
    return answer.headers["Location"]


def officer(world, email: str) -> str:
    return str(world.actor(email).officer_id)


def entered(world, visitor, kind: str, given: dict[str, str], by: str, days: int = 90) -> str:
    fields = {f"q_{code.replace('-', '_')}": text for code, text in given.items()}
    until = day("expires_on", world.store.clock.today() + timedelta(days=days))
    page = f"/officer/registers/of/{kind}/new"
    return path_of(visitor.send(page, **fields, **until, reviewer=officer(world, by)))


@pytest.mark.parametrize("kind", sorted(register_kinds()))
def test_every_kind_of_register_has_its_list_and_its_form(model, kind: str):
    counter, _ = model
    landlord = counter.sign_in(LANDLORD)
    found = register_kinds()[kind]
    assert found.plural in landlord.get(f"/officer/registers/of/{kind}").text
    page = landlord.get(f"/officer/registers/of/{kind}/new").text
    for question in found.questions:
        assert question.title in page
    assert landlord.get("/officer/registers/of/no-such-kind").status_code == 404


def test_a_marker_is_entered_circulated_and_opened_by_a_partner_until_it_ends(model):
    counter, world = model
    landlord, liaison, police = (counter.sign_in(email) for email in (LANDLORD, LIAISON, POLICE))
    path = entered(world, landlord, "staff-safety", MARKER, LANDLORD)
    page = landlord.get(path).text
    assert "Sealed" in page
    assert not [text for text in (MARKED, WHERE, REASON) if text in page]
    assert REASON in landlord.send(path, to=f"{path}/open").text
    assert police.get(path).status_code == 404
    register = "/officer/registers/of/staff-safety"
    assert liaison.send(register, to=f"{register}/circulate").status_code == 400
    both = ["model-police", "model-council"]
    assert liaison.send(register, to=f"{register}/circulate", partners=both).status_code == 302
    assert "2 disclosures made" in liaison.get(register).text
    assert "Model Police" in landlord.get(path).text
    told = police.get("/officer/registers").text
    assert WHERE not in told
    opening = re.search(r'action="(/officer/registers/told/[^"]+)"', told).group(1)
    shown = police.send("/officer/registers", to=opening).text
    assert WHERE in shown
    assert "OFFICIAL-SENSITIVE" in shown
    ended = landlord.send(path, to=f"{path}/end", reason="no-longer", version=version(landlord.get(path).text))
    assert ended.status_code == 302
    assert "/officer/registers/told/" not in police.get("/officer/registers").text
    token = {"csrf_token": police.token("/officer/requests/new")}
    assert police.client.post(opening, base_url="https://localhost", data=token).status_code == 403


def test_a_month_without_review_shows_first_to_the_owner_and_to_the_coordinator(model, monkeypatch):
    counter, world = model
    landlord, coordinator, police = (
        counter.sign_in(email) for email in (LANDLORD, "coordinator@council.example", POLICE)
    )
    path = entered(world, landlord, "staff-safety", MARKER, LANDLORD)
    days_later(monkeypatch, world.store, 40)
    for visitor in (landlord, coordinator):
        assert "register entries not reviewed in time" in visitor.get("/home").text
        assert "Review overdue" in visitor.get("/officer/registers").text
        assert WHERE not in visitor.get("/officer/registers").text
    assert "Review overdue" not in police.get("/officer/registers").text
    until = day("expires_on", world.store.clock.today() + timedelta(days=40))
    done = landlord.send(path, to=f"{path}/review", **until, version=version(landlord.get(path).text))
    assert done.status_code == 302
    assert "Review overdue" not in coordinator.get("/officer/registers").text


def test_a_form_with_mistakes_keeps_what_was_typed_and_names_each(model):
    counter, world = model
    landlord = counter.sign_in(LANDLORD)
    page = "/officer/registers/of/staff-safety/new"
    until = day("expires_on", world.store.clock.today() + timedelta(days=900))
    answer = landlord.send(page, q_reason=REASON, **until, reviewer=officer(world, LANDLORD))
    assert answer.status_code == 422
    assert REASON in answer.text
    assert len(landlord.errors(answer)) == 4  # address, kind of risk, told or not, and the day
    assert landlord.send(page).status_code == 400


def test_a_witness_support_plan_is_on_no_page_of_anybody_outside_its_team(model):
    counter, world = model
    police, second = counter.sign_in(POLICE), counter.sign_in(POLICE_2)
    path = entered(world, police, "witness-support", SUPPORT, POLICE)
    assert WITNESS not in police.get(path).text
    assert PLAN in police.send(path, to=f"{path}/open").text
    outside = [counter.sign_in(e) for e in ("liaison@police.example", "coordinator@council.example", LANDLORD)]
    for visitor in (second, *outside):
        assert visitor.get(path).status_code == 404
        listed = visitor.get("/officer/registers/of/witness-support").text
        assert path not in listed
        assert "You are in the team of none" in listed
    joined = police.send(path, to=f"{path}/team", officer=officer(world, POLICE_2), change="joins", version="1")
    assert joined.status_code == 302
    assert PLAN in second.send(path, to=f"{path}/open").text


def test_nothing_of_a_plan_is_in_an_export_or_in_the_auditors_log(model):
    counter, world = model
    police, auditor = counter.sign_in(POLICE), counter.sign_in("auditor@council.example")
    path = entered(world, police, "witness-support", SUPPORT, POLICE)
    police.send(path, to=f"{path}/open")
    auditor.send("/auditor/ledger")
    year = re.search(r"/auditor/ledger/(\d{4})/head", auditor.get("/auditor/ledger").text).group(1)
    exported = auditor.send("/auditor/ledger", to=f"/auditor/ledger/{year}/export")
    assert exported.status_code == 200
    for shown in (exported.data, auditor.get("/auditor/log").data):
        assert not [text for text in (WITNESS, PLAN, SUPPORT["contact"]) if text.encode() in shown]


def test_no_kind_and_no_column_can_hold_a_mobility_flag():
    from sharing.tables import METADATA

    columns = {f"{table.name}.{column.name}" for table in METADATA.tables.values() for column in table.columns}
    fields = {question.code for kind in register_kinds().values() for question in kind.questions}
    assert not [name for name in columns | fields if re.search(r"mobil|relocat|rehous|moved", name)]


# --- alerts ----------------------------------------------------------------------------------------


@pytest.fixture
def alerted(model):
    """The police have named whom an alert reaches; a landlord's officer has raised one."""
    counter, world = model
    liaison = counter.sign_in("liaison@police.example")
    named = liaison.send(
        "/officer/alert-contacts/new",
        area="",
        officer=officer(world, POLICE),
        deputy=officer(world, POLICE_2),
        minutes="30",
    )
    assert named.status_code == 302
    landlord = counter.sign_in(LANDLORD)
    raised = landlord.send(
        "/officer/alerts/new",
        order_kind="injunction",
        order_ref="CC/2026/0417",
        power_of_arrest="yes",
        **day("happened_on", world.store.clock.today() - timedelta(days=1)),
        happened_time="21:30",
        area="",
        name=NAME,
        address="3 Damson Court",
        history=HISTORY,
    )
    return counter, world, landlord, path_of(raised)


def test_an_alert_stands_first_on_the_contacts_home_and_its_acknowledgement_is_timed(alerted):
    counter, _, landlord, path = alerted
    police = counter.sign_in(POLICE)
    home = police.get("/home").text
    assert re.findall(r'accord-tile__label">([^<]+)', home)[0] == "breach alerts to acknowledge"
    assert "CC/2026/0417, power of arrest" in home
    assert NAME not in home
    page = police.get(path).text
    assert "Not told yet: ring Model Homes" in page
    assert police.send(path, to=f"{path}/acknowledge", version=version(page)).status_code == 302
    assert "breach alerts to acknowledge" not in police.get("/home").text
    assert "Polly Cee" in re.search(r"Acknowledged</dt>(.*?)</dd>", landlord.get(path).text, re.DOTALL).group(1)
    done = police.send(path, to=f"{path}/result", result="arrest", version=version(police.get(path).text))
    assert done.status_code == 302
    assert "Arrested" in landlord.get(path).text


def test_the_letters_to_contact_and_deputy_name_nobody_and_no_order(alerted):
    counter, *_ = alerted
    settings = counter.app.extensions["accord.settings"]
    letters = [
        message_from_bytes(file.read_bytes(), policy=policy.default) for file in (settings.home / "mail").glob("*.eml")
    ]
    assert {letter["To"] for letter in letters} == {POLICE, POLICE_2}
    for letter in letters:
        text = f"{letter['Subject']} {letter.get_content()}"
        assert "/officer/alerts/" in text
        assert not [told for told in (NAME, "Damson", HISTORY, "CC/2026/0417", "Model Homes") if told in text]


def test_an_unacknowledged_alert_is_on_the_deputys_home_after_the_minutes_have_passed(alerted, monkeypatch):
    counter, world, _, path = alerted
    deputy = counter.sign_in(POLICE_2)
    assert "breach alerts to acknowledge" not in deputy.get("/home").text
    days_later(monkeypatch, world.store, 1)
    assert "breach alerts to acknowledge" in deputy.get("/home").text
    assert "With the deputy too" in deputy.get("/officer/alerts").text
    assert deputy.send(path, to=f"{path}/acknowledge", version="1").status_code == 302


def test_what_happened_leaves_when_a_colleague_lets_it_and_is_then_opened_by_the_contact(alerted):
    counter, _, landlord, path = alerted
    liaison, police = counter.sign_in(LIAISON), counter.sign_in(POLICE)
    assert "Let it leave" not in landlord.get(path).text
    page = liaison.get(path).text
    reasons = {"necessity": "They have to know whom", "proportionality": "One name"}
    assert liaison.send(path, to=f"{path}/tell", **reasons, version=version(page)).status_code == 302
    assert NAME not in police.get(path).text
    assert HISTORY in police.send(path, to=f"{path}/open").text
    assert NAME in landlord.send(path, to=f"{path}/open").text
    assert counter.sign_in("officer@charity.example").get(path).status_code == 404
    assert counter.sign_in("coordinator@council.example").get(path).status_code == 404


def test_an_alert_with_a_name_for_its_reference_or_without_a_time_is_not_raised(alerted):
    *_, landlord, _ = alerted
    fields = {"order_kind": "injunction", "power_of_arrest": "no", "history": HISTORY, "area": ""}
    when = {"happened_on-day": "1", "happened_on-month": "11", "happened_on-year": "2026"}
    wrong = landlord.send("/officer/alerts/new", order_ref="Mr Bramblewick", happened_time="21:30", **when, **fields)
    assert wrong.status_code == 422
    assert HISTORY in wrong.text
    late = landlord.send("/officer/alerts/new", order_ref="CC/1", happened_time="half nine", **when, **fields)
    assert late.status_code == 422
    assert "Enter the time, like 21:30" in late.text


# --- referrals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(referral_kinds()))
def test_every_kind_of_referral_has_its_form_and_shows_the_gates_verdict(model, kind: str):
    counter, _ = model
    page = counter.sign_in(LANDLORD).get(f"/officer/referrals/of/{kind}/new").text
    assert "Model Charity (not section 115)" in page
    assert "Model Police (section 115)" in page
    for question in referral_kinds()[kind].opens:
        assert question.title in page


def test_a_referral_is_made_answered_read_by_both_and_ended(model):
    counter, _ = model
    landlord, council = counter.sign_in(LANDLORD), counter.sign_in("coordinator@council.example")
    made = landlord.send(
        "/officer/referrals/of/tenancy-support/new",
        recipient="model-council",
        q_person="A tenant",
        q_need=NEED,
        urgent="y",
    )
    path = path_of(made)
    assert NEED not in council.get(path).text
    assert NEED in council.send(path, to=f"{path}/open/model-homes").text
    assert "referrals to answer" in council.get("/home").text
    answered = council.send(path, to=f"{path}/part", q_support="A budget plan", version=version(council.get(path).text))
    assert answered.status_code == 302
    assert "A budget plan" in landlord.send(path, to=f"{path}/open/model-council").text
    assert "after 0 hours" in landlord.get(path).text
    ended = landlord.send(
        path, to=f"{path}/end", outcome="unmet", unmet="debt", version=version(landlord.get(path).text)
    )
    assert ended.status_code == 302
    assert "Money and debt" in landlord.get("/officer/referrals").text
    police = counter.sign_in(POLICE)
    assert police.get(path).status_code == 404
    token = {"csrf_token": police.token("/officer/requests/new")}
    for open_path in ("model-homes", "model-council", "model-police"):
        answer = police.client.post(f"{path}/open/{open_path}", base_url="https://localhost", data=token)
        assert answer.status_code == 404


def test_a_partner_outside_section_115_sees_the_verdict_and_is_refused_what_was_written(model):
    counter, world = model
    world.sign("signatory@charity.example")
    landlord, charity = counter.sign_in(LANDLORD), counter.sign_in("officer@charity.example")
    fields = {"recipient": "model-charity", "q_person": "A boy", "q_concern": NEED}
    path = path_of(landlord.send("/officer/referrals/of/youth-panel/new", **fields))
    page = charity.get(path).text
    assert "Not section 115" in page
    assert "Open this part" not in page
    token = {"csrf_token": charity.token("/officer/requests/new")}
    refused = charity.client.post(f"{path}/open/model-homes", base_url="https://localhost", data=token)
    assert refused.status_code == 403
    assert NEED not in refused.text
    with world.store.reading() as session:
        denials = [entry for entry in _entries(session) if entry.type == "access:denied"]
    assert denials[-1].facts["rule"] == "section-115"


def _entries(session):
    from sharing.ledger import read

    (log,) = read.logs(session, "model-csp")
    return [view.entry for view in read.entries(session, log.origin, limit=500)][::-1]


def test_registers_are_in_the_navigation_of_an_officer_and_closed_to_an_auditor(model):
    counter, _ = model
    assert "/officer/registers" in counter.sign_in(POLICE).get("/home").text
    assert counter.sign_in("auditor@council.example").get("/officer/registers").status_code == 403
    assert registers.END_REASONS
