"""This module knows a partnership in which every form of the portal can be filled in, beside others that nobody there may touch.

`waltham-forest` is where things are done. `forest-homes` is a member of it that none of the deeds is about, and `model-csp`
is another partnership with a thing of each kind: what they hold must stay as it is, whatever is sent.
"""

from __future__ import annotations

import io
import itertools
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from protocols.actor import Actor
from protocols.standards import Judgement, Status
from sharing import access, disclosures, hotspots, meetings, partners, requests, returns, standards, visits
from sharing.access.model import SecondFactor
from sharing.ledger.model import LedgerEntry
from sharing.meetings.model import Meeting, MeetingSeries
from sharing.returns import read as stored_returns
from sharing.store.wall import housekeeping
from tests.house.access_world import AccessWorld, build, stored
from tests.house.deeds.partnership import (
    AISHA,
    ALMO,
    BYSTANDER,
    COLIN,
    COUNCIL,
    DANIEL,
    ELSEWHERE,
    GRACE,
    JO,
    LENAS,
    MAX,
    PEOPLE,
    POLICE,
    PRIYA,
    REF,
    TOM,
    TWINS,
    partnership_text,
    protocol_text,
)
from tests.house.deeds.registry import Sending, Watched
from tests.portal.conftest import BASE, PASSWORD, TODAY, Counter, Visitor
from tests.portal.coordinator_world import HERE, QUARTER, lead_everywhere, report


