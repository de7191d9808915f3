"""The scripted database proves adapters without a driver: both forms, every code, every leak."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from integrations.runtime import (
    IntegrationError,
    PoolExhaustedError,
    ServiceError,
    TransactionConflictError,
    UnexpectedResponseError,
)
from integrations.runtime.sql import AsyncSqlAdapter, Query, SqlAdapter, awaited, streamed
from integrations.runtime.testing._database import ScriptedDatabase
from integrations.runtime.testing._database_codes import error_codes
from integrations.runtime.testing._running import Form

SECRETS = {"ORDERS_DB_URL": "postgresql://app:pass-for-tests@db.example/orders"}
CONFIG = """
service: Orders
connection_string: ${ORDERS_DB_URL}
timeout: 12
"""


class Order(msgspec.Struct, frozen=True):
    id: int
    total: Decimal


GET: Query[Order] = Query("get_order", "SELECT get", row=Order, reads=True, convert=(None, "decimal"))
LIST: Query[Order] = Query("list_orders", "SELECT list", row=Order, reads=True, convert=(None, "decimal"))
COUNT: Query[int] = Query("count_orders", "SELECT count", row=int, reads=True)
ADD: Query[None] = Query("add_order", "INSERT", parameters=("id", "total"))


class Orders(SqlAdapter):
    SERVICE, PACKAGE, ENGINE = "Orders", "orders_db", "postgresql"

    def get_order(self, id: int, *, timeout: float | None = None) -> Order | None:
        return self._one(GET, {"id": id}, timeout)

    def count_orders(self) -> int:
        return self._row(COUNT)

    def list_orders(self) -> list[Order]:
        return self._many(LIST)

    def stream_orders(self) -> AbstractContextManager[Iterator[Order]]:
        return self._stream(LIST)

    def add_order(self, id: int, total: Decimal) -> int:
        return self._execute(ADD, {"id": id, "total": total})

    def add_orders(self, rows: Any) -> int:
        return self._batch(ADD, rows)


class AsyncOrders(AsyncSqlAdapter):
    SERVICE, PACKAGE, ENGINE = "Orders", "orders_db", "postgresql"

    get_order = awaited(Orders.get_order)
    count_orders = awaited(Orders.count_orders)
    list_orders = awaited(Orders.list_orders)
    stream_orders = streamed(Orders.stream_orders)
    add_order = awaited(Orders.add_order)
    add_orders = awaited(Orders.add_orders)


@pytest.fixture(params=["sync", "async"])
def form(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def db(form: Form, tmp_path: Path) -> Iterator[ScriptedDatabase]:
    with running(form, tmp_path) as database:
        yield database


def running(form: Form, folder: Path, text: str = CONFIG) -> AbstractContextManager[ScriptedDatabase]:
    (folder / "config.yaml").write_text(text)
    return ScriptedDatabase.running(Orders, AsyncOrders, form, secrets=SECRETS, config=folder / "config.yaml")


def test_a_row_comes_back_typed(db: ScriptedDatabase) -> None:
    db.rows([(7, "9.50")])
    assert db.call(lambda orders: orders.get_order(7)) == Order(7, Decimal("9.50"))
    db.sent("SELECT get", {"id": 7}, kind="one", timeout=12)


def test_no_row_is_none(db: ScriptedDatabase) -> None:
    db.rows([])
    assert db.call(lambda orders: orders.get_order(7, timeout=2)) is None
    db.sent("SELECT get", {"id": 7}, timeout=2)


def test_every_kind_of_statement_is_recorded(db: ScriptedDatabase) -> None:
    db.rows([(1, "1"), (2, "2")], times=2)
    db.affects(1)
    db.affects(2)
    both = [Order(1, Decimal(1)), Order(2, Decimal(2))]
    assert db.call(lambda orders: orders.list_orders()) == both
    assert db.call(lambda orders: orders.stream_orders()) == both
    assert db.call(lambda orders: orders.add_order(3, Decimal(3))) == 1
    assert db.call(lambda orders: orders.add_orders([(4, 4), (5, 5)])) == 2
    db.sent("SELECT list", kind="many")
    db.sent("SELECT list", kind="stream")
    db.sent("INSERT", {"id": 3, "total": Decimal(3)}, kind="exec")
    db.sent("INSERT", rows=[(4, 4), (5, 5)], kind="batch")


@pytest.mark.parametrize("rows", [[{"total": 2, "id": 1}], [Order(1, Decimal(2))], [[1, 2]], [(1, 2)]])
def test_rows_of_a_batch_may_be_mappings_structs_or_tuples(db: ScriptedDatabase, rows: Any) -> None:
    db.affects(1)
    db.call(lambda orders: orders.add_orders(rows))
    db.sent("INSERT", rows=[(1, 2)])


def test_a_row_that_lacks_a_value_is_refused(db: ScriptedDatabase) -> None:
    with pytest.raises(ValueError, match="add_order: a row has no 'total'"):
        db.call(lambda orders: orders.add_orders([{"id": 1}]))


@pytest.mark.parametrize("engine", ["postgresql", "mysql", "sqlite", "duckdb"])
def test_every_code_becomes_its_error(engine: str, tmp_path: Path) -> None:
    class Any_(Orders):
        ENGINE = engine

    (tmp_path / "config.yaml").write_text(CONFIG)
    config = tmp_path / "config.yaml"
    with ScriptedDatabase.running(Any_, None, "sync", secrets=SECRETS, config=config) as db:
        for code, expected in error_codes(engine):
            db.fails(code, times=3)
            with pytest.raises(IntegrationError) as caught:
                db.call(lambda orders: orders.get_order(7))
            assert type(caught.value) is expected, code
            assert str(caught.value).startswith("Orders get_order: ")
            assert caught.value.attempts == (3 if caught.value.retryable else 1), code
            if isinstance(caught.value, ServiceError):
                assert caught.value.code == code
            db.forget()


def test_a_write_is_repeated_only_when_nothing_took_effect(db: ScriptedDatabase) -> None:
    db.fails("40001")
    db.affects(1)
    assert db.call(lambda orders: orders.add_order(3, Decimal(3))) == 1
    db.fails("connection")
    with pytest.raises(IntegrationError, match="the connection failed"):
        db.call(lambda orders: orders.add_order(3, Decimal(3)))
    for _ in range(3):
        db.sent("INSERT", {"id": 3, "total": Decimal(3)})


def test_a_read_is_repeated_on_another_connection(db: ScriptedDatabase) -> None:
    db.fails("connection")
    db.rows([])
    db.call(lambda orders: orders.get_order(7))
    assert db.adapter.pool["opened"] == 2
    db.forget()


def test_a_batch_from_an_iterator_is_never_repeated(db: ScriptedDatabase) -> None:
    db.fails("40001")
    with pytest.raises(TransactionConflictError):
        db.call(lambda orders: orders.add_orders(iter([(1, 2)])))
    db.sent("INSERT", rows=[(1, 2)])


def test_a_value_that_is_not_what_is_declared_is_an_error_that_does_not_show_it(db: ScriptedDatabase) -> None:
    db.rows([(1, "hush")])
    with pytest.raises(IntegrationError, match="column total holds str that is no decimal") as caught:
        db.call(lambda orders: orders.get_order(1))
    assert "hush" not in str(caught.value)
    db.forget()


def test_a_row_of_another_width_is_an_error(db: ScriptedDatabase) -> None:
    db.rows([(1, "2", 3)])
    with pytest.raises(IntegrationError, match="3 columns came back, 2 are declared"):
        db.call(lambda orders: orders.get_order(1))
    db.forget()


def test_a_connection_that_is_kept_is_found(tmp_path: Path) -> None:
    with running("sync", tmp_path) as db:
        kept: list[Any] = []

        def keep(orders: Any) -> None:
            kept.append(orders.transaction())
            kept[0].__enter__()

        with pytest.raises(AssertionError, match="1 connections were not given back"):
            db.call(keep)
        kept[0].__exit__(None, None, None)


def test_a_secret_that_is_shown_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="ORDERS_DB_URL was found"), running("sync", tmp_path):
        print(SECRETS["ORDERS_DB_URL"])


def test_an_adapter_does_not_show_where_it_goes(db: ScriptedDatabase) -> None:
    assert "pass-for-tests" not in repr(db.adapter)


def test_an_exhausted_pool_says_so(tmp_path: Path) -> None:
    with running("sync", tmp_path, CONFIG + "pool_size: 1\npool_timeout: 0.01\n") as db:
        with db.adapter.transaction(), pytest.raises(PoolExhaustedError, match="all 1 connections were busy"):
            db.call(lambda orders: orders.get_order(7))
        assert db.commands == ["BEGIN", "COMMIT", "(restored)"]


def test_a_query_that_always_gives_a_row_gives_it(db: ScriptedDatabase) -> None:
    db.rows([(3,)])
    assert db.call(lambda orders: orders.count_orders()) == 3
    db.sent("SELECT count", {}, kind="one")


def test_no_row_where_there_always_is_one_is_an_error_that_names_the_operation(db: ScriptedDatabase) -> None:
    db.rows([])
    with pytest.raises(UnexpectedResponseError, match="count_orders") as raised:
        db.call(lambda orders: orders.count_orders())
    error = raised.value
    assert (error.service, error.operation, error.attempts, error.undone) == (
        "Orders",
        "count_orders",
        1,
        False,
    )
    db.forget()
