"""Drafting a protocol in the browser: from the model to a signed version, part by part, without losing or leaking anything."""

from __future__ import annotations

import html
import io
import itertools
import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from protocols import drafting, terms, terms_writing
from protocols.actions import Event
from sharing import partners
from sharing.ledger.model import LedgerEntry
from sharing.partners.model import ProtocolDraft
from tests.house.access_world import open_counter
from tests.portal.conftest import BASE, TODAY
from tests.portal.coordinator_world import HERE, PRIYA, RUTH, TOM, day

HOME = Path(__file__).parents[1]
NEW = "/liaison/protocols/new"
GRACE, DANIEL, AISHA = "grace.lindqvist@police.example", "daniel.osei@council.example", "aisha.begum@ascham.example"
COUNCIL, POLICE, ALMO, FOREST = "lb-waltham-forest", "met-north-east", "ascham-homes", "forest-homes"
NUMBERS = itertools.count(1)
MODEL = {"source": "model", "title": "Joint protocol", "kind": "statutory", **day("starts_on", TODAY)}
DPIA = "Reference DPIA 2026/04 of 2 November 2026: the remaining risk is acceptable."


def page_fields(page: str) -> dict[str, list[str]]:
    """What a browser would send from the first form of a page as it stands: texts, choices, ticks."""
    main = page.split('id="main-content"')[1]
    form = re.search(r'<form method="post"[^>]*>(.*?)</form>', main, re.DOTALL).group(1)
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        of = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if of.get("type") in {"checkbox", "radio"} and not re.search(r"\bchecked\b", tag):
            continue
        if of.get("name") and of.get("type") != "file":
            found.setdefault(of["name"], []).append(html.unescape(of.get("value", "")))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        found[name] = [html.unescape(chosen.group(1))]
    for name, said in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = [html.unescape(said)]
    return found


def fill(visitor, path: str, **changes):
    """Send a page's form as it stands, with some inputs changed."""
    fields = {name: values for name, values in page_fields(visitor.get(path).text).items() if name not in KEYS}
    return visitor.send(path, **{**fields, **changes})


KEYS = {"csrf_token", "idempotency_key"}


def entries(counter, event: Event) -> int:
    counter.store.integrate()
    with counter.store.reading() as session:
        return sum(f'"{event.value}"'.encode() in bytes(body) for body in session.scalars(select(LedgerEntry.body)))


def stored(counter, draft: str):
    """The draft as the record has it."""
    with counter.store.reading() as session:
        view = partners.open_drafts(session, HERE)
        found = next(each for each in view if str(each.id) in draft)
        return partners.open_draft(session, HERE, found.id, TODAY)


def begin(visitor, **changes) -> str:
    answer = visitor.send(NEW, **{**MODEL, "ref": f"ISP-{next(NUMBERS)}", **changes})
    assert answer.status_code == 302, visitor.errors(answer)
    return answer.location


def finish(visitor, path: str, parties=(COUNCIL, POLICE, FOREST)) -> str:
    """Close the model's gaps and offer the draft; gives the version's page."""
    assert fill(visitor, f"{path}/parties", parties=list(parties)).status_code == 302
    assert fill(visitor, f"{path}/sections/dpia", said=DPIA).status_code == 302
    offered = visitor.send(path, to=f"{path}/offer", version=version_of(visitor, path))
    assert offered.status_code == 302, offered.text
    return offered.location


def version_of(visitor, path: str) -> str:
    return re.search(r'name="version" value="(\d+)"', visitor.get(path).text).group(1)


@pytest.fixture(scope="module")
def world(module_database, tmp_path_factory):
    """The example partnership, in which drafts are made and nothing is offered: for all tests that need no more."""
    opened = open_counter(module_database, tmp_path_factory.mktemp("drafts"))
    with opened.store.unit(_operator()) as unit:
        partners.load_partnership(unit, (HOME / "data" / "partnership-example.toml").read_text())
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def priya(world):
    return world.sign_in(PRIYA)


# --- the draft -------------------------------------------------------------------------------------


def test_a_draft_from_the_model_names_every_gap_with_a_link_to_the_page_that_closes_it(world, priya):
    path = begin(priya)
    page = priya.get(path).text
    gaps = dict(
        re.findall(
            r'<li><a class="govuk-link" href="([^"]+)">([^<]+)</a>', page.split('id="gaps"')[1].split("</ul>")[0]
        )
    )
    assert gaps == {f"{path}/parties": "Parties", f"{path}/sections/dpia": "Data protection impact assessment"}
    for href in gaps:
        assert priya.get(href).status_code == 200
    assert "Offer it for signature" not in page