class DeedWorld:
    """The partnership, its people's browsers, and short ways to make what a form is about."""

    def __init__(self, counter: Counter) -> None:
        """Load everything; this takes some seconds, so that a module does it once."""
        self.counter, self.store = counter, counter.store
        self.watched = Watched(counter.app)
        self.elsewhere: AccessWorld = build(counter)
        self.visitors = self.elsewhere.visitors
        self.numbers = itertools.count(1)
        self._months = itertools.count()
        self.ids: dict[str, uuid.UUID] = {}
        self._tokens: dict[str, str] = {}
        _load(self)
        _fill(self)

    # --- people ------------------------------------------------------------------------------------

    def as_(self, email: str) -> Visitor:
        """Somebody's browser, signed in just now."""
        if email not in self.visitors:
            self.sign_in_anew(email)
        return self.visitors[email]

    def sign_in_anew(self, email: str) -> Visitor:
        """Another session of somebody."""
        visitor, seed = self.password_given(email)
        assert visitor.send("/account/code", code=code_of(seed)).status_code == 302
        self.visitors[email] = visitor
        return visitor

    def password_given(self, email: str) -> tuple[Visitor, str]:
        """A browser that has shown the password and owes the code of a phone that has shown none yet."""
        seed = self.new_phone(email)
        visitor = self.counter.anonymous()
        assert visitor.send("/account/sign-in", email=email, password=PASSWORD).status_code == 302
        return visitor, seed

    def new_phone(self, email: str) -> str:
        """Give somebody's account a phone that has shown no code: a code counts once, and a test cannot wait for the next."""
        seed = pyotp.random_base32()
        account = access.open_demonstration_account(self.store, email, PASSWORD, seed)
        with Session(self.store.engine) as session:
            session.execute(update(SecondFactor).where(SecondFactor.user_id == account.user_id).values(last_counter=0))
            session.commit()
        return seed

    def actor(self, email: str) -> Actor:
        """Somebody of the partnership, as the record knows them now."""
        with self.store.reading() as session:
            return partners.actor_by_email(session, self.store.clock, email)

    @contextmanager
    def unit(self, email: str) -> Iterator[Any]:
        """A unit of work as somebody of the partnership."""
        with self.store.unit(self.actor(email)) as unit:
            yield unit

    def number(self) -> int:
        """A number that nothing has yet."""
        return next(self.numbers)

    def month(self) -> str:
        """A month of the past for which nothing was loaded yet."""
        years, months = divmod(next(self._months), 12)
        return f"{2025 - years}-{12 - months:02d}"

    def newcomer(self) -> tuple[uuid.UUID, str, str]:
        """Somebody invited just now: officer id, address, and the token of the letter."""
        email = f"new.comer{self.number()}@ascham.example"
        with self.unit(AISHA) as unit:
            invited = partners.invite_officer(unit, partners.InviteOfficer(email, "Nia Okafor", "Officer", ["officer"]))
        return invited.officer_id, email, str(invited.post.token)

    # --- things ------------------------------------------------------------------------------------

    def meeting(self) -> uuid.UUID:
        """The first meeting, held today, of a series of its own."""
        code = f"S{self.number()}"
        series = meetings.SetUpSeries(code, "JOG", "Joint group", TODAY, TODAY + timedelta(days=42), 14)
        with self.unit(PRIYA) as unit:
            meetings.set_up_series(unit, series)
        with self.store.reading() as session:
            query = select(Meeting.id).join(MeetingSeries, MeetingSeries.id == Meeting.series_id)
            found = session.scalars(query.where(MeetingSeries.code == code).order_by(Meeting.held_on)).first()
        assert found
        return found

    def action(self, *, owner: str = POLICE, kind: str = "patrol", due: int = 14, done: bool = False) -> uuid.UUID:
        """An action that was proposed to an agency; with `done`, accepted and finished by the police."""
        command = meetings.SetAction(self.meeting(), kind, "Fit a light", owner, None, TODAY + timedelta(days=due))
        with self.unit(PRIYA) as unit:
            made = meetings.set_action(unit, command)
        if done:
            with self.unit(TOM) as unit:
                meetings.accept_action(unit, made, 1)
            with self.unit(TOM) as unit:
                meetings.finish_action(unit, meetings.FinishAction(made, 2, "It was done", {}))
        return made

    def deposit(self, email: str = PRIYA, *, seen: str = "2026-11-20") -> str:
        """A record of the council's (or of whoever deposits it); gives its reference."""
        reference = f"WF-2026-{self.number():04d}"
        values = {"subject.name": "Zebedee Quillfeather", "visit.when": seen, "case.reference": reference}
        kept = TODAY + timedelta(days=700)
        with self.unit(email) as unit:
            disclosures.deposit_record(unit, disclosures.DepositRecord(reference, "E05000593", "NOIS", kept, values))
        return reference

    def request(self, *, by: str = TOM, to: str = COUNCIL, words: bool = True, reference: str = "") -> requests.Made:
        """A request about a record that the council holds, or to somebody else about one that they hold."""
        texts = {"necessity": "To decide on an injunction", "proportionality": "Only who"} if words else {}
        command = requests.MakeRequest(
            kind="tenant-identity",
            supplier=to,
            purpose="asb-case",
            fields=(("subject.name", None),),
            texts=texts,
            subject_ref=reference or self.deposit(),
        )
        with self.unit(by) as unit:
            return requests.make_request(unit, command)

    def released(self) -> uuid.UUID:
        """A request on which the name was given."""
        made = self.request()
        command = requests.DecideRequest(
            made.request_id, self.version(made.request_id), {"subject.name": "as-is"}, {}, "Needed", "One field"
        )
        with self.unit(DANIEL) as unit:
            assert requests.decide_request(unit, command).outcome == "released"
        return made.request_id

    def version(self, request_id: uuid.UUID) -> int:
        """The version of a request, as its page shows it."""
        with self.store.reading() as session:
            return requests.request(session, HERE, COUNCIL, request_id).version

    def visit(self, *, by: str = AISHA, other: str = POLICE) -> uuid.UUID:
        """A visit that one agency has logged and the other has not confirmed."""
        kind, outcome = min(visits.visit_kinds()), min(visits.visit_outcomes())
        with self.unit(by) as unit:
            return visits.log_visit(unit, visits.LogVisit(kind, other, outcome, place="The square")).id

    def unsent_quarter(self) -> tuple[str, str]:
        """A landlord's officer, and a quarter for which that landlord has sent nothing."""
        for email in (AISHA, *LENAS):
            organisation = str(self.actor(email).organisation)
            with self.store.reading() as session:
                sent = {view.period for view in stored_returns.returns_of(session, HERE, organisation)}
            for quarter in quarters_back():
                if quarter not in sent:
                    return email, quarter
        raise AssertionError("every quarter has its return: add a landlord")

    def assessment(self, email: str = AISHA) -> standards.AssessmentView:
        """A landlord's assessment that is open and has one item judged."""
        organisation = str(self.actor(email).organisation)
        judged = Judgement("RSHM-1.B7", Status.MET, evidence="Policy of 2025")
        with self.unit(email) as unit:
            standards.assess_standard(unit, standards.AssessStandard("RSHM", (judged,)))
        with self.store.reading() as session:
            return standards.assessments(session, HERE, organisation, "RSHM")[0]

    # --- sending -----------------------------------------------------------------------------------

    def token(self, visitor: Visitor) -> str:
        """A form token of this browser's own session, from the lightest page that has a form; people's are kept."""
        kept = next((email for email in (*PEOPLE, *LENAS) if self.visitors.get(email) is visitor), None)
        if kept is None:
            return visitor.token("/account/sign-in")
        if kept not in self._tokens:
            self._tokens[kept] = visitor.token("/account/sign-in")
        return self._tokens[kept]

    def send(self, sending: Sending, *, token: str | None = None, **options: Any) -> TestResponse:
        """Send the form with its own session's token, or with another; `options` go to the test client."""
        proof = self.token(sending.visitor) if token is None else token
        data: dict[str, Any] = {"idempotency_key": uuid.uuid4().hex, **sending.fields}
        data |= {name: (io.BytesIO(content), "file.csv") for name, content in sending.files.items()}
        if proof:
            data["csrf_token"] = proof
        return sending.visitor.client.post(sending.to, base_url=BASE, data=data, query_string=sending.query, **options)

    # --- looking -----------------------------------------------------------------------------------

    def sizes(self) -> dict[str, int]:
        """How many entries each log has; none waits outside the trees."""
        self.store.integrate()
        query = select(LedgerEntry.log, func.max(LedgerEntry.idx) + 1).group_by(LedgerEntry.log)
        with Session(self.store.engine) as session:
            return dict(session.execute(query).all())

    def entries_since(self, sizes: Mapping[str, int]) -> list[dict[str, Any]]:
        """What every log has got since: each entry with what it says."""
        now = self.sizes()
        grown = [
            select(LedgerEntry.body).where(LedgerEntry.log == log, LedgerEntry.idx >= sizes.get(log, 0))
            for log, size in now.items()
            if size > sizes.get(log, 0)
        ]
        with Session(self.store.engine) as session:
            return [json.loads(body) for query in grown for body in session.scalars(query)]

    def state(self) -> dict[str, list[Any]]:
        """Every row of business state and every entry but denials."""
        return self.elsewhere.state()

    def rows_about(self, *, partnership: str = "", organisation: str = "") -> list[str]:
        """Every row of a partnership, or every row that names an organisation: what must stay as it is."""
        aside = set(housekeeping()) - {"draft", "kept_mapping", "record_key"}
        wanted, naming = (partnership, {"partnership"}) if partnership else (organisation, NAMES_AN_ORGANISATION)
        with Session(self.store.engine) as session:
            return sorted(
                f"{table}: {row}"
                for table, columns, rows in stored(session, without=aside)
                for places in [[at for at, name in enumerate(columns) if name in naming]]
                for row in rows
                if any(row[at] == wanted for at in places)
            )


