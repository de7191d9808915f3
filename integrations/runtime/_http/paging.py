"""How lists go on. Each class is pure: it reads one page and says what to ask next.

An empty page ends a list. A cap ends with a `PaginationError`, never with silence, and so does a cursor or
link that repeats. Names like `data.items` are dotted paths in the body; "" is the body itself, and
`items?` is a list that an empty page leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

MAX_PAGES: Final = 1000
# Compiled when they are first used.
_LINK: Final = r"<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s\",;]+))?)*)"
_REL: Final = r"(?i);\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a list, as far as paging needs it."""

    number: int  # from 1
    count: int  # items on this page
    seen: int  # items so far, this page included
    headers: Mapping[str, str]
    last: Callable[[], Any]  # the last item as plain data
    find: Callable[[str], Any]  # dotted path → value in the body, or None


@dataclass(frozen=True, slots=True)
class Next:
    """What to ask next: changed query parameters, or a whole link."""

    query: Mapping[str, Any]
    link: str = ""


class Pages(Protocol):
    """A way of paging."""

    @property
    def items(self) -> str: ...

    @property
    def max_pages(self) -> int: ...

    def first_query(self, query: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the parameters that the first request gets; the caller's own win."""
        ...

    def after(self, page: Page, query: Mapping[str, Any]) -> Next | None:
        """Return what to ask after *page*, or None at the end. *query* is the first request's."""
        ...


@dataclass(frozen=True, slots=True)
class LinkPages:
    """Follow the Link header's `rel="next"` (RFC 8288), or the link at *next* in the body.

    A link is followed on the same origin only.
    """

    items: str = ""
    max_pages: int = MAX_PAGES
    next: str = ""

    def first_query(self, query: Mapping[str, Any]) -> Mapping[str, Any]:
        return query

    def after(self, page: Page, query: Mapping[str, Any]) -> Next | None:
        link = page.find(self.next) if self.next else next_link(page.headers.get("link", ""))
        return Next({}, link) if link and isinstance(link, str) else None


@dataclass(frozen=True, slots=True)
class PageNumberPages:
    """Count pages: `?page=2`. Ends at an empty page, at *total_pages*, or at a page shorter than *size*.

    Declare a *size* only if the service grants it: a service that silently gives fewer would look finished.
    """

    parameter: str = "page"
    first: int = 1
    size_parameter: str = ""
    size: int = 0
    items: str = ""
    total_pages: str = ""
    max_pages: int = MAX_PAGES

    def first_query(self, query: Mapping[str, Any]) -> Mapping[str, Any]:
        size = {self.size_parameter: self.size} if self.size_parameter and self.size else {}
        return {self.parameter: self.first, **size, **_given(query)}

    def after(self, page: Page, query: Mapping[str, Any]) -> Next | None:
        number = int(query[self.parameter]) + page.number
        total = page.find(self.total_pages) if self.total_pages else None
        if isinstance(total, int):
            return None if number - self.first >= total else Next({self.parameter: number})
        return None if page.count < self._full(query) else Next({self.parameter: number})

    def _full(self, query: Mapping[str, Any]) -> int:
        """How many items a page has that may be followed by another; a service caps what is asked."""
        if not (self.size_parameter and self.size):
            return 1
        return min(self.size, int(query[self.size_parameter]))


@dataclass(frozen=True, slots=True)
class OffsetPages:
    """Skip items: `?offset=100&limit=100`. Ends at an empty page or at *total* items."""

    parameter: str = "offset"
    limit_parameter: str = "limit"
    size: int = 100
    items: str = ""
    total: str = ""
    max_pages: int = MAX_PAGES

    def first_query(self, query: Mapping[str, Any]) -> Mapping[str, Any]:
        limit = {self.limit_parameter: self.size} if self.limit_parameter and self.size else {}
        return {self.parameter: 0, **limit, **_given(query)}

    def after(self, page: Page, query: Mapping[str, Any]) -> Next | None:
        offset = int(query[self.parameter]) + page.seen
        total = page.find(self.total) if self.total else None
        if isinstance(total, int) and offset >= total:
            return None
        return Next({self.parameter: offset})


@dataclass(frozen=True, slots=True)
class CursorPages:
    """Pass a cursor on: taken from *next* in the body, or from field *last* of the last item.

    Ends when there is no cursor, or when *more* in the body is false.
    """

    parameter: str = "cursor"
    next: str = ""
    last: str = ""
    more: str = ""
    items: str = "data"
    max_pages: int = MAX_PAGES

    def first_query(self, query: Mapping[str, Any]) -> Mapping[str, Any]:
        return query

    def after(self, page: Page, query: Mapping[str, Any]) -> Next | None:
        if self.more and not page.find(self.more):
            return None
        cursor = page.find(self.next) if self.next else pick(page.last(), self.last)
        return None if cursor in (None, "") else Next({self.parameter: cursor})


def next_link(header: str) -> str:
    """Return the target of `rel="next"` in a Link header, or ""."""
    for target, parameters in re.findall(_LINK, header):
        rel = re.search(_REL, parameters)
        if rel and "next" in (rel[1] or rel[2] or "").lower().split():
            return str(target)
    return ""


def pick(value: Any, path: str) -> Any:
    """Follow the dotted *path* into plain data; None where it leads nowhere."""
    for name in path.split(".") if path else ():
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _given(query: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in query.items() if value is not None}
