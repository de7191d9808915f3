"""What a function that a model wrote may be: text first, then its one signature, then every node of its tree.

The rules of the nodes are in ``code_rules``. They allow little, by name, and refuse the rest: a method that
calls operations of its adapter and works on what they return needs no more. This is a lint, and no boundary:
what passes is type-checked, and run only in a sandbox.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Collection, Iterator

from generator.errors import AnswerError
from generator.gates.policy import SUPPRESSION
from generator.subtasks import code_rules
from generator.subtasks.code_names import ANNOTATIONS
from generator.subtasks.code_rules import Said

LINES, CHARACTERS, WIDTH, NODES = 60, 6000, 110, 400
MOST = 10  # diagnostics at once; more would not help a repair
INDENT = "    "


def check(
    code: str, signature: str, *, operations: Collection[str] | None = None, types: Collection[str] = ()
) -> tuple[str, ...]:
    """Say what is wrong with *code*, which should be one function under *signature*; nothing if it is fine.

    Line 1 is the first line of the body. *operations* are what ``self`` offers (``list_users``,
    ``users.list``; None: whatever is public and no means of sending raw requests); *types* are classes that
    the body may make, besides those that the signature names.
    """
    if problem := _text(code):
        return (problem,)
    lines = code.strip("\n").split("\n")
    if lines[0].rstrip() != signature:
        return (f"the first line must be exactly: {signature}",)
    said = [*_layout(lines[1:]), *_tree("\n".join(lines), signature, operations, types)]
    return tuple(dict.fromkeys(f"line {line}: {text}" if line else text for line, text in sorted(said)))[
        :MOST
    ]


def body(code: str) -> str:
    """Return the lines below the signature of a function that was checked, at column 0, each ended by LF.

    Raises:
        AnswerError: it is not laid out as the check demands.
    """
    lines = code.strip("\n").split("\n")[1:]
    problem = _text(code) or next((text for _, text in _layout(lines)), "")
    if problem:
        raise AnswerError(f"this is no body of a function: {problem}")
    return "\n".join(line[len(INDENT) :].rstrip() for line in lines).strip("\n") + "\n"


def _text(code: str) -> str:
    """What is wrong with the text as such: nobody should read on then."""
    if len(code) > CHARACTERS:
        return f"too long: at most {CHARACTERS} characters"
    if not code.strip():
        return "there is no code"
    for number, line in enumerate(code.strip("\n").split("\n")):
        odd = next((char for char in line if not char.isprintable()), "")
        if odd:
            return f"line {number}: character U+{ord(odd):04X} is refused; indent by spaces, end lines by LF"
    return ""


def _layout(lines: list[str]) -> Iterator[Said]:
    if not any(line.strip() for line in lines):
        yield 0, "the function has no body"
    if len(lines) > LINES:
        yield 0, f"too long: at most {LINES} lines"
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith(INDENT):
            yield number, "nothing may stand outside the function; indent its body by 4 spaces"
        if len(line) > WIDTH - len(INDENT):
            yield number, f"longer than {WIDTH - len(INDENT)} characters"


def _tree(
    text: str, signature: str, operations: Collection[str] | None, types: Collection[str]
) -> Iterator[Said]:
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        yield max((error.lineno or 1) - 1, 0), f"no Python 3.11: {error.msg}"
        return
    except (ValueError, RecursionError, MemoryError):
        yield 0, "this cannot be parsed"
        return
    yield from _tokens(text)
    function = tree.body[0]
    if len(tree.body) > 1 or not isinstance(function, ast.FunctionDef) or function.decorator_list:
        yield 0, "there must be one function and nothing beside it"
        return
    if sum(1 for _ in ast.walk(function)) > NODES:
        yield 0, f"too much for one function: at most {NODES} syntax nodes; be simpler"
        return
    made = {*types, *_classes(signature)}
    yield from code_rules.Reader.of(function, operations, made).function()


def _classes(signature: str) -> frozenset[str]:
    """The classes of values that the signature names."""
    return frozenset(re.findall(r"\b[A-Z]\w*", signature)) - ANNOTATIONS


def _tokens(text: str) -> Iterator[Said]:
    for token in tokenize.generate_tokens(io.StringIO(text + "\n").readline):
        line = token.start[0] - 1
        if token.type == tokenize.COMMENT and SUPPRESSION.search(token.string):
            yield line, "a comment must not silence a tool"
        elif token.type == tokenize.NAME and not token.string.isascii():
            yield line, f"the name {token.string} is not ASCII"
        elif token.type == tokenize.STRING and token.start[0] != token.end[0]:
            yield line, "a text must not span lines"
        elif token.type == tokenize.INDENT and len(token.string) % len(INDENT):
            yield line, "indent by 4 spaces a level"
    for number, line_text in enumerate(text.split("\n")):
        if line_text.endswith("\\"):
            yield number, "put parentheses around an expression that goes on; no backslash"