def test_the_draft_survives_a_closed_browser_and_shows_itself_to_nobody_without_a_sign_in(world, priya):
    path = begin(priya)
    fill(priya, f"{path}/parties", parties=[COUNCIL, POLICE])
    again = world.anonymous()
    assert again.get(path).status_code == again.get(f"{path}/text").status_code == 302
    assert stored(world, path).protocol.parties == (COUNCIL, POLICE)


def test_a_complete_draft_is_offered_becomes_a_version_and_is_signed(counter):
    priya = counter.sign_in(PRIYA)
    at = finish(priya, begin(priya, ref="WF-ISP"))
    assert at == "/liaison/protocols/WF-ISP/1"
    assert "Joint protocol" in priya.get(at).text
    with counter.store.reading() as session:
        head = partners.protocol(session, HERE, "WF-ISP", counter.store.clock.business_now())
        text = partners.protocol_text(session, HERE, "WF-ISP", 1)
        assert partners.open_drafts(session, HERE) == ()
    assert head.complete
    assert head.digest == terms.load(text).digest
    grace = counter.sign_in(GRACE)
    signed = grace.send(at, to=f"{at}/sign", digest=head.digest, seniority="Chief superintendent", read="y")
    assert signed.status_code == 302, grace.errors(signed)
    assert re.search(
        r'data-label="Organisation">[^<]*Met[^<]*</td>\s*<td[^>]*data-label="Version">1<', grace.get(at).text
    )


@pytest.mark.parametrize("part", ["lines", "purposes", "dpia", "parties"])
def test_a_draft_that_lacks_something_cannot_be_offered_and_stays_a_draft(world, priya, part):
    path = begin(priya)
    if part != "parties":
        fill(priya, f"{path}/parties", parties=[COUNCIL, POLICE])
    if part != "dpia":
        fill(priya, f"{path}/sections/dpia", said=DPIA)
    if part == "lines":
        for _ in range(len(drafting.model().lines)):
            priya.send(path, to=f"{path}/lines/0/remove", version=version_of(priya, path))
    if part == "purposes":
        priya.send(path, to=f"{path}/purposes/0/remove", version=version_of(priya, path))
    refused = priya.send(path, to=f"{path}/offer", version=version_of(priya, path))
    assert refused.status_code == 422
    assert entries(world, Event.PROTOCOL_DRAFTED) == 0
    assert "Not complete" in priya.get(path).text


FIVE = {
    "what": {
        "field_subject_name": "",
        "field_subject_dob": "",
        "field_subject_address": "",
        "field_subject_role": "",
        "field_case_reference": "",
        "field_case_stage": "",
        "field_case_history": "",
    },
    "by whom": {"from_": []},
    "with whom": {"to_": []},
    "for what": {"purposes": []},
    "safeguards": {"safeguards": []},
}


@pytest.mark.parametrize("question", FIVE)
def test_a_draft_that_lacks_any_of_the_five_answers_stays_a_draft_and_the_page_says_which(world, priya, question):
    path = begin(priya)
    fill(priya, f"{path}/parties", parties=[COUNCIL, POLICE])
    fill(priya, f"{path}/sections/dpia", said=DPIA)
    assert "Complete, may be signed" in priya.get(path).text
    saved = fill(priya, f"{path}/lines/0", **FIVE[question])
    assert saved.status_code == 302, priya.errors(saved)
    page = priya.get(path).text
    assert re.search(rf"Line 1\.1, [^<]*{question}", page), question
    assert "Complete, may be signed" not in page
    assert priya.send(path, to=f"{path}/offer", version=version_of(priya, path)).status_code == 422


def test_saving_a_page_unchanged_changes_nothing_and_leaves_no_entry(world, priya):
    path = begin(priya)
    before = entries(world, Event.PROTOCOL_WRITTEN), stored(world, path).text
    pages = [f"{path}/cover", f"{path}/parties", f"{path}/sections/roles"]
    pages += [f"{path}/lines/{at}" for at in range(len(drafting.model().lines))]
    pages += [f"{path}/purposes/{at}" for at in range(len(drafting.model().purposes))]
    for page in pages:
        answer = fill(priya, page)
        assert answer.status_code == 302, (page, priya.errors(answer))
    assert (entries(world, Event.PROTOCOL_WRITTEN), stored(world, path).text) == before


