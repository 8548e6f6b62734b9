"""This module knows how to ask about partnerships, their members and their people.

Protocols are asked about next door.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.roles import Role
from sharing.errors import NotFoundError
from sharing.partners import rules
from sharing.partners.model import (
    Area,
    Assignment,
    Authorisation,
    Delegation,
    Homes,
    LiaisonPost,
    Membership,
    Officer,
    Organisation,
    Partnership,
    Training,
    WardLead,
)
from sharing.partners.rules import DatedTier, LiaisonKind, Span, Tier, WorkKind
from sharing.partners.views import (
    AreaView,
    Contact,
    DelegationView,
    Gap,
    HomesView,
    MemberView,
    OfficerView,
    PartnershipView,
    TierView,
)


def partnerships(session: Session) -> tuple[PartnershipView, ...]:
    """Every partnership of this installation, by name. For the operator and for public pages."""
    return tuple(_partnership(row) for row in session.scalars(select(Partnership).order_by(Partnership.name)))


def partnership(session: Session, code: str) -> PartnershipView:
    """Return a partnership. Raises NotFoundError."""
    row = session.get(Partnership, code)
    if row is None:
        raise NotFoundError(f"There is no partnership '{code}'.")
    return _partnership(row)


def members(session: Session, partnership: str, day: date, *, also_former: bool = False) -> tuple[MemberView, ...]:
    """The members on a day: responsible authorities, co-operating bodies, invitees, each by name."""
    tiers = _tiers(session, partnership)
    found = session.scalars(select(Organisation).where(Organisation.code.in_(tiers)))
    views = [_member(row, tiers[row.code], day) for row in found]
    shown = [view for view in views if also_former or view.tier is not None]
    return tuple(sorted(shown, key=lambda view: (rules.tier_order(view.tier), view.name, view.code)))


def member(session: Session, partnership: str, organisation: str, day: date) -> MemberView:
    """Return an organisation that is or was a member. Raises NotFoundError for one that never was."""
    tiers = _tiers(session, partnership).get(organisation)
    row = session.get(Organisation, organisation)
    if tiers is None or row is None:
        raise NotFoundError(f"There is no member '{organisation}'.")
    return _member(row, tiers, day)


def officers(
    session: Session,
    partnership: str,
    at: datetime,
    day: date,
    *,
    organisation: str | None = None,
    also_former: bool = False,
) -> tuple[OfficerView, ...]:
    """The officers in post at a moment, by organisation and name; `day` is that moment's day in London."""
    query = select(Officer).where(Officer.partnership == partnership)
    if organisation is not None:
        query = query.where(Officer.organisation == organisation)
    views = _officers(session, partnership, session.scalars(query), at, day)
    shown = [view for view in views if also_former or view.in_post]
    return tuple(sorted(shown, key=lambda view: (view.organisation, view.name, str(view.id))))


def officer(session: Session, partnership: str, officer_id: uuid.UUID, at: datetime, day: date) -> OfficerView:
    """Return an officer, in post or not. Raises NotFoundError."""
    query = select(Officer).where(Officer.partnership == partnership, Officer.id == officer_id)
    found = list(_officers(session, partnership, session.scalars(query), at, day))
    if not found:
        raise NotFoundError("There is no such officer.")
    return found[0]


def is_assigned(
    session: Session, partnership: str, officer_id: uuid.UUID, kind: WorkKind, ref: str, at: datetime
) -> bool:
    """Whether an officer works on a case, an action or a request at a moment."""
    query = select(Assignment.to_at).where(
        Assignment.partnership == partnership,
        Assignment.officer_id == officer_id,
        Assignment.kind == kind.value,
        Assignment.ref == ref,
        Assignment.from_at <= at,
    )
    return any(to_at is None or at < to_at for to_at in session.scalars(query))


def assigned_to(
    session: Session, partnership: str, officer_id: uuid.UUID, kind: WorkKind, at: datetime
) -> frozenset[str]:
    """The refs of everything of a kind that an officer works on at a moment."""
    query = select(Assignment.ref, Assignment.to_at).where(
        Assignment.partnership == partnership,
        Assignment.officer_id == officer_id,
        Assignment.kind == kind.value,
        Assignment.from_at <= at,
    )
    return frozenset(ref for ref, to_at in session.execute(query) if to_at is None or at < to_at)


