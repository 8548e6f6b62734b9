"""This module knows the thirteen rules and the covers as the page states them, and answers a case (page, sections 1 and 3)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .force import candidates, counting, in_force, parent_in_force, remembered, review_day, signed, suspenders
from .model import (
    HOUR,
    PERSONAL_CLASSES,
    Authorisation,
    Basis,
    Case,
    DataSet,
    Field,
    Gateway,
    Line,
    Organisation,
    Version,
    World,
    day_of,
    days_after,
    midnight,
    moment,
    read_case,
    read_world,
    years_after,
)

CHANNELS = ("view", "export", "meeting", "link", "api", "verbal")
ACTIONS = {
    "view": "release:view",
    "export": "release:export",
    "meeting": "release:hear",
    "link": "release:link",
    "api": "release:fetch",
    "verbal": "release:tell",
}
RULES = (
    "complete",
    "role",
    "membership",
    "in-force",
    "line",
    "onward",
    "gateway",
    "basis",
    "statement",
    "decision",
    "retention",
    "marking",
    "identify",
    "audience",
)
DUTY_STARTS = moment("2007-08-01")
KINDS = ("bilateral", "purpose", "statutory")
COVERS = ("own", "line", "law:CDA17A", "open", "law:EMERGENCY")


class Repair(NamedTuple):
    """One act by one body; `line` is told but two acts that differ in it alone are one act."""

    repair: str
    org: str | None = None
    protocol: str | None = None
    version: int | None = None
    field: str | None = None
    form: str | None = None
    channel: str | None = None


NOBODY = None
"""In place of a repair: nobody here can mend it."""


WEIGHTS = {
    "give-statement": 1,
    "be-assigned": 1,
    "coarser-form": 1,
    "other-channel": 1,
    "accept-confidentiality": 2,
    "another-officer": 2,
    "outside-meeting": 2,
    "decide": 3,
    "name-and-train": 3,
    "ask-origin": 3,
    "sign": 4,
    "review": 5,
    "lift-suspension": 5,
    "delegate": 6,
    "new-version": 9,
}


class Fault(NamedTuple):
    """A rule that fails, and what would mend it."""

    rule: str
    repair: Repair | None


@dataclass(frozen=True)
class Ask:
    """One field of one record for one recipient, by one channel."""

    world: World
    case: Case
    recipient: str
    field: str
    channel: str

    @property
    def at(self) -> int:
        return self.case.at

    @property
    def supplier(self) -> Organisation:
        return self.world.organisations[self.case.record.holder]

    @property
    def receiver(self) -> Organisation:
        return self.world.organisations[self.recipient]

    @property
    def known(self) -> Field:
        return self.world.registry[self.field]


@dataclass(frozen=True)
class Candidate:
    """What could cover: a line as it stands, a line of a new version, a new line, or a cover that needs no protocol."""

    cover: str
    version: Version | None = None
    line: Line | None = None
    new_text: bool = False


# --- forms ------------------------------------------------------------------------------------------------------------


def coarser(known: Field, one: str, other: str) -> str:
    return one if known.rank(one) >= known.rank(other) else other


def leaves(ask: Ask, candidate: Candidate, form: str) -> str:
    """The coarser of the form asked for and the form that the cover allows."""
    if candidate.line is not None:
        return coarser(ask.known, form, candidate.line.form.get(ask.field, ask.known.forms[0].name))
    if candidate.cover == "law:CDA17A":
        prescribed = data_set(ask)
        if prescribed is not None and ask.field in prescribed.finest:
            return coarser(ask.known, form, prescribed.finest[ask.field])
    return form


def non_personal(ask: Ask, form: str) -> bool:
    """Rule 12: not personal by its class, and a place that leaves points at nobody."""
    known = ask.known
    found = known.forms[known.rank(form)]
    if known.free_text or found.kind in PERSONAL_CLASSES:
        return False
    if not known.location:
        return True
    record = ask.case.record
    enough = record.homes.get(form, 0) >= 8 or record.public_place
    return enough and (not record.flags or found.borough)


def special_class(ask: Ask, form: str) -> str | None:
    """`criminal` or `special`, where the form needs a condition too."""
    kind = "special" if ask.known.free_text else ask.known.forms[ask.known.rank(form)].kind
    return kind if kind in ("criminal", "special") else None


# --- rule 1 -----------------------------------------------------------------------------------------------------------


def asking_side(ask: Ask) -> tuple[str, ...]:
    """The organisations to whom the officer who asks (or pushes) must belong to one."""
    return (ask.case.record.holder,) if ask.case.pushed else ask.case.recipients


def asking_organisation(ask: Ask) -> str:
    """Who has to act where the asker has to act."""
    sides = asking_side(ask)
    officer = ask.world.officers.get(ask.case.officer)
    if officer is not None and officer.organisation in sides:
        return officer.organisation
    return min(sides)


def may_act(world: World, officer: str, organisations: tuple[str, ...], action: str, at: int) -> bool:
    """An officer of one of these organisations, in post, with a role that has the action."""
    found = world.officers.get(officer)
    return (
        found is not None
        and found.organisation in organisations
        and found.span.covers(at)
        and any(action in world.roles.get(role, ()) for role in found.roles)
    )


def role_faults(ask: Ask, action: str, needs_assignment: bool) -> list[Fault]:
    faults = []
    if not may_act(ask.world, ask.case.officer, asking_side(ask), action, ask.at):
        faults.append(Fault("role", Repair("another-officer", asking_organisation(ask))))
    if needs_assignment and not ask.case.assigned:
        faults.append(Fault("role", Repair("be-assigned", asking_organisation(ask))))
    return faults


# --- rules 2, 5, 10, 11, 13: the record and the organisations -----------------------------------------------------------


def membership_faults(ask: Ask, external: bool) -> list[Fault]:
    partnership = ask.case.record.partnership
    if ask.supplier.member(partnership, ask.at) and (external or ask.receiver.member(partnership, ask.at)):
        return []
    return [Fault("membership", NOBODY)]


def onward_faults(ask: Ask) -> list[Fault]:
    record = ask.case.record
    order = ask.case.held.get("order")
    ordered = order is not None and order.onward and order.covers(ask.field, ask.at)
    if record.holder == record.origin or ask.case.onward_allowed or ordered:
        return []
    return [Fault("onward", Repair("ask-origin", record.holder))]


def retention_faults(ask: Ask, frozen_may_be_viewed: bool = False) -> list[Fault]:
    record = ask.case.record
    kept = ask.at < record.retain_until or record.hold
    frozen = record.state == "frozen" and not (frozen_may_be_viewed and ask.channel == "view")
    if kept and record.state != "shredded" and not frozen:
        return []
    return [Fault("retention", NOBODY)]


def marking_faults(ask: Ask, version: Version | None) -> list[Fault]:
    faults = []
    if version is not None and ask.case.record.marking == "OFFICIAL-SENSITIVE" and version.marking == "OFFICIAL":
        faults.append(Fault("marking", NOBODY))
    accepted = ask.case.confidentiality
    if ask.channel == "meeting" and accepted is not True and (not accepted or ask.recipient not in accepted):
        faults.append(Fault("marking", Repair("accept-confidentiality", ask.recipient)))
    return faults


def audience_faults(ask: Ask, personal: bool) -> list[Fault]:
    if personal and ask.channel == "meeting" and ask.case.meeting_kind in ask.world.law.location_meetings:
        return [Fault("audience", NOBODY)]
    return []


# --- rule 3 -----------------------------------------------------------------------------------------------------------


def new_version(ask: Ask, version: Version) -> Repair:
    newest = ask.world.protocols[version.partnership, version.ref][-1]
    return Repair("new-version", None, version.ref, newest.number + 1)


def in_force_faults(ask: Ask, version: Version) -> list[Fault]:
    world, at, supplier, recipient = ask.world, ask.at, ask.case.record.holder, ask.recipient
    if in_force(world, version, supplier, recipient, at):
        return []
    renew = new_version(ask, version)
    repairs: list[Repair] = []
    for who in (supplier, recipient):
        if not signed(world, version, who, at):
            repairs.append(Repair("sign", who, version.ref, version.number) if who in version.parties else renew)
    if not version.span.covers(at):
        repairs.append(renew)
    if not parent_in_force(world, version, supplier, recipient, at):
        repairs += parent_repairs(ask, version, renew)
    if at >= review_day(version, at):
        repairs.append(Repair("review", None, version.ref, version.number))
    repairs += [Repair("lift-suspension", by, version.ref, version.number) for by in suspenders(version, at)]
    return [Fault("in-force", repair) for repair in repairs or [renew]]


def parent_repairs(ask: Ask, version: Version, renew: Repair) -> list[Repair]:
    """What brings the parent into force at the least, if no new text is needed for it; else a new text here."""
    record, found = ask.case.record, [(9, 1, 0, [renew])]
    if version.parent is not None and (version.partnership, version.parent) in ask.world.protocols:
        for above in candidates(ask.world, version.partnership, version.parent, record.holder, ask.recipient, ask.at):
            acts = list(dict.fromkeys(f.repair for f in in_force_faults(ask, above) if f.repair is not None))
            if above.complete and all(act.repair != "new-version" for act in acts):
                found.append((sum(WEIGHTS[act.repair] for act in acts), len(acts), -above.number, acts))
    return min(found, key=lambda way: way[:3])[3]


# --- rule 4 -----------------------------------------------------------------------------------------------------------


def named(organisation: Organisation, codes: tuple[str, ...]) -> bool:
    return organisation.code in codes or f"kind:{organisation.body_type}" in codes


def listed(code: str, codes: tuple[str, ...]) -> bool:
    return "*" in codes or code in codes


def line_matches(ask: Ask, line: Line) -> bool:
    """All of rule 4 but the flags."""
    record = ask.case.record
    return (
        ask.case.purpose in line.purposes
        and ask.field in line.fields
        and named(ask.supplier, line.suppliers)
        and named(ask.receiver, line.recipients)
        and listed(record.category, line.categories)
        and listed(record.area, line.areas)
        and ask.channel in line.channels
        and line.span.covers(ask.at)
    )


def line_faults(ask: Ask, candidate: Candidate, renew: Repair) -> list[Fault]:
    """A new text mends all but a flag and free text, which stands on no line; on a new line no flag is named."""
    flags = () if candidate.line is None else candidate.line.flags
    faults = []
    if ask.known.free_text or not set(ask.case.record.flags) <= set(flags):
        faults.append(Fault("line", NOBODY))
    if not candidate.new_text and (candidate.line is None or not line_matches(ask, candidate.line)):
        faults.append(Fault("line", renew))
    return faults


# --- rule 6 -----------------------------------------------------------------------------------------------------------


def has_standing(ask: Ask, organisation: Organisation) -> bool:
    """The organisation's kind is named in section 115(2) at the moment."""
    return any(years.covers(ask.at) for years in ask.world.law.standing.get(organisation.body_type, ()))


