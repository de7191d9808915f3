"""An entry as its pattern reads it: plain JSON data with every key there and the defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.specs.pins import file_of

_BLANK: Mapping[str, Any] = {
    "name": "",
    "service": "",
    "description": "",
    "requirements": {},
    "environments": {},
    "spec": None,
    "methods": {},
    "owner": "",
    "tags": [],
    "budget_usd": None,
    "moved_from": None,
    "disabled": False,
}


def facts(
    written: Mapping[str, Any], schema: Mapping[str, Any], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a valid entry without its type: to declare what is detected changes nothing.

    *schema* is that of the pattern's requirements; *defaults* hold where it knows the key and the entry does
    not say otherwise.
    """
    known = schema.get("properties", {})
    requirements = dict(written.get("requirements") or {})
    for key, value in defaults.items():
        if key in known:
            requirements.setdefault(key, value)
    said = {key: value for key, value in written.items() if key in _BLANK}
    if "spec" in said:
        said["spec"] = file_of(said["spec"])  # where it was downloaded from changes nothing
    return {**_BLANK, **said, "requirements": requirements}
