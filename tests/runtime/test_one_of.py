"""A value of several types: kept as it came, read as what it fits, written as it was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import httpx2
import msgspec
import pytest

from integrations.runtime import InvalidArgumentError, Secret, UnexpectedResponseError
from integrations.runtime.http import CursorPages, OneOf, Operation
from integrations.runtime.testing import plain
from tests.runtime.forms import Form, Script, acme, both_forms


class Card(msgspec.Struct):
    last4: str
    brand: str = ""


class BankAccount(msgspec.Struct):
    iban: str
    owner: str | None = None
    bank_code: str = msgspec.field(name="bankCode", default="")


class Source(OneOf):
    OPTIONS = (Card, BankAccount)


class Tree(OneOf):
    @classmethod
    def options(cls) -> tuple[Any, ...]:
        return (str, list[Tree], Branch)


class Branch(msgspec.Struct):
    left: Tree
    right: Tree | None = None


class Charge(msgspec.Struct):
    id: str
    source: Source
    refund: Source | None = None
    others: list[Source] = []
    by_name: dict[str, Source] = {}


CARD = {"last4": "4242", "brand": "Visa", "unknown": 1}
ACCOUNT = {"iban": "DE1", "bankCode": "X"}
GET: Operation[Charge] = Operation("get_charge", "GET", "/charge", returns=Charge)
LIST: Operation[list[Source]] = Operation(
    "list_sources", "GET", "/sources", returns=list[Source], pages=CursorPages(next="next")
)
PAY: Operation[None] = Operation("pay", "POST", "/pay")


@both_forms
def test_an_answer_keeps_the_data_and_reads_it_as_what_it_fits(form: Form) -> None:
    body = {"id": "c1", "source": CARD, "refund": None, "others": [ACCOUNT], "by_name": {"a": CARD}}
    with acme(form, Script(httpx2.Response(200, json=body))) as client:
        charge = client.call(GET)
    assert charge.source.value == CARD
    assert charge.source.match() == Card("4242", "Visa")
    assert charge.refund is None
    assert charge.others[0].as_type(BankAccount).bank_code == "X"
    assert charge.by_name["a"] == charge.source


@both_forms
def test_items_of_pages_and_whole_answers_may_be_wrappers(form: Form) -> None:
    operation: Operation[Source] = Operation("get_source", "GET", "/source", returns=Source)
    script = Script(httpx2.Response(200, json={"data": [CARD, ACCOUNT]}), httpx2.Response(200, json=ACCOUNT))
    with acme(form, script) as client:
        assert [item.match() for item in client.pages(LIST)] == [
            Card("4242", "Visa"),
            BankAccount("DE1", None, "X"),
        ]
        assert client.call(operation).match() == BankAccount("DE1", None, "X")


@both_forms
def test_a_wrapper_is_written_as_its_inside_wherever_it_stands(form: Form) -> None:
    script = Script(*[httpx2.Response(204) for _ in range(3)])
    form_post: Operation[None] = Operation("post_form", "POST", "/form", body="form")
    with acme(form, script) as client:
        client.call(
            PAY,
            query={"s": Source("a b"), "n": Source(1)},
            headers={"X-S": Source(True)},
            body={"source": Source(Card("1", "V")), "more": [Source({"iban": "x"})]},
        )
        client.call(form_post, body={"source": Source(Card("1", "V"))})
        client.call(PAY, body=Source([1]))
    first, second, third = script.requests
    assert first.url.query == b"s=a%20b&n=1"
    assert first.headers["x-s"] == "true"
    assert first.content == b'{"source":{"last4":"1","brand":"V"},"more":[{"iban":"x"}]}'
    assert second.content == b"source[last4]=1&source[brand]=V"
    assert third.content == b"[1]"


def test_the_option_that_knows_most_fields_is_chosen_and_the_first_among_equals() -> None:
    class Small(msgspec.Struct):
        id: int

    class Large(msgspec.Struct):
        id: int
        name: str = ""

    class Twin(msgspec.Struct):
        id: int

    class Any3(OneOf):
        OPTIONS = (Small, Large, Twin)

    assert Any3({"id": 1, "name": "x"}).match() == Large(1, "x")
    assert isinstance(Any3({"id": 1}).match(), Small)
    assert Any3(Twin(1)).match() == Twin(1)


@pytest.mark.parametrize(
    ("options", "value", "found"),
    [
        ((float, int), 1, 1),
        ((int, float), 1.5, 1.5),
        ((date, str), "2024-02-29", date(2024, 2, 29)),
        ((date, str), "soon", "soon"),
        ((list[int], int), [1, 2], [1, 2]),
        ((dict[int, str], int), {"1": "a"}, {1: "a"}),
        ((list[Card], list[BankAccount]), [ACCOUNT], [BankAccount("DE1", None, "X")]),
        ((int, None), None, None),
    ],
)
def test_plain_values_are_options_too(options: tuple[Any, ...], value: Any, found: Any) -> None:
    kind = type("Mixed", (OneOf,), {"OPTIONS": options})
    matched = kind(value).match()
    assert (matched, type(matched)) == (found, type(found))


def test_a_wrapper_may_hold_itself() -> None:
    tree = msgspec.convert({"left": ["a", {"left": "b"}]}, Branch, dec_hook=lambda kind, value: kind(value))
    (first, second) = tree.left.as_type(list[Tree])
    assert first.match() == "a"
    assert second.match().left.match() == "b"


def test_what_fits_nothing_says_so_without_its_data() -> None:
    with pytest.raises(UnexpectedResponseError, match="Source fits none of its types") as caught:
        Source({"token": "very-secret"}).match()
    assert "very-secret" not in str(caught.value)
    with pytest.raises(UnexpectedResponseError, match="Source is no Card: Object missing") as caught:
        Source({"token": "very-secret"}).as_type(Card)
    assert "very-secret" not in str(caught.value)


def test_equal_content_is_equal_however_it_is_held() -> None:
    assert Source(Card("1", "V")) == Source({"last4": "1", "brand": "V"})
    assert Source({"last4": "1"}) != Source({"last4": "2"})
    assert Source(1) != type("Other", (OneOf,), {})(1)
    assert Source(1) != 1
    with pytest.raises(TypeError):
        hash(Source(1))


def test_a_wrappers_repr_shows_no_secret() -> None:
    secret = Secret("s3cret-value")
    shown = repr(Source({"access_token": "abcdef", "note": f"x {secret.reveal()}", "last4": "42"}))
    assert shown == "Source({'access_token': '***', 'note': 'x ***', 'last4': '42'})"


@both_forms
def test_a_secret_does_not_travel_in_a_wrapper(form: Form) -> None:
    with acme(form, Script()) as client:
        for given in ({"body": Source(Secret("in-a-body"))}, {"query": {"q": Source(Secret("in-a-body"))}}):
            with pytest.raises(InvalidArgumentError) as caught:
                client.call(PAY, **given)
            assert "in-a-body" not in str(caught.value)


def test_plain_shows_objects_and_wrappers_as_json_data() -> None:
    charge = Charge("c", Source(Card("1")), others=[Source({"iban": "x"})])
    assert plain([charge, datetime(2024, 1, 1)]) == [
        {
            "id": "c",
            "source": {"last4": "1", "brand": ""},
            "refund": None,
            "others": [{"iban": "x"}],
            "by_name": {},
        },
        "2024-01-01T00:00:00",
    ]


def test_what_the_caller_put_in_wrongly_is_shown_and_compared_and_fits_nothing() -> None:
    junk = object()
    assert repr(Source(junk)).startswith("Source('<object object at")
    assert repr(Source(Secret("s3cret-value"))) == "Source('***')"
    assert Source(junk) == Source(junk)
    assert Source(junk) != Source(object())
    for read in (Source(junk).match, lambda: Source(junk).as_type(Card)):
        with pytest.raises(UnexpectedResponseError):
            read()


def test_data_of_any_depth_fits_nothing_and_ends() -> None:
    deep: Any = "leaf"
    for _ in range(100_000):
        deep = [deep]
    for read in (Tree(deep).match, lambda: Tree(deep).as_type(str)):
        with pytest.raises(UnexpectedResponseError, match="Tree"):
            read()