def test_a_line_is_changed_field_by_field_and_a_new_one_is_added_like_it(world, priya):
    path = begin(priya)
    fill(priya, f"{path}/parties", parties=[COUNCIL, POLICE, ALMO])
    changed = fill(
        priya,
        f"{path}/lines/0",
        field_subject_dob="as-is",
        field_vehicle_registration="as-is",
        retention_days="30",
        onward="never",
        to_=["kind:police", COUNCIL],
    )
    assert changed.status_code == 302, priya.errors(changed)
    line = stored(world, path).protocol.lines[0]
    assert line.form_of("subject.dob") == "as-is"
    assert line.fields[-1] == "vehicle.registration"
    assert (line.retention_days, line.onward, line.to) == (30, "never", ("kind:police", COUNCIL))
    count = len(stored(world, path).protocol.lines)
    like = priya.get(f"{path}/lines/{count}?like=own:1.1").text
    fields = {name: value for name, value in page_fields(like).items() if name not in KEYS}
    added = priya.send(path, to=f"{path}/lines/{count}", **fields)
    assert added.status_code == 302, priya.errors(added)
    new = stored(world, path).protocol.lines[-1]
    head, _, last = drafting.model().lines[-1].id.partition(".")
    assert new.id == f"{head}.{int(last) + 1}"
    assert (set(new.fields), set(new.to)) == (set(line.fields), set(line.to))


def test_what_cannot_be_read_is_said_at_its_input_and_nothing_typed_is_lost(world, priya):
    path = begin(priya)
    twice = fill(priya, f"{path}/lines/0", line_id="1.2", retention_days="77")
    assert twice.status_code == 422
    assert '<a href="#line_id">“1.2” has been used before</a>' in twice.text
    assert 'value="77"' in twice.text
    wrong = fill(priya, f"{path}/cover", ref="WF ISP/1", title="Kept")
    assert wrong.status_code == 422
    assert 'href="#ref"' in wrong.text
    assert 'value="Kept"' in wrong.text
    never = fill(priya, f"{path}/lines/0", retention_days="soon")
    assert never.status_code == 400
    assert "whole number" in never.text


def test_a_purpose_that_is_renamed_is_renamed_on_its_lines(world, priya):
    path = begin(priya)
    assert fill(priya, f"{path}/purposes/0", code="asb").status_code == 302
    protocol = stored(world, path).protocol
    assert protocol.purposes[0].code == "asb"
    assert [line.id for line in protocol.lines if "asb" in line.purposes] == ["1.1", "1.2", "1.3", "1.4", "1.5"]


def test_two_co_ordinators_do_not_overwrite_each_other(world, priya):
    path = begin(priya)
    seen = page_fields(priya.get(f"{path}/cover").text)
    fill(priya, f"{path}/parties", parties=[COUNCIL, POLICE])
    late = priya.send(f"{path}/cover", **{n: v for n, v in seen.items() if n not in KEYS} | {"title": "Mine"})
    assert late.status_code == 409
    assert stored(world, path).protocol.title == "Joint protocol"


def test_a_pasted_text_and_an_uploaded_file_are_the_draft_and_its_comments_stay(world, priya):
    text = "# ours\n" + terms_writing.write(
        drafting.from_model(drafting.Beginning(HERE, "OURS", "Ours", TODAY, parties=(COUNCIL, POLICE)))
    )
    pasted = priya.send(NEW, source="text", toml=text.replace("\n", "\r\n"))
    assert pasted.status_code == 302, priya.errors(pasted)
    assert stored(world, pasted.location).text == text.strip()
    uploaded = priya.send(NEW, source="text", file=(io.BytesIO(text.replace("OURS", "TWO").encode()), "ours.toml"))
    assert uploaded.status_code == 302, priya.errors(uploaded)
    assert stored(world, uploaded.location).protocol.ref == "TWO"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[protocol]\nref = 1", "protocol.ref"),
        ("not toml", "this is not TOML"),
        ("", "Paste the text"),
    ],
)
def test_a_text_that_is_no_protocol_is_refused_with_what_is_wrong(priya, text, says):
    refused = priya.send(NEW, source="text", toml=text)
    assert refused.status_code in {400, 422}
    assert says in html.unescape(refused.text) or "this has to be there" in refused.text


def test_another_partnerships_protocol_cannot_be_pasted_in(priya):
    text = terms_writing.write(drafting.from_model(drafting.Beginning("elsewhere", "X", "X", TODAY)))
    refused = priya.send(NEW, source="text", toml=text)
    assert refused.status_code == 422
    assert "elsewhere" in html.unescape(refused.text)


