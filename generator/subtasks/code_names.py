"""What a model's function may hold, by name: nodes, builtins, chains of modules, methods of plain values."""

from __future__ import annotations

import ast
from collections.abc import Mapping


def words(text: str) -> frozenset[str]:
    """Return the words of *text* as a set."""
    return frozenset(text.split())


PLAIN = (
    *(ast.Pass, ast.Break, ast.Continue, ast.If, ast.Return, ast.Load, ast.Store, ast.IfExp),
    *(ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.Invert),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.BitAnd, ast.BitOr),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn),
    *(ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Subscript, ast.Slice, ast.JoinedStr),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Expr, ast.Try, ast.keyword),
)
REFUSED: Mapping[type[ast.AST], str] = {
    ast.While: "use a for loop over something that ends; while is refused",
    ast.Import: "import nothing; dt (datetime) and math are there",
    ast.ImportFrom: "import nothing; dt (datetime) and math are there",
    ast.FunctionDef: "no function inside the function",
    ast.AsyncFunctionDef: "no function inside the function",
    ast.Await: "the method is blocking; no await",
    ast.Yield: "return a list; no yield",
    ast.YieldFrom: "return a list; no yield",
    ast.Pow: "** is refused; multiply",
    ast.NamedExpr: "assign in a line of its own; no :=",
    ast.Assert: "raise InvalidArgumentError instead of assert",
}
BUILTINS = words(
    "abs all any bool dict divmod enumerate float int isinstance len list max min next range repr reversed"
    " round set sorted str sum tuple zip"
)
ERRORS = words(
    "AuthenticationError ConflictError IntegrationError InvalidArgumentError InvalidRequestError"
    " NotFoundError PermissionDeniedError RateLimitedError ServiceError UnavailableError"
    " UnexpectedResponseError"
)
RAISED = "InvalidArgumentError"
ANNOTATIONS = words("Any Iterator Literal Mapping None Sequence")
MODULES: Mapping[str, frozenset[str]] = {
    "dt": words(
        "UTC date datetime timedelta date.fromisoformat datetime.combine datetime.fromisoformat"
        " datetime.fromtimestamp timezone.utc"
    ),
    "math": words("ceil floor inf isclose isfinite sqrt trunc"),
}
CLOCK = "_clock.time"  # the adapter's own: tests decide what time it is
CLOCKS = words("now today utcnow utcfromtimestamp")
# What an adapter has besides its operations.
RAW = words("aclose close delete from_config get metrics patch post put request")
# The methods of plain values: everything else that is called is an operation or a function named above.
METHODS = words(
    "add append as_integer_ratio astimezone bit_length capitalize casefold clear copy count date decode"
    " difference discard encode endswith extend find get index insert intersection is_integer isalnum"
    " isalpha isdecimal isdigit isdisjoint islower isoformat isoweekday isspace issubset issuperset"
    " isupper items join keys ljust lower lstrip match partition pop remove removeprefix removesuffix"
    " replace reverse rfind rjust rpartition rsplit rstrip setdefault sort split splitlines startswith"
    " strftime strip swapcase symmetric_difference time timestamp title total_seconds union update upper"
    " values weekday zfill"
)
TEXT, NUMBER = 500, 10**18  # the longest text and the largest number that code may hold
