"""This module knows how to make worlds from a seed: most things fit, and dates sit on both sides of their edges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from .lawbook import shipped_registry
from .times import moment

T = TypeVar("T")
Json = dict[str, Any]

CHANNELS = ("view", "export", "meeting", "link", "api", "verbal")
FLAGS = ("domestic-abuse", "hate", "child", "witness", "safe-address", "covert")
PURPOSES = ("asb-case", "prevention", "safeguarding")
CATEGORIES = ("noise", "damage", "hate")
AREAS = ("east", "west", "high-street")
PROVISIONS = ("CDA1998-s17", "CDA1998-s6", "CDA1998-s1", "CDA1998-s66A", "CDA1998-s999")

PERSON_FIELDS = ("subject.name", "subject.dob", "subject.address", "offence.convictions", "subject.vulnerability")
PLACE_FIELDS = ("incident.point", "incident.month", "incident.time", "incident.category")
RAW = "note.raw"
FIELDS = (*PERSON_FIELDS, *PLACE_FIELDS)

CLASSES: dict[str, list[tuple[str, str]]] = {
    "subject.name": [("as-is", "personal"), ("initials", "pseudonymised")],
    "subject.dob": [("as-is", "personal"), ("age-band", "depersonalised")],
    "subject.address": [
        ("as-is", "personal"),
        ("outward-postcode", "depersonalised"),
        ("ward", "depersonalised"),
        ("borough", "non-personal"),
    ],
    "offence.convictions": [("as-is", "criminal"), ("yes-no", "pseudonymised")],
    "subject.vulnerability": [("as-is", "special"), ("yes-no", "personal")],
    "incident.point": [
        ("as-is", "personal"),
        ("cell-250", "depersonalised"),
        ("ward", "depersonalised"),
        ("borough", "non-personal"),
    ],
    "incident.month": [("as-is", "non-personal"), ("quarter", "non-personal")],
    "incident.time": [("as-is", "depersonalised"), ("band", "non-personal")],
    "incident.category": [("as-is", "non-personal")],
    "note.raw": [("as-is", "special")],
}
LOCATIONS = ("subject.address", "incident.point")

ROLES = {
    "officer": [
        "release:view",
        "release:export",
        "release:hear",
        "release:link",
        "release:fetch",
        "release:tell",
        "record:view_own",
    ],
    "viewer": ["release:view", "record:view_own"],
    "duty-officer": ["request:allow_emergency"],
    "liaison-officer": ["request:decide", "record:view_own"],
    "reader": ["protocol:read"],
}
BODIES: Json = {
    "police": {"standing": [{"from": "1998-09-30"}]},
    "council": {"standing": [{"from": "1998-09-30"}]},
    "housing-association": {"standing": [{"from": "2002-04-01"}]},
    "almo": {"standing": [], "may_act_for": True},
    "charity": {"standing": []},
    "probation": {"standing": [{"from": "2001-04-01", "evidence": "review"}], "may_act_for": True},
    "ghost": {"standing": [{"from": "1998-09-30"}], "may_act_for": True, "evidence": "review"},
}


class Dates:
    """Dates around the day on which a world is looked at: well before, well after, or right at the edge."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.trouble = random.choice((0.1, 0.1, 1.0))
        spread = random.random()
        first, last = (2005, 2009) if spread < 0.12 else (2018, 2027)
        self.now = date(first, 1, 1) + timedelta(days=random.randrange((last - first + 1) * 365))

    def day(self, low: int, high: int) -> str:
        """A day so many days from now."""
        return (self.now + timedelta(days=self.random.randint(low, high))).isoformat()

    def moment(self, low: int, high: int) -> str:
        """A moment so many days from now, sometimes written with the offset of London's summer."""
        random = self.random
        clock = random.choice(("00:00", "23:30", f"{random.randrange(24):02}:{random.randrange(60):02}"))
        return f"{self.day(low, high)}T{clock}:00{random.choice(('Z', '+00:00', '+01:00'))}"

    def when(self, low: int, high: int) -> str:
        return self.moment(low, high) if self.random.random() < 0.15 else self.day(low, high)

    def begun(self, miss: float = 0.06) -> str:
        """Mostly long since; now and then at the edge, or still to come."""
        miss *= self.trouble
        roll = self.random.random()
        if roll > 0.94:
            return self.day(0, 0)
        if roll < miss / 2:
            return self.when(1, 60)
        return self.when(-1, 1) if roll < miss else self.when(-800, -20)

    def not_ended(self, miss: float = 0.06) -> str | None:
        miss *= self.trouble
        roll = self.random.random()
        if roll < miss / 2:
            return self.when(-60, -1)
        if roll < miss:
            return self.when(-1, 1)
        if roll > 0.95:
            return self.day(1, 1)
        return None if roll < 0.7 else self.when(5, 700)


