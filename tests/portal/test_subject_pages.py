"""Finding and answering a person, and asking what may be said to somebody outside, as a browser without scripts meets it."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from tests.integration.disclosure_world import ADDRESS, HISTORY, NAME
from tests.portal.conftest import TODAY

MONTHS = timedelta(days=60)
REFERENCE = "MH-2026-0001"


def day(name: str, value) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


WHO = {"names": NAME, "born-day": "27", "born-month": "3", "born-year": "1986", "addresses": ADDRESS}
ASKED = {**WHO, **day("received_on", TODAY), "identity": "known"}


@pytest.fixture
def landlord(model):
    counter, world = model
    world.deposit()
    return counter, world, counter.sign_in("liaison@homes.example")


def received(visitor, **more: str) -> str:
    answer = visitor.send("/liaison/subjects/new", **{**ASKED, **more})
    assert answer.status_code == 302, visitor.errors(answer)
    return answer.headers["Location"]


def gathered(visitor) -> str:
    path = received(visitor)
    assert visitor.send(path, to=f"{path}/gather").status_code == 302
    return path


def items(visitor, path: str) -> list[str]:
    return re.findall(rf'href="({path}/items/[0-9a-f-]+)"', visitor.get(path).text)


def version(visitor, path: str) -> str:
    return re.search(r'name="version" value="(\d+)"', visitor.get(path).text).group(1)


def decide(visitor, item: str, **fields):
    return visitor.send(item, **{"version": version(visitor, item), "reason": "", "why": "", **fields})


def test_a_person_is_found_by_reference_and_no_value_is_shown_until_it_is_opened(landlord):
    _, _, visitor = landlord
    found = visitor.send("/liaison/subjects/find", **WHO, reason="access").text
    assert REFERENCE in found
    assert "Same name and date of birth" in found
    assert "Same address: others may live there" in found
    results = found.partition("Search again")[0]
    assert NAME not in results
    assert ADDRESS not in results
    opened = visitor.send(
        "/liaison/subjects/find", to=re.search(r'action="(/liaison/subjects/records/[^"]+/open)"', found).group(1)
    )
    assert NAME in opened.text
    assert "OFFICIAL-SENSITIVE" in opened.text


def test_a_search_needs_a_reason_and_keeps_what_was_typed(landlord):
    _, _, visitor = landlord
    refused = visitor.send("/liaison/subjects/find", **WHO, reason="")
    assert refused.status_code == 400
    assert NAME in refused.text
    little = visitor.send("/liaison/subjects/find", names="Somebody", addresses="", reason="access")
    assert little.status_code == 422
    assert any("too little" in error for error in visitor.errors(little))


def test_only_whoever_answers_for_an_organisation_searches_for_people(landlord):
    counter, _, _ = landlord
    for email in ("officer@homes.example", "auditor@council.example", "signatory@homes.example"):
        visitor = counter.sign_in(email)
        assert visitor.get("/liaison/subjects/find").status_code == 403
        assert visitor.get("/liaison/subjects").status_code == 403


def test_a_request_is_answered_from_the_first_day_to_the_pack(landlord):
    _, world, visitor = landlord
    made = world.ask()
    assert world.decide(made.request_id).outcome == "released"
    path = received(visitor, identity="")
    assert "The clock has not started" in visitor.get("/liaison/subjects").text
    started = visitor.send(
        path, to=f"{path}/identity", version=version(visitor, path), identity="document", **day("identity_on", TODAY)
    )
    assert started.status_code == 302
    assert "24 December 2026" in visitor.get(path).text
    extended = visitor.send(path, to=f"{path}/extend", version=version(visitor, path), extension="complex")
    assert extended.status_code == 302
    assert "24 February 2027" in visitor.get(path).text
    visitor.send(path, to=f"{path}/gather")
    assert len(items(visitor, path)) == 2
    for item in items(visitor, path):
        assert decide(visitor, item, outcome="include").status_code == 302
    pack = json.loads(visitor.send(path, to=f"{path}/pack", kind=".json").data)
    assert pack["records"][0]["fields"][0]["name"]
    assert NAME in json.dumps(pack)
    assert pack["told"][0]["recipient"] == "Model Police"
    assert "neither confirm nor deny" in " ".join(pack["letter"])
    paper = visitor.send(path, to=f"{path}/pack", kind=".pdf")
    assert paper.data.startswith(b"%PDF-")
    assert paper.headers["Content-Disposition"].endswith('.pdf"')
    assert visitor.send(path, to=f"{path}/pack", kind=".docx").status_code == 422
    done = visitor.send(path, to=f"{path}/answered", version=version(visitor, path))
    assert done.status_code == 302
    assert "Answered" in visitor.get("/liaison/subjects").text


def test_an_item_that_is_held_back_needs_reason_words_and_day_and_leaves_the_pack_as_if_it_were_not_there(landlord):
    _, _, visitor = landlord
    path = gathered(visitor)
    (item,) = items(visitor, path)
    bare = decide(visitor, item, outcome="withhold")
    assert bare.status_code == 422
    assert len(visitor.errors(bare)) >= 2
    held = decide(
        visitor, item, outcome="withhold", reason="crime", why="They would know", **day("re_examine_on", TODAY + MONTHS)
    )  # fmt: skip
    assert held.status_code == 302
    assert "23 Jan 2027" in visitor.get(path).text
    pack = json.loads(visitor.send(path, to=f"{path}/pack", kind=".json").data)
    assert (pack["records"], pack["received"], pack["told"]) == ([], [], [])
    whole = json.dumps(pack)
    for trace in (REFERENCE, "They would know", "crime prevention", "held back", "2027"):
        assert trace not in whole


def test_a_record_is_opened_before_it_is_decided_on_and_goes_without_what_is_about_somebody_else(landlord):
    _, _, visitor = landlord
    path = gathered(visitor)
    (item,) = items(visitor, path)
    assert NAME not in visitor.get(item).text
    assert NAME in visitor.send(item, to=f"{item}/open").text
    without = {"outcome": "include", "left_out": ["case.history"], **day("re_examine_on", TODAY + MONTHS)}
    assert decide(visitor, item, **without).status_code == 422
    done = decide(visitor, item, **{**without, "reason": "third-party", "why": "It names who complained"})
    assert done.status_code == 302
    pack = visitor.send(path, to=f"{path}/pack", kind=".json").text
    assert NAME in pack
    assert HISTORY not in pack


def test_a_partner_asks_the_supplier_who_sees_the_reference_and_no_name(landlord):
    counter, world, visitor = landlord
    made = world.ask()
    world.decide(made.request_id)
    police = counter.sign_in("liaison@police.example")
    path = gathered(police)
    (item,) = items(police, path)
    too_early = decide(police, item, outcome="include")
    assert any("Ask whoever supplied it first" in error for error in police.errors(too_early))
    assert police.send(item, to=f"{item}/consult").status_code == 302
    page = visitor.get("/liaison/subjects").text
    question = re.search(r'href="(/liaison/subjects/questions/[^"]+)"', page).group(1)
    shown = visitor.get(question).text
    assert "Model Police asks" in shown
    assert NAME not in shown
    council = counter.sign_in("liaison@council.example")
    assert council.get(question).status_code == 404
    answered = visitor.send(question, advice="no-objection", reason="", version=version(visitor, question))
    assert answered.status_code == 302
    assert "nothing speaks against it" in police.get(path).text
    assert decide(police, item, outcome="include").status_code == 302
    assert NAME in police.send(path, to=f"{path}/pack", kind=".json").text


def test_another_organisation_and_another_partnership_find_nothing_behind_an_id(landlord):
    counter, _, visitor = landlord
    path = gathered(visitor)
    (item,) = items(visitor, path)
    record = re.search(
        r'action="(/liaison/subjects/records/[^"]+/open)"',
        visitor.send("/liaison/subjects/find", **WHO, reason="access").text,
    ).group(1)
    police = counter.sign_in("liaison@police.example")
    for mine in (path, item):
        assert police.get(mine).status_code == 404
    for to, fields in (
        (f"{path}/gather", {}),
        (f"{path}/pack", {"kind": ".json"}),
        (f"{item}/open", {}),
        (f"{item}/consult", {}),
        (item, {"outcome": "include", "version": "1"}),
        (record, {}),
    ):
        assert police.send("/liaison/subjects/find", to=to, **fields).status_code == 404, to


def test_a_tie_is_kept_and_the_victims_record_does_not_go_to_whoever_harmed_them(landlord):
    _, world, visitor = landlord
    from sharing import disclosures

    values = {"subject.name": "Clementine Thistlewood", "subject.dob": "1990-02-03", "subject.address": ADDRESS}
    kept = world.store.clock.today() + timedelta(days=700)
    with world.store.unit(world.actor("officer@homes.example")) as unit:
        disclosures.deposit_record(unit, disclosures.DepositRecord("MH-V", "E05000001", "NOIS", kept, values))
    tied = visitor.send("/liaison/subjects/links", reference="MH-V", kind="victim-of", other_reference=REFERENCE)
    assert tied.status_code == 302
    assert "MH-V" in visitor.get("/liaison/subjects/links").text
    assert (
        visitor.send("/liaison/subjects/links", reference="MH-V", kind="victim-of", other_reference="XX").status_code
        == 422
    )
    path = gathered(visitor)
    page = visitor.get(path).text
    victim = re.search(rf'href="({path}/items/[0-9a-f-]+)">MH-V<', page).group(1)
    refused = decide(visitor, victim, outcome="include")
    assert refused.status_code == 403
    assert "It never leaves that way" in refused.text


def test_an_incoming_tenant_is_not_told_and_the_officer_reads_what_to_say(landlord):
    counter, _, _ = landlord
    officer = counter.sign_in("officer@homes.example")
    answer = officer.send(
        "/liaison/outside",
        recipient_kind="resident",
        topic="past-tenant",
        reference=REFERENCE,
        recipient_reference="",
    )
    assert answer.status_code == 302
    path = answer.headers["Location"]
    shown = officer.get(path).text
    assert "This cannot be told" in shown
    assert "past-tenant" in shown
    assert "empty and ready to let" in shown
    receipt = re.search(r'href="(/auditor/receipts/[^"]+)"', shown).group(1)
    assert officer.get(receipt).text.startswith("c2sp.org/tlog-proof@v1")
    police = counter.sign_in("officer@police.example")
    assert police.get(path).status_code == 404
    assert police.get(receipt).status_code == 404
    wrong = officer.send(
        "/liaison/outside", recipient_kind="resident", topic="case", reference="XX", recipient_reference=""
    )
    assert wrong.status_code == 422
    assert any("No record of ours" in error for error in officer.errors(wrong))
