"""The auditor's counter as a browser without scripts meets it: reconciliation, samples, told outside, break-glass."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from sharing.audit.model import AuditSample
from sharing.disclosures.model import Disclosure
from sharing.ledger.verify import main as verify
from sharing.requests.model import RequestDecision
from tests.integration.disclosure_world import ADDRESS, HISTORY, NAME

AUDITOR = "auditor@council.example"
SEED = "quiet otters mend long fences"
READ_WORDS_A_MINUTE = 238
"""Silent reading of English non-fiction (Brysbaert 2019, doi:10.1016/j.jml.2019.104047)."""
THINK, POINT, PRESS, KEY, HOME, ANSWER = 1.35, 1.10, 0.20, 0.28, 0.40, 1.0
"""Seconds: the keystroke-level model's M, P, B(two presses), K and H (Card, Moran, Newell 1980), and one for each page."""


def day(name: str, value) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def give(world, count: int) -> None:
    for number in range(1, count + 1):
        reference = f"MH-2026-{number:04d}"
        world.deposit(reference)
        world.decide(world.ask(subject_ref=reference).request_id)


def change(world, *statements) -> None:
    with Session(world.store.engine) as session:
        for statement in statements:
            session.execute(statement)
        session.commit()


def end_period(world) -> None:
    """Let the period have ended yesterday, and what was given in it have been given the day before."""
    yesterday = world.store.clock.today() - timedelta(days=1)
    before = world.store.clock.business_now() - timedelta(days=2)
    change(
        world,
        update(AuditSample).values(to_on=yesterday),
        update(Disclosure).values(decided_at=before),
        update(RequestDecision).values(decided_at=before),
    )


def commit(auditor, world) -> str:
    today = world.store.clock.today()
    fields = {**day("from_on", today - timedelta(days=60)), **day("to_on", today)}
    answer = auditor.send("/auditor/samples", wanted="25", seed=SEED, kept="y", **fields)
    assert answer.status_code == 302, auditor.errors(answer)
    return answer.location


@pytest.fixture
def sampled(model):
    """An auditor's browser on a sample drawn from three releases."""
    counter, world = model
    give(world, 3)
    auditor = counter.sign_in(AUDITOR)
    path = commit(auditor, world)
    end_period(world)
    assert auditor.send(path, to=f"{path}/draw", seed=SEED).status_code == 302
    return counter, world, auditor, path


def inputs(page: str, kind: str) -> list[str]:
    return re.findall(rf'name="({kind}-[0-9a-f-]{{36}})"', page)


def test_every_figure_stands_with_what_it_is_out_of_and_leads_to_its_list(model):
    counter, world = model
    give(world, 1)
    auditor = counter.sign_in(AUDITOR)
    page = auditor.get("/auditor/reconciliation").text
    links = re.findall(r'href="(/auditor/reconciliation/[a-z-]+\?[^"]*)"', page)
    assert len(links) == 13
    assert re.search(r"Releases without cover.*?>0<.*?1 releases, each judged again", page, re.DOTALL)
    assert "May be closed from" in page
    for link in links:
        answer = auditor.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200, link
        assert NAME not in answer.text
    listed = auditor.get("/auditor/reconciliation/by-gateway").text
    assert "Model Homes" in listed
    assert "asb-case" not in listed
    assert auditor.get("/auditor/reconciliation/nothing").status_code == 404
    wrong = auditor.get("/auditor/reconciliation?from_on=yesterday&to_on=2020-01-01").text
    assert "must be a real date" in wrong


def test_nobody_but_an_auditor_opens_the_reconciliation_or_a_sample(sampled):
    counter, _, _, path = sampled
    for email in ("officer@police.example", "liaison@homes.example", "coordinator@council.example"):
        visitor = counter.sign_in(email)
        for page in ("/auditor/reconciliation", "/auditor/reconciliation/refusals", "/auditor/samples", path):
            assert visitor.get(page).status_code == 403, (email, page)


