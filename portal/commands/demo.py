"""This module knows `accord demo`: load the demonstration once, print who can sign in, and serve it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from portal import cli
from portal.commands import opening


def run(_name: str, arguments: Sequence[str]) -> int:
    """Run `accord demo`, `accord demo load` or `accord demo code`."""
    first, rest = (arguments[0], arguments[1:]) if arguments else ("", ())
    if first == "load":
        return _load(rest)
    if first == "code":
        return _code(rest)
    return _serve(arguments)


def _serve(arguments: Sequence[str]) -> int:
    from portal.commands import admin
    from portal.demo.fixed import SEED
    from portal.demo.installation import ensure_demonstration

    parser = cli.Parser(
        prog="accord demo",
        description="Load the demonstration if it is not there yet, and serve it.",
        epilog="accord demo load: only load. accord demo code EMAIL: the code of this moment.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    found = ensure_demonstration(opening.settings(), SEED)
    address = f"http://{options.host}:{options.port}"
    opening.show(None, as_json=False, lines=list(_lines(address, found)))
    sys.stdout.flush()
    return admin.serve(options.host, options.port)


def _load(arguments: Sequence[str]) -> int:
    from portal.demo.fixed import SEED
    from portal.demo.installation import ensure_demonstration

    parser = cli.Parser(prog="accord demo load", description="Load the demonstration without serving it.")
    parser.add_argument("--seed", type=int, default=SEED, help="the seed of the made-up figures")
    parser.add_json()
    options = parser.parse_args(arguments)
    settings = opening.settings()
    found = ensure_demonstration(settings, options.seed)
    result = {
        "home": str(settings.home),
        "seed": found.seed,
        "key": found.key,
        "sign_ins": [
            {
                "email": each.email,
                "name": each.name,
                "password": each.password,
                "totp_secret": each.totp_secret,
                "posts": [vars(post) | {"roles": list(post.roles)} for post in each.posts],
            }
            for each in found.sign_ins
        ],
    }
    opening.show(result, as_json=options.json, lines=list(_lines("Loaded. Serve it with: accord demo", found)))
    return cli.DONE


def _code(arguments: Sequence[str]) -> int:
    from portal.demo.installation import found_demonstration
    from portal.demo.sign_ins import seconds_left, sign_in_of

    parser = cli.Parser(prog="accord demo code", description="Print the code that a made-up officer signs in with now.")
    parser.add_argument("email", metavar="EMAIL")
    parser.add_json()
    options = parser.parse_args(arguments)
    settings = opening.settings()
    found_demonstration(settings)
    code, left = sign_in_of(settings.home, options.email).code, seconds_left()
    opening.show({"code": code, "seconds": left}, as_json=options.json, lines=[code])
    if not options.json:
        print(f"It works for {left} more seconds, and once.", file=sys.stderr)
    return cli.DONE


def _lines(first: str, found: Any) -> Iterator[str]:  # noqa: ANN401  its type costs a second of imports
    """The address, then one sign-in for each role of each partnership."""
    from portal.demo.showing import shown
    from portal.demo.sign_ins import seconds_left

    yield first
    for partnership, people in shown(found.sign_ins).items():
        yield ""
        yield f"{partnership}: who can sign in (e-mail, password, code)"
        yield from (f"  {role:<36} {each.email:<46} {each.password}  {each.code}" for role, each in people)
    yield ""
    yield f"These codes work for {seconds_left()} more seconds, and each once. The next: accord demo code EMAIL"
    yield "Everybody here is made up. What is real, and from where: /about-the-data"
