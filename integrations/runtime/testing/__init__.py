"""Prove an adapter without a network: a scripted service behind its injected transport, and a clock that never waits.

    with ScriptedService.running(GitHubAdapter, AsyncGitHubAdapter, form, secrets={"GITHUB_TOKEN": "t0ken-of-test"}) as github:
        github.replies(200, {"id": 1, "name": "hello-world"})
        repository = github.call(lambda adapter: adapter.get_repo("octocat", "hello-world"))
        github.sent("GET", "/repos/octocat/hello-world")
"""

from __future__ import annotations

from ._clock import FakeClock
from ._requests import SeenRequest
from ._service import ScriptedService
from ._table import error_table

__all__ = ["FakeClock", "ScriptedService", "SeenRequest", "error_table"]