NAMES_AN_ORGANISATION = frozenset(
    {
        "organisation",
        "asker",
        "supplier",
        "recipient",
        "owner",
        "owner_organisation",
        "with_organisation",
        "lead_organisation",
    }
)


def code_of(seed: str) -> str:
    """The code of the half minute to come, which is taken already: it lasts longest."""
    return pyotp.TOTP(seed).at(datetime.now(UTC) + timedelta(seconds=30))


def quarters_back() -> list[str]:
    """The quarters that a return can be sent for, the newest first."""
    quarter, found = QUARTER, []
    for _ in range(6):
        found.append(str(quarter))
        quarter = quarter.preceding
    return found


def _load(world: DeedWorld) -> None:
    for text in (partnership_text(), TWINS):
        with world.store.unit(Actor(operator="test")) as unit:
            partners.load_partnership(unit, text)
    for email in (*PEOPLE, JO, *LENAS, MAX):
        world.new_phone(email)
    load_protocol(world, REF, 1)
    for email in (DANIEL, GRACE, COLIN, JO):
        sign(world, email, REF, 1)


def load_protocol(world: DeedWorld, ref: str, number: int) -> None:
    with world.store.unit(Actor(operator="test", partnership=HERE)) as unit:
        loaded = partners.load_protocol(unit, partners.LoadProtocol(protocol_text(ref, number), HERE))
    assert loaded.complete, loaded.missing