def test_a_draft_changes_nothing_about_what_may_be_shared_until_it_is_offered(counter):
    priya = counter.sign_in(PRIYA)
    at = finish(priya, begin(priya, ref="WF-ISP"))
    with counter.store.reading() as session:
        before = partners.protocol(session, HERE, "WF-ISP", counter.store.clock.business_now())
    _sign(counter, GRACE, at, before.digest)
    path = priya.send(NEW, source="next:WF-ISP", **day("starts_on", TODAY)).location
    fill(priya, f"{path}/sections/indemnity", said="None at all.")
    with counter.store.reading() as session:
        now = counter.store.clock.business_now()
        assert [view.number for view in partners.versions(session, HERE, "WF-ISP", now)] == [1]
        assert partners.protocol(session, HERE, "WF-ISP", now).status == before.status


def _sign(counter, email: str, at: str, digest: str) -> None:
    visitor = counter.sign_in(email)
    signed = visitor.send(at, to=f"{at}/sign", digest=digest, seniority="Director", read="y")
    assert signed.status_code == 302, visitor.errors(signed)


def test_an_unsigned_version_is_mended_under_its_number_and_a_signed_one_gets_the_next(counter):
    priya = counter.sign_in(PRIYA)
    at = finish(priya, begin(priya, ref="WF-ISP"))
    mended = priya.send(NEW, source="next:WF-ISP", **day("starts_on", TODAY)).location
    assert stored(counter, mended).protocol.version == 1
    fill(priya, f"{mended}/cover", title="Joint protocol, mended")
    assert priya.send(mended, to=f"{mended}/offer", version=version_of(priya, mended)).location == at
    with counter.store.reading() as session:
        head = partners.protocol(session, HERE, "WF-ISP", counter.store.clock.business_now())
    assert head.title == "Joint protocol, mended"
    _sign(counter, GRACE, at, head.digest)
    following = priya.send(NEW, source="next:WF-ISP", **day("starts_on", TODAY)).location
    assert stored(counter, following).protocol.version == 2


def test_a_draft_of_a_version_that_is_signed_meanwhile_can_no_longer_be_offered(counter):
    priya = counter.sign_in(PRIYA)
    at = finish(priya, begin(priya, ref="WF-ISP"))
    mended = priya.send(NEW, source="next:WF-ISP", **day("starts_on", TODAY)).location
    fill(priya, f"{mended}/cover", title="Too late")
    with counter.store.reading() as session:
        head = partners.protocol(session, HERE, "WF-ISP", counter.store.clock.business_now())
    _sign(counter, GRACE, at, head.digest)
    assert priya.send(mended, to=f"{mended}/offer", version=version_of(priya, mended)).status_code == 422
    with counter.store.reading() as session:
        assert partners.protocol(session, HERE, "WF-ISP", counter.store.clock.business_now()).digest == head.digest


def test_a_dropped_draft_is_gone_for_everybody(world, priya):
    path = begin(priya)
    dropped = entries(world, Event.PROTOCOL_DRAFT_DROPPED)
    gone = priya.send(path, to=f"{path}/drop", version=version_of(priya, path))
    assert gone.status_code == 302
    assert [priya.get(f"{path}{part}").status_code for part in ("", "/text", "/cover", "/lines/0")] == [404] * 4
    assert entries(world, Event.PROTOCOL_DRAFT_DROPPED) == dropped + 1
    with world.store.reading() as session:
        gone = session.scalars(select(ProtocolDraft).where(ProtocolDraft.dropped_at.is_not(None))).all()
    assert {row.text for row in gone} == {""}


def test_only_the_co_ordinator_drafts_and_everybody_else_may_read_the_draft_they_are_asked_about(world, priya):
    path = begin(priya)
    for email in (TOM, GRACE, AISHA, RUTH):
        visitor = world.sign_in(email)
        assert visitor.get(NEW).status_code == 403
        assert visitor.get(path).status_code == 403
        text = visitor.get(f"{path}/text")
        assert text.status_code == 200
        assert "Nobody has signed this" in text.text


