"""This module knows the one way to write a JSON value as bytes: a profile on which RFC 8785 and Python's encoder agree.

ASCII keys, strings without lone surrogates, integers below 2**53, booleans, null, arrays and objects; no floats, because two
languages print them differently.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from sharing.errors import TamperedError

LARGEST_INTEGER = 2**53 - 1
DEEPEST = 16
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class ProfileError(ValueError):
    """A value that the profile has no bytes for. A defect in the caller, never stored bytes."""


def encode(value: Any) -> bytes:  # noqa: ANN401  any JSON value; the profile is checked here
    """Return the value's canonical bytes (RFC 8785 restricted to the profile). Raises ProfileError saying where it fails."""
    require_profile(value)
    try:
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError:
        raise ProfileError("a text holds half of a surrogate pair") from None


def require_profile(value: Any, where: str = "", depth: int = 0) -> None:  # noqa: ANN401  likewise
    """Raise ProfileError, naming the place, when a value lies outside the profile."""
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return
    if kind is int:
        if abs(value) > LARGEST_INTEGER:
            raise ProfileError(f"{where or 'the value'}: {value} is too large an integer; write it as text")
        return
    if depth >= DEEPEST:
        raise ProfileError(f"{where}: nested more than {DEEPEST} deep")
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise ProfileError(f"{where}: the key {key!r} is not ASCII text")
            require_profile(item, f"{where}.{key}", depth + 1)
    elif kind is list:
        for at, item in enumerate(value):
            require_profile(item, f"{where}[{at}]", depth + 1)
    else:
        raise ProfileError(f"{where or 'the value'}: {kind.__name__} has no canonical form")


def decode(data: bytes, depth: int = 0) -> Any:  # noqa: ANN401  any JSON value
    """Return the value of canonical bytes; `depth` says how deep in a larger value they stand.

    Raises TamperedError when they are not exactly the bytes that `encode` gives for it: another spelling of the same value has
    another hash, and would let two texts pass for one.
    """
    try:
        value = _DECODER.decode(data.decode())
        require_profile(value, depth=depth)
        again = _ENCODER.encode(value).encode()
    except (ValueError, RecursionError) as error:
        raise TamperedError(f"not in canonical form: {_reason(error)}") from None
    if again != data:
        raise TamperedError("not in canonical form: the same value is written differently")
    return value


def _reason(error: Exception) -> str:
    """Say what is wrong without showing any of the bytes."""
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON at character {error.pos}"
    if isinstance(error, UnicodeError):
        return "no UTF-8, or half of a surrogate pair"
    if isinstance(error, RecursionError):
        return "nested too deep"
    return str(error) if isinstance(error, ProfileError) else "a number has too many digits"


def _refuse(text: str) -> NoReturn:
    raise ProfileError(f"the number {text[:20]} is no integer")


_DECODER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)
