"""Every snippet of the runtime's README runs, in order, and prints what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import integrations.runtime
from tests.runtime.loopback import Asked, Loopback, Part, reply

README = Path(integrations.runtime.__file__).with_name("README.md")
SNIPPETS = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


def widgets(asked: Asked) -> list[Part]:
    """The service that the README talks to."""
    if asked.target == "/widgets/404":
        return reply(404, b'{"message":"no such widget"}')
    if asked.target.startswith("/find/"):
        return reply(200, b'[{"id": 1, "name": "wheel"}, 7]')
    if asked.target == "/motto":
        return reply(200, b"We turn.", Content_Type="text/plain")
    if asked.target.startswith("/widgets?"):
        return reply(200, b'[{"id": 1, "name": "wheel"}, {"id": 2, "name": "axle"}]')
    return reply(200, b'{"id": 1, "name": "wheel"}')


def test_every_snippet_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("APP_API_KEY", "k3y-of-readme")
    with Loopback(widgets) as server:
        names: dict[str, Any] = {"WIDGETS_URL": server.url, "__name__": "readme"}
        for number, snippet in enumerate(SNIPPETS):
            exec(compile(snippet, f"README snippet {number}", "exec"), names)
    assert capsys.readouterr().out.splitlines() == [
        "wheel",
        "[1, 2]",
        "{'id': 1, 'name': 'wheel'}",
        "Widget(id=1, name='wheel') 7 {'id': 1, 'name': 'wheel'}",
        "We turn.",
        'Widgets get_widget: 404; the service said: {"message":"no such widget"}',
        "imported",
        "2 0.002 " + str(names["total"]["latency"]["p95"]),
        "***",
        "1.05 1.05",
        "Widgets import: TimeoutError: no answer",
        "True",
    ]
    targets = [asked.target for asked in server.asked]
    assert targets[1] == "/widgets?colour=red"
    assert "/find/1,2?filter[colour]=red" in targets


def test_the_readme_stays_short() -> None:
    assert len(README.read_text("utf-8").splitlines()) < 270
