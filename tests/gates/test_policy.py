"""Each rule of the policy has its own hostile sample, and what adapters really write passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.gates import Verdict

from .hostile import samples
from .staging import Stage, found

HEAD = '"""A module."""\n\nfrom __future__ import annotations\n\n'

HOSTILE = samples()


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    """Every hostile sample as a package of its own, judged in one batch."""
    stage = Stage(tmp_path_factory.mktemp("policy") / "stage")
    aliases = {"aliases.py": HEAD + "import json as j\n\n__all__ = ['j']\n"}
    for name, (code, _) in HOSTILE.items():
        stage.package(name, HEAD + code, more=aliases, dependencies=("httpx2>=2", "msgspec"))
    return stage.judge()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_line_is_refused_where_it_stands(verdicts: dict[str, Verdict], name: str) -> None:
    code, said = HOSTILE[name]
    module = name.replace("-", "_")
    mine = [f for f in found(verdicts[name], "policy") if f[0] == f"{module}_adapter.py"]
    assert any(said in message for _, _, message in mine), mine
    first, last = HEAD.count("\n") + 1, (HEAD + code).count("\n")
    assert all(first <= line <= last for _, line, _ in mine), mine


def test_what_the_policy_refuses_is_never_executed(stage: Stage, tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    stage.package("hostile", f'"""A."""\n\nimport os\n\nX = os.system("touch {mark}")\n')
    verdict = stage.verdict()
    assert found(verdict, "policy")
    assert not mark.exists()
    assert "tests" not in verdict.counts


@pytest.mark.parametrize(
    "name", ["conftest.py", "pytest.ini", "sitecustomize.py", "x.pth", "setup.cfg", "sub/conftest.py"]
)
def test_a_file_that_a_tool_would_obey_is_refused(stage: Stage, name: str) -> None:
    stage.package("sneaky", more={name: "\n"})
    assert [path for path, _, said in found(stage.verdict(), "policy") if "obey" in said] == [
        name.rpartition("/")[2]
    ]


def test_the_runtime_gives_its_public_names_and_nothing_behind_them(full_stage: Stage) -> None:
    full_stage.package("good", HEAD + "from integrations.runtime import RateLimiter\n\nX = RateLimiter\n")
    full_stage.package("bad", HEAD + "from integrations.runtime._errors import redact\n\nX = redact\n")
    full_stage.package("worse", HEAD + "from ..runtime.http import os\n\nX = os\n")
    verdicts = full_stage.judge()
    assert not found(verdicts["good"], "policy")
    assert "private to the runtime" in found(verdicts["bad"], "policy")[0][2]
    assert "no name of the runtime" in found(verdicts["worse"], "policy")[0][2]


ORDINARY = '''
"""What adapters write."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Literal, TypeVar

import httpx2
import msgspec

if TYPE_CHECKING:
    from types import TracebackType

T = TypeVar("T")
CONFIG = Path(__file__).with_name("config.yaml")
NAMES = frozenset({"a", "b"})
PATTERN = re.compile(r"{0.__class__}")
LIMITS: Mapping[str, float] = {"hour": 5_000, "never": float("inf")}
DOTTED = "{0.__class__} and __import__('os') are text here  # noqa is inside a string"


class State(StrEnum):
    """A state."""

    OPEN = "open"


class Issue(msgspec.Struct, kw_only=True):
    """An issue."""

    number: int
    open: bool = True
    state: Literal["open", "import os"] = "open"
    size: Annotated[int, msgspec.Meta(ge=0, description="not a type")] = 0


class Base(Generic[T]):
    """A base."""

    SERVICE: ClassVar[str] = "x"
    __slots__ = ("_client",)

    def __init__(self, client: httpx2.Client, **options: Any) -> None:
        super().__init__()
        self._client = client

    def __enter__(self) -> Base[T]:
        return self

    def __exit__(self, kind: object, error: object, trace: TracebackType | None) -> None:
        self._client.close()

    def get(self, input: str, *, compile: bool = False) -> str:
        """Get it: parameters may be called like builtins."""
        name = type(self).__name__
        query = urllib.parse.urlencode({"input": input, "compile": compile})
        return f"{name}?{query:>10}" + json.dumps({"at": datetime.now(UTC).isoformat()})

    def pages(self) -> Iterator[int]:
        """Go on."""
        yield from (getattr(self, "size", 0) for _ in range(3))

    async def wait(self) -> None:
        """Wait."""
        await asyncio.sleep(0)
'''


def test_what_adapters_write_passes(stage: Stage) -> None:
    stage.package("ordinary", ORDINARY, dependencies=("httpx2>=2.16", "msgspec"))
    assert found(stage.verdict(), "policy") == []


def test_a_persons_own_file_may_do_what_it_likes(stage: Stage) -> None:
    own = '"""Mine."""\n\nimport os\n\nprint(os.getcwd())  # noqa: T201\n'
    stage.package("mine", more={"mine_custom.py": own})
    assert stage.verdict().findings == ()


def test_tests_may_use_pytest_and_call_functions_for_their_constants(stage: Stage) -> None:
    tests = '''
    """Tests."""

    import pytest

    from integrations.{module}.{module}_adapter import double

    CASES = [double(1), double(2)]


    @pytest.mark.parametrize("case", CASES)
    def test_even(case: int) -> None:
        assert case % 2 == 0
    '''
    stage.package("tested", tests=tests)
    assert stage.verdict().findings == ()


CALLS = """
from integrations.{module}.{module}_adapter import Formatter


def test_an_operation_may_be_called_format() -> None:
    def called(adapter: Formatter) -> str:
        return adapter.format("x")

    assert called(Formatter()) == "x"
"""


def test_an_operation_may_be_called_format(stage: Stage) -> None:
    code = HEAD + '\nclass Formatter:\n    """F."""\n\n    def format(self, text: str) -> str:\n'
    code += '        """Format."""\n        return text\n'
    stage.package("formatter", code, CALLS)
    assert stage.verdict().findings == ()


LAZY = (
    HEAD
    + """from typing import Any

from integrations.runtime.lazy import lazily

_HOMES = {"good_adapter": "Good"}


def __getattr__(name: str) -> Any:
    \"\"\"Import a type when it is first asked for.\"\"\"
    return lazily(__name__, name, _HOMES)
"""
)


def test_a_package_may_import_its_types_when_they_are_first_asked_for(full_stage: Stage) -> None:
    full_stage.package("good", LAZY)
    full_stage.package("bad", LAZY.replace("lazily(__name__, name, _HOMES)", "lazily(__name__, name, X)"))
    full_stage.package("worse", LAZY.replace("    return", "    print(name)\n    return"))
    verdicts = full_stage.judge()
    assert not found(verdicts["good"], "policy")
    assert found(verdicts["bad"], "policy")
    assert found(verdicts["worse"], "policy")
