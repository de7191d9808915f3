"""An explicit null: where an argument that is None is left out, this is sent."""

from __future__ import annotations

from typing import Any, Final


class Null:
    """The class of `NULL`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NULL"

    def __bool__(self) -> bool:
        return False


NULL: Final[Any] = Null()