def test_a_draft_of_another_partnership_is_not_there(world, priya):
    from sharing.partners.model import Partnership

    with world.store.unit(_operator()) as unit:
        unit.session.add(
            Partnership(code="far", name="Far", kind="CSP", area="Far", created_at=unit.clock.business_now())
        )
        unit.session.flush()
        now = unit.clock.business_now()
        text = terms_writing.write(drafting.from_model(drafting.Beginning("far", "FAR", "Far", TODAY)))
        row = ProtocolDraft(partnership="far", ref="FAR", number=1, title="Far", text=text, begun_from="x",
                            started_at=now, saved_at=now)  # fmt: skip
        unit.session.add(row)
        unit.session.flush()
        draft_id = row.id
        unit.record(Event.PROTOCOL_WRITTEN, about=draft_id, partnership="far")
    path = f"/liaison/protocols/drafts/{draft_id}"
    for part in ("", "/text", "/cover", "/parties", "/toml", "/lines/0", "/purposes/0", "/sections/dpia"):
        assert priya.get(path + part).status_code == 404, part
    for part in ("/offer", "/drop", "/consultations", "/lines/0/remove", "/cover"):
        assert priya.send(NEW, to=path + part, version="1").status_code == 404, part
    assert "Far" not in priya.get("/liaison/protocols").text


def _operator():
    from protocols.actor import Actor

    return Actor(operator="test")


def test_places_that_no_part_has_are_not_there(priya):
    path = begin(priya)
    for part in ("/lines/99", "/purposes/99", "/sections/nothing"):
        assert priya.get(path + part).status_code == 404
        assert priya.send(path, to=path + part, version="1").status_code == 404
    assert priya.send(path, to=f"{path}/lines/99/remove", version="1").status_code == 404


def test_a_draft_sent_twice_is_begun_once(world, priya):
    first = priya.send(NEW, key="once", **MODEL, ref="ONCE")
    again = priya.send(NEW, key="once", **MODEL, ref="ONCE")
    assert first.location == again.location
    with world.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProtocolDraft).filter_by(ref="ONCE")) == 1


# --- consultation and contributors -----------------------------------------------------------------


def test_each_version_lists_who_wrote_it_and_who_was_asked_and_an_old_name_finds_it(counter):
    priya = counter.sign_in(PRIYA)
    path = begin(priya, ref="WF-ISP")
    fill(priya, f"{path}/cover", aliases="Joint Information Exchange\nJIE")
    asked = priya.send(path, to=f"{path}/consultations", organisation=FOREST, name="Head of housing",
                       said="Add arrears to the first line", **day("consulted_on", TODAY))  # fmt: skip
    assert asked.status_code == 302, priya.errors(asked)
    group = priya.send(path, to=f"{path}/consultations", organisation="", name="Residents’ forum",
                       said="No comment", **day("consulted_on", TODAY))  # fmt: skip
    assert group.status_code == 302, priya.errors(group)
    at = finish(priya, path)
    with counter.store.reading() as session:
        head = partners.protocol(session, HERE, "WF-ISP", counter.store.clock.business_now())
    for signatory in (GRACE, DANIEL):
        _sign(counter, signatory, at, head.digest)
    found = priya.get("/liaison/protocols?words=joint+information+exchange").text
    assert "WF-ISP/1" in found
    assert "In force" in found
    page = html.unescape(priya.get(at).text)
    assert "Also called Joint Information Exchange and JIE" in page
    assert re.search(r"<li>Priya Sharma, [^<]*wrote the start, the cover, the parties and section dpia", page)
    assert "Head of housing" in page
    assert "“Add arrears to the first line”" in page
    assert "Residents’ forum, asked on" in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"said": ""}, "Say what they said"),
        ({"organisation": "", "name": ""}, "Say who was asked"),
        (day("consulted_on", TODAY.replace(year=TODAY.year + 1)), "has not come yet"),
    ],
)
def test_a_consultation_without_who_when_or_what_is_refused_at_its_input(world, priya, changes, says):
    path = begin(priya)
    fields = {"organisation": FOREST, "name": "", "said": "Good", **day("consulted_on", TODAY), **changes}
    refused = priya.send(path, to=f"{path}/consultations", **fields)
    assert refused.status_code in {400, 422}
    assert says in refused.text
    assert entries(world, Event.PROTOCOL_CONSULTED) == 0


def test_a_version_that_a_file_brought_names_who_loaded_it(counter):
    priya = counter.sign_in(PRIYA)
    text = terms_writing.write(
        drafting.from_model(drafting.Beginning(HERE, "FILE", "By file", TODAY, parties=(COUNCIL, POLICE)))
    )
    with counter.store.unit(_operator()) as unit:
        partners.load_protocol(unit, partners.LoadProtocol(text, HERE))
    page = priya.get("/liaison/protocols/FILE/1").text
    assert "operator:test, at the command line" in page
    assert BASE not in page
