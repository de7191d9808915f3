"""Each query as a constant and a typed method, and what documentation says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from generator.modelling.names import phrase
from generator.templating import py

from . import sql_text
from .sql_package import Model, Operation
from .sql_statement import statement
from .sql_types import Type, annotation, converter

CALLS = {"one": "_one", "many": "_many", "stream": "_stream", "exec": "_execute", "batch": "_batch"}
GIVES = {
    "one": "The row, or None where there is none.",
    "many": "Every row.",
    "stream": "A block (`with`) whose value yields the rows as they come.",
    "exec": "How many rows were affected.",
    "batch": "How many rows were affected.",
}
CONFLICT = {
    "error": "ConflictError",
    "text": "a constraint of the database forbids it; `.code` says which kind.",
}

NO_ROW = {"error": "UnexpectedResponseError", "text": "no row came back."}


def facts(operation: Operation, name: str, engine: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the skeleton prints of one query."""
    row, told = row_of(operation), operation.told
    text = statement(operation.analysis.text, engine, operation.analysis.parameters, operation.pythons)
    summary = (answers.get("summaries") or {}).get(name) or told.get("summary") or _summary(operation)
    writes = operation.analysis.kind in ("insert", "update", "delete")
    return {
        "key": operation.key,
        "name": name,
        "constant": name.upper(),
        "annotation": row,
        "statement": sql_text.literal(text, engine),
        "sql": sql_text.laid_out(operation.told["sql"], engine, 0),
        "sent": sql_text.laid_out(text, engine),
        "declaration": _declaration(operation, engine),
        "returns": operation.returns,
        "call": "_row" if operation.always else CALLS[operation.returns],
        "always": operation.always,
        "form_of": "streamed" if operation.returns == "stream" else "awaited",
        "signature": _signature(operation),
        "values": _bound(operation),
        "result": _result(operation, row),
        "writes": writes,
        "reads": reads(operation),
        "safe": reads(operation)
        or bool(told.get("repeatable"))
        or (told.get("replica") is False and operation.analysis.reads),
        "isolation": told.get("isolation"),
        "parameters": [
            {"name": operation.pythons[key], "type": annotation(kind)}
            for key, kind in operation.analysis.parameters.items()
        ],
        "columns": _columns(operation),
        "models": [model.name for model in (operation.row, operation.values) if isinstance(model, Model)],
        "doc": {
            "summary": _sentence(summary),
            "paragraphs": [],
            "args": [],
            "returns": _gives(operation),
            "yields": "",
            "raises": [*([CONFLICT] if writes else []), *([NO_ROW] if operation.always else [])],
        },
    }


def _gives(operation: Operation) -> str:
    if operation.always:
        return "The row." if isinstance(operation.row, Model) else "The value."
    if operation.returns == "one" and not isinstance(operation.row, Model):
        return "The value, or None where there is no row."
    return (
        "Every value."
        if operation.returns == "many" and isinstance(operation.row, Type)
        else GIVES[operation.returns]
    )


def reads(operation: Operation) -> bool:
    """May a replica answer it?"""
    return (
        operation.analysis.reads
        and operation.told.get("replica") is not False
        and operation.returns != "exec"
    )


def row_of(operation: Operation) -> str:
    """The type of one row."""
    if isinstance(operation.row, Model):
        return operation.row.name
    return annotation(operation.row) if isinstance(operation.row, Type) else "None"


def _result(operation: Operation, row: str) -> str:
    optional = row if "None" in row or row == "Any" else f"{row} | None"
    return {
        "one": row if operation.always else optional,
        "many": f"list[{row}]",
        "stream": f"AbstractContextManager[Iterator[{row}]]",
        "exec": "int",
        "batch": "int",
    }[operation.returns]


def _declaration(operation: Operation, engine: str) -> list[str]:
    """The keyword arguments of the constant."""
    kinds, told = operation.analysis.parameters, operation.told
    names = operation.pythons
    found = []
    if operation.row is not None:
        found.append(f"row={_row_type(operation.row)}")
    if reads(operation):
        found.append("reads=True")
    elif told.get("repeatable") or (operation.analysis.reads and operation.returns != "exec"):
        found.append("repeatable=True")
    if operation.returns == "batch":
        found.append(f"parameters={py(tuple(names.values()))}")
    if documents := tuple(
        names[name] for name, kind in kinds.items() if _is_document(operation, name, kind, engine)
    ):
        found.append(f"json={py(documents)}")
    if operation.returns == "batch" and operation.analysis.copies:
        found.append(f"copy={py((operation.analysis.table, tuple(operation.analysis.copies)))}")
    converters = tuple(converter(kind, engine) for kind in column_types(operation))
    if any(converters):
        found.append(f"convert={py(converters)}")
    if told.get("isolation"):
        found.append(f"isolation={py(told['isolation'])}")
    return found


