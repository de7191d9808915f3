"""What a test of a list over pages says: the replies, the requests, and where it ends, as Python text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.modelling.kinds import code

from . import styles
from .operation import Operation

ONLY, FIRST, LAST = 0, 1, 2
SENT = ("query", "json", "form", "files", "content", "headers", "media", "keyed", "timeout")


@dataclass(frozen=True, slots=True)
class Walk:
    """Two pages of a list and its end, in the way its pages go on. *item* is Python text for *example*."""

    operation: Operation
    item: str
    example: Any

    @property
    def pages(self) -> Mapping[str, Any]:
        """The options, every default filled in."""
        return self.operation.pages

    def facts(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Each step's reply and request, and how many items they have; *request* is the first."""
        steps = [
            (f"[{self.item}] * {self.size}" if self.size > 1 else f"[{self.item}]", FIRST),
            (f"[{self.item}] * {self.rest}" if self.rest > 1 else f"[{self.item}]", LAST),
        ]
        if not self._ends_by_itself():
            steps.append(("[]", LAST))
        return {
            "steps": [
                {"reply": self._reply(items, number), "sent": self._sent(request, index)}
                for index, (items, number) in enumerate(steps)
            ],
            "count": self.size + self.rest,
            "empty": self.page("[]", ONLY),
        }

    def alone(self, item: str) -> list[str]:
        """The replies of a list with one item: one page, or one and an empty one."""
        return [self.page(f"[{item}]", ONLY), *([] if self._ends_by_itself() else [self.page("[]", ONLY)])]

    @property
    def size(self) -> int:
        """How many items make a page that does not end the list."""
        pages = self.pages
        counts = pages["style"] == "page" and pages["size_parameter"] and not pages["total_pages"]
        return int(pages["size"] or 1) if counts else 1

    @property
    def rest(self) -> int:
        """How many items the page after it has: no page may repeat the one before it."""
        return 2 if self.pages["style"] in ("page", "offset") and self.size == 1 else 1

    def first_query(self) -> dict[str, str]:
        """What the first request asks besides the caller's own."""
        pages = self.pages
        start = {"page": str(pages.get("first", 1)), "offset": "0"}.get(pages["style"])
        size = pages.get("size_parameter") or pages.get("limit_parameter")
        limit = {size: str(pages["size"])} if size and pages["size"] else {}
        return {} if start is None else {pages["parameter"]: start, **limit}

    def page(self, items: str, number: int) -> str:
        """The JSON of a page as Python text; *items* is text already."""
        mark = "<items>"
        body: Any = put(self.pages["items"].removesuffix("?"), mark)
        for path, value in self._facts_of_page(number).items():
            body = put(path, value, body) if isinstance(body, dict) else body
        return code(body).replace(code(mark), items)

    def _reply(self, items: str, number: int) -> str:
        link = """, headers={'Link': '<?page=2>; rel="next"'}""" if self._links(number) else ""
        return f"json={self.page(items, number)}{link}"

    def _links(self, number: int) -> bool:
        return self.pages["style"] == "link" and not self.pages["next"] and number == FIRST

    def _sent(self, request: Mapping[str, Any], step: int) -> str:
        query = dict(request.get("query", {}))
        if step and self.pages["style"] == "link":
            query = {"page": "2"}
        elif step:
            query[self.pages["parameter"]] = self._position(step)
        rest = {key: value for key, value in request.items() if key != "query"}
        return sent_text(self.operation, {**rest, "query": query} if query else rest)

    def _position(self, step: int) -> str:
        pages = self.pages
        if pages["style"] == "cursor":
            return "cursor_2" if pages["next"] else styles.text(_at(self.example, pages["last"]))
        if pages["style"] == "page":
            return str(pages["first"] + step)
        return str(self.size + (step - 1) * self.rest)

    def _ends_by_itself(self) -> bool:
        pages = self.pages
        said = {"page": "total_pages", "offset": "total", "cursor": "more"}.get(pages["style"], "")
        return bool(pages["style"] == "link" or pages.get(said) or pages.get("next") or self.size > 1)

    def _facts_of_page(self, number: int) -> dict[str, Any]:
        """What a page says besides its items: by path in the body."""
        pages, goes_on, total = self.pages, number == FIRST, 1 if number == ONLY else 2
        items = 1 if number == ONLY else self.size + self.rest
        by_style: dict[str, dict[str, Any]] = {
            "page": {"total_pages": total},
            "offset": {"total": items},
            "cursor": {"next": "cursor_2" if goes_on else None, "more": goes_on},
            "link": {"next": "?page=2" if goes_on else None},
        }
        says = by_style.get(pages["style"], {})
        return {pages[key]: value for key, value in says.items() if pages[key]}


def sent_text(operation: Operation, request: Mapping[str, Any]) -> str:
    """The arguments of ``service.sent``."""
    rest = [f"{key}={code(request[key])}" for key in SENT if key in request]
    return ", ".join([code(operation.endpoint["method"]), code(request["path"]), *rest])


def put(path: str, value: Any, into: Mapping[str, Any] | None = None) -> Any:
    """*value* at a dotted path; at "" the value is the body itself."""
    if not path:
        return value
    name, _, rest = path.partition(".")
    body = dict(into or {})
    inner = body.get(name)
    body[name] = put(rest, value, inner if isinstance(inner, dict) else None)
    return body


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
