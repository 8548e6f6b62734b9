"""This module knows the frameworks as data, when a landlord's judgement is whole, and what stops a joint sign-up.

Sources: Guide for Landlords (2007) for the Respect Standard, its consortium route and parent consent; Respect: ASB
charter for housing (2011) for the Charter, which is signed by each landlord alone.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources


class Status(StrEnum):
    """A landlord's own judgement of one item."""

    MET = "met"
    PART = "part"
    NOT_MET = "not-met"
    NOT_RELEVANT = "not-relevant"


class Deeper(StrEnum):
    """The six elements of the DEEPER test, one to an item."""

    DIVERSION = "Diversion"
    EDUCATION = "Education"
    ENFORCEMENT = "Enforcement"
    PREVENTION = "Prevention"
    ENGAGEMENT = "Engagement"
    REHABILITATION = "Rehabilitation"


@dataclass(frozen=True)
class Item:
    """One building block, partner item or outcome."""

    code: str
    commitment: int
    kind: str
    label: str
    deeper: Deeper
    parent: str | None = None


@dataclass(frozen=True)
class Framework:
    """A framework: its commitments by number from 1, and its items in the document's order."""

    code: str
    title: str
    owner: str
    source: str
    valid_from: date
    consortium: bool
    champion: bool
    commitments: tuple[str, ...]
    items: tuple[Item, ...]

    def scored(self) -> tuple[Item, ...]:
        """The items that are judged: a heading is scored from its children and not judged itself."""
        headings = {item.parent for item in self.items if item.parent}
        return tuple(item for item in self.items if item.code not in headings)

    def children(self, code: str) -> tuple[Item, ...]:
        """The sub-points of a heading."""
        return tuple(item for item in self.items if item.parent == code)


@dataclass(frozen=True)
class Judgement:
    """What a landlord says of one item. `alternative` is what it does instead where the item is not relevant."""

    code: str
    status: Status
    evidence: str = ""
    reason: str = ""
    alternative: str = ""


@cache
def frameworks() -> Mapping[str, Framework]:
    """Every framework by its code."""
    folder = resources.files("protocols") / "data"
    table = tomllib.loads((folder / "frameworks.toml").read_text())
    items = _items((folder / "standards-catalogue.csv").read_text())
    return {row["code"]: _framework(row, items) for row in table["framework"]}


def _framework(row: Mapping[str, object], items: Mapping[str, tuple[Item, ...]]) -> Framework:
    code = str(row["code"])
    return Framework(
        code=code,
        title=str(row["title"]),
        owner=str(row["owner"]),
        source=str(row["source"]),
        valid_from=row["from"],  # type: ignore[arg-type]  # TOML's own date
        consortium=bool(row["consortium"]),
        champion=bool(row["champion"]),
        commitments=tuple(row["commitments"]),  # type: ignore[arg-type]  # TOML's own list
        items=items[code],
    )


def _items(text: str) -> dict[str, tuple[Item, ...]]:
    found: dict[str, list[Item]] = {}
    rows = list(csv.DictReader(text.splitlines()))
    codes = {row["code"] for row in rows}
    for row in rows:
        code = row["code"]
        parent = code[:-1] if code[-1].isalpha() and code[:-1] in codes else None
        item = Item(code, int(row["commitment"]), row["kind"], row["label"], Deeper(row["deeper"]), parent)
        found.setdefault(row["framework"], []).append(item)
    return {name: tuple(items) for name, items in found.items()}


def problems_of(judgement: Judgement) -> tuple[str, ...]:
    """What is missing from a judgement; empty when it can be stored."""
    if judgement.status is Status.NOT_RELEVANT:
        missing = []
        if not judgement.reason.strip():
            missing.append("Say why the item is not relevant here.")
        if not judgement.alternative.strip():
            missing.append("Say what you do instead.")
        return tuple(missing)
    if judgement.status in {Status.MET, Status.PART} and not judgement.evidence.strip():
        return ("Say what shows it: a policy, a figure, a date.",)
    return ()


