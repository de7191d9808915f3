"""Prove an adapter without a network: a scripted service behind it, and a clock that never waits.

SECRETS = {"GITHUB_TOKEN": "token-for-tests"}

with ScriptedService.running(GitHubAdapter, AsyncGitHubAdapter, form, secrets=SECRETS) as github:
    github.replies(200, {"id": 1, "name": "hello-world"})
    repository = github.call(lambda adapter: adapter.get_repo("octocat", "hello-world"))
    github.sent("GET", "/repos/octocat/hello-world")
"""

from __future__ import annotations

from .._http.oneof import plain, typed
from ._clock import FakeClock
from ._requests import SeenRequest
from ._service import Form, ScriptedService
from ._table import error_table

__all__ = ["FakeClock", "Form", "ScriptedService", "SeenRequest", "error_table", "plain", "typed"]
