"""config.yaml of an SQL adapter, connection strings, and what drivers are told."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import integrations.runtime
from integrations.runtime import ConfigurationError, MissingSecretError, SecretManager
from integrations.runtime._secrets import Secret
from integrations.runtime._sql import mysql_shared, postgresql_shared
from integrations.runtime._sql.settings import schema
from integrations.runtime._sql.target import target
from integrations.runtime.sql import Query, SqlAdapter, SqlSettings, TlsConfig

ROOT = Path(__file__).resolve().parents[2]
SCHEMA_FILE = Path(integrations.runtime.__file__).with_name("sql-config.schema.json")
FULL = """
# yaml-language-server: $schema=../runtime/sql-config.schema.json
service: Orders
connection_string: ${ORDERS_DB_URL}
pool_size: 3
pool_timeout: 2
connect_timeout: 4
timeout: 12
tls: {mode: verify-full, ca: /etc/ca.pem}
replicas: ["postgresql://${REPLICA_USER}@replica/orders"]
isolation: repeatable read
retry: {max_attempts: 5}
rate_limit: 5000/hour
environments:
  test: {connection_string: "postgresql://localhost/test", replicas: [], tls: null}
"""
SECRETS = {"ORDERS_DB_URL": "postgresql://app:hush-hush@db.example:6432/orders", "REPLICA_USER": "reader"}


class Orders(SqlAdapter):
    SERVICE, PACKAGE, ENGINE = "Orders", "orders_db", "postgresql"


def adapter(folder: Path, text: str = FULL, environment: str | None = None, **environ: str) -> Any:
    (folder / "config.yaml").write_text(text)
    return Orders.from_config(
        environment,
        config=folder / "config.yaml",
        secrets=SecretManager(environ=SECRETS, mounts=()),
        environ=environ,
    )


def told(url: str, **settings: Any) -> Any:
    """Return the target of *url*."""
    return target(Secret(url), SqlSettings(service="Orders", **settings))


def test_the_checked_in_schema_is_that_of_the_settings() -> None:
    assert SCHEMA_FILE.read_text() == json.dumps(schema(), indent=2, sort_keys=True) + "\n"


def test_the_schema_accepts_a_full_configuration() -> None:
    jsonschema.validate(yaml.safe_load(FULL), schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"service": "Orders", "pool_siez": 3}, schema())


def test_a_configuration_sets_everything_up(tmp_path: Path) -> None:
    made = adapter(tmp_path)
    assert made._settings.timeout == 12
    assert made._settings.isolation == "repeatable read"
    assert made._guard.retry.max_attempts == 5
    assert made._guard.limiter is not None
    assert [server._engine.place for server in made._where.servers] == [
        "db.example:6432/orders",
        "replica/orders",
    ]
    assert made.pool["size"] == 3
    assert "hush-hush" not in repr(made)


def test_an_environment_and_a_variable_replace_the_connection_string(tmp_path: Path) -> None:
    (server,) = adapter(tmp_path, environment="test")._where.servers
    assert server._engine.place == "localhost/test"
    primary, *_ = adapter(tmp_path, ORDERS_DB_CONNECTION_STRING="postgresql://elsewhere/x")._where.servers
    assert primary._engine.place == "elsewhere/x"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingSecretError, match="NOT_SET"):
        adapter(tmp_path, "{service: Orders, connection_string: '${NOT_SET}'}")
    with pytest.raises(ConfigurationError, match="set ORDERS_DB_CONNECTION_STRING"):
        adapter(tmp_path, "{service: Orders}")
    with pytest.raises(ConfigurationError, match="pool_size"):
        adapter(tmp_path, "{service: Orders, pool_size: 0}")


def test_psycopg_is_told_the_limits_and_the_encryption() -> None:
    tls = TlsConfig(mode="require", ca="/ca.pem", cert="/cert.pem", key="/key.pem")
    given = postgresql_shared.options(told("postgresql://db/x", tls=tls, timeout=8, connect_timeout=3))
    assert given == {
        "autocommit": True,
        "application_name": "Orders",
        "connect_timeout": 3,
        "keepalives_idle": 10,
        "tcp_user_timeout": 10_000,
        "sslmode": "require",
        "sslrootcert": "/ca.pem",
        "sslcert": "/cert.pem",
        "sslkey": "/key.pem",
    }
    assert "sslmode" not in postgresql_shared.options(told("postgresql://db/x?sslmode=disable"))
    named = postgresql_shared.options(told("postgresql://db/x?application_name=own"))
    assert "application_name" not in named


@pytest.mark.parametrize(
    ("mode", "verifies", "checks"),
    [
        ("verify-full", ssl.CERT_REQUIRED, True),
        ("require", ssl.CERT_NONE, False),
        ("prefer", ssl.CERT_NONE, False),
    ],
)
def test_the_mysql_drivers_are_told_the_encryption(mode: Any, verifies: int, checks: bool) -> None:
    context = mysql_shared.tls(told("mysql://db/x", tls=TlsConfig(mode=mode)))
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (verifies, checks)
    assert mysql_shared.must_encrypt(told("mysql://db/x", tls=TlsConfig(mode=mode))) == (mode != "prefer")


def test_the_mysql_drivers_are_told_where_and_who() -> None:
    given = mysql_shared.options(
        told("mariadb+pymysql://a%40b:p%2Fw@db:3307/orders?charset=latin1", timeout=8)
    )
    assert {key: given[key] for key in ("host", "port", "user", "password", "database", "charset")} == {
        "host": "db",
        "port": 3307,
        "user": "a@b",
        "password": "p/w",
        "database": "orders",
        "charset": "latin1",
    }
    assert "ssl" not in given
    assert mysql_shared.tls(told("mysql://db/x", tls=TlsConfig(mode="disable"))) is None


def test_a_driver_in_the_scheme_is_left_out() -> None:
    found = told("postgresql+psycopg://app:hush@db/orders?sslmode=require")
    assert found.url.reveal() == "postgresql://app:hush@db/orders?sslmode=require"


def test_a_file_may_be_relative_absolute_or_in_memory(tmp_path: Path) -> None:
    assert told("sqlite:///orders.db").database == "orders.db"
    assert told("sqlite:////var/orders.db").database == "/var/orders.db"
    assert told("duckdb://").database == ":memory:"


def test_options_of_a_file_count(tmp_path: Path) -> None:
    kind = type("Files", (SqlAdapter,), {"SERVICE": "Files", "ENGINE": "sqlite"})
    made: Any = kind(f"sqlite:///{tmp_path}/a b%3Fc.db")
    made.fetch("CREATE TABLE t (i int)")
    made.close()
    assert (tmp_path / "a b?c.db").exists()
    reader: Any = kind(f"sqlite:///{tmp_path}/a b%3Fc.db?mode=ro")
    with pytest.raises(integrations.runtime.InvalidRequestError, match="read-only"):
        reader.fetch("INSERT INTO t VALUES (1)")
    reader.close()


def test_a_query_of_an_unknown_converter_is_refused_when_it_is_made() -> None:
    with pytest.raises(KeyError):
        Query("q", "SELECT 1", row=int, convert=("dtae",))


def test_importing_the_runtime_loads_no_driver() -> None:
    program = (
        "import sys; from integrations.runtime.sql import AsyncSqlAdapter, Query, SqlAdapter, streamed;"
        "from integrations.runtime.testing import ScriptedDatabase, error_codes;"
        "heavy = {'psycopg', 'pymysql', 'asyncmy', 'sqlite3', 'duckdb', 'httpx2', 'yaml'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
