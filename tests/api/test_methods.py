"""Methods described in words: from accepted cases and code to a package that the gates judge."""

from __future__ import annotations

import copy
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.gates import Subject, Verdict, judge
from generator.lock import canonical
from generator.patterns import IntegrationPattern
from generator.render import Job, render
from generator.sandbox import level

from .entries import STRIPE, entry
from .test_grouped import shop

CHECKOUT = Path(__file__).resolve().parents[2]
WORDS = "Refund every charge of a customer that is younger than the given number of days, and say how many."
CHARGE = {"id": "ch_1", "amount": 500, "created": 1_699_999_000, "refunded": False}
OLD = {**CHARGE, "id": "ch_2", "created": 1_600_000_000}
CASES: dict[str, Any] = {
    "parameters": {"customer": "string", "days": "integer"},
    "returns": "integer",
    "cases": [
        {
            "arguments": {"customer": "cus_1", "days": 2},
            "answers": [
                {"operation": "GET /v1/charges", "body": [CHARGE, OLD]},
                {"operation": "POST /v1/refunds", "body": {"id": "re_1"}},
            ],
            "requests": [
                {"operation": "GET /v1/charges", "parameters": {"customer": "cus_1"}},
                {"operation": "POST /v1/refunds", "body": {"charge": "ch_1"}},
            ],
            "expected": 1,
        },
        {
            "arguments": {"customer": "cus_2", "days": 2},
            "answers": [{"operation": "GET /v1/charges", "body": []}],
            "requests": [{"operation": "GET /v1/charges", "parameters": {"customer": "cus_2"}}],
            "expected": 0,
        },
    ],
}
DEPENDENCIES = ("httpx2>=2.16,<3", "msgspec>=0.20,<1", "pyyaml>=6.0.2,<7")
SIGNATURE = "def refund_customer(self, customer: str, days: int) -> int:"
CODE = f"""{SIGNATURE}
    oldest = self._clock.time() - days * 86400
    count = 0
    for charge in self.list_charges(customer=customer):
        if charge.created > oldest and not charge.refunded:
            self.create_refund(charge=charge.id)
            count += 1
    return count
"""
STUB = f"{SIGNATURE}\n    return 0\n"
IDLE = f"{SIGNATURE}\n    return len(list(self.list_charges(customer=customer)))\n"
WRONG = CODE.replace("self.create_refund(charge=charge.id)", "self.create_refund(charge=customer)")
HOSTILE = f"{SIGNATURE}\n    return len(self._transport.__class__.__mro__)\n"


