"""This module knows when two wordings mean the same.

Case, spaces, punctuation and accents do not matter, and near misses are close.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

_BETWEEN = re.compile("[\\s_/\\\\.,:;()\\[\\]*#?!'\"\u2019\u2018\u201c\u201d\u2013\u2014-]+")


def plain(text: str) -> str:
    """Fold a heading, category or answer for comparison: NFKD, casefold, one space between words, `&` as and."""
    folded = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _BETWEEN.sub(" ", bare).strip()


def close(text: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """The known wordings that are nearest to `text`, best first; none if nothing is near."""
    by_fold = {plain(word): word for word in known}
    near = difflib.get_close_matches(plain(text)[:80], list(by_fold), n=most, cutoff=0.6)
    return tuple(dict.fromkeys(by_fold[fold] for fold in near))
