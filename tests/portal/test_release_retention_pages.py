"""A liaison officer sees what is due, holds what has to stay, lets go what was seen; a link is opened without an account."""

from __future__ import annotations

import re
from datetime import timedelta

from protocols.actor import Actor
from sharing import disclosures, partners, requests
from tests.integration.disclosure_world import NAME, PARTNERSHIP, protocol_toml
from tests.integration.retention_world import let_pass
from tests.portal.coordinator_world import day

LIAISON = "liaison@homes.example"


def the_record(counter):
    with counter.store.reading() as session:
        return disclosures.records_of(session, PARTNERSHIP, "model-homes")[0]


def test_what_is_held_stays_and_the_rest_goes_as_it_was_seen(model):
    counter, world = model
    world.deposit("MH-2026-0001")
    world.deposit("MH-2026-0002")
    let_pass(counter.store, 701)
    visitor = counter.sign_in(LIAISON)
    page = visitor.get("/liaison/retention").text
    assert "MH-2026-0001" in page
    assert NAME not in page
    record = the_record(counter)
    to = f"/liaison/retention/hold/case_record/{record.id}"
    empty = visitor.send(to)
    assert empty.status_code == 400
    assert "Choose why it has to be kept" in empty.text
    review = counter.store.clock.today() + timedelta(days=90)
    assert visitor.send(to, reason="live-order", **day("review_on", review)).status_code == 302
    assert visitor.send("/liaison/retention", code="0" * 12).status_code == 409
    code = re.search(r'name="code" value="([0-9a-f]{12})"', visitor.get("/liaison/retention").text).group(1)
    assert visitor.send("/liaison/retention", code=code).status_code == 302
    with counter.store.reading() as session:
        states = {each.reference: each.state for each in disclosures.records_of(session, PARTNERSHIP, "model-homes")}
    assert states == {"MH-2026-0001": "live", "MH-2026-0002": "shredded"}


def test_nobody_elses_record_can_be_put_on_hold(model):
    counter, world = model
    world.deposit()
    visitor = counter.sign_in("liaison@police.example")
    for table in ("case_record", "disclosure", "officer"):
        to = f"/liaison/retention/hold/{table}/{the_record(counter).id}"
        assert visitor.get(to).status_code == 404
        fields = {"reason": "audit", **day("review_on", counter.store.clock.today() + timedelta(days=9))}
        assert visitor.send("/account/sign-in", to=to, **fields).status_code == 404


def linked(counter, world) -> tuple[str, str, str]:
    """A link that the recipient's officer has made, with its code, and the disclosure's page."""
    newer = protocol_toml(counter.store.clock.today(), version=2)
    newer = newer.replace('channels = ["view"', 'channels = ["view", "link"')
    with counter.store.unit(Actor(operator="test")) as unit:
        partners.load_protocol(unit, partners.LoadProtocol(newer, partnership=PARTNERSHIP))
    for email in ("signatory@council.example", "signatory@police.example", "signatory@homes.example"):
        world.sign(email, version=2)
    world.deposit()
    made = world.ask()
    world.decide(made.request_id)
    with counter.store.reading() as session:
        given = requests.request(session, PARTNERSHIP, "model-police", made.request_id).disclosure_id
    page = f"/officer/releases/{given}"
    answer = counter.sign_in("officer@police.example").send(page, to=f"{page}/link", hours="24")
    assert answer.status_code == 200, answer.text
    token = re.search(r"/given/([\w-]+)<", answer.text).group(1)
    return token, re.search(r"(\d{4} \d{4})</dd>", answer.text).group(1), page


def test_a_partner_without_an_account_opens_it_by_code_and_never_by_the_address_alone(model):
    counter, world = model
    token, code, _ = linked(counter, world)
    visitor = counter.anonymous()
    first = visitor.get(f"/given/{token}")
    assert first.status_code == 200
    assert NAME not in first.text
    assert visitor.send(f"/given/{token}", code="0000 0000").status_code == 403
    opened = visitor.send(f"/given/{token}", code=code)
    assert opened.status_code == 200
    assert NAME in opened.text
    assert "OFFICIAL-SENSITIVE" in opened.text
    assert opened.headers["Cache-Control"] == "no-store"


def test_a_link_that_is_none_looks_like_one_that_is(model):
    counter, world = model
    token, _, _ = linked(counter, world)
    visitor = counter.anonymous()
    pages = [visitor.send(f"/given/{each}", code="0000 0000") for each in (token, "A" * 43)]
    bare = [re.sub(r'value="[^"]*"|/given/[\w-]+', "", page.text) for page in pages]
    assert bare[0] == bare[1]
    assert [page.status_code for page in pages] == [403, 403]