def described(name: str = "stripe", methods: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An entry with charges, refunds and a method in words."""
    raw = entry(STRIPE)
    raw["name"] = name
    raw["methods"] = {"refund_customer": WORDS} if methods is None else dict(methods)
    raw["requirements"] |= {
        "endpoints": [
            {
                "method": "GET",
                "path": "/v1/charges",
                "parameters": {"customer": "string?"},
                "returns": ["Charge"],
                "paginate": True,
            },
            {"method": "POST", "path": "/v1/refunds", "body": {"charge": "string"}, "returns": "Refund"},
            {"method": "GET", "path": "/v1/refunds/{id}", "returns": "Refund"},
            {"method": "GET", "path": "/v1/files/{id}/contents", "returns": "bytes"},
        ],
        "types": {
            "Charge": {"id": "string", "amount": "integer", "created": "integer", "refunded": "boolean"},
            "Refund": {"id": "string", "made_at": "datetime?"},
        },
    }
    return raw


def offline(pattern: IntegrationPattern, raw: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The canonical entry and the offline answers about it."""
    normal = canonical(pattern.normalise(raw))
    tasks = pattern.questions(normal)
    return normal, {task.id: pattern.answer(task.id, task.slice(normal)) for task in tasks}


def resolved(pattern: IntegrationPattern, raw: dict[str, Any], **said: Any) -> dict[str, Any]:
    """The blueprint with answers about ``refund_customer``: *cases* and *code*."""
    normal, answers = offline(pattern, raw)
    names = {"cases": "cases:refund_customer", "code": "method:refund_customer"}
    return pattern.resolve(normal, answers | {names[key]: value for key, value in said.items()})


def findings(blueprint: Mapping[str, Any]) -> dict[str, str]:
    return {finding["at"]: finding["message"] for finding in blueprint["findings"]}


def lay(folder: Path) -> None:
    """Lay a stage with the runtime."""
    (folder / "integrations").mkdir(parents=True)
    shutil.copy(CHECKOUT / "integrations" / "__init__.py", folder / "integrations")
    (folder / "integrations" / "runtime").symlink_to(CHECKOUT / "integrations" / "runtime")


def subject(
    name: str, files: tuple[str, ...], blueprint: Mapping[str, Any], facts: dict[str, Any]
) -> Subject:
    """What the gates judge of a package with a model's code."""
    return Subject(
        name=name,
        module=name,
        entry=facts,
        public_names=tuple(blueprint["public"]),
        files=tuple(sorted(files)),
        dependencies=DEPENDENCIES,
        operations=blueprint["names"],
        sandboxed=True,
    )


def staged(pattern: IntegrationPattern, folder: Path, codes: Mapping[str, str]) -> tuple[Subject, ...]:
    """Render a package for each code, called by its name, and return what the gates judge."""
    lay(folder)
    place = pattern.folder.path / "rest"
    blueprints = {n: resolved(pattern, described(n), cases=CASES, code=code) for n, code in codes.items()}
    packages = render([Job(name, name, place, b) for name, b in blueprints.items()], folder)
    normal = canonical(pattern.normalise(described()))
    return tuple(
        subject(p.name, tuple(p.files), blueprints[p.name], {**normal, "name": p.name}) for p in packages
    )


@pytest.fixture(scope="module")
def verdicts(pattern: IntegrationPattern, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    """One run of every gate over packages with the right code and with wrong ones."""
    folder = tmp_path_factory.mktemp("methods")
    subjects = staged(
        pattern, folder, {"right": CODE, "stub": STUB, "idle": IDLE, "wrong": WRONG, "placed": CODE}
    )
    adapter = folder / "integrations" / "placed" / "placed_adapter.py"
    mark = "        oldest = self._clock.time() - days * 86400\n"
    text = adapter.read_text()
    assert mark in text
    adapter.write_text(text.replace(mark, f"        print(self._transport.__class__.__mro__)\n{mark}"))
    return judge(folder, subjects)


def said(verdict: Verdict, gate: str) -> str:
    return " ".join(finding.message for finding in verdict.findings if finding.gate == gate)


def test_a_described_method_passes_every_gate(verdicts: dict[str, Verdict]) -> None:
    assert verdicts["right"].findings == ()
    assert verdicts["right"].counts["tests"]["sandbox"] == level()


def test_a_body_that_does_nothing_fails_its_cases(verdicts: dict[str, Verdict]) -> None:
    assert "test_refund_customer" in said(verdicts["stub"], "tests")
    assert "no request was sent" in said(verdicts["stub"], "tests")


def test_a_body_that_asks_too_little_fails_its_cases(verdicts: dict[str, Verdict]) -> None:
    assert "test_refund_customer" in said(verdicts["idle"], "tests")


def test_a_body_that_sends_something_else_fails_its_cases(verdicts: dict[str, Verdict]) -> None:
    assert "the form should be {'charge': 'ch_1'}" in said(verdicts["wrong"], "tests")


def test_hostile_code_that_was_put_into_the_file_is_not_run(verdicts: dict[str, Verdict]) -> None:
    assert "__class__" in said(verdicts["placed"], "policy")
    assert "tests" not in verdicts["placed"].counts


def test_the_method_stands_in_the_blocking_adapter_alone(pattern: IntegrationPattern, tmp_path: Path) -> None:
    staged(pattern, tmp_path, {"right": CODE})
    folder = tmp_path / "integrations" / "right"
    blocking, _, awaited = (folder / "right_adapter.py").read_text().partition("class AsyncStripeAdapter")
    body = "\n".join(f"    {line}" for line in CODE.splitlines()[1:])
    assert body in blocking
    assert "`StripeAdapter` alone has it: `refund_customer`" in awaited
    assert "refund_customer =" not in awaited
    assert (
        "`refund_customer(customer: str, days: int) -> int`" in (folder / "RIGHT_INTEGRATION.md").read_text()
    )


def test_an_entry_without_methods_has_no_trace_of_them(pattern: IntegrationPattern) -> None:
    normal, answers = offline(pattern, described(methods={}))
    assert not [name for name in answers if ":" in name]
    bare = {key: value for key, value in normal.items() if key != "methods"}
    assert pattern.resolve(normal, answers) == pattern.resolve(bare, answers)


def test_without_a_model_the_method_is_missing_and_a_finding_says_so(pattern: IntegrationPattern) -> None:
    blueprint = resolved(pattern, described())
    assert blueprint["described"]["methods"] == []
    assert findings(blueprint)["methods.refund_customer"] == (
        "not written: it is described in words, and nobody has written it yet. "
        "Run: jackfield generate stripe --answers model, or write it in stripe_custom.py."
    )


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (HOSTILE, "recorded code is refused: line 1: "),
        (CODE.replace("customer: str", "customer: int"), "recorded code is refused: the first line must be"),
        (f"import os\n{CODE}", "recorded code is refused: the first line must be"),
        (f"{CODE}import os\n", "recorded code is refused: there must be one function"),
        (CODE.replace("list_charges", "get_file_contents"), "is no operation that this method may call"),
    ],
)
def test_code_that_the_policy_refuses_is_not_rendered_whoever_recorded_it(
    pattern: IntegrationPattern, code: str, why: str
) -> None:
    blueprint = resolved(pattern, described(), cases=CASES, code=code)
    assert blueprint["described"]["methods"] == []
    assert why in findings(blueprint)["methods.refund_customer"]