def can_be_principal(ask: Ask, organisation: Organisation) -> bool:
    return organisation.member(ask.case.record.partnership, ask.at) and has_standing(ask, organisation)


def principal(ask: Ask) -> str | None:
    """For whom the recipient acts: a member with standing of its own that has delegated this purpose."""
    if ask.receiver.body_type not in ask.world.law.may_act_for:
        return None
    found = [
        who
        for who, purposes, years in ask.receiver.delegations
        if ask.case.purpose in purposes
        and years.covers(ask.at)
        and who in ask.world.organisations
        and can_be_principal(ask, ask.world.organisations[who])
    ]
    return min(found, default=None)


def meets(ask: Ask, needs: tuple[str, ...]) -> bool:
    """What the case must hold at its moment: consent, order, request, rank."""
    held = ask.case.held
    return all(ask.case.rank if n == "rank" else n in held and held[n].covers(ask.field, ask.at) for n in needs)


def standing_faults(ask: Ask) -> list[Fault]:
    if has_standing(ask, ask.receiver) or principal(ask) is not None:
        return []
    could = ask.receiver.body_type in ask.world.law.may_act_for and any(
        can_be_principal(ask, other) for other in ask.world.organisations.values() if other.code != ask.recipient
    )
    return [Fault("gateway", Repair("delegate", ask.recipient) if could else NOBODY)]


