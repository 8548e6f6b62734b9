"""This module knows what goes to a person who asked: a letter and everything that was decided to go, as PDF or JSON.

The words are the same whether or not something is held back: UK GDPR art 23 and DPA 2018 s45(5) let a controller leave even that
unsaid, and a letter that differs would say it. The PDF is set by typst from the values as data, never as markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from portal import vocabulary
from portal.words import day
from sharing import disclosures, partners, returns
from sharing.store import Session
from sharing.subjects import SubjectPack

KINDS = (".pdf", ".json")

MAY_KEEP_BACK = (
    "The law lets us keep some kinds of information back, for instance where giving it would prejudice the prevention of crime,"
    " or is about somebody else. We say this in every answer. We neither confirm nor deny that we hold anything that is not"
    " set out here."
)
LETTER = (
    "You asked what we hold about you. What you are entitled to be given is set out below.",
    MAY_KEEP_BACK,
    "If you think that something is missing or wrong, tell us. You do not have to give a reason.",
)
RIGHTS = (
    "to have what is wrong about you put right (UK GDPR Article 16)",
    "to ask us to erase it, or to use it no further, where the law allows that (Articles 17 and 18)",
    "to object to how we use it (Article 21)",
    "to complain to us: we acknowledge a complaint within 30 days",
    "to complain to the Information Commissioner: ico.org.uk/make-a-complaint, 0303 123 1113",
    "to go to a court",
)
WHY_HELD = (
    "We hold it to prevent and deal with crime, disorder and anti-social behaviour (Crime and Disorder Act 1998), in our own"
    " tasks and with our partners, under protocols that each of them has signed. Nothing in it was decided by a computer alone."
)


@dataclass(frozen=True)
class _Names:
    """What codes are called on paper."""

    organisations: Mapping[str, str]
    purposes: Mapping[str, str]
    categories: Mapping[str, str]

    @classmethod
    def read(cls, reading: Session, partnership: str, today: date) -> _Names:
        members = partners.members(reading, partnership, today, also_former=True)
        return cls(
            {member.code: member.name for member in members},
            {code: offer.text for code, offer in disclosures.offers(reading, partnership).items()},
            {kind.code: kind.label for kind in returns.kinds().values()},
        )


def pack_document(reading: Session, partnership: str, pack: SubjectPack, kind: str, today: date) -> bytes:
    """The pack as a file of one of `KINDS`, dated today."""
    document = _document(_Names.read(reading, partnership, today), pack, today)
    if kind == ".json":
        return json.dumps(document, indent=2, ensure_ascii=False).encode()
    source = (resources.files("portal.papers") / "subject_pack.typ").read_bytes()
    import typst  # late: a start need not wait for it

    return bytes(typst.compile(source, sys_inputs={"pack": json.dumps(document)}))


def _document(names: _Names, pack: SubjectPack, today: date) -> dict[str, Any]:
    organisation = names.organisations.get
    return {
        "title": "What we hold about you",
        "reference": pack.ref,
        "organisation": organisation(pack.organisation, pack.organisation),
        "asked": day(pack.received_on),
        "answered": day(today),
        "letter": list(LETTER),
        "why": WHY_HELD,
        "records": [
            {
                "reference": each.reference,
                "about": names.categories.get(each.category, each.category),
                "source": organisation(each.source, each.source),
                "kept_until": day(each.kept_until),
                "fields": _values(each.fields),
            }
            for each in pack.records
        ],
        "received": [
            {
                "reference": each.reference,
                "source": organisation(each.source, each.source),
                "purpose": names.purposes.get(each.purpose, each.purpose),
                "received": day(each.received_on),
                "kept_until": day(each.kept_until),
                "fields": _values(each.fields),
            }
            for each in pack.copies
        ],
        "told": [
            {
                "reference": each.reference,
                "recipient": organisation(each.recipient, each.recipient),
                "purpose": names.purposes.get(each.purpose, each.purpose),
                "told": day(each.told_on),
                "protocol": each.protocol,
                "kept_until": day(each.kept_until),
                "fields": [_field(code, form) for code, form in sorted(each.fields.items())],
            }
            for each in pack.told
        ],
        "rights": list(RIGHTS),
    }


def _values(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": _title(code), "value": value} for code, value in sorted(fields.items())]


def _field(code: str, form: str) -> str:
    coarser = vocabulary.form_title(code, form) if form != "as-is" else ""
    return f"{_title(code)} ({coarser})" if coarser else _title(code)


def _title(code: str) -> str:
    return vocabulary.field_title(code).capitalize()
