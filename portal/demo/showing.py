"""This module knows which sign-ins are shown to whoever starts the demonstration: one for each role of each partnership."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portal.demo import files
from portal.demo.fixed import PARTNERSHIPS
from portal.demo.sign_ins import SignIn


def shown(sign_ins: Iterable[SignIn]) -> Mapping[str, tuple[tuple[str, SignIn], ...]]:
    """Partnership's name -> what somebody is there, and the sign-in, in the order of the story."""
    by_email = {each.email: each for each in sign_ins}
    found: dict[str, tuple[tuple[str, SignIn], ...]] = {}
    for code in PARTNERSHIPS:
        name = files.table(code, "partnership")["partnership"]["name"]
        found[name] = tuple((row["as"], by_email[row["email"]]) for row in files.table(code, "story")["sign_in"])
    return found
