"""This module knows two partnerships on one installation, so that a test can ask for what belongs to somebody else.

`far-csp` is one council with an officer for each role, all of them signed in. `model-csp` is where things are: a decided
request, its disclosure and receipt, a meeting, an action, a visit.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.app import WEB_KEY, create_app
from portal.config import Settings
from protocols.actions import Event
from protocols.actor import Actor
from protocols.roles import Role
from sharing import meetings, partners, tables, visits
from sharing.access.model import SignInSession
from sharing.ledger.model import LedgerEntry, OutboxEntry
from sharing.meetings.model import Meeting
from sharing.partners.model import Authorisation
from sharing.store import Store, StoreSettings, set_up
from sharing.store.wall import housekeeping
from tests.integration.disclosure_world import PARTNERSHIP, World, make_world
from tests.portal.conftest import BASE, TODAY, Counter, Visitor

ROLES = tuple(role for role in Role if role is not Role.OPERATOR)
FAR = "far-csp"


def address(role: Role) -> str:
    return f"{role}@far.example"


def neighbour(role: Role) -> str:
    """Who holds a role at a member of `model-csp` that has no part in anything."""
    return f"{role}@near.example"


def council_toml(today: Any, partnership: str, name: str) -> str:
    """A partnership's file with one council in it, which has an officer for each role."""
    parts = [
        f'[partnership]\ncode = "{partnership}"\nname = "{partnership}"\nkind = "CSP"\narea = "Somewhere"',
        f'[[organisation]]\ncode = "{name}-council"\nname = "{name} Council"\nbody_type = "council"\nphone = "01632 960001"',
        '[[organisation.tier]]\ntier = "responsible"\nfrom = 2010-04-01',
    ]
    for role in ROLES:
        is_liaison = role is Role.LIAISON_OFFICER
        roles = [] if role in {Role.LIAISON_OFFICER, Role.AUTHORISED_OFFICER} else [role.value]
        parts.append(
            f'[[organisation.officer]]\nname = "The {role}"\npost = "{role}"\nemail = "{role}@{name}.example"\n'
            f"roles = {roles}\nfrom = 2015-01-01".replace("'", '"')
        )
        if is_liaison:
            parts.append(f'liaison = "liaison"\ntrained = [{today - timedelta(days=30)}]')
    return "\n\n".join(parts)


def open_counter(url: str, folder: Path) -> Counter:
    """The application over an empty database, to be closed by its store."""
    settings = StoreSettings(url, folder / "home")
    set_up(settings, "accord.test", demonstration_day=TODAY, secrets=(WEB_KEY,))
    store = Store.open(settings)
    if url.startswith("sqlite"):
        event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        store.engine.dispose()  # connections from now on: nothing here is about power cuts
    return Counter(create_app(Settings(home=settings.home, database_url=settings.database_url), store), store)


@dataclass
class AccessWorld:
    """Everybody signed in, and the ids of what belongs to the other partnership."""

    counter: Counter
    model: World
    visitors: dict[str, Visitor] = field(default_factory=dict)
    ids: dict[str, uuid.UUID] = field(default_factory=dict)
    endpoints: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.counter.store

    def as_(self, email: str) -> Visitor:
        """Somebody's browser; signed in once."""
        if email not in self.visitors:
            self.visitors[email] = self.counter.sign_in(email)
        return self.visitors[email]

    def holding(self, roles: list[str]) -> Visitor:
        """The browser of somebody who holds one of these roles."""
        anyone = roles[0] in {"anybody", "anybody signed in"}
        return self.as_(address(Role.OFFICER if anyone else Role(roles[0])))

    def state(self) -> dict[str, list[str]]:
        """Every row of every table that holds business state, and every entry but those of denials."""
        entries = select(LedgerEntry.entry_id, LedgerEntry.type).where(LedgerEntry.type != Event.DENIED)
        with Session(self.store.engine) as session:
            found = {name: sorted(map(repr, rows)) for name, _, rows in stored(session, without=set(housekeeping()))}
            return found | {"entries": sorted(map(repr, session.execute(entries)))}

    def endpoint(self, row: dict[str, Any]) -> str:
        """The endpoint of a row of the access table."""
        if not self.endpoints:
            for rule in self.counter.app.url_map.iter_rules():
                self.endpoints |= {(method, rule.rule): rule.endpoint for method in rule.methods or ()}
        return self.endpoints[row["method"], row["path"]]

    def entries(self) -> int:
        """How many entries there are, in the trees and on their way."""
        with Session(self.store.engine) as session:
            counts = [session.scalar(select(func.count()).select_from(kind)) for kind in (LedgerEntry, OutboxEntry)]
        return sum(count or 0 for count in counts)

    def denials(self) -> list[dict[str, Any]]:
        """The facts of every denied attempt that the ledger holds, oldest first."""
        found = select(LedgerEntry.body).where(LedgerEntry.type == Event.DENIED).order_by(LedgerEntry.at)
        with Session(self.store.engine) as session:
            return [json.loads(body)["facts"] for body in session.scalars(found)]

    def let_authentications_age(self, by: timedelta) -> None:
        """Make everybody's sign-in as old as this; a fresh one is needed for what binds the organisation."""
        with Session(self.store.engine) as session:
            session.execute(update(SignInSession).values(authenticated_at=datetime.now(UTC) - by))
            session.commit()


