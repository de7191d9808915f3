"""From a document to an entry: proposed, shown, and written where it belongs, with every other byte kept."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.proposal.insertion import with_entry
from generator.proposal.lines import entry_lines, scalar
from generator.reading.fmt import format_text
from generator.reading.yaml_recover import parse
from generator.specs import openapi
from generator.specs.source import Source

from .conftest import Repository, Result, make_repository
from .proposals import document, jackfield, lay, operation, serving

MANIFEST = """\
# yaml-language-server: $schema=schema/integrations.schema.json
version: 1
defaults:
  timeout: 20s # patient

# all that we use
integrations:
  # the first
  - name: beta # b
    service: "Beta"
    requirements:
      base_url: https://beta.example
      endpoints: [GET /x]
      # inside beta

  # about gamma
  - name: gamma
    service: Gamma
    requirements: {base_url: 'https://gamma.example', endpoints: [GET /y]}

# the end
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repo", MANIFEST).root


def written(root: Path, *arguments: str, spec: Any = None) -> dict[str, Any]:
    """The entry that ``add acme --yes`` leaves in the manifest."""
    place = lay(root.parent / "downloads", document() if spec is None else spec)
    result = jackfield(root, "add", "acme", "--spec", place, "--yes", *arguments)
    assert result.code == 0, result.out + result.err
    return entry(root)


def entry(root: Path, name: str = "acme") -> dict[str, Any]:
    parsed = parse((root / "integrations.yaml").read_text(), "m")
    assert not parsed.problems
    found: dict[str, Any] = next(e for e in parsed.entries if e["name"] == name)
    return found


def proposed(root: Path, spec: Any, *arguments: str) -> dict[str, Any]:
    """What ``add acme --json`` proposes."""
    result = jackfield(root, "add", "acme", "--spec", lay(root.parent, spec), "--json", *arguments)
    assert result.code == 2, result.err
    found: dict[str, Any] = result.json
    return found


def requirements(root: Path, spec: Any) -> dict[str, Any]:
    found: dict[str, Any] = proposed(root, spec)["entry"].get("requirements", {})
    return found


def files(root: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in root.rglob("*") if p.is_file() and ".jackfield" not in p.parts}