def gateway_faults(ask: Ask, code: str) -> list[Fault]:
    gateway = ask.world.law.gateways.get(code)
    if (
        gateway is None
        or not (gateway.enabled or code in ask.world.enabled)
        or not gateway.span.covers(ask.at)
        or not listed(ask.supplier.body_type, gateway.suppliers)
        or not listed(ask.receiver.body_type, gateway.recipients)
        or not listed(ask.case.purpose, gateway.purposes)
        or not meets(ask, gateway.needs)
    ):
        return [Fault("gateway", NOBODY)]
    return standing_faults(ask) if gateway.standing else []


# --- rule 7 -----------------------------------------------------------------------------------------------------------


def valid_bases(ask: Ask) -> list[str]:
    return [
        code
        for code, basis in bases_between(ask.world, ask.supplier, ask.receiver, ask.at)
        if not basis.needs or meets(ask, basis.needs)
    ]


@remembered
def bases_between(world: World, supplier: Organisation, receiver: Organisation, at: int) -> list[tuple[str, Basis]]:
    return [
        (code, basis)
        for code, basis in world.law.bases.items()
        if basis.span.covers(at) and basis.supplier.admits(supplier) and basis.recipient.admits(receiver)
    ]


def valid_conditions(ask: Ask, kind: str) -> list[str]:
    return [
        code
        for code, condition in ask.world.law.conditions.items()
        if condition.span.covers(ask.at) and kind in condition.classes and meets(ask, condition.needs)
    ]


