"""This module knows `accord user`: what an operator does about people and their accounts. Nobody's secret is ever shown.

An agency's own administrator does most of this on pages. The operator is there for an agency's first administrator, for roles
that only an operator gives (co-ordinator, auditor), and for whoever has lost both password and phone.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from portal import cli
from portal.commands import letters, opening
from sharing.errors import NotFoundError
from sharing.store import Store

if TYPE_CHECKING:
    from sharing.access import Account


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord user add|disable|reset-phone|start-over`."""
    parser = cli.Parser(prog="accord user", description="People and their accounts.")
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="give somebody a post, and an account if there is none")
    for name, what in (
        ("partnership", "its code"),
        ("organisation", "its code"),
        ("name", "the person"),
        ("post", "job title"),
    ):
        add.add_argument(f"--{name}", required=True, help=what)
    add.add_argument("--role", action="append", required=True, dest="roles", help="a role; give it again for another")
    add.add_argument("--phone", default="", help="the work telephone")
    add.add_argument("--elected", action="store_true", help="an elected member, who can only be a reader")
    disable = actions.add_parser("disable", help="end a post, or all posts and the account with them")
    disable.add_argument("--partnership", help="only the post in this partnership ...")
    disable.add_argument("--organisation", help="... and at this organisation")
    actions.add_parser("reset-phone", help="make a lost phone useless and send the letter for a new one")
    actions.add_parser("start-over", help="invite somebody again who has lost password and phone; see the person first")
    for name, one in actions.choices.items():
        one.add_argument("email", metavar="EMAIL")
        one.add_json()
        if name != "disable":
            letters.add_site(one)
    options = parser.parse_args(arguments)
    with opening.opened() as store:
        return _ACTIONS[options.action](store, options)


def _add(store: Store, options: Namespace) -> int:
    from sharing import partners

    facts = ("email", "name", "post", "roles", "phone", "elected", "organisation", "partnership")
    command = partners.InviteOfficer(**{name: getattr(options, name) for name in facts})
    with letters.posting(store, options.site) as send:
        with store.unit(opening.operator()) as unit:
            invited = partners.invite_officer(unit, command)
        send(invited.post)
    opening.show(
        {"officer": str(invited.officer_id), "letters": 1},
        as_json=options.json,
        lines=[f"{options.name} is {options.post} now. The letter went {letters.where_sent()}."],
    )
    return cli.DONE


def _disable(store: Store, options: Namespace) -> int:
    from sharing import access, partners

    user_id = _account(store, options.email).user_id
    with store.reading() as session:
        posts = partners.posts_of(session, store.clock, user_id)
    wanted = [
        post
        for post in posts
        if options.partnership in {None, post.partnership} and options.organisation in {None, post.organisation}
    ]
    if not wanted and (options.partnership or options.organisation):
        raise NotFoundError(f"{options.email} has no such post.")
    for post in wanted:  # the account goes with its last post
        with store.unit(opening.operator()) as unit:
            partners.disable_officer(unit, partners.DisableOfficer(post.officer_id, post.partnership))
    if not posts:
        with store.unit(opening.operator()) as unit:
            access.disable_account(unit, user_id)
    ended = [f"{post.post}, {post.organisation_name} ({post.partnership})" for post in wanted]
    left = len(posts) - len(wanted)
    last = f"{left} posts are left." if left else "The account is disabled; its sessions have ended."
    opening.show(
        {"ended": ended, "posts_left": left, "disabled": not left},
        as_json=options.json,
        lines=[*(f"Ended: {each}." for each in ended), last],
    )
    return cli.DONE


def _reset_phone(store: Store, options: Namespace) -> int:
    from sharing import access

    user_id = _account(store, options.email).user_id
    with letters.posting(store, options.site) as send:
        with store.unit(opening.operator()) as unit:
            post = access.reset_phone(unit, user_id)
        send(post)
    return _told(options, "The old phone no longer works. The letter for a new one")


def _start_over(store: Store, options: Namespace) -> int:
    from sharing import access

    user_id = _account(store, options.email).user_id
    with letters.posting(store, options.site) as send:
        with store.unit(opening.operator()) as unit:
            invited = access.start_over(unit, user_id)
        send(invited.post)
    return _told(options, "Password and phone are gone. The invitation")


def _told(options: Namespace, what: str) -> int:
    opening.show({"letters": 1}, as_json=options.json, lines=[f"{what} went {letters.where_sent()}."])
    return cli.DONE


def _account(store: Store, email: str) -> Account:
    from sharing import access

    with store.reading() as session:
        found = access.account_by_email(session, email)
    if found is None:
        raise NotFoundError(f"There is no account for {email}.")
    return found


_ACTIONS: dict[str, Callable[[Store, Namespace], int]] = {
    "add": _add,
    "disable": _disable,
    "reset-phone": _reset_phone,
    "start-over": _start_over,
}
