"""One folder of ``cookiecutters/``: a whole pattern as data, a few pure functions and skeletons."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import sys
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from generator.errors import PatternError
from generator.lock import fingerprint
from generator.paths import data_root
from generator.subtasks.contracts import Subtask, as_subtask

MACROS = "templates"  # in a pattern's folder: the macros that its skeletons share
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://")


@dataclass(frozen=True, slots=True)
class Variant:
    """One engine inside a pattern."""

    name: str
    dependencies: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()
    schemes: frozenset[str] = frozenset()
    skeleton: str = ""  # the folder of its templates, which variants may share


class Folder:
    """One folder of ``cookiecutters/``: its facts are data, its few functions are pure."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.name

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Return pattern.yaml.

        Raises:
            PatternError: it is missing or not a mapping.
        """
        facts = _yaml(self.path / "pattern.yaml")
        if not isinstance(facts, dict) or not facts.get("variants"):
            raise PatternError(f"{self.path.name}/pattern.yaml: expected a mapping with 'variants'")
        return facts

    @cached_property
    def code(self) -> ModuleType:
        """Return pattern.py, imported as part of a private package, so that it may import its neighbours."""
        return self._module("pattern")

    @property
    def oracle(self) -> Callable[..., Mapping[str, Any]] | None:
        """Return ``judge`` of oracle.py, or None where there is none."""
        if not (self.path / "oracle.py").is_file():
            return None
        judge: Callable[..., Mapping[str, Any]] = self._module("oracle").judge
        return judge

    def _module(self, name: str) -> ModuleType:
        place = hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[:12]
        package = f"_jackfield_pattern_{place}"
        if package not in sys.modules:
            parent = ModuleType(package)
            parent.__path__ = [str(self.path)]
            sys.modules[package] = parent
        try:
            return importlib.import_module(f"{package}.{name}")
        except ImportError as error:
            raise PatternError(f"{self.name}/{name}.py cannot be imported: {error}") from error

    @cached_property
    def variants(self) -> dict[str, Variant]:
        """Return the variants in the order of pattern.yaml."""
        return {name: parse_variant(name, facts or {}) for name, facts in self.facts["variants"].items()}

    @cached_property
    def rules(self) -> tuple[Variant, ...]:
        """Return what requirements are held against: the pattern's rules (named ""), then each variant's."""
        return (parse_variant("", self.facts.get("detect") or {}), *self.variants.values())

    @cached_property
    def subtasks(self) -> tuple[Subtask, ...]:
        """Return the open questions that pattern.yaml declares."""
        return tuple(map(as_subtask, self.facts.get("subtasks") or ()))

    @cached_property
    def services(self) -> dict[str, str]:
        """Return the services this pattern is known to cover: squeezed name → variant ("" = default)."""
        listed = _yaml(self.path / "services.yaml") or {}
        names = listed.get("services", listed) if isinstance(listed, dict) else listed
        pairs = names.items() if isinstance(names, dict) else ((name, None) for name in names)
        return {squeeze(str(name)): str((facts or {}).get("variant", "")) for name, facts in pairs}

    @cached_property
    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of ``requirements``."""
        loaded: dict[str, Any] = json.loads((self.path / "requirements.schema.json").read_bytes())
        return loaded

    def components(self, variant: str) -> dict[str, str]:
        """Return the digests of everything in this folder that decides bytes."""
        facts = self.facts
        decisive = [facts["variants"].get(variant), facts.get("once"), facts.get("runtime_api")]
        own = [*sorted(self.path.glob("*.py")), self.path / "services.yaml"]
        code = [hashlib.sha256(path.read_bytes()).hexdigest() for path in own if path.is_file()]
        skeleton = self.variants[variant].skeleton
        macros = [self.path / MACROS, *(shared_macros() / name for name in facts.get("shared") or ())]
        return {
            f"pattern {self.name}": fingerprint([code, decisive]),
            f"skeleton {self.name}/{skeleton}": _tree_digest(self.path / skeleton, *macros),
        }

    def pick(self, requirements: Mapping[str, Any], service: str = "", skeleton: str = "") -> str:
        """Return the variant whose rules the requirements meet best, or else the one that *service* is known
        for; with *skeleton*, of those that share it.
        """
        among = [v for v in self.variants.values() if not skeleton or v.skeleton == skeleton]
        if len(among) == 1:
            return among[0].name
        named, known = requirements.get("variant"), self.services.get(squeeze(service), "")
        default = str(self.facts.get("default_variant") or among[0].name)
        ranked = [(v.name == named, rank(v, requirements), v.name == known, v.name == default) for v in among]
        return among[ranked.index(max(ranked))].name

    def reads(self, requirements: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the keys of these requirements that may name files of the repository."""
        return tuple(key for key in self.facts.get("files") or () if requirements.get(key))


def discover(root: Path | None = None) -> dict[str, Folder]:
    """Return every pattern folder by name: the repository's own first, then the shipped ones."""
    found: dict[str, Folder] = {}
    for base in dict.fromkeys(filter(None, (root, data_root()))):
        for path in sorted((base / "cookiecutters").glob("*/pattern.yaml")):
            found.setdefault(path.parent.name, Folder(path.parent))
    return found


def named(folders: Mapping[str, Folder], name: str) -> Folder:
    """Return the folder *name*; "" is the first.

    Raises:
        PatternError: there is none.
    """
    if not folders or (name and name not in folders):
        raise PatternError(f"there is no pattern folder {name!r} in cookiecutters/")
    return folders[name or next(iter(folders))]


def shared_macros() -> Path:
    """Return the folder of the macros that patterns share; ``shared`` in pattern.yaml names those in use."""
    return data_root() / "cookiecutters" / "_shared"


def squeeze(text: str) -> str:
    """Return *text* without case, spaces and punctuation, so that spellings of a name compare equal.

    What stands in brackets at the end says which account or plan is meant, not which service:
    "Airtable (Personal Access Token)" is Airtable.
    """
    return re.sub(r"[\W_]+", "", _unqualified(text).casefold())


def _unqualified(text: str) -> str:
    name, _, qualifier = text.rstrip().rpartition("(")
    return name if name.strip() and qualifier.find(")") == len(qualifier) - 1 else text


def parse_variant(name: str, facts: Mapping[str, Any]) -> Variant:
    rules = facts.get("detect") or facts
    return Variant(
        name,
        tuple(facts.get("dependencies") or ()),
        frozenset(rules.get("keys") or ()),
        frozenset(rules.get("schemes") or ()),
        str(facts.get("skeleton") or name),
    )


def _schemes(requirements: Mapping[str, Any]) -> dict[str, str]:
    """Return key → URL scheme of every top-level string that is a URL."""
    texts = {key: value for key, value in requirements.items() if isinstance(value, str) and "://" in value}
    return {key: found[1] for key, value in texts.items() if (found := _SCHEME.match(value))}


def telling(requirements: Mapping[str, Any]) -> Hashable:
    """Return all of these requirements that rules look at, so that one answer serves every entry alike."""
    named = requirements.get("variant")
    schemes = tuple(_schemes(requirements).items())
    return tuple(requirements), schemes, named if isinstance(named, str) else None


def rank(variant: Variant, requirements: Mapping[str, Any]) -> int:
    """Return how well the rules fit: a URL scheme says more than any number of keys."""
    schemes = sum(s in variant.schemes for s in _schemes(requirements).values())
    return 100 * schemes + sum(key in variant.keys for key in requirements)


def reason(variant: Variant, requirements: Mapping[str, Any]) -> str:
    for key, scheme in _schemes(requirements).items():
        if scheme in variant.schemes and key not in variant.keys:
            return f"{scheme} scheme"
    return next((key for key in requirements if key in variant.keys), "")


def _tree_digest(folder: Path, *macros: Path) -> str:
    """Return one digest over the paths and bytes of a skeleton and its macros, in a fixed order."""
    digest = hashlib.sha256()
    if not folder.is_dir():
        raise PatternError(f"there is no skeleton {folder.parent.name}/{folder.name} in cookiecutters/")
    for place in (folder, *macros):
        found = [place] if place.is_file() else place.rglob("*")
        for path in sorted(p for p in found if p.is_file() and "__pycache__" not in p.parts):
            name, data = path.relative_to(place).as_posix().encode(), path.read_bytes()
            digest.update(b"%d %s %d " % (len(name), name, len(data)) + data)
    return digest.hexdigest()


def _yaml(path: Path) -> Any:
    import yaml

    try:
        return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except FileNotFoundError:
        return None
    except yaml.YAMLError as error:
        raise PatternError(f"{path.parent.name}/{path.name}: {error}") from error
