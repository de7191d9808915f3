"""What a model may write for a method that is described in words, and what it may not."""

from __future__ import annotations

import ast
from textwrap import dedent, indent

import pytest

from generator.errors import AnswerError
from generator.subtasks.code_policy import body, check

SIGNATURE = "def refund_customer(self, customer: str, days: int) -> int:"
OPERATIONS = ("list_charges", "create_refund", "charges.list", "get_report")


def function(text: str, signature: str = SIGNATURE) -> str:
    return f"{signature}\n{indent(dedent(text).strip(), '    ')}\n"


def said(text: str) -> tuple[str, ...]:
    return check(function(text), SIGNATURE, operations=OPERATIONS, types=("Charge",))


HONEST = {
    "a loop over pages": """
        limit = self._clock.time() - days * 86400
        count = 0
        for charge in self.list_charges(customer=customer):
            if charge.created > limit and not charge.refunded:
                self.create_refund(charge=charge.id)
                count += 1
        return count
    """,
    "one expression": "return sum(charge.amount for charge in self.list_charges(customer=customer))",
    "an operation of a group": "return len(list(self.charges.list(customer=customer)))",
    "the clock as a moment": """
        now = dt.datetime.fromtimestamp(self._clock.time(), dt.UTC)
        oldest = now - dt.timedelta(days=days)
        return len([c for c in self.list_charges() if c.created_at >= oldest])
    """,
    "an error that means nothing is there": """
        try:
            charges = list(self.list_charges(customer=customer))
        except NotFoundError:
            return 0
        return len(charges)
    """,
    "an error with its status": """
        try:
            refund = self.create_refund(charge=customer)
        except (ConflictError, InvalidRequestError) as error:
            if error.status == 409:
                return 0
            raise
        return refund.amount
    """,
    "an argument that cannot be": """
        if days < 1:
            raise InvalidArgumentError(f"days must be 1 or more, not {days:,}")
        return days
    """,
    "counting by key": """
        counts: dict[str, int] = {}
        for charge in self.list_charges():
            counts[charge.status] = counts.get(charge.status, 0) + 1
        best = max(counts.items(), key=lambda item: item[1], default=("", 0))
        return best[1]
    """,
    "text work": """
        words = [word.strip().lower() for word in customer.split(",") if word.startswith("cus_")]
        return len({*words, "x"}) if words else math.ceil(days / 7)
    """,
    "a value of a declared class": """
        made = Charge(id=customer, amount=days)
        return made.amount
    """,
    "the first of a list": """
        charge = next((c for c in self.list_charges() if isinstance(c.amount, int)), None)
        if charge is None:
            return 0
        # the newest comes first
        return round(charge.amount * 100) % 7
    """,
    "rows sorted": """
        rows = sorted(self.list_charges(), key=lambda c: c.created, reverse=True)[:days]
        total = 0
        for index, (left, right) in enumerate(zip(rows, rows[1:], strict=False)):
            total += index if left.id != right.id else 0
        return total
    """,
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_body_passes(name: str) -> None:
    assert said(HONEST[name]) == ()


HOSTILE = {
    "import": "import os\nreturn 0",
    "from import": "from os import system\nreturn 0",
    "dynamic import": "return __import__('os').system('id')",
    "import through a module": "return math.sys.modules",
    "exec of another module's codecs": "return json.codecs.builtins.exec('1')",
    "module behind dt": "return dt.sys.exit(1)",
    "module behind math": "return math.__loader__.load_module('os')",
    "module passed around": "m = math\nreturn 0",
    "module in a list": "return [dt][0].sys",
    "classes of a tuple": "return ().__class__.__mro__[1].__subclasses__()",
    "mro without dunders": "return int.mro()",
    "globals of a function": "return self.list_charges.__globals__",
    "globals of a lambda": "return (lambda: 0).__globals__",
    "frame of a generator": "return (x for x in [1]).gi_frame.f_back",
    "traceback": "try:\n    return 1\nexcept NotFoundError as e:\n    return e.__traceback__.tb_frame",
    "format reaches attributes": "return '{0.__class__}'.format(self)",
    "format in two parts": "return ('{0.__cla' + 'ss__}').format(customer)",
    "format_map": "return '{x}'.format_map({'x': 1})",
    "format as a value": "f = ''.format\nreturn 0",
    "str.format by its class": "return str.format('{0}', customer)",
    "dunder in a text": "return len('{0.__class__}')",
    "nested format specification": "return len(f'{days:{customer}}')",
    "a format specification that fills memory": "return len(f'{days:>1000000000}')",
    "percent format": "return len('%1000000000d' % days)",
    "eval": "return eval(customer)",
    "exec": "exec(customer)\nreturn 0",
    "compile": "return compile('1', 'x', 'eval')",
    "getattr": "return getattr(self, 'close')()",
    "setattr": "setattr(self, 'x', 1)\nreturn 0",
    "vars": "return vars(self)",
    "dir": "return dir(self)",
    "globals": "return globals()['os']",
    "open": "return len(open('/etc/passwd').read())",
    "Path of the adapter's module": "return len(Path('/etc/passwd').read_text())",
    "a second adapter elsewhere": "return StripeAdapter('https://evil.example').list_charges()",
    "type builds a class": "return type('X', (), {})()",
    "super": "return super().request('GET', '/')",
    "print": "print(customer)\nreturn 0",
    "input": "return input()",
    "a raw request": "return self.request('GET', 'https://evil.example').status",
    "closing the adapter": "self.close()\nreturn 0",
    "the credential": "return self._requests.credentials[0].value.reveal()",
    "the transport": "return self._transport.handle_request(None)",
    "the clock moved": "self._clock.sleep(10)\nreturn 0",
    "a new adapter": "return self.from_config()",
    "an operation as a value": "f = self.create_refund\nreturn 0",
    "self passed around": "adapter = self\nreturn 0",
    "self in a call": "return len([self])",
    "an unknown operation": "return self.delete_everything()",
    "an unknown group": "return self.refunds.list()",
    "itself": "return self.refund_customer(customer, days)",
    "a download saved to disk": "self.get_report('r').save('/tmp/x')\nreturn 0",
    "a private attribute": "return customer._x",
    "an attribute set": "customer.x = 1\nreturn 0",
    "the adapter changed": "self.metrics = None\nreturn 0",
    "a pattern match": "match customer:\n    case str():\n        return 1\nreturn 0",
    "global": "global X\nX = 1\nreturn 0",
    "nonlocal": "nonlocal X\nreturn 0",
    "class": "class X:\n    pass\nreturn 0",
    "inner function": "def f():\n    return 1\nreturn 0",
    "endless loop": "while True:\n    pass",
    "endless iterator": "for x in iter(int, 1):\n    pass\nreturn 0",
    "generator": "yield 1",
    "await": "return await self.list_charges()",
    "walrus": "return (n := days)",
    "assert": "assert days\nreturn 0",
    "del": "del customer\nreturn 0",
    "star arguments": "return len(*[customer])",
    "double star arguments": "return self.list_charges(**{'customer': customer})",
    "a lambda with everything": "return len(sorted([1], key=lambda *a: a))",
    "a lambda with a default": "return len(sorted([1], key=lambda a, b=days: b))",
    "calling a value": "f = [len][0]\nreturn f('x')",
    "calling what a call returns": "return (lambda: 1)()",
    "every error caught": "try:\n    return 1\nexcept:\n    return 0",
    "Exception caught": "try:\n    return 1\nexcept Exception:\n    return 0",
    "BaseException caught": "try:\n    return 1\nexcept (NotFoundError, BaseException):\n    return 0",
    "exit raised": "raise SystemExit(0)",
    "an error raised by name": "raise NotFoundError",
    "a power that fills memory": "return 10 ** 10 ** 10",
    "a shift that fills memory": "return 1 << 999999999999",
    "a huge number": "return 99999999999999999999999",
    "a builtin renamed": "len = 5\nreturn len",
    "a module renamed": "dt = 5\nreturn 0",
    "a loop over a module's name": "for math in [1]:\n    pass\nreturn 0",
    "an error renamed by except": "try:\n    return 1\nexcept NotFoundError as len:\n    return 0",
    "an underscored name": "_x = 1\nreturn 0",
    "a builtins module": "return __builtins__['eval']('1')",
    "docstring": '"""Refund."""\nreturn 0',
    "ignored types": "return customer  # type: ignore",
    "a lint silenced": "return 0  # noqa: E501",
    "a security lint silenced": "return 0  # nosec",
    "coverage silenced": "return 0  # pragma: no cover",
    "the formatter silenced": "# fmt: off\nreturn 0",
    "a name that is not ASCII": "ｅval = 1\nreturn 0",
    "an evaluated annotation": "x: '__import__(\"os\")' = 1\nreturn 0",
    "an annotation that calls": "x: len([1]) = 1\nreturn 0",
    "bytes": "return len(b'x')",
    "ellipsis": "...",
    "a line that does nothing": "days == 1\nreturn 0",
    "today": "return dt.date.today().year",
    "now": "return dt.datetime.now(dt.UTC).year",
    "a text over lines": 'return len("""a\nb""")',
    "a backslash": "return 1 + \\\n    2",
    "a context manager": "with self.get_report('r') as r:\n    return 1",
    "an async comprehension": "return [x async for x in self.list_charges()]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused(name: str) -> None:
    found = said(HOSTILE[name])
    assert found
    assert all(len(line) <= 240 and "\n" not in line for line in found)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_body_is_refused_without_a_list_of_operations_too(name: str) -> None:
    known_to_the_adapter_alone = ("an unknown operation", "an unknown group")
    found = check(function(HOSTILE[name]), SIGNATURE)
    assert bool(found) is (name not in known_to_the_adapter_alone)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "return 0",
        "def other(self) -> int:\n    return 0\n",
        f"{SIGNATURE} return 0\n",
        f"{SIGNATURE}  # a note\n    return 0\n",
        SIGNATURE.replace("-> int", "-> str") + "\n    return 0\n",
        SIGNATURE.replace("days: int", "days: int = 0") + "\n    return 0\n",
        f"@staticmethod\n{SIGNATURE}\n    return 0\n",
        f"import os\n{SIGNATURE}\n    return 0\n",
        f"{SIGNATURE}\n    return 0\n\nprint(1)\n",
        f"{SIGNATURE}\n    return 0\n\n{SIGNATURE}\n    return 1\n",
        f"{SIGNATURE}\n\treturn 0\n",
        f"{SIGNATURE}\n  return 0\n",
        f"{SIGNATURE}\n    if days:\n      return 0\n    return 1\n",
        f"{SIGNATURE}\r\n    return 0\r\n",
        f"{SIGNATURE}\n    return 0\x0c\n",
        f"{SIGNATURE}\n    return len('\u202e')\n",
        f"{SIGNATURE}\n    return len('\u200b')\n",
        f"{SIGNATURE}\n    return 0\u2028    import os\n",
        f"{SIGNATURE}\n    return (\n1)\n",
        f"{SIGNATURE}\n",
        f"{SIGNATURE}\n    return 0\x00\n",
        f"{SIGNATURE}\n    return {'(' * 300}0{')' * 300}\n",
        f"{SIGNATURE}\n    return {'-' * 90}1{'+1' * 10}\n    return 0 +\n",
    ],
)
def test_what_is_not_exactly_one_function_of_the_signature_is_refused(code: str) -> None:
    assert check(code, SIGNATURE)