def test_a_seed_is_offered_committed_to_and_never_shown_again(model):
    counter, world = model
    auditor = counter.sign_in(AUDITOR)
    offered = [re.search(r'name="seed"[^>]*value="([^"]+)"', auditor.get("/auditor/samples").text) for _ in range(2)]
    first, second = (found.group(1) for found in offered)
    assert first != second
    assert len(first.split()) == 6
    path = commit(auditor, world)
    page = auditor.get(path).text
    assert SEED not in page
    assert "can be drawn from the day after" in page
    over = world.store.clock.today() - timedelta(days=1)
    answer = auditor.send(
        "/auditor/samples", wanted="25", seed=SEED, kept="y", **day("from_on", over), **day("to_on", over)
    )
    assert answer.status_code == 422
    assert "is over" in answer.text
    unkept = auditor.send("/auditor/samples", wanted="25", seed="short", **day("from_on", over), **day("to_on", over))
    assert unkept.status_code == 400


def test_a_sample_reads_in_words_verifies_in_one_click_and_is_marked(sampled):
    _, _, auditor, path = sampled
    page = auditor.get(path).text
    assert "The same sample from the same releases" in page
    assert page.count("They have to know who it is") == 3
    assert page.count("Model Homes to Model Police, for “") == 1
    assert page.count("Address of the person, date of birth of the person (") == 1
    assert not any(value in page for value in (NAME, ADDRESS, HISTORY))
    assert auditor.send(path, to=f"{path}/verify").status_code == 302
    page = auditor.get(path).text
    assert "3 of 3 receipts verify" in page
    assert page.count(">Verifies<") == 3
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    marks = dict.fromkeys(inputs(page, "mark"), "satisfactory")
    query = next(iter(marks))
    refused = auditor.send(path, to=f"{path}/marks", version=version, **{**marks, query: "query"})
    assert refused.status_code == 422
    assert "Say what you query" in refused.text
    note = query.replace("mark-", "note-")
    kept = auditor.send(
        path, to=f"{path}/marks", version=version, **{**marks, query: "query", note: "Why was the address needed?"}
    )
    assert kept.status_code == 302
    assert "Why was the address needed?" in auditor.get(path).text
    assert "2 satisfactory, 1 query, 0 not marked" in auditor.get("/auditor/samples").text


def test_the_working_papers_hold_every_sheet_and_every_receipt_and_verify_elsewhere(sampled, tmp_path, capsys):
    _, _, auditor, path = sampled
    answer = auditor.send(path, to=f"{path}/papers")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        archive.extractall(tmp_path)
    (workbook,) = tmp_path.glob("*.xlsx")
    receipts = sorted((tmp_path / "receipts").iterdir())
    assert len(receipts) == 3
    key = (tmp_path / "key.vkey").read_text().strip()
    assert verify([*map(str, receipts), "--key", key]) == 0
    capsys.readouterr()
    book = openpyxl.load_workbook(workbook)
    assert book.sheetnames == [
        "Sample",
        "How it was drawn",
        "Reconciliation",
        "Lists",
        "Population",
        "What each figure means",
    ]
    for sheet in book:
        assert sheet["A1"].value.startswith("OFFICIAL · model-csp · S")
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert NAME not in str(cell.value)
    sample = list(book["Sample"].iter_rows(min_row=3, values_only=True))
    assert [row[10] for row in sample] == ["true"] * 3
    assert {row[8] for row in sample} == {"They have to know who it is"}
    assert len(list(book["Population"].iter_rows(min_row=3))) == 3


