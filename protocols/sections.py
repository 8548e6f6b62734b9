"""This module knows the prose sections of a protocol, in the order in which they are signed, and which protocols need them.

Sources: SI 2007/1830 reg 4 (the three heads), the ICO data sharing code (DPA 2018 s121), the headings of real protocols.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Section:
    """A heading, and what has to be written under it."""

    title: str
    asks: str
    always: bool = False
    """Needed in every protocol; the others are taken from the parent by the kinds that have one."""

    optional: bool = False


SECTIONS: Mapping[str, Section] = MappingProxyType(
    {
        "introduction": Section(
            "About this protocol", "why the partners share information, in a few sentences", optional=True
        ),
        "roles": Section("Parties and what each does", "who the parties are and the part that each plays", always=True),
        "liaison": Section(
            "Liaison officers", "the person in each party who helps sharing along, and who stands in", always=True
        ),
        "scope_17a": Section(
            "Sharing under section 17A", "how the prescribed data sets are shared: SI 2007/1830 reg 4(2)(a)"
        ),
        "scope_115": Section("Sharing under section 115", "how personal data is shared under section 115: reg 4(2)(b)"),
        "scope_other": Section("Other sharing", "what else is shared for the assessment and the plan: reg 4(2)(c)"),
        "personal_or_depersonalised": Section("Personal or depersonalised", "how you tell one from the other"),
        "requests": Section("Asking and answering", "how to ask, who answers, and within how many days"),
        "emergency": Section("Emergencies and welfare", "what happens when somebody may come to harm", optional=True),
        "meetings": Section("Sharing at meetings", "who may hear what at which meeting"),
        "accuracy": Section("Accuracy, fact and opinion", "how mistakes are put right and opinion is told from fact"),
        "security": Section("Security and marking", "how information is kept safe and marked"),
        "retention": Section("Keeping and destroying", "how long information is kept and how it ends"),
        "onward": Section("Passing information on", "when it may be used for something else or given to somebody else"),
        "rights": Section("Rights of the people concerned", "how notices, access, correction and objection work"),
        "complaints": Section("Complaints", "where to complain and when an answer comes"),
        "breach": Section("When something goes wrong", "who is told of a breach, and how soon"),
        "disputes": Section("Disputes and not keeping to this protocol", "what happens then"),
        "withdrawal": Section(
            "Leaving and ending", "how a party leaves and what becomes of what it holds", always=True
        ),
        "review": Section(
            "Review", "who reviews this protocol and when; a first look after six months is good practice"
        ),
        "indemnity": Section("Indemnity", "who bears losses, or the word “none”"),
        "dpia": Section("Data protection impact assessment", "its reference, date and outcome", always=True),
        "joint_controllers": Section(
            "Who is controller", "for every line, who is controller and who answers to people", always=True
        ),
        "processor": Section("Who runs the portal", "the terms with the processor (UK GDPR Art 28)"),
    }
)
"""Code of a key of the `[text]` table → its section."""
