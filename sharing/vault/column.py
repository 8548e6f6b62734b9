"""This module knows the column type of a sealed field: it moves ciphertext, holds no key, refuses everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from sqlalchemy import CompoundSelect, LargeBinary, Select, null
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement, ColumnElement, Null
from sqlalchemy.types import TypeDecorator

from sharing.errors import TamperedError
from sharing.vault.sealed import Sealed, ciphertext_of


class SealedMisuseError(TypeError, DontWrapMixin):
    """A query asked of a sealed column what ciphertext cannot answer. The message names the index that can."""


class PlaintextRefusedError(TypeError, DontWrapMixin):
    """Text was about to be stored unsealed. Never wrapped by SQLAlchemy, whose message would quote the text."""


class SealedColumn(TypeDecorator[Sealed]):
    """`SealedColumn("incident.address")`: bytes in the database, `Sealed` in Python, NULL in both as None.

    `index` names the blind index that answers equality for this column; it is quoted by the refusals.
    """

    impl = LargeBinary
    cache_ok = True
    hashable = False

    def __init__(self, place: str, index: str | None = None) -> None:
        """Name the place as "table.column", just as it is named when sealing."""
        super().__init__()
        table, dot, column = place.partition(".")
        if not (table and dot and column):
            raise ValueError('a sealed column is named "table.column"')
        self.place = place
        self.index = index

    def advice(self) -> str:
        """Say what to do instead."""
        if self.index is None:
            return f"{self.place} is sealed and has no blind index: open it through sharing.disclosures, then compare"
        return f"{self.place} is sealed: search with the blind index {self.index} (vault.index_candidates)"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], bytes | None]:  # noqa: ARG002
        """Give the driver ciphertext, which both drivers take as it is; refuse anything that is not sealed."""
        place = self.place

        def process(value: object) -> bytes | None:
            if value is None:
                return None
            if type(value) is not Sealed:
                raise PlaintextRefusedError(f"{place} takes a sealed value, not {type(value).__name__}: use vault.seal")
            return ciphertext_of(value)

        return process

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> NoReturn:
        """Not used: `bind_processor` does it all, in one call instead of three."""
        raise NotImplementedError

    def process_literal_param(self, value: Sealed | None, dialect: Dialect) -> NoReturn:  # noqa: ARG002
        """Refuse to write a sealed value into the text of a statement."""
        raise SealedMisuseError(f"{self.place} is sealed and is never written into the text of a statement")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Sealed | None:  # noqa: ANN401, ARG002
        """Wrap what is stored. Text, or bytes that were never sealed, raise TamperedError."""
        if value is None:
            return None
        if not isinstance(value, bytes | memoryview):
            raise TamperedError(f"{self.place} holds something that was never sealed.")
        return Sealed(bytes(value))

    def compare_values(self, x: object, y: object) -> bool:
        """Tell whether the ORM should write again: each sealing is new, so only the same object is the same."""
        return x is y

    class Comparator(TypeDecorator.Comparator[Sealed]):
        """Refuses every operator but IS NULL and IS NOT NULL."""

        def operate(self, op: operators.OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:  # noqa: ANN401
            """Build the test for NULL; raise SealedMisuseError for all the rest."""
            if op in (operators.is_, operators.is_not) and (other[0] is None or isinstance(other[0], Null)):
                return super().operate(op, null(), **kwargs)
            raise SealedMisuseError(f"{_advice(self)}; to ask whether there is one, use .is_(None)")

        def reverse_operate(self, op: operators.OperatorType, other: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401, ARG002
            """Refuse the operator from the other side, too."""
            raise SealedMisuseError(_advice(self))

    comparator_factory = Comparator


def _advice(comparator: SealedColumn.Comparator) -> str:
    column = comparator.type
    return column.advice() if isinstance(column, SealedColumn) else "a sealed column cannot be compared"


def _refuse_sealed_order(statement: Any) -> None:  # noqa: ANN401 (both kinds of SELECT)
    """Raise if an ORDER BY or GROUP BY is over ciphertext: a plain column passes no operator on its way there."""
    for clause in (*statement._order_by_clauses, *statement._group_by_clauses):  # noqa: SLF001 (no public accessor)
        element: Any = clause
        while not isinstance(getattr(element, "type", None), SealedColumn):
            element = getattr(element, "element", None)
            if not isinstance(element, ClauseElement):
                break
        else:
            raise SealedMisuseError(f"{element.type.advice()}; it cannot be sorted or grouped")


@compiles(Select)
def _compile_select(statement: Select[Any], compiler: SQLCompiler, **kwargs: Any) -> str:  # noqa: ANN401
    _refuse_sealed_order(statement)
    return str(compiler.visit_select(statement, **kwargs))  # type: ignore[no-untyped-call]


@compiles(CompoundSelect)
def _compile_compound(statement: CompoundSelect[Any], compiler: SQLCompiler, **kwargs: Any) -> str:  # noqa: ANN401
    _refuse_sealed_order(statement)
    return str(compiler.visit_compound_select(statement, **kwargs))  # type: ignore[no-untyped-call]
