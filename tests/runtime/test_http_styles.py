"""Every style of OpenAPI 3.1 and RFC 6570, exactly as the standards' own tables show them."""

from __future__ import annotations

import enum
from datetime import date
from typing import Any

import httpx2
import msgspec
import pytest

from integrations.runtime import InvalidArgumentError, Secret
from integrations.runtime.http import ApiKeyAuth, OneOf, Operation
from tests.runtime.forms import Acme, Form, Script, acme, both_forms

ARRAY = ["blue", "black", "brown"]
OBJECT = {"R": 100, "G": 200, "B": 150}


def sent(form: Form, operation: Operation[Any], **given: Any) -> httpx2.Request:
    """Return the one request of one call."""
    script = Script(httpx2.Response(204))
    with acme(form, script) as client:
        client.call(operation, **given)
    (request,) = script.requests
    return request


def in_path(style: str, value: Any, form: Form = "sync", path: str = "/m/{color}") -> str:
    operation: Operation[None] = Operation("x", "GET", path, styles={"color": style})
    raw = sent(form, operation, path={"color": value}).url.raw_path.decode()
    return raw.removeprefix("/v1/m/")


def in_query(style: str, value: Any, form: Form = "sync") -> str:
    operation: Operation[None] = Operation("x", "GET", "/m", styles={"color": style})
    return sent(form, operation, query={"color": value}).url.query.decode()


def in_header(style: str, value: Any, form: Form = "sync") -> str | None:
    operation: Operation[None] = Operation("x", "GET", "/m", styles={"X-Color": style})
    found: str | None = sent(form, operation, headers={"X-Color": value}).headers.get("x-color")
    return found


def in_cookie(style: str, value: Any, form: Form = "sync") -> str | None:
    operation: Operation[None] = Operation("x", "GET", "/m", styles={"color": style})
    found: str | None = sent(form, operation, cookies={"color": value}).headers.get("cookie")
    return found


