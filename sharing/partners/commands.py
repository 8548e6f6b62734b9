"""This module knows what can be asked for about partners: one frozen value for each command.

The organisation that acts is the actor's own, never a field. `partnership` is for an operator, who stands in no post;
anybody else's is taken from the post.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sharing.partners.rules import LiaisonKind, WorkKind


@dataclass(frozen=True)
class InviteOfficer:
    """Give somebody a post at an organisation. Elected members can be readers only."""

    email: str
    name: str
    post: str
    roles: Sequence[str]
    phone: str = ""
    elected: bool = False
    organisation: str | None = None
    partnership: str | None = None


@dataclass(frozen=True)
class ChangeOfficer:
    """Change a post: what it is called, how to reach its holder, what the holder may do.

    `version` is that which was read.
    """

    officer_id: UUID
    version: int
    name: str
    post: str
    roles: Sequence[str]
    phone: str = ""
    partnership: str | None = None


@dataclass(frozen=True)
class DisableOfficer:
    """End an officer's post, and with the last post the account."""

    officer_id: UUID
    partnership: str | None = None


@dataclass(frozen=True)
class ResetPhone:
    """Make an officer's lost phone useless and send the letter for a new one."""

    officer_id: UUID
    partnership: str | None = None


@dataclass(frozen=True)
class RecordTraining:
    """That an officer was trained in information sharing."""

    officer_id: UUID
    course: str
    trained_on: date
    partnership: str | None = None


@dataclass(frozen=True)
class NameLiaisonOfficer:
    """Name an officer to an organisation's liaison post; whoever holds that post until then leaves it."""

    officer_id: UUID
    kind: LiaisonKind
    from_on: date
    organisation: str | None = None
    partnership: str | None = None


@dataclass(frozen=True)
class AuthoriseDecider:
    """Let an officer of the own organisation decide on one line of a protocol, for a year at most."""

    officer_id: UUID
    protocol: str
    line: str
    until_on: date | None = None


@dataclass(frozen=True)
class RecordDelegation:
    """That an organisation acts for the actor's own, for named purposes, under a document."""

    organisation: str
    purposes: Sequence[str]
    ref: str
    from_on: date
    to_on: date | None = None
    joint_control: bool = False
    principal: str | None = None
    partnership: str | None = None


@dataclass(frozen=True)
class AssignOfficer:
    """That an officer works on a case, an action or a request."""

    officer_id: UUID
    kind: WorkKind
    ref: str
    to_at: datetime | None = None


@dataclass(frozen=True)
class LoadProtocol:
    """The text of one version of a protocol, as TOML."""

    text: str
    partnership: str | None = None


@dataclass(frozen=True)
class SignProtocol:
    """Sign one version for the actor's own organisation. `digest` is that of the text which the signer was shown."""

    ref: str
    number: int
    digest: str
    seniority: str


@dataclass(frozen=True)
class WithdrawFromProtocol:
    """Withdraw the actor's own organisation from a protocol, now."""

    ref: str


@dataclass(frozen=True)
class SuspendProtocol:
    """Suspend a protocol from now on, until a moment or until it is resumed."""

    ref: str
    until_at: datetime | None = None
    partnership: str | None = None


@dataclass(frozen=True)
class ResumeProtocol:
    """End the suspension that the actor's own organisation began."""

    ref: str
    partnership: str | None = None


@dataclass(frozen=True)
class ReviewProtocol:
    """That a version was reviewed, on a day that has come, with what came of it."""

    ref: str
    number: int
    reviewed_on: date
    outcome: str
    partnership: str | None = None
