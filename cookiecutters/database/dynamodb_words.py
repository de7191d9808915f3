"""What a method of a DynamoDB adapter is in words: summary, errors, what it returns."""

from __future__ import annotations

from typing import Any

from generator.modelling.names import article, phrase

from .dynamodb_facts import Method
from .mongodb_names import nouns


def summary(method: Method) -> str:
    """One line that says what it does."""
    one, many = (phrase(word) for word in nouns(method.table.name))
    return {
        "put": f"Store {article(one)}, and return it as it is stored.",
        "get": f"Fetch one {one} by its key, or None.",
        "update": f"Change attributes of one {one}, and return all of it; what is None is removed.",
        "delete": f"Delete one {one}, and say whether there was one.",
        "query": f"Find {many} of one {phrase(method.place['partition'])}, in the order of their sort key.",
        "scan": f"Walk through all {many}.",
        "get_many": f"Fetch {many} by their keys, in any order; keys that lead to none give none.",
        "write": f"Store and delete {many}, in as few requests as it takes, without conditions.",
    }.get(method.kind, f"Find {many} {phrase(method.index)}.")


def words(method: Method) -> dict[str, Any]:
    """Paragraphs, arguments and errors."""
    found: dict[str, Any] = {"paragraphs": [], "args": [], "returns": "", "raises": []}
    versioned = "version" in method.table.told
    if method.kind == "put":
        change = "It has another version than the stored one; or" if versioned else "`if_absent` is true and"
        found["raises"] = [{"error": "ConflictError", "text": f"{change} there is one with its key."}]
    if method.kind == "update":
        change = ", or it has another version than `if_version`" if versioned else ""
        found["raises"] = [{"error": "ConflictError", "text": f"There is none with this key{change}."}]
    if method.kind in ("write", "get_many"):
        text = "DynamoDB was too busy for all of it; `.left` is what was not done."
        found["raises"] = [{"error": "UnprocessedError", "text": text}]
    if method.kind in ("query", "index", "scan"):
        found["paragraphs"] = ["Pages are fetched as they are needed: iterate, and stop whenever you like."]
    return found
