"""The co-ordinator's work at the command line: the same list, the same agenda, the same minutes as on the pages."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from coordinator_world import HERE, PRIYA, QUARTER, TODAY, TOM, day, draw_wards, lead_everywhere, report, set_up
from docx import Document

from portal import cli
from sharing import hotspots
from sharing.ledger import read


@pytest.fixture
def accord(counter, monkeypatch, capsys):
    """Run `accord` over the counter's record; gives exit code, output and messages."""
    settings = counter.app.extensions["accord.settings"]
    monkeypatch.setenv("ACCORD_HOME", str(settings.home))
    monkeypatch.setenv("ACCORD_DATABASE_URL", settings.database_url)

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def drawn(counter):
    report(counter.store)
    draw_wards(counter.store)
    lead_everywhere(counter.store)
    return counter


def test_a_draft_is_ranked_in_words_and_as_json_and_nothing_is_stored(drawn, accord):
    code, words, _ = accord("hotspots", "rank", "--partnership", HERE, "--period", str(QUARTER))
    assert code == 0
    assert words.startswith("July to September 2026: 20 places of 250 m (draft, not published)")
    assert "Missing: Ascham Homes, Forest Homes Housing Association." in words
    code, text, _ = accord("hotspots", "rank", "--partnership", HERE, "--period", str(QUARTER), "--top", "3", "--json")
    found = json.loads(text)
    assert [spot["rank"] for spot in found["places"]] == [1, 2, 3]
    assert found["published_at"] is None
    with drawn.store.reading() as session:
        assert hotspots.published_lists(session, HERE) == ()


def test_the_places_of_one_ward_keep_their_ranks_and_a_wrong_ward_is_said(drawn, accord):
    rank = ("hotspots", "rank", "--partnership", HERE, "--period", str(QUARTER), "--json")
    places = json.loads(accord(*rank)[1])["places"]
    ward = next(spot["ward"] for spot in places if spot["ward"])
    found = json.loads(accord(*rank, "--area", ward.lower())[1])["places"]
    assert found == [spot for spot in places if spot["ward"] == ward]
    code, _, told = accord(*rank, "--area", "Nowhere")
    assert code == 1
    assert "Nowhere" in told


def test_a_list_is_published_as_the_co_ordinator_with_the_operator_recorded(drawn, accord):
    drawn.sign_in(PRIYA)
    code, words, told = accord("hotspots", "publish", "--period", str(QUARTER), "--as", PRIYA)
    assert code == 0, told
    assert "published, edition 1" in words
    assert words.count("(met-north-east)") + words.count("(lb-waltham-forest)") == 20
    code, _, told = accord("hotspots", "publish", "--period", str(QUARTER), "--as", PRIYA)
    assert code == 1
    assert "published already" in told


def test_an_officer_who_is_no_co_ordinator_publishes_nothing_at_the_command_line_either(drawn, accord):
    drawn.sign_in(TOM)
    code, _, told = accord("hotspots", "publish", "--period", str(QUARTER), "--as", TOM)
    assert code == 1
    assert "role" in told


def test_the_agenda_of_the_next_meeting_or_of_a_day_is_printed(counter, accord):
    set_up(counter)
    code, words, _ = accord("meeting", "agenda", "JOG", "--partnership", HERE)
    assert code == 0
    assert words.splitlines()[:3] == ["OFFICIAL", "Joint Operations Group, meeting 2", "24 November 2026, Town hall"]
    assert "8. Returns not in, and whom to ring" in words
    assert "Ring: Aisha Begum, 020 7946 0301." in words
    past = (TODAY - timedelta(days=14)).isoformat()
    code, text, _ = accord("meeting", "agenda", "JOG", "--partnership", HERE, "--date", past, "--json")
    assert json.loads(text)["held_on"] == past
    assert accord("meeting", "agenda", "JOG", "--partnership", HERE, "--date", "2020-01-01")[0] == 1
    assert accord("meeting", "agenda", "TJAG", "--partnership", HERE)[0] == 1


def test_a_pack_for_one_agency_is_written_as_html_and_pdf_and_recorded(counter, accord, tmp_path):
    priya, (_, today, *_) = set_up(counter)
    priya.send(
        f"/coordinator/meetings/{today}",
        to=f"/coordinator/meetings/{today}/actions",
        what="Clear <the> #alley",
        owner="ascham-homes",
        kind="clean-up",
        hotspot="",
        **day("due_on", TODAY + timedelta(days=14)),
    )
    page, paper = tmp_path / "pack.html", tmp_path / "pack.pdf"
    for target in (page, paper):
        code, words, told = accord("meeting", "pack", "JOG-2", "--for", "ascham-homes", "-o", str(target))
        assert code == 0, told
        assert "SHA-256" in words
    assert "JOG-2-1: Clear &lt;the&gt; #alley" in page.read_text()
    assert "Pack for Ascham Homes" in page.read_text()
    assert paper.read_bytes().startswith(b"%PDF-")
    assert accord("meeting", "pack", "JOG-2", "--for", "nobody", "-o", str(page))[0] == 1
    assert accord("meeting", "pack", "JOG-2", "--for", "ascham-homes", "-o", str(tmp_path / "pack.doc"))[0] == 1
    counter.store.integrate()
    with counter.store.reading() as session:
        log = read.logs(session, HERE)[0]
        types = [item.entry.type for item in read.entries(session, log.origin, limit=50)]
    assert types.count("record:exported") == 2


def test_minutes_are_written_as_word_and_text_and_say_that_they_are_a_draft(counter, accord, tmp_path):
    priya, (_, today, *_) = set_up(counter)
    word, text = tmp_path / "minutes.docx", tmp_path / "minutes.txt"
    for target in (word, text):
        assert accord("meeting", "minutes", "JOG-2", "-o", str(target))[0] == 0
    assert text.read_text().startswith("Draft, not yet agreed.\n\nMinutes of Joint Operations Group, meeting 2")
    assert "Draft, not yet agreed." in [p.text for p in Document(io.BytesIO(word.read_bytes())).paragraphs]
    path = f"/coordinator/meetings/{today}/minutes"
    priya.send(path, minutes="Minutes\n1. Welcome\n- All came", version="1", step="agree")
    assert accord("meeting", "minutes", "JOG-2", "-o", str(text))[0] == 0
    assert text.read_text() == "Minutes\n1. Welcome\n- All came\n"
    assert accord("meeting", "minutes", "JOG-2", "-o", str(tmp_path / "minutes.odt"))[0] == 1
    assert accord("meeting", "minutes", "JOG-99", "-o", str(text))[0] == 1
