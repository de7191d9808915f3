"""The lock of one package (``integrations/<module>/metadata.json``): what it was made from, what came of it.

The reproducible part is a function of the inputs alone; the evidence says what the gates saw. Neither holds a
time, a host or a path of the machine, so two checkouts of one commit hold the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from operator import itemgetter
from typing import Any

from generator.writing.untrusted import LockUnreadable as LockUnreadable
from generator.writing.untrusted import each, mapping, parse, printable, refuse, text, texts, whole

SCHEMA_VERSION = 1
FILE_NAME = "metadata.json"
LINE = 110

# Keys of an entry that steer one run and shape no byte of the package: they are neither stored nor compared.
STEERING = frozenset({"budget_usd", "disabled", "moved_from"})

_NO_NAMES = frozenset({"", ".", ".."})
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of the package as it was written.

    ``kind`` is "managed", "once" for the user's own seam, or "answer" for what a model or a person answered.
    """

    sha256: str
    kind: str


@dataclass(frozen=True, slots=True)
class SubtaskRecord:
    """One accepted answer: its question's fingerprint, its sha256, who gave it (offline, human, a model).

    ``prompt`` is the version of the prompt that a model answered under; ``degraded`` says that a model was
    to answer this very question and has not, so that the answer is the offline one, or an older one.
    """

    answer_fp: str
    answer: str
    provenance: str
    prompt: str = ""
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Lock:
    """Everything recorded about one package. ``files`` is keyed by path relative to the package folder.

    ``origin`` is "manifest", or "api" for a package saved through the Python API, which is never pruned.
    """

    name: str
    entry: dict[str, Any]
    pattern: str
    variant: str
    components: dict[str, str]
    subtasks: dict[str, SubtaskRecord]
    files: dict[str, FileRecord]
    dependencies: tuple[str, ...]
    runtime_api: int
    public_names: tuple[str, ...]
    incomplete: bool
    render_fp: str
    evidence: dict[str, Any]
    origin: str = "manifest"
    operations: dict[str, str] = field(default_factory=dict)  # "GET /x" → the name that sticks to it

    @property
    def module(self) -> str:
        """The package's folder and Python name."""
        return self.name.replace("-", "_")


def identity(item: Any) -> str | None:
    """What makes a list item the same after an edit: its method and path, else its name, else nothing."""
    if item.__class__ is not dict and not isinstance(item, Mapping):
        return None
    method, path, name = item.get("method"), item.get("path"), item.get("name")
    if isinstance(method, str) and isinstance(path, str):
        return f"{method} {path}"
    return name if isinstance(name, str) else None


def canonical(value: Any) -> Any:
    """Return JSON data in its one order: keys sorted, lists whose items all have an identity sorted by it."""
    kind = value.__class__
    if kind in _SCALARS:
        return value
    if kind is dict or isinstance(value, Mapping):
        value = _text_keys(value)
        # Most values are scalars, and ten thousand entries are walked in a cold plan: no call for those.
        return {
            key: item if (item := value[key]).__class__ in _SCALARS else canonical(item)
            for key in sorted(value)
        }
    if isinstance(value, list | tuple):
        return _ordered([item if item.__class__ in _SCALARS else canonical(item) for item in value])
    return value


_SCALARS = frozenset({str, int, float, bool, type(None)})
_TEXT = frozenset({str})


def _ordered(items: list[Any]) -> list[Any]:
    names = []
    for item in items:
        name = identity(item)
        if name is None:
            return items
        names.append(name)
    if len(set(names)) == len(names):
        return [item for _, item in sorted(zip(names, items, strict=True), key=itemgetter(0))]
    order = sorted(zip(names, map(_compact, items), range(len(items)), strict=True))
    return [items[index] for _, _, index in order]


def _text_keys(value: Mapping[Any, Any]) -> Mapping[str, Any]:
    """Keys as JSON writes them, so that a YAML ``404:`` equals the ``"404"`` read back from a lock."""
    if _TEXT.issuperset(map(type, value)):
        return value
    return {key if isinstance(key, str) else json.dumps(key): item for key, item in value.items()}


# The data is canonical or comes from a file, so it holds no circle to look for.
_compact = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


def fingerprint(value: Any) -> str:
    """Return the sha256 of the value's canonical JSON, in hex."""
    return digest(canonical(value))


def digest(value: Any) -> str:
    """Return the fingerprint of data that is canonical already."""
    return hashlib.sha256(_compact(value).encode("ascii")).hexdigest()


