"""The one place that parses SQL: sqlglot is imported when the first statement is."""

from __future__ import annotations

import re
from typing import Any


class ParseFault(Exception):
    def __init__(self, message: str, offset: int = -1) -> None:
        super().__init__(message)
        self.offset = offset


def parse(text: str, dialect: str) -> Any:
    """Parse one statement.

    Raises:
        ParseFault: it cannot be read; with the offset.
    """
    import logging

    import sqlglot
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what it cannot parse we say ourselves
    try:
        return sqlglot.parse_one(text, dialect=dialect)
    except SqlglotError as error:
        told = (getattr(error, "errors", None) or [{}])[0]
        near = str(told.get("highlight") or "").strip()
        said = str(told.get("description") or "it cannot be read").rstrip(".")
        offset = _offset(text, int(told.get("line") or 1), int(told.get("col") or 1) - len(near))
        raise ParseFault(
            f"this is no valid SQL near {near[:40]!r} ({said[:120]}). Correct it.", offset
        ) from None
    except (RecursionError, ValueError, IndexError, AttributeError, TypeError, KeyError):
        raise ParseFault("this is no valid SQL. Correct it.") from None


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return sum(len(one) + 1 for one in lines[: line - 1]) + max(0, column)


def plain(text: str) -> str:
    """Without what SQLite says of a table's storage, which the parser does not know."""
    return re.sub(r"(?i)\)\s*(without\s+rowid|strict)(\s*,\s*(without\s+rowid|strict))*\s*\Z", ")", text)


def data_type(text: str, dialect: str) -> Any:
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        return exp.DataType.build(text, dialect=dialect, udt=True)
    except (SqlglotError, ValueError):
        return None