def test_without_a_terminal_it_shows_the_entry_and_writes_nothing(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", MANIFEST)
    before = files(repository.root)
    result = repository.run("add", "acme", "--spec", lay(tmp_path, document()))
    assert result.code == 2
    assert "acme · Acme Orders · OpenAPI 3.1.0 · 5 operations, all chosen" in result.out
    assert "orders    3           3" in result.out
    assert "+  - name: acme" in result.out
    assert "+ specs/acme.json" in result.out
    assert "Nothing was written" in result.out
    assert files(repository.root) == before


def test_the_written_entry_loads_plans_and_generates(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", MANIFEST)
    assert repository.run("add", "acme", "--spec", lay(tmp_path, document()), "--yes").code == 0
    plan = repository.run("plan")
    assert plan.code == 2, plan.err
    assert "+ acme" in plan.out
    repository.generate("acme")
    assert "def list_orders" in (repository.root / "integrations/acme/acme_adapter.py").read_text()


def test_a_dry_run_writes_nothing_even_with_yes(root: Path) -> None:
    before = files(root)
    place = lay(root.parent, document())
    assert jackfield(root, "add", "acme", "--spec", place, "--dry-run", "--yes").code == 2
    assert files(root) == before


@pytest.mark.parametrize(
    ("name", "above"), [("alpha", "# the first"), ("delta", "# about gamma"), ("zeta", "# the end")]
)
def test_an_entry_goes_where_fmt_wants_it_and_no_comment_changes_hands(
    root: Path, name: str, above: str
) -> None:
    result = jackfield(root, "add", name, "--spec", lay(root.parent, document()), "--yes")
    assert result.code == 0, result.err
    after = (root / "integrations.yaml").read_text()
    assert format_text(after) == after
    lines = after.splitlines()
    mine = lines.index(f"  - name: {name}")
    rest = lines[mine:]
    assert rest.index("") < next(i for i, line in enumerate(rest) if line.strip() == above)
    old = MANIFEST.splitlines()
    assert [line for line in lines if line.strip() and line in old] == [line for line in old if line.strip()]
    assert len(lines) - len(old) == len(entry_lines(entry(root, name))) + 1


def shifted(text: str, move: Callable[[str], str]) -> str:
    """The manifest with the lines of its list moved."""
    head, key, tail = text.partition("integrations:\n")
    return head + key + "\n".join(map(move, tail.split("\n")))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.removesuffix("\n# the end\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("# the end", "fail_under: 80"),
        lambda text: text.replace("name: beta", "name: zulu"),
        lambda text: shifted(text, lambda line: line.removeprefix("  ")),
        lambda text: shifted(text, lambda line: f"    {line}" if line.startswith(" ") else line),
    ],
    ids=["crlf", "bom", "no comment", "no line end", "key behind", "unsorted", "flush", "far right"],
)
def test_whatever_form_a_manifest_has_its_bytes_stay(root: Path, change: Callable[[str], str]) -> None:
    path = root / "integrations.yaml"
    before = change(MANIFEST).encode()
    path.write_bytes(before)
    result = jackfield(root, "add", "delta", "--spec", lay(root.parent, document()), "--yes")
    assert result.code == 0, result.err
    rest = iter(path.read_bytes().splitlines(keepends=True))
    lost = [
        line for line in before.splitlines(keepends=True) if line not in rest and line.rstrip() not in rest
    ]
    assert len(lost) <= 1, lost
    assert entry(root, "delta")["service"] == "Acme Orders"
    assert jackfield(root, "plan").code == 2


@pytest.mark.parametrize("empty", ["integrations: [] # none yet", "integrations: []", "integrations:   [ ]"])
def test_the_first_entry_opens_an_empty_list(root: Path, empty: str) -> None:
    (root / "integrations.yaml").write_text(f"version: 1\n{empty}\nfail_under: 80\n")
    assert written(root)["service"] == "Acme Orders"
    text = (root / "integrations.yaml").read_text()
    assert text.endswith("fail_under: 80\n")
    assert ("# none yet" in text) == ("# none yet" in empty)


def test_a_list_on_one_line_is_left_to_a_person(root: Path) -> None:
    one = "version: 1\nintegrations: [{name: b, service: GitHub, requirements: {endpoints: [GET /x]}}]\n"
    (root / "integrations.yaml").write_text(one)
    result = jackfield(root, "add", "acme", "--spec", lay(root.parent, document()), "--yes")
    assert result.code == 1
    assert "on lines of its own" in result.err
    assert (root / "integrations.yaml").read_text() == one
    assert not (root / "specs").exists()


def test_a_repository_without_a_manifest_gets_one_like_init_lays_it(tmp_path: Path) -> None:
    home = tmp_path / "fresh"
    home.mkdir()
    result = jackfield(home, "add", "acme", "--spec", lay(tmp_path, document()), "--yes")
    assert result.code == 0, result.err
    text = (home / "integrations.yaml").read_text()
    assert text.startswith("# yaml-language-server:")
    assert "httpbin" not in text
    assert format_text(text) == text
    assert (home / "integrations/runtime/__init__.py").is_file()
    assert jackfield(home, "plan").code == 2


def test_a_document_in_the_repository_is_used_where_it_is(root: Path) -> None:
    lay(root / "docs", document(), "orders.json")
    assert jackfield(root, "add", "acme", "--spec", "docs/orders.json", "--yes").code == 0
    assert entry(root)["spec"] == "docs/orders.json"
    assert not (root / "specs").exists()


def test_a_document_from_elsewhere_is_copied_byte_for_byte(root: Path) -> None:
    place = Path(
        lay(root.parent, "# mine\nopenapi: 3.0.0\ninfo: {title: T One}\npaths: {/x: {get: {}}}\n", "a.yml")
    )
    assert jackfield(root, "add", "acme", "--spec", str(place), "--yes").code == 0
    assert entry(root)["spec"] == "specs/acme.yaml"
    assert (root / "specs/acme.yaml").read_bytes() == place.read_bytes()


SPLIT = document(paths={"/a": {"get": {"responses": {"200": {"$ref": "parts/ok.json"}}}}})
PART = {"description": "ok", "content": {"application/json": {"schema": {"$ref": "deep/thing.json#/Thing"}}}}
THING = {"Thing": {"type": "object", "properties": {"more": {"$ref": "../../main.json#/info"}}}}


def test_a_document_of_several_files_keeps_its_folder(root: Path) -> None:
    there = root.parent / "split"
    lay(there, SPLIT, "main.json")
    lay(there, PART, "parts/ok.json")
    lay(there, THING, "parts/deep/thing.json")
    lay(there, "secret", "parts/other.json")
    assert jackfield(root, "add", "acme", "--spec", str(there / "main.json"), "--yes").code == 0
    assert entry(root)["spec"] == "specs/acme/main.json"
    copied = {
        p.relative_to(root / "specs/acme").as_posix() for p in (root / "specs").rglob("*") if p.is_file()
    }
    assert copied == {"main.json", "main.json.sha256", "parts/ok.json", "parts/deep/thing.json"}


def test_tags_and_globs_narrow_and_are_written_as_the_document_spells_them(root: Path) -> None:
    found = written(root, "--tag", "ORDERS", "--exclude", "POST *")
    assert found["requirements"] == {"tags": ["orders"], "exclude": ["POST *"]}


def test_the_table_says_what_is_chosen(root: Path) -> None:
    found = proposed(root, document(), "--include", "GET /orders*")
    assert found["operations"] == 5
    assert found["chosen"] == ["GET /orders", "GET /orders/{id}"]
    assert {row["tag"]: row["chosen"] for row in found["tags"]} == {
        "orders": 2,
        "users": 0,
        "people": 0,
        "": 0,
    }


def test_a_tag_that_the_document_does_not_have_is_told_with_the_nearest(root: Path) -> None:
    result = jackfield(root, "add", "acme", "--spec", lay(root.parent, document()), "--tag", "order")
    assert result.code == 1
    assert "Did you mean 'orders'?" in result.err


@pytest.mark.parametrize(
    ("title", "service"),
    [
        ("Acme Orders API - OpenAPI 3.1", "Acme Orders"),
        ("Swagger Petstore", "Swagger Petstore"),
        ("Discord HTTP API (Preview)", "Discord"),
        ("API", "API"),
        ("", "Acme"),
        ("line\none: 'x' #\x1b[31m", "line one: 'x' #[31m"),
    ],
)
def test_the_service_is_the_title_without_its_technicalities(root: Path, title: str, service: str) -> None:
    found = written(root, spec=document(info={"title": title, "description": "Takes it. Fast."}))
    assert found["service"] == service
    assert found["description"] == "Takes it."


def test_the_service_can_be_named(root: Path) -> None:
    assert written(root, "--service", "Orders of Acme")["service"] == "Orders of Acme"


HOSTILE = [
    "{{ 7*7 }}",
    "a: b # c",
    "'\"",
    "- x",
    "yes",
    "*x",
    "&x",
    "!!python/object:x",
    "]",
    "é\u2028z",
    "1e3",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_document_says_stays_text(root: Path, text: str) -> None:
    info = {"title": f"Acme {text}", "description": f"About {text} it."}
    spec = document(info=info, paths={"/x": {"get": operation(text)}})
    found = written(root, "--tag", text, spec=spec)
    assert found["requirements"]["tags"] == [text]
    assert set(found) <= {"name", "service", "type", "description", "spec", "requirements"}
    assert jackfield(root, "plan").code == 2


@given(
    st.text() | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
)
@settings(max_examples=300, deadline=None)
def test_a_scalar_is_read_back_as_it_is(value: Any) -> None:
    line = scalar(value)
    assert "\n" not in line
    parsed = parse(f"k: {line}\n", "m")
    assert parsed.data["k"] == value or parsed.problems


NAMES = st.lists(st.from_regex(r"[a-z]{1,3}", fullmatch=True), min_size=1, max_size=6, unique=True)
COMMENTS = st.sampled_from(["", "  # about it\n", "\n  # apart\n\n", "      # deep\n", "# flush\n"])


@given(
    names=NAMES,
    comments=st.lists(COMMENTS, min_size=6, max_size=6),
    name=st.from_regex(r"[a-z]{4}", fullmatch=True),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_in_any_formatted_manifest_the_new_lines_are_all_that_changes(
    names: list[str], comments: list[str], name: str
) -> None:
    items = "".join(f"{c}  - name: {n}\n    service: S\n" for n, c in zip(names, comments, strict=False))
    text = format_text(f"version: 1\nintegrations:\n{items}")
    lines = entry_lines({"name": name, "service": "New", "spec": {"file": "a", "url": "b", "sha256": "c"}})
    after = with_entry(text, parse(text, "m").entries, name, lines)
    assert format_text(after) == after
    kept = after.split("\n")
    start = next(i for i in range(len(kept)) if kept[i : i + len(lines)] == lines)
    without = kept[:start] + kept[start + len(lines) :]
    assert [line for line in without if line] == [line for line in text.split("\n") if line]


def test_a_document_without_a_server_leaves_the_base_url_to_a_variable(root: Path) -> None:
    found = proposed(root, document(servers=[]))
    assert found["entry"]["requirements"]["base_url"] == "${ACME_BASE_URL}"
    assert any("set ACME_BASE_URL" in note for note in found["notes"])


def test_a_server_with_an_open_part_is_left_to_a_variable(root: Path) -> None:
    spec = document(servers=[{"url": "https://{tenant}.acme.example"}])
    assert requirements(root, spec)["base_url"] == "${ACME_BASE_URL}"


def test_a_server_that_the_document_says_is_not_written_again(root: Path) -> None:
    assert "base_url" not in requirements(root, document())


SERVERS = [
    {"url": "https://sandbox.acme.example", "description": "For trying things out"},
    {"url": "https://api.acme.example", "description": "Production"},
    {"url": "https://eu.acme.example", "description": "Europe"},
    {"url": "http://api.acme.example"},
    {"url": "http://localhost:8080"},
    {
        "url": "https://{region}.acme.example",
        "variables": {"region": {"default": "us1", "enum": ["us1", "us2"]}},
    },
]


def test_further_servers_become_environments_and_production_is_the_usual_one(root: Path) -> None:
    schemes = {"securitySchemes": {"t": {"type": "http", "scheme": "bearer"}}}
    found = written(root, spec=document(servers=SERVERS, components=schemes, security=[{"t": []}]))
    assert found["requirements"] == {"base_url": "https://api.acme.example"}
    assert found["environments"] == {
        "sandbox": {"base_url": "https://sandbox.acme.example", "secret": "ACME_SANDBOX_TOKEN"},
        "europe": {"base_url": "https://eu.acme.example"},
        "local": {"base_url": "http://localhost:8080"},
        "us1": {"base_url": "https://us1.acme.example"},
        "us2": {"base_url": "https://us2.acme.example"},
    }


def test_many_servers_become_a_dozen_environments_at_most(root: Path) -> None:
    servers = [{"url": f"https://h{n}.acme.example"} for n in range(100)]
    assert len(written(root, spec=document(servers=servers))["environments"]) == 12


BEARER = {"type": "bearer", "secret": "ACME_TOKEN"}


def header(name: str) -> dict[str, Any]:
    parameter = {"name": name, "in": "header", "schema": {"type": "string"}}
    return document(paths={"/x": {"get": operation(parameters=[parameter])}})


@pytest.mark.parametrize(
    ("more", "auth"),
    [
        ({"components": {"securitySchemes": {"t": {"type": "http", "scheme": "bearer"}}}}, BEARER),
        (
            {"components": {"securitySchemes": {"t": {"type": "http", "scheme": "basic"}}}},
            {"type": "basic", "username_secret": "ACME_USERNAME", "password_secret": "ACME_PASSWORD"},
        ),
        (header("Authorization"), BEARER),
        (
            header("X-Api-Key"),
            {"type": "api_key", "secret": "ACME_API_KEY", "name": "X-Api-Key", "in": "header"},
        ),
        ({}, None),
    ],
)
def test_auth_is_written_where_the_document_shows_it_without_saying_it(
    root: Path, more: Any, auth: Any
) -> None:
    assert written(root, spec=document(**more)).get("requirements", {}).get("auth") == auth


def test_auth_that_the_document_says_is_not_written_and_its_variable_is_told(root: Path) -> None:
    schemes = {"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "X-Key"}}}
    found = proposed(root, document(components=schemes, security=[{"k": []}]))
    assert "requirements" not in found["entry"]
    assert found["secrets"] == ["ACME_API_KEY"]


def test_a_way_to_sign_in_that_is_not_built_is_told(root: Path) -> None:
    schemes = {"securitySchemes": {"mtls": {"type": "mutualTLS"}}}
    found = proposed(root, document(components=schemes, security=[{"mtls": []}]))
    assert any("mtls is not built" in note for note in found["notes"])


@pytest.mark.parametrize("place", ["title", "description"])
def test_what_looks_like_a_credential_never_reaches_the_manifest(root: Path, place: str) -> None:
    token = "ghp_" + "a1B2" * 9
    found = written(
        root, spec=document(info={"title": "Acme", "description": "Fine text.", place: f"Use {token}."})
    )
    assert token not in json.dumps(found)
    assert token not in (root / "integrations.yaml").read_text()


def limit_header(**schema: Any) -> dict[str, Any]:
    told = {
        "X-RateLimit-Limit": {"description": "Requests per hour.", "schema": {"type": "integer", **schema}}
    }
    return document(paths={"/x": {"get": {"responses": {"200": {"description": "ok", "headers": told}}}}})


@pytest.mark.parametrize(
    ("spec", "limit"),
    [
        (document(**{"x-ratelimit": "100 requests per minute"}), "100/minute"),
        (document(**{"x-rate-limit": {"limit": 5000, "period": "hour"}}), "5000/hour"),
        (document(**{"x-ratelimit-limit": {"requests": 10, "window": 1}}), "10/second"),
        (document(**{"x-ratelimit": "as you like"}), None),
        (document(**{"x-ratelimit": [100]}), None),
    ],
)
def test_a_limit_in_figures_is_taken(root: Path, spec: Any, limit: str | None) -> None:
    assert requirements(root, spec).get("rate_limit") == limit


def test_headers_that_count_calls_without_a_figure_are_told(root: Path) -> None:
    found = proposed(root, limit_header())
    assert "rate_limit" not in found["entry"].get("requirements", {})
    assert any("answers count the calls" in note for note in found["notes"])


def refused(root: Path, *arguments: str) -> str:
    before = files(root)
    result = jackfield(root, "add", *arguments, "--yes")
    assert result.code == 1
    assert files(root) == before
    return result.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("beta", "is an entry already"),
        ("My_API", "Write 'my-api'"),
        ("class", "Python keyword"),
        ("runtime", "Jackfield's own"),
    ],
)
def test_a_name_that_will_not_do_is_refused_with_its_mend(root: Path, name: str, said: str) -> None:
    assert said in refused(root, name, "--spec", lay(root.parent, document()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "no document to build from"),
        ("{", "no document to build from"),
        ("{}", "no OpenAPI document"),
        ("just: a\nfew: words\n", "no OpenAPI document"),
        ("", "no document to build from"),
    ],
)
def test_what_is_no_document_is_refused_by_the_name_it_was_given(root: Path, text: str, said: str) -> None:
    place = lay(root.parent, text, "odd.txt")
    err = refused(root, "acme", "--spec", place)
    assert said in err
    assert place in err


def test_a_tag_that_nobody_can_see_is_refused(root: Path) -> None:
    spec = lay(root.parent, document(paths={"/x": {"get": operation("\u202etag")}}))
    assert "U+202E" in refused(root, "acme", "--spec", spec, "--tag", "\u202etag")


def test_a_document_that_is_not_there_is_refused(root: Path) -> None:
    assert "no such file" in refused(root, "acme", "--spec", "nowhere.yaml")


def test_a_manifest_with_problems_is_told_first(root: Path) -> None:
    (root / "integrations.yaml").write_text(MANIFEST.replace("name: gamma", "name: Gamma"))
    assert "integrations.yaml:17:11" in refused(root, "acme", "--spec", lay(root.parent, document()))


def test_a_file_that_stands_in_the_way_is_not_replaced(root: Path) -> None:
    lay(root / "specs", "mine", "acme.json")
    assert "is something else" in refused(root, "acme", "--spec", lay(root.parent, document()))


def test_nothing_is_written_through_a_link(root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (root / "specs").symlink_to(outside)
    refused(root, "acme", "--spec", lay(root.parent, document()))
    assert not list(outside.iterdir())


def answering(repository: Repository, word: bytes) -> Result:
    """Run ``add`` at a terminal, and type a word."""
    place = lay(repository.root.parent, document())
    command, environment = repository.command("add", "acme", "--spec", place)
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command, cwd=repository.root, env=environment, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    os.write(master, word)
    seen = b""
    while True:
        try:
            seen += os.read(master, 65536)
        except OSError:  # the terminal is gone with the process
            break
    os.close(master)
    return Result(process.wait(60), seen.decode(), "")


def test_at_a_terminal_it_asks(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", MANIFEST)
    before = repository.manifest.read_bytes()
    no = answering(repository, b"n\n")
    assert no.code == 2, no.out
    assert "Write this?" in no.out
    assert repository.manifest.read_bytes() == before
    yes = answering(repository, b"y\n")
    assert yes.code == 0, yes.out
    assert "Next: jackfield plan" in yes.out
    assert entry(repository.root)["service"] == "Acme Orders"


def test_a_download_is_pinned_by_the_sha256_of_its_bytes(root: Path) -> None:
    import hashlib

    body = json.dumps(document(), indent=4).encode()
    with serving({"/docs/openapi.json": body}) as server:
        result = jackfield(root, "add", "acme", "--spec", f"{server.url}/docs/openapi.json", "--yes")
        assert result.code == 0, result.err
        assert len(server.asked) == 1
        url = server.url
    found = entry(root)["spec"]
    sha = hashlib.sha256(body).hexdigest()
    assert found == {"file": "specs/acme.json", "url": f"{url}/docs/openapi.json", "sha256": sha}
    assert (root / "specs/acme.json").read_bytes() == body
    assert jackfield(root, "plan").code == 2


def test_a_download_brings_the_files_around_it_and_nothing_else(root: Path) -> None:
    paths = {
        "/a": {"get": {"responses": {"200": {"$ref": "parts/ok.json"}}}},
        "/b": {"get": {"responses": {"200": {"$ref": "../../up.json"}}}},
        "/c": {"get": {"responses": {"200": {"$ref": "/absolute.json"}}}},
        "/d": {"get": {"responses": {"200": {"$ref": "http://169.254.169.254/x.json"}}}},
        "/e": {"get": {"responses": {"200": {"$ref": "parts/%2e%2e/%2e%2e/up.json"}}}},
        "/f": {"get": {"responses": {"200": {"$ref": "gone.json"}}}},
        "/g": {"get": {"responses": {"200": {"$ref": ".hidden/x.json"}}}},
    }
    served = {"/api/v1/main.json": document(paths=paths), "/api/v1/parts/ok.json": {"description": "ok"}}
    with serving(served) as server:
        result = jackfield(root, "add", "acme", "--spec", f"{server.url}/api/v1/main.json", "--yes")
        assert result.code == 0, result.err
        targets = [asked.target for asked in server.asked]
    assert sorted(targets) == ["/api/v1/gone.json", "/api/v1/main.json", "/api/v1/parts/ok.json"]
    assert "'../../up.json' was left out" in result.out
    assert {p.name for p in (root / "specs/acme").rglob("*.json")} == {"main.json", "ok.json"}
    sums = (root / "specs/acme/main.json.sha256").read_text().splitlines()
    assert [line.partition("  ")[2] for line in sums] == ["main.json", "parts/ok.json"]
    assert jackfield(root, "plan").code == 2


def test_a_remote_reference_is_copied_from_hosts_that_are_allowed_and_no_others(root: Path) -> None:
    allowed = {"/shared/ok.json": {"description": "ok", "x": {"$ref": "more/deep.json#/a"}}}
    with serving({**allowed, "/shared/more/deep.json": {"a": 1}}) as other, serving({}) as closed:
        there = other.url.replace("127.0.0.1", "localhost")
        refs = {
            "/a": f"{there}/shared/ok.json",
            "/b": f"{closed.url}/x.json",
            "/c": "https://h.example/x.json",
        }
        paths = {path: {"get": {"responses": {"200": {"$ref": ref}}}} for path, ref in refs.items()}
        (root / "integrations.yaml").write_text(
            MANIFEST.replace("defaults:\n", "defaults:\n  spec_hosts: [localhost]\n")
        )
        with serving({"/main.json": document(paths=paths)}) as server:
            result = jackfield(root, "add", "acme", "--spec", f"{server.url}/main.json", "--yes")
        assert result.code == 0, result.err
        assert not closed.asked
        assert "spec_hosts: [h.example]" in result.out
        copy = f"_remote/localhost_{other.url.rpartition(':')[2]}/shared"
    names = {
        p.relative_to(root / "specs/acme").as_posix() for p in (root / "specs").rglob("*") if p.is_file()
    }
    assert names == {"main.json", "main.json.sha256", f"{copy}/ok.json", f"{copy}/more/deep.json"}
    source = Source.open(root, "specs/acme/main.json")
    told = openapi.contents(source)
    assert told.operations[0].responses[0].description == "ok"
    assert [finding.pointer.split("/")[2] for finding in told.findings if "remote" in finding.message] == [
        "~1b",
        "~1c",
    ]


def test_the_base_url_of_a_relative_server_is_where_the_document_was_found(root: Path) -> None:
    with serving({"/docs/openapi.json": document(servers=[{"url": "/v2"}])}) as server:
        jackfield(root, "add", "acme", "--spec", f"{server.url}/docs/openapi.json", "--yes")
        assert entry(root)["requirements"]["base_url"] == f"{server.url}/v2"


def test_a_url_with_a_credential_is_written_nowhere(root: Path) -> None:
    for url in ("https://h.example/x?token=hunter2hunter2", "https://me:hunter2hunter2@h.example/x"):
        assert "hunter2" not in refused(root, "acme", "--spec", url)


def test_a_download_is_not_led_elsewhere_unless_the_manifest_allows_the_host(root: Path) -> None:
    from ..runtime.loopback import Loopback, reply

    with serving({"/real.json": document()}) as real:
        there = real.url.replace("127.0.0.1", "localhost") + "/real.json"
        with Loopback(reply(302, Location=there)) as server:
            assert "spec_hosts: [localhost]" in refused(root, "acme", "--spec", f"{server.url}/x.json")
            assert not real.asked
            path = root / "integrations.yaml"
            path.write_text(MANIFEST.replace("defaults:\n", "defaults:\n  spec_hosts: [localhost]\n"))
            result = jackfield(root, "add", "acme", "--spec", f"{server.url}/x.json", "--yes")
            assert result.code == 0, result.err


def test_a_page_about_a_document_is_no_document(root: Path) -> None:
    with serving({"/page": b"<html><body><p>Welcome: to the docs</p></body></html>"}) as server:
        err = refused(root, "acme", "--spec", f"{server.url}/page")
    assert f"{server.url}/page is no document to build from" in err
    assert "specs/" not in err