def settled(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry as a lock stores it: canonical, without the keys that only steer a run."""
    kept: dict[str, Any] = canonical({key: value for key, value in entry.items() if key not in STEERING})
    return kept


def render_fp(answers: Mapping[str, str], components: Mapping[str, str], entry: Mapping[str, Any]) -> str:
    """Return the free tier's fingerprint: answers' sha256 by subtask, component digests, and the entry."""
    return fingerprint({"answers": answers, "components": components, "entry": settled(entry)})


def dumps(lock: Lock) -> bytes:
    """Return the lock's bytes: ASCII (hostile text stays inert in a diff), sorted keys, LF."""
    reproducible = asdict(lock)
    evidence = reproducible.pop("evidence")
    reproducible["entry"] = canonical(lock.entry)
    reproducible["subtasks"] = {name: _plain(record) for name, record in lock.subtasks.items()}
    document = {"lock_version": SCHEMA_VERSION, "reproducible": reproducible, "evidence": evidence}
    return f"{layout(document)}\n".encode("ascii")


def _plain(record: SubtaskRecord) -> dict[str, Any]:
    """Return an answer's record; what only answers of models have is left out where there is none."""
    kept = {"answer_fp": record.answer_fp, "answer": record.answer, "provenance": record.provenance}
    prompt = {"prompt": record.prompt} if record.prompt else {}
    return kept | prompt | ({"degraded": True} if record.degraded else {})


def layout(value: Any, indent: str = "") -> str:
    """JSON with sorted keys; what fits on a line stays on it, so that a diff shows facts, not braces."""
    flat = json.dumps(value, sort_keys=True, allow_nan=False)
    if not isinstance(value, dict | list | tuple) or len(indent) + len(flat) <= LINE:
        return flat
    deeper = f"{indent}  "
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {layout(item, deeper)}" for key, item in sorted(value.items())]
    else:
        items = [layout(item, deeper) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    inner = ",\n".join(deeper + item for item in items)
    return f"{opening}\n{inner}\n{indent}{closing}"


def loads(data: bytes) -> Lock:
    """Read a lock that may have been merged, cut short or made up.

    Raises:
        LockUnreadable: the data is not a lock of this version; nothing else is ever raised.
    """
    document = parse(data)
    if (version := document.get("lock_version")) != SCHEMA_VERSION:
        refuse(f"lock version {version!r:.20} is not {SCHEMA_VERSION}")
    fields = mapping(document.get("reproducible"), "reproducible")
    return Lock(
        name=_name(fields),
        entry=mapping(fields.get("entry"), "entry"),
        pattern=text(fields, "pattern"),
        variant=text(fields, "variant"),
        components=each(fields, "components", printable),
        subtasks=each(fields, "subtasks", _subtask),
        files=_files(fields),
        dependencies=texts(fields, "dependencies"),
        runtime_api=whole(fields, "runtime_api"),
        public_names=texts(fields, "public_names"),
        incomplete=fields.get("incomplete") is True,
        render_fp=text(fields, "render_fp"),
        evidence=mapping(document.get("evidence"), "evidence"),
        origin="api" if fields.get("origin") == "api" else "manifest",
        operations=each(fields, "operations", printable) if "operations" in fields else {},
    )


def _name(fields: dict[str, Any]) -> str:
    name = text(fields, "name")
    return name if _NAME.fullmatch(name) else refuse("name is not an integration's name")


def _subtask(value: Any, where: str) -> SubtaskRecord:
    fields = mapping(value, where)
    prompt = text(fields, "prompt") if "prompt" in fields else ""
    return SubtaskRecord(
        answer_fp=text(fields, "answer_fp"),
        answer=text(fields, "answer"),
        provenance=text(fields, "provenance"),
        prompt=prompt,
        degraded=fields.get("degraded") is True,
    )


def _files(fields: dict[str, Any]) -> dict[str, FileRecord]:
    records = each(fields, "files", _file)
    for path in records:
        if not inside(path):
            refuse(f"{path!a:.80} is not a path inside the package")
    return records


def _file(value: Any, where: str) -> FileRecord:
    fields = mapping(value, where)
    kind = text(fields, "kind")
    if kind not in ("managed", "once", "answer"):
        refuse("a file is neither managed nor once nor an answer")
    return FileRecord(text(fields, "sha256"), kind)


def inside(path: str) -> bool:
    """Whether a lock may list this path: relative, forward slashes, inside the folder, not the lock."""
    parts = path.split("/")
    plain = path.isprintable() and "\\" not in path and ":" not in path and path != FILE_NAME
    return plain and _NO_NAMES.isdisjoint(parts)
