"""A small shop, by hand: its adapters on a real server, and without one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct, field

from integrations.runtime.mongodb import (
    AsyncMongoAdapter,
    Collection,
    Find,
    Index,
    MongoAdapter,
    Operation,
    Update,
    Value,
    object_id,
)
from integrations.runtime.testing import RunningMongo, ScriptedMongo, server

CONFIG = Path(__file__).with_name("config.yaml")
PLACED = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str = field(default_factory=object_id)
    customer: str
    total: int = 0
    email: str | None = None
    tags: list[str] = []
    extra: dict[str, object] | None = None
    placed_at: dt.datetime = PLACED


class Line(Struct, frozen=True, kw_only=True):
    customer: str
    total: int


ORDERS: Collection[Order] = Collection(
    "orders", Order, indexes=(Index("email_1", {"email": 1}, unique=True, sparse=True),)
)
OTHER: Collection[Order] = Collection("orders", Order, indexes=(Index("email_1", {"email": 1}),))
ORDER: Operation[Order] = Operation("order", ORDERS)
OF_CUSTOMER: Find[Line] = Find(
    "of_customer",
    ORDERS,
    {"customer": {"$eq": Value("customer")}},
    Line,
    sort=(("total", -1),),
    projection=("customer", "total"),
    limit=2,
)
EVERY: Find[Order] = Find("every", ORDERS, {}, Order, sort=(("total", 1),))
TAGGED: Find[Order] = Find("tagged", ORDERS, {"tags": {"$in": Value("tags")}}, Order)
RAISE: Update = Update(
    "raise", ORDERS, {"customer": {"$eq": Value("customer")}}, {"$inc": {"total": Value("by")}}, many=True
)
TAG: Update = Update(
    "tag", ORDERS, {"customer": {"$eq": Value("customer")}}, {"$push": {"tags": Value("tag")}}, upsert=True
)


class Shop(MongoAdapter):
    SERVICE, PACKAGE, CONFIG, COLLECTIONS = "Shop", "shop", CONFIG, (ORDERS,)


class AsyncShop(AsyncMongoAdapter):
    SERVICE, PACKAGE, CONFIG, COLLECTIONS = "Shop", "shop", CONFIG, (ORDERS,)


@pytest.fixture(params=["sync", "async"])
def shop(request: pytest.FixtureRequest) -> Iterator[RunningMongo]:
    with RunningMongo.on(Shop, AsyncShop, request.param, server("mongodb").fresh("shop")) as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def script(request: pytest.FixtureRequest) -> Iterator[ScriptedMongo]:
    secrets = {"SHOP_PASSWORD": "a password of the shop"}
    with ScriptedMongo.running(Shop, AsyncShop, request.param, secrets=secrets) as running:
        yield running
