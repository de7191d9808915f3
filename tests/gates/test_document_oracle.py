"""The oracle of a document: what it lets pass, and every bug that it catches."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.gates import Batch, Subject
from generator.gates._oracles import openapi
from generator.gates.conformance import Judgement

from .shelf import ADAPTER, CONFIG, DOCUMENT, INIT, OPERATIONS
from .staging import Stage


@pytest.fixture
def shelf(full_stage: Stage, tmp_path: Path) -> Shelf:
    return Shelf(full_stage, tmp_path)


class Shelf:
    """The package and its document, each of which a test may spoil."""

    def __init__(self, stage: Stage, root: Path) -> None:
        self._stage, self._root = stage, root
        self.document = copy.deepcopy(DOCUMENT)
        self.operations = dict(OPERATIONS)
        self.config, self.adapter = CONFIG, ADAPTER
        self.entry: dict[str, Any] = {"name": "shelf", "requirements": {}}

    def spoil(self, right: str, wrong: str) -> None:
        """Put a bug into the adapter, in both forms."""
        assert right in self.adapter
        self.adapter = self.adapter.replace(right, wrong)

    def judged(self, *requests: dict[str, Any]) -> Judgement:
        (self._root / "shelf.json").write_text(json.dumps(self.document), encoding="utf-8")
        more = {"config.yaml": self.config, "__init__.py": INIT}
        written = self._stage.package("shelf", self.adapter, more=more, entry=self.entry)
        subject = replace(written, spec="shelf.json", operations=self.operations)
        scratch = self._root / "scratch"
        scratch.mkdir()
        batch = Batch(self._stage.path, (subject,), scratch, root=self._root)
        assert openapi.applies(subject, batch)
        return openapi.judge(subject, batch, requests)

    def violations(self) -> str:
        return "\n".join(self.judged().violations)


def test_a_package_that_does_what_the_document_says_conforms(shelf: Shelf) -> None:
    found = shelf.judged()
    assert found.violations == ()
    assert found.faults == ()
    assert found.conforming == set(OPERATIONS) == set(found.operations)
    assert found.requests >= 2 * 5 * len(OPERATIONS)
    assert found.counts["unsynthesized"] == 0


BUGS = {
    "a list in another style": ('"tags": "form",', '"tags": "form*",', "query parameter 'tags'"),
    "a list that should be repeated, joined": (
        '"genre": "form*"',
        '"genre": "form"',
        "query parameter 'genre'",
    ),
    "a pipe that is a comma": ('"sort": "pipe"', '"sort": "form"', "query parameter 'sort'"),
    "an object that is not deep": ('"filter": "deepObject"', '"filter": "form"', "query parameter 'filter'"),
    "a matrix that is not exploded": ('"matrix*"', '"matrix"', "path parameter 'point'"),
    "a label without its dot": ('"labels": "label"', '"labels": "simple"', "path parameter 'labels'"),
    "a form whose list is joined": ('"body:tags": "form*"', '"body:tags": "form"', "form field 'tags'"),
    "a parameter that nobody can give": (
        "        page_size: int | None = None,\n",
        "        size_of: int | None = None,\n",
        "argument size_of is nothing that the document declares",
    ),
    "a parameter that is dropped": (
        ', "page-size": page_size',
        "",
        "query parameter 'page-size' is not sent",
    ),
    "a query parameter's Python name": ('"page-size": page_size', '"page_size": page_size', "'page_size'"),
    "a body field's Python name": (
        '"page-count": page_count',
        '"page_count": page_count',
        "page-count is missing",
    ),
    "another path": ('"/books/{id}", returns', '"/book/{id}", returns', "the request went to GET /book/"),
    "another method": ('"change_book", "PATCH"', '"change_book", "POST"', "the request went to POST /books/"),
    "a path value that was encoded before": (
        'path={"shelf": shelf}',
        'path={"shelf": shelf.replace("%", "%25")}',
        "path parameter 'shelf'",
    ),
    "a path value that is cut": (
        'path={"shelf": shelf}',
        'path={"shelf": shelf.partition("/")[0] or "x"}',
        "path parameter 'shelf'",
    ),
    "a missing header": ('            headers={"X-Trace": x_trace},\n', "", "header 'X-Trace' is not sent"),
    "a header that is not declared": (
        'headers={"X-Trace": x_trace}',
        'headers={"X-Trace": x_trace, "X-More": "1"}',
        "header 'x-more' is not declared",
    ),
    "a missing cookie": ('            cookies={"session": session},\n', "", "cookie 'session' is not sent"),
    "a body in another media type": ('returns=Book, body="form"', 'returns=Book, body="json"', "is declared"),
    "an integer sent as text": (
        '"page-count": page_count',
        '"page-count": str(page_count)',
        "page-count should be 1, not '1'",
    ),
    "a value that is made up": (
        '"page-size": page_size',
        '"page-size": page_size or 5',
        "query parameter 'page-size' is '5', and nobody asked for it",
    ),
    "a file whose content is lost": ('"cover": cover', '"cover": b"x"', "part 'cover'"),
    "a credential that stays at home": (
        '"add_book", "POST", "/shelves/{shelf}/books", returns=Book',
        '"add_book", "POST", "/shelves/{shelf}/books", returns=Book, anonymous=True',
        "the credential is missing: header Authorization",
    ),
    "an answer's field that is dropped": ("    floor: int | None = None\n", "", "shelf.floor is lost"),
    "an answer's field by another name": ('name="page-count"', 'name="page_count"', "page-count is lost"),
    "an answer's field that must be there and need not": (
        "    title: str\n    shelf",
        "    title: str | None = None\n    shelf",
        "title is required, and may be left out of the model",
    ),
    "an answer's field that need not be there and must": (
        "    tags: list[str] | None = None\n\n\nLIST",
        "    tags: list[str]\n\n\nLIST",
        "a valid answer with status 201 raises Lacking: add_book: null or absent",
    ),
    "an answer's field that cannot be null": (
        'page_count: int | None = field(name="page-count", default=None)',
        'page_count: int = field(name="page-count", default=0)',
        "raises Lacking: add_book: null or absent in an answer that promises it: page-count",
    ),
    "an answer that is thrown away": (
        '"get_book", "GET", "/books/{id}", returns=Book',
        '"get_book", "GET", "/books/{id}"',
        "answer 200: it should be an object",
    ),
    "an Accept header that nobody can meet": (
        'accept="text/plain"',
        'accept="image/png"',
        "it accepts image/png",
    ),
    "an argument too narrow for the document": ("labels: Sequence[str]", "labels: Sequence[int]", "refuses"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_in_the_package_is_found(bug: str, shelf: Shelf) -> None:
    right, wrong, said = BUGS[bug]
    shelf.spoil(right, wrong)
    assert said in shelf.violations()


def test_a_bug_in_one_form_alone_is_found(shelf: Shelf) -> None:
    shelf.spoil("await self._call(GET_BOOK", "await self._call(CHANGE_BOOK")
    assert "async: least: the request went to PATCH /books/" in shelf.violations()


def test_an_error_of_another_class_is_found(shelf: Shelf) -> None:
    shelf.spoil(
        'return self._call(GET_MAP, path={"point": point, "labels": labels})',
        "raise ValueError('a bug')",
    )
    found = shelf.violations()
    assert "GET /maps/{point}/{labels} (get_map): least: nothing was sent: ValueError: a bug" in found


def test_a_method_that_is_not_there_is_found(shelf: Shelf) -> None:
    shelf.operations["GET /books/{id}"] = "fetch_book"
    assert "there is no such method" in shelf.violations()


def test_an_operation_that_the_document_has_not_is_found(shelf: Shelf) -> None:
    shelf.operations["GET /magazines"] = "get_book"
    assert "the document has no such operation" in shelf.violations()


def test_a_field_that_only_answers_hold_is_not_asked_of_a_request(shelf: Shelf) -> None:
    shelf.spoil(
        "        title: str,\n        body_shelf", "        title: str,\n        id: int,\n        body_shelf"
    )
    assert "argument id is nothing that the document declares" in shelf.violations()


def test_what_is_wrong_with_the_document_blames_no_package(shelf: Shelf) -> None:
    shelf.document["components"]["schemas"]["Shelf"]["properties"]["floor"]["enum"] = "storeys"
    shelf.document["components"]["schemas"]["Book"]["properties"]["title"]["pattern"] = "("
    found = shelf.judged()
    assert found.violations == ()
    assert found.counts["document_findings"] == 2
    assert any("enum is no list" in fault for fault in found.faults)


def test_what_no_value_can_be_made_for_is_counted_and_not_asked(shelf: Shelf) -> None:
    impossible = {"type": "string", "enum": ["a"], "minLength": 5}
    shelf.document["paths"]["/books/{id}"]["get"]["parameters"] = [
        {"in": "query", "name": "never", "schema": impossible}
    ]
    shelf.spoil('"get_book", "GET"', '"get_book", "GET"')
    shelf.spoil("get_book(self, id: int)", "get_book(self, id: int, never: str | None = None)")
    found = shelf.judged()
    assert found.violations == ()
    assert found.counts["unsynthesized"] >= 1


def test_a_package_that_dies_when_it_is_imported_has_said_why(shelf: Shelf) -> None:
    shelf.adapter += "\nraise SystemExit(3)\n"
    found = shelf.judged()
    assert found.conforming == frozenset()
    assert "the operations cannot be called: the process ended with exit code 3" in found.violations[0]


def test_a_package_that_asks_for_another_machine_is_stopped(shelf: Shelf) -> None:
    shelf.spoil(
        "return self._call(GET_BOOK",
        'import socket; socket.create_connection(("192.0.2.1", 80)); return self._call(GET_BOOK',
    )
    assert "nothing may leave this machine" in shelf.violations()


def test_the_same_package_is_judged_the_same_twice(
    shelf: Shelf, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Shelf(Stage(tmp_path_factory.mktemp("b") / "stage", runtime=True), tmp_path_factory.mktemp("c"))
    for one in (shelf, other):
        one.spoil('"tags": "form",', '"tags": "form*",')
    assert shelf.judged() == other.judged()


def test_a_suites_own_requests_are_judged_by_the_document_too(shelf: Shelf) -> None:
    bad = {
        "package": "shelf",
        "operation": "list_books",
        "method": "GET",
        "path": "/shelves/a/books",
        "query": [["colour", "red"]],
        "headers": {"x-trace": "one", "accept": "application/json"},
        "content_type": "",
        "body": None,
    }
    found = shelf.judged(bad, {**bad, "operation": "request"})
    assert [v.partition("): ")[2] for v in found.violations] == [
        "header 'X-Trace': 'one' is not of type 'integer'",
        "query parameter 'colour' is not declared",
    ]
    assert "GET /shelves/{shelf}/books" not in found.conforming


def test_what_the_entry_says_of_an_operation_itself_is_judged_by_the_entry(shelf: Shelf) -> None:
    more = {"in": "query", "required": False, "schema": {"type": "integer"}}
    own = {"method": "GET", "path": "/books/{id}", "parameters": {"more": more}}
    shelf.entry = {"name": "shelf", "requirements": {"endpoints": [own]}, "document": {"own": [own]}}
    shelf.spoil("get_book(self, id: int)", "get_book(self, id: int, more: int | None = None)")
    seen: dict[str, Any] = {
        "package": "shelf",
        "operation": "get_book",
        "method": "GET",
        "path": "/books/1",
        "query": [],
    }
    seen |= {"headers": {}, "content_type": "", "body": None}
    found = shelf.judged({**seen, "query": [["more", "1"]]}, {**seen, "query": [["more", "x"]]})
    assert [v.partition("): ")[2] for v in found.violations] == [
        "query parameter 'more': 'x' is not of type 'integer'"
    ]
    assert set(found.operations) == set(OPERATIONS)
    assert found.conforming == set(OPERATIONS) - {"GET /books/{id}"}
    assert found.counts["declared"] == 1


def test_an_entry_without_a_document_is_another_oracles(tmp_path: Path) -> None:
    subject = Subject("shelf", "shelf", {}, (), (), operations=OPERATIONS)
    assert not openapi.applies(subject, Batch(tmp_path, (subject,), tmp_path, root=tmp_path))