def digest_of(world: DeedWorld, ref: str, number: int) -> str:
    with world.store.reading() as session:
        return partners.protocol(session, HERE, ref, world.store.clock.business_now(), number=number).digest


def sign(world: DeedWorld, email: str, ref: str, number: int) -> None:
    with world.unit(email) as unit:
        partners.sign_protocol(unit, partners.SignProtocol(ref, number, digest_of(world, ref, number), "Director"))


def _fill(world: DeedWorld) -> None:
    """A published list to work on, and what the bystander holds: a record, a visit, a request, an assessment, a return."""
    report(world.store, places=4)
    lead_everywhere(world.store)
    with world.unit(PRIYA) as unit:
        made = hotspots.publish_hotspots(unit, hotspots.PublishHotspots(HERE, str(QUARTER)))
    world.ids["hotspot_id"] = made.entries[0].id
    world.deposit(JO)
    theirs = world.request(by=JO, to=ALMO, reference=world.deposit(AISHA))
    checked = visits.LogVisit(min(visits.visit_kinds()), COUNCIL, min(visits.visit_outcomes()), place="Their square")
    with world.unit(JO) as unit:
        visit = visits.log_visit(unit, checked).id
    with world.unit(JO) as unit:
        nil = returns.submit_nil_return(unit, returns.SubmitNilReturn(HERE, BYSTANDER, QUARTER))
    jo = world.actor(JO)
    world.ids |= {
        "request_id": theirs.request_id,
        "visit_id": visit,
        "return_id": nil.id,
        "assessment_id": world.assessment(JO).id,
        "action_id": world.action(owner=BYSTANDER),
        "officer_id": jo.officer_id or uuid.uuid4(),
        "entry_id": theirs.entry_id,
    }


def poisoned(sending: Sending, far: Mapping[str, uuid.UUID], near: Mapping[str, uuid.UUID]) -> Sending:
    """The same form with ids and codes of others everywhere but in its path and in its own inputs.

    Those of another partnership stand in the body, those of another organisation of the own one in the address.
    """
    body, address = _strange(far, "model-homes", ELSEWHERE), _strange(near, BYSTANDER, HERE)
    taken = {*sending.fields, *sending.query, *sending.files}
    extra = {name: value for name, value in body.items() if name not in taken}
    asked = {name: value for name, value in address.items() if name not in taken}
    return replace(sending, fields={**sending.fields, **extra}, query={**asked, **sending.query})


def _strange(ids: Mapping[str, uuid.UUID], organisation: str, partnership: str) -> dict[str, str]:
    found = {name: str(value) for name, value in ids.items()}
    found |= dict.fromkeys((*NAMES_AN_ORGANISATION, "organisation_code", "body", "on_behalf_of"), organisation)
    found |= {"partnership": partnership, "id": found["request_id"], "record_id": found["request_id"]}
    return found | {"user_id": found["officer_id"], "owner_officer": found["officer_id"], "role": "agency-admin"}
