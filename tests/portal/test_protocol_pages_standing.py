"""Protocols that stand: fetched as files, compared in words, reviewed, suspended; two parties under a parent; the directory."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest

from protocols import drafting, render, terms, terms_writing
from protocols.actions import Event
from sharing import partners
from tests.integration.disclosure_world import PARTNERSHIP, make_world
from tests.portal.conftest import TODAY
from tests.portal.coordinator_world import day
from tests.portal.test_protocol_pages import KEYS, entries, fill, open_counter, page_fields, version_of

AT = "/liaison/protocols/MODEL-ISP/1"
COUNCIL, POLICE, HOMES, CHARITY = "model-council", "model-police", "model-homes", "model-charity"


@pytest.fixture(scope="module")
def model_counter(module_database, tmp_path_factory):
    """The model partnership, whose protocol council, police and landlord have signed."""
    opened = open_counter(module_database, tmp_path_factory.mktemp("standing"))
    make_world(opened.store)
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def coral(model_counter):
    return model_counter.sign_in("coordinator@council.example")


def text_of(counter, ref: str = "MODEL-ISP", number: int = 1) -> str:
    with counter.store.reading() as session:
        return partners.protocol_text(session, PARTNERSHIP, ref, number)


def view(counter, ref: str = "MODEL-ISP"):
    with counter.store.reading() as session:
        return partners.protocol(session, PARTNERSHIP, ref, counter.store.clock.business_now())


def test_page_markdown_pdf_and_odrl_are_written_from_the_one_stored_text(model_counter, coral):
    protocol = terms.load(text_of(model_counter))
    files = {ending: coral.get(f"{AT}/file/{ending}") for ending in ("md", "pdf", "json", "toml")}
    assert {answer.status_code for answer in files.values()} == {200}
    assert all(answer.headers["Content-Disposition"].startswith("attachment") for answer in files.values())
    assert files["toml"].text == text_of(model_counter)
    assert files["md"].text == render.markdown(protocol)
    assert files["pdf"].data.startswith(b"%PDF-")
    assert protocol.digest in json.dumps(json.loads(files["json"].text))
    page = html.unescape(coral.get(AT).text)
    assert all(clause.heading in page for clause in render.document(protocol))
    assert coral.get(f"{AT}/file/exe").status_code == 404
    assert coral.get("/liaison/protocols/OTHER/1/file/md").status_code == 404


def test_each_party_is_shown_with_the_gates_verdict_and_a_charity_is_not_section_115(coral):
    page = html.unescape(coral.get(AT).text)
    verdicts = re.findall(
        r'data-label="Organisation">([^<]+)</td>.*?data-label="Recipient gate today">([^<]+)</td>', page, re.DOTALL
    )
    said = {name: text.split(":")[0] for name, text in verdicts}
    assert said == {
        "Model Council": "Section 115",
        "Model Police": "Section 115",
        "Model Homes": "Section 115",
        "Model Charity": "Not section 115",
    }
    assert "Review due on" in page


def test_the_directory_shows_services_funding_the_gates_tag_and_the_liaison_officers_training(model_counter, coral):
    note = "/liaison/partners/model-charity"
    saved = coral.send(note, services="Mediation between neighbours", funding="Council grant until 2027", version="0")
    assert saved.status_code == 302, coral.errors(saved)
    page = html.unescape(coral.get("/liaison/partners").text)
    charity = page.split('id="model-charity"')[1].split("<h2")[0]
    assert "Not section 115" in charity
    assert "Mediation between neighbours" in charity
    assert "Council grant until 2027" in charity
    assert "None in post" in charity
    homes = page.split('id="model-homes"')[1].split("<h2")[0]
    assert "Hal Liaison" in homes
    assert re.search(r"Trained [^,]+, good until \d+ \w+ \d{4}", homes)
    assert "01632 960000" in homes
    late = coral.send(note, services="Other", funding="", version="0")
    assert late.status_code == 409
    assert coral.get("/liaison/partners/nobody").status_code == 404
    assert entries(model_counter, Event.PARTNER_DESCRIBED) == 1


def complete_and_offer(coral, path: str, parties: list[str], **line) -> str:
    """Fill what a draft of two parties lacks, with one line like the parent's 1.2, and offer it for signature."""
    fill(coral, f"{path}/parties", parties=parties)
    fill(coral, f"{path}/sections/dpia", said="DPIA 2026/05")
    like = f"{path}/lines/0?like=parent:1.2"
    fields = {name: value for name, value in page_fields(coral.get(like).text).items() if name not in KEYS}
    added = coral.send(like, to=f"{path}/lines/0", **{**fields, **line})
    assert added.status_code == 302, coral.errors(added)
    for place in range(len(drafting.model().purposes) - 1, 0, -1):  # only the first is on the line
        dropped = coral.send(path, to=f"{path}/purposes/{place}/remove", version=version_of(coral, path))
        assert dropped.status_code == 302
    assert "Complete, may be signed" in coral.get(path).text
    return coral.send(path, to=f"{path}/offer", version=version_of(coral, path)).location


