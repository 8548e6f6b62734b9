"""No release without a protocol in force that both have signed: every state refused, and a machine that tries all orders."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import update

from protocols.actor import Actor
from sharing import disclosures, partners, requests, visits
from sharing.disclosures import LogQuery
from sharing.errors import InvalidError, NotPermittedError
from sharing.partners.model import ProtocolVersion, WorldVersion
from sharing.store import Store, StoreSettings, set_up
from tests.integration.disclosure_world import PARTNERSHIP, World, make_world, partnership_toml, protocol_toml


def unsigned(store: Store) -> World:
    return make_world(store, signed=False)


def signed_by_one(store: Store) -> World:
    world = make_world(store, signed=False)
    world.sign("signatory@police.example")
    world.sign("signatory@council.example")
    return world


def withdraw(world: World) -> None:
    with world.store.unit(world.actor("signatory@homes.example")) as unit:
        partners.withdraw_from_protocol(unit, partners.WithdrawFromProtocol("MODEL-ISP"))


def suspend(world: World) -> None:
    with world.store.unit(world.actor("coordinator@council.example")) as unit:
        partners.suspend_protocol(unit, partners.SuspendProtocol("MODEL-ISP"))


def expire(world: World) -> None:
    _move(world, ends_on=world.store.clock.today() - timedelta(days=1))


def overtake(world: World) -> None:
    """A second version takes the first one's place; the landlord does not sign it."""
    text = protocol_toml(world.store.clock.today(), version=2).replace("overlap_days = 180", "overlap_days = 0")
    with world.store.unit(Actor(operator="test")) as unit:
        partners.load_protocol(unit, partners.LoadProtocol(text, partnership=PARTNERSHIP))
    for email in ("signatory@council.example", "signatory@police.example"):
        world.sign(email, version=2)


def withdrawn(store: Store) -> World:
    world = make_world(store)
    withdraw(world)
    return world


def suspended(store: Store) -> World:
    world = make_world(store)
    suspend(world)
    return world


def _moved(store: Store, **days: object) -> World:
    """The signed protocol, with a date of its text moved: as if that day had come."""
    world = make_world(store)
    _move(world, **days)
    return world


def _move(world: World, **days: object) -> None:
    with world.store.engine.begin() as connection:
        row = connection.execute(ProtocolVersion.__table__.select()).mappings().one()
        terms = json.loads(row["terms_json"]) | {name: str(day) for name, day in days.items()}
        connection.execute(update(ProtocolVersion).values(terms_json=json.dumps(terms)))
        connection.execute(update(WorldVersion).values(stamp=uuid.uuid4()))


def in_the_future(store: Store) -> World:
    return _moved(store, starts_on=store.clock.today() + timedelta(days=30))


def expired(store: Store) -> World:
    return _moved(store, ends_on=store.clock.today() - timedelta(days=1))


def review_overdue(store: Store) -> World:
    return _moved(store, review_by=store.clock.today() - timedelta(days=1))


def without_any(store: Store) -> World:
    """The partnership before its first protocol."""
    with store.unit(Actor(operator="test")) as unit:
        partners.load_partnership(unit, partnership_toml(store.clock.today()))
    return World(store)


def superseded(store: Store) -> World:
    world = make_world(store)
    overtake(world)
    return world


STATES: tuple[Callable[[Store], World], ...] = (
    without_any,
    unsigned,
    superseded,
    signed_by_one,
    withdrawn,
    suspended,
    in_the_future,
    expired,
    review_overdue,
)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_nothing_personal_leaves_and_the_refusal_is_logged_with_its_reason(
    store: Store, state: Callable[[Store], World]
):
    world = state(store)
    world.deposit()
    try:
        made = world.ask(fields=(("subject.name", None), ("subject.address", None)))
    except NotPermittedError as refused:
        assert refused.rule == "signed-protocol"  # noqa: PT017  either way nothing leaves; here nobody could even ask
        return
    outcome = world.decide(made.request_id)
    assert outcome.outcome == "refused"
    assert all(told["rule"] in {"in-force", "line", "complete"} for told in outcome.answer["fields"].values())
    with world.store.reading() as session:
        count, found = disclosures.search_log(session, PARTNERSHIP, LogQuery(outcome="refused"))
    assert count == 1
    assert found[0].refused_by == "rules"
    with pytest.raises(NotPermittedError):
        world.view(made.request_id)


CASE = "MH-2026-0042"


def tell_at_the_door(world: World) -> disclosures.DisclosureView:
    """The landlord's officer tells the police of a case at a joint visit; gives what is on the record of it."""
    kept = world.store.clock.today() + timedelta(days=700)
    values = {"visit.when": "2026-11-20", "visit.place": "14 Marmalade Row", "subject.risk-to-staff": "A dog"}
    with world.store.unit(world.actor("officer@homes.example")) as unit:
        disclosures.deposit_record(unit, disclosures.DepositRecord(CASE, "E05000001", "NOIS", kept, values))
    kind, outcome = min(visits.visit_kinds()), min(visits.visit_outcomes())
    command = visits.LogVisit(kind, "model-police", outcome, place="The square", told_about=CASE)
    with world.store.unit(world.actor("officer@homes.example")) as unit:
        visits.log_visit(unit, command)
    with world.store.reading() as session:
        count, found = disclosures.search_log(session, PARTNERSHIP, LogQuery(subject_ref=CASE))
        assert count == 1
        return disclosures.disclosure(session, PARTNERSHIP, found[0].id)


