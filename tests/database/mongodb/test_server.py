"""The runtime on a real server, in both forms."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.runtime import (
    ConflictError,
    ConnectionFailedError,
    InvalidArgumentError,
    RequestTimeoutError,
)
from integrations.runtime.mongodb import PartlyWrittenError, Written, object_id
from integrations.runtime.testing import FaultProxy, RunningMongo, server

from .conftest import EVERY, OF_CUSTOMER, ORDER, OTHER, RAISE, TAG, TAGGED, Line, Order, Shop


def test_what_was_inserted_comes_back_as_it_was(shop: RunningMongo) -> None:
    order = Order(customer="ada", total=2**40, email="a@b", tags=["x"], extra={"deep": [1, {"$gt": "text"}]})
    shop.call(lambda a: a._insert(ORDER, order))
    assert shop.call(lambda a: a._get(ORDER, order.id)) == order


@pytest.mark.parametrize("text", ["'; drop", "$ne", "a\x00b", "{$gt: ''}", "\u202e\U0001f600", "x" * 100_000])
def test_hostile_text_is_text(text: str, shop: RunningMongo) -> None:
    order = Order(customer=text, total=1)
    shop.call(lambda a: a._insert(ORDER, order))
    assert shop.call(lambda a: a._many(OF_CUSTOMER, customer=text)) == [Line(customer=text, total=1)]
    assert shop.call(lambda a: a._many(OF_CUSTOMER, customer="ada")) == []


def test_a_find_sorts_limits_and_projects(shop: RunningMongo) -> None:
    shop.call(lambda a: a._write(ORDER, insert=[Order(customer="ada", total=n) for n in (1, 3, 2)]))
    assert [line.total for line in shop.call(lambda a: a._many(OF_CUSTOMER, customer="ada"))] == [3, 2]
    assert shop.call(lambda a: a._one(OF_CUSTOMER, customer="ada")) == Line(customer="ada", total=3)
    assert shop.call(lambda a: a._one(OF_CUSTOMER, customer="bob")) is None
    assert shop.call(lambda a: a._count(OF_CUSTOMER, customer="ada")) == 3


def test_a_stream_reads_batch_by_batch_and_may_be_left_early(shop: RunningMongo) -> None:
    shop.call(lambda a: a._write(ORDER, insert=[Order(customer="ada", total=n) for n in range(25)]))
    found = shop.call(lambda a: a._streamed(EVERY, batch_size=10))
    assert [order.total for order in found] == list(range(25))


@pytest.mark.parametrize("value", [{"$ne": None}, {"$gt": ""}, [{"$regex": ".*"}], {"a": {"$where": "1"}}])
def test_a_value_never_becomes_an_operator(value: Any, shop: RunningMongo) -> None:
    with pytest.raises(InvalidArgumentError, match="never be an operator"):
        shop.call(lambda a: a._many(OF_CUSTOMER, customer=value))
    with pytest.raises(InvalidArgumentError, match="never be an operator"):
        shop.call(lambda a: a._update(TAG, customer="ada", tag=value))


def test_a_mapping_or_list_as_a_value_is_compared(shop: RunningMongo) -> None:
    shop.call(lambda a: a._insert(ORDER, Order(customer="ada", tags=["x"])))
    assert shop.call(lambda a: a._many(OF_CUSTOMER, customer={"plain": 1})) == []
    assert len(shop.call(lambda a: a._many(TAGGED, tags=["x", "y"]))) == 1


def test_an_update_says_how_many_it_changed(shop: RunningMongo) -> None:
    shop.call(lambda a: a._write(ORDER, insert=[Order(customer="ada", total=n) for n in (1, 2)]))
    assert shop.call(lambda a: a._update(RAISE, customer="ada", by=10)) == 2
    assert [o.total for o in shop.call(lambda a: a._many(OF_CUSTOMER, customer="ada"))] == [12, 11]
    assert shop.call(lambda a: a._update(RAISE, customer="bob", by=10)) == 0
    assert shop.call(lambda a: a._update(TAG, customer="bob", tag="new")) == 1


def test_refused_writes_are_located_and_the_others_done(shop: RunningMongo) -> None:
    shop.call(lambda a: a.ensure_indexes())
    first = Order(customer="ada", email="a@b")
    shop.call(lambda a: a._insert(ORDER, first))
    writes = [Order(customer="bob"), Order(customer="eve", email="a@b")]
    with pytest.raises(PartlyWrittenError) as raised:
        shop.call(lambda a: a._write(ORDER, insert=writes, replace=[first], delete=[object_id()]))
    assert [(f.kind, f.index, f.code) for f in raised.value.failures] == [("insert", 1, "11000")]
    assert raised.value.written == Written(inserted=1, replaced=1, deleted=0)
    assert raised.value.operation == "order"


def test_indexes_are_made_again_without_harm_and_other_ones_are_told(shop: RunningMongo) -> None:
    shop.call(lambda a: a.ensure_indexes())
    shop.call(lambda a: a.ensure_indexes())
    shop.adapter.COLLECTIONS = (OTHER,)
    with pytest.raises(ConflictError, match="email_1"):
        shop.call(lambda a: a.ensure_indexes())


def test_a_transaction_that_fails_leaves_nothing(shop: RunningMongo) -> None:
    order = Order(customer="ada")
    with pytest.raises(ConflictError):
        shop.in_transaction(lambda tx: tx._insert(ORDER, order), lambda tx: tx._insert(ORDER, order))
    assert shop.call(lambda a: a._count(ORDER)) == 0


def test_transactions_that_meet_are_repeated_until_each_is_done() -> None:
    url = server("mongodb").fresh("race")
    settings = {"SHOP_CONNECTION_STRING": url, "SHOP_MAX_ATTEMPTS": "50"}
    order = Order(customer="ada")
    with Shop.from_config(environ=settings) as shop:
        shop._insert(ORDER, order)

        def add(tx: Shop) -> None:
            seen = tx._get(ORDER, order.id)
            assert seen is not None
            tx._replace(ORDER, Order(id=seen.id, customer="ada", total=seen.total + 1))

        threads = [
            threading.Thread(target=lambda: [shop.run_in_transaction(add) for _ in range(5)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert shop._get(ORDER, order.id) == Order(id=order.id, customer="ada", total=20)


def test_a_change_stream_goes_on_where_another_ended(shop: RunningMongo) -> None:
    one, two = Order(customer="one"), Order(customer="two")
    first = shop.followed(lambda a: a._watch(ORDER, wait=10.0), lambda a: a._insert(ORDER, one))
    shop.call(lambda a: a._insert(ORDER, two))
    shop.call(lambda a: a._delete(ORDER, one.id))
    rest = shop.call(lambda a: a._watch(ORDER, resume_after=first.token, wait=0.5))
    assert [(change.kind, change.id) for change in rest] == [("insert", two.id), ("delete", one.id)]


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    with FaultProxy("127.0.0.1", server("mongodb").port) as running:
        yield running


def test_a_change_stream_survives_lost_connections(proxy: FaultProxy) -> None:
    orders = [Order(customer=str(n)) for n in range(6)]
    url = server("mongodb").fresh("stream")
    through = url.replace(f":{server('mongodb').port}/", f":{proxy.port}/") + "?directConnection=true"
    with (
        Shop.from_config(environ={"SHOP_CONNECTION_STRING": url}) as writer,
        Shop.from_config(environ={"SHOP_CONNECTION_STRING": through, "SHOP_MAX_ATTEMPTS": "9"}) as reader,
    ):
        seen = []
        with reader._watch(ORDER, wait=10.0) as changes:
            for order in orders:
                writer._insert(ORDER, order)
                seen.append(next(changes).id)
                proxy.reset()
    assert seen == [order.id for order in orders]


def test_a_server_that_is_not_there_is_a_connection_error() -> None:
    environ = {"SHOP_CONNECTION_STRING": "mongodb://127.0.0.1:1/x"}
    with Shop.from_config(environ=environ) as shop:
        shop._guard = dataclasses.replace(
            shop._guard, retry=dataclasses.replace(shop._guard.retry, max_attempts=1)
        )
        with pytest.raises((ConnectionFailedError, RequestTimeoutError)) as raised:
            shop.healthcheck(timeout=0.3)
    assert raised.value.undone or isinstance(raised.value, RequestTimeoutError)


@pytest.mark.parametrize("order", [Order(customer="a\ud800"), Order(customer="a", total=2**70)])
def test_what_cannot_be_stored_is_refused_with_its_reason(order: Order, shop: RunningMongo) -> None:
    with pytest.raises(InvalidArgumentError, match="BSON cannot hold"):
        shop.call(lambda a: a._insert(ORDER, order))
