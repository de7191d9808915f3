"""Values that examples are made of. Nothing is real: addresses are reserved ones (RFC 2606, RFC 5737)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

FORMATS = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "time": "03:04:05Z",
    "duration": "PT30S",
    "byte": "aGVsbG8=",
    "binary": "hello",
    "email": "ada@example.com",
    "hostname": "www.example.com",
    "ipv4": "192.0.2.10",
    "ipv6": "2001:db8::10",
    "uri": "https://www.example.com/about",
    "url": "https://www.example.com/about",
    "uuid": "7d444840-9dc0-11d1-b245-5ffdce74fad2",
}
# The last word of a name that fits decides; the order is from special to general.
STRINGS = (
    ("email|mail", "ada@example.com"),
    ("url|uri|href|link|website|homepage|webhook|callback", "https://www.example.com/about"),
    ("phone|mobile|msisdn|fax", "+12025550123"),
    ("uuid|guid", "7d444840-9dc0-11d1-b245-5ffdce74fad2"),
    ("sha|digest|hash|commit|checksum", "6dcb09b5b57875f334f61aebed695e2e4193db5e"),
    ("owner|user|username|login|author|assignee|member|account", "ada"),
    ("repo|repository|project|bucket|workspace", "hello-world"),
    ("org|organization|organisation|team|company|tenant", "acme"),
    ("title|subject|headline", "A first title"),
    ("body|content|text|message|description|note|notes|comment|summary|reason", "A short text."),
    ("filename|file", "report.pdf"),
    ("path|dir|directory|folder", "docs/readme.md"),
    ("currency", "eur"),
    ("country", "NL"),
    ("city", "Utrecht"),
    ("state|province|region", "Utrecht"),
    ("street|line1|address", "Example Street 1"),
    ("zip|postcode|postal_code", "3511"),
    ("language|locale|lang", "en"),
    ("timezone|tz", "Europe/Amsterdam"),
    ("colour|color", "#336699"),
    ("ip", "192.0.2.10"),
    ("status", "active"),
    ("label|tag|category|topic", "example"),
    ("branch|ref|base|head", "main"),
    ("version|release", "1.2.3"),
    ("query|q|search|term|filter", "example"),
    ("key|slug", "example-key"),
    ("cursor|after|before", "cursor_2"),
    ("first_name|firstname|given_name", "Ada"),
    ("last_name|lastname|family_name|surname", "Lovelace"),
    ("date", "2026-01-02"),
    ("at|time|timestamp", "2026-01-02T03:04:05Z"),
)
NUMBERS = (
    ("lat|latitude", 52.09),
    ("lon|lng|long|longitude", 5.12),
    ("price|cost|rate|ratio|score|weight|temperature", 12.5),
    ("amount|total|subtotal|balance", 1250),
    ("page", 1),
    ("limit|size|per_page|page_size", 20),
    ("year", 2026),
    ("port", 8080),
    ("status|code", 200),
)

# What the text of an example must look like to come back from Python as it was.
LOOKS = {
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "date": r"\d{4}-\d\d-\d\d",
    "duration": r"P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?",
    "byte": r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
}
# What msgspec reads as a value of the format.
_READS = {
    **LOOKS,
    "date-time": r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d(:?\d\d)?)?",
    "duration": r"[+-]?P(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?",
}


def reads_as(schema: Mapping[str, Any]) -> bool:
    """Are the schema's own examples and its default, if any, written as its format says?"""
    look = _READS.get(str(schema.get("format")))
    examples = schema.get("examples")
    given = [*(examples if isinstance(examples, list) else []), schema.get("example"), schema.get("default")]
    texts = [text for text in given if isinstance(text, str)]
    return look is None or not texts or any(re.fullmatch(look, text) for text in texts)


# For patterns and lengths that no better text fits.
ANY_TEXT = (
    "example",
    "eur",
    "en",
    "abc",
    "ABC",
    "1",
    "123",
    "0000",
    "2026-01-02",
    "https://www.example.com/",
    "a1",
)
