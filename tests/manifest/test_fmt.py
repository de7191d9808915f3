"""``jackfield fmt``: one form for the manifest, and never a comment or a value lost."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import BusyError, ManifestError
from generator.patterns import catalog
from generator.reading.editor_schema import editor_schema
from generator.reading.fmt import MODELINE, format_manifest, format_text
from generator.reading.schema import SCHEMA_FILE
from generator.writing.writer import single_writer

UNTIDY = """\
# Company integrations.

integrations:
    # all of them, by name

    # about b
    -   name: b   # behind b
        # inside b
        service: 'B'
        description: a long text that
          goes on here "x"
        tags: [one,  # the first
           two]     # the second
        environments: {  # open
          live: {base_url: 'x'}}
        methods:
          go: |
            literal
              deeper
              # no comment
        # the end of b
    # a remark on b

    # about a

    -   name: a
        service: A
        # c1
        requirements:
              # c2
              endpoints:
              # c3
              - GET /x
              -   path: >-
                    folded
                    text
                  name: 'it''s'
              # c4
        # c5
    # the end of the list
# about the version
version: 1
defaults: {answers: offline}
# the end
"""

TIDY = f"""\
{MODELINE}
# Company integrations.

# about the version
version: 1
defaults: {{answers: offline}}

integrations:
  # all of them, by name

  # about a
  - name: a
    service: A
    # c1
    requirements:
      # c2
      endpoints:
        # c3
        - GET /x
        - path: >-
            folded
            text
          name: 'it''s'
        # c4
    # c5

  # about b
  - name: b   # behind b
    # inside b
    service: 'B'
    description: a long text that
      goes on here "x"
    tags: [one,  # the first
       two]     # the second
    environments: {{  # open
      live: {{base_url: 'x'}}}}
    methods:
      go: |
        literal
          deeper
          # no comment
    # the end of b
  # a remark on b
  # the end of the list
# the end
"""


def test_an_untidy_manifest_gets_the_one_form() -> None:
    assert format_text(UNTIDY) == TIDY


def test_a_formatted_manifest_is_not_changed_by_a_byte() -> None:
    assert format_text(TIDY) == TIDY


def _entries(text: str) -> str:
    """What formatting makes of the entries in a text."""
    return format_text(f"version: 1\n\nintegrations:\n{text}").partition("integrations:\n")[2]


def test_the_keys_of_an_entry_come_in_one_order_with_their_comments() -> None:
    untidy = """\
  - requirements:
      base_url: https://one.example
      # deep in requirements

    # why it is off
    disabled: true
    tags: [a]   # tagged
    # above the service
    service: A

    x-note: unknown
    # above the name
    name: one
    # the end of it
"""
    tidy = """\
  # above the name
  - name: one
    # above the service
    service: A
    tags: [a]   # tagged

    # why it is off
    disabled: true
    requirements:
      base_url: https://one.example
      # deep in requirements

    x-note: unknown
    # the end of it
"""
    assert _entries(untidy) == tidy
    assert _entries(tidy) == tidy


def test_spaces_inside_an_entry_are_set_and_no_value_is_written_otherwise() -> None:
    untidy = """\
  -   name:   one
      service:  'A'
      requirements:
             auth: { type:  bearer,secret: "\\u00e9" }   # who
             numbers: [0x1F,1.10,  012, 1_000, {n: ~}]
             nothing: null
             empty:
             # no true value
             on:   no
"""
    tidy = """\
  - name: one
    service: 'A'
    requirements:
      auth: {type: bearer, secret: "\\u00e9"}   # who
      numbers: [0x1F, 1.10, 012, 1_000, {n: ~}]
      nothing: null
      empty:
      # no true value
      on: no
"""
    untidy, tidy = untidy.replace("\\u00e9", "é"), tidy.replace("\\u00e9", "é")
    assert _entries(untidy) == tidy


def test_what_cannot_be_set_without_loss_keeps_its_lines_and_moves_as_one() -> None:
    untidy = """\
   -  tags: [one,   # the first
         two]  # the second
      description:  wrapped
           text
      requirements:
        escaped:   "\\x41"
      name:  one
"""
    tidy = """\
  - name: one
    description:  wrapped
         text
    tags: [one,   # the first
       two]  # the second
    requirements:
      escaped:   "\\x41"
