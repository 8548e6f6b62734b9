"""This module knows how to ask a generated world for something: mostly what a line covers, spoilt in none, one or a few ways."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from .asks import CHANNELS
from .generator import AREAS, CATEGORIES, FLAGS, PROVISIONS, PURPOSES, RAW, Json, WorldMaker
from .times import years_on

MANY_FORMS = ("subject.dob", "subject.address", "incident.point")
STYLES = (*("line",) * 10, "authorised", *("duty", "emergency", "meeting") * 2, "open", "own", "anything")


def dates_in(value: object) -> list[str]:
    """Every day and moment that is written anywhere in this."""
    if isinstance(value, dict):
        return [found for inner in value.values() for found in dates_in(inner)]
    if isinstance(value, list):
        return [found for inner in value for found in dates_in(inner)]
    return [value] if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" and value[:4].isdigit() else []


class Asker:
    """Cases for one world; the same maker's dates and dice."""

    def __init__(self, maker: WorldMaker, world: Json) -> None:
        self.maker = maker
        self.random = maker.random
        self.dates = maker.dates
        self.orgs = {row["code"]: row for row in world["organisations"]}
        self.versions = world["protocols"]
        self.edges = sorted(set(dates_in(world["organisations"]) + dates_in(world["protocols"])))
        self.texts = [(v, line) for v in self.versions for line in v["lines"]]

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    # --- choosing who, what and under which line

    def matching(self, names: list[str]) -> list[str]:
        return [code for code, row in self.orgs.items() if code in names or f"kind:{row['body_type']}" in names]

    def likely(self) -> tuple[Json, Json] | None:
        """A line, rather of a version in force than not."""
        today = self.dates.now.isoformat()
        started = [(v, line) for v, line in self.texts if v["starts_on"] <= today and v["partnership"] == "north"]
        pool = started if started and self.chance(0.9) else self.texts
        return self.random.choice(pool) if pool else None

    def parties(self, line: Json | None) -> tuple[str, str]:
        every = list(self.orgs)
        suppliers, recipients = (
            (every, every) if line is None else (self.matching(line["from"]), self.matching(line["to"]))
        )
        supplier = self.random.choice(suppliers or every)
        others = [code for code in recipients if code != supplier] or [code for code in every if code != supplier]
        return supplier, self.random.choice(others)

    def fields(self, line: Json | None) -> list[str]:
        every = list(self.maker.registry()) if line is None else line["fields"]
        count = 1 if self.chance(0.88) else self.random.randint(1, 3)
        return self.maker.some(every, 1, count)

    # --- the parts of a case

    def record(self, supplier: str, line: Json | None) -> Json:
        random = self.random
        flags = [] if line is None or not self.chance(0.3) else self.maker.some(line.get("flags", []), 0, 2)
        row: Json = {
            "origin": supplier,
            "controllers": [supplier],
            "holder": supplier,
            "partnership": "north",
            "area": random.choice(AREAS),
            "category": random.choice(CATEGORIES),
            "flags": flags,
            "homes": {form: random.choice((7, 8, 40)) for form in ("outward-postcode", "cell-250", "ward", "borough")},
        }
        if line is not None:
            row["area"] = self.one_of(line.get("areas", ["*"]), AREAS)
            row["category"] = self.one_of(line.get("categories", ["*"]), CATEGORIES)
        if self.chance(0.5):
            row["retain_until"] = self.dates.when(20, 900)
        return row

    def one_of(self, listed: list[str], every: tuple[str, ...]) -> str:
        return self.random.choice(every if "*" in listed else listed)

    def officer(self, org: str) -> str:
        return f"{org}-{self.random.choice(('al', 'al', 'bo'))}"

    def decider(self, supplier: str) -> str:
        posts = self.orgs[supplier]["liaison_officers"]
        given = [row["officer"] for row in self.orgs[supplier]["authorisations"]]
        pool = [post["officer"] for post in posts] * 2 + given
        return self.random.choice(pool) if pool else f"{supplier}-cy"

    def decision(self, supplier: str, fields: list[Json], reply_days: int) -> Json:
        return {
            "officer": self.decider(supplier),
            "decided_at": self.decided_at(reply_days),
            "fields": {row["code"]: {"allow": row.get("form") or "as-is"} for row in fields},
        }

    def decided_at(self, reply_days: int) -> str:
        """Mostly in good time; now and then on the very day on which the decision ends to hold, or a bare day."""
        if self.chance(0.06):
            return self.dates.when(-reply_days, 1 - reply_days)
        if reply_days == 1:
            return self.dates.moment(-1, 0)
        return (self.dates.day if self.chance(0.2) else self.dates.moment)(-min(reply_days - 1, 5), -1)

    def forms(self, fields: list[str]) -> list[Json]:
        rows: list[Json] = []
        for code in fields:
            rows.append({"code": code})
            if self.chance(0.75):
                forms = self.maker.forms(code)
                rows[-1]["form"] = forms[0] if self.chance(0.7) else self.random.choice(forms)
        return rows

    def plain(self, version: Json | None, line: Json | None) -> Json:
        """A case in which everything fits, as far as the world allows."""
        supplier, recipient = self.parties(line)
        fields = self.forms(self.fields(line))
        pushed = self.chance(0.2)
        clock = f"{self.random.randrange(24):02}:{self.random.randrange(60):02}"
        channel = self.random.choice(CHANNELS if line is None else line["channels"])
        return {
            "record": self.record(supplier, line),
            "recipient": recipient,
            "purpose": self.random.choice(PURPOSES if line is None else line["purposes"]),
            "fields": fields,
            "moment": self.dates.now.isoformat() if self.chance(0.15) else f"{self.dates.now.isoformat()}T{clock}:00Z",
            "channel": channel,
            "initiated_by": "supplier" if pushed else "recipient",
            "officer": self.officer(supplier if pushed else recipient),
            "assigned": True,
            "statement": {"necessity": True, "proportionality": "The least that serves."},
            "decision": self.decision(supplier, fields, 10 if version is None else version.get("reply_days", 10)),
            "confidentiality_accepted": channel == "meeting",
            **self.papers(line),
        }

    def papers(self, line: Json | None) -> Json:
        """Consent, order, request and rank, mostly where the line's gateway needs them."""
        gateway = None if line is None else line["gateway"]
        papers: Json = {}
        for name, codes in (("consent", ("CONSENT",)), ("order", ("ORDER",)), ("request", ("REQUEST", "ASB2014_SCH4"))):
            if self.chance(0.85 if gateway in codes else 0.12):
                papers[name] = self.maker.period(0.15)
        if self.chance(0.9 if gateway == "POLICE_CL" else 0.1):
            papers["rank"] = True
        if self.chance(0.2):
            papers["onward_allowed"] = True
        if self.chance(0.2):
            papers["part3_authority"] = "Recorded by the force's information manager"
        return papers

    # --- the styles

    def line(self) -> Json:
        found = self.likely()
        return self.plain(None, None) if found is None else self.plain(*found)

    def authorised(self) -> Json:
        """Decided by somebody whom the liaison officer has authorised, around the days on which that ends."""
        given = [(code, row) for code, org in self.orgs.items() for row in org["authorisations"]]
        if not given:
            return self.line()
        holder, row = self.random.choice(given)
        texts = [(v, t) for v, t in self.texts if (v["ref"], t["id"]) == (row["protocol"], row["line"])]
        version, text = self.random.choice([(v, t) for v, t in texts if holder in self.matching(t["from"])] or texts)
        case = self.plain(version, text | {"from": [holder]})
        case["decision"] |= {"officer": row["officer"], "decided_at": self.at_the_end(holder, row)}
        if self.chance(0.6):
            case["moment"] = case["decision"]["decided_at"]
        return case

    def at_the_end(self, holder: str, row: Json) -> str:
        """A year after it was given, 28 days after a post or a training ends, or any day; or the day before or after."""
        ends = [date.fromisoformat(row["from"][:10]) + timedelta(days=365)]
        for post in self.orgs[holder]["liaison_officers"]:
            over = [date.fromisoformat(post["to"][:10])] if "to" in post else []
            over += [years_on(date.fromisoformat(day[:10]), 2) for day in post["trained_on"]]
            ends += [day + timedelta(days=28) for day in over]
        day = self.random.choice([*ends, self.dates.now]) + timedelta(days=self.random.choice((-1, -1, 0, 0, 1)))
        return (
            day.isoformat() if self.chance(0.3) else f"{day.isoformat()}T{self.random.choice(('00:30', '12:00'))}:00Z"
        )

    def duty(self) -> Json:
        case = self.plain(None, None)
        holders = [c for c, row in self.orgs.items() if row["body_type"] in ("police", "council")]
        supplier = self.random.choice(holders)
        case["record"] |= {"origin": supplier, "holder": supplier, "controllers": [supplier]}
        police = self.orgs[supplier]["body_type"] == "police"
        case["record"]["data_set"] = (
            ("D1" if police else "D8") if self.chance(0.9) else self.random.choice(("D1", "D9"))
        )
        codes = self.maker.some(
            ["incident.category", "incident.time", "incident.point"], 1, 1 if self.chance(0.8) else 3
        )
        case["fields"] = self.forms(codes)
        return self.without_decision(case)

    def open(self) -> Json:
        case = self.plain(None, None)
        listed = self.orgs[case["record"]["holder"]]["open_list"]
        if listed:
            row = self.random.choice(listed)
            case["fields"] = [{"code": row["field"]}]
            if self.chance(0.6):
                case["fields"][0]["form"] = row.get("form", "as-is")
        return self.without_decision(case)

    def without_decision(self, case: Json) -> Json:
        case["decision"] = None
        case["assigned"] = self.chance(0.5)
        if case["record"]["holder"] == case["recipient"]:
            case["recipient"] = self.random.choice(list(self.orgs))
        pushed = case["initiated_by"] == "supplier"
        case["officer"] = self.officer(case["record"]["holder"] if pushed else case["recipient"])
        return case

    def own(self) -> Json:
        case = self.line()
        case["record"]["controllers"] = [case["record"]["holder"], case["recipient"]]
        if self.chance(0.4):
            case["recipient"] = case["record"]["holder"]
            case["officer"] = self.officer(case["recipient"])
        if self.chance(0.3):
            case["record"]["flags"] = self.maker.some(FLAGS, 1, 2)
        if self.chance(0.2):
            case["record"]["state"] = "frozen"
        if self.chance(0.4):
            case["channel"] = "view"
        return case

    def emergency(self) -> Json:
        case = self.line() if self.chance(0.5) else self.plain(None, None)
        case["urgency"] = "emergency"
        case["emergency"] = {"called_back": self.chance(0.9)}
        case["channel"] = self.random.choice(("view", "verbal")) if self.chance(0.9) else self.random.choice(CHANNELS)
        case["statement"]["harm"] = self.chance(0.9)
        supplier = case["record"]["holder"]
        case["decision"]["officer"] = f"{supplier}-{self.random.choice(('di', 'di', 'di', 'cy'))}"
        hours = self.random.choice((0, 2, 24, 30))
        at = f"{self.dates.now.isoformat()}T00:00:00Z" if hours == 0 else self.dates.moment(-hours // 24, 0)
        case["decision"]["decided_at"] = at
        if self.chance(0.2):  # the record ends before the emergency does, unless a hold is on
            case["record"] |= {"retain_until": self.dates.moment(0, 2), "hold": self.chance(0.3)}
        return case

    def meeting(self) -> Json:
        found = self.likely()
        if found is None:
            return self.line()
        version, text = found
        case = self.plain(version, text | {"channels": ["meeting"]})
        holder, recipient = case["record"]["holder"], case["recipient"]
        wanted = self.matching(text["to"]) if self.chance(0.7) else list(self.orgs)
        attending = {recipient, *self.maker.some([c for c in wanted if c != holder] or [recipient], 1, 3)}
        ordered = sorted(attending)[:3]
        if case["officer"].startswith(recipient) and recipient not in ordered:
            ordered[0] = recipient
        if self.chance(0.4):
            ordered.append(holder)
        self.random.shuffle(ordered)
        case["recipient"] = None
        if self.chance(0.4):  # some may hear it as it is, others only coarser
            code = self.random.choice([c for c in text["fields"] if c in MANY_FORMS] or MANY_FORMS)
            case["fields"] = [{"code": code}]
            case["decision"]["fields"] = {code: {"allow": "as-is"}}
        case["meeting"] = {"kind": self.random.choice(("CASE", "CASE", "CASE", "JOG", "FORUM")), "attending": ordered}
        case["confidentiality_accepted"] = True if self.chance(0.7) else self.maker.some(ordered, 0)
        return case

    def anything(self) -> Json:
        case = self.plain(None, None)
        return case if self.chance(0.5) else self.without_decision(case)

    # --- spoiling

    def spoil(self, case: Json) -> None:
        """Change one thing, for better or worse."""
        self.random.choice(SPOILERS)(self, case)

    def spoil_officer(self, case: Json) -> None:
        org = self.random.choice(list(self.orgs))
        case["officer"] = f"{org}-{self.random.choice(('al', 'bo', 'ed', 'nobody'))}"

    def spoil_assigned(self, case: Json) -> None:
        case["assigned"] = False

    def spoil_statement(self, case: Json) -> None:
        statement = case["statement"] = case.get("statement") or {}
        statement[self.random.choice(("necessity", "proportionality"))] = self.random.choice((False, "", "  ", None))
        if self.chance(0.2):
            case["statement"] = None

    def spoil_provision(self, case: Json) -> None:
        case["provision"] = self.random.choice(PROVISIONS)

    def spoil_purpose(self, case: Json) -> None:
        case["purpose"] = self.random.choice((*PURPOSES, "curiosity"))

    def spoil_decision(self, case: Json) -> None:
        decision = case.get("decision")
        if decision is None or self.chance(0.25):
            case["decision"] = None
            return
        roll = self.random.random()
        if roll < 0.25:
            decision["officer"] = self.officer(self.random.choice(list(self.orgs)))
        elif roll < 0.4:
            decision["officer"] = case["officer"]
        elif roll < 0.6:
            decision["decided_at"] = self.dates.moment(-25, 1)
        else:
            self.spoil_allowed(decision)

    def spoil_allowed(self, decision: Json) -> None:
        code = self.random.choice(list(decision["fields"]) or [RAW])
        forms = self.maker.forms(code)
        refusal = {"refuse": self.random.choice(("legal-bar", "discretion")), "reason": "would prejudice a case"}
        decision["fields"][code] = refusal if self.chance(0.5) else {"allow": self.random.choice(forms)}

    def spoil_record(self, case: Json) -> None:
        record, random = case["record"], self.random
        change: Json = random.choice(
            (
                {"state": random.choice(("frozen", "shredded"))},
                {"retain_until": self.dates.when(-30, 1), "hold": self.chance(0.3)},
                {"marking": "OFFICIAL-SENSITIVE"},
                {"regime": "PART3"},
                {"area": random.choice(AREAS)},
                {"category": random.choice(CATEGORIES)},
                {"homes": {"ward": 8, "cell-250": 3} if self.chance(0.5) else {}},
                {"public_place": True},
                {"partnership": random.choice(self.maker.partnerships)},
                {"data_set": random.choice(("D1", "D8"))},
            )
        )
        record.update(change)

    def spoil_flags(self, case: Json) -> None:
        case["record"]["flags"] = self.maker.some(FLAGS, 1, 2)

    def spoil_origin(self, case: Json) -> None:
        origin = self.random.choice(list(self.orgs))
        case["record"]["origin"] = origin
        if self.chance(0.3):
            case["order"] = {"onward": self.chance(0.7), **self.maker.period(0.1)}
            if self.chance(0.3):
                case["order"]["fields"] = self.maker.some([row["code"] for row in case["fields"]], 0)

    def spoil_channel(self, case: Json) -> None:
        if case.get("meeting") is None:
            case["channel"] = self.random.choice(CHANNELS)

    def spoil_fields(self, case: Json) -> None:
        code = self.random.choice((RAW, *self.maker.registry()))
        if self.chance(0.6):
            case["fields"] = [{"code": code}]
        elif all(row["code"] != code for row in case["fields"]):
            case["fields"].append({"code": code})

    def spoil_papers(self, case: Json) -> None:
        name = self.random.choice(("consent", "order", "request"))
        case[name] = self.random.choice((None, {"fields": [], **self.maker.period(0.3)}, self.maker.period(0.5)))

    def spoil_recipient(self, case: Json) -> None:
        if case.get("meeting") is None:
            case["recipient"] = self.random.choice(list(self.orgs))
        else:
            case["confidentiality_accepted"] = False

    def spoil_moment(self, case: Json) -> None:
        roll = self.random.random()
        if roll < 0.5 and self.edges:
            self.on_an_edge(case)
        elif roll < 0.75:
            case["moment"] = self.dates.when(-400, 40)
        else:
            case["moment"] = self.dates.moment(-3, 3)

    def on_an_edge(self, case: Json) -> None:
        """Decided or asked at the very moment at which something in the world begins or ends."""
        edge = self.random.choice(self.edges)
        decision = case.get("decision")
        if decision is None or self.chance(0.5):
            case["moment"] = edge
        if decision is not None:
            posts = self.orgs[case["record"]["holder"]]
            near = dates_in([posts["liaison_officers"], posts["authorisations"]])
            decision["decided_at"] = self.random.choice(near) if near and self.chance(0.7) else edge
            case["moment"] = self.random.choice((case["moment"], decision["decided_at"]))

    def released_on(self, case: Json, line: Json) -> str:
        """At the very moment of the asking, on the last days that still count, or some time before."""
        roll = self.random.random()
        if roll < 0.1:
            return str(case["moment"])
        if roll < 0.35:
            kept = line.get("retention_days", 365)
            return self.dates.when(-kept, 1 - kept)
        return self.dates.when(-40, 1) if roll < 0.7 else self.dates.when(-370, -300)

    def earlier(self, case: Json) -> None:
        """An earlier release instead of a decision; often of the very line, now and then not."""
        found = self.likely()
        if found is None:
            return
        version, line = found
        case["earlier_releases"] = [
            {
                "field": row["code"],
                "form": self.random.choice(self.maker.forms(row["code"])) if self.chance(0.3) else "as-is",
                "purpose": case["purpose"],
                "protocol": version["ref"],
                "version": self.random.choice((version["version"],) * 6 + (version["version"] + 1, None)),
                "line": line["id"],
                "day": self.released_on(case, line),
                "recalled": self.chance(0.1),
                "decided": self.chance(0.9),
                **({"recipient": self.random.choice([*self.orgs, case["recipient"]])} if self.chance(0.3) else {}),
            }
            for row in case["fields"]
        ]
        if self.chance(0.7):
            case["decision"] = None
            case["channel"] = case["channel"] if case.get("meeting") else "view"

    def case(self, ident: str) -> Json:
        case: Json = getattr(self, self.random.choice(STYLES))()
        for _ in range(self.random.choice((0, 0, 0, 1, 1, 2, 4))):
            self.spoil(case)
        return {"case": ident} | {key: value for key, value in case.items() if value is not None}


SPOILERS: tuple[Callable[[Asker, Json], None], ...] = (
    Asker.spoil_officer,
    Asker.spoil_assigned,
    Asker.spoil_statement,
    Asker.spoil_provision,
    Asker.spoil_purpose,
    Asker.spoil_decision,
    Asker.spoil_decision,
    Asker.spoil_record,
    Asker.spoil_record,
    Asker.spoil_flags,
    Asker.spoil_origin,
    Asker.spoil_origin,
    Asker.spoil_channel,
    Asker.spoil_fields,
    Asker.spoil_papers,
    Asker.spoil_recipient,
    Asker.spoil_moment,
    Asker.earlier,
    Asker.earlier,
)


def scenario(seed: int, cases: int = 20, *, small: bool = False) -> tuple[Json, list[Json]]:
    """A world and its cases: the same seed, the same JSON. A small one has few organisations, versions and lines."""
    maker = WorldMaker(seed, small=small)
    world = maker.world()
    asker = Asker(maker, world)
    return world, [asker.case(f"{seed}-{number}") for number in range(cases)]


def lines(cases: list[Json]) -> list[str]:
    """One case a line, as the command reads them."""
    return [json.dumps(case) for case in cases]


__all__: list[Any] = ["Asker", "lines", "scenario"]
