"""What a method of a MongoDB adapter is in words: summary, arguments, errors."""

from __future__ import annotations

from typing import Any

from generator.modelling.names import article, phrase

from .mongodb_facts import Method
from .mongodb_names import nouns


def summary(method: Method) -> str:
    """One line that says what it does."""
    one, many = (phrase(word) for word in nouns(method.collection.name))
    if method.told.get("summary"):
        return str(method.told["summary"])
    said = phrase(method.name)
    return {
        "insert": f"Insert {article(one)}.",
        "insert_many": f"Insert {many}, in one call.",
        "get": f"Fetch one {one} by its id, or None.",
        "replace": f"Replace the whole {one} that has this id, and say whether there was one.",
        "delete": f"Delete the {one} that has this id, and say whether there was one.",
        "write": f"Insert, replace and delete {many}, in one call.",
        "watch": f"Follow what happens to {many}.",
    }.get(method.kind, f"Count {many}." if said == f"count {many}" else f"{said[:1].upper()}{said[1:]}.")


def words(method: Method) -> dict[str, Any]:
    """Paragraphs, arguments and errors."""
    found: dict[str, Any] = {"paragraphs": [], "args": [], "returns": "", "yields": "", "raises": []}
    if method.kind == "insert":
        unique = any(index.get("unique") for index in method.collection.told.get("indexes", ()))
        text = "There is one with its id" + (", or with values that must be unique." if unique else ".")
        found["raises"] = [{"error": "ConflictError", "text": text}]
    if method.kind in ("write", "insert_many"):
        text = "Some writes were refused, `.failures` says which; the others were done."
        found["raises"] = [{"error": "PartlyWrittenError", "text": text}]
    if method.kind == "update":
        found["returns"] = "How many documents met the filter" + (
            ", or 1 for the inserted one." if method.told.get("upsert") else "."
        )
    if method.kind == "stream":
        found["paragraphs"] = ["A context manager: documents are fetched batch by batch as they are needed."]
        found["args"] = [{"name": "batch_size", "text": "Documents that are fetched at a time."}]
    if method.kind == "watch":
        found["paragraphs"] = [
            "A context manager: what changes from its first line on, through lost connections."
        ]
        found["args"] = [
            {"name": "resume_after", "text": "The token of an earlier change: begin with what came next."},
            {"name": "wait", "text": "Seconds without a change that end it; None never ends it."},
        ]
    return found