"""
    assert _entries(untidy) == tidy
    assert _entries(tidy) == tidy


def test_an_entry_with_an_anchor_keeps_the_order_of_its_keys() -> None:
    text = "  - service: &s  A\n    name: one\n    owner: *s\n"
    assert _entries(text) == text.replace("&s  A", "&s A")
    apart = "  - service: &s  A\n    name: one\n\n  - owner:   *s\n    name: two\n"
    assert _entries(apart) == apart.replace("&s  A", "&s A")


def test_a_formatted_manifest_does_not_wait_for_the_editing_library() -> None:
    script = (
        "import sys; from generator.reading.fmt import format_text; format_text(sys.stdin.read());"
        "print('ruamel.yaml' in sys.modules)"
    )
    for text, loaded in ((TIDY, "False"), (UNTIDY, "True")):
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == loaded


def test_formatting_waits_for_no_other_run_and_changes_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "integrations.yaml").write_text(UNTIDY)
    with single_writer(tmp_path):
        with pytest.raises(BusyError):
            format_manifest(tmp_path)
        assert format_manifest(tmp_path, write=False)
    assert (tmp_path / "integrations.yaml").read_text() == UNTIDY


def test_the_modeline_is_added_or_moved_to_the_top() -> None:
    assert format_text("version: 1\n") == f"{MODELINE}\nversion: 1\n"
    other = "# yaml-language-server: $schema=../other.json"
    assert format_text(f"# Head.\n{other}\nversion: 1\n") == f"{other}\n# Head.\nversion: 1\n"


def test_windows_line_ends_and_a_byte_order_mark_go() -> None:
    assert format_text("\ufeffversion: 1\r\n# end\r\n") == f"{MODELINE}\nversion: 1\n# end\n"


@pytest.mark.parametrize(
    "text",
    [
        "{version: 1, integrations: [{name: b}, {name: a}]}\n",
        "---\nversion: 1\n...\n",
        "version: 1\nintegrations: []\n",
        "version: 1\nintegrations:\n",
        "version: 1\nintegrations:\n- name: b\n- {name: a}\n- just text\n-\n- [x, y]\n",
        "version: 1\nintegrations:\n  - name: b\n    description: |+\n      kept\n\n\n  - name: a\n",
        "version: 1\nintegrations:\n  - name: b\n    description: |2-\n        kept\n  - name: a\n",
        "integrations:\n  - &x {name: b, tags: [t]}\n  - {name: a, <<: *x}\nversion: 1\n",
        "version: 1\nintegrations:\n  - name: b\n    a: 'no'\n    b: 'it''s \"x\"'\n    c: 'x\\y'\n",
        "version: 1\nintegrations:\n  -   - - name: b\n      -   - x\n",
        'version: 1\nintegrations:\n  - name: b\n    a: "two\n      lines"\n    b: x\n',
        "version: 1\nintegrations:\n  - name: b\n    a:\n                deep: 1\n       # odd\n    b: 1\n",
    ],
)
def test_data_and_idempotence_in_every_style(text: str) -> None:
    formatted = format_text(text)
    assert _by_name(yaml.safe_load(formatted)) == _by_name(yaml.safe_load(text))
    assert format_text(formatted) == formatted


def test_entries_stay_where_they_are_when_an_anchor_needs_that() -> None:
    text = f"{MODELINE}\nversion: 1\n\nintegrations:\n  - &x {{name: b}}\n\n  - {{name: a, o: *x}}\n"
    assert format_text(text) == text


def test_unreadable_yaml_is_refused_with_its_place() -> None:
    with pytest.raises(ManifestError) as caught:
        format_text("version: 1\nintegrations: [a\n")
    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (2, 15)


def test_the_file_is_written_only_when_that_changes_it(tmp_path: Path) -> None:
    path = tmp_path / "integrations.yaml"
    path.write_text(UNTIDY)
    assert format_manifest(tmp_path, write=False)
    assert path.read_text() == UNTIDY
    path.chmod(0o640)
    assert format_manifest(tmp_path)
    assert path.read_text() == TIDY
    assert path.stat().st_mode & 0o777 == 0o640
    before = path.stat()
    assert not format_manifest(tmp_path)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert sorted(child.name for child in tmp_path.iterdir()) == [".jackfield", "integrations.yaml", "schema"]


def test_the_editors_schema_is_kept_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "integrations.yaml").write_text(TIDY)
    assert format_manifest(tmp_path, write=False)
    assert not (tmp_path / SCHEMA_FILE).exists()
    assert format_manifest(tmp_path)
    (tmp_path / SCHEMA_FILE).write_text("{}")
    assert format_manifest(tmp_path)
    assert (tmp_path / SCHEMA_FILE).read_bytes() == editor_schema(catalog(tmp_path))
    assert not format_manifest(tmp_path, write=False)


# -- manifests made up, with a comment anywhere

names = st.text("abcdef", min_size=1, max_size=3) | st.sampled_from(
    ["service", "type", "description", "owner", "tags", "requirements", "methods"]
)
flows = ["[a,  'b']", "{k: 'v'}", "{ k:  v}", "  [x,y, {k: v}]", "[a,  # inside\n{0}b]"]
plain = st.sampled_from(["x", "'y'", '"z"', "5", "no", *flows, "'it''s'", "a # mine 0", "''"])
blocks = st.sampled_from(
    ["|\n{0}one\n{0}  two", ">-\n{0}one\n\n{0}two", "one\n{0}two", "[a,\n{0}b]", "|+\n{0}one\n"]
)


@st.composite
def values(draw: st.DrawFn, indent: int, depth: int = 0) -> str:
    """The text behind a key at ``indent``, from a space or a line break on."""
    kind = draw(
        st.sampled_from(["plain", "plain", "block", "mapping", "sequence"] if depth < 3 else ["plain"])
    )
    step = draw(st.integers(1, 4))
    if kind == "plain":
        return " " + draw(plain).replace("{0}", " " * (indent + step))
    if kind == "block":
        return " " + draw(blocks).format(" " * (indent + step))
    if kind == "mapping":
        return "\n" + draw(mappings(indent + step, depth + 1))
    offset = draw(st.integers(0, 3))
    items = draw(st.lists(values(indent + offset, depth + 3), min_size=1, max_size=3))
    return "\n" + "\n".join(f"{' ' * (indent + offset)}-{item}" for item in items)


@st.composite
def mappings(draw: st.DrawFn, indent: int, depth: int = 0, *, first: str = "") -> str:
    keys = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    lines = [f"{key}:{draw(values(indent, depth))}" for key in keys]
    if first:
        lines.insert(draw(st.integers(0, len(lines))), first)
    return "\n".join(" " * indent + line for line in lines)


@st.composite
def manifests(draw: st.DrawFn) -> str:
    dash = draw(st.integers(0, 4))
    gap = draw(st.integers(1, 4))
    entries = []
    for name in draw(st.lists(names, max_size=4)):
        body = draw(mappings(dash + 1 + gap, first=f"name: {name}0"))
        entries.append(" " * dash + "-" + body[dash + 1 :])
    sections = ["version: 1", "defaults: {answers: 'offline'}", "\n".join(["integrations:", *entries])]
    text = "\n".join(draw(st.permutations(sections)))
    return _with_comments(draw, text)


def _with_comments(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    for number in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(lines)))
        lines.insert(at, " " * draw(st.integers(0, 9)) + f"# comment {number}")
        if draw(st.booleans()):
            lines.insert(at + draw(st.integers(0, 1)), "")
    return "\n".join(lines) + "\n"


def _by_name(data: Any) -> Any:
    entries = data.get("integrations")
    if not isinstance(entries, list):
        return data
    ordered = sorted(
        entries, key=lambda e: (0, e["name"]) if isinstance(e, dict) and "name" in e else (1, "")
    )
    return {**data, "integrations": ordered}


@settings(max_examples=300, deadline=None)
@given(manifests())
def test_any_manifest_keeps_its_data_and_each_comment_once(text: str) -> None:
    try:
        formatted = format_text(text)
    except ManifestError:
        return  # a comment landed where YAML allows none
    assert format_text(formatted) == formatted
    assert _by_name(yaml.safe_load(formatted)) == _by_name(yaml.safe_load(text))
    for number in range(8):
        assert formatted.count(f"# comment {number}") == text.count(f"# comment {number}")
    assert _ink(formatted) == _ink(f"{MODELINE}{text}")
    written = [entry["name"] for entry in yaml.safe_load(formatted)["integrations"] or ()]
    assert written == sorted(written)


def _ink(text: str) -> Counter[str]:
    return Counter(text.translate(str.maketrans("", "", " \n")))
