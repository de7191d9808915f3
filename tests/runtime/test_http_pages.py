"""Lists go on page by page, end where they end, and never go round in circles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from integrations.runtime import (
    InvalidArgumentError,
    PaginationError,
    Secret,
    UnavailableError,
    UnexpectedResponseError,
)
from integrations.runtime.http import (
    ApiKeyAuth,
    CursorPages,
    LinkPages,
    OffsetPages,
    Operation,
    PageNumberPages,
    Pages,
)
from integrations.runtime.testing import FakeClock
from tests.runtime.forms import GET_THING, Form, Script, Thing, acme, both_forms


def things(*numbers: int) -> list[dict[str, Any]]:
    return [{"id": number, "name": f"n{number}"} for number in numbers]


def listing(pages: Pages, **more: Any) -> Operation[list[Thing]]:
    return Operation("list_things", "GET", "/things", returns=list[Thing], pages=pages, **more)


def linked(numbers: list[int], target: str = "", rel: str = 'rel="next"') -> httpx2.Response:
    headers = {"Link": f"<{target}>; {rel}"} if target else {}
    return httpx2.Response(200, json=things(*numbers), headers=headers)


def queries(script: Script) -> list[dict[str, str]]:
    return [dict(request.url.params) for request in script.requests]


@both_forms
def test_links_are_followed_to_the_last_page(form: Form) -> None:
    script = Script(
        linked([1, 2], "https://api.acme.example/v1/things?page=2&q=x"),
        linked([3], "/v1/things?page=3&q=x"),
        linked([4]),
    )
    with acme(form, script, headers={"X-A": "b"}) as client:
        found = client.pages(listing(LinkPages()), query={"q": "x"}, headers={"X-B": "c"})
    assert [thing.id for thing in found] == [1, 2, 3, 4]
    assert queries(script) == [{"q": "x"}, {"page": "2", "q": "x"}, {"page": "3", "q": "x"}]
    assert all((r.headers["x-a"], r.headers["x-b"]) == ("b", "c") for r in script.requests)


@pytest.mark.parametrize(
    ("header", "goes_on"),
    [
        ('</n>; rel="next"', True),
        ("</n>; rel=next", True),
        ('</p>; rel="prev", </n>; rel="next"; title="a, b; c"', True),
        ('</n>; title="x"; REL="last NEXT"', True),
        ('</n>;rel="next",</l>;rel="last"', True),
        ('</n>; rel="nextish"', False),
        ('</n>; title="rel=next"', False),
        ('</n>; rel="prev"', False),
        ("garbage", False),
        ("<", False),
    ],
)
def test_a_link_header_is_read_as_rfc_8288_writes_it(header: str, goes_on: bool) -> None:
    script = Script(
        httpx2.Response(200, json=things(1), headers={"Link": header}), httpx2.Response(200, json=things(2))
    )
    with acme("sync", script) as client:
        client.pages(listing(LinkPages()))
    assert [request.url.path for request in script.requests[1:]] == (["/n"] if goes_on else [])


@both_forms
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/things?page=2",
        "http://api.acme.example/v1/things?page=2",
        "//evil.example/",
        "https://api.acme.example:444/",
        "https://me:pw@api.acme.example/v1/things",
        "https://[bad",
        "https://api.acme.example:port/",
    ],
)
def test_a_link_that_leaves_the_origin_is_not_followed(form: Form, target: str) -> None:
    script = Script(linked([1], target), linked([2]))
    got: list[Any] = []
    with (
        acme(form, script) as client,
        pytest.raises(PaginationError, match="Acme list_things: the next link"),
    ):
        got.extend(client.items(listing(LinkPages())))
    assert len(script.requests) == 1


@both_forms
def test_a_link_that_repeats_is_an_error_after_its_items(form: Form) -> None:
    script = Script(linked([1], "/v1/things?page=2"), linked([2], "/v1/things?page=2"), linked([3]))
    got: list[Any] = []
    with acme(form, script) as client, pytest.raises(PaginationError, match="does not move"):
        got.extend(thing.id for thing in client.items(listing(LinkPages())))
    assert (got, len(script.requests)) == ([1, 2], 2)


@both_forms
def test_a_key_in_the_query_travels_with_every_link_once(form: Form) -> None:
    script = Script(
        linked([1], "/v1/things?page=2"), linked([2], "/v1/things?page=3&key=k3y-value"), linked([3])
    )
    with acme(form, script, auth=ApiKeyAuth(Secret("k3y-value"), "key", "query")) as client:
        client.pages(listing(LinkPages()))
    assert [request.url.params.get_list("key") for request in script.requests] == [["k3y-value"]] * 3


@both_forms
def test_page_numbers_count_until_a_page_is_empty(form: Form) -> None:
    script = Script(*[httpx2.Response(200, json=things(*page)) for page in ([1, 2], [3], [])])
    with acme(form, script) as client:
        assert [t.id for t in client.pages(listing(PageNumberPages()), query={"q": "x"})] == [1, 2, 3]
    assert queries(script) == [{"page": "1", "q": "x"}, {"page": "2", "q": "x"}, {"page": "3", "q": "x"}]


@both_forms
def test_page_numbers_end_at_a_page_shorter_than_its_declared_size(form: Form) -> None:
    script = Script(*[httpx2.Response(200, json=things(*page)) for page in ([1, 2], [3])])
    pages = PageNumberPages("p", first=0, size_parameter="per_page", size=2)
    with acme(form, script) as client:
        assert len(client.pages(listing(pages))) == 3
    assert queries(script) == [{"p": "0", "per_page": "2"}, {"p": "1", "per_page": "2"}]


@both_forms
def test_a_service_that_caps_the_size_does_not_look_finished(form: Form) -> None:
    script = Script(*[httpx2.Response(200, json=things(*page)) for page in ([1, 2], [3])])
    with acme(form, script) as client:
        pages = PageNumberPages(size_parameter="per_page", size=2)
        assert len(client.pages(listing(pages), query={"per_page": 500})) == 3
    assert queries(script)[0]["per_page"] == "500"


@both_forms
def test_page_numbers_end_at_the_total_and_start_where_the_caller_says(form: Form) -> None:
    def page(*numbers: int) -> httpx2.Response:
        return httpx2.Response(200, json={"data": {"items": things(*numbers)}, "meta": {"pages": 3}})

    pages = PageNumberPages(items="data.items", total_pages="meta.pages")
    script = Script(page(1), page(2), page(3))
    with acme(form, script) as client:
        assert [t.id for t in client.pages(listing(pages))] == [1, 2, 3]
    script = Script(page(2), page(3))
    with acme(form, script) as client:
        assert [t.id for t in client.pages(listing(pages), query={"page": 2})] == [2, 3]
    assert queries(script) == [{"page": "2"}, {"page": "3"}]


@both_forms
def test_offsets_skip_what_was_read(form: Form) -> None:
    script = Script(*[httpx2.Response(200, json=things(*page)) for page in ([1, 2], [3], [])])
    with acme(form, script) as client:
        assert len(client.pages(listing(OffsetPages(size=2)), query={"limit": None})) == 3
    assert queries(script) == [
        {"offset": "0", "limit": "2"},
        {"offset": "2", "limit": "2"},
        {"offset": "3", "limit": "2"},
    ]


@both_forms
def test_offsets_end_at_the_total(form: Form) -> None:
    def page(*numbers: int) -> httpx2.Response:
        return httpx2.Response(200, json={"items": things(*numbers), "count": 3})

    script = Script(page(1, 2), page(3))
    pages = OffsetPages("skip", "take", 2, items="items", total="count")
    with acme(form, script) as client:
        assert len(client.pages(listing(pages))) == 3
    assert queries(script) == [{"skip": "0", "take": "2"}, {"skip": "2", "take": "2"}]


@both_forms
def test_a_cursor_in_the_body_is_passed_on(form: Form) -> None:
    def page(numbers: list[int], cursor: Any) -> httpx2.Response:
        return httpx2.Response(200, json={"data": things(*numbers), "paging": {"next": cursor}})

    script = Script(page([1], "c2"), page([2], 3), page([3], None))
    with acme(form, script) as client:
        found = client.pages(listing(CursorPages(next="paging.next")), query={"limit": 1})
    assert [t.id for t in found] == [1, 2, 3]
    assert queries(script) == [{"limit": "1"}, {"limit": "1", "cursor": "c2"}, {"limit": "1", "cursor": "3"}]


@both_forms
def test_the_last_items_id_is_passed_on_while_there_is_more(form: Form) -> None:
    def page(numbers: list[int], more: bool) -> httpx2.Response:
        return httpx2.Response(200, json={"object": "list", "data": things(*numbers), "has_more": more})

    script = Script(page([1, 2], True), page([3], False))
    with acme(form, script) as client:
        found = client.pages(listing(CursorPages("starting_after", last="id", more="has_more")))
    assert [t.name for t in found] == ["n1", "n2", "n3"]
    assert queries(script) == [{}, {"starting_after": "2"}]


@both_forms
@pytest.mark.parametrize("given", [{}, {"cursor": "same"}])
def test_a_cursor_that_does_not_move_is_an_error(form: Form, given: dict[str, Any]) -> None:
    script = Script(*[httpx2.Response(200, json={"data": things(1), "next": "same"}) for _ in range(9)])
    got: list[Any] = []
    with acme(form, script) as client, pytest.raises(PaginationError, match="does not move"):
        got.extend(thing.id for thing in client.items(listing(CursorPages(next="next")), query=given))
    assert len(got) == len(script.requests) == 2 - len(given)


def endless(pages: Pages) -> Callable[[httpx2.Request], httpx2.Response]:
    """A service whose list never ends."""
    count = iter(range(1, 10**6))

    def answer(request: httpx2.Request) -> httpx2.Response:
        number = next(count)
        headers = {"Link": f'</v1/things?page={number}>; rel="next"'}
        body: Any = {"data": things(number), "next": str(number)}
        return httpx2.Response(200, json=body if pages.items else body["data"], headers=headers)

    return answer


@both_forms
@pytest.mark.parametrize(
    "pages",
    [
        LinkPages(max_pages=4),
        PageNumberPages(max_pages=4),
        OffsetPages(max_pages=4),
        CursorPages(next="next", max_pages=4),
    ],
)
def test_every_way_of_paging_stops_at_its_cap_aloud(form: Form, pages: Pages) -> None:
    got: list[Any] = []
    with acme(form, endless(pages)) as client, pytest.raises(PaginationError) as caught:
        got.extend(thing.id for thing in client.items(listing(pages)))
    assert got == [1, 2, 3, 4]
    assert str(caught.value) == "Acme list_things: stopped after 4 pages; the list goes on"


@both_forms
def test_a_list_that_just_fits_its_cap_is_whole(form: Form) -> None:
    script = Script(linked([1], "/v1/things?page=2"), linked([2]))
    with acme(form, script) as client:
        assert len(client.pages(listing(LinkPages(max_pages=2)))) == 2


@both_forms
@pytest.mark.parametrize(
    "pages", [LinkPages(), PageNumberPages(items="data"), OffsetPages(items="data"), CursorPages(next="next")]
)
def test_an_empty_page_ends_a_list_whatever_it_says(form: Form, pages: Pages) -> None:
    body: Any = {"data": [], "next": "more"}
    reply = httpx2.Response(200, json=body if pages.items else [], headers={"Link": '</v1/x>; rel="next"'})
    with acme(form, Script(reply)) as client:
        assert client.pages(listing(pages)) == []


@both_forms
def test_no_content_is_an_empty_page(form: Form) -> None:
    with acme(form, Script(httpx2.Response(204))) as client:
        assert client.pages(listing(CursorPages(next="next"))) == []


@both_forms
@pytest.mark.parametrize(
    ("pages", "body"),
    [
        (LinkPages(), b'{"message": "not a list"}'),
        (LinkPages(), b'[{"id": "one"}]'),
        (LinkPages(), b""),
        (LinkPages(), b"<p>"),
        (LinkPages(), b"[" * 100_000),
        (CursorPages(next="n"), b'{"data": ' + b"[" * 100_000),
        (CursorPages(next="n"), b"[]"),
        (CursorPages(next="n"), b'{"items": []}'),
        (CursorPages(next="n"), b'{"data": null}'),
        (CursorPages(next="n"), b'{"data": [{"id": null}]}'),
        (CursorPages(next="n", items="a.b"), b'{"a": [1]}'),
        (CursorPages(next="n", items="a?"), b"[]"),
        (CursorPages(next="n", items="a?"), b'{"a": {}}'),
    ],
)
def test_a_page_that_contradicts_its_type_is_an_error_with_the_answer(
    form: Form, pages: Pages, body: bytes
) -> None:
    script = Script(httpx2.Response(200, content=body, headers={"X-A": "b"}))
    with acme(form, script) as client, pytest.raises(UnexpectedResponseError) as caught:
        client.pages(listing(pages))
    assert (caught.value.status, caught.value.headers["x-a"], caught.value.body) == (200, "b", body)


@both_forms
def test_a_page_may_leave_its_list_out_where_that_is_declared(form: Form) -> None:
    with acme(form, Script(httpx2.Response(200, json={"kind": "list"}))) as client:
        assert client.pages(listing(CursorPages(next="next", items="items?"))) == []


@both_forms
def test_each_page_is_retried_by_itself(form: Form) -> None:
    script = Script(
        linked([1], "/v1/things?page=2"),
        httpx2.Response(503),
        linked([2], "/v1/things?page=3"),
        httpx2.Response(500),
    )
    script.replies += [httpx2.Response(500)] * 2
    got: list[Any] = []
    with (
        acme(form, script, clock=FakeClock()) as client,
        pytest.raises(UnavailableError, match="after 3 attempts"),
    ):
        got.extend(thing.id for thing in client.items(listing(LinkPages())))
    assert got == [1, 2]


@both_forms
def test_pages_are_fetched_only_as_they_are_needed(form: Form) -> None:
    script = Script(linked([1, 2], "/v1/things?page=2"))
    with acme(form, script) as client:
        items = client.items(listing(LinkPages()))
        assert [next(items).id, next(items).id] == [1, 2]
    assert len(script.requests) == 1


@both_forms
def test_only_a_list_has_pages(form: Form) -> None:
    with acme(form, Script()) as client, pytest.raises(InvalidArgumentError):
        client.pages(GET_THING, path={"thing_id": 1})


@both_forms
def test_a_link_in_the_body_is_followed_on_the_same_origin(form: Form) -> None:
    operation = listing(LinkPages(items="data", next="meta.next"))
    script = Script(
        httpx2.Response(200, json={"data": things(1), "meta": {"next": "/v1/things?after=1"}}),
        httpx2.Response(200, json={"data": things(2), "meta": {"next": "?after=2"}}),
        httpx2.Response(200, json={"data": things(3), "meta": {"next": None}}),
    )
    with acme(form, script) as client:
        assert [thing.id for thing in client.pages(operation, query={"q": "x"})] == [1, 2, 3]
    assert [request.url.raw_path for request in script.requests] == [
        b"/v1/things?q=x",
        b"/v1/things?after=1",
        b"/v1/things?after=2",
    ]


@both_forms
@pytest.mark.parametrize("link", ["https://evil.example/x", "//evil.example", "http://api.acme.example/v1/x"])
def test_a_link_in_the_body_that_leaves_the_origin_is_not_followed(form: Form, link: str) -> None:
    script = Script(httpx2.Response(200, json={"data": things(1), "next": link}))
    with acme(form, script) as client, pytest.raises(PaginationError, match="the next link leaves"):
        client.pages(listing(LinkPages(items="data", next="next")))


@both_forms
@pytest.mark.parametrize("link", ["", None, False, 5, {"href": "?p=2"}, ["?p=2"]])
def test_what_is_no_link_ends_the_list(form: Form, link: Any) -> None:
    script = Script(httpx2.Response(200, json={"data": things(1), "next": link}))
    with acme(form, script) as client:
        assert len(client.pages(listing(LinkPages(items="data", next="next")))) == 1


@both_forms
@pytest.mark.parametrize(
    "pages",
    [PageNumberPages(), PageNumberPages(total_pages="pages"), OffsetPages(), OffsetPages(total="total")],
)
def test_a_page_that_repeats_the_one_before_is_an_error_and_not_delivered_twice(
    form: Form, pages: Pages
) -> None:
    script = Script(*[httpx2.Response(200, json=things(numbers)) for numbers in (1, 2, 2, 3)])
    got: list[Any] = []
    with acme(form, script) as client, pytest.raises(PaginationError) as caught:
        got.extend(thing.id for thing in client.items(listing(pages)))
    assert (got, len(script.requests)) == ([1, 2], 3)
    assert str(caught.value) == "Acme list_things: page 3 is page 2 again, byte for byte"


@both_forms
@pytest.mark.parametrize(
    "pages", [OffsetPages(total="n", items="data"), PageNumberPages(total_pages="n", items="data")]
)
def test_pages_that_say_how_many_there_are_may_be_alike(form: Form, pages: Pages) -> None:
    script = Script(*[httpx2.Response(200, json={"n": 2, "data": things(1)}) for _ in range(2)])
    with acme(form, script) as client:
        assert [thing.id for thing in client.pages(listing(pages))] == [1, 1]


@both_forms
def test_linked_pages_may_be_alike(form: Form) -> None:
    script = Script(linked([1], "?page=2"), linked([1], "?page=3"), linked([1]))
    with acme(form, script) as client:
        assert len(client.pages(listing(LinkPages()))) == 3


@both_forms
def test_keys_of_an_anonymous_list_stay_at_home(form: Form) -> None:
    script = Script(linked([1], "/v1/things?page=2"), linked([2]))
    with acme(form, script, auth=ApiKeyAuth(Secret("k3y-value"), "key", "query")) as client:
        client.pages(listing(LinkPages(), anonymous=True))
    assert [request.url.query for request in script.requests] == [b"", b"page=2"]
