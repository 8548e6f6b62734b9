"""A link opens one disclosure, with its code, until it ends: and nothing else, for nobody else, however it is tried."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from protocols.actions import Event
from protocols.actor import ANONYMOUS, Actor
from sharing import disclosures, partners
from sharing.disclosures import links
from sharing.disclosures.copies import as_they_left
from sharing.disclosures.model import DisclosureField
from sharing.errors import InvalidError, NotFoundError, NotPermittedError
from sharing.requests.exporting import link_given
from tests.integration.disclosure_world import NAME, PARTNERSHIP, World, make_world, protocol_toml
from tests.integration.retention_world import let_pass

OFFICER = "officer@police.example"


def world_of(store, *, with_links: bool = True) -> World:
    """A name was given to the police; the protocol's second version lets what may be seen leave by a link as well."""
    world = make_world(store)
    if with_links:
        newer = protocol_toml(store.clock.today(), version=2).replace(
            'channels = ["view"', 'channels = ["view", "link"'
        )
        with store.unit(Actor(operator="test")) as unit:
            partners.load_protocol(unit, partners.LoadProtocol(newer, partnership=PARTNERSHIP))
        for email in ("signatory@council.example", "signatory@police.example", "signatory@homes.example"):
            world.sign(email, version=2)
    world.deposit()
    world.decide(world.ask(fields=(("subject.name", None), ("subject.address", None))).request_id)
    return world


@pytest.fixture
def world(store) -> World:
    return world_of(store)


def given(world: World) -> disclosures.DisclosureView:
    with world.store.reading() as session:
        return disclosures.given_to(session, PARTNERSHIP, "model-police")[0]


def make(world: World, email: str = OFFICER, hours: int = 72) -> links.LinkMade:
    with world.store.unit(world.actor(email)) as unit:
        return link_given(unit, given(world).id, hours)


def open_(world: World, token: str, code: str) -> tuple[links.Opened | None, list[str]]:
    """What the link gives, and the entries that it leaves."""
    with world.store.unit(ANONYMOUS) as unit:
        opened = links.open_link(unit, token, code)
    return opened, [entry.type for entry in unit.recorded]


