"""What JSON Schema finds wrong, in words for the person who wrote the value; one message for each mistake."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from generator.reading.mistakes import Mistake
from generator.reading.schema_fault import Fault, fault_of
from generator.reading.schema_gate import comparable
from generator.shapes import Pointer

if TYPE_CHECKING:
    from jsonschema import ValidationError

_NOUNS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_LAYOUTS = {"object": "Write 'key: value' lines.", "array": "Start its items with '- '."}
_BOUNDS: Mapping[str, tuple[str, str]] = {
    "minimum": ("is under {}", "Write {} or more."),
    "maximum": ("is over {}", "Write {} or less."),
    "exclusiveMinimum": ("is not over {}", "Write more than {}."),
    "exclusiveMaximum": ("is not under {}", "Write less than {}."),
    "multipleOf": ("is not a multiple of {}", "Write a multiple of {}."),
    "maxLength": ("is over {} characters long", "Shorten it to {}."),
}
_SIZES: Mapping[str, tuple[str, str]] = {
    "minItems": ("has under {} items", "Add to it."),
    "maxItems": ("has over {} items", "Shorten it."),
    "minProperties": ("has under {} keys", "Add to it."),
    "maxProperties": ("has over {} keys", "Take some away."),
}


def explain(errors: Iterable[ValidationError], prefix: Pointer) -> Iterator[Mistake]:
    """One mistake for each thing that is wrong; ``prefix`` leads to the instance that was validated."""
    yield from _told(fault_of(error, prefix) for error in errors)


def _told(faults: Iterable[Fault]) -> Iterator[Mistake]:
    told: set[Pointer] = set()  # of several faults of one scalar, the first is told
    for fault in faults:
        if fault.at not in told:
            yield from _explain(fault)
        if _is_scalar(fault.instance) and not fault.inside_names:
            told.add(fault.at)


def known_or_near(word: str, known: Iterable[str]) -> str:
    """The mend for a word that is none of these: the nearest one, else the first dozen."""
    options = [option for option in known if isinstance(option, str)]
    near = difflib.get_close_matches(word, options, n=1, cutoff=0.65)
    near = near or [option for option in options if option.lower() == word.lower()]
    if near:
        return f"Did you mean '{near[0]}'?"
    more = ", …" if len(options) > 12 else ""
    return f"Use one of {', '.join(options[:12])}{more}." if options else "Remove it."


def _explain(fault: Fault) -> Iterator[Mistake]:
    at, rule = fault.at, fault.rule
    if fault.inside_names:
        yield Mistake(
            (*at, fault.instance), f"cannot be a name here. {_like(fault)}", at_key=True, shown=True
        )
    elif rule in _HANDLERS:
        yield from _HANDLERS[rule](fault)
    elif rule in _BOUNDS:
        wrong, mend = (text.format(fault.value) for text in _BOUNDS[rule])
        yield Mistake(at, f"{wrong}. {_own(fault) or mend}", shown=True)
    elif rule in _SIZES:
        wrong, mend = (text.format(fault.value) for text in _SIZES[rule])
        yield Mistake(at, f"{wrong}. {_own(fault) or mend}", verb=True)
    else:
        yield Mistake(at, f"does not fit here. {_like(fault)}", verb=True)


def _unknown(fault: Fault) -> Iterator[Mistake]:
    known = _keys(fault.schema)
    patterns = [re.compile(pattern) for pattern in fault.schema.get("patternProperties", ())]
    for key in fault.instance:
        listed = fault.rule == "additionalProperties" or repr(key) in fault.message
        if listed and key not in known and not any(pattern.search(key) for pattern in patterns):
            message = f"'{key[:60]}' is not a key here. {known_or_near(key, known)}"
            yield Mistake((*fault.at, key), message, at_key=True)


def _keys(schema: Mapping[str, Any]) -> list[str]:
    """The keys that a schema names, also in the parts that it is put together from."""
    keys = list(schema.get("properties", ()))
    for part in ("allOf", "anyOf", "oneOf"):
        for option in schema.get(part, ()):
            keys += _keys(option) if isinstance(option, Mapping) else []
    return keys


def _required(fault: Fault) -> Iterator[Mistake]:
    for key in fault.value:
        if fault.message.startswith(repr(key)):
            example = _example(fault.schema.get("properties", {}).get(key))
            mend = _own(fault) or (f"Add '{key}: {example}'." if example else f"Add '{key}:' and its value.")
            yield Mistake(fault.at, f"'{key}' is missing. {mend}")


def _type(fault: Fault) -> Iterator[Mistake]:
    yield _not_of_type(fault, _types(fault))


def _not_of_type(fault: Fault, types: Sequence[str]) -> Mistake:
    wanted = " or ".join(dict.fromkeys(_NOUNS.get(name, name) for name in types))
    value = fault.instance
    if "string" in types and isinstance(value, bool | int | float):
        read = "true or false" if isinstance(value, bool) else "a number"
        return Mistake(fault.at, f"is read as {read}, not {wanted}. Put quotes round it.", shown=True)
    layout = next((_LAYOUTS[name] for name in types if name in _LAYOUTS), "")
    if value is None:
        mend = layout or _like(fault)
        return Mistake(fault.at, f"a value is missing; {wanted} is expected. {mend}")
    if _is_scalar(value):
        return Mistake(fault.at, f"is not {wanted}. {_like(fault)}", shown=True)
    found = "a list" if isinstance(value, list) else "a mapping"
    mend = _own(fault) or layout or _like(fault)
    return Mistake(fault.at, f"{found} stands where {wanted} is expected. {mend}")


def _enum(fault: Fault) -> Iterator[Mistake]:
    mend = _own(fault) or known_or_near(_text(fault.instance), map(_text, fault.value))
    yield Mistake(fault.at, f"is not known here. {mend}", shown=_is_scalar(fault.instance))


def _const(fault: Fault) -> Iterator[Mistake]:
    wanted = _text(fault.value)
    message = f"is not {wanted}. {_own(fault) or f'Write {wanted}.'}"
    yield Mistake(fault.at, message, shown=_is_scalar(fault.instance))


def _pattern(fault: Fault) -> Iterator[Mistake]:
    yield Mistake(fault.at, f"does not fit here. {_like(fault)}", shown=True)


def _too_short(fault: Fault) -> Iterator[Mistake]:
    few = "is empty" if fault.instance == "" else f"is under {fault.value} characters long"
    yield Mistake(fault.at, f"{few}. {_like(fault)}", verb=True)


def _unique(fault: Fault) -> Iterator[Mistake]:
    seen: set[Any] = set()
    for index, item in enumerate(map(comparable, fault.instance)):
        if item in seen:
            shown = _is_scalar(fault.instance[index])
            yield Mistake((*fault.at, index), "stands twice in this list. Keep one.", shown=shown)
            return
        seen.add(item)


def _not(fault: Fault) -> Iterator[Mistake]:
    both = fault.value.get("required") if isinstance(fault.value, Mapping) else None
    if both and isinstance(fault.instance, Mapping):
        yield Mistake(fault.at, f"{' and '.join(both)} exclude each other. {_own(fault) or 'Keep one.'}")
    else:
        yield Mistake(fault.at, f"is not allowed here. {_own(fault) or 'Change it.'}", verb=True)


def _dependent(fault: Fault) -> Iterator[Mistake]:
    for key, needed in fault.value.items():
        for other in needed:
            if key in fault.instance and other not in fault.instance and repr(other) in fault.message:
                mend = f"Add '{other}'."
                yield Mistake((*fault.at, key), f"'{key}' needs '{other}' as well. {mend}", at_key=True)


def _forbidden(fault: Fault) -> Iterator[Mistake]:
    yield Mistake(fault.at, "is not allowed here. Remove it.", verb=True)


def _choice(fault: Fault) -> Iterator[Mistake]:
    """Of several forms, tell what is wrong with the one that was most likely meant."""
    if not fault.forms:
        mend = _own(fault) or "Keep the keys of one."
        yield Mistake(fault.at, f"fits several forms at once. {mend}", verb=True)
        return
    meant = [form for form in fault.forms if not any(map(_is_other_type, form))]
    meant = [form for form in meant if not any(map(_is_other_kind, form))] or meant
    if not meant:
        yield _not_of_type(fault, [name for form in fault.forms for child in form for name in _types(child)])
    elif _is_scalar(fault.instance) and not (len(meant) == 1 and meant[0][0].rule in _BOUNDS):
        yield _no_alternative(fault, [child for form in meant for child in form])
    else:
        yield from _told(sorted(meant, key=len)[0])


def _no_alternative(fault: Fault, children: Sequence[Fault]) -> Mistake:
    options = [_text(value) for child in children if child.rule == "enum" for value in child.value]
    near = difflib.get_close_matches(_text(fault.instance), options, n=1, cutoff=0.65)
    mend = f"Did you mean '{near[0]}'?" if near else _like(fault, *children)
    return Mistake(fault.at, f"does not fit here. {mend}", shown=True)


def _is_other_type(child: Fault) -> bool:
    options = child.value if child.rule == "enum" else [child.value] if child.rule == "const" else []
    shapeless = bool(options) and not _is_scalar(child.instance) and all(map(_is_scalar, options))
    return not child.relative and (child.rule == "type" or shapeless)


def _is_other_kind(child: Fault) -> bool:
    """The form has a key that says which form it is, and here it says another."""
    return child.rule in ("const", "enum") and len(child.relative) == 1


def _types(fault: Fault) -> list[str]:
    if fault.rule != "type":
        return []
    return [fault.value] if isinstance(fault.value, str) else list(fault.value)


def _own(fault: Fault) -> str:
    """The mend that the schema itself offers, under ``x-mend``."""
    return str(fault.schema.get("x-mend", ""))


def _like(*faults: Fault) -> str:
    """A mend: the schema's own words, else like its examples, else its description."""
    own = next(filter(None, map(_own, faults)), "")
    examples = list(dict.fromkeys(filter(None, (_example(fault.schema) for fault in faults))))
    told = next((str(fault.schema["description"]) for fault in faults if "description" in fault.schema), "")
    if own or examples:
        return own or f"Write something like {' or '.join(examples[:3]).removesuffix('.')}."
    return f"{told.removesuffix('.')}." if told else "Change or remove it."


def _example(schema: Any) -> str:
    if not isinstance(schema, Mapping):
        return ""
    options = schema.get("examples") or schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    text = _text(options[0]) if options else ""
    return text if len(text) <= 80 else ""


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


_HANDLERS: Mapping[str, Callable[[Fault], Iterator[Mistake]]] = {
    "additionalProperties": _unknown,
    "unevaluatedProperties": _unknown,
    "required": _required,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "format": _pattern,
    "minLength": _too_short,
    "uniqueItems": _unique,
    "not": _not,
    "dependentRequired": _dependent,
    "None": _forbidden,
    "anyOf": _choice,
    "oneOf": _choice,
}
