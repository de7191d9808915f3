"""Where a remote reference is read from: a copy that ``jackfield add`` or ``refresh`` put by the document.

``https://host/a/b.yaml`` stands at ``_remote/host/a/b.yaml`` in the document's folder, so that references
from there to its neighbours work as they do on the web. Nothing is fetched while a document is read.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

FOLDER = "_remote"
NAME = re.compile(r"[\w@+~()&,=-][\w@+~()&,=. -]*\Z")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?\Z")


def mirrored(url: str) -> str | None:
    """The path of a URL's copy, seen from the document's folder; None for a URL that is never copied."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    names = unquote(parts.path).removeprefix("/").split("/")
    if parts.scheme not in ("https", "http") or not _HOST.match(parts.netloc) or parts.query:
        return None
    if not all(map(NAME.match, names)):
        return None
    return "/".join([FOLDER, parts.netloc.lower().replace(":", "_"), *names])