def delegations(session: Session, partnership: str, day: date) -> tuple[DelegationView, ...]:
    """The delegations in force on a day."""
    query = select(Delegation).where(Delegation.partnership == partnership)
    query = query.order_by(Delegation.organisation, Delegation.principal, Delegation.from_on)
    return tuple(
        DelegationView(
            row.id,
            row.organisation,
            row.principal,
            tuple(row.purposes),
            row.ref,
            row.joint_control,
            row.from_on,
            row.to_on,
        )
        for row in session.scalars(query)
        if Span(row.from_on, row.to_on).covers(day)
    )


def whom_to_ring(
    session: Session, partnership: str, organisation: str, at: datetime, day: date, *, role: Role = Role.RETURNS_OFFICER
) -> Contact:
    """Whom to ring at an organisation.

    Who has the role and a phone, else the liaison officer, else anybody with a phone. Without any of them the
    organisation's own number. Raises NotFoundError for no member.
    """
    body = member(session, partnership, organisation, day)
    people = officers(session, partnership, at, day, organisation=organisation)
    choices: tuple[tuple[str, list[OfficerView]], ...] = (
        (f"{role.value.replace('-', ' ')} of {body.name}", [person for person in people if role in person.roles]),
        (f"liaison officer of {body.name}", [person for person in people if person.liaison]),
        (f"works at {body.name}", list(people)),
    )
    for why, persons in choices:
        reachable = [person for person in persons if person.phone]
        if reachable:
            first = reachable[0]
            return Contact(body.code, body.name, first.name, first.post, first.phone, first.email, why)
    return Contact(
        body.code, body.name, body.name, "switchboard", body.phone, None, "no officer has a phone number here"
    )


def liaison_gaps(session: Session, partnership: str, at: datetime, day: date) -> tuple[Gap, ...]:
    """Members without anybody who could decide.

    A responsible authority is red (SI 2007/1830 reg 4(3)), others amber.
    """
    people = {view.id: view for view in officers(session, partnership, at, day)}
    held = select(LiaisonPost).where(LiaisonPost.partnership == partnership)
    posts: dict[str, list[OfficerView]] = defaultdict(list)
    for post in session.scalars(held):
        if post.officer_id in people and Span(post.from_on, post.to_on).covers(day):
            posts[post.organisation].append(people[post.officer_id])
    gaps = [_liaison_gap(body, posts[body.code]) for body in members(session, partnership, day)]
    return tuple(gap for gap in gaps if gap is not None)


def areas(session: Session, partnership: str) -> tuple[AreaView, ...]:
    """The partnership's areas by name, with their default leads."""
    query = (
        select(Area, Officer.id, Officer.name, Officer.organisation)
        .outerjoin(WardLead, (WardLead.partnership == Area.partnership) & (WardLead.area == Area.code))
        .outerjoin(Officer, (Officer.partnership == WardLead.partnership) & (Officer.id == WardLead.officer_id))
        .where(Area.partnership == partnership)
        .order_by(Area.name, Area.code)
    )
    return tuple(
        AreaView(
            area.code,
            area.name,
            area.kind,
            lead_id,
            lead_name,
            lead_organisation,
        )
        for area, lead_id, lead_name, lead_organisation in session.execute(query)
    )


def homes(session: Session, partnership: str, day: date, *, organisation: str | None = None) -> tuple[HomesView, ...]:
    """How many homes each landlord has in each area: the newest count that was taken by the day."""
    query = select(Homes).where(Homes.partnership == partnership, Homes.as_at_on <= day).order_by(Homes.as_at_on)
    if organisation is not None:
        query = query.where(Homes.organisation == organisation)
    newest = {(row.organisation, row.area): row for row in session.scalars(query)}
    return tuple(HomesView(key[0], key[1], row.homes, row.as_at_on) for key, row in sorted(newest.items()))


def homes_by_landlord(session: Session, partnership: str, day: date) -> Counter[str]:
    """How many homes each landlord has over all its areas, by its code."""
    total: Counter[str] = Counter()
    for held in homes(session, partnership, day):
        total[held.organisation] += held.homes
    return total


def _partnership(row: Partnership) -> PartnershipView:
    return PartnershipView(row.code, row.name, row.kind, row.area, row.year_start_month, row.year_start_day)


