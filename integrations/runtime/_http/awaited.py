"""The async forms of blocking methods: one source for both.

    class AsyncGitHubAdapter(AsyncHttpAdapter):
        get_repo = awaited(GitHubAdapter.get_repo)
        list_issues = iterated(GitHubAdapter.list_issues)
        download_tarball = downloaded(GitHubAdapter.download_tarball)

A generated method of a blocking adapter returns what `self._call`, `self._pages` or `self._download` gives.
Where `self` is an async adapter, that is what is to be awaited, iterated or entered. So arguments, types
defaults and documentation are those of the blocking method, to type checkers too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from .._forms import awaited as awaited
from .._forms import iterated as iterated
from .download import AsyncDownload, Download

P = ParamSpec("P")


def downloaded(
    method: Callable[Concatenate[Any, P], Download],
) -> Callable[Concatenate[Any, P], AsyncDownload]:
    """Return *method*, which downloads, for `async with`."""
    return cast("Callable[Concatenate[Any, P], AsyncDownload]", method)
