"""llama.cpp's own server with a tiny model: a real provider, real grammars, and answers without any sense."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from benchmarks._llama import ServerFailed, healthy, serving

from . import llama

CHECKOUT = Path(__file__).resolve().parents[2]
STYLE = {
    "type": "object",
    "required": ["style", "again"],
    "additionalProperties": False,
    "properties": {"style": {"enum": ["cursor", "link"]}, "again": {"type": "boolean"}},
}


def asked(address: str, **more: Any) -> dict[str, Any]:
    """Ask the server over plain HTTP, as any client of OpenAI's interface would."""
    told = {"model": "tiny", "messages": [{"role": "user", "content": "Which style?"}], "temperature": 0}
    body = json.dumps({**told, "max_tokens": 200, **more}).encode()
    request = urllib.request.Request(
        f"{address}/chat/completions", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        said: dict[str, Any] = json.load(answer)
    return said


def test_a_schema_is_a_grammar_that_even_nonsense_keeps_to(tiny_model: str) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "style", "schema": STYLE}}
    said = asked(tiny_model, response_format=form)
    answer = json.loads(said["choices"][0]["message"]["content"])
    assert sorted(answer) == ["again", "style"]
    assert answer["style"] in ("cursor", "link")
    assert isinstance(answer["again"], bool)


def test_without_a_schema_it_says_printable_text_that_is_no_answer(tiny_model: str) -> None:
    said = asked(tiny_model)
    text = said["choices"][0]["message"]["content"]
    assert text.isprintable()
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


def test_the_server_counts_what_it_reads_and_says(tiny_model: str) -> None:
    said = asked(tiny_model, max_tokens=20)
    assert said["usage"]["completion_tokens"] == 20
    assert said["choices"][0]["finish_reason"] == "length"
    longer = asked(tiny_model, max_tokens=1, messages=[{"role": "user", "content": "Which style, please?"}])
    assert longer["usage"]["prompt_tokens"] == said["usage"]["prompt_tokens"] + len(", please")


def test_the_same_question_has_the_same_answer_whatever_was_asked_before(tiny_model: str) -> None:
    def text() -> str:
        content: str = asked(tiny_model)["choices"][0]["message"]["content"]
        return content

    first = text()
    asked(tiny_model, messages=[{"role": "user", "content": "Which style is it that" * 40}])
    assert text() == first


def test_the_model_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    one, two = (llama.write(tmp_path / name).read_bytes() for name in ("one.gguf", "two.gguf"))
    assert one == two
    assert len(one) < 150_000


def test_a_file_that_is_no_model_says_so(tmp_path: Path) -> None:
    (tmp_path / "no.gguf").write_bytes(b"no model")
    with pytest.raises(ServerFailed, match="did not start"), serving(tmp_path / "no.gguf", tmp_path / "log"):
        pytest.fail("it started")


def test_a_server_is_not_left_over_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    llama.write(tmp_path / "tiny.gguf")
    script = (
        "import os, pathlib, signal; from benchmarks._llama import serving\n"
        "with serving(pathlib.Path('tiny.gguf'), pathlib.Path('log')) as address:\n"
        "    print(address, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    address = done.stdout.strip().removesuffix("/v1")
    assert address.startswith("http://127.0.0.1:")
    deadline = time.monotonic() + 20
    while healthy(address) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not healthy(address)
