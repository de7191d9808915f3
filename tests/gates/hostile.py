"""Hostile code, one sample for each rule of the policy: ``== name | the words that its finding says``."""

from __future__ import annotations

SAMPLES = """
== import-os | os is not on the allow-list
import os
== import-subprocess | subprocess is not on the allow-list
import subprocess
== import-socket | socket.socket is not on the allow-list
from socket import socket
== import-pickle | pickle.loads is not on the allow-list
from pickle import loads
== import-ctypes | ctypes is not on the allow-list
import ctypes
== import-importlib | importlib is not on the allow-list
import importlib
== import-builtins | builtins is not on the allow-list
import builtins
== import-sys | sys is not on the allow-list
import sys
== import-in-a-function | os is not on
def f() -> None:
    import os

    os.getcwd()
== import-star | import * hides
from json import *
== import-undeclared | yaml is not on the allow-list
import yaml
== import-the-generator | generator.gates is not on the allow-list
from generator import gates
== import-another-adapter | integrations.github.x is not on
from integrations.github import x
== import-above | integrations.stripe.x is not on
from ..stripe import x
== import-far-above | os is not on
from .... import os
== import-get-type-hints | typing.get_type_hints is not on
from typing import get_type_hints
== import-make-dataclass | make_dataclass is not on
from dataclasses import make_dataclass
== import-attrgetter | operator.attrgetter is not on
from operator import attrgetter
== import-code-type | types.CodeType is not on
from types import CodeType
== import-pytest | pytest is not on the allow-list
import pytest
== import-private | collections._sys is not on
from collections import _sys
== import-no-type-check | no_type_check is not on
from typing import no_type_check
== chain-to-exec | json.codecs is not on the allow-list
import json


def f() -> None:
    json.codecs.builtins.exec("1")
== chain-through-alias | json.codecs is not on the allow-list
import json as j


def f() -> None:
    j.codecs.builtins.exec("1")
== from-chain | json.codecs is not on the allow-list
from json import codecs
== dependency-chain | httpx2._client is not a public name
import httpx2


def f() -> object:
    return httpx2._client
== dependency-module | msgspec.os is not a public name
from msgspec import os
== module-as-value | the module json must not be passed around
import json


def f() -> object:
    g = json
    return g.codecs
== module-in-a-list | the module json must not be passed around
import json


def f() -> object:
    return [json][0].codecs
== re-export | json.codecs is not
from .aliases import j


def f() -> object:
    return j.codecs
== eval | eval is refused
def f() -> object:
    return eval("1")
== exec | exec is refused
def f() -> None:
    exec("1")
== compile | compile is refused
def f() -> object:
    return compile("1", "", "eval")
== dunder-import | __import__ is refused
def f() -> object:
    return __import__("os")
== eval-as-value | eval is refused
def f() -> object:
    return [eval][0]
== eval-as-default | eval is refused
def f(eval: object = eval) -> object:
    return eval
== globals | globals is refused
def f() -> object:
    return globals()
== builtins-name | __builtins__ is refused
def f() -> object:
    return __builtins__
== open | open is refused
def f() -> object:
    return open("/etc/passwd")
== breakpoint | breakpoint is refused
def f() -> None:
    breakpoint()
== getattr-dunder | getattr is refused
def f(x: object) -> object:
    return getattr(x, "__class__")
== getattr-computed | getattr is refused
def f(x: object, n: str) -> object:
    return getattr(x, n)
== getattr-passed-on | getattr is
def f(x: object) -> object:
    return map(getattr, [x], ['a'])
== setattr-private | setattr is refused
def f(x: object) -> None:
    setattr(x, "_y", 1)
== dunder-chain | .__class__ reaches behind
def f() -> object:
    return ().__class__.__base__
== dunder-globals | .__globals__ reaches behind
def f() -> object:
    return f.__globals__
== dunder-in-a-pattern | .__class__ reaches behind
def f(x: object) -> object:
    match x:
        case object(__class__=c):
            return c
    return None
== frame | .tb_frame reaches into the interpreter
def f(e: Exception) -> object:
    return e.tb_frame
== mro | .mro reaches into the interpreter
def f() -> object:
    return int.mro()
== private | ._secret is private
def f(x: object) -> object:
    return x._secret
== type-of-three | type() with three arguments
def f() -> object:
    return type("X", (), {})
== format | .format() can reach any attribute
def f() -> str:
    return "{0.__class__}".format(1)
== format-map | .format_map() can reach
def f(t: str) -> str:
    return t.format_map({"a": 1})
== format-unbound | .format() can reach
def f() -> str:
    return str.format("{0.a}", 1)
== format-in-a-pattern | .format() can reach
def f(x: object) -> object:
    match x:
        case str(format=c):
            return c
    return None
== annotation-text | __import__ is refused
def f(x: "__import__('os')") -> None:
    x()
== annotation-text-in-a-field | exec is refused
class A:
    x: list["exec"]
== annotation-no-type | no type
def f(x: "a b") -> None:
    x()
== base-text | eval is refused
class A(list["eval"]):
    \"\"\"A.\"\"\"
== global-statement | global changes the module
X = 1


def f() -> None:
    global X
    X = 2
== reduce | __reduce__ gives a class
class A:
    def __reduce__(self) -> object:
        return 1
== del-method | __del__ gives a class
class A:
    def __del__(self) -> None:
        pass
== dunder-assigned | __getattribute__ gives a class
class A:
    __getattribute__ = 1
== module-call | an expression runs when the module is imported
print(1)
== module-call-in-a-constant | the call of print runs when
X = print("x")
== module-loop | 'for' runs when the module is imported
for X in range(3):
    Y = X
== module-with | 'with' runs when the module is imported
with A():
    X = 1
== module-try | 'try' runs when
try:
    X = 1
except ValueError:
    X = 2
== module-if | an if at module level
if 1:
    X = 1
== module-else | an else
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import abc
else:
    X = 1
== type-checking-code | only imports may
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    X = 1
== module-attribute | an assignment to an attribute
import json

json.dumps = print
== module-walrus | := runs when
X = [Y := 1]
== class-body-call | an expression runs when the module is imported
class A:
    print(1)
== noqa | 'noqa' would silence a tool
X = 1  # noqa: F401
== type-ignore | 'type: ignore' would silence
X = 1  # type: ignore[assignment]
== pragma | 'pragma: no' would silence
def f() -> None:  # pragma: no cover
    pass
== nosec | 'nosec' would silence
X = 1  # nosec
== mypy-inline | 'mypy: ignore-errors' would silence
# mypy: ignore-errors
== fmt-off | 'fmt: off' would silence
# fmt: off
X = 1
== bidi | U+202E cannot be seen
X = "a\u202eb"
== zero-width | U+200B cannot be seen
X = "a\u200bb"
== control | U+001B cannot be seen
X = "a\x1bb"
== full-width-eval | eval is refused
def f() -> object:
    return \uff45val("1")
"""


def samples() -> dict[str, tuple[str, str]]:
    """Return each sample's code and the words of its finding, by name."""
    found = {}
    for block in SAMPLES.lstrip("\n").removeprefix("== ").split("\n== "):
        head, _, code = block.partition("\n")
        name, said = head.split(" | ")
        found[name] = (code.rstrip("\n") + "\n", said)
    return found
