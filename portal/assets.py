"""This module knows where the built page assets are and what their hashed names are."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from sharing.errors import UnreachableError

DIST = Path(__file__).parent / "static" / "dist"


@cache
def manifest() -> dict[str, str]:
    """The built files by their plain names. Raises UnreachableError when they have not been built."""
    path = DIST / "manifest.json"
    if not path.exists():
        raise UnreachableError(
            "The page assets have not been built. Run `./accord demo` once, or `python assets/build.py`."
        )
    return dict(json.loads(path.read_text()))


def asset(name: str) -> str:
    """The address of an asset by its plain name."""
    # Not url_for: an error page is also drawn where routing has refused the host.
    return f"/static/dist/{manifest()[name]}"


def verifier_page() -> bytes:
    """The page that verifies receipts without a network: one file, to be kept by whoever was handed a receipt."""
    return (DIST / manifest()["verify.html"]).read_bytes()
