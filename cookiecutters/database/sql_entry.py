"""The one canonical form of an SQL entry: what is wrong becomes a complaint, never a crash.

    requirements: settings (see ``sql_settings``),
        schema: [path, …] | DDL
        queries: {name: {sql, returns?, summary?, parameters? {name: schema}, row?, nullable? [column],
                         isolation?, replica?, repeatable?, from? (path), line?, column?}}
        query_files: [path, …]

``returns`` is absent where nothing says it: the statement decides. Queries of a file carry ``from``.
"""

from __future__ import annotations

import fnmatch
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling.connection import mapping, prefix
from generator.modelling.names import snake
from generator.shapes import Complaint, to_schema
from generator.specs import sql

from .sql_settings import Settings, read_settings
from .sql_statement import DIALECTS
from .sql_types import database_shape

ENGINES = ("postgresql", "mysql", "sqlite", "duckdb")
RETURNS = ("one", "many", "stream", "exec", "batch")
KEYS = ("sql", "returns", "summary", "parameters", "row", "nullable", "isolation", "replica", "repeatable")
FOREIGN = ("database", "collections", "keys", "scripts", "region", "endpoint_url", "tables", "types")
# What adapters have already, and what their modules import or use.
TAKEN = frozenset(
    [
        "close",
        "aclose",
        "metrics",
        "from_config",
        "transaction",
        "run_in_transaction",
        "fetch",
        "healthcheck",
        "pool",
        "list",
        "dict",
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "dt",
        "self",
        "print",
        "main",
        "any",
        "tuple",
        "type",
        "id_",
        "timeout",
        "awaited",
        "streamed",
    ]
)
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_PATH = re.compile(r"[^\s]+\Z")
_RESERVED_PARAMETERS = frozenset({"self", "timeout", "rows"})


def engine_of(entry: Mapping[str, Any]) -> str:
    """The engine of an entry."""
    variant = str(entry.get("variant") or "postgresql")
    return variant if variant in ENGINES else "postgresql"


@dataclass(slots=True)
class Reading:
    """One entry being read."""

    engine: str
    files: Mapping[str, str]
    settings: Settings
    complaints: list[Complaint]

    def complain(self, message: str, *pointer: str | int) -> None:
        self.complaints.append(Complaint(("requirements", *pointer), message))


def read(entry: Mapping[str, Any]) -> tuple[dict[str, Any], list[Complaint]]:
    """The entry in canonical form, and everything in it that cannot be understood."""
    complaints: list[Complaint] = []
    engine, raw = engine_of(entry), mapping(entry.get("requirements"))
    settings, environments = read_settings(entry, engine, complaints)
    files = {path: text for path, text in mapping(entry.get("files")).items() if isinstance(text, str)}
    my = Reading(engine, files, Settings(prefix(entry), complaints, engine), complaints)
    for key in FOREIGN:
        if raw.get(key):
            my.complain(f"{engine} has no {key}. Write queries, or remove it.", key)
    schema = _schema(my, raw.get("schema"))
    queries, paths = _queries(my, raw.get("queries"))
    found = {**settings, "schema": schema, "queries": queries, "query_files": paths}
    kept = {key: value for key, value in found.items() if value}
    return {**entry, "requirements": kept, "environments": environments}, complaints


def stored(canonical: dict[str, Any]) -> dict[str, Any]:
    """What a lock keeps: digests of files, and the queries that the manifest itself holds."""
    import hashlib

    requirements = canonical["requirements"]
    own = {name: query for name, query in requirements.get("queries", {}).items() if "from" not in query}
    files = {
        path: hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        for path, text in mapping(canonical.get("files")).items()
    }
    rest = {key: value for key, value in requirements.items() if key != "queries"}
    kept = {**canonical, "requirements": {**rest, **({"queries": own} if own else {})}}
    return {**kept, "files": files} if files else kept


def _schema(my: Reading, told: Any) -> Any:
    """Paths of DDL, or the DDL itself."""
    if isinstance(told, str) and not _PATH.match(told.strip()):
        return told.strip() + "\n"
    found = [path for path, _ in _paths(my, told, "schema") if sql.goes_up(path)]
    return sorted(dict.fromkeys(found), key=sql.in_order)


def schema_texts(canonical: Mapping[str, Any]) -> dict[str, str]:
    """The DDL of an entry by its path ("" where the manifest holds it), in the order in which it runs."""
    told = canonical["requirements"].get("schema")
    if isinstance(told, str):
        return {"": told}
    files = mapping(canonical.get("files"))
    return {path: sql.upward(str(files[path])) for path in told or () if path in files}


def _paths(my: Reading, told: Any, key: str) -> Iterator[tuple[str, int | None]]:
    """The files that a path, a folder, a pattern or a list of these names."""
    for index, one in enumerate(told if isinstance(told, list) else [told]):
        if one is None:
            continue
        at = (key, index) if isinstance(told, list) else (key,)
        wanted = str(one).strip().removeprefix("./").rstrip("/")
        found = [path for path in sorted(my.files) if _named(wanted, path)]
        if not found:
            my.complain(f"there is no file {wanted[:80]!r} in the repository. Correct the path.", *at)
        for path in found:
            yield path, index if isinstance(told, list) else None