def test_cases_that_do_not_fit_the_entry_any_more_are_not_rendered(pattern: IntegrationPattern) -> None:
    raw = described()
    raw["requirements"]["endpoints"] = raw["requirements"]["endpoints"][:1]
    blueprint = resolved(pattern, raw, cases=CASES, code=CODE)
    assert blueprint["described"]["methods"] == []
    assert "'POST /v1/refunds' is no operation" in findings(blueprint)["methods.refund_customer"]


def test_a_name_that_an_operation_has_is_not_taken_from_it(pattern: IntegrationPattern) -> None:
    normal, answers = offline(pattern, described(methods={"list_charges": "List some."}))
    given = {
        "cases:list_charges": CASES,
        "method:list_charges": CODE.replace("refund_customer", "list_charges"),
    }
    blueprint = pattern.resolve(normal, answers | given)
    assert "an operation or a group has this name" in findings(blueprint)["methods.list_charges"]


def test_a_method_is_checked_with_the_entry(pattern: IntegrationPattern) -> None:
    long = {"description": WORDS, "parameters": {"customer": "strng", "len": "string", "upload": "file"}}
    raw = described(
        methods={
            "request": WORDS,
            "refund": long,
            "refund_customer": WORDS,
            "_call": WORDS,
            "__init__": WORDS,
        }
    )
    _, complaints = pattern.read(raw)
    told = [(complaint.pointer, complaint.message) for complaint in complaints]
    assert [pointer for pointer, _ in told] == [
        ("methods", "request"),
        *[("methods", "refund")] * 3,
        ("methods", "_call"),
        ("methods", "__init__"),
    ]
    assert any("'strng' is not a type" in message for _, message in told)


def changed(**case: Any) -> dict[str, Any]:
    """The cases, with something else in the first."""
    answer = copy.deepcopy(CASES)
    answer["cases"][0] |= case
    return answer


