"""Judges the statements that a suite sent against the queries of the entry, without the blueprint.

A statement conforms when it is the entry's own word for word (blanks aside; for a star its columns), its
parameters in the driver's style and bound whole, of the query's kind, with every declared parameter and no
other, and values that fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .sql_entry import engine_of, schema_texts
from .sql_oracle_stars import MARK, Star, marked
from .sql_schema import Catalogue
from .sql_statement import DIALECTS

_STYLE = {
    "postgresql": r"%\((\w+)\)s",
    "mysql": r"%\((\w+)\)s",
    "sqlite": r"(?<![:\w]):([A-Za-z_]\w*)",
    "duckdb": r"\$([A-Za-z_]\w*)",
}
_LISTS = re.compile(
    r"(?i)(= any|<> all)\(§p(?:::\w+\[\])?\)|\(select unnest\(§p\)\)|\(select value from json_each\(§p\)\)"
    r"|\(select listed\.item from json_table\(§p, '\$\[\*\]' columns"
    r" \(item [a-z0-9(), ]+ path '\$'\)\) as listed\)"
)
_WRITTEN = re.compile(
    r"sqlc\s*\.\s*(?:arg|narg|slice)\s*\(\s*['\"]?(\w+)['\"]?\s*\)|%\((\w+)\)s|(?<![:\w'\"]):([A-Za-z_]\w*)"
    r"|(?<![<@&|\w])@([A-Za-z_]\w*)|(?<!\w)\$(\d+|[A-Za-z_]\w*)|(?<![\w?])(\?\d*)"
)
_TEXTS = re.compile(r"'(?:''|[^'])*'|\"(?:\"\"|[^\"])*\"|`[^`]*`|\$\$.*?\$\$|--[^\n]*|/\*.*?\*/", re.DOTALL)
KINDS = {"one": "one", "many": "many", "stream": "stream", "exec": "exec", "batch": "batch"}
# The JSON types that a value of a column may have in a record.
_JSON: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("bigint", "integer", "int", "smallint"), (int,)),
    **dict.fromkeys(("text", "varchar"), (str,)),
}
_COLUMN = re.compile(r"(?im)^\s*[\"`]?(\w+)[\"`]?\s+(\w+(?:\s*\[\])?)")


def judge(
    entry: Mapping[str, Any], requests: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> dict[str, Any]:
    """Judge the calls of one package; see ``oracle``."""
    queries = entry["requirements"].get("queries", {})
    known = _catalogue(entry)
    methods = {key: names.get(f"query {key}", key) for key in queries}
    judges = {methods[key]: _Query(entry, query, known) for key, query in queries.items()}
    seen: dict[str, list[str]] = {}
    for request in requests:
        name = str(request.get("operation", ""))
        if name in judges:
            seen.setdefault(name, []).extend(judges[name].faults(request))
    unsent = [name for name in judges if name not in seen]
    violations = [f"{name}: {fault}" for name, faults in seen.items() for fault in faults]
    return {
        "operations": sorted(judges),
        "conforming": sorted(name for name, faults in seen.items() if not faults),
        "violations": sorted(set(violations + [f"{name}: its statement was never sent" for name in unsent])),
    }


class _Query:
    """One query of the entry, and what a call of it may look like."""

    def __init__(self, entry: Mapping[str, Any], told: Mapping[str, Any], known: Catalogue) -> None:
        self.engine, self.told = engine_of(entry), told
        self.places = _places(told["sql"])
        text, self.stars = marked(told["sql"], self.engine, known)
        self.skeleton = _listless(_shape(text, _WRITTEN))
        self.columns = _columns(schema_texts(entry).values())

    def faults(self, request: Mapping[str, Any]) -> Iterator[str]:
        statement, rows = str(request.get("statement", "")), request.get("rows")
        sent = re.compile(_STYLE[self.engine])
        if not self._is_said(_listless(_shape(_plain(statement, self.engine), sent))):
            yield "the statement is not the entry's"
        bound = [found[1] for found in sent.finditer(_TEXTS.sub(" ", statement))]
        count = len(set(bound))
        if len(bound) != len(self.places) or count != len(set(self.places)):
            yield f"{len(bound)} values are bound, and {len(self.places)} parameters are declared"
        returns = self.told.get("returns")
        if returns and request.get("kind") != KINDS[returns]:
            yield f"it was run as {request.get('kind')}, and the entry says {returns}"
        if rows is not None:
            if any(len(row) != count for row in rows):
                yield "a row of the batch has another number of values than parameters"
            return
        values = request.get("parameters") or {}
        if set(values) != set(bound):
            yield f"values are given for {sorted(values)}, and the statement binds {sorted(set(bound))}"
        yield from self._values(values)

    def _is_said(self, shape: str) -> bool:
        """Is it the entry's statement, with all columns of each star in its place?"""
        if not self.stars:
            return shape == self.skeleton
        found = re.fullmatch("(.+?)".join(map(re.escape, self.skeleton.split(MARK))), shape)
        return found is not None and all(map(Star.is_said_by, self.stars, found.groups()))

    def _values(self, values: Mapping[str, Any]) -> Iterator[str]:
        """Values of parameters that are called as a column have to fit it."""
        for name, value in values.items():
            kinds = self.columns.get(name)
            if (
                kinds
                and value is not None
                and not isinstance(value, (list, dict))
                and not isinstance(value, kinds)
            ):
                yield f"{name} is bound to {type(value).__name__}, which its column does not take"