def _named(wanted: str, path: str) -> bool:
    inside = path.startswith(f"{wanted}/") and path.endswith(".sql")
    return (
        path == wanted
        or inside
        or fnmatch.fnmatchcase(path, wanted)
        or fnmatch.fnmatchcase(path, wanted.replace("**/", ""))
    )


def _queries(my: Reading, told: Any) -> tuple[dict[str, Any], list[str]]:
    if not isinstance(told, Mapping):
        paths = list(dict.fromkeys(path for path, _ in _paths(my, told, "queries")))
        return _annotated(my, paths), paths
    found: dict[str, Any] = {}
    for name, raw in told.items():
        query = _query(my, str(name), {"sql": raw} if isinstance(raw, str) else raw)
        if query is not None:
            found[str(name)] = query
    return found, []


def _query(my: Reading, name: str, raw: Any) -> dict[str, Any] | None:
    at = ("queries", name)
    check_name(my, name, *at)
    if not isinstance(raw, Mapping) or not isinstance(raw.get("sql"), str) or not raw["sql"].strip():
        my.complain('a query has its SQL. Write {sql: "SELECT …", returns: many}.', *at)
        return None
    for key in raw:
        if key not in KEYS:
            my.complain(f"a query has no {key!r}. Use {', '.join(KEYS)}.", *at, key)
    parts = sql.statements(raw["sql"], DIALECTS[my.engine])
    if len(parts) != 1:
        my.complain(f"this is {len(parts)} statements. Write one for each query.", *at, "sql")
        return None
    types = {
        str(key): to_schema(
            database_shape(shape), (), my.complaints, ("requirements", *at, "parameters", key)
        )
        for key, shape in mapping(raw.get("parameters")).items()
    }
    found = {
        "sql": parts[0].text,
        "returns": _returns(my, raw.get("returns"), *at, "returns"),
        "summary": " ".join(str(raw.get("summary") or "").split()),
        "parameters": types,
        "row": _row(my, raw.get("row"), *at, "row"),
        "nullable": [str(one) for one in _listed(raw.get("nullable"))],
        "isolation": my.settings.isolation(raw["isolation"], "requirements", *at, "isolation")
        if raw.get("isolation")
        else None,
        **{key: raw[key] for key in ("replica", "repeatable") if isinstance(raw.get(key), bool)},
    }
    return {key: value for key, value in found.items() if value not in (None, "", {}, [])}


def _returns(my: Reading, told: Any, *at: str | int) -> str | None:
    if told is None:
        return None
    word = sql.RETURNS.get(str(told).lower().lstrip(":"))
    if word is None:
        my.complain(f"{str(told)[:40]!r} is no way to run a query. Use {', '.join(RETURNS)}.", *at)
    return word


def _row(my: Reading, told: Any, *at: str | int) -> str | None:
    if told is None or (
        isinstance(told, str) and re.fullmatch(r"[A-Z][A-Za-z0-9]*", told) and not keyword.iskeyword(told)
    ):
        return told
    my.complain(f"{str(told)[:40]!r} cannot name a type. Write row: OrderTotal.", *at)
    return None


def check_name(my: Reading, name: str, *at: str | int, where: str = "") -> bool:
    """Can a method have the name?"""
    plain = snake(name)
    good = _NAME.match(plain) and not keyword.iskeyword(plain) and plain not in TAKEN
    if not _NAME.match(name) or keyword.iskeyword(name):
        mend = f"Write {plain!r}." if good else "Write 'get_order'."
        my.complain(f"{where}{name[:60]!r} is not a method's name. {mend}", *at)
        return False
    if name in TAKEN:
        my.complain(f"{where}every adapter has {name!r} itself. Add the thing: '{name}_orders'.", *at)
        return False
    return True


def _annotated(my: Reading, paths: list[str]) -> dict[str, Any]:
    """The queries of annotated files."""
    found: dict[str, Any] = {}
    for path in paths:
        text = my.files[path]
        queries = sql.annotated(text, DIALECTS[my.engine])
        if not queries:
            my.complain(
                f"{path}:1:1 no query is annotated here. Write `-- name: get_order :one` above each.",
                "queries",
            )
        for one in queries:
            where = f"{path}:{':'.join(map(str, sql.place(text, one.offset)))} "
            if one.name in found:
                my.complain(
                    f"{where}{one.name!r} is a query of {found[one.name]['from']} too. Change one.",
                    "queries",
                )
                continue
            query = _of_file(my, path, one, where)
            if query is not None:
                found[one.name] = query
    return found


def _of_file(my: Reading, path: str, one: sql.Annotated, where: str) -> dict[str, Any] | None:
    if not check_name(my, one.name, "queries", where=where):
        return None
    if len(one.statements) != 1:
        my.complain(
            f"{where}{one.name!r} is {len(one.statements)} statements. Write one below each name.", "queries"
        )
        return None
    kind = sql.RETURNS.get(one.kind.lower()) if one.kind else None
    if one.kind and kind is None:
        my.complain(
            f"{where}':{one.kind[:40]}' is no way to run a query. Use :one, :many, :stream, :exec or :batch.",
            "queries",
        )
    body = one.statements[0]
    line, column = sql.place(my.files[path], body.offset)
    told = {
        "sql": body.text,
        "returns": kind,
        "summary": one.summary,
        "from": path,
        "line": line,
        "column": column,
    }
    return {key: value for key, value in told.items() if value}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