ANSWERS, REQUESTS = CASES["cases"][0]["answers"], CASES["cases"][0]["requests"]
REFUNDED = {"operation": "POST /v1/refunds", "body": {"id": "re_1"}}
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown operation": (
        changed(answers=[{"operation": "GET /v1/all", "body": []}], requests=[{"operation": "GET /v1/all"}]),
        "'GET /v1/all' is no operation of the data",
    ),
    "an answer without its request": (changed(requests=REQUESTS[:1]), "not the same operations"),
    "a body of another type": (
        changed(answers=[{"operation": "GET /v1/charges", "body": [{"id": 1}]}, REFUNDED]),
        "answers[0]: body: ",
    ),
    "a page where its items are asked for": (
        changed(answers=[{"operation": "GET /v1/charges", "body": {"data": [CHARGE]}}, REFUNDED]),
        "answers[0]: body: ",
    ),
    "a field that the type does not have": (
        changed(answers=[{"operation": "GET /v1/charges", "body": [{**CHARGE, "note": "x"}]}, REFUNDED]),
        "answers[0]: body: ",
    ),
    "a status that is tried again": (
        changed(answers=[ANSWERS[0], {"operation": "POST /v1/refunds", "status": 429}]),
        "status 429 is not answered",
    ),
    "a parameter that the operation does not have": (
        changed(requests=[{"operation": "GET /v1/charges", "parameters": {"user": "x"}}, REQUESTS[1]]),
        "requests[0]: parameters.user is not there",
    ),
    "a field of the body that is missing": (
        changed(requests=[REQUESTS[0], {"operation": "POST /v1/refunds"}]),
        "body.charge is required",
    ),
    "a field of the body that is not there": (
        changed(requests=[REQUESTS[0], {"operation": "POST /v1/refunds", "body": {"charge": "c", "x": 1}}]),
        "body.x is not there",
    ),
    "a body where there is none": (
        changed(
            answers=[{"operation": "GET /v1/refunds/{id}", "body": {"id": "r"}}],
            requests=[{"operation": "GET /v1/refunds/{id}", "parameters": {"id": "r"}, "body": {"a": 1}}],
        ),
        "the operation has no body",
    ),
    "a path without its parameter": (
        changed(
            answers=[{"operation": "GET /v1/refunds/{id}", "body": {"id": "r"}}],
            requests=[{"operation": "GET /v1/refunds/{id}"}],
        ),
        "parameters.id is required",
    ),
    "a file": (
        changed(
            answers=[{"operation": "GET /v1/files/{id}/contents", "body": "x"}],
            requests=[{"operation": "GET /v1/files/{id}/contents", "parameters": {"id": "f"}}],
        ),
        "returns a file",
    ),
    "an argument too many": (changed(arguments={"customer": "c", "days": 1, "x": 1}), "arguments.x is no"),
    "an argument too few": (changed(arguments={"customer": "c"}), "arguments.days is missing"),
    "an argument of another type": (changed(arguments={"customer": "c", "days": "2"}), "arguments.days: 2"),
    "a result of another type": (changed(expected="one"), "expected: one does not fit"),
    "a result that is null": (changed(expected=None), "expected: None does not fit"),
    "a shape that is none": ({**CASES, "returns": "intger"}, "returns: 'intger' is not a type"),
    "a parameter that hides a builtin": ({**CASES, "parameters": {"len": "string"}}, "cannot name one"),
    "a parameter that is a keyword": ({**CASES, "parameters": {"from": "string"}}, "cannot name one"),
    "a parameter that is code": ({**CASES, "parameters": {"a=print(1)": "string"}}, "cannot name one"),
    "cases that an empty method passes": (
        {
            **CASES,
            "cases": [
                {"arguments": {"customer": c, "days": 1}, "answers": [], "requests": [], "expected": 0}
                for c in ("a", "b")
            ],
        },
        "a method that does nothing would pass",
    ),
    "cases that end alike": ({**CASES, "cases": [CASES["cases"][1], CASES["cases"][1]]}, "ends alike"),
}


def verify(pattern: IntegrationPattern, raw: dict[str, Any], answer: Any) -> list[str]:
    """What is wrong with cases, in the words of the question's own check."""
    normal, answers = offline(pattern, raw)
    (task,) = (task for task in pattern.questions(normal) if task.id == "cases:refund_customer")
    inputs = {**task.slice(normal), **pattern.context(task.id, normal, answers)}
    return list(pattern.verify(task.id, inputs, answer))


@pytest.mark.parametrize("name", FAULTS)
def test_cases_that_contradict_the_entry_are_refused_with_their_mend(
    pattern: IntegrationPattern, name: str
) -> None:
    answer, fault = FAULTS[name]
    told = verify(pattern, described(), answer)
    assert any(fault in line for line in told), told


def test_good_cases_have_no_fault(pattern: IntegrationPattern) -> None:
    assert verify(pattern, described(), CASES) == []
    refused = changed(answers=[ANSWERS[0], {"operation": "POST /v1/refunds", "status": 409}])
    assert verify(pattern, described(), refused) == []


