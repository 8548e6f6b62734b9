"""This module knows how to carry out each repair on a copy of world or case, and to try every set (page, section 4)."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

from .asks import CHANNELS, WEIGHTS, Ask
from .cases import Case, read_case
from .covers import covers
from .decisions import may_decide
from .force import candidates, considered, review_day, signed, suspenders
from .model import World, read_world
from .rules import asking_organisation
from .times import day_of, span

Json = dict[str, Any]
HELPER = "~helper"
TRAINED = "~trained"


@dataclass(frozen=True)
class Act:
    """A repair as somebody would carry it out: `detail` is what the closed list leaves open (which officer, which text)."""

    repair: str
    org: str | None = None
    protocol: str | None = None
    version: int | None = None
    detail: str | None = None

    @property
    def weight(self) -> int:
        return WEIGHTS[self.repair]

    @property
    def on_world(self) -> bool:
        return self.repair in (
            "sign",
            "review",
            "lift-suspension",
            "delegate",
            "new-version",
            "another-officer",
            "name-and-train",
        )


@dataclass
class Trial:
    """One withheld field of one case, with everything that could be done about it."""

    world_json: Json
    case_json: Json
    field: str
    asked: str | None
    world: World = dataclasses.field(init=False)
    case: Case = dataclasses.field(init=False)
    worlds: dict[frozenset[Act], World] = dataclasses.field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.world, self.case = read_world(self.world_json), read_case(self.case_json)

    @property
    def now(self) -> str:
        return str(self.case_json["moment"])

    def asks(self) -> list[Ask]:
        return [Ask(self.world, self.case, who, self.field, self.case.channel) for who in self.case.recipients]

    def refs(self) -> list[str]:
        return sorted(ref for where, ref in self.world.protocols if where == self.case.record.partnership)

    # --- what can be done at all

    def acts(self) -> list[list[Act]]:
        """The acts in groups; of a group at most one is done (a form, a channel, a decision, a text), else it stands alone."""
        asks = self.asks()
        asker = asking_organisation(asks[0])
        known = asks[0].known
        forms = [] if self.asked is None else [form.name for form in known.forms[known.rank(self.asked) + 1 :]]
        channels = [] if self.case.recipient is None else [c for c in CHANNELS if c != self.case.channel]
        groups = [
            [Act("coarser-form", asker, detail=form) for form in forms],
            [Act("other-channel", asker, detail=channel) for channel in channels],
            self.deciding(asks),
            self.texts(asks),
            [Act("give-statement", asker)],
            [] if self.case.assigned else [Act("be-assigned", asker)],
            [Act("another-officer", asker)],
            [Act("ask-origin", self.case.record.holder)],
        ]
        groups += [[Act("accept-confidentiality", ask.recipient)] for ask in asks]
        groups += [[act] for ask in asks for act in self.agreeing(ask)]
        groups += [[Act("delegate", ask.recipient)] for ask in asks]
        if len(asks) > 1:
            found = covers(self.world, self.case, self.field, self.asked)
            groups += [[Act("outside-meeting", who)] for who, has in found.items() if has is None]
        return [group for group in groups if group]

    def deciding(self, asks: list[Ask]) -> list[Act]:
        """Whoever could decide at the moment, and somebody newly named and trained."""
        holder = self.case.record.holder
        decision = self.case.decision
        if decision is not None and "refuse" in decision.fields.get(self.field, {}):
            return []
        people = {
            who
            for who in self.world.officers
            for ask in asks
            for version in self.versions(ask)
            for line in (None, *version.lines)
            if may_decide(ask, who, self.case.at, version, line)
        }
        people |= {
            o.code for o in self.world.officers.values() if o.organisation == holder and "duty-officer" in o.roles
        }
        named = [Act("decide", holder, detail=who) for who in sorted(people - {self.case.officer})]
        return [*named, Act("name-and-train", holder)]

    def versions(self, ask: Ask) -> list[Any]:
        where = self.case.record.partnership
        holder = self.case.record.holder
        return [
            v for ref in self.refs() for v in candidates(self.world, where, ref, holder, ask.recipient, self.case.at)
        ]

    def agreeing(self, ask: Ask) -> Iterator[Act]:
        at = self.case.at
        for version in {id(v): v for v in self.versions(ask)}.values():
            for who in (self.case.record.holder, ask.recipient):
                if who in version.parties and not signed(self.world, version, who, at):
                    yield Act("sign", who, version.ref, version.number)
            if at >= review_day(version, at):
                yield Act("review", None, version.ref, version.number)
            for by in suspenders(version, at):
                yield Act("lift-suspension", by, version.ref, version.number)

    def texts(self, asks: list[Ask]) -> list[Act]:
        """A new version of any candidate's text that mends one line, or adds one."""
        holder, at, where = self.case.record.holder, self.case.at, self.case.record.partnership
        found: dict[Act, None] = {}
        if asks[0].known.free_text:
            return []
        for ask in asks:
            for version in self.versions(ask):
                for line in version.lines:
                    found[Act("new-version", None, version.ref, version.number, line.id)] = None
            for ref in self.refs():
                version = considered(self.world, where, ref, holder, ask.recipient, at)
                if version.kind == "statutory" or {holder, ask.recipient} <= set(version.parties):
                    found[Act("new-version", None, ref, version.number)] = None
        return list(found)

    # --- doing it

    def world_after(self, acts: frozenset[Act]) -> World:
        if acts not in self.worlds:
            world = copy.deepcopy(self.world_json) if acts else self.world_json
            for act in sorted(acts, key=lambda a: (a.repair != "new-version", str(a))):
                getattr(self, "do_" + act.repair.replace("-", "_"))(world, act)
            self.worlds[acts] = read_world(world)
        return self.worlds[acts]

    def organisation(self, world: Json, code: str | None) -> Json:
        return next(row for row in world["organisations"] if row["code"] == code)

    def protocol(self, world: Json, act: Act) -> Json:
        where = self.case.record.partnership
        return next(
            v
            for v in world["protocols"]
            if (v["partnership"], v["ref"], v["version"]) == (where, act.protocol, act.version)
        )

    def do_sign(self, world: Json, act: Act) -> None:
        """Signing now comes after everything of this moment that is listed, so the version goes last."""
        version = self.protocol(world, act)
        version["signatures"].append({"organisation": act.org, "signed_on": self.now})
        world["protocols"].sort(key=lambda v: v is version)

    def do_review(self, world: Json, act: Act) -> None:
        self.protocol(world, act).setdefault("reviews", []).append(day_of(self.case.at).isoformat())

    def do_lift_suspension(self, world: Json, act: Act) -> None:
        version = self.protocol(world, act)
        version["suspensions"] = [
            row for row in version["suspensions"] if row.get("by") != act.org or not span(row).covers(self.case.at)
        ]

    def do_delegate(self, world: Json, act: Act) -> None:
        """From every other organisation: only those that can be principals count."""
        for other in self.world.organisations:
            if other != act.org:
                row = {"principal": other, "purposes": [self.case.purpose]}
                self.organisation(world, act.org).setdefault("delegations", []).append(row)

    def do_another_officer(self, world: Json, act: Act) -> None:
        self.organisation(world, act.org).setdefault("officers", []).append({"code": HELPER, "roles": ["officer"]})

    def do_name_and_train(self, world: Json, act: Act) -> None:
        row = self.organisation(world, act.org)
        row.setdefault("officers", []).append({"code": TRAINED, "roles": ["liaison-officer"]})
        row.setdefault("liaison_officers", []).append({"officer": TRAINED, "trained_on": [self.now]})

    def do_new_version(self, world: Json, act: Act) -> None:
        text: Json = copy.deepcopy(self.protocol(world, act))
        orgs = [self.case.record.holder, *self.case.recipients]
        # A number that nothing has yet: an earlier release may name a version that this world does not hold, and no release
        # has been made under a text that is only now being written.
        numbers = [
            v["version"]
            for v in world["protocols"]
            if (v["partnership"], v["ref"]) == (text["partnership"], act.protocol)
        ]
        newest = max([*numbers, *(e.version for e in self.case.earlier if e.version is not None)])
        for key in ("ends_on", "parent", "suspensions", "reviews"):
            text.pop(key, None)
        text |= {
            "version": newest + 1,
            "kind": "statutory",  # a text of its own: it leans on no parent
            "starts_on": self.now,
            "adopted_on": self.now,
            "overlap_days": 0,
            "review_by": (day_of(self.case.at) + timedelta(days=365)).isoformat(),
            "complete": True,
            "parties": sorted({*text["parties"], *orgs}),
            "signatures": [{"organisation": who, "signed_on": self.now} for who in dict.fromkeys(orgs)],
        }
        if self.case.purpose not in {p["code"] for p in text.get("purposes", [])}:
            text.setdefault("purposes", []).append({"code": self.case.purpose})
        self.mend_line(text, act.detail, orgs)
        world["protocols"].append(text)

    def mend_line(self, text: Json, ident: str | None, orgs: list[str]) -> None:
        law = self.world.law
        if ident is None:
            line: Json = {
                "id": "~new",
                "gateway": "CDA115",
                "purposes": [],
                "fields": [],
                "from": [],
                "to": [],
                "channels": [],
            }
            text.setdefault("lines", []).append(line)
        else:
            line = next(row for row in text["lines"] if row["id"] == ident)
        record = self.case.record
        for key, more in (
            ("purposes", [self.case.purpose]),
            ("fields", [self.field]),
            ("from", [record.holder]),
            ("to", orgs[1:]),
            ("basis", list(law.bases)),
            ("conditions", list(law.conditions)),
        ):
            line[key] = [*line.get(key, []), *more]
        line["channels"] = [*line.get("channels", ["view"]), self.case.channel]
        for key in ("categories", "areas", "starts_on", "ends_on"):
            line.pop(key, None)

    def case_after(self, acts: Iterable[Act]) -> tuple[Case, str | None]:
        row = dict(self.case_json)
        asked = self.asked
        for act in acts:
            if act.repair == "give-statement":
                row["statement"] = {"necessity": True, "proportionality": True, "harm": True}
                row["provision"] = self.listed_provision(row.get("provision"))
            elif act.repair == "be-assigned":
                row["assigned"] = True
            elif act.repair == "coarser-form":
                asked = act.detail
            elif act.repair == "other-channel":
                row["channel"] = act.detail
            elif act.repair == "ask-origin":
                row["onward_allowed"] = True
            elif act.repair == "accept-confidentiality":
                row["confidentiality_accepted"] = self.accepted(row, act.org)
        row = self.decided(row, acts)
        return read_case(row), asked

    def listed_provision(self, named: str | None) -> str | None:
        """The one named, if it is on the list; else one that is."""
        provisions = {code for code, years in self.world.law.provisions.items() if years.covers(self.case.at)}
        return named if named in provisions else min(provisions, default=named)

    def accepted(self, row: Json, org: str | None) -> Any:
        before = row.get("confidentiality_accepted", False)
        return before if before is True else [*(before or []), org]

    def decided(self, row: Json, acts: Iterable[Act]) -> Json:
        """A decision by the one who asked stays one, though somebody else now asks in that officer's stead."""
        decision = row.get("decision")
        if any(act.repair == "another-officer" for act in acts):
            own = (
                decision is not None
                and decision["officer"] == row["officer"]
                and not any("refuse" in f for f in decision["fields"].values())
            )
            row = row | {"officer": HELPER} | ({"decision": None} if own else {})
        for act in acts:
            if act.repair in ("decide", "name-and-train"):
                officer = act.detail if act.repair == "decide" else TRAINED
                row = row | {
                    "decision": {"officer": officer, "decided_at": self.now, "fields": {self.field: {"allow": "as-is"}}}
                }
        return row

    def carrying_out(self, change: Iterable[Json]) -> Iterator[frozenset[Act]]:
        """Every way to carry out a change that an answer names; what it leaves open is tried each way."""
        offered = [act for group in self.acts() for act in group]
        yield from (
            frozenset(acts) for acts in product(*([act for act in offered if same(act, told)] for told in change))
        )

    def releases(self, acts: frozenset[Act]) -> bool:
        """Decide again after these acts: does the field now go to everybody who is left?"""
        outside = {act.org for act in acts if act.repair == "outside-meeting"}
        world = self.world_after(frozenset(act for act in acts if act.on_world))
        case, asked = self.case_after(acts)
        found = covers(world, case, self.field, asked)
        kept = [has for who, has in found.items() if who not in outside]
        return bool(kept) and all(has is not None for has in kept)


def same(act: Act, told: Json) -> bool:
    """The act is the one that an answer names. A new version says its own number, a form and a channel are details."""
    if act.repair != told["repair"] or act.org != told["org"]:
        return False
    if act.repair == "new-version":
        return act.protocol == told["protocol"] and ("line" not in told or act.detail == told["line"])
    if act.repair in ("coarser-form", "other-channel"):
        return act.detail == (told.get("form") or told.get("channel"))
    return act.repair in ("decide", "name-and-train") or (act.protocol, act.version) == (
        told["protocol"],
        told["version"],
    )


def sets_lighter_than(groups: list[list[Act]], limit: int) -> Iterator[frozenset[Act]]:
    """Every set of acts that weighs less."""
    if limit <= 0:
        return
    if not groups:
        yield frozenset()
        return
    first, *rest = groups
    yield from sets_lighter_than(rest, limit)
    for act in first:
        for others in sets_lighter_than(rest, limit - act.weight):
            yield others | {act}