def test_a_bilateral_protocol_is_drafted_under_its_parent_and_shows_the_parent_and_its_two_signers(model):
    counter, _ = model
    coral = counter.sign_in("coordinator@council.example")
    start = {
        "source": "model",
        "ref": "BI-1",
        "title": "Police and Model Homes",
        "kind": "bilateral",
        **day("starts_on", TODAY),
    }
    alone = coral.send("/liaison/protocols/new", **start)
    assert alone.status_code == 422
    assert "stands under" in alone.text
    path = coral.send("/liaison/protocols/new", **start, parent="MODEL-ISP").location
    assert fill(coral, f"{path}/parties", parties=[POLICE, HOMES, COUNCIL]).status_code == 302
    assert "a bilateral protocol has two parties" in coral.get(path).text
    at = complete_and_offer(coral, path, [POLICE, HOMES])
    digest = view(counter, "BI-1").digest
    for email in ("signatory@police.example", "signatory@homes.example"):
        signatory = counter.sign_in(email)
        signed = signatory.send(at, to=f"{at}/sign", digest=digest, seniority="Director", read="y")
        assert signed.status_code == 302, signatory.errors(signed)
    text = coral.get(at).text
    assert 'href="/liaison/protocols/MODEL-ISP/1"' in text
    signers = re.findall(r'data-label="Organisation">([^<]+)</td>\s*<td[^>]*>1<', text)
    assert signers == ["Model Police", "Model Homes"]
    assert "In force" in text
    assert 'href="/liaison/protocols/BI-1/1"' in coral.get(AT).text


def test_a_service_protocol_with_a_mediation_charity_shows_parties_review_day_and_not_section_115(model):
    counter, _ = model
    coral = counter.sign_in("coordinator@council.example")
    start = {"source": "model", "ref": "MED-1", "title": "Mediation between neighbours", "kind": "bilateral"}
    path = coral.send("/liaison/protocols/new", **start, **day("starts_on", TODAY), parent="MODEL-ISP").location
    page = html.unescape(coral.get(complete_and_offer(coral, path, [COUNCIL, CHARITY])).text)
    verdicts = re.findall(
        r'data-label="Organisation">([^<]+)</td>.*?data-label="Recipient gate today">([^<:]+)', page, re.DOTALL
    )
    assert dict(verdicts) == {"Model Council": "Section 115", "Model Charity": "Not section 115"}
    assert re.search(r"Review by</dt>\s*<dd[^>]*>\d+ \w+ 20\d\d<", page)


def test_a_new_version_says_in_words_what_it_changes(model):
    counter, _ = model
    coral = counter.sign_in("coordinator@council.example")
    newer = drafting.next_version(terms.load(text_of(counter)), TODAY)
    line = newer.lines[0]
    newer = drafting.with_text(newer, "indemnity", "None.")
    from dataclasses import replace

    newer = drafting.with_line(
        newer, 0, replace(line, retention_days=30, fields=(*line.fields, "vehicle.registration"))
    )
    path = coral.send("/liaison/protocols/new", source="text", toml=terms_writing.write(newer)).location
    at = coral.send(path, to=f"{path}/offer", version="1").location
    page = html.unescape(coral.get(f"{at}/changes").text)
    assert "It now also lets" in page
    assert "receive registration mark of a vehicle" in page
    assert "for 30 days instead of 365" in page
    assert "“Indemnity”" in page
    assert coral.get(f"{at}/changes?since=7").status_code == 404
    assert coral.get(f"{AT}/changes").status_code == 404


def test_a_suspension_and_its_end_a_review_and_what_is_wrong_with_one(model):
    counter, _ = model
    coral = counter.sign_in("coordinator@council.example")
    unsure = coral.send(AT, to=f"{AT}/suspend")
    assert unsure.status_code == 400
    assert "Tick the box to suspend" in unsure.text
    assert coral.send(AT, to=f"{AT}/suspend", sure="y").status_code == 302
    assert view(counter).status == "suspended"
    assert "Resume the protocol" in coral.get(AT).text
    assert coral.send(AT, to=f"{AT}/resume").status_code == 302
    assert view(counter).status == "in force"
    future = coral.send(AT, to=f"{AT}/review", outcome="Fine", **day("reviewed_on", TODAY + timedelta(days=1)))
    assert future.status_code == 422
    assert "has not come yet" in future.text
    assert coral.send(AT, to=f"{AT}/review", outcome="No change", **day("reviewed_on", TODAY)).status_code == 302
    twice = coral.send(AT, to=f"{AT}/review", outcome="Again", **day("reviewed_on", TODAY))
    assert twice.status_code == 422
    assert "recorded already" in twice.text
    for email in ("officer@police.example", "signatory@council.example"):
        other = counter.sign_in(email)
        assert other.send(AT, to=f"{AT}/review", outcome="x", **day("reviewed_on", TODAY)).status_code == 403
