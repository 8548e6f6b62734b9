"""The co-ordinator's meetings: a series, an agenda nobody types, who came, actions, minutes; and what others may do there."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from coordinator_world import (
    AISHA,
    HERE,
    MIRIAM,
    RUTH,
    TODAY,
    TOM,
    day,
    fields_of,
    lead_everywhere,
    report,
    set_up,
)
from docx import Document

from sharing import hotspots, meetings
from sharing.hotspots import PublishHotspots

NEW = "/coordinator/meetings/series/new"
CHANGE = "/coordinator/meetings/series/JOG"


def page(meeting: str) -> str:
    return f"/coordinator/meetings/{meeting}"


def held_on(counter) -> list[int]:
    """Days from today of the series' meetings, in order."""
    with counter.store.reading() as session:
        found = meetings.meetings_of(session, HERE)
    return [(m.held_on - TODAY).days for m in reversed(found)]


def set_action(visitor, meeting: str, **changed: str):
    given = {
        "what": "Patrol the shops from 6pm",
        "owner": "met-north-east",
        "kind": "patrol",
        "hotspot": "",
        **day("due_on", TODAY + timedelta(days=14)),
        **changed,
    }
    return visitor.send(page(meeting), to=f"{page(meeting)}/actions", **given)


@pytest.fixture
def room(counter):
    """The co-ordinator's browser, with a series that began a fortnight ago; the second meeting is today's."""
    return set_up(counter)


def test_a_series_is_set_up_with_meetings_a_fortnight_apart(counter, room):
    priya, _ = room
    assert held_on(counter) == [-14, 0, 14, 28, 42, 56]
    listed = priya.get("/coordinator/meetings").text
    assert "Every 14 days" in listed
    assert listed.index("To come") < listed.index("Held")
    assert "24 November 2026" in listed


def test_changing_the_cycle_moves_only_the_meetings_to_come(counter, room):
    priya, _ = room
    form = fields_of(priya.get(CHANGE).text)
    assert priya.send(CHANGE, **{**form, "cycle_days": "28"}).status_code == 302
    assert held_on(counter) == [-14, 0, 28, 56]
    late = priya.send(CHANGE, **{**form, "cycle_days": "7"})
    assert late.status_code == 409


def test_a_series_without_a_kind_or_with_a_name_in_use_is_refused_at_the_input(counter, room):
    priya, _ = room
    assert "Choose a kind of meeting" in priya.errors(priya.send(NEW, code="TJAG", title="Tactical"))
    form = {"code": "JOG", "kind": "JOG", "title": "Again", "marking": "OFFICIAL", "top_n": "20"}
    answer = priya.send(NEW, **form, **day("first_on", TODAY), **day("until", TODAY))
    assert answer.status_code == 422
    assert any("already" in error for error in priya.errors(answer))


def test_the_agenda_is_computed_from_list_actions_and_returns_and_nothing_is_typed(counter, room):
    priya, (first, today, *_) = room
    report(counter.store)
    lead_everywhere(counter.store)
    with counter.store.reading() as session:
        people = {o.name: o for o in directory_of(session, counter.store)}
    from protocols.actor import Actor

    who = people["Priya Sharma"]
    with counter.store.unit(Actor(who.user_id, who.id, who.organisation, HERE, who.roles)) as unit:
        hotspots.publish_hotspots(unit, PublishHotspots(HERE, "2026-Q3"))
    set_action(priya, first, **day("due_on", TODAY - timedelta(days=3)))
    answer = priya.send(page(today), to=f"{page(today)}/agenda")
    assert answer.status_code == 302
    for shown in (priya.get(page(today)).text, priya.get(f"{page(today)}/agenda").text):
        for said in (
            "JOG-1-1: Patrol the shops from 6pm (Metropolitan Police Service, North East command; due 21 November 2026).",
            "Not yet accepted.",
            "reports in 12 months",
            "Lead: Sergeant Tom Hale",
            "Ring: 020 7946 0201",
            "July to September 2026: 0 of 2 are in",
            "Ring: Aisha Begum, 020 7946 0301",
            "No request waits.",
            "Next meeting: 8 December 2026.",
        ):
            assert said in shown
    assert '<body class="govuk-template__body accord-print-official">' in priya.get(f"{page(today)}/agenda").text


def directory_of(session, store):
    from sharing import partners

    return partners.officers(session, HERE, store.clock.business_now(), store.clock.today())