def listed_faults(valid: list[str], on_line: tuple[str, ...] | None, renew: Repair) -> list[Fault]:
    """One that is valid must be listed; a new text may list another, if any is valid. No line lists anything: any will do."""
    if on_line is None:
        return [] if valid else [Fault("basis", NOBODY)]
    if any(code in valid for code in on_line):
        return []
    return [Fault("basis", renew if valid else NOBODY)]


def basis_faults(ask: Ask, candidate: Candidate, form: str, renew: Repair) -> list[Fault]:
    line = None if candidate.new_text else candidate.line
    faults = listed_faults(valid_bases(ask), None if line is None else line.basis, renew)
    kind = special_class(ask, form)
    if kind is not None:
        faults += listed_faults(valid_conditions(ask, kind), None if line is None else line.conditions, renew)
    text = None if candidate.version is None else candidate.version.purposes.get(ask.case.purpose)
    civil = text is None or not text.law_enforcement
    if ask.case.record.regime == "PART3" and civil and not ask.case.part3_authority:
        faults.append(Fault("basis", NOBODY))
    return faults


# --- rule 8 -----------------------------------------------------------------------------------------------------------


def provision_listed(ask: Ask, version: Version) -> bool:
    text = version.purposes.get(ask.case.purpose)
    named_by_text = None if text is None else text.provision
    provision = ask.case.provision if ask.case.provision is not None else named_by_text
    years = None if provision is None else ask.world.law.provisions.get(provision)
    return years is not None and years.covers(ask.at)


def statement_faults(ask: Ask, version: Version, gateway: str) -> list[Fault]:
    give: Repair | None = Repair("give-statement", asking_organisation(ask))
    faults = []
    if not (ask.case.necessity and ask.case.proportionality):
        faults.append(Fault("statement", give))
    if gateway == "CDA115" and not provision_listed(ask, version):
        any_listed = any(years.covers(ask.at) for years in ask.world.law.provisions.values())
        faults.append(Fault("statement", give if any_listed else NOBODY))
    return faults


# --- rule 9 -----------------------------------------------------------------------------------------------------------


def refused(ask: Ask) -> bool:
    decision = ask.case.decision
    return decision is not None and "refuse" in decision.fields.get(ask.field, {})


def allowed_form(ask: Ask, form: str) -> bool:
    """The decision allows the field in this form or a finer one, and it is not the asker's own."""
    decision = ask.case.decision
    if decision is None or decision.officer == ask.case.officer:
        return False
    allowed = decision.fields.get(ask.field, {}).get("allow")
    return allowed is not None and ask.known.rank(allowed) <= ask.known.rank(form)


def authorisation_end(supplier: Organisation, given: Authorisation) -> int:
    """At most a year; 28 days from the first moment at which nobody trained is left in the liaison post."""
    changes = [post.span.end for post in supplier.liaison]
    changes += [years_after(day, 2) for post in supplier.liaison for day in post.trained]
    vacant = [at for at in changes if at >= given.start and not supplier.liaison_filled(at)]
    ends = [given.end, years_after(given.start, 1)]
    ends += [days_after(min(vacant), 28)] if vacant and min(vacant) < ends[1] else []
    return min(ends)


