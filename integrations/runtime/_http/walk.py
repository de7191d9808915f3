"""Walk the pages of one list: what to ask next, and when something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from .._errors import PaginationError
from .answers import PageAnswer
from .engine import same_origin
from .messages import Call
from .paging import Next, OffsetPages, Page, PageNumberPages, Pages, pick

Prepare = Callable[[Mapping[str, Any], httpx2.URL | None], Call]


class Walk:
    """The state of one walk; does no I/O.

    Args:
        pages: how the list goes on.
        query: the caller's query.
        prepare: makes the request of one page, from a query or from a link.
        service: for errors.
        operation: for errors.
    """

    def __init__(
        self, pages: Pages, query: Mapping[str, Any], prepare: Prepare, service: str, operation: str
    ) -> None:
        self._pages, self._prepare, self._where = pages, prepare, (service, operation)
        self._query = pages.first_query(query)
        self._number = self._seen = 0
        self._call = prepare(self._query, None)
        self._asked = {self._call.url}
        self._body = b""

    def first(self) -> Call:
        """Return the request of the first page."""
        return self._call

    def items(self, answer: PageAnswer) -> list[Any]:
        """Return the items of a page.

        Raises:
            PaginationError: pages are counted, nothing says how many there are, and this one is the one
                before it again, byte for byte: the service does not understand what it is asked.
        """
        if answer.items and self._endless(answer):
            if answer.body == self._body:
                raise self._stop(f"page {self._number + 1} is page {self._number} again, byte for byte")
            self._body = answer.body
        return answer.items

    def _endless(self, answer: PageAnswer) -> bool:
        match self._pages:
            case PageNumberPages(total_pages=total) | OffsetPages(total=total):
                return not (total and isinstance(pick(answer.plain(), total), int))
        return False

    def after(self, answer: PageAnswer) -> Call | None:
        """Return the request of the page after *answer*, or None at the end.

        Raises:
            PaginationError: the cap is reached, a page was asked for before, or a link leaves the origin.
        """
        if not answer.items:
            return None
        self._number += 1
        self._seen += len(answer.items)
        step = self._pages.after(self._page(answer), self._query)
        if step is None:
            return None
        if self._number >= self._pages.max_pages:
            raise self._stop(f"stopped after {self._number} pages; the list goes on")
        self._call = self._next(step)
        if self._call.url in self._asked:
            raise self._stop(
                f"page {self._number + 1} would be one that was already read; the cursor does not move"
            )
        self._asked.add(self._call.url)
        return self._call

    def _page(self, answer: PageAnswer) -> Page:
        def find(path: str) -> Any:
            return pick(answer.plain(), path)

        def last() -> Any:
            return find(self._pages.items)[-1]

        return Page(self._number, len(answer.items), self._seen, answer.headers, last, find)

    def _next(self, step: Next) -> Call:
        if not step.link:
            return self._prepare({**self._query, **step.query}, None)
        try:
            link = self._call.url.join(step.link)
        except httpx2.InvalidURL as error:
            raise self._stop(f"the next link cannot be used: {error}") from None
        if not same_origin(self._call.url, link) or link.userinfo:
            raise self._stop(f"the next link leaves {self._call.url.host}; it is not followed")
        return self._prepare({}, link)

    def _stop(self, reason: str) -> PaginationError:
        return PaginationError(reason, service=self._where[0], operation=self._where[1])