def test_an_action_is_set_in_one_line_and_waits_for_its_agency(counter, room):
    priya, (_, today, *_) = room
    assert set_action(priya, today).status_code == 302
    assert "JOG-2-1" in priya.get(page(today)).text
    assert "actions to accept" in counter.sign_in(TOM).get("/home").text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"what": "See Mrs Quuxley at 12 Park Road"}, "seems to hold"),
        ({"what": ""}, "Say what is to be done"),
        ({"owner": ""}, "Choose who owns the action"),
        ({"kind": ""}, "Choose a kind of action"),
        ({"due_on-year": "2025"}, "due before the meeting"),
    ],
)
def test_an_action_that_cannot_stand_is_refused_and_what_was_typed_stays(counter, room, wrong, told: str):
    priya, (_, today, *_) = room
    answer = set_action(priya, today, **wrong)
    assert answer.status_code in {400, 422}
    assert any(told in error for error in priya.errors(answer))
    assert fields_of(answer.text)["what"] == wrong.get("what", "Patrol the shops from 6pm")
    with counter.store.reading() as session:
        assert not meetings.actions(session, HERE)


def test_what_is_unfinished_is_carried_over_with_a_reason(counter, room):
    priya, (first, today, *_) = room
    set_action(priya, first, **day("due_on", TODAY - timedelta(days=3)))
    path = f"{page(today)}/roll-over"
    assert "JOG-1-1" in priya.get(path).text
    assert priya.send(path, reason="", **day("due_on", TODAY + timedelta(days=14))).status_code == 400
    assert priya.send(path, reason="No patrol car", **day("due_on", TODAY + timedelta(days=14))).status_code == 302
    assert "rolled over 1 time" in priya.get(page(first)).text


def test_a_bid_for_works_is_recorded_step_by_step(counter, room):
    priya, (_, today, *_) = room
    set_action(priya, today, kind="design", what="Fence the close", owner="lb-waltham-forest")
    path = re.search(r'href="(/coordinator/actions/[0-9a-f-]+/funding)"', priya.get(page(today)).text).group(1)
    bid = {
        "extra_bid_pounds": "4,200",
        "extra_source": "Community safety fund",
        "extra_decision": "",
        "extra_works_on": "",
    }
    assert priya.send(path, version="1", **{**bid, "extra_bid_pounds": "much"}).status_code == 422
    assert priya.send(path, version="1", **bid).status_code == 302
    assert "Bid £4,200 from Community safety fund: not decided" in priya.get(page(today)).text
    later = {**bid, "extra_decision": "granted", "extra_works_on": "2026-12-01"}
    assert priya.send(path, version="2", **later).status_code == 302
    assert "granted; works 2026-12-01" in priya.get(page(today)).text
    assert priya.send(path, version="1", **bid).status_code == 409


def test_who_came_is_recorded_and_each_accepts_the_statement_for_themselves(counter, room):
    priya, (_, today, *_) = room
    tom = counter.sign_in(TOM)
    statement = f"{page(today)}/confidentiality"
    assert "I accept this statement" in tom.get(statement).text
    assert tom.send(statement).status_code == 302
    assert "You accepted this" in tom.get(statement).text
    path = f"{page(today)}/attendance"
    form = fields_of(priya.get(path).text)
    tom_field = re.search(r'<label[^>]*for="(p-[0-9a-f-]+)">Sergeant Tom Hale', priya.get(path).text).group(1)
    assert priya.send(path, **{**form, tom_field: "present"}).status_code == 302
    assert "1 came; 1 accepted the confidentiality statement" in priya.get(page(today)).text
    assert tom.get(path).status_code == 403


def test_minutes_begin_as_a_draft_are_kept_agreed_and_read_by_everybody_who_attends(counter, room):
    priya, (_, today, *_) = room
    tom = counter.sign_in(TOM)
    set_action(priya, today)
    path = f"{page(today)}/minutes"
    assert tom.get(path).status_code == 404
    draft = fields_of(priya.get(path).text)
    assert "7. Hotspots, each with its lead officer" in draft["minutes"]
    assert "JOG-2-1: Patrol the shops" in draft["minutes"]
    assert priya.send(path, **draft, step="keep").status_code == 302
    shown = priya.get(path).text
    kept = fields_of(shown)
    assert kept["minutes"].split() == draft["minutes"].split()
    assert "It is not agreed yet." in shown
    assert tom.get(path).status_code == 404
    assert priya.send(path, **kept, step="agree").status_code == 302
    for visitor in (priya, tom):
        read = visitor.get(path).text
        assert "Agreed 24 November 2026" in read
        assert "<textarea" not in read
    word = tom.get(f"{path}.docx")
    document = Document(io.BytesIO(word.get_data()))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert said[0] == "Minutes of Joint Operations Group, meeting 2, 24 November 2026"
    assert any(p.style.name == "Heading 2" and p.text.startswith("7. Hotspots") for p in document.paragraphs)
    assert document.sections[0].header.paragraphs[0].text == "OFFICIAL"
    assert priya.send(page(today), to=path, minutes="Other", version="9").status_code in {409, 422}


