"""Read an answer again whose only fault is that something is null or absent where its type says otherwise.

Documents promise more than services keep. A field that must be there and is not is None, whatever its
annotation says, and a warning is logged that names it. Everything else stays an error, and so does an object
that has nothing of what its type promises: an error with status 200 is no empty Invoice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

import msgspec

from .oneof import decoded

LOG: Final = logging.getLogger("integrations")
MOST_TOLD: Final = 5


def read_again(data: Any, kind: Any, operation: str) -> Any:
    """Return *data* as *kind*.

    Raises:
        msgspec.ValidationError: it is another type in more than what is missing.
    """
    missing: list[str] = []
    value = _read(data, kind, "", missing)
    told = ", ".join(list(dict.fromkeys(missing))[:MOST_TOLD])
    LOG.warning("%s: null or absent in an answer that promises it: %s", operation, told)
    return value


def _read(data: Any, kind: Any, path: str, missing: list[str]) -> Any:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _struct(data, kind, path, missing)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is list and isinstance(data, list):
        return [_read(item, inner[0], f"{path}[]", missing) for item in data]
    if origin is dict and isinstance(data, Mapping):
        return {key: _read(item, inner[1], f"{path}{{}}", missing) for key, item in data.items()}
    if origin in (Union, UnionType) and data is not None:
        only = [option for option in inner if option is not NoneType]
        if len(only) == 1:
            return _read(data, only[0], path, missing)
    return msgspec.convert(data, kind, str_keys=True, dec_hook=decoded)


def _struct(data: Any, kind: type[msgspec.Struct], path: str, missing: list[str]) -> Any:
    if not isinstance(data, Mapping) or kind.__struct_config__.tag is not None:
        return msgspec.convert(data, kind, str_keys=True, dec_hook=decoded)
    values: dict[str, Any] = {}
    promised = [field for field in msgspec.structs.fields(kind) if field.required]
    if promised and all(data.get(field.encode_name) is None for field in promised):
        raise msgspec.ValidationError(f"nothing that {kind.__name__} promises is there")  # another thing
    for field in msgspec.structs.fields(kind):
        place = f"{path}.{field.encode_name}" if path else field.encode_name
        given = data.get(field.encode_name)
        if given is None and (field.required or field.encode_name in data) and not _admits_none(field.type):
            missing.append(place)
            values[field.name] = None
        elif field.encode_name in data:
            values[field.name] = _read(given, field.type, place, missing)
    return kind(**values)


def _admits_none(kind: Any) -> bool:
    return kind is Any or kind is NoneType or NoneType in get_args(kind)
