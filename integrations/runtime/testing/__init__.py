"""Prove an adapter without a network: a scripted service behind it, and a clock that never waits.

SECRETS = {"GITHUB_TOKEN": "token-for-tests"}

with ScriptedService.running(GitHubAdapter, AsyncGitHubAdapter, form, secrets=SECRETS) as github:
    github.replies(200, {"id": 1, "name": "hello-world"})
    repository = github.call(lambda adapter: adapter.get_repo("octocat", "hello-world"))
    github.sent("GET", "/repos/octocat/hello-world")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..lazy import lazily

if TYPE_CHECKING:
    from .._http.oneof import plain as plain
    from .._http.oneof import typed as typed
    from ._broker import MemoryBroker as MemoryBroker
    from ._broker import ScriptedBroker as ScriptedBroker
    from ._clock import FakeClock as FakeClock
    from ._database import ScriptedDatabase as ScriptedDatabase
    from ._database_codes import error_codes as error_codes
    from ._dynamodb import ScriptedDynamo as ScriptedDynamo
    from ._dynamodb import running_dynamo as running_dynamo
    from ._live_queue import LiveQueue as LiveQueue
    from ._mongodb import RunningMongo as RunningMongo
    from ._mongodb import ScriptedMongo as ScriptedMongo
    from ._proxy import FaultProxy as FaultProxy
    from ._redis import ANYTHING as ANYTHING
    from ._redis import OK as OK
    from ._redis import Fields as Fields
    from ._redis import RunningRedis as RunningRedis
    from ._redis import ScriptedRedis as ScriptedRedis
    from ._requests import SeenRequest as SeenRequest
    from ._running import Form as Form
    from ._script import Script as Script
    from ._service import ScriptedService as ScriptedService
    from ._table import error_table as error_table
    from .servers import Server as Server
    from .servers import server as server

_HOMES = {
    "_broker": "MemoryBroker ScriptedBroker",
    "_clock": "FakeClock",
    "_database": "ScriptedDatabase",
    "_database_codes": "error_codes",
    "_dynamodb": "ScriptedDynamo running_dynamo",
    "_mongodb": "RunningMongo ScriptedMongo",
    "_live_queue": "LiveQueue",
    "_proxy": "FaultProxy",
    "_redis": "ANYTHING OK Fields RunningRedis ScriptedRedis",
    "_requests": "SeenRequest",
    "_running": "Form",
    "_script": "Script",
    "._http.oneof": "plain typed",
    "_service": "ScriptedService",
    "_table": "error_table",
    "servers": "Server server",
}

__all__ = [
    "ANYTHING",
    "OK",
    "FakeClock",
    "FaultProxy",
    "Fields",
    "Form",
    "LiveQueue",
    "MemoryBroker",
    "RunningMongo",
    "RunningRedis",
    "Script",
    "ScriptedBroker",
    "ScriptedDatabase",
    "ScriptedDynamo",
    "ScriptedMongo",
    "ScriptedRedis",
    "ScriptedService",
    "SeenRequest",
    "Server",
    "error_codes",
    "error_table",
    "plain",
    "running_dynamo",
    "server",
    "typed",
]


def __getattr__(name: str) -> Any:
    return lazily(__name__, name, _HOMES)