@dataclass(frozen=True)
class Progress:
    """How far a self-assessment has come."""

    judged: int
    of: int
    by_status: Mapping[Status, int]
    by_deeper: Mapping[Deeper, int]
    missing: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every item has been judged."""
        return self.judged == self.of


def progress(framework: Framework, judgements: Iterable[Judgement]) -> Progress:
    """Count what has been judged, item by item; `by_deeper` counts the met and partly met items of each element."""
    given = {j.code: j for j in judgements}
    scored = framework.scored()
    present = [given[item.code] for item in scored if item.code in given]
    done = {Status.MET, Status.PART}
    return Progress(
        judged=len(present),
        of=len(scored),
        by_status={status: sum(j.status is status for j in present) for status in Status},
        by_deeper={
            element: sum(i.deeper is element and i.code in given and given[i.code].status in done for i in scored)
            for element in Deeper
        },
        missing=tuple(item.code for item in scored if item.code not in given),
    )


@dataclass(frozen=True)
class ItemChange:
    """An item that two assessments judge differently; None: one of them does not judge it."""

    item: Item
    before: Judgement | None
    after: Judgement | None


def differences(
    framework: Framework, before: Mapping[str, Judgement], after: Mapping[str, Judgement]
) -> tuple[ItemChange, ...]:
    """What became of each item from one assessment to a later one, in the document's order; only what differs."""
    pairs = ((item, before.get(item.code), after.get(item.code)) for item in framework.scored())
    return tuple(ItemChange(item, old, new) for item, old, new in pairs if _status(old) != _status(new))


def _status(judgement: Judgement | None) -> Status | None:
    return judgement.status if judgement else None


class Outcome(StrEnum):
    """What a landlord decided on the strength of an assessment. To defer is a valid end, and no failure."""

    OPEN = "open"
    SIGN = "sign"
    DEFER = "defer"


@dataclass(frozen=True)
class SignUp:
    """One landlord's sign-up to one framework, as far as it has come."""

    organisation: str
    name: str
    needs_parent_consent: bool = False
    assessed: bool = False
    decided_ref: str = ""
    decided_on: date | None = None
    champion: str = ""
    parent_consented_on: date | None = None
    registered_on: date | None = None
    consortium_box: bool = False
    satisfied_area: str = ""
    withdrawn_on: date | None = None


def blocks_to_registration(framework: Framework, sign_up: SignUp) -> tuple[str, ...]:
    """What still stops this landlord from registering. An assessment outstanding stops nobody: some sign first."""
    blocks = []
    if not sign_up.decided_ref.strip() or sign_up.decided_on is None:
        blocks.append("The board's or cabinet's decision (reference and date) is not recorded.")
    if framework.champion and not sign_up.champion.strip():
        blocks.append("No champion at board level is named.")
    if sign_up.needs_parent_consent and sign_up.parent_consented_on is None:
        blocks.append("The parent authority's agreement is not recorded.")
    return tuple(blocks)


@dataclass(frozen=True)
class MemberStatus:
    """Where one member of a consortium stands, with what holds the joint sign-up back."""

    organisation: str
    name: str
    ready: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class JointStatus:
    """The joint sign-up: complete only when every member is ready."""

    complete: bool
    members: tuple[MemberStatus, ...]
    reason: str


def joint_status(framework: Framework, area: str, members: Iterable[SignUp]) -> JointStatus:
    """Compute the joint sign-up of a consortium for an area.

    Each member signs for itself, ticks the consortium box, and declares itself satisfied that the services to all
    residents of the area will meet the Standard: one blank or one "no" blocks the joint status and leaves each member's
    own alone.
    """
    if not framework.consortium:
        return JointStatus(False, (), f"{framework.title} has no joint sign-up: each landlord signs alone.")
    found = tuple(_member(area, member) for member in members)
    waiting = [member.name for member in found if not member.ready]
    if not found:
        return JointStatus(False, (), "The consortium has no members.")
    reason = f"Waiting for {', '.join(waiting)}." if waiting else f"Every member has signed for {area}."
    return JointStatus(not waiting, found, reason)


def _member(area: str, member: SignUp) -> MemberStatus:
    checks = (
        (member.withdrawn_on is None, "has withdrawn"),
        (member.registered_on is not None, "has not signed for itself"),
        (member.consortium_box, "has not ticked the consortium box"),
        (
            member.satisfied_area.casefold() == area.casefold(),
            f"has not declared itself satisfied for all residents of {area}",
        ),
    )
    reasons = tuple(reason for passes, reason in checks if not passes)
    return MemberStatus(member.organisation, member.name, not reasons, reasons)
