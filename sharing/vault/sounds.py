"""This module knows which surnames sound alike to somebody who takes them down by ear.

Russell's Soundex (US patent 1,261,167, 1918) keeps the first letter, so that Kavanagh is never Cavanagh and Philips never
Filips; and it puts m and n together, so that Jones is James. Here the first sound has a class of its own, silent letters
go first, m and n stay apart, and nothing is cut off. It is only ever used together with a whole date of birth: a key that
is too coarse costs a liaison officer a look at a wrong reference, one that is too fine hides a record from its subject.
"""

from __future__ import annotations

import re

_AT_START = (
    (re.compile(r"^(?:kn|gn|pn)"), "n"),
    (re.compile(r"^wr"), "r"),
    (re.compile(r"^(?:mac|mc)(?=[a-z])"), "mk"),
    (re.compile(r"^ps"), "s"),
    (re.compile(r"^gh"), "g"),
    (re.compile(r"^x"), "s"),
)
_ANYWHERE = (
    (re.compile(r"sch"), "s"),
    (re.compile(r"tch"), "ch"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"gh"), ""),
    (re.compile(r"ch(?=[rl])"), "k"),
    (re.compile(r"ck"), "k"),
    (re.compile(r"mp(?=[st])"), "m"),
    (re.compile(r"mb$"), "m"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"g(?=[eiy])"), "j"),
)
_FIRST = {
    **dict.fromkeys("aeiouy", "a"),
    **dict.fromkeys("ckq", "k"),
    **dict.fromkeys("fv", "f"),
    **dict.fromkeys("sz", "s"),
}
_LATER = {
    **dict.fromkeys("bfpv", "1"),
    **dict.fromkeys("cgjkqsxz", "2"),
    **dict.fromkeys("dt", "3"),
    "l": "4",
    "n": "5",
    "r": "6",
    "m": "7",
}
_SILENT = frozenset("hw")


def sound_of(word: str) -> str:
    """Return the sound of one folded word: the class of its first sound, then a figure for each consonant that is heard.

    Letters outside a to z count as themselves. A word without letters stays as it is.
    """
    for pattern, heard in (*_AT_START, *_ANYWHERE):
        word = pattern.sub(heard, word)
    if not word:
        return ""
    out, last = [_FIRST.get(word[0], word[0])], _LATER.get(word[0], "")
    for letter in word[1:]:
        if letter in _SILENT:
            continue  # neither heard nor between two letters of one sound
        code = "" if letter in "aeiouy" else _LATER.get(letter, letter)
        if code and code != last:
            out.append(code)
        last = code
    return "".join(out)
