"""This module knows the rules about the officer, the record and the text: 1 to 5, 10, 11 and 13 (page, section 3)."""

from __future__ import annotations

from .asks import NOBODY, WEIGHTS, Ask, Candidate, Fault, Repair, whatever_the_channel
from .force import candidates, in_force, parent_in_force, remembered, review_day, signed, suspenders
from .model import Line, Organisation, Version, World

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


@whatever_the_channel
def role_faults(ask: Ask, action: str, needs_assignment: bool) -> list[Fault]:
    faults = []
    if not may_act(ask.world, ask.case.officer, asking_side(ask), action, ask.at):
        faults.append(Fault("role", Repair("another-officer", asking_organisation(ask))))
    if needs_assignment and not ask.case.assigned:
        faults.append(Fault("role", Repair("be-assigned", asking_organisation(ask))))
    return faults


# --- rules 2, 5, 10, 11, 13: the record and the organisations -----------------------------------------------------------


@whatever_the_channel
def membership_faults(ask: Ask, external: bool) -> list[Fault]:
    partnership = ask.case.record.partnership
    if ask.supplier.member(partnership, ask.at) and (external or ask.receiver.member(partnership, ask.at)):
        return []
    return [Fault("membership", NOBODY)]


@whatever_the_channel
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


@remembered
def new_version(world: World, version: Version) -> Repair:
    newest = world.protocols[version.partnership, version.ref][-1]
    return Repair("new-version", None, version.ref, newest.number + 1)


@remembered
def in_force_faults(world: World, version: Version, supplier: str, recipient: str, at: int) -> list[Fault]:
    if in_force(world, version, supplier, recipient, at):
        return []
    renew = new_version(world, version)
    repairs: list[Repair] = []
    unsigned = [who for who in (supplier, recipient) if not signed(world, version, who, at)]
    repairs += [Repair("sign", w, version.ref, version.number) if w in version.parties else renew for w in unsigned]
    if not version.span.covers(at):
        repairs.append(renew)
    if not parent_in_force(world, version, supplier, recipient, at):
        repairs += parent_repairs(world, version, supplier, recipient, at)
    if at >= review_day(version, at):
        repairs.append(Repair("review", None, version.ref, version.number))
    repairs += [Repair("lift-suspension", by, version.ref, version.number) for by in suspenders(version, at)]
    return [Fault("in-force", repair) for repair in repairs or [renew]]


def parent_repairs(world: World, version: Version, supplier: str, recipient: str, at: int) -> list[Repair]:
    """What brings the parent into force at the least, if no new text is needed for it; else a new text here."""
    found: list[tuple[int, int, int, list[Repair]]] = [(9, 1, 0, [new_version(world, version)])]
    if version.parent is not None and (version.partnership, version.parent) in world.protocols:
        for above in candidates(world, version.partnership, version.parent, supplier, recipient, at):
            acts = list(
                dict.fromkeys(
                    f.repair for f in in_force_faults(world, above, supplier, recipient, at) if f.repair is not None
                )
            )
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
