"""Run models the way a skeleton prints them, so that tests judge values and not facts."""

from __future__ import annotations

import types
from typing import Any

from generator.modelling.models import Models

HEAD = """
from __future__ import annotations
import datetime as dt
from typing import Any, Literal, TypeAlias
from msgspec import Struct, field
from integrations.runtime.http import OneOf
"""


def source(models: Models, extra: str = "") -> str:
    """The module that holds every model, with *extra* behind it."""
    facts = models.facts()
    lines = [HEAD]
    lines += [f"{a['name']}: TypeAlias = {a['annotation']}" for a in facts["literals"]]
    for struct in facts["structs"]:
        lines.append(f"class {struct['name']}(Struct, {struct['options']}):\n    {struct['doc']!r}")
        for field in struct["fields"]:
            default = f" = {field['default']}" if field["default"] else ""
            lines.append(f"    {field['name']}: {field['annotation']}{default}")
    for union in facts["unions"]:
        options = f"({', '.join(union['options'])},)"
        lines.append(f"class {union['name']}(OneOf):\n    {union['doc']!r}")
        if union["lazy"]:
            lines.append(
                f"    @classmethod\n    def options(cls) -> tuple[Any, ...]:\n        return {options}"
            )
        else:
            lines.append(f"    OPTIONS = {options}")
    lines += [f"{a['name']}: TypeAlias = {a['annotation']}" for a in facts["aliases"]]
    return "\n".join([*lines, extra])


def module(models: Models, extra: str = "") -> Any:
    """The same, imported."""
    made = types.ModuleType("printed_models")
    import sys

    sys.modules[made.__name__] = made
    exec(compile(source(models, extra), "<models>", "exec", dont_inherit=True), made.__dict__)
    return made
