"""This module knows how a partnership's file becomes rows: what it names is made so, what it leaves out stays as it is.

Loading the same file twice changes nothing the second time. Officers with an e-mail address get an account that waits
for its owner; their invitations are handed to the caller, to be sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import select

from protocols.actions import Event
from sharing import access
from sharing.access import Post
from sharing.base import Base
from sharing.partners import rules
from sharing.partners.authority import only_operator
from sharing.partners.bodies import body_types, fields_and_forms, gateways, is_public_authority
from sharing.partners.compiled import note_change
from sharing.partners.model import (
    Area,
    Delegation,
    GatewayEnabled,
    Homes,
    LiaisonPost,
    Membership,
    Officer,
    OpenField,
    Organisation,
    Partnership,
    Training,
    WardLead,
)
from sharing.partners.partnership_file import Known, read_partnership_file
from sharing.partners.partnership_schema import Table
from sharing.store import Unit

Row = TypeVar("Row", bound=Base)
Values = Mapping[str, Any]
COURSE = "information sharing"


@dataclass(frozen=True)
class Loaded:
    """What a file has made: how many of each, and the invitations to send."""

    partnership: str
    organisations: int
    officers: int
    areas: int
    digest: str
    invitations: tuple[Post, ...] = field(default=(), repr=False)


def load_partnership(unit: Unit, text: str) -> Loaded:
    """Load a partnership's file (`tests/data/partnership-example.toml`). Operators only.

    Raises InvalidError with every problem, each at its table path and line; nothing is stored then.
    """
    only_operator(unit)
    tables = read_partnership_file(text, Known(body_types(), gateways(), fields_and_forms()))
    loader = _Loader(unit, tables["partnership"]["code"])
    loader.partnership(tables["partnership"])
    for area in tables.get("area", []):
        loader.area(area)
    for organisation in tables["organisation"]:
        loader.organisation(organisation)
    for organisation in tables["organisation"]:
        loader.belongings(organisation)
    for area in tables.get("area", []):
        loader.lead(area)
    digest = hashlib.sha256(text.encode()).hexdigest()
    loaded = Loaded(
        loader.code,
        len(tables["organisation"]),
        loader.officers,
        len(tables.get("area", [])),
        digest,
        tuple(loader.invitations),
    )
    note_change(unit, loader.code)
    unit.record(
        Event.PARTNERSHIP_LOADED,
        about=loader.code,
        partnership=loader.code,
        facts={
            "sha256": digest,
            "organisations": loaded.organisations,
            "officers": loaded.officers,
            "areas": loaded.areas,
        },
    )
    return loaded


class _Loader:
    """Makes rows of one partnership, each found by what identifies it before it is made."""

    def __init__(self, unit: Unit, code: str) -> None:
        self.unit, self.code = unit, code
        self.officers = 0
        self.invitations: list[Post] = []
        self._by_email: dict[str, Officer] = {}

    def partnership(self, table: Table) -> None:
        month, day = rules.month_and_day(table.get("year_starts", "04-01")) or (4, 1)
        self._make(
            Partnership,
            {"code": self.code},
            {
                "name": table["name"],
                "kind": table["kind"],
                "area": table["area"],
                "year_start_month": month,
                "year_start_day": day,
            },
            created_at=self.unit.clock.now(),
        )
        for gateway in table.get("gateways", []):
            self._own(GatewayEnabled, {"gateway": gateway}, {}, from_on=self.unit.clock.today())

    def area(self, table: Table) -> None:
        self._own(Area, {"code": table["code"]}, {"name": table["name"], "kind": table["kind"]})

    def organisation(self, table: Table) -> None:
        public = table.get("public_authority", is_public_authority(table["body_type"]))
        facts = {name: table.get(name) for name in ("regulator_no", "ico_no", "phone")}
        self._make(
            Organisation,
            {"code": table["code"]},
            {"name": table["name"], "body_type": table["body_type"], "public_authority": public, **facts},
            created_at=self.unit.clock.now(),
        )
        for tier in table["tier"]:
            self._own(
                Membership,
                {"organisation": table["code"], "from_on": tier["from"]},
                {"tier": tier["tier"], "to_on": tier.get("to")},
            )

    def belongings(self, table: Table) -> None:
        for acts in table.get("acts_for", []):
            self._own(
                Delegation,
                {
                    "organisation": table["code"],
                    "principal": acts["principal"],
                    "ref": acts["ref"],
                    "from_on": acts["from"],
                },
                {
                    "purposes": sorted(set(acts["purposes"])),
                    "joint_control": acts.get("joint_control", False),
                    "to_on": acts.get("to"),
                },
                recorded_at=self.unit.clock.business_now(),
            )
        for homes in table.get("homes", []):
            self._own(
                Homes,
                {"organisation": table["code"], "area": homes["area"], "as_at_on": homes["as_at"]},
                {"homes": homes["homes"]},
            )
        for entry in table.get("open", []):
            self._own(OpenField, {"organisation": table["code"], "field": entry["field"], "form": entry["form"]}, {})
        for officer in table.get("officer", []):
            self._officer(table["code"], officer)

    def lead(self, table: Table) -> None:
        if table.get("lead"):
            officer = self._by_email[table["lead"].casefold()]
            self._own(WardLead, {"area": table["code"]}, {"officer_id": officer.id})

    def _officer(self, organisation: str, table: Table) -> None:
        user_id = access.open_account(self.unit, table["email"]).user_id if table.get("account", True) else None
        known = {"user_id": user_id} if user_id else {"name": table["name"], "post": table["post"]}
        officer, is_new = self._own(
            Officer,
            {"organisation": organisation, **known},
            {
                "name": table["name"],
                "post": table["post"],
                "phone": table.get("phone"),
                "email": table.get("email"),
                "elected": table.get("elected", False),
                "roles": sorted(set(table["roles"])),
                "from_on": table["from"],
            },
        )
        if user_id and is_new:
            self.invitations.append(access.write_invitation(self.unit, user_id))
        self.officers += 1
        if "email" in table:
            self._by_email[table["email"].casefold()] = officer
        for day in table.get("trained", []):
            self._own(Training, {"officer_id": officer.id, "trained_on": day, "course": COURSE}, {})
        if "liaison" in table:
            identity = {"organisation": organisation, "officer_id": officer.id, "kind": table["liaison"]}
            self._own(LiaisonPost, {**identity, "from_on": table["from"]}, {})

    def _own(self, model: type[Row], identity: Values, facts: Values, **at_first: object) -> tuple[Row, bool]:
        """Make or mend a row of this partnership."""
        return self._make(model, {"partnership": self.code, **identity}, facts, **at_first)

    def _make(self, model: type[Row], identity: Values, facts: Values, **at_first: object) -> tuple[Row, bool]:
        """Find a row by what identifies it and give it its facts, or make it; return it, and whether it is new."""
        found = self.unit.session.scalars(select(model).filter_by(**identity)).one_or_none()
        row = found if found is not None else model(**identity, **at_first)
        for name, value in facts.items():
            if found is None or getattr(row, name) != value:
                setattr(row, name, value)
        if found is None:
            self.unit.session.add(row)
            self.unit.session.flush()
        return row, found is None