def may_decide(ask: Ask, officer: str, at: int, version: Version, line: Line | None) -> bool:
    """In the liaison post and trained; or an officer of the supplier with a standing authorisation for this line."""
    supplier = ask.supplier
    if any(post.officer == officer and post.trained_at(at) for post in supplier.liaison):
        return True
    found = ask.world.officers.get(officer)
    if line is None or found is None or found.organisation != supplier.code or not found.span.covers(at):
        return False
    return any(
        (given.officer, given.protocol, given.line) == (officer, version.ref, line.id)
        and supplier.liaison_filled(given.start)
        and given.start <= at < authorisation_end(supplier, given)
        for given in supplier.authorisations
    )


def decided(ask: Ask, form: str, version: Version, line: Line | None) -> bool:
    decision = ask.case.decision
    return (
        decision is not None
        and allowed_form(ask, form)
        and decision.at <= ask.at < days_after(decision.at, version.reply_days)
        and may_decide(ask, decision.officer, decision.at, version, line)
    )


def retention_days(ask: Ask, version: Version, line: Line, number: int | None) -> int:
    """Of the line that the earlier release went under: of the version it names, else this one."""
    for other in ask.world.protocols[version.partnership, version.ref]:
        for same in other.lines:
            if other.number == number and same.id == line.id:
                return same.retention_days
    return line.retention_days


def released_before(ask: Ask, form: str, version: Version, line: Line | None) -> bool:
    if ask.channel != "view" or line is None:
        return False
    return any(
        (e.field, e.purpose, e.protocol, e.line) == (ask.field, ask.case.purpose, version.ref, line.id)
        and e.decided
        and not e.recalled
        and ask.known.rank(e.form) <= ask.known.rank(form)
        and e.at <= ask.at < days_after(e.at, retention_days(ask, version, line, e.version))
        for e in ask.case.earlier
    )


def somebody_could_decide(ask: Ask, version: Version, line: Line | None) -> bool:
    supplier = ask.supplier
    people = {post.officer for post in supplier.liaison} | {given.officer for given in supplier.authorisations}
    return any(may_decide(ask, who, ask.at, version, line) for who in people - {ask.case.officer})


def decision_faults(ask: Ask, form: str, personal: bool, version: Version, line: Line | None) -> list[Fault]:
    if refused(ask):
        return [Fault("decision", NOBODY)]
    if not personal or released_before(ask, form, version, line) or decided(ask, form, version, line):
        return []
    act = "decide" if somebody_could_decide(ask, version, line) else "name-and-train"
    return [Fault("decision", Repair(act, ask.supplier.code, version.ref))]


def refusal_faults(ask: Ask) -> list[Fault]:
    return [Fault("decision", NOBODY)] if refused(ask) else []


# --- the covers -------------------------------------------------------------------------------------------------------


def text_faults(ask: Ask, candidate: Candidate, form: str) -> list[Fault]:
    """Rules 1 to 13 for a line, as it stands or of a new version, or for a new line."""
    version, line = candidate.version, candidate.line
    assert version is not None
    personal = not non_personal(ask, form)
    renew = new_version(ask, version)
    code = "CDA115" if line is None else line.gateway
    gateway = gateway_faults(ask, code)
    row: Gateway | None = None if gateway else ask.world.law.gateways[code]
    faults = {
        "complete": [] if version.complete or candidate.new_text else [Fault("complete", renew)],
        "role": role_faults(ask, ACTIONS[ask.channel], personal),
        "membership": membership_faults(ask, row is not None and row.external),
        "in-force": [] if candidate.new_text else in_force_faults(ask, version),
        "line": line_faults(ask, candidate, renew),
        "onward": onward_faults(ask),
        "gateway": gateway,
        "basis": basis_faults(ask, candidate, form, renew) if personal else [],
        "statement": statement_faults(ask, version, code) if personal else [],
        "decision": decision_faults(ask, form, personal, version, line),
        "retention": retention_faults(ask),
        "marking": marking_faults(ask, version),
        "audience": audience_faults(ask, personal),
    }
    for rule in () if row is None else row.stands_in_for:
        faults[rule] = refusal_faults(ask) if rule == "decision" else []
    return [fault for rule in RULES for fault in faults.get(rule, ())]


def data_set(ask: Ask) -> DataSet | None:
    """The prescribed data set that the record is of, if it is one of the supplier's."""
    found = ask.world.law.prescribed.get(ask.case.record.data_set or "")
    if found is None or not found.span.covers(ask.at) or ask.supplier.body_type not in found.holders:
        return None
    return found