def _tiers(session: Session, partnership: str) -> dict[str, list[TierView]]:
    query = select(Membership).where(Membership.partnership == partnership).order_by(Membership.from_on)
    tiers: dict[str, list[TierView]] = defaultdict(list)
    for row in session.scalars(query):
        tiers[row.organisation].append(TierView(Tier(row.tier), row.from_on, row.to_on))
    return dict(tiers)


def _member(row: Organisation, tiers: Iterable[TierView], day: date) -> MemberView:
    history = tuple(tiers)
    return MemberView(
        code=row.code,
        name=row.name,
        body_type=row.body_type,
        public_authority=row.public_authority,
        regulator_no=row.regulator_no,
        ico_no=row.ico_no,
        phone=row.phone,
        tier=rules.tier_at((DatedTier(held.tier, Span(held.from_on, held.to_on)) for held in history), day),
        tiers=history,
    )


def _officers(
    session: Session, partnership: str, rows: Iterable[Officer], at: datetime, day: date
) -> Iterable[OfficerView]:
    trained: dict[uuid.UUID, list[date]] = defaultdict(list)
    for officer_id, trained_on in session.execute(
        select(Training.officer_id, Training.trained_on).where(Training.partnership == partnership)
    ):
        trained[officer_id].append(trained_on)
    posts = liaison_kinds(session, partnership, day)
    authorised = authorised_officers(session, partnership, day)
    for row in rows:
        liaison = posts.get(row.id)
        days = trained[row.id]
        yield OfficerView(
            id=row.id,
            user_id=row.user_id,
            organisation=row.organisation,
            name=row.name,
            post=row.post,
            phone=row.phone,
            email=row.email,
            elected=row.elected,
            roles=roles_of(row, liaison, authorised=row.id in authorised),
            from_on=row.from_on,
            to_at=row.to_at,
            in_post=rules.is_in_post(row.from_on, row.to_at, day, at),
            liaison=liaison,
            trained_on=max((held for held in days if held <= day), default=None),
            training_is_current=rules.training_is_current(days, day),
            version=row.version,
        )


def liaison_kinds(session: Session, partnership: str, day: date) -> dict[uuid.UUID, LiaisonKind]:
    """Who holds a liaison post of any organisation on a day, and which: liaison officer before deputy."""
    kinds: dict[uuid.UUID, LiaisonKind] = {}
    for post in session.scalars(select(LiaisonPost).where(LiaisonPost.partnership == partnership)):
        if Span(post.from_on, post.to_on).covers(day) and kinds.get(post.officer_id) is not LiaisonKind.LIAISON:
            kinds[post.officer_id] = LiaisonKind(post.kind)
    return kinds


def authorised_officers(session: Session, partnership: str, day: date) -> frozenset[uuid.UUID]:
    """Everybody who has an authorisation on a day."""
    query = select(Authorisation.officer_id).where(
        Authorisation.partnership == partnership, Authorisation.from_on <= day, Authorisation.to_on > day
    )
    return frozenset(session.scalars(query))


def roles_of(row: Officer, liaison: LiaisonKind | None, *, authorised: bool) -> frozenset[Role]:
    """The roles of a post: those given, the liaison officer's while a liaison post is held, an authorised officer's meanwhile.

    Elected members only read.
    """
    if row.elected:
        return frozenset({Role.READER})
    given = frozenset(Role(role) for role in row.roles)
    if liaison:
        given |= {Role.LIAISON_OFFICER}
    return given | {Role.AUTHORISED_OFFICER} if authorised else given


def _liaison_gap(body: MemberView, holders: list[OfficerView]) -> Gap | None:
    colour = "red" if body.tier is Tier.RESPONSIBLE else "amber"
    if not holders:
        return Gap(
            "no-liaison-officer",
            body.code,
            body.name,
            colour,
            f"{body.name} has no liaison officer: nobody can approve what it is asked for.",
            f"The administrator of {body.name} names one.",
        )
    if not any(person.training_is_current for person in holders):
        return Gap(
            "training-lapsed",
            body.code,
            body.name,
            colour,
            f"The training of {body.name}'s liaison officer has run out.",
            "Record a training within the last 24 months.",
        )
    return None
