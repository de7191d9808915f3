"""A repository whose open questions a scripted provider answers, with prices, a budget and a key."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import commands
from tests.models.scripted import BLANK, Body, Said, Scripted, prompt, say, scripted

from .conftest import CHECKOUT, PETS, Repository, Result, make_repository

KEY, SECRET = "ACME_LLM_KEY", "key-of-acme-0123456789"
PROVIDER = "acme: {{base_url: '{url}', model: small, strong: large, secret: ACME_LLM_KEY, {prices}}}"
PRICES = "input_usd: 0.5, output_usd: 2.0"
_PROMPTS = CHECKOUT / "cookiecutters" / "api" / "prompts"
OPENINGS = {path.stem: path.read_text().splitlines()[0] for path in sorted(_PROMPTS.glob("*.md"))}

GOOD: Mapping[str, Any] = {
    "summaries": {"GET /pets/{pet_id}": "Fetch the pet that has this number."},
    "naming": {"GET /pets/{pet_id}": "fetch_pet"},
    "overview": {"overview": "Reads single pets and creates new ones."},
    "examples": {"name": "Minka", "tag": "cat"},
    "errors": {"GET /pets/{pet_id} 404": "No pet has this number."},
}
ALSO: Mapping[str, Any] = {
    "summaries": {"GET /now": "Fetch the weather of a city as it is now."},
    "overview": {"overview": "Reads the weather of a city."},
}


def subtask(body: Body) -> str:
    """Return which question a request asks, by the prompt that it holds."""
    text = prompt(body)
    return next((name for name, line in OPENINGS.items() if line in text), "")


def about_pets(body: Body) -> bool:
    """Whether a request is about the entry that these answers fit."""
    return "/pets" in prompt(body) or "Pets" in prompt(body)


def answers(good: Mapping[str, Any] = GOOD) -> Callable[[Body], Said]:
    """Return a script that gives the pets' questions these answers, and says nothing to any other."""

    def script(body: Body) -> Said:
        said = good if about_pets(body) else ALSO
        name = subtask(body)
        return say(said[name]) if name in said else BLANK

    return script


@dataclass(frozen=True)
class Modelled:
    """The repository, the provider, and the command in this very process."""

    repository: Repository
    server: Scripted

    @property
    def root(self) -> Path:
        """Return the repository's folder."""
        return self.repository.root

    def run(self, *arguments: str) -> Result:
        """Run ``jackfield`` to its end."""
        return run(self.root, *arguments)

    def lock(self, module: str = "pets") -> dict[str, Any]:
        """Return a package's lock as JSON."""
        told: dict[str, Any] = json.loads(
            (self.root / "integrations" / module / "metadata.json").read_bytes()
        )
        return told

    def given(self, name: str, module: str = "pets") -> dict[str, Any]:
        """Return a recorded answer as JSON."""
        place = self.root / "integrations" / module / "answers" / f"{name}.json"
        told: dict[str, Any] = json.loads(place.read_bytes())
        return told


def run(root: Path, *arguments: str) -> Result:
    """Run ``jackfield`` in this process: litellm is imported once for all tests."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = commands.run(["-C", str(root), *arguments])
    return Result(code, out.getvalue(), err.getvalue())


def manifest(url: str, *, more: str = "", prices: str = PRICES, text: str = PETS) -> str:
    """Return PETS with a provider behind *url* that answers."""
    head = f"version: 1\ndefaults:\n  answers: model\n  provider: acme\n{more}  providers:\n    "
    return text.replace("version: 1\n", head + PROVIDER.format(url=url, prices=prices) + "\n")


@contextlib.contextmanager
def modelled(
    folder: Path, script: Callable[[Body], Said] | list[Said] | None = None, **changes: str
) -> Iterator[Modelled]:
    """Lay a repository and serve its provider."""
    with scripted(script or answers()) as server:
        yield Modelled(make_repository(folder, manifest(server.url, **changes)), server)