def duty(ask: Ask) -> bool:
    """The facts of section 17A: nobody's agreement is among them."""
    found = data_set(ask)
    return (
        ask.at >= DUTY_STARTS
        and found is not None
        and ask.field in found.fields
        and has_standing(ask, ask.supplier)
        and has_standing(ask, ask.receiver)
    )


@remembered
def on_a_line(world: World, partnership: str, field: str) -> int | None:
    """The rank of the finest form in which the field stands on any line of a complete version."""
    known = world.registry[field]
    ranks = [
        known.rank(line.form.get(field, known.forms[0].name))
        for (where, _), versions in world.protocols.items()
        for version in versions
        for line in version.lines
        if where == partnership and version.complete and field in line.fields
    ]
    return min(ranks, default=None)


def is_open(ask: Ask, form: str) -> bool:
    """Not personal, and on the supplier's open list in this form or on any line that permits it."""
    finest = on_a_line(ask.world, ask.case.record.partnership, ask.field)
    on_line = finest is not None and ask.known.rank(form) >= finest
    return non_personal(ask, form) and ((ask.field, form) in ask.supplier.open_list or on_line)


def agreed_by_nobody_faults(ask: Ask, fits: bool, form: str) -> list[Fault]:
    """17A and open: they pass 3 to 9, but a refusal stands."""
    personal = not non_personal(ask, form)
    return [
        *role_faults(ask, ACTIONS[ask.channel], personal),
        *membership_faults(ask, external=False),
        *refusal_faults(ask),
        *retention_faults(ask),
        *marking_faults(ask, None),
        *([] if fits else [Fault("identify", NOBODY)]),
        *audience_faults(ask, personal),
    ]


def emergency_decided(ask: Ask, form: str) -> bool:
    decision = ask.case.decision
    return (
        decision is not None
        and allowed_form(ask, form)
        and decision.at <= ask.at < decision.at + 24 * HOUR
        and may_act(ask.world, decision.officer, (ask.supplier.code,), "request:allow_emergency", decision.at)
    )


def emergency_faults(ask: Ask, candidate: Candidate, form: str) -> list[Fault]:
    supplier = ask.supplier.code
    personal = not non_personal(ask, form)
    faults = role_faults(ask, ACTIONS[ask.channel], personal) + membership_faults(ask, external=False)
    if ask.channel not in ("view", "verbal"):
        faults.append(Fault("line", NOBODY))
    faults += onward_faults(ask)
    if personal:
        faults += basis_faults(ask, candidate, form, Repair("new-version"))
    if not ask.case.harm:
        faults.append(Fault("statement", Repair("give-statement", asking_organisation(ask))))
    if refused(ask):
        faults.append(Fault("decision", NOBODY))
    elif not emergency_decided(ask, form):
        could = any(
            may_act(ask.world, who, (supplier,), "request:allow_emergency", ask.at)
            for who in ask.world.officers
            if who != ask.case.officer
        )
        faults.append(Fault("decision", Repair("decide", supplier) if could else NOBODY))
    return faults + retention_faults(ask)


def own_faults(ask: Ask) -> list[Fault]:
    action = "record:view_own" if ask.channel == "view" else ACTIONS[ask.channel]
    return role_faults(ask, action, bool(ask.case.record.flags)) + retention_faults(ask, frozen_may_be_viewed=True)


def faults_of(ask: Ask, candidate: Candidate, form: str) -> list[Fault]:
    """Every rule that fails for what would leave, in the order of the table."""
    leaving = leaves(ask, candidate, form)
    if candidate.cover == "line":
        return text_faults(ask, candidate, leaving)
    if candidate.cover == "law:CDA17A":
        return agreed_by_nobody_faults(ask, non_personal(ask, leaving), leaving)
    if candidate.cover == "open":
        return agreed_by_nobody_faults(ask, is_open(ask, leaving), leaving)
    if candidate.cover == "law:EMERGENCY":
        return emergency_faults(ask, candidate, leaving)
    return own_faults(ask)


def is_own(case: Case, recipient: str) -> bool:
    return case.record.holder in case.record.controllers and recipient in case.record.controllers


def versions_looked_at(ask: Ask) -> Iterator[Version]:
    record = ask.case.record
    for partnership, ref in sorted(ask.world.protocols):
        if partnership == record.partnership:
            yield from candidates(ask.world, partnership, ref, record.holder, ask.recipient, ask.at)


