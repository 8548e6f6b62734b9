"""This module knows the named rules that an act can turn on besides the role: each reads its facts, and says why it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from protocols.actor import Actor
from protocols.roles import Role

Facts = Mapping[str, object]
Rule = Callable[[Actor, Facts], str | None]
"""Takes the actor and the facts; gives None when it passes, or the reason in plain English."""


def _own_partnership(actor: Actor, facts: Facts) -> str | None:
    given = facts.get("partnership")
    if given is None or (actor.partnership is None and not actor.at_machine):
        return "It was not said to which partnership this belongs."
    # an operator at the machine names the partnership of each command, unless the command was opened for one
    return None if given == actor.partnership or actor.partnership is None else "This belongs to another partnership."


def _own_organisation(actor: Actor, facts: Facts) -> str | None:
    given = facts.get("organisation")
    if given is None or (actor.organisation is None and not actor.at_machine):
        return "It was not said to which organisation this belongs."
    if given == actor.organisation or actor.at_machine:
        return None
    return "This belongs to another organisation. Ask an officer of that organisation."


def _signed_protocol(_actor: Actor, facts: Facts) -> str | None:
    if facts.get("signed") is True:
        return None
    return "Your organisation has not signed a protocol that is in force. Its signatory can sign; then you can ask."


def _four_eyes(actor: Actor, facts: Facts) -> str | None:
    others = [facts[name] for name in ("asked_by", "done_by") if facts.get(name) is not None]
    if not others or actor.officer_id is None:
        return "It was not said who asked for this or did it."
    if actor.officer_id in others or str(actor.officer_id) in map(str, others):
        return "Somebody other than the person who asked or did it has to do this."
    return None


def _not_owner(actor: Actor, facts: Facts) -> str | None:
    if facts.get("owner_organisation") is None or facts.get("owner_officer") is None or actor.officer_id is None:
        return "It was not said who owns the action."
    if str(facts["owner_officer"]) == str(actor.officer_id):
        return "You own this action. Somebody of another organisation has to verify it."
    if facts["owner_organisation"] == actor.organisation:
        return "Your organisation owns this action. Somebody of another organisation has to verify it."
    return None


def _assigned(_actor: Actor, facts: Facts) -> str | None:
    if facts.get("assigned") is True:
        return None
    return "You are not assigned to this. Whoever owns the case, action or request can assign you."


def _trained(_actor: Actor, facts: Facts) -> str | None:
    if facts.get("trained") is True:
        return None
    return "No training within the last 24 months is recorded for you. Your agency's administrator can record it."


def _victim_address(_actor: Actor, facts: Facts) -> str | None:
    if facts.get("endangers") is False:
        return None
    if facts.get("endangers") is None:
        return "It was not said whether this would show a victim to the household of whoever harmed them."
    return (
        "This is about a victim, and would go to the household of somebody who harmed them. It never leaves that way."
    )


def _past_tenant(_actor: Actor, facts: Facts) -> str | None:
    kind, topic = facts.get("recipient_kind"), facts.get("topic")
    if kind is None or topic is None:
        return "It was not said whom this is for or what it is about."
    if kind == MEMBER or topic != PAST_TENANT:
        return None
    return (
        "Why somebody left a home is their personal data, and often a victim's or a witness's. No resident is told it."
    )


def _members_only(_actor: Actor, facts: Facts) -> str | None:
    if facts.get("recipient_kind") == MEMBER:
        return None
    return (
        "Personal data goes to member organisations under a protocol, and to nobody else. This is for somebody outside."
    )


MEMBER, PAST_TENANT = "member", "past-tenant"
"""The kind of recipient that asks by a request, and the topic of domain M95."""


def _second_person(actor: Actor, facts: Facts) -> str | None:
    if facts.get("supplier") is None:
        return "It was not said who had supplied what would be opened."
    if Role.AUDITOR in actor.roles or (Role.LIAISON_OFFICER in actor.roles and actor.organisation == facts["supplier"]):
        return None
    return "Another auditor, or the supplier's liaison officer, allows this."


def _broken_glass(actor: Actor, facts: Facts) -> str | None:
    asker, second = facts.get("broken_by"), facts.get("allowed_by")
    if asker is None or actor.officer_id is None or facts.get("glass_is_open") is None:
        return "It was not said who asked for this to be opened, or whether it may be."
    if str(asker) != str(actor.officer_id):
        return "Only the auditor who asked opens it."
    if second is None or str(second) == str(asker):
        return "A second person has to allow it first."
    return None if facts["glass_is_open"] is True else "The hour in which it could be opened is over, or never began."


def _section_115(_actor: Actor, facts: Facts) -> str | None:
    if facts.get("standing") is True:
        return None
    return "Your organisation does not stand under section 115 of the Crime and Disorder Act 1998, nor act for one that does."


NAMED_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "own-partnership": _own_partnership,
        "own-organisation": _own_organisation,
        "signed-protocol": _signed_protocol,
        "four-eyes": _four_eyes,
        "not-owner": _not_owner,
        "assigned": _assigned,
        "trained": _trained,
        "section-115": _section_115,
        "victim-address": _victim_address,
        "past-tenant": _past_tenant,
        "members-only": _members_only,
        "second-person": _second_person,
        "broken-glass": _broken_glass,
    }
)
"""Rule name → rule. Besides these there are `role`, `operator` and `reader-no-personal`, which turn on the actor alone."""

FACTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "own-partnership": ("partnership",),
        "own-organisation": ("organisation",),
        "signed-protocol": ("signed",),
        "four-eyes": ("asked_by", "done_by"),
        "not-owner": ("owner_organisation", "owner_officer"),
        "assigned": ("assigned",),
        "trained": ("trained",),
        "section-115": ("standing",),
        "victim-address": ("endangers",),
        "past-tenant": ("recipient_kind", "topic"),
        "members-only": ("recipient_kind",),
        "second-person": ("supplier",),
        "broken-glass": ("broken_by", "allowed_by", "glass_is_open"),
    }
)
"""Rule name → the facts that it reads: `four-eyes` needs at least one of its two, the others need each."""
