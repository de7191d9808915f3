"""Text on the wire: which bytes mean which characters."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import Final

# Compiled when they are first used.
_CHARSET: Final = r"(?i);\s*charset\s*=\s*\"?([\w.:-]{1,40})"
# Only sets of characters: Python knows codecs that compress, escape or take quadratic time as well.
_KNOWN: Final = (
    r"(?i)(?:utf|ucs|iso|latin|us-?ascii|ascii|windows|cp|koi|mac|gb|big5|euc|shift|s?jis|tis)[\w.:-]*"
)
_MARKS: Final = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))


def charset_of(media: str) -> str:
    """Return the charset that a media type names, or ""."""
    found = re.search(_CHARSET, media)
    return found[1] if found and re.fullmatch(_KNOWN, found[1]) else ""


def is_json(media: str) -> bool:
    """Whether a media type is JSON: application/json, or any `+json` (RFC 6839)."""
    kind = media.partition(";")[0].strip().lower()
    return kind in ("application/json", "text/json") or kind.endswith("+json")


def as_utf8(body: bytes, media: str) -> bytes:
    """Return JSON as decoders want it: in UTF-8, unmarked; as it came where that cannot be."""
    charset = _marked(body) or charset_of(media)
    if not charset or charset.lower() == "utf-8":
        return body
    try:
        return body.decode(charset).encode()
    except (LookupError, UnicodeDecodeError):
        return body


def read_text(body: bytes, media: str) -> str:
    """Decode *body* by its mark, by the charset of *media*, as UTF-8, or else as ISO 8859-1.

    Raises:
        UnicodeDecodeError: the named charset does not fit.
    """
    charset = _marked(body) or charset_of(media)
    try:
        return body.decode(charset or "utf-8")
    except LookupError:
        return body.decode("utf-8", "replace")
    except UnicodeDecodeError:
        if charset:
            raise
        return body.decode("iso-8859-1")


def _marked(body: bytes) -> str:
    """Return the charset of a byte order mark, or ""."""
    return next((charset for mark, charset in _MARKS if body.startswith(mark)), "")