def _row_type(row: Model | Type) -> str:
    if isinstance(row, Model):
        return row.name
    text = annotation(row, bare=True)
    return "str" if text.startswith("Literal") else "object" if text == "Any" else text


def _is_document(operation: Operation, name: str, kind: Type, engine: str) -> bool:
    """Is the value written as JSON: a document, or a list where an engine has no arrays?"""
    listed = name in operation.analysis.text.lists and engine in ("mysql", "sqlite")
    return kind.kind == "json" or listed


def column_types(operation: Operation) -> list[Type]:
    """The types of the columns of a row."""
    if isinstance(operation.row, Model):
        return [kind for _, _, kind, _ in operation.row.fields]
    return [operation.row] if isinstance(operation.row, Type) else []


def _columns(operation: Operation) -> list[dict[str, str]]:
    if isinstance(operation.row, Model):
        return [{"name": name, "type": annotation(kind)} for name, _, kind, _ in operation.row.fields]
    return [{"name": "value", "type": annotation(operation.row)}] if isinstance(operation.row, Type) else []


def _signature(operation: Operation) -> str:
    timeout = "timeout: float | None = None"
    if operation.returns == "batch":
        values = operation.values.name if operation.values else "Any"
        return f"self, rows: Iterable[{values}], *, {timeout}"
    plain, keyed = [], []
    for name, kind in operation.analysis.parameters.items():
        python = f"{operation.pythons[name]}: {_accepted(kind)}"
        if name in operation.analysis.defaults:
            keyed.append(f"{python} = None")
        else:
            plain.append(python)
    return ", ".join(["self", *plain, "*", *keyed, timeout])


def _accepted(kind: Type) -> str:
    """What an argument may be: of a list any sequence."""
    text = annotation(kind)
    return re.sub(r"\Alist\[", "Sequence[", text) if kind.kind == "array" else text


def _bound(operation: Operation) -> str:
    """The mapping of values that the method hands on."""
    if operation.returns == "batch":
        return "rows"
    kinds = operation.analysis.parameters
    pairs = [f'"{python}": {_handed(python, kinds[name])}' for name, python in operation.pythons.items()]
    return "{" + ", ".join(pairs) + "}" if pairs else ""


def _handed(python: str, kind: Type) -> str:
    if kind.kind != "array":
        return python
    return f"None if {python} is None else list({python})" if kind.nullable else f"list({python})"


def _summary(operation: Operation) -> str:
    words = phrase(operation.key)
    return f"{words[:1].upper()}{words[1:]}"


def _sentence(text: str) -> str:
    plain = " ".join(text.split())
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."


def imports(queries: Sequence[Mapping[str, Any]], models: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the modules import: the generated text decides."""
    said = " ".join(
        f"{q['signature']} {q['result']} {q['annotation']} {' '.join(q['declaration'])}" for q in queries
    )
    fields = " ".join(field["annotation"] for model in models for field in model["fields"])
    return {"adapter": _words(said), "models": _words(fields)}


def _words(text: str) -> list[str]:
    known = (
        "AbstractContextManager",
        "Any",
        "Decimal",
        "Iterable",
        "Iterator",
        "Literal",
        "Sequence",
        "UUID",
        "dt",
    )
    return [word for word in known if re.search(rf"\b{word}\b", text)]


def showcase(examples: Sequence[Mapping[str, Any]], instance: str) -> list[str]:
    """One call for the front page: of what only reads, the first."""
    if not examples:
        return [f'print({instance}.fetch("SELECT 1"))']
    first = min(examples, key=lambda example: not example["reads"])
    call = f"{instance}.{first['name']}({first['arguments']})"
    if first["returns"] == "stream":
        return [f"with {call} as rows:", "    print(sum(1 for _ in rows))"]
    return [f"print({call})"]
