"""Asking, deciding, opening, as a browser without scripts meets it."""

from __future__ import annotations

import re

import pytest

from tests.integration.disclosure_world import ADDRESS, HISTORY, NAME

ASK = {
    "supplier": "model-homes",
    "kind": "tenant-identity",
    "purpose": "asb-case",
    "fields": ["subject.name", "subject.dob", "subject.address"],
    "subject_ref": "MH-2026-0001",
    "necessity": "Needed to decide on an injunction",
    "proportionality": "Only who and where",
}


def request_path(answer) -> str:
    assert answer.status_code == 302, re.findall(r"error-message[^<]*<[^>]*>([^<]*)", answer.text)
    return answer.headers["Location"]


@pytest.fixture
def asked(model):
    """A request that the police made, and both sides' browsers."""
    counter, world = model
    world.deposit()
    police, landlord = counter.sign_in("officer@police.example"), counter.sign_in("liaison@homes.example")
    path = request_path(police.send("/officer/requests/new", **ASK))
    return counter, police, landlord, path


def test_a_request_is_made_decided_released_and_opened(asked):
    _, police, landlord, path = asked
    assert "Waits for a reply" in police.get(path).text
    decide = path.replace("/officer/", "/liaison/")
    page = landlord.get(decide).text
    assert "What the protocol says, if you allow it" in page
    assert "line 1.1" in page
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    done = landlord.send(
        decide,
        field_subject_name="as-is",
        field_subject_dob="age-band",
        field_subject_address="as-is",
        necessary="They have to know who it is",
        proportionate="Three fields of one person",
        version=version,
    )
    assert done.status_code == 302
    given = police.get(path).text
    assert NAME not in given
    assert "Open what was given" in given
    opened = police.send(path, to=f"{path}/open").text
    assert NAME in opened
    assert ADDRESS in opened
    assert HISTORY not in opened
    assert "OFFICIAL-SENSITIVE" in opened


def test_the_receipt_is_fetched_by_both_sides_and_by_nobody_else(asked):
    counter, police, landlord, path = asked
    decide = path.replace("/officer/", "/liaison/")
    version = re.search(r'name="version" value="(\d+)"', landlord.get(decide).text).group(1)
    fields = {"field_subject_name": "as-is", "field_subject_dob": "age-band", "field_subject_address": "as-is"}
    landlord.send(decide, **fields, necessary="a", proportionate="b", version=version)
    receipt = re.search(r'href="(/auditor/receipts/[^"]+)"', police.get(path).text).group(1)
    for visitor in (police, landlord, counter.sign_in("auditor@council.example")):
        answer = visitor.get(receipt)
        assert answer.status_code == 200
        assert answer.text.startswith("c2sp.org/tlog-proof@v1")
    stranger = counter.sign_in("officer@charity.example")
    assert stranger.get(receipt).status_code == 404
    missing = receipt[:-20] + "0000000000.tlog-proof"
    assert stranger.get(missing).status_code == 404


def test_a_refusal_of_the_decision_form_keeps_what_was_typed_and_names_what_is_missing(asked):
    _, _, landlord, path = asked
    decide = path.replace("/officer/", "/liaison/")
    version = re.search(r'name="version" value="(\d+)"', landlord.get(decide).text).group(1)
    answer = landlord.send(
        decide,
        field_subject_name="as-is",
        field_subject_dob="discretion",
        field_subject_address="as-is",
        proportionate="Typed with care",
        version=version,
    )
    assert answer.status_code == 422
    assert "Typed with care" in answer.text
    assert len(landlord.errors(answer)) == 2


def test_sending_a_form_twice_does_it_once_and_another_body_under_the_same_key_is_refused(model):
    counter, world = model
    world.deposit()
    police = counter.sign_in("officer@police.example")
    first = request_path(police.send("/officer/requests/new", key="the-same-key", **ASK))
    assert request_path(police.send("/officer/requests/new", key="the-same-key", **ASK)) == first
    other = police.send("/officer/requests/new", key="the-same-key", **{**ASK, "necessity": "Something else"})
    assert other.status_code == 422
    assert len(re.findall(r"/officer/requests/[0-9a-f-]{36}", police.get("/officer/requests").text)) == 1