def test_words_that_a_spreadsheet_would_run_stay_words_in_the_working_papers(model):
    counter, world = model
    world.deposit()
    asked = world.ask()
    world.decide(asked.request_id, necessary='=HYPERLINK("http://evil.example","open")', proportionate="@SUM(1)")
    auditor = counter.sign_in(AUDITOR)
    path = commit(auditor, world)
    end_period(world)
    auditor.send(path, to=f"{path}/draw", seed=SEED)
    packed = zipfile.ZipFile(io.BytesIO(auditor.send(path, to=f"{path}/papers").data))
    book = openpyxl.load_workbook(io.BytesIO(packed.read(next(n for n in packed.namelist() if n.endswith("xlsx")))))
    row = next(book["Sample"].iter_rows(min_row=3))
    assert [row[8].value[:2], row[9].value[:2]] == ["'=", "'@"]
    assert {row[8].data_type, row[9].data_type} == {"s"}


def test_twenty_five_disclosures_are_verified_in_under_five_minutes(model):
    """B8: what a person has to do and to read, counted on the real pages and estimated; nobody was timed."""
    counter, world = model
    give(world, 26)
    auditor = counter.sign_in(AUDITOR)
    path = commit(auditor, world)
    end_period(world)
    pages = ["/auditor/samples", path]
    auditor.get(pages[0])
    page = auditor.get(path).text
    assert auditor.send(path, to=f"{path}/draw", seed=SEED).status_code == 302
    assert auditor.send(path, to=f"{path}/verify").status_code == 302
    page = auditor.get(path).text
    assert "25 of 25 receipts verify" in page
    names = sorted(set(inputs(page, "mark")))
    assert len(names) == 25
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    marks = dict.fromkeys(names, "satisfactory")
    assert auditor.send(path, to=f"{path}/marks", version=version, **marks).status_code == 302
    assert "25 satisfactory" in auditor.get("/auditor/samples").text
    pages += [f"{path}/draw", f"{path}/verify", f"{path}/marks"]
    presses = 1 + 1 + 1 + len(names) + 1  # the sample, draw, verify, each mark, keep
    typing = HOME + len(SEED) * KEY
    doing = presses * (POINT + PRESS) + typing + len(pages) * ANSWER + len(names) * THINK
    sections = re.findall(r"<section.*?</section>", page, re.DOTALL)
    grounds = re.findall(r'<h3 class="govuk-heading-s">([^<]+)', page)
    told = [re.sub(r"<[^>]+>", " ", each[: each.index("<fieldset")]) for each in sections]
    text = " ".join([*grounds, *told])
    reading = len(text.split()) / READ_WORDS_A_MINUTE * 60
    print(  # noqa: T201  the estimate is for people
        f"\n25 disclosures: {len(pages)} pages, {presses} presses, {len(SEED)} keys, {len(text.split())} words; "
        f"{doing:.0f} s to do, {reading:.0f} s to read every word, {doing + reading:.0f} s together"
    )
    assert len(sections) == 25
    assert doing + reading < 300


# --- told outside ----------------------------------------------------------------------------------


def report(visitor, world, **changes):
    fields = {
        **day("told_on", world.store.clock.today()),
        "told_time": "00:05",
        "recipient": "outside",
        "told_to": "the neighbour at 12",
        "allowed_by": "",
        "channel": "doorstep",
        "purpose": "asb-case",
        "fields": ["subject.name"],
        "why": f"{NAME} was at the door",
    }
    return visitor.send("/auditor/outside/report", **{**fields, **changes})


