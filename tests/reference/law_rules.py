"""This module knows the rules about the law: gateway, basis and statement, 6 to 8 (page, section 3)."""

from __future__ import annotations

from .asks import NOBODY, Ask, Candidate, Fault, Repair, special_class, whatever_the_channel
from .force import remembered
from .lawbook import Basis
from .model import Organisation, Version, World
from .rules import asking_organisation, listed

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


@whatever_the_channel
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


@whatever_the_channel
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
        if basis.span.covers(at)
        and basis.supplier.admits(supplier.body_type, supplier.public_authority)
        and basis.recipient.admits(receiver.body_type, receiver.public_authority)
    ]


@whatever_the_channel
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


@whatever_the_channel
def statement_faults(ask: Ask, version: Version, gateway: str) -> list[Fault]:
    give: Repair | None = Repair("give-statement", asking_organisation(ask))
    faults = []
    if not (ask.case.necessity and ask.case.proportionality):
        faults.append(Fault("statement", give))
    if gateway == "CDA115" and not provision_listed(ask, version):
        any_listed = any(years.covers(ask.at) for years in ask.world.law.provisions.values())
        faults.append(Fault("statement", give if any_listed else NOBODY))
    return faults