# OpenAPI 3.1.1 §4.8.12.4, "Style Examples": style, then string, array and object.
PATHS = [
    ("matrix", ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"),
    ("matrix*", ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"),
    ("label", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"),
    ("label*", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"),
    ("simple", "blue", "blue,black,brown", "R,100,G,200,B,150"),
    ("simple*", "blue", "blue,black,brown", "R=100,G=200,B=150"),
    (
        "json",
        "%22blue%22",
        "%5B%22blue%22%2C%22black%22%2C%22brown%22%5D",
        "%7B%22R%22%3A100%2C%22G%22%3A200%2C%22B%22%3A150%7D",
    ),
]
QUERIES = [
    ("form", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"),
    ("form*", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"),
    ("space", "color=blue", "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"),
    ("pipe", "color=blue", "color=blue|black|brown", "color=R|100|G|200|B|150"),
    (
        "deepObject",
        "color=blue",
        "color[0]=blue&color[1]=black&color[2]=brown",
        "color[R]=100&color[G]=200&color[B]=150",
    ),
    ("json", *(f"color={json}" for json in PATHS[-1][1:])),
]
HEADERS = [
    ("simple", "blue", "blue,black,brown", "R,100,G,200,B,150"),
    ("simple*", "blue", "blue,black,brown", "R=100,G=200,B=150"),
    ("json", '"blue"', '["blue","black","brown"]', '{"R":100,"G":200,"B":150}'),
]
COOKIES = [
    ("form", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"),
    ("form*", "color=blue", "color=blue; color=black; color=brown", "R=100; G=200; B=150"),
    ("json", *(f"color={json}" for json in PATHS[-1][1:])),
]


@both_forms
@pytest.mark.parametrize(("style", "string", "array", "mapping"), PATHS)
def test_a_path_is_written_as_the_table_says(
    form: Form, style: str, string: str, array: str, mapping: str
) -> None:
    assert in_path(style, "blue", form) == string
    assert in_path(style, ARRAY, form) == array
    assert in_path(style, OBJECT, form) == mapping


@both_forms
@pytest.mark.parametrize(("style", "string", "array", "mapping"), QUERIES)
def test_a_query_is_written_as_the_table_says(
    form: Form, style: str, string: str, array: str, mapping: str
) -> None:
    assert in_query(style, "blue", form) == string
    assert in_query(style, ARRAY, form) == array
    assert in_query(style, OBJECT, form) == mapping


@both_forms
@pytest.mark.parametrize(("style", "string", "array", "mapping"), HEADERS)
def test_a_header_is_written_as_the_table_says(
    form: Form, style: str, string: str, array: str, mapping: str
) -> None:
    assert in_header(style, "blue", form) == string
    assert in_header(style, ARRAY, form) == array
    assert in_header(style, OBJECT, form) == mapping


@both_forms
@pytest.mark.parametrize(("style", "string", "array", "mapping"), COOKIES)
def test_a_cookie_is_written_as_the_table_says(
    form: Form, style: str, string: str, array: str, mapping: str
) -> None:
    assert in_cookie(style, "blue", form) == string
    assert in_cookie(style, ARRAY, form) == array
    assert in_cookie(style, OBJECT, form) == mapping


@both_forms
@pytest.mark.parametrize(("style", "string", "array", "mapping"), QUERIES)
def test_a_form_field_is_written_like_a_query(
    form: Form, style: str, string: str, array: str, mapping: str
) -> None:
    operation: Operation[None] = Operation(
        "x", "POST", "/m", body="form", styles={"body:color": style, "color": "deepObject"}
    )
    for value, written in (("blue", string), (ARRAY, array), (OBJECT, mapping)):
        request = sent(form, operation, body={"color": value, "undeclared": [1]})
        assert request.content.decode() == f"{written}&undeclared[0]=1"


# RFC 6570 §3.2: hello = "Hello World!", half = "50%", dom = example.com, empty = "", x = 1024, y = 768.
@pytest.mark.parametrize(
    ("style", "value", "written"),
    [
        ("simple", "Hello World!", "Hello%20World%21"),
        ("simple", "50%", "50%25"),
        ("simple", ["1024", "Hello World!", "768"], "1024,Hello%20World%21,768"),
        ("simple", {"semi": ";", "dot": ".", "comma": ","}, "semi,%3B,dot,.,comma,%2C"),
        ("simple*", {"semi": ";", "dot": ".", "comma": ","}, "semi=%3B,dot=.,comma=%2C"),
        ("label", ["50%", "fred"], ".50%25,fred"),
        ("label", {"semi": ";", "comma": ","}, ".semi,%3B,comma,%2C"),
        ("label*", {"semi": ";", "comma": ","}, ".semi=%3B.comma=%2C"),
        ("label*", ["1.5", "2"], ".1%2E5.2"),
        ("label*", "1.5", ".1.5"),
        ("matrix", "", ";color"),
        ("matrix", {"semi": ";", "comma": ","}, ";color=semi,%3B,comma,%2C"),
        ("matrix*", {"semi": ";", "empty": ""}, ";semi=%3B;empty"),
        ("matrix*", ["red", ""], ";color=red;color"),
        ("simple", ["", ""], ","),
        ("simple", [True, None, 1.5, date(2024, 2, 29)], "true,1.5,2024-02-29"),
        ("simple", ["a/b", "..", "%2F", "\r\n", "ü"], "a%2Fb,..,%252F,%0D%0A,%C3%BC"),
    ],
)
def test_each_value_of_a_path_is_encoded_by_itself(style: str, value: Any, written: str) -> None:
    assert in_path(style, value) == written


@both_forms
@pytest.mark.parametrize("style", ["simple", "simple*", "label", "label*", "matrix", "matrix*"])
@pytest.mark.parametrize("value", [None, [], {}, [None], {"a": None}])
def test_an_empty_path_value_is_refused_by_name(form: Form, style: str, value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="Acme x: color must not be empty"):
        in_path(style, value, form)


@pytest.mark.parametrize(
    ("style", "value"),
    [
        ("simple", ""),
        ("simple", [".."]),
        ("simple", ["."]),
        ("label", ""),
        ("label", "."),
        ("label*", ["", ""]),
        ("label*", ["."]),
        ("label*", [""]),
    ],
)
def test_no_style_makes_a_path_mean_another_place(style: str, value: Any) -> None:
    with pytest.raises(InvalidArgumentError):
        in_path(style, value)


@pytest.mark.parametrize("name", ["+path", "path*", "user-id", "a.b", "Ünï", "x y", "$filter"])
def test_a_template_is_filled_by_the_exact_text_between_its_braces(name: str) -> None:
    operation: Operation[None] = Operation("x", "GET", f"/m/{{{name}}}/n", styles={name: "simple"})
    assert sent("sync", operation, path={name: ["a", "b/c"]}).url.raw_path == b"/v1/m/a,b%2Fc/n"
    plain: Operation[None] = Operation("x", "GET", f"/m/{{{name}}}/n")
    assert sent("sync", plain, path={name: "b/c"}).url.raw_path == b"/v1/m/b%2Fc/n"


class Colour(enum.Enum):
    RED = "red"


class Range(msgspec.Struct):
    low: int = msgspec.field(name="gte")
    high: int | None = msgspec.field(name="lt", default=None)


class Either(OneOf):
    OPTIONS = (Range, int)


@pytest.mark.parametrize(
    ("style", "value", "written"),
    [
        ("form", ["a,b", "c&d", "e=f", ""], "color=a%2Cb,c%26d,e%3Df,"),
        ("form", [""], "color="),
        ("form", "", "color="),
        ("form", [], ""),
        ("form*", {}, ""),
        ("space", [], ""),
        ("deepObject", {}, ""),
        ("deepObject", {"a": None}, ""),
        ("form", [True, None, Colour.RED, 0.5], "color=true,red,0.5"),
        ("form*", {"a": [1, 2], "b": None, "c&": "d"}, "a=1&a=2&c%26=d"),
        ("form", [{"a": 1}], "color=%7B%22a%22%3A1%7D"),
        ("pipe", ["a|b", "c d"], "color=a%7Cb|c%20d"),
        ("space", "a b", "color=a%20b"),
        ("space", ["a,b", "c|d"], "color=a%2Cb%20c%7Cd"),
        ("deepObject", Range(1), "color[gte]=1"),
        ("deepObject", Either(Range(1, 2)), "color[gte]=1&color[lt]=2"),
        ("deepObject", {"a": {"b": ["x", "y"]}}, "color[a][b][0]=x&color[a][b][1]=y"),
        ("deepObject", {"a]=1&b[": "v"}, "color[a%5D%3D1%26b%5B]=v"),
        ("json", {"a": [None, "é&"]}, "color=%7B%22a%22%3A%5Bnull%2C%22%C3%A9%26%22%5D%7D"),
        ("json", [], "color=%5B%5D"),
    ],
)
def test_each_value_of_a_query_is_encoded_by_itself(style: str, value: Any, written: str) -> None:
    assert in_query(style, value) == written


@pytest.mark.parametrize(
    ("style", "value", "written"),
    [
        ("simple", ["a,b", "50%", " c "], "a%2Cb,50%25,%20c%20"),
        ("simple", ["application/json", "a;q=0.5", "2024-01-01T00:00:00Z"], None),
        ("simple*", {"a=b": "c=d", "e": None}, "a%3Db=c=d"),
        ("simple", [], ""),
        ("simple", "a,b 50%", "a,b 50%"),
        ("json", {"name": "ü\n"}, '{"name":"\\u00fc\\n"}'),
    ],
)
def test_a_header_escapes_only_what_would_end_a_value(style: str, value: Any, written: str | None) -> None:
    assert in_header(style, value) == (",".join(value) if written is None else written or None)


@pytest.mark.parametrize(
    ("style", "value", "written"),
    [
        ("form", ["a;b", 'c"d', "e,f"], "color=a%3Bb,c%22d,e%2Cf"),
        ("form*", {"a b": "c d"}, "a%20b=c%20d"),
        ("form*", [], None),
    ],
)
def test_a_cookie_cannot_end_itself(style: str, value: Any, written: str | None) -> None:
    assert in_cookie(style, value) == written


@both_forms
def test_a_value_that_holds_a_delimiter_which_cannot_be_escaped_is_refused(form: Form) -> None:
    with pytest.raises(InvalidArgumentError, match="Acme x: query parameter color holds"):
        in_query("space", ["a b"], form)
    operation: Operation[None] = Operation(
        "x", "POST", "/m", body="multipart", styles={"body:f": "form", "body:s": "space"}
    )
    for body in ({"f": ["a,b"]}, {"s": {"a": "b c"}}):
        with pytest.raises(InvalidArgumentError, match="form field"):
            sent(form, operation, body=body)


@both_forms
@pytest.mark.parametrize("value", [Secret("in-a-style"), [Secret("in-a-style")], {"a": object()}])
def test_what_no_style_can_carry_is_refused(form: Form, value: Any) -> None:
    for write in (in_path, in_query, in_header, in_cookie):
        style = {"in_path": "simple", "in_header": "simple"}.get(write.__name__, "form")
        with pytest.raises(InvalidArgumentError) as caught:
            write(style, value, form)
        assert "in-a-style" not in str(caught.value)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: b", ["a\nb"], {"a": "\0"}])
def test_no_style_smuggles_a_header(value: Any) -> None:
    for style in ("simple", "simple*"):
        with pytest.raises(InvalidArgumentError, match="line breaks"):
            in_header(style, value)


def test_a_header_in_json_cannot_say_infinity() -> None:
    with pytest.raises(InvalidArgumentError, match="X-Color"):
        in_header("json", [float("inf")])


def test_one_name_in_two_places_may_have_two_styles() -> None:
    operation: Operation[None] = Operation(
        "x",
        "GET",
        "/m/{id}",
        styles={"query:id": "pipe", "path:id": "label", "id": "json", "header:id": "simple"},
    )
    request = sent(
        "sync",
        operation,
        path={"id": [1, 2]},
        query={"id": [1, 2]},
        headers={"id": [1, 2]},
        cookies={"id": 1},
    )
    assert request.url.raw_path == b"/v1/m/.1,2?id=1|2"
    assert (request.headers["id"], request.headers["cookie"]) == ("1,2", "id=1")


def test_names_without_a_style_are_written_as_ever() -> None:
    operation: Operation[None] = Operation(
        "x", "GET", "/m/{a}/{b}", styles={"b": "matrix", "ids": "form", "X-B": "simple", "c": "form"}
    )
    request = sent(
        "sync",
        operation,
        path={"a": "x,y", "b": 1},
        query={"z": ["a,b", True], "ids": [1, 2], "y": {"k": 1}, "n": None, "ids[]": "q"},
        headers={"X-A": "a,b", "X-B": ["c"], "X-C": None},
        cookies={"d": "e", "c": ["f", "g"]},
    )
    assert request.url.raw_path.decode() == ("/v1/m/x%2Cy/;b=1?z=a%2Cb&z=true&ids=1,2&y[k]=1&ids[]=q")
    assert (request.headers["x-a"], request.headers["x-b"]) == ("a,b", "c")
    assert request.headers["cookie"] == "d=e; c=f,g"


@pytest.mark.parametrize(
    "styles",
    [{"a": "unknown"}, {"a": ""}, {"path:a": "form"}, {"query:a": "label"}, {"body:a": "simple"}],
)
def test_a_style_that_is_none_is_refused_where_it_is_declared(styles: dict[str, str]) -> None:
    with pytest.raises(InvalidArgumentError, match="x cannot write"):
        Operation("x", "GET", "/m/{a}", styles=styles)


@pytest.mark.parametrize(
    ("auth", "given"),
    [
        (ApiKeyAuth(Secret("t0ken-value"), "key", "query"), {"query": {"color": {"key": "mine"}}}),
        (ApiKeyAuth(Secret("t0ken-value"), "key", "cookie"), {"cookies": {"color": {"key": "mine"}}}),
    ],
)
def test_an_exploded_object_cannot_replace_the_credential(auth: ApiKeyAuth, given: dict[str, Any]) -> None:
    operation: Operation[None] = Operation("x", "GET", "/m", styles={"color": "form*"})
    with (
        Acme("https://x.example", auth=auth) as adapter,
        pytest.raises(InvalidArgumentError, match="set by the adapter"),
    ):
        adapter._call(operation, **given)
