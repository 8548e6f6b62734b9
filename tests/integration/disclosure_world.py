"""This module knows a small partnership in which records are asked for: a council, a police force, a landlord, a charity."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources

from protocols.actor import Actor
from sharing import disclosures, partners, requests
from sharing.disclosures import DepositRecord
from sharing.store import Store

PARTNERSHIP = "model-csp"
PARTIES = ("model-council", "model-police", "model-homes")
NAME, BORN, ADDRESS = "Zebedee Quillfeather", "1986-03-27", "14 Marmalade Row, Modeltown, ZZ9 9ZZ"
HISTORY = "Drums at three in the morning, Xanthippe complained"


def _organisation(code: str, name: str, body: str, tier: str, *officers: str) -> str:
    return "\n".join(
        [
            "[[organisation]]",
            f'code = "{code}"',
            f'name = "{name}"',
            f'body_type = "{body}"',
            'phone = "01632 960000"',
            "[[organisation.tier]]",
            f'tier = "{tier}"',
            "from = 2010-04-01",
            *officers,
        ]
    )


def _officer(name: str, email: str, roles: list[str], today: date, *, liaison: bool = False) -> str:
    lines = [
        "[[organisation.officer]]",
        f'name = "{name}"',
        f'post = "{name} post"',
        f'email = "{email}"',
        f"roles = {roles!r}".replace("'", '"'),
        "from = 2015-01-01",
    ]
    if liaison:
        lines += ['liaison = "liaison"', f"trained = [{today - timedelta(days=30)}]"]
    return "\n".join(lines)


def partnership_toml(today: date) -> str:
    """The partnership's file; everybody's training is a month old."""
    head = f'[partnership]\ncode = "{PARTNERSHIP}"\nname = "Model CSP"\nkind = "CSP"\narea = "Modeltown"\n'
    return "\n".join(
        [
            head,
            _organisation(
                "model-council",
                "Model Council",
                "council",
                "responsible",
                _officer("Coral Ordinator", "coordinator@council.example", ["coordinator", "officer"], today),
                _officer("Sig Natory", "signatory@council.example", ["signatory"], today),
                _officer("Audie Tor", "auditor@council.example", ["auditor"], today),
                _officer("Lia Ison", "liaison@council.example", ["agency-admin"], today, liaison=True),
            ),
            _organisation(
                "model-police",
                "Model Police",
                "police",
                "responsible",
                _officer("Polly Cee", "officer@police.example", ["officer"], today),
                _officer("Constable Two", "second@police.example", ["officer"], today),
                _officer("Chief Sign", "signatory@police.example", ["signatory"], today),
                _officer("Pat Liaison", "liaison@police.example", ["duty-officer"], today, liaison=True),
            ),
            _organisation(
                "model-homes",
                "Model Homes",
                "housing-association",
                "co-operating",
                _officer("Land Lord", "officer@homes.example", ["officer", "returns-officer"], today),
                _officer("Home Sign", "signatory@homes.example", ["signatory"], today),
                _officer("Hal Liaison", "liaison@homes.example", ["agency-admin"], today, liaison=True),
            ),
            _organisation(
                "model-charity",
                "Model Charity",
                "charity",
                "invitee",
                _officer("Char Itable", "officer@charity.example", ["officer"], today),
                _officer("Char Sign", "signatory@charity.example", ["signatory"], today),
            ),
        ]
    )


def protocol_toml(today: date, *, version: int = 1) -> str:
    """The model protocol, for these parties and this day."""
    text = (resources.files("protocols") / "data" / "model-protocol.toml").read_text()
    lines = []
    days = {
        "starts_on": today - timedelta(days=60),
        "review_by": today + timedelta(days=200),
        "ends_on": today + timedelta(days=900),
        "adopted_on": today - timedelta(days=70),
    }
    for line in text.splitlines():
        key = line.split(" =")[0].strip()
        parties = f"parties = {[*PARTIES, 'model-charity']!r}".replace("'", '"')
        changed = {"parties": parties, "version": f"version = {version}", **{k: f"{k} = {v}" for k, v in days.items()}}
        lines.append(changed.get(key, line))
    return "\n".join(lines)


@dataclass
class World:
    """The partnership, with ways to act as somebody in it."""

    store: Store

    def actor(self, email: str) -> Actor:
        with self.store.reading() as session:
            row = next(
                o
                for o in partners.officers(
                    session, PARTNERSHIP, self.store.clock.business_now(), self.store.clock.today()
                )
                if o.email == email
            )
        return Actor(
            user_id=row.user_id,
            officer_id=row.id,
            organisation=row.organisation,
            partnership=PARTNERSHIP,
            roles=row.roles,
        )

    def sign(self, email: str, *, version: int = 1) -> None:
        with self.store.reading() as session:
            head = partners.protocol(session, PARTNERSHIP, "MODEL-ISP", self.store.clock.business_now(), number=version)
        with self.store.unit(self.actor(email)) as unit:
            partners.sign_protocol(unit, partners.SignProtocol("MODEL-ISP", version, head.digest, "Director"))

    def deposit(self, reference: str = "MH-2026-0001", **facts) -> uuid.UUID:
        command = DepositRecord(
            reference=reference,
            area="E05000001",
            category="NOIS",
            retain_until=self.store.clock.today() + timedelta(days=700),
            values={
                "subject.name": NAME,
                "subject.dob": BORN,
                "subject.address": ADDRESS,
                "case.reference": reference,
                "case.history": HISTORY,
            },
            **facts,
        )
        with self.store.unit(self.actor("officer@homes.example")) as unit:
            return disclosures.deposit_record(unit, command)

    def ask(self, email: str = "officer@police.example", **changes) -> requests.Made:
        fields = {
            "kind": "tenant-identity",
            "supplier": "model-homes",
            "purpose": "asb-case",
            "fields": (("subject.name", None), ("subject.dob", None), ("subject.address", None)),
            "texts": {"necessity": "Needed to decide on an injunction", "proportionality": "Only who and where"},
            "subject_ref": "MH-2026-0001",
        }
        with self.store.unit(self.actor(email)) as unit:
            return requests.make_request(unit, requests.MakeRequest(**{**fields, **changes}))

    def decide(self, request_id: uuid.UUID, email: str = "liaison@homes.example", **changes):
        with self.store.reading() as session:
            found = requests.request(session, PARTNERSHIP, "model-homes", request_id)
        fields = {
            "allow": {code: form or "as-is" for code, form in found.fields},
            "necessary": "They have to know who it is",
            "proportionate": "Three fields of one person",
        }
        with self.store.unit(self.actor(email)) as unit:
            return requests.decide_request(
                unit, requests.DecideRequest(request_id=request_id, version=found.version, **{**fields, **changes})
            )

    def view(self, request_id: uuid.UUID, email: str = "officer@police.example") -> dict[str, str]:
        with self.store.unit(self.actor(email)) as unit:
            return requests.view_release(unit, request_id)

    def request(self, request_id: uuid.UUID, organisation: str = "model-police") -> requests.RequestView:
        with self.store.reading() as session:
            return requests.request(session, PARTNERSHIP, organisation, request_id)


def make_world(store: Store, *, signed: bool = True) -> World:
    """Load the partnership and the protocol, and have it signed by council, police and landlord."""
    operator, today = Actor(operator="test"), store.clock.today()
    with store.unit(operator) as unit:
        partners.load_partnership(unit, partnership_toml(today))
    with store.unit(operator) as unit:
        partners.load_protocol(unit, partners.LoadProtocol(protocol_toml(today), partnership=PARTNERSHIP))
    world = World(store)
    if signed:
        for email in ("signatory@council.example", "signatory@police.example", "signatory@homes.example"):
            world.sign(email)
    return world