def _catalogue(entry: Mapping[str, Any]) -> Catalogue:
    from .sql_ddl import catalogue
    from .sql_query import view_rows

    dialect = DIALECTS[engine_of(entry)]
    return catalogue(schema_texts(entry), dialect, lambda tree, known: view_rows(tree, known, dialect))[0]


def _places(text: str) -> list[str]:
    """The parameters of a statement as written; each ``?`` is one of its own."""
    found: list[str] = []
    for match in _WRITTEN.finditer(_TEXTS.sub(_kept, text)):
        name = next(group for group in match.groups() if group)
        found.append(f"?{len(found)}" if name == "?" else name)
    return found


def _kept(match: re.Match[str]) -> str:
    """Texts go; but the name of sqlc.arg('x') is one."""
    return match[0] if re.fullmatch(r"'\w+'", match[0]) else " "


def _shape(text: str, parameters: re.Pattern[str]) -> str:
    """A statement with its parameters as §, and blanks evened out."""
    pieces, last = [], 0
    for found in _TEXTS.finditer(text):
        if re.search(r"sqlc\s*\.\s*\w+\s*\(\s*\Z", text[: found.start()]):
            continue
        pieces += [parameters.sub("§p", text[last : found.start()]), found[0]]
        last = found.end()
    pieces.append(parameters.sub("§p", text[last:]))
    plain = re.sub(r"sqlc\s*\.\s*embed\s*\(\s*(\w+)\s*\)", r"\1.*", "".join(pieces))
    return " ".join(plain.split())


def _plain(text: str, engine: str) -> str:
    return text.replace("%%", "%") if engine in ("postgresql", "mysql") else text


def _listless(text: str) -> str:
    """All ways to look for one of a list as one: IN (§p)."""
    told = _LISTS.sub(lambda m: ("not in" if m[1] == "<> ALL" else "in") + " (§p)" if m[1] else "(§p)", text)
    return re.sub(
        r"(?i)\b(not\s+)?in\s*\(\s*§p\s*\)",
        lambda m: f"{'not ' if m[1] else ''}in (§p)",
        re.sub(r"(?i)= any\(§p\)", "in (§p)", told),
    )


def _columns(texts: Iterable[str]) -> dict[str, tuple[type, ...]]:
    """What Python types columns take, by name, from the DDL alone; names with several types are left out."""
    found: dict[str, set[tuple[type, ...]]] = {}
    for text in texts:
        for name, word in _COLUMN.findall(text):
            found.setdefault(name.lower(), set()).add(_JSON.get(word.lower(), (object,)))
    return {name: next(iter(kinds)) for name, kinds in found.items() if len(kinds) == 1}
