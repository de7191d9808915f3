"""A manifest with a dozen different mistakes: each is located, each says its mend, and nothing is written."""

from __future__ import annotations

import re
from pathlib import Path

from .conftest import make_repository

TOKEN = "ghp_" + "a1B2" * 9
MISTAKES = f"""\
version: 1
defalts: {{timeout: 30s}}
integrations:
  - name: Bad_Name
    service: One
    requirements: {{base_url: "https://one.example"}}
  - name: two
    service: Two
    servise: Two
    requirements: {{base_url: "https://two.example"}}
  - name: three
    service: Three
    requirements:
      base_url: https://user:hunter2@three.example
  - name: four
    service: Four
    requirements:
      base_url: https://four.example
      headers: {{Authorization: "token {TOKEN}"}}
  - name: five
    service: Five
    spec: ../../etc/passwd
    requirements: {{base_url: "https://five.example"}}
  - name: six
    service: Six
    requirements:
      base_url: https://six.example
      endpoints:
        - method: GET
          path: /things
          parameters: {{state: strng}}
  - name: seven
    service: Seven
    requirements:
      base_url: https://seven.example
      endpoints:
        - method: FETCH
          path: /things
  - name: eight
    service: Eight
    requirements:
      base_url: https://eight.example
      rate_limit: 5000/fortnight
  - name: eight
    service: Eight again
    requirements: {{base_url: "https://eight.example"}}
  - name: class
    service: Nine
    requirements: {{base_url: "https://nine.example"}}
  - name: ten
    service: Ten
    type: apj
    requirements: {{base_url: "https://ten.example"}}
  - name: eleven
    service: Eleven
    service: Eleven twice
    requirements: {{base_url: "https://eleven.example"}}
  - name: twelve
    service: Twelve
    requirements:
      base_url: https://twelve.example
      endpoints:
        - GET /things
        - GET /things
"""
EXPECTED = {
    2: "defaults",
    4: "Bad_Name",
    9: "service",
    14: "password",
    19: "environment variable",
    22: "repository",
    31: "string",
    37: "FETCH",
    43: "fortnight",
    44: "eight",
    47: "class",
    52: "api",
    56: "service",
    64: "same operation",
}


def test_every_mistake_is_located_in_one_run_and_nothing_is_written(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", MISTAKES)
    before = repository.files()
    for command in ("plan", "generate", "check"):
        result = repository.run(command)
        assert result.code == 1
        found = dict[int, str]()
        for line, message in re.findall(r"^integrations\.yaml:(\d+):\d+  (.*)$", result.err, re.MULTILINE):
            found[int(line)] = found.get(int(line), "") + message
        missing = {n: words for n, words in EXPECTED.items() if words not in found.get(n, "")}
        assert not missing, result.err
        assert "hunter2" not in result.err
        assert TOKEN not in result.err
        assert "nothing was changed" in result.err
    assert repository.files() == before
    assert not (repository.root / "integrations/two").exists()


def test_problems_are_data_too(tmp_path: Path) -> None:
    result = make_repository(tmp_path / "repo", MISTAKES).run("plan", "--json")
    assert result.code == 1
    lines = {problem["line"] for problem in result.json["problems"]}
    assert lines >= EXPECTED.keys()
