"""Every snippet of the runtime's README runs, in order, and prints what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import integrations.runtime
from integrations.runtime.testing import server
from tests.runtime.loopback import Asked, Loopback, Part, reply

README = Path(integrations.runtime.__file__).with_name("README.md")
SNIPPETS = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
SERVED = re.compile(r'\bserver\("(\w+)"\)|\b([A-Z]+)_CONFIG\b')  # what only a server can answer

PRINTED = [
    "wheel",
    "[1, 2]",
    "{'id': 1, 'name': 'wheel'}",
    "Widget(id=1, name='wheel') 7 {'id': 1, 'name': 'wheel'}",
    "We turn.",
    "2 None",
    "29.50",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "40 1",
    "ship A",
    "ship B",
    "Consumed(processed=2, retried=1, dead_lettered=1, stopped_by='idle')",
    """b'{"order":"C","total":-1}' rejected: nothing was paid""",
    'Widgets get_widget: 404; the service said: {"message":"no such widget"}',
    "imported",
    "2 0.002 {p95}",
    "***",
    "1.05 1.05",
    "Widgets import: TimeoutError: no answer",
    "True",
]
PRINTED_AT = {
    "redis": ["Widget(id=1, name='wheel') 1 23"],
    "mongodb": ["[Widget(id=1, name='wheel')]"],
    "dynamodb": ["['hub']"],
    "postgresql": ["1", "no answer"],
}


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


def system_of(snippet: str) -> str:
    """Return the system whose server a snippet needs, or ""."""
    found = SERVED.search(snippet)
    return (found[1] or found[2]).lower() if found else ""


@dataclass(frozen=True)
class Ran:
    """What became of the snippets that need no server."""

    names: dict[str, Any]
    printed: list[str]
    targets: list[str]


def run(number: int, names: dict[str, Any]) -> None:
    exec(compile(SNIPPETS[number], f"README snippet {number}", "exec"), names)


@pytest.fixture(scope="module")
def ran() -> Iterator[Ran]:
    with pytest.MonkeyPatch.context() as patch, Loopback(widgets) as loopback:
        patch.setenv("APP_API_KEY", "k3y-of-readme")
        names: dict[str, Any] = {"WIDGETS_URL": loopback.url, "__name__": "readme"}
        with redirect_stdout(StringIO()) as printed:
            for number, snippet in enumerate(SNIPPETS):
                if not system_of(snippet):
                    run(number, names)
        targets = [asked.target for asked in loopback.asked]
        yield Ran(names, printed.getvalue().splitlines(), targets)


def test_every_snippet_that_needs_no_server_runs(ran: Ran) -> None:
    p95 = str(ran.names["total"]["latency"]["p95"])
    assert ran.printed == [line.replace("{p95}", p95) for line in PRINTED]
    assert ran.targets[1] == "/widgets?colour=red"
    assert "/find/1,2?filter[colour]=red" in ran.targets


def test_some_snippets_need_a_server() -> None:
    assert {system_of(snippet) for snippet in SNIPPETS} == {"", *PRINTED_AT}


def dynamodb(url: str, patch: pytest.MonkeyPatch) -> str:
    place = urlsplit(url)
    for name, value in (("ACCESS_KEY_ID", place.username), ("SECRET_ACCESS_KEY", place.password)):
        patch.setenv(f"AWS_{name}", value or "test")
    endpoint = f"{place.scheme}://{place.hostname}:{place.port}"
    return f"{{service: DynamoDB, region: us-east-1, endpoint_url: '{endpoint}', table_prefix: readme-}}"


def redis(url: str, patch: pytest.MonkeyPatch) -> str:
    return f"{{service: Redis, connection_string: '{url}'}}"


def mongodb(url: str, patch: pytest.MonkeyPatch) -> str:
    return f"{{service: MongoDB, connection_string: '{url}'}}"


CONFIGS: dict[str, Callable[[str, pytest.MonkeyPatch], str]] = {
    "dynamodb": dynamodb,
    "redis": redis,
    "mongodb": mongodb,
}


@pytest.mark.parametrize("system", sorted(PRINTED_AT))
def test_every_snippet_that_needs_a_server_runs_at_one(
    system: str, ran: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names, running = dict(ran.names), server(system)
    if system in CONFIGS:
        config = tmp_path / "config.yaml"
        config.write_text(CONFIGS[system](running.fresh("readme"), monkeypatch))
        names[f"{system.upper()}_CONFIG"] = config
    for number, snippet in enumerate(SNIPPETS):
        if system_of(snippet) == system:
            run(number, names)
    assert capsys.readouterr().out.splitlines() == PRINTED_AT[system]


def test_the_readme_stays_short() -> None:
    assert len(README.read_text("utf-8").splitlines()) < 660