def test_before_the_first_protocol_nothing_can_be_told_at_the_door(store: Store):
    with pytest.raises(InvalidError, match="No protocol of the partnership says what may be told"):
        tell_at_the_door(without_any(store))


@pytest.mark.parametrize("state", [*STATES[1:], make_world], ids=lambda state: state.__name__)
def test_nothing_personal_is_released_at_the_door_and_what_was_told_is_on_the_record(
    store: Store, state: Callable[[Store], World]
):
    made = tell_at_the_door(state(store))
    given = {told.code for told in made.fields if told.result != "withheld"}
    assert given <= {"visit.when"}, "when a visit was is about nobody; where, and who is dangerous, is"
    assert made.outcome == ("partly" if given else "refused")


@pytest.mark.parametrize("ending", [withdraw, suspend, expire, overtake], ids=lambda ending: ending.__name__)
def test_what_was_given_cannot_be_opened_again_once_the_protocol_no_longer_stands(
    store: Store, ending: Callable[[World], None]
):
    world = make_world(store)
    world.deposit()
    made = world.ask(fields=(("subject.name", None),))
    assert world.decide(made.request_id).outcome == "released"
    assert world.view(made.request_id)
    ending(world)
    with pytest.raises(NotPermittedError) as refused:
        world.view(made.request_id)
    assert refused.value.rule == "in-force"


class Agreement(RuleBasedStateMachine):
    """The product against a model of five facts: who has signed, who has withdrawn, whether it is suspended, what was given."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copytree(self.template, self.folder / "home")
        url = f"sqlite:///{self.folder / 'home' / 'accord.sqlite'}"
        self.world = World(Store.open(StoreSettings(url, self.folder / "home")))
        self.signed = dict.fromkeys(("model-police", "model-homes"), False)
        self.suspended = False
        self.given: list = []

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.store.close()
            shutil.rmtree(self.folder)

    @property
    def stands(self) -> bool:
        return all(self.signed.values()) and not self.suspended

    def _signs(self, organisation: str, email: str) -> None:
        self.world.sign(email)
        self.signed[organisation] = True

    def _withdraws(self, organisation: str, email: str) -> None:
        with self.world.store.unit(self.world.actor(email)) as unit:
            partners.withdraw_from_protocol(unit, partners.WithdrawFromProtocol("MODEL-ISP"))
        self.signed[organisation] = False

    @precondition(lambda self: not self.signed["model-police"])
    @rule()
    def police_sign(self) -> None:
        self._signs("model-police", "signatory@police.example")

    @precondition(lambda self: not self.signed["model-homes"])
    @rule()
    def landlord_signs(self) -> None:
        self._signs("model-homes", "signatory@homes.example")

    @precondition(lambda self: self.signed["model-police"])
    @rule()
    def police_withdraw(self) -> None:
        self._withdraws("model-police", "signatory@police.example")

    @precondition(lambda self: self.signed["model-homes"])
    @rule()
    def landlord_withdraws(self) -> None:
        self._withdraws("model-homes", "signatory@homes.example")

    @precondition(lambda self: not self.suspended)
    @rule()
    def suspend(self) -> None:
        with self.world.store.unit(self.world.actor("coordinator@council.example")) as unit:
            partners.suspend_protocol(unit, partners.SuspendProtocol("MODEL-ISP"))
        self.suspended = True

    @precondition(lambda self: self.suspended)
    @rule()
    def resume(self) -> None:
        with self.world.store.unit(self.world.actor("coordinator@council.example")) as unit:
            partners.resume_protocol(unit, partners.ResumeProtocol("MODEL-ISP"))
        self.suspended = False

    @precondition(lambda self: self.signed["model-police"] and not self.suspended)
    @rule()
    def ask_and_decide(self) -> None:
        made = self.world.ask(fields=(("subject.name", None),))
        released = self.world.decide(made.request_id)
        assert (released.outcome == "released") == self.stands
        if released.outcome == "released":
            self.given.append(made.request_id)

    @precondition(lambda self: self.given)
    @rule()
    def open_again(self) -> None:
        try:
            self.world.view(self.given[-1])
            opened = True
        except NotPermittedError:
            opened = False
        assert opened == self.stands

    @rule()
    def restart(self) -> None:
        """A new process sees the same."""
        settings_ = StoreSettings(str(self.world.store.engine.url), self.folder / "home")
        self.world.store.close()
        self.world = World(Store.open(settings_))

    @invariant()
    def nothing_is_given_that_was_not_counted(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.world.store.reading() as session:
            count = disclosures.search_log(session, PARTNERSHIP, LogQuery(outcome="released"))[0]
            closed = requests.requests_of(session, PARTNERSHIP)
        assert count == len(self.given)
        assert all(request.disclosure_id for request in closed if request.closed_at)


@pytest.mark.timeout(900)
def test_the_product_equals_a_small_model_in_every_order(
    make_database: Callable[[str], str], tmp_path: Path, operator: Actor
):
    home = tmp_path / "template"
    home.mkdir()
    url = make_database("sqlite")
    shutil.copy(url.removeprefix("sqlite:///"), home / "accord.sqlite")
    ready = StoreSettings(f"sqlite:///{home / 'accord.sqlite'}", home)
    set_up(ready, "accord.test")
    store = Store.open(ready)
    world = make_world(store, signed=False)
    world.sign("signatory@council.example")
    world.deposit()
    store.close()
    assert operator.operator
    Agreement.template = home
    run_state_machine_as_test(
        Agreement,
        settings=settings(
            max_examples=100, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