def test_what_was_told_at_the_door_is_reported_judged_and_seen_by_the_own_liaison_officer_and_the_auditor(model):
    counter, world = model
    officer = counter.sign_in("officer@homes.example")
    page = officer.get("/auditor/outside/report").text
    named = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page)) - {"csrf_token", "idempotency_key"}
    assert len({name.split("-")[0] for name in named}) <= 12
    sent = report(officer, world)
    assert sent.status_code == 302, officer.errors(sent)
    path = sent.location
    auditor = counter.sign_in(AUDITOR)
    for email, opens in (("liaison@homes.example", 200), (AUDITOR, 403), ("liaison@police.example", None)):
        visitor = auditor if email == AUDITOR else counter.sign_in(email)
        answer = visitor.get(path)
        waits = "told outside without cover" in visitor.get("/home").text
        assert waits is (email == "liaison@homes.example")
        if opens is None:
            assert answer.status_code == 404
            assert "0 reports" in visitor.get("/auditor/outside").text
            continue
        assert "uncovered" in answer.text
        assert "neighbour" not in answer.text
        token = visitor.token("/auditor/outside" if email != AUDITOR else "/auditor/ledger")
        words = visitor.client.post(f"{path}/words", base_url="https://localhost", data={"csrf_token": token})
        assert words.status_code == opens
        assert ("neighbour" in words.text) is (opens == 200)
    figure = auditor.get("/auditor/reconciliation/told-outside").text
    assert "somebody outside" in figure
    assert "At the door" in figure


def test_a_report_without_its_parts_keeps_what_was_typed_and_names_each(model):
    counter, world = model
    officer = counter.sign_in("officer@homes.example")
    refused = report(officer, world, told_time="noon", why="")
    assert refused.status_code == 400
    assert {"Give a time, like 14:30", "Say why"} <= set(officer.errors(refused))
    assert "the neighbour at 12" in refused.text
    refused = report(officer, world, recipient="", purpose="asb-case")
    assert refused.status_code == 422
    future = world.store.clock.today() + timedelta(days=1)
    assert "future" in report(officer, world, **day("told_on", future)).text


# --- break-glass -----------------------------------------------------------------------------------


def test_glass_is_asked_allowed_opened_and_shown_to_both_sides_and_to_nobody_else(sampled):
    counter, _, auditor, path = sampled
    link = re.search(r'href="(/auditor/log/[0-9a-f-]{36})"', auditor.get(path).text).group(1)
    page = auditor.get(link).text
    assert "They have to know who it is" in page
    assert "Ask a second person" in page
    assert ">asb-case" not in page
    asked = auditor.send(f"{link}/glass", reason="The findings do not fit the fields")
    assert asked.status_code == 302
    glass = asked.location
    assert "Answer" not in auditor.get(glass).text.split("<main")[1]
    supplier, recipient = counter.sign_in("liaison@homes.example"), counter.sign_in("liaison@police.example")
    assert "break-glass requests to answer" in supplier.get("/home").text
    assert "break-glass requests to answer" not in recipient.get("/home").text
    assert "May it be opened" not in recipient.get(glass).text
    assert "The findings do not fit the fields" in recipient.get(glass).text
    assert counter.sign_in("liaison@council.example").get(glass).status_code == 404
    version = re.search(r'name="version" value="(\d+)"', supplier.get(glass).text).group(1)
    assert supplier.send(glass, to=f"{glass}/answer", answer="allow", version=version).status_code == 302
    opened = auditor.send(glass, to=f"{glass}/open")
    assert opened.status_code == 200
    assert NAME in opened.text
    assert "OFFICIAL-SENSITIVE" in opened.text
    for visitor in (supplier, recipient):
        shown = visitor.get(glass).text
        assert "1 time" in shown
        assert NAME not in shown


def test_the_auditor_cannot_answer_for_the_second_person(sampled):
    _, _, auditor, path = sampled
    link = re.search(r'href="(/auditor/log/[0-9a-f-]{36})"', auditor.get(path).text).group(1)
    glass = auditor.send(f"{link}/glass", reason="The findings do not fit the fields").location
    forged = auditor.send(f"{link}/glass", to=f"{glass}/answer", answer="allow", version="1")
    assert forged.status_code == 403
    assert auditor.send(f"{link}/glass", to=f"{glass}/open").status_code == 403
    assert "Waits for a second person" in auditor.get(glass).text


def test_purposes_stand_in_words_in_the_log(sampled):
    _, _, auditor, _ = sampled
    page = auditor.get("/auditor/log").text
    assert ">asb-case<" not in page
    assert 'value="asb-case"' in page
