"""Taking back, answering, breaches and corrections, as a browser without scripts meets them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from portal.app import WEB_KEY, create_app
from portal.config import Settings
from tests.integration.disclosure_world import ADDRESS, BORN, HISTORY, NAME
from tests.integration.recall_world import (
    ASKERS,
    COUNCIL,
    LIAISON,
    POLICE,
    SECOND,
    Kept,
    RecallWorld,
    keep_world,
    settings_in,
)
from tests.portal.conftest import Counter, Visitor
from tests.portal.coordinator_world import day

SECRET = (NAME, ADDRESS, HISTORY, BORN)


@pytest.fixture(scope="module")
def kept(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep_world(tmp_path_factory.mktemp("recalls") / "kept", sqlite_template, secrets=(WEB_KEY,))


@pytest.fixture
def given(kept: Kept, tmp_path: Path) -> Iterator[tuple[Counter, RecallWorld, Visitor]]:
    """Three partners hold three fields; the supplier's liaison officer is signed in."""
    world = kept.copy(tmp_path / "copy")
    settings = settings_in(tmp_path / "copy")
    app = create_app(Settings(home=settings.home, database_url=settings.database_url), world.store)
    counter = Counter(app, world.store)
    yield counter, world, counter.sign_in(LIAISON)
    world.store.close()


def led(visitor: Visitor, answer) -> str:
    assert answer.status_code == 302, (answer.status_code, visitor.errors(answer))
    return answer.headers["Location"]


def version(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page).group(1)


def recalled(world: RecallWorld, landlord: Visitor, *recipients: str) -> str:
    """Recall by the page; returns the path of the recall."""
    page = f"/liaison/recalls/new?record={world.record_id}"
    ids = [str(world.given[each]) for each in recipients or ASKERS]
    fields = {"record_id": world.record_id, "disclosures": ids, "reason": "wrong-person", "due_days": "3", "note": "N"}
    return led(landlord, landlord.send(page, to="/liaison/recalls/new", **fields))


def test_one_click_from_what_was_given_shows_exactly_what_reached_whom_and_one_more_takes_it_back(given):
    counter, world, landlord = given
    world.open_as(POLICE)
    link = re.search(
        rf'href="(/liaison/recalls/new\?disclosure={world.given[POLICE]})"', landlord.get("/liaison/given").text
    )
    page = landlord.get(link.group(1)).text
    for words in (
        "Model Police",
        "Model Council",
        "Model Charity",
        "MODEL-ISP version 1, line 1.1",
        "View",
        "Polly Cee, Model Police: 1 time",
    ):
        assert words in page
    assert not [value for value in SECRET if value in page]
    assert len(re.findall(r'name="disclosures"[^>]* checked', page)) == 1
    path = recalled(world, landlord)
    page = landlord.get(path).text
    assert page.count("Not answered") == 3
    assert "Open, record frozen" in page
    police = counter.sign_in(ASKERS[POLICE])
    request = f"/officer/requests/{world.asked[POLICE]}"
    shown = police.get(request).text
    assert "Open what was given" not in shown
    assert "it can no longer be opened" in shown
    assert "Recalled 24 Nov 2026" in police.get("/officer/requests").text
    auditor = counter.sign_in("auditor@council.example")
    assert "Recalled" in auditor.get(f"/auditor/log/{world.given[POLICE]}").text
    refused = police.client.post(
        f"{request}/open", base_url="https://localhost", data={"csrf_token": police.token("/officer/requests/new")}
    )
    assert refused.status_code == 403
    assert NAME not in refused.text


def test_a_recall_starts_from_a_request_and_from_a_record_alike(given):
    _, world, landlord = given
    by_request = landlord.get(f"/liaison/recalls/new?request={world.asked[POLICE]}").text
    by_record = landlord.get(f"/liaison/recalls/new?record={world.record_id}").text
    assert len(re.findall(r'name="disclosures"[^>]* checked', by_request)) == 1
    assert len(re.findall(r'name="disclosures"[^>]* checked', by_record)) == 3
    assert "Who holds it" in landlord.get("/liaison/records").text


def test_recipients_answer_with_a_fresh_sign_in_and_everybody_sees_what_is_theirs(given):
    counter, world, landlord = given
    path = recalled(world, landlord)
    police, council = counter.sign_in(ASKERS[POLICE]), counter.sign_in(ASKERS[COUNCIL])
    page = police.get("/liaison/recalls").text
    assert "What others ask us to destroy" in page
    assert "Model Council" not in police.get(path).text
    answer = police.get(f"{path}/answer").text
    assert "asks you to destroy" in answer
    missing = police.send(f"{path}/answer", answer="destroyed", version=version(answer))
    assert police.errors(missing) == ["Tick the box to sign"]
    led(police, police.send(f"{path}/answer", answer="destroyed", sure="y", version=version(answer)))
    form = council.get(f"{path}/answer").text
    kept = {"answer": "kept", "sure": "y", "version": version(form)}
    assert council.errors(council.send(f"{path}/answer", **kept)) == ["Choose what it is kept because of"]
    half = council.send(f"{path}/answer", because="court-order", **kept)
    assert council.errors(half) == ["Say which order, proceedings or duty it is."]
    led(council, council.send(f"{path}/answer", because="court-order", words="Order 7KX", **kept))
    page = landlord.get(path).text
    assert "Polly Cee" in page
    assert "because of a court order" in page
    assert "7KX" not in page
    assert "7KX" in landlord.send(path, to=f"{path}/words").text
    auditor, stranger = counter.sign_in("auditor@council.example"), counter.sign_in(ASKERS[SECOND])
    seen = auditor.get(path).text
    assert "Destroyed" in seen
    assert "because of a court order" in seen
    assert "7KX" not in seen
    receipts = set(re.findall(r'href="(/auditor/receipts/[^"]+)"', seen))
    assert len(receipts) == 6
    for each in receipts:
        assert auditor.get(each).text.startswith("c2sp.org/tlog-proof@v1")
    for each in re.findall(r'href="(/auditor/receipts/[^"]+)"', police.get(path).text):
        assert police.get(each).status_code == 200
        assert landlord.get(each).status_code == 200
        assert stranger.get(each).status_code == 404