def state(world: World) -> links.LinkView:
    with world.store.reading() as session:
        return links.links_of(session, PARTNERSHIP, given(world).id)[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_a_link_opens_with_its_code_and_each_opening_is_an_entry_first(world: World):
    made = make(world)
    for _ in range(2):
        opened, left = open_(world, made.token, f"{made.code[:4]} {made.code[4:]}")
        assert opened is not None
        assert opened.values["subject.name"] == NAME
        assert left == [Event.LINK_OPENED, Event.RECORD_VIEWED]
    assert state(world).opened == 2


def test_a_protocol_that_lets_nothing_leave_by_a_link_has_none(store):
    world = world_of(store, with_links=False)
    with pytest.raises(NotPermittedError, match="no line of the protocol") as refused:
        make(world)
    assert refused.value.rule == "line"


def test_neither_link_nor_code_can_be_had_from_the_database(world: World):
    made = make(world)
    with world.store.engine.connect() as connection:
        rows = repr(connection.execute(text("SELECT * FROM release_link")).all())
    assert made.token not in rows
    assert made.code not in rows
    assert made.token not in repr(made)
    assert made.code not in repr(made)


def test_a_guessed_link_opens_nothing_and_says_nothing(world: World):
    made = make(world)
    assert open_(world, made.token[:-1] + ("A" if made.token[-1] != "A" else "B"), made.code) == (None, [])
    assert open_(world, "", made.code) == (None, [])
    assert state(world).wrong_codes == 0


def test_five_wrong_codes_end_a_link_and_then_the_right_one_opens_nothing(world: World):
    made = make(world)
    for _ in range(links.MOST_WRONG):
        assert open_(world, made.token, wrong(made.code)) == (None, [Event.LINK_REFUSED])
    assert state(world).ended_because == "locked"
    assert open_(world, made.token, made.code) == (None, [Event.LINK_REFUSED])


def test_a_link_opens_nothing_after_its_hours(world: World):
    made = make(world, hours=1)
    with world.store.engine.begin() as connection:
        past = (world.store.clock.now() - timedelta(seconds=1)).replace(tzinfo=None)
        connection.execute(text("UPDATE release_link SET expires_at = :past"), {"past": past})
    assert open_(world, made.token, made.code) == (None, [Event.LINK_REFUSED])


@pytest.mark.parametrize("hours", [0, -1, links.MOST_HOURS + 1])
def test_a_link_lasts_at_most_seven_days(world: World, hours: int):
    with pytest.raises(InvalidError):
        make(world, hours=hours)


def test_a_link_to_what_was_recalled_opens_nothing(world: World):
    made = make(world)
    with world.store.engine.begin() as connection:
        connection.execute(text("UPDATE disclosure SET recalled_at = decided_at"))
    assert open_(world, made.token, made.code) == (None, [Event.LINK_REFUSED])


def test_a_link_opens_nothing_past_the_day_until_which_it_may_be_kept(world: World):
    made = make(world)
    let_pass(world.store, (given(world).kept_until - world.store.clock.today()).days)
    assert open_(world, made.token, made.code) == (None, [Event.LINK_REFUSED])


def test_a_link_opens_nothing_once_a_party_has_withdrawn(world: World):
    made = make(world)
    with world.store.unit(world.actor("signatory@homes.example")) as unit:
        partners.withdraw_from_protocol(unit, partners.WithdrawFromProtocol("MODEL-ISP"))
    assert open_(world, made.token, made.code) == (None, [Event.LINK_REFUSED])


def test_a_link_that_was_taken_back_or_replaced_opens_nothing(world: World):
    first, second = make(world), make(world)
    assert open_(world, first.token, first.code) == (None, [Event.LINK_REFUSED])
    with world.store.unit(world.actor(OFFICER)) as unit:
        links.end_link(unit, given(world).id)
    assert open_(world, second.token, second.code) == (None, [Event.LINK_REFUSED])


def test_nobody_else_makes_or_ends_one(world: World):
    make(world)
    for email in ("officer@charity.example", "coordinator@council.example"):
        with pytest.raises(NotFoundError):
            make(world, email)
        with world.store.unit(world.actor(email)) as unit, pytest.raises(NotFoundError):
            links.end_link(unit, given(world).id)
    with pytest.raises(NotPermittedError) as refused:
        make(world, "second@police.example")
    assert refused.value.rule == "assigned"
    stranger = world.actor(OFFICER)
    elsewhere = Actor(
        user_id=stranger.user_id,
        officer_id=stranger.officer_id,
        organisation="model-police",
        partnership="another-csp",
        roles=stranger.roles,
    )
    with pytest.raises(NotFoundError), world.store.unit(elsewhere) as unit:
        links.make_link(unit, given(world).id, assigned=True)


def test_every_entry_of_a_link_is_in_the_log_of_its_partnership_without_a_value(world: World):
    made = make(world)
    with world.store.unit(ANONYMOUS) as unit:
        links.open_link(unit, made.token, made.code)
    assert {entry.partnership for entry in unit.recorded} == {PARTNERSHIP}
    for entry in unit.recorded:
        assert NAME not in repr(entry)
        assert made.token not in repr(entry)
        assert made.code not in repr(entry)


def test_what_could_leave_only_coarser_now_stays_sealed_for_the_copy_is_finer():
    answer = {
        "fields": {
            "subject.dob": {"result": "generalised", "form": "age-band"},
            "subject.name": {"result": "released", "form": "as-is"},
            "subject.address": {"result": "withheld", "form": None},
        }
    }
    cells = {code: DisclosureField(code=code, form="as-is") for code in answer["fields"]}
    assert as_they_left(answer, cells) == ["subject.name"]