def test_what_the_user_declares_stays(pattern: IntegrationPattern) -> None:
    long = {
        "description": WORDS,
        "parameters": {"customer": "string", "days": "integer"},
        "returns": "integer",
    }
    raw = described(methods={"refund_customer": long})
    assert verify(pattern, raw, CASES) == []
    told = verify(pattern, raw, {**CASES, "returns": "string"})
    assert told[0] == "returns is declared by the data. Copy it."


def test_the_code_is_asked_for_with_cases_operations_types_and_signature(pattern: IntegrationPattern) -> None:
    normal, answers = offline(pattern, described())
    told = pattern.context("method:refund_customer", normal, answers | {"cases:refund_customer": CASES})
    assert told["signature"] == SIGNATURE
    assert told["signature"] == pattern.signature(
        normal, answers | {"cases:refund_customer": CASES}, "refund_customer"
    )
    assert told["cases"] == CASES["cases"]
    assert [line.partition("  #")[0] for line in told["operations"]] == [
        "self.list_charges(*, customer: str | None = None) -> Iterator[Charge]",
        "self.create_refund(*, charge: str) -> Refund",
    ]
    assert [line.partition(":")[0] for line in told["types"]] == ["class Charge", "class Refund"]
    assert pattern.verify("method:refund_customer", told, CODE) == []
    assert pattern.verify("method:refund_customer", told, HOSTILE)
    assert pattern.verify("method:refund_customer", told, CODE.replace("list_charges", "get_refund"))


def test_code_is_not_asked_for_before_there_are_cases(pattern: IntegrationPattern) -> None:
    normal, answers = offline(pattern, described())
    told = pattern.context("method:refund_customer", normal, answers)
    assert pattern.folder.code.posed("method:refund_customer", told, {}) is None
    assert pattern.signature(normal, answers, "refund_customer") == ""


STYLES: dict[str, tuple[Any, dict[str, Any]]] = {
    "link": ("link", {}),
    "page": ({"style": "page"}, {}),
    "page with a size": ({"style": "page", "size_parameter": "size", "size": 2}, {}),
    "offset": ({"style": "offset"}, {}),
    "offset with a total": ({"style": "offset", "total": "total", "items": "data"}, {}),
    "cursor of the last item": ({"style": "cursor", "last": "id", "items": "data"}, {}),
    "cursor of the body": ({"style": "cursor", "next": "meta.next", "items": "data"}, {}),
}


def test_cases_walk_over_pages_as_the_runtime_does(pattern: IntegrationPattern, tmp_path: Path) -> None:
    lay(tmp_path)
    jobs = []
    for number, (pagination, more) in enumerate(STYLES.values()):
        raw = described(f"style{number}")
        raw["requirements"] |= {"pagination": pagination, **more}
        blueprint = resolved(pattern, raw, cases=CASES, code=CODE)
        assert findings(blueprint) == {}
        jobs.append(Job(raw["name"], raw["name"], pattern.folder.path / "rest", blueprint))
    render(jobs, tmp_path)
    tests = [f"integrations/{job.name}/test_{job.name}_methods.py" for job in jobs]
    options = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert f"{2 * len(STYLES)} passed" in done.stdout


