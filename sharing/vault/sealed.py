"""This module knows the sealed value: ciphertext that shows nothing of itself to anybody."""

from __future__ import annotations

from typing import Any, NoReturn, final

from sharing.errors import TamperedError
from sharing.vault.layout import MAGIC, SMALLEST

SHOWN = "⟨sealed⟩"


@final
class Sealed:
    """One sealed field. It holds ciphertext and never plaintext; only the vault's own modules can use it.

    Printing gives ⟨sealed⟩. Comparing, hashing, testing for truth, copying and pickling raise TypeError, because each
    would either leak or lie: two seals of the same text are never equal. To ask whether there is one: `is None`.
    """

    __slots__ = ("_cipher",)
    _cipher: bytes

    def __init__(self, cipher: bytes) -> None:
        """Take ciphertext as the vault makes it. Raises TypeError for text and TamperedError for other bytes."""
        if type(cipher) is not bytes:
            raise TypeError("only the vault makes sealed values, and only from ciphertext")
        if len(cipher) < SMALLEST or cipher[0] != MAGIC:
            raise TamperedError("Stored bytes are not a sealed field: they were edited, or were never sealed.")
        _put(self, cipher)

    def __repr__(self) -> str:
        return SHOWN

    __str__ = __repr__
    __html__ = __repr__

    def __format__(self, spec: str) -> str:
        return SHOWN

    def _refuse(self, *_: Any) -> NoReturn:  # noqa: ANN401 (it stands for operators of every signature)
        raise TypeError("a sealed value cannot be compared, hashed, tested, copied or pickled; ask `is None`")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a sealed value never changes")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a sealed value never changes")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __bool__ = __hash__ = _refuse
    __copy__ = __deepcopy__ = __reduce__ = __reduce_ex__ = __getstate__ = _refuse

    def __init_subclass__(cls) -> None:
        raise TypeError("a sealed value has no other kinds")


_put = Sealed.__dict__["_cipher"].__set__
_get = Sealed.__dict__["_cipher"].__get__


def ciphertext_of(sealed: Sealed) -> bytes:
    """Return the stored bytes, for writing to the database and for commitments over ciphertext; never for showing."""
    if type(sealed) is not Sealed:
        raise TypeError("only a sealed value has ciphertext")
    cipher: bytes = _get(sealed)
    return cipher
