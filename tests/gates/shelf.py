"""A small document, and a package for it written by hand: every request of it is right."""

from __future__ import annotations

from typing import Any

BOOK = {
    "type": "object",
    "required": ["id", "title", "shelf"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "title": {"type": "string", "minLength": 1},
        "shelf": {"$ref": "#/components/schemas/Shelf"},
        "page-count": {"type": "integer", "minimum": 1, "nullable": True},
        "published": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
SHELF = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "floor": {"type": "integer", "format": "int32"}},
}


def parameter(place: str, name: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"in": place, "name": name, "schema": schema, **more}


def answer(schema: dict[str, Any], media: str = "application/json") -> dict[str, Any]:
    return {"description": "OK", "content": {media: {"schema": schema}}}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
TEXTS = {"type": "array", "items": TEXT}
A_BOOK = {"$ref": "#/components/schemas/Book"}
POINT = {"type": "object", "properties": {"x": NUMBER, "y": NUMBER}, "required": ["x", "y"]}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Shelf", "version": "1"},
    "security": [{"token": []}],
    "paths": {
        "/shelves/{shelf}/books": {
            "parameters": [parameter("path", "shelf", TEXT, required=True)],
            "get": {
                "parameters": [
                    parameter("query", "tags", TEXTS, style="form", explode=False),
                    parameter("query", "genre", TEXTS),
                    parameter("query", "sort", TEXTS, style="pipeDelimited", explode=False),
                    parameter("query", "filter", POINT, style="deepObject"),
                    parameter("query", "page-size", {"type": "integer", "minimum": 1, "maximum": 100}),
                    parameter("header", "X-Trace", NUMBER, required=True),
                    parameter("cookie", "session", TEXT),
                ],
                "responses": {
                    "200": answer({"type": "array", "items": A_BOOK}),
                    "404": answer({"type": "object", "properties": {"message": TEXT}}),
                },
            },
            "post": {
                "requestBody": {"required": True, "content": {"application/json": {"schema": A_BOOK}}},
                "responses": {"201": answer(A_BOOK), "4XX": {"description": "Refused"}},
            },
        },
        "/books/{id}": {
            "parameters": [parameter("path", "id", NUMBER, required=True)],
            "get": {"security": [], "responses": {"200": answer(A_BOOK)}},
            "patch": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "properties": {"title": TEXT, "tags": TEXTS},
                                "required": ["title"],
                            }
                        }
                    },
                },
                "responses": {"200": answer(A_BOOK)},
            },
            "put": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "properties": {"cover": {"type": "string", "format": "binary"}, "note": TEXT},
                                "required": ["cover"],
                            }
                        }
                    },
                },
                "responses": {"204": {"description": "Stored"}},
            },
        },
        "/maps/{point}/{labels}": {
            "get": {
                "parameters": [
                    parameter("path", "point", POINT, required=True, style="matrix", explode=True),
                    parameter("path", "labels", TEXTS, required=True, style="label"),
                ],
                "responses": {"200": answer(TEXT, "text/plain")},
            }
        },
    },
    "components": {
        "schemas": {"Book": BOOK, "Shelf": SHELF},
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    },
}
OPERATIONS = {
    "GET /shelves/{shelf}/books": "list_books",
    "POST /shelves/{shelf}/books": "add_book",
    "GET /books/{id}": "get_book",
    "PATCH /books/{id}": "change_book",
    "PUT /books/{id}": "put_cover",
    "GET /maps/{point}/{labels}": "get_map",
}
CONFIG = "service: Shelf\nbase_url: https://shelf.test\nauth: {type: bearer, secret: SHELF_TOKEN}\n"
INIT = '''
"""Shelf."""

from .shelf_adapter import AsyncShelfAdapter, ShelfAdapter

__all__ = ["AsyncShelfAdapter", "ShelfAdapter"]
'''
HEAD = '''
"""Shelf."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from integrations.runtime.http import AsyncHttpAdapter, FileUpload, HttpAdapter, Operation


class Shelf(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A shelf."""

    name: str
    floor: int | None = None


class Book(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A book."""

    id: int
    title: str
    shelf: Shelf
    page_count: int | None = field(name="page-count", default=None)
    published: dt.datetime | None = None
    tags: list[str] | None = None


LIST_BOOKS: Operation[list[Book]] = Operation(
    "list_books",
    "GET",
    "/shelves/{shelf}/books",
    returns=list[Book],
    styles={"tags": "form", "genre": "form*", "sort": "pipe", "filter": "deepObject"},
)
ADD_BOOK: Operation[Book] = Operation("add_book", "POST", "/shelves/{shelf}/books", returns=Book)
GET_BOOK: Operation[Book] = Operation("get_book", "GET", "/books/{id}", returns=Book, anonymous=True)
CHANGE_BOOK: Operation[Book] = Operation(
    "change_book", "PATCH", "/books/{id}", returns=Book, body="form", styles={"body:tags": "form*"}
)
PUT_COVER: Operation[None] = Operation("put_cover", "PUT", "/books/{id}", body="multipart")
GET_MAP: Operation[str] = Operation(
    "get_map",
    "GET",
    "/maps/{point}/{labels}",
    returns=str,
    accept="text/plain",
    styles={"point": "matrix*", "labels": "label"},
)
'''
METHODS = '''

class {prefix}ShelfAdapter({prefix}HttpAdapter):
    """Shelf."""

    SERVICE = "Shelf"
    PACKAGE = "shelf"
    CONFIG = Path(__file__).with_name("config.yaml")

    {word}def list_books(
        self,
        shelf: str,
        *,
        x_trace: int,
        tags: Sequence[str] | None = None,
        genre: Sequence[str] | None = None,
        sort: Sequence[str] | None = None,
        filter: Mapping[str, Any] | None = None,
        page_size: int | None = None,
        session: str | None = None,
        timeout: float | None = None,
    ) -> list[Book]:
        """List books."""
        return {wait}self._call(
            LIST_BOOKS,
            path={{"shelf": shelf}},
            query={{"tags": tags, "genre": genre, "sort": sort, "filter": filter, "page-size": page_size}},
            headers={{"X-Trace": x_trace}},
            cookies={{"session": session}},
            timeout=timeout,
        )

    {word}def add_book(
        self,
        shelf: str,
        *,
        title: str,
        body_shelf: Shelf,
        page_count: int | None = None,
        published: dt.datetime | None = None,
        tags: Sequence[str] | None = None,
    ) -> Book:
        """Add a book."""
        return {wait}self._call(
            ADD_BOOK,
            path={{"shelf": shelf}},
            body={{
                "title": title,
                "shelf": body_shelf,
                "page-count": page_count,
                "published": published,
                "tags": tags,
            }},
        )

    {word}def get_book(self, id: int) -> Book:
        """Fetch a book."""
        return {wait}self._call(GET_BOOK, path={{"id": id}})

    {word}def change_book(self, id: int, *, title: str, tags: Sequence[str] | None = None) -> Book:
        """Change a book."""
        return {wait}self._call(CHANGE_BOOK, path={{"id": id}}, body={{"title": title, "tags": tags}})

    {word}def put_cover(self, id: int, *, cover: FileUpload, note: str | None = None) -> None:
        """Store a cover."""
        await_ = {wait}self._call(PUT_COVER, path={{"id": id}}, body={{"cover": cover, "note": note}})
        return await_

    {word}def get_map(self, point: Mapping[str, Any], labels: Sequence[str]) -> str:
        """Show a map."""
        return {wait}self._call(GET_MAP, path={{"point": point, "labels": labels}})
'''
ADAPTER = (
    HEAD
    + METHODS.format(prefix="", word="", wait="")
    + METHODS.format(prefix="Async", word="async ", wait="await ")
)