def test_minutes_that_name_a_person_are_refused_with_the_line(counter, room):
    priya, (_, today, *_) = room
    path = f"{page(today)}/minutes"
    draft = fields_of(priya.get(path).text)
    text = "Minutes\n1. Welcome\n- Mrs Quuxley complained about 12 Park Road"
    answer = priya.send(path, **{**draft, "minutes": text}, step="agree")
    assert answer.status_code == 422
    assert any(error.startswith("Line 3 seems to hold somebody’s name.") for error in priya.errors(answer))
    assert "Mrs Quuxley" in answer.text


def test_two_who_write_the_minutes_at_once_lose_nothing(counter, room):
    priya, (_, today, *_) = room
    path = f"{page(today)}/minutes"
    mine = fields_of(priya.get(path).text)
    priya.send(path, **{**mine, "minutes": "Theirs was first"}, step="keep")
    answer = priya.send(path, **{**mine, "minutes": "Mine was second"}, step="agree")
    assert answer.status_code == 409
    assert "Mine was second" in fields_of(answer.text)["minutes"]
    assert "Theirs was first" in answer.text
    assert priya.send(path, **{**fields_of(answer.text), "minutes": "Both"}, step="agree").status_code == 302


def test_one_meeting_moves_and_stays_between_its_neighbours(counter, room):
    priya, (_, today, *_) = room
    path = f"{page(today)}/move"
    version = fields_of(priya.get(path).text)["version"]
    far = priya.send(path, place="Library", version=version, **day("held_on", TODAY + timedelta(days=30)))
    assert far.status_code == 422
    assert any("Meeting 3 is on" in error for error in priya.errors(far))
    good = priya.send(path, place="Library", version=version, **day("held_on", TODAY + timedelta(days=1)))
    assert good.status_code == 302
    assert held_on(counter)[:3] == [-14, 1, 14]


@pytest.mark.parametrize("email", [TOM, AISHA])
def test_officers_read_meetings_and_run_none(counter, room, email: str):
    _, (_, today, *_) = room
    visitor = counter.sign_in(email)
    shown = visitor.get(page(today))
    assert shown.status_code == 200
    assert "Set an action" not in shown.text
    for step in ("agenda", "actions", "roll-over", "move", "attendance", "minutes"):
        assert visitor.send(page(today), to=f"{page(today)}/{step}").status_code == 403
    assert visitor.get(NEW).status_code == 403


@pytest.mark.parametrize("email", [RUTH, MIRIAM])
def test_elected_members_and_auditors_open_no_meeting(counter, room, email: str):
    _, (_, today, *_) = room
    visitor = counter.sign_in(email)
    for path in ("/coordinator/meetings", page(today), f"{page(today)}/agenda", f"{page(today)}/minutes"):
        assert visitor.get(path).status_code == 403


def test_looking_changes_nothing(counter, room):
    priya, (_, today, *_) = room
    from sharing.ledger import read

    counter.store.integrate()
    with counter.store.reading() as session:
        before = [log.size for log in read.logs(session, HERE)]
    for path in (
        "/coordinator/meetings",
        "/coordinator/returns",
        "/coordinator/hotspots",
        "/coordinator/hotspots/draft",
        "/coordinator/hotspots/nominate",
        NEW,
        CHANGE,
        *(
            page(today) + part
            for part in (
                "",
                "/agenda",
                "/attendance",
                "/confidentiality",
                "/minutes",
                "/minutes.docx",
                "/roll-over",
                "/move",
            )
        ),
    ):
        assert priya.get(path).status_code == 200, path
    counter.store.integrate()
    with counter.store.reading() as session:
        assert [log.size for log in read.logs(session, HERE)] == before


def test_the_first_page_of_the_co_ordinator_says_which_meetings_come(counter, room):
    priya, (first, *_) = room
    set_action(priya, first, **day("due_on", TODAY - timedelta(days=3)))
    home = priya.get("/home").text
    assert "meetings in the next 14 days" in home
    assert "24 November 2026: Joint Operations Group 2" in home
    assert "actions overdue, all agencies" in home
