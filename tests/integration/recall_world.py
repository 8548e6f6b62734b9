"""This module knows a landlord that has given the same record to three partners, and what becomes of it afterwards."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from protocols.actor import Actor
from sharing import disclosures, partners, recalls, requests
from sharing.recalls import AnswerRecall, MakeRecall, Reason
from sharing.store import Store, StoreSettings, set_up
from tests.integration.disclosure_world import ADDRESS, BORN, PARTNERSHIP, World, partnership_toml, protocol_toml

HOMES, POLICE, COUNCIL, SECOND = "model-homes", "model-police", "model-council", "model-charity"
LIAISON = "liaison@homes.example"
ASKERS = {
    POLICE: "officer@police.example",
    COUNCIL: "coordinator@council.example",
    SECOND: "officer@charity.example",
}
RECORD = "MH-2026-0001"
TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Kept:
    """A folder with the world in it, of which each test gets a copy: making it takes seconds, copying it none."""

    folder: Path
    record_id: uuid.UUID
    asked: dict[str, uuid.UUID]
    given: dict[str, uuid.UUID]

    def copy(self, to: Path) -> RecallWorld:
        """The world in another folder; close its store afterwards."""
        shutil.copytree(self.folder, to)
        store = Store.open(settings_in(to))
        return RecallWorld(store, self.record_id, dict(self.asked), dict(self.given))


def settings_in(folder: Path) -> StoreSettings:
    return StoreSettings(f"sqlite:///{folder / 'accord.sqlite'}", folder / "home")


def keep_world(folder: Path, schema: Path, *, secrets: tuple[str, ...] = ()) -> Kept:
    """Make the world once, with three partners who hold the same three fields."""
    folder.mkdir()
    shutil.copy(schema, folder / "accord.sqlite")
    set_up(settings_in(folder), "accord.test", demonstration_day=TODAY, secrets=secrets)
    store = Store.open(settings_in(folder))
    world = make_recall_world(store)
    world.give_to_all()
    store.integrate()
    store.close()
    return Kept(folder, world.record_id, world.asked, world.given)


@dataclass
class RecallWorld(World):
    """The same small partnership in which the fourth member is a landlord too, and has signed."""

    record_id: uuid.UUID = field(default_factory=uuid.uuid4)
    asked: dict[str, uuid.UUID] = field(default_factory=dict)
    given: dict[str, uuid.UUID] = field(default_factory=dict)

    def deposit_named(self, reference: str, name: str) -> uuid.UUID:
        """Another record of the same person, under another name."""
        values = {"subject.name": name, "subject.dob": BORN, "subject.address": ADDRESS}
        command = disclosures.DepositRecord(
            reference, "E05000001", "NOIS", self.store.clock.today() + timedelta(days=700), values
        )
        with self.store.unit(self.actor("officer@homes.example")) as unit:
            return disclosures.deposit_record(unit, command)

    def give(self, recipient: str) -> uuid.UUID:
        """Have somebody ask and be given three fields; returns the disclosure."""
        made = self.ask(ASKERS[recipient])
        self.asked[recipient] = made.request_id
        self.given[recipient] = self.decide(made.request_id).disclosure_id
        return self.given[recipient]

    def give_to_all(self) -> None:
        for recipient in ASKERS:
            self.give(recipient)

    def recall(self, *recipients: str, reason: Reason = Reason.WRONG_PERSON, **more) -> recalls.Recalled:
        ids = tuple(self.given[each] for each in recipients or ASKERS)
        with self.store.unit(self.actor(LIAISON)) as unit:
            return recalls.make_recall(unit, MakeRecall(self.record_id, ids, reason, **more))

    def answer(self, recall_id: uuid.UUID, recipient: str, because: str | None = None, words: str = ""):
        view = self.seen(recall_id, recipient).answers[0]
        command = AnswerRecall(recall_id, view.version, because and recalls.KeptBecause(because), words)
        with self.store.unit(self.actor(ASKERS[recipient])) as unit:
            return recalls.answer_recall(unit, command)

    def end(self, recall_id: uuid.UUID, *, as_mistake: bool, words: str = "The name was right after all") -> None:
        command = recalls.EndRecall(recall_id, self.seen(recall_id).version, as_mistake, words)
        with self.store.unit(self.actor(LIAISON)) as unit:
            recalls.end_recall(unit, command)

    def seen(self, recall_id: uuid.UUID, organisation: str | None = HOMES) -> recalls.RecallView:
        with self.store.reading() as session:
            return recalls.recall(session, PARTNERSHIP, recall_id, organisation)

    def reached(self) -> recalls.Reached:
        with self.store.reading() as session:
            return recalls.reached(session, PARTNERSHIP, HOMES, self.record_id)

    def overdue(self, day: date) -> list[str]:
        with self.store.reading() as session:
            return [each.recipient for each in recalls.overdue(session, PARTNERSHIP, day)]

    def open_as(self, recipient: str) -> dict[str, str]:
        with self.store.unit(self.actor(ASKERS[recipient])) as unit:
            return requests.view_release(unit, self.asked[recipient])

    def disclosure(self, disclosure_id: uuid.UUID) -> disclosures.DisclosureView:
        with self.store.reading() as session:
            return disclosures.disclosure(session, PARTNERSHIP, disclosure_id)


def make_recall_world(store: Store) -> RecallWorld:
    """Load the partnership with two landlords and two authorities, all of whom have signed; one record is deposited."""
    operator, today = Actor(operator="test"), store.clock.today()
    text = partnership_toml(today).replace('"charity"', '"housing-association"').replace('"invitee"', '"co-operating"')
    with store.unit(operator) as unit:
        partners.load_partnership(unit, text)
    with store.unit(operator) as unit:
        partners.load_protocol(unit, partners.LoadProtocol(protocol_toml(today), partnership=PARTNERSHIP))
    world = RecallWorld(store)
    for body in ("council", "police", "homes", "charity"):
        world.sign(f"signatory@{body}.example")
    world.record_id = world.deposit(RECORD)
    return world
