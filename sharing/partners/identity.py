"""This module knows who acts in a request.

The account that is signed in, the post that it has chosen, and that post's roles, now. Nothing is remembered from the
request before: a post that has ended, a role that was taken away or an account that was disabled bites at once.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Event
from protocols.actor import Actor
from sharing import access
from sharing.access import SignedIn
from sharing.errors import NotFoundError
from sharing.partners import rules
from sharing.partners.model import Officer, Organisation, Partnership
from sharing.partners.read import authorised_officers, liaison_kinds, roles_of
from sharing.partners.views import PostView
from sharing.store import Clock, Store


@dataclass(frozen=True)
class Identity:
    """One request's person.

    The sign-in, every post that can be acted in, the one acted in, and the actor made of it.
    """

    signed_in: SignedIn
    posts: tuple[PostView, ...]
    post: PostView | None
    actor: Actor


def identify(session: Session, clock: Clock, token: str | None) -> Identity | None:
    """Return who asks, read afresh, or None for nobody signed in.

    With one post that post is acted in; with several, the one that was chosen. Without a post the actor has no roles.
    """
    signed_in = access.resolve(session, token)
    if signed_in is None:
        return None
    posts = posts_of(session, clock, signed_in.user_id)
    chosen = next((post for post in posts if post.officer_id == signed_in.officer_id), None)
    post = posts[0] if chosen is None and len(posts) == 1 else chosen
    return Identity(signed_in, posts, post, _actor(signed_in.user_id, post))


def posts_of(session: Session, clock: Clock, user_id: uuid.UUID) -> tuple[PostView, ...]:
    """The posts that an account can act in at this moment, by partnership and organisation."""
    now, today = clock.business_now(), clock.today()
    query = (
        select(Officer, Organisation.name, Partnership.name)
        .join(Organisation, Organisation.code == Officer.organisation)
        .join(Partnership, Partnership.code == Officer.partnership)
        .where(Officer.user_id == user_id)
        .order_by(Partnership.name, Organisation.name, Officer.id)
    )
    posts = []
    for row, organisation_name, partnership_name in session.execute(query):
        if not rules.is_in_post(row.from_on, row.to_at, today, now):
            continue
        authorised = authorised_officers(session, row.partnership, today)
        liaison = liaison_kinds(session, row.partnership, today).get(row.id)
        posts.append(
            PostView(
                officer_id=row.id,
                partnership=row.partnership,
                partnership_name=partnership_name,
                organisation=row.organisation,
                organisation_name=organisation_name,
                name=row.name,
                post=row.post,
                roles=roles_of(row, liaison, authorised=row.id in authorised),
                elected=row.elected,
            )
        )
    return tuple(posts)


def switch_post(store: Store, token: str | None, officer_id: uuid.UUID) -> str:
    """Act in another of one's own posts; return the session's new token. Raises NotFoundError for anybody else's."""
    with store.reading() as session:
        identity = identify(session, store.clock, token)
    post = next((held for held in identity.posts if held.officer_id == officer_id), None) if identity else None
    if identity is None or post is None:
        raise NotFoundError("There is no such post.")
    with store.unit(Actor(user_id=identity.signed_in.user_id)) as unit:
        renewed = access.choose_post(unit.session, identity.signed_in, officer_id)
        unit.record(
            Event.POST_SWITCHED,
            about=officer_id,
            facts={"partnership": post.partnership, "organisation": post.organisation},
        )
        return renewed


def actor_in_post(session: Session, clock: Clock, officer_id: uuid.UUID, *, operator: str | None = None) -> Actor:
    """Return the actor of an officer in post. `operator` names who acts on the officer's behalf at the command line.

    Raises NotFoundError for nobody, for somebody who has left, and for an account that is not in use.
    """
    row = session.get(Officer, officer_id)
    if row is not None and row.user_id is not None:
        account = access.account(session, row.user_id)
        post = next((held for held in posts_of(session, clock, row.user_id) if held.officer_id == officer_id), None)
        if account is not None and account.state is access.State.ACTIVE and post is not None:
            return _actor(row.user_id, post, operator)
    raise NotFoundError("There is no such officer in post.")


def actor_by_email(
    session: Session, clock: Clock, email: str, *, partnership: str | None = None, operator: str | None = None
) -> Actor:
    """Return the actor of the account with this address, for `--as USER`.

    Raises NotFoundError unless it has just one post there.
    """
    account = access.account_by_email(session, email)
    posts = posts_of(session, clock, account.user_id) if account else ()
    there = [post for post in posts if partnership in {None, post.partnership}]
    if len(there) != 1:
        raise NotFoundError(f"{email} has {len(there)} posts here. Name the partnership in which it has one.")
    return actor_in_post(session, clock, there[0].officer_id, operator=operator)


def _actor(user_id: uuid.UUID, post: PostView | None, operator: str | None = None) -> Actor:
    if post is None:
        return Actor(user_id=user_id, operator=operator)
    return Actor(
        user_id=user_id,
        officer_id=post.officer_id,
        organisation=post.organisation,
        partnership=post.partnership,
        roles=post.roles,
        operator=operator,
    )