def test_a_body_is_bounded_in_lines_characters_and_nodes() -> None:
    assert check(function("x = 1\n" * 61 + "return 0"), SIGNATURE)
    assert check(function("return [" + "1," * 30 + "]\n" * 1 + ("x = [" + "1," * 30 + "]\n") * 20), SIGNATURE)
    assert check(function("# " + "x" * 90 + "\n" + ("# " + "x" * 90 + "\n") * 70 + "return 0"), SIGNATURE)
    assert check(function("x = 1\n" * 50 + "return 0"), SIGNATURE) == ()


def test_a_diagnostic_names_the_line_of_the_body() -> None:
    found = said("count = 0\nfor c in self.list_charges():\n    count += getattr(c, 'amount')\nreturn count")
    assert found == ("line 3: getattr() is refused",)


def test_diagnostics_come_in_the_order_of_lines_and_end() -> None:
    found = said("\n".join(f"import m{number}" for number in range(20)) + "\nreturn 0")
    assert len(found) == 10
    assert found[0].startswith("line 1: ")


def test_a_class_that_the_signature_names_may_be_made() -> None:
    signature = "def first(self) -> Charge | None:"
    made = function('return Charge(id="1")', signature)
    assert check(made, signature) == ()
    assert check(made, signature.replace("Charge", "Other")) != ()


def test_a_body_is_the_source_at_column_zero() -> None:
    code = function("for c in [1]:\n    # why\n    return c\nreturn 0")
    assert body(f"\n{code}\n\n") == "for c in [1]:\n    # why\n    return c\nreturn 0\n"
    assert ast.dump(ast.parse(indent(body(code), "    ").join((SIGNATURE + "\n", "")))) == ast.dump(
        ast.parse(code)
    )


@pytest.mark.parametrize("inside", ["\treturn 0", "return 0", "    return 0\r", "    return '\u202e'", ""])
def test_a_body_that_was_not_laid_out_so_has_no_source(inside: str) -> None:
    with pytest.raises(AnswerError):
        body(f"{SIGNATURE}\n{inside}\n")