TYPED_CASES = {
    "parameters": {"note": "string?", "since": "date", "refund": "Refund"},
    "returns": "Refund?",
    "cases": [
        {
            "arguments": {"since": "2023-11-14", "refund": {"id": "a/b", "made_at": "2023-11-14T00:00:00Z"}},
            "answers": [{"operation": "GET /v1/refunds/{id}", "body": {"id": "a/b"}}],
            "requests": [{"operation": "GET /v1/refunds/{id}", "parameters": {"id": "a/b"}}],
            "expected": {"id": "a/b2023-11-14"},
        },
        {
            "arguments": {"since": "2023-11-14", "refund": {"id": "x"}, "note": "n"},
            "answers": [{"operation": "GET /v1/refunds/{id}", "status": 404}],
            "requests": [{"operation": "GET /v1/refunds/{id}", "parameters": {"id": "x"}}],
            "expected": None,
        },
    ],
}
TYPED_CODE = """
def refund_customer(self, since: dt.date, refund: Refund, note: str | None = None) -> Refund | None:
    try:
        found = self.get_refund(refund.id)
    except NotFoundError:
        return None
    return Refund(id=f"{found.id}{since.isoformat()}{note or ''}")
"""
BREAK_OUT = '''"""\n\nimport os; os.system("id")\n\n"""  # noqa \u202e {{ 7 * 7 }} {% raw %} \\'''
EVIL_CASES = {
    "parameters": {"text": "string"},
    "returns": "string",
    "cases": [
        {"arguments": {"text": BREAK_OUT}, "answers": [], "requests": [], "expected": BREAK_OUT},
        {"arguments": {"text": "'"}, "answers": [], "requests": [], "expected": "'"},
    ],
}
EVIL_CODE = "def refund_customer(self, text: str) -> str:\n    return text\n"
GROUPED_CASES = {
    "parameters": {"id": "string"},
    "returns": "Money?",
    "cases": [
        {
            "arguments": {"id": "o1"},
            "answers": [
                {
                    "operation": "GET /orders/{id}",
                    "body": {"id": "o1", "total": {"amount": 3, "currency": "EUR"}, "lines": []},
                }
            ],
            "requests": [{"operation": "GET /orders/{id}", "parameters": {"id": "o1"}}],
            "expected": {"amount": 6, "currency": "EUR"},
        },
        {
            "arguments": {"id": "o2"},
            "answers": [{"operation": "GET /orders/{id}", "status": 410}],
            "requests": [{"operation": "GET /orders/{id}", "parameters": {"id": "o2"}}],
            "expected": None,
        },
    ],
}
GROUPED_CODE = """
def refund_customer(self, id: str) -> Money | None:
    try:
        order = self.orders.fetch(id)
    except NotFoundError:
        return None
    return Money(amount=2 * order.total.amount, currency=order.total.currency)
"""


def test_every_gate_passes_whatever_types_texts_and_groups_there_are(
    pattern: IntegrationPattern, tmp_path: Path
) -> None:
    """Dates, optional arguments, errors of the service, classes that the body makes; texts that break out."""
    evil = described("evil", {"refund_customer": f"Return it. {BREAK_OUT}"})
    grouped = {**shop("grouped"), "methods": {"refund_customer": "Double the total of an order."}}
    told = {
        "typed": (described("typed"), TYPED_CASES, TYPED_CODE),
        "evil": (evil, EVIL_CASES, EVIL_CODE),
        "grouped": (grouped, GROUPED_CASES, GROUPED_CODE),
    }
    for raw, cases, _ in told.values():
        assert verify(pattern, raw, cases) == []
    blueprints = {
        name: resolved(pattern, raw, cases=cases, code=code) for name, (raw, cases, code) in told.items()
    }
    assert not [at for b in blueprints.values() for at in findings(b) if at.startswith("methods.")]
    lay(tmp_path)
    place = pattern.folder.path / "rest"
    packages = render([Job(name, name, place, b) for name, b in blueprints.items()], tmp_path)
    subjects = [
        subject(p.name, tuple(p.files), blueprints[p.name], canonical(pattern.normalise(told[p.name][0])))
        for p in packages
    ]
    for name, verdict in judge(tmp_path, subjects).items():
        assert verdict.findings == (), name


GARBAGE: tuple[Any, ...] = (
    None,
    [],
    "x",
    {},
    {"cases": []},
    {"parameters": {}, "returns": "string", "cases": ["x"]},
    {"parameters": [], "returns": "string", "cases": CASES["cases"]},
    {"parameters": {}, "returns": "string", "cases": [{"arguments": [], "answers": [], "requests": []}]},
    {"parameters": {}, "returns": "string", "cases": [{"answers": ["x"], "requests": ["x"]}]},
    {"parameters": {}, "returns": "string", "cases": [{"answers": [{"status": "x"}], "requests": [{}]}]},
    {"parameters": {"a": 7}, "returns": 7, "cases": [{}]},
    {**CASES, "returns": {"type": "object", "properties": {"a": {"$ref": "#/types/Gone"}}}},
)


@pytest.mark.parametrize("answer", GARBAGE)
def test_what_is_no_answer_at_all_is_refused_and_never_rendered(
    pattern: IntegrationPattern, answer: Any
) -> None:
    assert verify(pattern, described(), answer)
    blueprint = resolved(pattern, described(), cases=answer, code=CODE)
    assert blueprint["described"]["methods"] == []
