"""Messages as SQS carries them: text that XML allows, and at most ten attributes.

body        the text as it is; any other bytes as base64, marked by the attribute body-encoding
message-id, message-key, and each header as one attribute of its name; all headers in one JSON attribute,
            message-headers, where there are too many, or one that cannot be an attribute
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from .._errors import InvalidArgumentError
from .messages import Delivery, Outgoing

ID: Final = "message-id"
KEY: Final = "message-key"
HEADERS: Final = "message-headers"
ENCODING: Final = "body-encoding"
LARGEST: Final = 1 << 20  # bytes of body and attributes; queues made before 2025 may allow 256 KiB
MOST: Final = 10  # attributes of a message
LONGEST_DELAY: Final = 900  # seconds
_OWN: Final = frozenset((ID, KEY, HEADERS, ENCODING))
_TEXT: Final = re.compile("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
_NAME: Final = re.compile(r"(?!(?i:aws|amazon)\.)(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9_.-]{0,254}(?<!\.)")
Attributes = dict[str, dict[str, Any]]


def entry(message: Outgoing, *, fifo: bool) -> dict[str, Any]:
    """Return a message as ``SendMessageBatch`` takes it, without its Id.

    Raises:
        InvalidArgumentError: it is too large, or SQS cannot delay it so.
    """
    text, encoding = _written(message.body)
    own = {ID: message.id} | ({KEY: message.key} if message.key else {})
    made: dict[str, Any] = {
        "MessageBody": text,
        "MessageAttributes": attributes(message.headers, own | encoding),
    }
    if message.delay > 0:
        made["DelaySeconds"] = _delay(message.delay, fifo=fifo)
    if fifo:
        made |= {"MessageGroupId": message.key or message.id, "MessageDeduplicationId": message.id[:128]}
    if size(made) > LARGEST:
        raise InvalidArgumentError(f"a message of SQS has at most {LARGEST} bytes, this one {size(made)}")
    return made


def attributes(headers: Mapping[str, str], own: Mapping[str, str]) -> Attributes:
    """Return headers as message attributes; *own* are ours, and win."""
    rest = {name: value for name, value in headers.items() if name not in _OWN}
    fits = len(rest) + len(own) <= MOST
    if not fits or not all(_NAME.fullmatch(n) and _TEXT.fullmatch(v) for n, v in rest.items()):
        rest = {HEADERS: json.dumps(rest)}  # in ASCII: any text becomes one that XML allows
    return {name: {"DataType": "String", "StringValue": value} for name, value in (rest | dict(own)).items()}


def size(made: Mapping[str, Any]) -> int:
    """Return the bytes that SQS counts."""
    attributes: Attributes = made["MessageAttributes"]
    counted = sum(len(n) + len("String") + len(a["StringValue"].encode()) for n, a in attributes.items())
    return counted + len(made["MessageBody"].encode())


def delivery(message: Mapping[str, Any]) -> Delivery:
    """Return what ``ReceiveMessage`` gave; *tag* is that."""
    given = {
        name: value["StringValue"]
        for name, value in message.get("MessageAttributes", {}).items()
        if "StringValue" in value
    }
    headers = {name: value for name, value in given.items() if name not in _OWN}
    if HEADERS in given:
        headers |= _packed(given[HEADERS])
    system = message.get("Attributes", {})
    return Delivery(
        _read(message.get("Body", ""), given.get(ENCODING, "")),
        given.get(ID) or message["MessageId"],
        given.get(KEY) or system.get("MessageGroupId"),
        headers,
        int(system.get("ApproximateReceiveCount", 1)),
        message,
    )


def _written(body: bytes) -> tuple[str, dict[str, str]]:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = ""
    if _TEXT.fullmatch(text):
        return text, {}
    if not body:
        return "-", {ENCODING: "empty"}  # SQS has no empty messages
    return base64.b64encode(body).decode(), {ENCODING: "base64"}


def _read(text: str, encoding: str) -> bytes:
    """Return a body's bytes; text that is none of ours comes as it is, for the core to judge."""
    if encoding == "empty":
        return b""
    if encoding == "base64":
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            return text.encode("utf-8", "surrogatepass")
    return text.encode("utf-8", "surrogatepass")


def _packed(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except (msgspec.MsgspecError, UnicodeError):
        return {HEADERS: text}


def _delay(seconds: float, *, fifo: bool) -> int:
    if fifo:
        raise InvalidArgumentError("a FIFO queue of SQS delays no single message")
    if seconds > LONGEST_DELAY:
        raise InvalidArgumentError(f"SQS delays a message at most {LONGEST_DELAY} s, not {seconds:.0f} s")
    return max(1, round(seconds))
