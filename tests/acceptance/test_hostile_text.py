"""Hostile text in every free field of a manifest stays text: it is rendered, judged and never run."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from .conftest import make_repository

HOSTILE = {
    "docstring": 'x""" + __import__("os").system("touch MARK") + """',
    "backslash": "ends with a backslash \\",
    "quotes": "'''\"\"\"'\"",
    "jinja": "{{ 7 * 7 }} {% include '/etc/passwd' %} {# gone #}",
    "newlines": 'one\n\nimport os\nos.system("touch MARK")\n    indented\ttab',
    "fstring": "{__import__('os').system('touch MARK')} %s %(x)s ${HOME}",
    "directives": "# type: ignore # noqa # pragma: no cover # fmt: off",
    "markdown": "</details><script>alert(1)</script> | `x` [a](javascript:b) ![i](http://x)",
    "yaml": "a: [b, *c, !!python/object:os.system {}]\n--- # end",
}


def _entry(name: str, text: str) -> dict[str, Any]:
    return {
        "name": name,
        "service": text,
        "description": text,
        "owner": text,
        "tags": [text],
        "requirements": {
            "base_url": "https://odd.example",
            "auth_type": "bearer",
            "headers": {"X-Note": "plain"},
            "endpoints": [
                {
                    "method": "POST",
                    "path": "/things/{thing_id}",
                    "name": "make_thing",
                    "summary": text,
                    "description": text,
                    "parameters": {
                        "filter": {"type": "string", "description": text, "default": text},
                        "kind": {"enum": [text, "plain"], "description": text, "required": False},
                    },
                    "body": {"note": {"type": "string", "description": text}, "odd field": "string?"},
                    "returns": "Thing",
                    "errors": {409: text},
                }
            ],
            "types": {
                "Thing": {"type": "object", "description": text, "properties": {"id": {"type": "integer"}}}
            },
        },
    }


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    mark = str(tmp_path / "ran")
    entries = [_entry(kind, text.replace("MARK", mark)) for kind, text in HOSTILE.items()]
    manifest = json.dumps({"version": 1, "integrations": entries}, ensure_ascii=True)
    repository = make_repository(tmp_path / "repo", manifest)
    result = repository.run("generate")
    assert result.code == 0, result.out + result.err
    assert not Path(mark).exists()
    sources = {path: data for path, data in repository.files().items() if path.endswith(".py")}
    imported = {
        alias.name
        for data in sources.values()
        for node in ast.walk(ast.parse(data))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert "os" not in imported
    assert repository.run("check", "--rebuild").code == 0
