"""This module knows what others may see of partners: frozen values, named field by field, without a row behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from protocols.notices import ReviewNotice
from protocols.roles import Role
from sharing.partners.rules import LiaisonKind, Tier


@dataclass(frozen=True)
class PartnershipView:
    """A partnership."""

    code: str
    name: str
    kind: str
    area: str
    year_start_month: int
    year_start_day: int


@dataclass(frozen=True)
class TierView:
    """A tier from a day to a day."""

    tier: Tier
    from_on: date
    to_on: date | None


@dataclass(frozen=True)
class MemberView:
    """An organisation as a partnership sees it on a day: `tier` is that day's, `tiers` all that it has had."""

    code: str
    name: str
    body_type: str
    public_authority: bool
    regulator_no: str | None
    ico_no: str | None
    phone: str | None
    tier: Tier | None
    tiers: tuple[TierView, ...]


@dataclass(frozen=True)
class OfficerView:
    """A person in a post."""

    id: UUID
    user_id: UUID | None
    organisation: str
    name: str
    post: str
    phone: str | None
    email: str | None
    elected: bool
    roles: frozenset[Role]
    from_on: date
    to_at: datetime | None
    in_post: bool
    liaison: LiaisonKind | None
    trained_on: date | None
    training_is_current: bool
    version: int


@dataclass(frozen=True)
class PostView:
    """One of the posts that an account can act in."""

    officer_id: UUID
    partnership: str
    partnership_name: str
    organisation: str
    organisation_name: str
    name: str
    post: str
    roles: frozenset[Role]
    elected: bool


@dataclass(frozen=True)
class Contact:
    """Whom to ring about something, and why this person."""

    organisation: str
    organisation_name: str
    name: str
    post: str
    phone: str | None
    email: str | None
    why: str


@dataclass(frozen=True)
class DelegationView:
    """That an organisation acts for another."""

    id: UUID
    organisation: str
    principal: str
    purposes: tuple[str, ...]
    ref: str
    joint_control: bool
    from_on: date
    to_on: date | None


@dataclass(frozen=True)
class AreaView:
    """A ward or other area, with the officer who leads there unless somebody else is named."""

    code: str
    name: str
    kind: str
    lead_officer_id: UUID | None
    lead_name: str | None
    lead_organisation: str | None


@dataclass(frozen=True)
class HomesView:
    """How many homes a landlord has in an area, the newest count up to a day."""

    organisation: str
    area: str
    homes: int
    as_at_on: date


@dataclass(frozen=True)
class Gap:
    """Something that the partnership owes: what, by whom, how urgent (red or amber), and what to do."""

    kind: str
    organisation: str
    organisation_name: str
    colour: str
    message: str
    mend: str


@dataclass(frozen=True)
class ProtocolView:
    """One version of a protocol in a list or at its head."""

    id: UUID
    ref: str
    number: int
    kind: str
    parent: str | None
    title: str
    aliases: tuple[str, ...]
    parties: tuple[str, ...]
    digest: str
    complete: bool
    missing: tuple[str, ...]
    starts_on: date
    review_by: date | None
    ends_on: date | None
    adopted_on: date | None
    suspended: bool
    status: str
    review: ReviewNotice | None = None
    """When it is next due for review, of a version that anybody may rely on."""


@dataclass(frozen=True)
class SignatureView:
    """One party's signature: the version that it binds, when, by whom; and whether it has withdrawn."""

    organisation: str
    organisation_name: str
    tier: Tier | None
    number: int | None
    digest: str | None
    signed_at: datetime | None
    name: str | None
    post: str | None
    seniority: str | None
    withdrew_at: datetime | None
    status: str


@dataclass(frozen=True)
class SignatoryRegister:
    """Who has signed a version, party by party, and what is missing."""

    protocol: ProtocolView
    signatures: tuple[SignatureView, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class AuthorisationView:
    """That an officer may decide on one line of a protocol, for whom, by whom, from one day to before another."""

    id: UUID
    officer_id: UUID
    by_officer_id: UUID
    protocol: str
    line: str
    from_on: date
    to_on: date


@dataclass(frozen=True)
class SharingLine:
    """One line of a protocol in force, seen from one organisation.

    What it gives to or gets from another, and for what.
    """

    gives: bool
    other: str
    ref: str
    number: int
    line: str
    fields: tuple[tuple[str, str], ...]
    purposes: tuple[str, ...]
    gateway: str