def stored(session: Session, *, without: Collection[str]) -> Iterator[tuple[str, list[str], list[tuple[Any, ...]]]]:
    """Each table with its columns and its rows as the database holds them, sealed cells included."""
    for table in tables.METADATA.sorted_tables:
        if table.name not in without:
            columns = [column.name for column in table.columns]
            listed = ", ".join(f'"{name}"' for name in columns)
            rows = session.connection().exec_driver_sql(f'SELECT {listed} FROM "{table.name}"')
            yield table.name, columns, [tuple(row) for row in rows]


def changed_tables(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[tuple[str, list[Any]]]:
    """Which tables differ, with the rows that were not there before."""
    return [(name, sorted(set(after[name]) - set(before[name]))) for name in before if before[name] != after[name]]


def build(counter: Counter) -> AccessWorld:
    """Load both partnerships, and make in `model-csp` one of each kind of thing."""
    model = make_world(counter.store)
    today = counter.store.clock.today()
    for partnership, name in ((FAR, "far"), (PARTNERSHIP, "near")):
        with counter.store.unit(Actor(operator="test")) as unit:
            partners.load_partnership(unit, council_toml(today, partnership, name))
        _authorise(counter.store, partnership, name)
    made = AccessWorld(counter, model)
    _disclose(made)
    _meet(made)
    return made


def _authorise(store: Store, partnership: str, name: str) -> None:
    """Give the authorised officer what the role goes with; the council has signed nothing whose line it could be for."""
    today = store.clock.today()
    with store.reading() as session:
        people = {o.email: o.id for o in partners.officers(session, partnership, store.clock.business_now(), today)}
    with store.unit(Actor(operator="test")) as unit:
        unit.session.add(
            Authorisation(
                partnership=partnership,
                organisation=f"{name}-council",
                officer_id=people[f"{Role.AUTHORISED_OFFICER}@{name}.example"],
                by_officer_id=people[f"{Role.LIAISON_OFFICER}@{name}.example"],
                protocol="NO-ISP",
                line="1.1",
                from_on=today,
                to_on=today + timedelta(days=30),
            )
        )
        unit.record(Event.DECIDER_AUTHORISED, partnership=partnership)


def _disclose(made: AccessWorld) -> None:
    made.model.deposit()
    request = made.model.ask()
    released = made.model.decide(request.request_id)
    made.ids |= {
        "request_id": request.request_id,
        "disclosure_id": released.disclosure_id,
        "entry_id": released.entry_id,
        "officer_id": made.model.actor("officer@police.example").officer_id,
    }


def _meet(made: AccessWorld) -> None:
    store, coordinator = made.store, made.model.actor("coordinator@council.example")
    police, today = made.model.actor("officer@police.example"), made.store.clock.today()
    series = meetings.SetUpSeries("JOG", "JOG", "Joint group", today, today + timedelta(days=90))
    with store.unit(coordinator) as unit:
        meetings.set_up_series(unit, series)
    with store.reading() as session:
        meeting_id = session.scalars(select(Meeting.id).order_by(Meeting.held_on)).first()
    kind = min(meetings.action_types())
    with store.unit(coordinator) as unit:
        action = meetings.SetAction(meeting_id, kind, "Fit a light", police.organisation, police.officer_id, today)
        made.ids |= {"meeting_id": meeting_id, "action_id": meetings.set_action(unit, action)}
    kinds, outcomes = visits.visit_kinds(), visits.visit_outcomes()
    with store.unit(police) as unit:
        visit = visits.LogVisit(min(kinds), "model-homes", min(outcomes), place="The square")
        made.ids["visit_id"] = visits.log_visit(unit, visit).id


def filled(path: str, ids: dict[str, uuid.UUID] | None = None) -> str:
    """A route's path with its parameters filled in: the given ids, else ids that nothing has."""
    known = ids or {}

    def value(found: re.Match[str]) -> str:
        kind, name = found.group(1) or "", found.group(2)
        if kind == "uuid:":
            return str(known.get(name, uuid.UUID(int=0x0190_0000_0000_7000_8000_0000_0000_0001)))
        return (
            "2020"
            if kind == "int:"
            else {"period": "2026-Q3", "kind": "quarterly", "ending": "csv"}.get(name, "nothing")
        )

    return re.sub(r"<(\w+:)?(\w+)>", value, path)


def send(visitor: Visitor, method: str, path: str, token: str) -> TestResponse:
    """Ask for a page, or send it an empty form with a token."""
    if method == "GET":
        return visitor.get(path)
    return visitor.client.post(path, base_url=BASE, data={"csrf_token": token, "idempotency_key": uuid.uuid4().hex})