class WorldMaker:
    """One world from one seed."""

    def __init__(self, seed: int, *, small: bool = False) -> None:
        self.small = small
        self.random = Random(seed)
        self.dates = Dates(self.random)
        self.shipped = self.random.random() < 0.12
        self.partnerships = ["north", "south"][: 2 if self.chance(0.25) else 1]

    # --- small tools

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def trouble(self, probability: float) -> bool:
        """As likely as said in a troubled world, rare in a calm one."""
        return self.chance(probability * self.dates.trouble)

    def some(self, items: Sequence[T], low: int = 1, high: int | None = None) -> list[T]:
        high = len(items) if high is None else min(high, len(items))
        return self.random.sample(items, self.random.randint(min(low, high), high))

    def period(self, miss: float = 0.06) -> Json:
        row: Json = {}
        if self.chance(0.7):
            row["from"] = self.dates.begun(miss)
        end = self.dates.not_ended(miss)
        if end is not None:
            row["to"] = end
        return row

    # --- law

    def registry(self) -> Json:
        return {
            code: {
                "location": code in LOCATIONS,
                "free_text": code == RAW,
                "forms": [{"form": f, "class": c, "borough": f == "borough"} for f, c in forms],
            }
            for code, forms in CLASSES.items()
        }

    def gateways(self) -> Json:
        stand_ins = ("membership", "onward", "basis", "statement", "decision", "marking")
        return {
            "CDA115": {"from": "1998-09-30", "enabled": True, "standing": True},
            "CDA17A": self.duty(),
            "CONSENT": {"external": True, "needs": ["consent"]},
            "ORDER": {"external": True, "needs": ["order"], "stands_in_for": self.some(stand_ins, 0, 3)},
            "REQUEST": {"needs": ["request"], "purposes": self.some(PURPOSES, 2), **self.period()},
            "POLICE_CL": {
                "needs": ["rank"],
                "suppliers": ["police"],
                "recipients": ["council", "housing-association", "charity", "almo"],
                "external": True,
            },
            "UNSURE": {"enabled": True, "evidence": "review"},
        }

    def duty(self) -> Json:
        """Section 17A's own row: now and then it ends, is off, or waits for advice."""
        row: Json = {"from": "2007-08-01", "enabled": self.chance(0.9), "standing": True}
        if self.chance(0.1):
            row["to"] = self.dates.when(-30, 30)
        return row | ({"evidence": "review"} if self.chance(0.05) else {})

    def bases(self) -> Json:
        no, yes = {"public_authority": "no"}, {"public_authority": "yes"}
        return {
            "6(1)(a)": {"needs": ["consent"]},
            "6(1)(e)": {"from": "1998-01-01", "supplier": yes, **({"recipient": yes} if self.chance(0.3) else {})},
            "6(1)(f)": {"from": "1998-01-01", "supplier": no},
            "6(1)(ea)-crime": {**self.period(0.3), "supplier": no},
            "6(1)(ea)-task": {"supplier": no, "recipient": yes, "needs": ["request"]},
            "law-enforcement": {"supplier": {"kinds": ["police"]}, "recipient": {"kinds": ["police", "council"]}},
            "unsure": {"evidence": "review"},
        }

    def conditions(self) -> Json:
        return {
            "consent": {"needs": ["consent"]},
            "sch1-10": {"from": "1998-01-01"},
            "sch1-18": {"classes": ["special"], **self.period(0.2)},
            "sch1-33": {"classes": ["criminal"]},
            "unsure": {"evidence": "review"},
        }

    def law(self) -> Json:
        return {
            "body_types": BODIES,
            "gateways": self.gateways(),
            "bases": self.bases(),
            "conditions": self.conditions(),
            "provisions": {
                "CDA1998-s17": {"from": "1998-09-30"},
                "CDA1998-s6": {"from": "1998-07-31"},
                "CDA1998-s1": {"from": "1999-04-01", "to": "2015-03-23"},
                "CDA1998-s66A": {"evidence": "review"},
            },
            "prescribed": {
                "D1": {
                    "holders": ["police"],
                    "fields": ["incident.category", "incident.time", "incident.point"],
                    **({"finest": {"incident.point": "ward"}} if self.chance(0.4) else {}),
                },
                "D8": {"holders": ["council"], "fields": ["incident.category", "incident.point"], **self.period()},
                "D9": {"holders": ["police", "council"], "fields": ["incident.category"], "evidence": "review"},
            },
            "location_meetings": ["JOG", "FORUM"],
        }

    # --- organisations

    def kinds(self) -> list[str]:
        if self.small:
            return ["police", "council", self.random.choice(("housing-association", "almo", "charity"))]
        kinds = [
            "police",
            "council",
            "housing-association",
            *self.some(("almo", "charity", "housing-association"), 0, 2),
        ]
        return kinds + (
            ["probation" if self.shipped else self.random.choice(("probation", "ghost"))] if self.chance(0.15) else []
        )

    def memberships(self) -> list[Json]:
        return [
            {"partnership": partnership, "tier": "invitee", **self.period(0.03)}
            for partnership in self.partnerships
            if self.chance(0.96 if partnership == "north" else 0.6)
        ]

    def officers(self, org: str) -> list[Json]:
        role = "officer" if self.shipped or self.chance(0.85) else "viewer"
        roles = [[role], ["officer"], ["liaison-officer"], ["duty-officer"], ["reader"]]
        if self.chance(0.2):
            roles[2] = ["liaison-officer", "duty-officer"]
        return [
            {"code": f"{org}-{name}", "roles": held, **(self.period(0.05) if self.chance(0.4) else {})}
            for name, held in zip(("al", "bo", "cy", "di", "ed"), roles, strict=True)
        ]

    def trained(self) -> list[str]:
        if self.trouble(0.1):
            return []
        days = [self.dates.when(-600, -10)]
        if self.trouble(0.3):
            days = [self.dates.when(-735, -725)]
        if self.chance(0.2):
            days.append(self.dates.when(-1500, 5) if self.chance(0.5) else self.dates.day(-3, 0))
        return days

    def liaison(self, org: str, everybody: list[str]) -> list[Json]:
        posts = [{"officer": f"{org}-cy", "kind": "liaison", "trained_on": self.trained(), **self.period(0.2)}]
        if self.chance(0.35):
            posts.append({"officer": f"{org}-bo", "kind": "deputy", "trained_on": self.trained(), **self.period(0.2)})
        if self.chance(0.15):
            other = self.random.choice(everybody)
            posts.append({"officer": f"{other}-cy", "trained_on": self.trained(), **self.period(0.1)})
        if self.chance(0.08):  # the post has just fallen vacant, or training is about to lapse
            posts = [posts[0] | {"to": self.dates.day(-34, -24)}]
            if self.chance(0.4):
                posts = [{"officer": f"{org}-cy", "trained_on": [self.dates.day(-764, -754)]}]
        if self.chance(0.08):  # handed over, on the same day or the next
            over = self.random.randint(-60, -20)
            came = self.dates.day(over, over + 1)
            posts = [posts[0] | {"to": self.dates.day(over, over)}]
            posts.append({"officer": f"{org}-bo", "kind": "deputy", "trained_on": self.trained(), "from": came})
        return [] if self.trouble(0.1) else posts

    def delegations(self, kind: str, orgs: list[tuple[str, str]]) -> list[Json]:
        if kind not in ("almo", "probation", "ghost", "charity") or self.chance(0.2):
            return []
        principals = [code for code, other in orgs if other in ("council", "police", "almo")]
        return [
            {"principal": who, "purposes": self.some(PURPOSES), **self.period(0.15)}
            for who in self.some(principals, 1, 2)
        ]

    def authorisations(self, org: str, everybody: list[str], lines: list[tuple[str, str]]) -> list[Json]:
        found = []
        for ref, line in self.some(lines, 0, 4) if lines else ():
            whose = self.random.choice(everybody) if self.chance(0.08) else org
            row = {"officer": f"{whose}-{self.random.choice(('al', 'bo', 'di'))}", "protocol": ref, "line": line}
            row["from"] = self.dates.when(-300, -5) if self.chance(0.8) else self.dates.when(-367, 2)
            end = self.dates.not_ended(0.1)
            found.append(row if end is None else row | {"to": end})
        return found

    def open_list(self) -> list[Json]:
        fields = [*PLACE_FIELDS, "subject.dob", "subject.address"]
        rows = [{"field": code, "form": self.random.choice(self.forms(code))} for code in self.some(fields, 0, 3)]
        return [row if self.chance(0.9) else {"field": row["field"]} for row in rows]

    def forms(self, code: str) -> list[str]:
        if self.shipped:
            return [form.name for form in shipped_registry()[code].forms]
        return [form for form, _ in CLASSES[code]]

    # --- protocols

    def line(self, ident: str, orgs: list[tuple[str, str]], purposes: list[str]) -> Json:
        random = self.random
        fields = self.some(FIELDS, 2, 6)
        names = [code for code, _ in orgs] + [f"kind:{kind}" for _, kind in orgs]
        gateway = (
            "CDA115"
            if self.chance(0.7)
            else random.choice(
                (
                    "CONSENT",
                    "ORDER",
                    "POLICE_CL",
                    *(("ASB2014_SCH4", "PCSC16") if self.shipped else ("REQUEST", "UNSURE", "CDA17A")),
                )
            )
        )
        row: Json = {
            "id": ident,
            "purposes": purposes if self.chance(0.6) else self.some(purposes),
            "fields": fields,
            "from": self.some(names, 1, 2) if self.trouble(0.3) else self.some(names, 5),
            "to": self.some(names, 1, 2) if self.trouble(0.3) else self.some(names, 5),
            "gateway": gateway,
            "basis": self.some(
                ("6(1)(e)", "6(1)(f)", "6(1)(ea)-crime", "6(1)(a)", *(() if self.shipped else ("unsure",))),
                1 if self.trouble(0.5) else 3,
            ),
            "conditions": self.some(("sch1-10", "sch1-18", "sch1-33"), 0 if self.trouble(0.6) else 2),
            "channels": self.some(CHANNELS, 2),
        }
        form = {code: random.choice(self.forms(code)) for code in fields if self.chance(0.2)}
        if form:
            row["form"] = form
        return row | self.line_extras()

    def line_extras(self) -> Json:
        row: Json = {}
        if self.chance(0.2):
            row["categories"] = self.some(CATEGORIES)
        if self.chance(0.2):
            row["areas"] = self.some(AREAS)
        if self.chance(0.35):
            row["flags"] = self.some(FLAGS, 1)
        if self.chance(0.4):
            row["retention_days"] = self.random.choice((0, 1, 30, 90))
        if self.chance(0.3):
            row["onward"] = self.random.choice(("never", "ask"))
        if self.chance(0.15):
            row["starts_on"] = self.dates.begun(0.3)
        if self.chance(0.15):
            end = self.dates.not_ended(0.3)
            row["ends_on"] = end
        return row

    def purposes(self) -> list[Json]:
        return [
            {
                "code": code,
                "provision": self.random.choice(PROVISIONS) if self.chance(0.12) else "CDA1998-s17",
                "law_enforcement": self.chance(0.15),
            }
            for code in self.some(PURPOSES, 2)
        ]

    def signatures(self, parties: list[str], everybody: list[str], start: int) -> list[Json]:
        rows = []
        for who in everybody if self.chance(0.3) else parties:
            if self.trouble(0.12):
                continue
            row: Json = {
                "organisation": who,
                "signed_on": self.dates.when(start - 10, max(start - 10, min(start + 30, -1))),
            }
            if self.trouble(0.06):
                row["signed_on"] = self.dates.when(-1, 3)
            withdrew = row["signed_on"] if self.chance(0.15) else self.dates.when(-40, 3)
            if self.trouble(0.15) and moment(withdrew) >= moment(row["signed_on"]):
                row["withdrew_on"] = withdrew
                if self.chance(0.3):
                    rows.append(row)
                    row = {"organisation": who, "signed_on": row["withdrew_on"]}
            rows.append(row)
        if self.trouble(0.1) or (start > -250 and self.chance(0.3)):
            return self.some(rows, 0, max(0, len(rows) - 1))
        return rows

    def version(self, ref: str, number: int, start: int, orgs: list[tuple[str, str]]) -> Json:
        everybody = [code for code, _ in orgs]
        parties = self.some(everybody, 2) if self.trouble(0.3) or self.chance(0.08) else everybody
        purposes = self.purposes()
        ids = self.some(("1", "2", "10", "4.2"), 1, 3 if self.chance(0.3) and not self.small else 2)
        row: Json = {
            "ref": ref,
            "partnership": "north",
            "version": number,
            "starts_on": self.dates.when(start, start),
            "review_by": self.dates.day(start + 300, start + 400) if start > -300 else self.dates.day(5, 400),
            "parties": parties,
            "purposes": purposes,
            "lines": [self.line(ident, orgs, [p["code"] for p in purposes]) for ident in ids],
            "signatures": self.signatures(parties, everybody, start),
            "marking": "OFFICIAL-SENSITIVE" if self.chance(0.6) else "OFFICIAL",
        }
        if self.chance(0.6):
            row["adopted_on"] = self.dates.when(start - 20, start)
        if self.chance(0.7):
            row["overlap_days"] = self.random.choice((0, 30, max(1, -start), max(1, -start + 1), 180, 365))
        if self.chance(0.3):
            row["reply_days"] = self.random.choice((1, 5, 20))
        return row | self.version_trouble(start)

    def version_trouble(self, start: int) -> Json:
        """What befalls a version: an end, a late review, a suspension, a gap in its text."""
        row: Json = {}
        if self.chance(0.3):
            row["ends_on"] = self.dates.not_ended(0.2)
        if self.trouble(0.25):
            row["review_by"] = self.dates.day(-120, 3)
        if self.chance(0.15):
            due = self.random.randint(-420, -300)
            row["review_by"] = self.dates.day(due, due)
            early = self.random.choice((-91, -90, -89, -95))
            row["reviews"] = [self.dates.day(due + early, due + self.random.choice((early, 60)))]
            if self.chance(0.6):
                row["reviews"].append(self.dates.day(due - 95, due + 60))
        elif self.chance(0.25):
            row["reviews"] = [self.dates.day(-200, 30) for _ in range(self.random.randint(1, 2))]
        if self.trouble(0.25) or self.chance(0.02):
            row["suspensions"] = [{"by": self.random.choice(("board", "court")), **self.period(0.4)}]
            if self.chance(0.3):
                row["suspensions"].append({"from": self.dates.when(-10, 5)})
        if self.trouble(0.12):
            row["complete"] = False
        return row

    def protocol(self, ref: str, kind: str, parent: str | None, orgs: list[tuple[str, str]]) -> list[Json]:
        starts = [self.random.randint(-900, -60)]
        while len(starts) < (2 if self.small else 3) and self.chance(0.32):
            starts.append(self.random.choice((self.random.randint(-200, -1), self.random.randint(-2, 10))))
        versions = [self.version(ref, n, start, orgs) for n, start in enumerate(sorted(starts), 1)]
        for version in versions:
            version.update({"kind": kind} if parent is None else {"kind": kind, "parent": parent})
        return versions if self.chance(0.9) else list(reversed(versions))

    def protocols(self, orgs: list[tuple[str, str]]) -> list[Json]:
        refs = self.some(("A", "B", "b", "C1", "C10"), 3, 3)
        found = self.protocol(refs[0], "statutory", None, orgs) if self.chance(0.95) else []
        for ref in refs[1:2] if self.small else refs[1:]:
            if found and self.chance(0.33):
                found += self.protocol(ref, self.random.choice(("purpose", "bilateral")), refs[0], orgs)
        if len(self.partnerships) > 1:
            south = self.protocol(refs[0], "statutory", None, orgs)
            found += [version | {"partnership": "south"} for version in south]
        return found

    # --- all together

    def world(self) -> Json:
        letters = self.random.sample("abcdefgh", 8)
        orgs = [(f"{letter}-{kind[:6]}", kind) for letter, kind in zip(letters, self.kinds(), strict=False)]
        protocols = self.protocols(orgs)
        lines = sorted({(v["ref"], line["id"]) for v in protocols for line in v["lines"]})
        everybody = [code for code, _ in orgs]
        world: Json = {
            "organisations": [
                {
                    "code": code,
                    "body_type": kind,
                    "public_authority": kind in ("police", "council", "probation") or self.chance(0.1),
                    "memberships": self.memberships(),
                    "delegations": self.delegations(kind, orgs),
                    "officers": self.officers(code),
                    "liaison_officers": self.liaison(code, everybody),
                    "authorisations": self.authorisations(code, everybody, lines),
                    "open_list": self.open_list(),
                }
                for code, kind in orgs
            ],
            "protocols": protocols,
            "gateways": self.some(
                ("CONSENT", "ORDER", "POLICE_CL", "ASB2014_SCH4")
                if self.shipped
                else ("CONSENT", "ORDER", "REQUEST", "POLICE_CL"),
                1,
            ),
        }
        if not self.shipped:
            world |= {"registry": self.registry(), "roles": ROLES, "law": self.law()}
        return world