def lines_looked_at(ask: Ask) -> list[Candidate]:
    return [Candidate("line", version, line) for version in versions_looked_at(ask) for line in version.lines]


def beside_lines(ask: Ask, forms: Iterable[str]) -> list[Candidate]:
    found = []
    if duty(ask):
        found.append(Candidate("law:CDA17A"))
    if any(is_open(ask, form) for form in forms):
        found.append(Candidate("open"))
    if ask.case.urgency == "emergency" and ask.case.called_back:
        found.append(Candidate("law:EMERGENCY"))
    return found


def forms_asked(known: Field, asked: str | None) -> list[str]:
    """The form asked for alone; where none is asked for, every form, finest first."""
    return [form.name for form in known.forms] if asked is None else [asked]


# --- the answer -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cover:
    """What lets one field go to one organisation, and in which form."""

    candidate: Candidate
    form: str
    rank: int

    @property
    def order(self) -> tuple[Any, ...]:
        """The finest form wins, then the order of the covers, then bilateral, purpose, statutory; ref; line id."""
        version, line = self.candidate.version, self.candidate.line
        place = COVERS.index(self.candidate.cover)
        if version is None or line is None:
            return (self.rank, place)
        return (self.rank, place, KINDS.index(version.kind), version.ref, line.id, -version.number)


def cover(ask: Ask, asked: str | None) -> Cover | None:
    """The finest cover of the field for this recipient, or none."""
    forms = forms_asked(ask.known, asked)
    looked_at = [Candidate("own")] if is_own(ask.case, ask.recipient) else lines_looked_at(ask) + beside_lines(ask, forms)
    found = []
    for candidate in looked_at:
        for form in forms:
            if not faults_of(ask, candidate, form):
                leaving = leaves(ask, candidate, form)
                found.append(Cover(candidate, leaving, ask.known.rank(leaving)))
    return min(found, key=lambda one: one.order, default=None)


def covers(world: World, case: Case, field: str, asked: str | None) -> dict[str, Cover | None]:
    """The cover for each organisation to whom the field would go."""
    return {who: cover(Ask(world, case, who, field, case.channel), asked) for who in case.recipients}


def spoken(found: Mapping[str, Cover | None]) -> Cover | None:
    """Rule 13: every one of them has a cover; the coarsest form is spoken, and the first who has no finer one names it."""
    every = list(found.values())
    if any(one is None for one in every):
        return None
    return max((one for one in every if one is not None), key=lambda one: one.rank)


def named_basis(ask: Ask, chosen: Cover) -> str | None:
    line = chosen.candidate.line
    if line is None or non_personal(ask, chosen.form):
        return None
    valid = valid_bases(ask)
    return next((code for code in line.basis if code in valid), None)


def released(world: World, case: Case, field: str, chosen: Cover) -> dict[str, Any]:
    version, line = chosen.candidate.version, chosen.candidate.line
    return {
        "result": "released" if chosen.rank == 0 else "generalised",
        "form": chosen.form,
        "cover": chosen.candidate.cover,
        "protocol": None if version is None else version.ref,
        "version": None if version is None else version.number,
        "line": None if line is None else line.id,
        "rule": None,
        "failing": [],
        "change": [],
        "weight": 0,
    }


def answer_field(world: World, case: Case, field: str, asked: str | None) -> dict[str, Any]:
    from .change import reason

    chosen = spoken(covers(world, case, field, asked))
    if chosen is not None:
        return released(world, case, field, chosen)
    why = reason(world, case, field, asked)
    return {
        "result": "withheld",
        "form": None,
        "cover": None,
        "protocol": None,
        "version": None,
        "line": None,
        "rule": why.failing[0],
        "failing": why.failing,
        "change": sorted(why.change, key=str),
        "weight": why.weight,
    }


def answer(world: World, case: Case) -> dict[str, Any]:
    fields = {field: answer_field(world, case, field, asked) for field, asked in case.fields}
    return {"case": case.id, "fields": fields}


def decide(world: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    """One case in one world, both as JSON."""
    return answer(read_world(world), read_case(case))


def decide_lines(world: Mapping[str, Any], cases: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The cases of one world, one JSON text each."""
    known = read_world(world)
    for case in cases:
        yield answer(known, read_case(json.loads(case)))


__all__ = ["answer", "day_of", "decide", "decide_lines", "midnight", "counting"]