def test_the_id_of_somebody_elses_recall_breach_or_correction_is_no_id(given):
    counter, world, landlord = given
    path = recalled(world, landlord, POLICE)
    stranger = counter.sign_in("officer@charity.example")
    for suffix in ("", "/answer"):
        assert stranger.get(path + suffix).status_code == 404
        assert stranger.get(f"/liaison/recalls/{uuid.uuid4()}{suffix}").status_code == 404
    assert stranger.send("/liaison/corrections", to=f"{path}/words").status_code == 404
    other = counter.sign_in("liaison@police.example")
    for address in (
        f"record={world.record_id}",
        f"disclosure={world.given[POLICE]}",
        f"request={world.asked[COUNCIL]}",
        "record=x",
        "",
    ):
        assert other.get(f"/liaison/recalls/new?{address}").status_code == 404, address
    assert other.get(f"/liaison/records/{world.record_id}/correct").status_code == 404


def test_a_breach_counts_down_asks_each_decision_and_is_seen_by_whom_it_concerns(given):
    counter, world, landlord = given
    now = counter.store.clock.business_now()
    aware = now - timedelta(hours=5)
    page = landlord.get("/liaison/breaches/new")
    assert page.status_code == 200
    fields = {
        "kind": "sent-to-wrong-recipient",
        **day("found_on", aware.date()),
        **day("aware_on", aware.date()),
        "aware_time": f"{aware:%H:%M}",
        "what": "Quillfeather's address went to the wrong team",
        "about": "D9999-00001",
    }
    wrong = landlord.send("/liaison/breaches/new", **fields)
    assert landlord.errors(wrong) == ["D9999-00001 is no disclosure that you gave or were given"]
    ref = world.disclosure(world.given[POLICE]).ref
    path = led(landlord, landlord.send("/liaison/breaches/new", **{**fields, "about": ref}))
    shown = landlord.get(path).text
    assert re.search(r"6[67] hours left", shown)
    assert "Quillfeather" not in shown
    assert "Quillfeather" in landlord.send(path, to=f"{path}/words").text
    concerned, stranger = counter.sign_in("liaison@police.example"), counter.sign_in(ASKERS[SECOND])
    theirs = concerned.get(path).text
    assert ref in theirs
    assert "Assess the risk" not in theirs
    assert concerned.send("/liaison/breaches/new", to=f"{path}/words").status_code == 404
    assert stranger.get(path).status_code == 403
    assert counter.sign_in("liaison@council.example").get(path).status_code == 404
    counts = counter.sign_in("coordinator@council.example").get("/liaison/breaches/counts").text
    assert ref not in counts
    assert "Still open" in counts
    landlord_page = landlord.get(path).text
    led(landlord, landlord.send(path, to=f"{path}/recall", version=version(landlord_page)))
    assert "recalled" in landlord.get(path).text
    assert world.reached().record.state == "frozen"
    for step, sent in (
        ("assess", {"risk": "high", "risk_words": "A violent household"}),
        (
            "report",
            {"reported": "yes", "reference": "IC-123", **day("report_on", now.date()), "report_time": f"{now:%H:%M}"},
        ),
        ("tell", {"told": "yes", "told_words": "By a visit"}),
        ("close", {"lessons": "Ask for the team's address"}),
    ):
        led(landlord, landlord.send(path, to=f"{path}/{step}", version=version(landlord.get(path).text), **sent))
    assert "IC-123" in landlord.get(path).text


def test_a_correction_reaches_whoever_holds_the_wrong_value_who_opens_and_acknowledges_it(given):
    counter, world, landlord = given
    page = f"/liaison/records/{world.record_id}/correct"
    assert landlord.errors(landlord.send(page, code="subject.name", value="")) == ["Enter the right value"]
    path = led(landlord, landlord.send(page, code="subject.name", value="Zebedee Quillfather"))
    assert landlord.get(path).text.count("The right value was sent") == 3
    police = counter.sign_in(ASKERS[POLICE])
    told = police.get("/liaison/corrections").text
    assert "Quillfather" not in told
    notice = re.search(r'action="(/liaison/corrections/[0-9a-f-]+)/open"', told).group(1)
    assert "Zebedee Quillfather" in police.send("/liaison/corrections", to=f"{notice}/open").text
    stranger = counter.sign_in(ASKERS[SECOND])
    for act in ("open", "acknowledge"):
        assert stranger.send("/liaison/corrections", to=f"{notice}/{act}", version="1").status_code == 404
    led(police, police.send("/liaison/corrections", to=f"{notice}/acknowledge", version="1"))
    assert "Polly Cee" in landlord.get(path).text
    assert "Zebedee" not in landlord.get(path).text
