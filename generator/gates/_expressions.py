"""The rules of the policy that look at one expression, wherever in a file it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from generator.gates._allowed import words
from generator.gates._imports import Dotted, Names, World, imported

Said = tuple[ast.AST, str]
Scope = frozenset[str]  # the parameters of the functions around a node: these names are no builtins

DYNAMIC = words("getattr setattr delattr hasattr")
BUILTINS = DYNAMIC | words(
    "__import__ breakpoint compile copyright credits dir eval exec exit globals help input license locals"
    " memoryview open quit vars"
)
DUNDER_NAMES = words("__name__ __file__ __all__ __doc__ __version__")
DUNDER_READ = words("__name__ __doc__ __cause__ __context__")
DUNDER_SUPER = words(
    "__init__ __enter__ __exit__ __aenter__ __aexit__ __post_init__ __repr__ __str__ __eq__ __hash__"
)
DUNDER_DEFINED = DUNDER_SUPER | words(
    "__aiter__ __anext__ __await__ __bool__ __call__ __contains__ __getitem__ __iter__ __len__ __ne__"
    " __next__ __ge__ __gt__ __le__ __lt__ __add__ __sub__ __mul__ __truediv__ __int__ __float__"
)
# __test__: a service's value may be called TestResult, and a test runner would collect it.
DUNDER_CLASS = words("__slots__ __hash__ __match_args__ __test__")
INTERNALS = words(
    "ag_code ag_frame co_code cr_code cr_frame f_back f_builtins f_code f_globals f_locals func_globals"
    " gi_code gi_frame gi_yieldfrom mro tb_frame tb_next"
)
FORMATS = frozenset({"format", "format_map"})
LAZY = "return lazily(__name__, name, _HOMES)"  # all that a module's __getattr__ may do


def is_dunder(name: str) -> bool:
    """Return whether Python itself gives the name a meaning."""
    return name.startswith("__") and name.endswith("__")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one file's tree; *test* allows what tests import, *calls* what callers of an adapter write."""

    names: Names
    world: World
    package: Dotted
    test: bool
    calls: bool

    def read(self, node: ast.AST, scope: Scope = frozenset()) -> Iterator[Said]:
        """Yield every node in *node* that the policy refuses, and why."""
        if isinstance(node, ast.Attribute):
            yield from self._attribute(node, scope)
        elif isinstance(node, ast.Name):
            yield from self._name(node, scope)
        elif isinstance(node, ast.Call):
            yield from self._call(node, scope)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from self._import(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from self._function(node, scope)
        else:
            yield from self._other(node, scope)

    def _children(self, node: ast.AST, scope: Scope) -> Iterator[Said]:
        for child in ast.iter_child_nodes(node):
            yield from self.read(child, scope)

    def _other(self, node: ast.AST, scope: Scope) -> Iterator[Said]:
        if isinstance(node, ast.Global):
            yield node, "global changes the module while it runs"
        elif isinstance(node, ast.AnnAssign):
            yield from self._annotation(node.annotation, scope)
        elif isinstance(node, ast.ClassDef):
            yield from self._class(node, scope)
        elif isinstance(node, ast.MatchClass):
            for name in node.kwd_attrs:  # a pattern reads attributes too
                yield from self._link(ast.Attribute(node.cls, name, lineno=node.lineno), scope)
        yield from self._children(node, scope)

    def _class(self, node: ast.ClassDef, scope: Scope) -> Iterator[Said]:
        for base in node.bases:
            yield from self._annotation(base, scope)
        for statement in node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            for target in targets:
                name = getattr(target, "id", "")
                if is_dunder(name) and name not in DUNDER_CLASS:
                    yield target, f"{name} gives a class a meaning that its reader does not see"

    def _import(self, node: ast.Import | ast.ImportFrom) -> Iterator[Said]:
        for whole, local, _ in imported(node, self.package):
            if whole[-1] == "*":
                yield node, "import * hides where names come from"
            elif problem := self.world.complaint(whole, test=self.test):
                yield node, problem
            elif is_dunder(local):
                yield node, f"{local} must not be bound by an import"

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope
    ) -> Iterator[Said]:
        parameters = _parameters(node.args)
        inner = scope | {p.arg for p in parameters}
        for default in (*node.args.defaults, *node.args.kw_defaults):
            yield from self.read(default, scope) if default else ()
        if isinstance(node, ast.Lambda):
            yield from self.read(node.body, inner)
            return
        yield from self._signature(node, parameters, scope)
        for statement in node.body:
            yield from self.read(statement, inner)

    def _signature(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, parameters: list[ast.arg], scope: Scope
    ) -> Iterator[Said]:
        if is_dunder(node.name) and node.name not in DUNDER_DEFINED and not _is_lazy(node):
            yield node, f"{node.name} gives a class a meaning that its reader does not see"
        for hint in filter(None, [*(p.annotation for p in parameters), node.returns]):
            yield from self._annotation(hint, scope)
            yield from self.read(hint, scope)
        for decorator in node.decorator_list:
            yield from self.read(decorator, scope)

    def _annotation(self, node: ast.AST, scope: Scope) -> Iterator[Said]:
        """Read the text inside an annotation as the code it is: decoders evaluate it."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from self._forward(node, node.value, scope)
        elif isinstance(node, ast.Subscript) and _last(node.value) == "Literal":
            return
        elif isinstance(node, ast.Subscript) and _last(node.value) == "Annotated":
            first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
            yield from self._annotation(first, scope)
        else:
            for child in ast.iter_child_nodes(node):
                yield from self._annotation(child, scope)

    def _forward(self, node: ast.AST, text: str, scope: Scope) -> Iterator[Said]:
        try:
            inner = ast.parse(text, mode="eval")
        except (SyntaxError, ValueError, RecursionError):
            yield node, "this text in an annotation is no type"
            return
        for _, said in self.read(inner, scope):
            yield node, said

    def _name(self, node: ast.Name, scope: Scope) -> Iterator[Said]:
        if node.id in scope:
            return
        if isinstance(node.ctx, ast.Load):
            yield from self._root(node)
            dotted = self.names.bound.get(node.id)
            if dotted and self.world.is_module(dotted):
                yield node, f"the module {'.'.join(dotted)} must not be passed around as a value"
        elif is_dunder(node.id) and node.id not in DUNDER_NAMES | DUNDER_CLASS:
            yield node, f"{node.id} must not be set"

    def _root(self, node: ast.Name) -> Iterator[Said]:
        if node.id in BUILTINS or (is_dunder(node.id) and node.id not in DUNDER_NAMES):
            yield node, f"{node.id} is refused"

    def _call(self, node: ast.Call, scope: Scope) -> Iterator[Said]:
        function = node.func.id if isinstance(node.func, ast.Name) and node.func.id not in scope else ""
        if function == "type" and (len(node.args) != 1 or node.keywords):
            yield node, "type() with three arguments builds a class out of sight"
        if function in DYNAMIC and _plain_name(node):
            for argument in (*node.args, *(k.value for k in node.keywords)):
                yield from self.read(argument, scope)
            return
        yield from self._children(node, scope)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Iterator[Said]:
        base: ast.expr = node
        chain: list[ast.Attribute] = []
        while isinstance(base, ast.Attribute):
            chain.append(base)
            base = base.value
        chain.reverse()
        for link in chain:
            yield from self._link(link, scope)
        if not isinstance(base, ast.Name):
            yield from self.read(base, scope)
        elif base.id not in scope:
            yield from self._root(base)
            yield from self._reached(node, base.id, [link.attr for link in chain])

    def _reached(self, node: ast.AST, root: str, attributes: list[str]) -> Iterator[Said]:
        dotted = self.names.bound.get(root)
        if dotted is None:
            return
        whole = (*dotted, *attributes)
        if problem := self.world.complaint(whole, test=self.test):
            yield node, problem
        elif self.world.is_module(whole):
            yield node, f"the module {'.'.join(whole)} must not be passed around as a value"

    def _link(self, node: ast.Attribute, scope: Scope) -> Iterator[Said]:
        name, owner = node.attr, _owner(node.value)
        if is_dunder(name):
            if name not in DUNDER_READ and not (owner == "super" and name in DUNDER_SUPER):
                yield node, f".{name} reaches behind an object"
        elif name.startswith("_") and owner not in ("self", "cls", "super"):
            yield node, f".{name} is private to its object"
        elif name in INTERNALS:
            yield node, f".{name} reaches into the interpreter"
        elif name in FORMATS and not self._is_adapter(owner, scope):
            yield node, f".{name}() can reach any attribute; write an f-string"

    def _is_adapter(self, owner: str, scope: Scope) -> bool:
        """Return whether ``owner.format`` can be an operation: of the adapter, or called by who has one."""
        return owner == "self" or (self.calls and owner in scope)


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return named + [a for a in (arguments.vararg, arguments.kwarg) if a]


def _plain_name(call: ast.Call) -> bool:
    """Return whether getattr and its like name a public attribute that a reader can see."""
    if len(call.args) < 2 or not isinstance(call.args[1], ast.Constant):
        return False
    name = call.args[1].value
    return isinstance(name, str) and not name.startswith("_") and name not in INTERNALS | FORMATS


def _owner(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
        return "super"
    return ""


def _is_lazy(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Is it the ``__getattr__`` of a package whose types are imported when they are first asked for?"""
    *before, last = node.body
    documented = all(isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) for s in before)
    plain = isinstance(node, ast.FunctionDef) and not node.decorator_list
    return node.name == "__getattr__" and plain and documented and ast.unparse(last) == LAZY


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
