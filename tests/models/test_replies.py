"""What a model says is read strictly and within bounds; a fault tells it how to mend its answer."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.subtasks.contracts import Subtask
from generator.subtasks.exchange import Reply
from generator.subtasks.replies import CHARACTERS, CODE, Fault, Value, read
from generator.subtasks.strict_json import DIGITS, LEVELS

from .questions import CODE as CODE_TASK
from .questions import DATA, reply

LIST = Subtask("operations", schema={"type": "array"})
BODY = "total = 0\nreturn total\n"
BLOCK = f"```python\n{BODY}```"


def data(text: str, finish: str = "stop", subtask: Subtask = DATA) -> Value | Fault:
    return read(reply(text, finish), subtask)


def code(text: str) -> Value | Fault:
    return read(reply(text), CODE_TASK)


def fault(found: Value | Fault) -> Fault:
    assert isinstance(found, Fault), found
    assert 20 < len(found.message) < 400, found.message
    return found


GOOD = {
    "alone": '{"GET /a": "Get it."}',
    "between blank lines": '\n\n {"GET /a": "Get it."}\n\n',
    "in a json fence": '```json\n{"GET /a": "Get it."}\n```',
    "in a bare fence": '```\n{"GET /a": "Get it."}\n```\n',
    "with prose around it": 'Sure! Here is it:\n\n{"GET /a": "Get it."}\n\nTell me if "that" helps.',
    "with a fence and prose": 'Here:\n```json\n{"GET /a": "Get it."}\n```\nIt has one key.',
    "behind thoughts": '<think>{"GET /b": "No."} or …\n</think>\n{"GET /a": "Get it."}',
    "behind thoughts that a server opened": 'I may say {"GET /b": 1}.\n</think>\n\n{"GET /a": "Get it."}',
    "with a placeholder in the prose": 'For /a/{id} and {other}: {"GET /a": "Get it."}',
    "behind a quote in the prose": 'The 5" one: {"GET /a": "Get it."}',
    "over several lines": '{\n  "GET /a":\n    "Get it."\n}',
}


@pytest.mark.parametrize("kind", GOOD)
def test_one_object_is_found(kind: str) -> None:
    assert data(GOOD[kind]) == Value({"GET /a": "Get it."})


TRICKY: list[dict[str, Any]] = [
    {},
    {"a": "}{", "b": '"}', "c": "\\", "d": '\\"}'},
    {"a": "```json\n{}\n```"},
    {"a": "</think>", "b": "<think>"},
    {"GET /a/{id}": "Größe 東京 👍 \t and\na second line", "é": [1, -2.5, 1e-3, True, None, {"x": [{}]}]},
]


@pytest.mark.parametrize("value", TRICKY)
@pytest.mark.parametrize("around", ["{}", "```json\n{}\n```", "Here:\n{}\nDone."])
def test_brackets_quotes_and_fences_inside_texts_do_not_confuse(value: dict[str, Any], around: str) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert data(around.replace("{}", text, 1)) == Value(value)


def test_an_array_is_found_where_the_schema_asks_for_one() -> None:
    for text in ('[{"a": 1}]', '```json\n[{"a": 1}]\n```', 'These: [{"a": 1}]\n'):
        assert data(text, subtask=LIST) == Value([{"a": 1}])
    assert "array" in fault(data('{"a": 1}', subtask=LIST)).message


BAD = {
    "nothing": ("", "blank", "empty"),
    "white space, as json mode may give": (" \n\t" * 400, "blank", "empty"),
    "thoughts alone": ("<think>I should answer {}.</think>\n", "blank", "empty"),
    "thoughts without an end": ('<think>I should say {"a": "b"}', "blank", "empty"),
    "an apology": ("I'm sorry, but I can't help with that.", "refusal", "refusal"),
    "an apology, typeset": ("I’m sorry. I cannot do this.", "refusal", "refusal"),
    "prose": ("The operations are listed above.", "not json", "no JSON"),
    "an array": ('[{"a": 1}]', "not json", "a JSON array"),
    "a fenced array": ('```json\n["a"]\n```', "not json", "a JSON array"),
    "a text": ('"a"', "not json", "a JSON string"),
    "a number": ("42", "not json", "a JSON number"),
    "null": ("null", "not json", "a JSON null"),
    "a boolean": ("true", "not json", "a JSON boolean"),
    "two objects": ('{"a": "b"}\n{"a": "b"}', "not json", "2 JSON values"),
    "two fences": ('```json\n{"a": 1}\n```\nor\n```json\n{"b": 1}\n```', "not json", "2 JSON values"),
    "a good and a broken one": ('{"a": NaN} {"a": "b"}', "not json", "2 JSON values"),
    "an open end": ('{"a": "b"', "not json", "no JSON: "),
    "single quotes": ("{'a': \"b\"}", "not json", "no JSON: "),
    "a comma too many": ('{"a": "b",}', "not json", "no JSON: "),
    "a comment": ('{"a": "b" // it\n}', "not json", "no JSON: "),
    "an inner object of a broken one": ('{"a": {"GET /a": "x"}, oops}', "not json", "no JSON: "),
    "NaN": ('{"a": NaN}', "not json", "NaN is no JSON number"),
    "infinity": ('{"a": -Infinity}', "not json", "-Infinity is no JSON number"),
    "infinity by size": ('{"a": 1e999}', "not json", "too large"),
    "endless digits": ('{"a": ' + "9" * (DIGITS + 1) + "}", "not json", "digits"),
    "digits beyond what Python reads": ('{"a": ' + "9" * 5000 + "}", "not json", "digits"),
    "an endless fraction": ('{"a": 0.' + "9" * 5000 + "}", "not json", "too large or too long"),
    "a key twice": ('{"a": "b", "c": 1, "a": "d"}', "not json", "the key 'a' stands there twice"),
    "a key twice, deep down": ('{"x": [{"a": 1, "a": 2}]}', "not json", "twice"),
    "a key twice, written otherwise": ('{"a": 1, "\\u0061": 2}', "not json", "twice"),
    "too many levels": ('{"a":' * (LEVELS + 1) + "1" + "}" * (LEVELS + 1), "not json", "levels deep"),
    "endless levels": ('{"a":' * 30_000 + "1" + "}" * 30_000, "not json", "levels deep"),
    "endless lists": ('{"a":' + "[" * 90_000 + "]" * 90_000 + "}", "not json", "levels deep"),
    "levels that never close": ('{"a":' * 35_000, "not json", "no JSON"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_not_one_usable_object_is_a_fault_that_says_what_to_do(kind: str) -> None:
    text, outcome, words = BAD[kind]
    found = fault(data(text))
    assert found.outcome == outcome
    assert words in found.message
    assert "Answer with one JSON object" in found.message


def test_the_deepest_allowed_value_is_read() -> None:
    text = '{"a":' * LEVELS + "1" + "}" * LEVELS
    assert data(text) == Value(json.loads(text))


@pytest.mark.parametrize("finish", ["refusal", "content_filter"])
def test_a_refusal_that_the_provider_names_is_one_whatever_it_says(finish: str) -> None:
    assert fault(data('{"a": "b"}', finish)).outcome == "refusal"
    assert fault(data("", finish)).outcome == "refusal"


@pytest.mark.parametrize("text", ['{"a": "b', "", "<think>so many tho", '{"a": "b"}'])
def test_an_answer_that_was_cut_off_is_asked_for_in_short(text: str) -> None:
    found = fault(data(text, "length"))
    assert found.outcome == "truncated"
    assert "shorter" in found.message


@pytest.mark.parametrize("subtask", [DATA, CODE_TASK])
@pytest.mark.parametrize("text", ['{"a": "' + "x" * 10_000_000 + '"}', "{" * 10_000_000, "```\n" * 2_500_000])
def test_ten_megabytes_are_refused_by_size_before_anything_reads_them(subtask: Subtask, text: str) -> None:
    before = time.process_time()
    assert fault(read(reply(text), subtask)).outcome == "too large"
    assert time.process_time() - before < 0.1


@pytest.mark.parametrize(
    "piece",
    ["{", "[", '"', "\\", '{"a":', '{"a":[', '{"', "}", '{"a":1},', "```\n", "<think>", '{"b":[{"a":1},'],
)
def test_reading_takes_no_longer_than_the_text_is_long(piece: str) -> None:
    text = (piece * CHARACTERS)[:CHARACTERS]
    before = time.process_time()
    for subtask in (DATA, LIST, CODE_TASK):
        fault(read(reply(text), subtask))
    assert time.process_time() - before < 2


UNSEEN = {
    "a bell": ({"a": "x\x07"}, "U+0007"),
    "an escape": ({"a": ["\x1b[31m"]}, "U+001B"),
    "a carriage return": ({"a": "x\r\ny"}, "U+000D"),
    "a change of direction": ({"a": {"b": "x\u202ey"}}, "U+202E"),
    "an isolate": ({"a": "\u2066x\u2069"}, "U+2066"),
    "a zero-width space": ({"a": "x\u200by"}, "U+200B"),
    "a line separator": ({"a": "x\u2028y"}, "U+2028"),
    "half a character": ({"a": "\ud800"}, "U+D800"),
    "a tag": ({"a": "x\U000e0041"}, "U+E0041"),
    "a filler": ({"a": "\u3164"}, "U+3164"),
    "in a key": ({"GET /a\u200b": "x"}, "U+200B"),
}


@pytest.mark.parametrize("kind", UNSEEN)
def test_invisible_characters_are_refused_by_name_and_never_shown(kind: str) -> None:
    value, name = UNSEEN[kind]
    found = fault(data(json.dumps(value)))
    assert found.outcome == "not json"
    assert name in found.message
    assert found.message.isprintable()


def test_a_key_is_one_line() -> None:
    assert "line break" in fault(data('{"GET /a\\nimport os": "x"}')).message
    assert "line break" in fault(data('{"x": [{"a\\tb": "x"}]}')).message


@pytest.mark.parametrize("text", ["/x\n", "\nx", "x\t", "\n"])
def test_no_text_begins_or_ends_with_a_line_break_which_a_pattern_would_let_pass(text: str) -> None:
    assert "begins or ends with a line break" in fault(data(json.dumps({"a": [text]}))).message
    assert data(json.dumps({"a": f"x{text}x"})) == Value({"a": f"x{text}x"})


GOOD_CODE = {
    "alone": BLOCK,
    "without a language": f"```\n{BODY}```",
    "as py": f"```py\n{BODY}```",
    "with prose around it": f"Here is the body; it uses `total`:\n\n{BLOCK}\n\nIt returns zero.",
    "behind thoughts": f"<think>```python\npass\n```</think>\n{BLOCK}",
    "with line ends of Windows": BLOCK.replace("\n", "\r\n"),
    "between blank lines": f"```python\n\n{BODY}\n\n```\n",
    "with four ticks": f"````python\n{BODY}````",
}


@pytest.mark.parametrize("kind", GOOD_CODE)
def test_one_block_of_code_is_found(kind: str) -> None:
    assert code(GOOD_CODE[kind]) == Value(BODY)


def test_indentation_of_code_stays() -> None:
    assert code("```python\n    if x:\n\n        return 1\n```") == Value("    if x:\n\n        return 1\n")


def test_a_shorter_fence_inside_a_block_does_not_end_it() -> None:
    assert code("````python\nx = '''\n```\n'''\n````") == Value("x = '''\n```\n'''\n")


BAD_CODE = {
    "nothing": ("", "blank", "empty"),
    "an empty block": ("```python\n\n```", "blank", "empty"),
    "code without a block": (BODY, "not code", "no blocks"),
    "an apology": ("I cannot help with that.", "refusal", "refusal"),
    "two blocks": (f"{BLOCK}\nor\n{BLOCK}", "not code", "2 blocks"),
    "a second block in another language": (f"{BLOCK}\n```bash\nls\n```", "not code", "2 blocks"),
    "a block that is not closed": (f"```python\n{BODY}", "not code", "not closed"),
    "a second block that is not closed": (f"{BLOCK}\n```python\nx", "not code", "not closed"),
    "another language": ("```javascript\nreturn 1\n```", "not code", "not Python"),
    "JSON": ('```json\n{"code": "return 1"}\n```', "not code", "not Python"),
    "JSON without a block": ('{"code": "return 1"}', "not code", "no blocks"),
}


@pytest.mark.parametrize("kind", BAD_CODE)
def test_what_is_not_one_block_of_python_is_a_fault_that_says_what_to_do(kind: str) -> None:
    text, outcome, words = BAD_CODE[kind]
    found = fault(code(text))
    assert found.outcome == outcome
    assert words in found.message
    assert "```python" in found.message


def test_hidden_or_endless_code_is_refused() -> None:
    assert "U+202E" in fault(code("```python\nx = 1  # \u202e evil\n```")).message
    assert fault(code("```python\n" + "x = 1\n" * (CODE // 6 + 1) + "```")).outcome == "too large"


PIECES = [
    '{"a":',
    "[",
    "{",
    "}",
    "]",
    '"b"',
    ",",
    "1e9",
    "NaN",
    "```",
    "```json",
    "\\",
    "\n",
    "</think>",
    "<think>",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join), st.booleans())
def test_any_text_is_a_value_that_can_be_kept_or_a_fault(text: str, is_code: bool) -> None:
    found = code(text) if is_code else data(text)
    if isinstance(found, Fault):
        assert found.outcome
        assert 20 < len(found.message) < 400
    else:
        assert json.loads(json.dumps(found.value, allow_nan=False)) == found.value
        assert isinstance(found.value, str if is_code else dict)


def test_a_replayed_reply_is_read_like_any_other() -> None:
    kept: Reply = reply('{"a": "b"}', replayed=True)
    assert read(kept, DATA) == Value({"a": "b"})
