"""The base of DynamoDB adapters: requests, walks through pages, batches and transactions."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Self, TypeVar

from msgspec import UNSET

from .._clock import SYSTEM_CLOCK, Clock
from .._errors import ConflictError
from .._metrics import MetricsCollector
from .._secrets import SecretManager
from .._settings import guard_of, load
from . import requests
from .attributes import item_of, key_of, typed
from .batches import Batches
from .driver import DynamoEngine, Engine
from .expression import Expression, key_condition
from .settings import DynamoSettings
from .table import Condition, Get, Operation, Query, Table, Write

T = TypeVar("T")
Values = Mapping[str, Any]
PATIENCE: Final = 60.0  # seconds until a new table is there


class DynamoAdapter:
    """Set-up and operations; generated classes set the names. boto3 only blocks: there is no async form."""

    SERVICE: ClassVar[str] = "DynamoDB"
    PACKAGE: ClassVar[str] = ""
    CONFIG: ClassVar[Path] = Path("config.yaml")
    TABLES: ClassVar[tuple[Table[Any], ...]] = ()

    def __init__(
        self, settings: DynamoSettings, engine: Engine, *, metrics: MetricsCollector, clock: Clock
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._clock = clock
        self._guard = guard_of(settings, engine.translate, metrics=metrics, clock=clock)

    @classmethod
    def from_config(
        cls,
        environment: str | None = None,
        *,
        config: Path | None = None,
        secrets: SecretManager | None = None,
        metrics: MetricsCollector | None = None,
        clock: Clock = SYSTEM_CLOCK,
        environ: Mapping[str, str] | None = None,
        engine: Engine | Callable[[DynamoSettings], Engine] | None = None,
    ) -> Self:
        """Return an adapter that is set up by its config.yaml.

        Args:
            environment: which of its environments; by default what `<PACKAGE>_ENVIRONMENT` says, or none.
            config: another file.
            secrets: not needed: credentials are found as AWS's own tools find them.
            metrics: counts the calls.
            clock: time and chance.
            environ: environment variables, instead of the process's own.
            engine: what carries requests out, instead of boto3, or what makes it of the settings.

        Raises:
            ConfigurationError: something is missing or wrong; the text says what.
        """
        settings = load(DynamoSettings, config or cls.CONFIG, cls.PACKAGE, environment, environ)
        made = DynamoEngine(settings) if engine is None else engine
        made = made(settings) if callable(made) else made
        return cls(settings, made, metrics=metrics or MetricsCollector(), clock=clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._engine.close()

    @property
    def metrics(self) -> MetricsCollector:
        """Calls, errors and time of every operation."""
        return self._guard.metrics

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._settings.service}>"

    def healthcheck(self, timeout: float = 5.0) -> None:
        """Ask for the state of the first table, or, where none is declared, for the name of any.

        Each attempt has *timeout* seconds.

        Raises:
            IntegrationError: DynamoDB does not answer, or the table is not there.
        """
        if self.TABLES:
            asked: Values = {"TableName": self._name(self.TABLES[0])}
            self._run("healthcheck", "describe_table", asked, timeout, repeatable=True)
        else:
            self._run("healthcheck", "list_tables", {"Limit": 1}, timeout, repeatable=True)

    def create_tables(self, *, timeout: float | None = None) -> None:
        """Make the tables that are missing, for tests and new accounts, and wait until they are there."""
        for table in self.TABLES:
            name = self._name(table)
            try:
                self._run("create_tables", "create_table", requests.creation(name, table), timeout)
            except ConflictError:
                continue  # it is there
            self._await(name, timeout)
            if table.ttl:
                told = {"Enabled": True, "AttributeName": table.ttl}
                arguments = {"TableName": name, "TimeToLiveSpecification": told}
                self._run("create_tables", "update_time_to_live", arguments, timeout)

    def _await(self, name: str, timeout: float | None) -> None:
        end = self._clock.monotonic() + PATIENCE
        while self._clock.monotonic() < end:
            told = self._run("create_tables", "describe_table", {"TableName": name}, timeout, repeatable=True)
            if told["Table"]["TableStatus"] == "ACTIVE":
                return
            self._clock.sleep(0.5)

    def transact_write(self, writes: Sequence[Write], *, timeout: float | None = None) -> None:
        """Do every write, or none of them; `Put`, `Delete`, `Update` and `Check` say what.

        A token makes it safe to repeat, so it is.

        Raises:
            TransactionCanceledError: a condition failed; `.reasons` says of which write.
            TransactionConflictError: another transaction came first, again and again.
        """
        items = [requests.transacted(write, self._name(write.table)) for write in writes]
        arguments = {"TransactItems": items, "ClientRequestToken": self._token()}
        self._run("transact_write", "transact_write_items", arguments, timeout, repeatable=True)

    def transact_get(self, gets: Sequence[Get[T]], *, timeout: float | None = None) -> list[T | None]:
        """Return the items of several keys as they were at one moment; None where there is none."""
        items = [
            {"Get": {"TableName": self._name(get.table), "Key": key_of(get.table, get.key)}} for get in gets
        ]
        answer = self._run(
            "transact_get", "transact_get_items", {"TransactItems": items}, timeout, repeatable=True
        )
        found = [told.get("Item") for told in answer["Responses"]]
        return [
            typed(get.table, get.table.item, item) if item else None
            for get, item in zip(gets, found, strict=True)
        ]

    def _get(
        self, operation: Operation[T], *key: Any, consistent: bool = False, timeout: float | None = None
    ) -> T | None:
        table = operation.table
        arguments = {"TableName": self._name(table), "Key": key_of(table, key), "ConsistentRead": consistent}
        item = self._run(operation.name, "get_item", arguments, timeout, repeatable=True).get("Item")
        return typed(table, table.item, item) if item else None

    def _put(
        self, operation: Operation[T], item: T, *, if_absent: bool = False, timeout: float | None = None
    ) -> T:
        table = operation.table
        arguments, stored = requests.put(self._name(table), table, item, if_absent=if_absent)
        self._run(operation.name, "put_item", arguments, timeout)
        found: T = stored
        return found

    def _update(
        self,
        operation: Operation[T],
        *key: Any,
        changes: Values,
        if_version: int | None = None,
        timeout: float | None = None,
    ) -> T:
        table = operation.table
        given = {name: value for name, value in changes.items() if value is not UNSET}
        arguments = requests.update(self._name(table), table, key, given, if_version)
        arguments["ReturnValues"] = "ALL_NEW"
        answer = self._run(operation.name, "update_item", arguments, timeout)
        return typed(table, table.item, answer["Attributes"])

    def _delete(self, operation: Operation[Any], *key: Any, timeout: float | None = None) -> bool:
        table = operation.table
        arguments = {**requests.delete(self._name(table), table, key), "ReturnValues": "ALL_OLD"}
        return bool(self._run(operation.name, "delete_item", arguments, timeout).get("Attributes"))

    def _query(
        self,
        query: Query[T],
        key: Any,
        sort: Condition[Any] | None = None,
        *,
        forward: bool = True,
        limit: int | None = None,
        consistent: bool = False,
        timeout: float | None = None,
    ) -> Iterator[T]:
        table = query.table
        said = Expression()
        index = table.index(query.index) if query.index else None
        condition = key_condition(said, table, index or table, key, sort)
        arguments: dict[str, Any] = {"TableName": self._name(table), "KeyConditionExpression": condition}
        arguments |= {**said.arguments(), "ScanIndexForward": forward}
        arguments |= {"IndexName": index.name} if index else {"ConsistentRead": consistent}
        return self._pages(query.name, "query", arguments, table, query.returns, limit, timeout)

    def _scan(
        self,
        operation: Operation[T],
        *,
        limit: int | None = None,
        consistent: bool = False,
        timeout: float | None = None,
    ) -> Iterator[T]:
        table = operation.table
        arguments = {"TableName": self._name(table), "ConsistentRead": consistent}
        return self._pages(operation.name, "scan", arguments, table, table.item, limit, timeout)

    def _batch_get(
        self, operation: Operation[T], keys: Sequence[tuple[Any, ...]], *, timeout: float | None = None
    ) -> list[T]:
        table = operation.table
        written = [key_of(table, key) for key in keys]
        found = Batches(self._guard, self._batched(operation.name, timeout)).get(
            operation.name, self._name(table), written
        )
        return [typed(table, table.item, item) for item in found]

    def _batch_write(
        self,
        operation: Operation[T],
        *,
        put: Sequence[T] = (),
        delete: Sequence[tuple[Any, ...]] = (),
        timeout: float | None = None,
    ) -> None:
        table = operation.table
        writes = [{"PutRequest": {"Item": item_of(table, item)}} for item in put]
        writes += [{"DeleteRequest": {"Key": key_of(table, key)}} for key in delete]
        Batches(self._guard, self._batched(operation.name, timeout)).write(
            operation.name, self._name(table), writes
        )

    def _batched(self, name: str, timeout: float | None) -> Callable[[str, Values], Values]:
        def call(operation: str, arguments: Values) -> Values:
            return self._run(name, operation, arguments, timeout, repeatable=True)

        return call

    def _pages(
        self,
        name: str,
        operation: str,
        arguments: dict[str, Any],
        table: Table[Any],
        kind: type[T],
        limit: int | None,
        timeout: float | None,
    ) -> Iterator[T]:
        """Yield items, a page at a time as they are needed, *limit* at most."""
        left = limit
        while left is None or left > 0:
            asked = arguments if left is None else {**arguments, "Limit": left}
            answer = self._run(name, operation, asked, timeout, repeatable=True)
            for item in answer["Items"]:
                yield typed(table, kind, item)
            left = None if left is None else left - len(answer["Items"])
            if not answer.get("LastEvaluatedKey"):
                return
            arguments = {**arguments, "ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _name(self, table: Table[Any]) -> str:
        return self._settings.table_prefix + table.name

    def _token(self) -> str:
        return str(uuid.uuid4())

    def _run(
        self,
        name: str,
        operation: str,
        arguments: Values,
        timeout: float | None,
        *,
        repeatable: bool = False,
    ) -> Values:
        limit = self._settings.timeout if timeout is None else timeout
        return self._guard.call(
            name, lambda: self._engine.call(operation, arguments, limit), repeatable=repeatable
        )
