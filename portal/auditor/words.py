"""This module knows how an audit reads in plain English: what each figure means, and how a disclosure is told in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import MappingProxyType

from portal import vocabulary, words
from portal.directory import Directory
from sharing.audit import Column
from sharing.audit.figure import Cell
from sharing.disclosures import DisclosureView, Offer

CHANNELS = MappingProxyType(
    {
        "doorstep": "At the door",
        "phone": "By phone",
        "email": "By e-mail",
        "corridor": "In passing",
        "other": "In another way",
    }
)

MEANS = MappingProxyType(
    {
        "without-cover": "Each release is judged again from the case that was kept of it, with the law and the protocol of its "
        "day. Should be none. What it cannot show is that the case itself was described truly.",
        "told-outside": "What officers reported having told outside the portal, judged by the rules of that moment. "
        "Only what was reported is counted: nothing shows what was not.",
        "over-retention": "Copies whose last day has passed and whose key still exists. Should be none: destroying the key "
        "ends the copy.",
        "reads-without-task": "Openings of a case or of what was given, by somebody who was not assigned to that case or "
        "request then. An opening that a release itself makes is not counted: there the decision is the task.",
        "unusual-volume": "Weeks in which one organisation gave another more than the median of their earlier weeks and three "
        "times their usual spread, and at least five. It says where to look, not that anything is wrong.",
        "overdue-replies": "Requests made in these days that were answered after their reply day, or wait past it today.",
        "vacancies": "As of today. Without a trained liaison officer nobody can decide, and personal data stops after 28 days.",
        "reviews-due": "As of today. A protocol that was not reviewed by its day stops releases.",
        "clauses-never-used": "A clause that nobody uses may be one that nobody needs: ask at the next review whether it "
        "should go.",
        "refusals": "Fields withheld, by the rule or by the supplier’s class of refusal (a legal bar, or its discretion).",
        "onward": "Decisions on what the holder had from somebody else: its origin has to have allowed it.",
        "most-reads": "The ten officers who opened sealed data most often. Much work makes many openings.",
        "by-gateway": "What left, under which legal gateway, for what, between whom. A release under two gateways stands twice.",
    }
)


def cell(value: Cell, column: Column, names: Directory, purposes: dict[str, Offer]) -> str:
    """A cell of a figure's list in words."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return words.moment(value)
    if isinstance(value, date):
        return words.short_day(value)
    return _SAID.get(column.kind, _as_it_is)(str(value), names, purposes)


Said = Callable[[str, Directory, dict[str, Offer]], str]


def _as_it_is(text: str, _names: Directory, _purposes: dict[str, Offer]) -> str:
    return text


_SAID: dict[str, Said] = {
    "organisation": lambda text, names, _: names.organisation(text),
    "purpose": lambda text, _, purposes: purpose(text, purposes),
    "field": lambda text, *_: vocabulary.field_title(text).capitalize(),
    "rule": lambda text, *_: rule(text),
    "channel": lambda text, *_: CHANNELS.get(text, text),
}


def rule(code: str) -> str:
    """A rule or class of refusal in words."""
    classes = {"legal-bar": "a legal bar", "discretion": "its discretion"}
    return classes.get(code) or vocabulary.RULES.get(code, code)


def purpose(code: str, purposes: dict[str, Offer]) -> str:
    """A purpose in the words of the protocol; its code where no protocol names it any more."""
    return purposes[code].text if code in purposes else code


def sentence(made: DisclosureView, names: Directory, purposes: dict[str, Offer]) -> str:
    """Who told whom what, why and under which clause, in words."""
    return f"{ground(made, names, purposes)}: {what_left(made)}"


def ground(made: DisclosureView, names: Directory, purposes: dict[str, Offer]) -> str:
    """Between whom, for what and under which clause something left: what many disclosures have in common."""
    clause = f"under {clauses(made)}" if clauses(made) else "under no line of a protocol"
    between = f"{names.organisation(made.supplier)} to {names.organisation(made.recipient)}"
    return f"{between}, for “{purpose(made.purpose, purposes)}”, {clause}"


def what_left(made: DisclosureView) -> str:
    """The fields that left, in which form, and those that stayed."""
    given = [
        vocabulary.field_title(each.code)
        + (f" ({vocabulary.form_title(each.code, each.form)})" if each.result == "generalised" else "")
        for each in made.fields
        if each.result != "withheld"
    ]
    kept = [vocabulary.field_title(each.code) for each in made.fields if each.result == "withheld"]
    stayed = f" {words.listed(kept).capitalize()} stayed." if kept else ""
    said = words.listed(given)
    return f"{said[:1].upper()}{said[1:]}.{stayed}"


def clauses(made: DisclosureView) -> str:
    """The clauses that a disclosure rests on."""
    found = {
        (each.protocol, each.version, each.line): None
        for each in made.fields
        if each.result != "withheld" and each.line
    }
    return words.listed([f"{ref} version {version}, line {line}" for ref, version, line in found])