def test_the_auditor_finds_the_decision_and_sees_no_value(asked):
    counter, _, landlord, path = asked
    decide = path.replace("/officer/", "/liaison/")
    version = re.search(r'name="version" value="(\d+)"', landlord.get(decide).text).group(1)
    fields = {"field_subject_name": "as-is", "field_subject_dob": "age-band", "field_subject_address": "as-is"}
    landlord.send(decide, **fields, necessary="a", proportionate="b", version=version)
    auditor = counter.sign_in("auditor@council.example")
    found = auditor.get("/auditor/log?organisation=model-police&subject_ref=MH-2026-0001").text
    assert "1 decision found" in found
    link = re.search(r'href="(/auditor/log/[^"]+)"', found).group(1)
    page = auditor.get(link).text
    assert "MODEL-ISP version 1, line 1.1" in page
    for value in (NAME, ADDRESS, HISTORY):
        assert value not in page
    assert auditor.get("/auditor/log?from_on=yesterday").text.count("must be a real date") == 1
    assert auditor.get("/officer/requests").status_code == 403


def test_the_ledger_is_verified_and_exported_by_the_auditor_alone(model, tmp_path):
    counter, world = model
    world.deposit()
    auditor = counter.sign_in("auditor@council.example")
    assert "everything holds" in auditor.send("/auditor/ledger").text
    year = re.search(r"/auditor/ledger/(\d{4})/head", auditor.get("/auditor/ledger").text).group(1)
    head = auditor.get(f"/auditor/ledger/{year}/head")
    assert head.text.startswith("accord.test/model-csp/")
    exported = auditor.send("/auditor/ledger", to=f"/auditor/ledger/{year}/export")
    assert exported.status_code == 200
    assert exported.data[:2] == b"PK"
    assert counter.sign_in("officer@police.example").get("/auditor/ledger").status_code == 403


def test_a_joint_visit_is_logged_on_one_form_confirmed_by_the_other_and_its_place_is_sealed(model):
    counter, world = model
    world.deposit()
    landlord, police = counter.sign_in("officer@homes.example"), counter.sign_in("officer@police.example")
    page = landlord.get("/officer/visits/log").text
    inputs = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page))
    assert len(inputs - {"csrf_token", "idempotency_key"}) <= 8
    logged = landlord.send(
        "/officer/visits/log",
        kind="contract",
        with_organisation="model-police",
        place="14 Marmalade Row, ZZ9 9ZZ",
        linked="none",
        outcome="done",
        log_number="HOMES-77",
        told_about="MH-2026-0001",
        note="Zebedee signed",
    )
    path = request_path(logged)
    shown = police.get(path).text
    assert "Marmalade" not in shown
    assert "HOMES-77" in shown
    version = re.search(r'name="version" value="(\d+)"', shown).group(1)
    assert police.send(path, to=f"{path}/confirm", version=version).status_code == 302
    assert "Marmalade" in landlord.send(path, to=f"{path}/open").text
    assert (
        police.client.post(
            f"{path}/open", base_url="https://localhost", data={"csrf_token": police.token("/officer/visits/log")}
        ).status_code
        == 403
    )
    auditor = counter.sign_in("auditor@council.example")
    assert "1 decision found" in auditor.get("/auditor/log?subject_ref=MH-2026-0001").text


def test_a_protocol_is_read_and_signed_in_the_browser_only_after_confirming_who_one_is(model):
    counter, _ = model
    signatory = counter.sign_in("signatory@charity.example")
    page = signatory.get("/liaison/protocols/MODEL-ISP/1").text
    assert "What is shared" in page
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page).group(1)
    wrong = signatory.send(
        "/liaison/protocols/MODEL-ISP/1",
        to="/liaison/protocols/MODEL-ISP/1/sign",
        digest="0" * 64,
        seniority="Director",
        read="y",
    )
    assert wrong.status_code in {409, 422}
    signed = signatory.send(
        "/liaison/protocols/MODEL-ISP/1",
        to="/liaison/protocols/MODEL-ISP/1/sign",
        digest=digest,
        seniority="Director",
        read="y",
    )
    assert signed.status_code == 302
    assert "Withdraw from this protocol" in signatory.get("/liaison/protocols/MODEL-ISP/1").text
