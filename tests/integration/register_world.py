"""This module knows short ways to make what the registers hold, in the small model partnership."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from sharing import partners, registers
from sharing.ledger import read as ledger
from sharing.registers import EnterRegister
from sharing.store import Store
from sharing.store.clock import Clock
from tests.integration.disclosure_world import PARTNERSHIP, World

MARKED, WHERE, REASON = (
    "Ebenezer Thornapple",
    "9 Quince Lane, Modeltown, ZZ9 8ZZ",
    "Threw a spade at a repairs officer on 3 March",
)
MARKER = {
    "name": MARKED,
    "address": WHERE,
    "reason": REASON,
    "risk": "violence",
    "told": "yes",
    "necessity": "Visitors of three agencies call there",
    "proportionality": "One address, and what to do",
}
WITNESS, PLAN = "Wilhelmina Featherstone", "Taxi at nine, screens in court, ring only on Tuesdays"
SUPPORT = {"witness": WITNESS, "contact": "Her sister takes messages", "plan": PLAN}

LANDLORD, LIAISON, POLICE, POLICE_2 = (
    "officer@homes.example",
    "liaison@homes.example",
    "officer@police.example",
    "second@police.example",
)


def enter(world: World, kind: str = "staff-safety", email: str = LANDLORD, *, days: int = 90, **changes) -> uuid.UUID:
    """An entry that somebody makes, reviewed by themselves."""
    actor = world.actor(email)
    answers = {**(MARKER if kind == "staff-safety" else SUPPORT), **changes}
    expires = world.store.clock.today() + timedelta(days=days)
    with world.store.unit(actor) as unit:
        return registers.enter_register(unit, EnterRegister(kind, expires, actor.officer_id, answers))


def circulate(world: World, email: str = LIAISON, kind: str = "staff-safety") -> registers.Circulated:
    with world.store.unit(world.actor(email)) as unit:
        return registers.circulate_register(unit, kind)


def told(world: World, organisation: str) -> tuple[registers.CirculationView, ...]:
    with world.store.reading() as session:
        return registers.told_to(session, PARTNERSHIP, organisation, world.store.clock.today())


def seen(world: World, entry_id: uuid.UUID, email: str = LANDLORD) -> registers.EntryView:
    with world.store.reading() as session:
        return registers.entry(session, world.actor(email), entry_id)


def opened(world: World, entry_id: uuid.UUID, email: str = LANDLORD) -> dict[str, str]:
    with world.store.unit(world.actor(email)) as unit:
        return registers.open_register(unit, entry_id)


def entries(world: World) -> list:
    with world.store.reading() as session:
        newest_first = [
            view.entry
            for log in ledger.logs(session, PARTNERSHIP)
            for view in ledger.entries(session, log.origin, limit=500)
        ]
    return newest_first[::-1]


def withdraw(world: World, email: str) -> None:
    with world.store.unit(world.actor(email)) as unit:
        partners.withdraw_from_protocol(unit, partners.WithdrawFromProtocol("MODEL-ISP"))


def days_later(monkeypatch: pytest.MonkeyPatch, store: Store, days: int) -> None:
    """Let business time stand so many days on."""
    later = Clock(store.clock.offset + timedelta(days=days))
    monkeypatch.setattr(Store, "clock", property(lambda _: later))
