"""What config.yaml says of an adapter with a driver, an environment laid over it, then the variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.runtime import ConfigurationError, MissingSecretError, SecretManager
from integrations.runtime._settings import Settings, filled, load

WRITTEN = """
service: Orders
connection_string: ${ORDERS_URL}
pool_size: 10
environments:
  sandbox: {pool_size: 2, timeout: 5}
  wrong: {pool_sise: 2}
"""


class PoolSettings(Settings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    connection_string: str | None = None
    pool_size: int = 1


def read(
    tmp_path: Path, environment: str | None = None, written: str = WRITTEN, **environ: str
) -> PoolSettings:
    path = tmp_path / "config.yaml"
    path.write_text(written)
    return load(PoolSettings, path, "orders_db", environment, environ)


def test_an_environment_replaces_its_keys_and_no_others(tmp_path: Path) -> None:
    found = read(tmp_path, "sandbox")
    assert (found.pool_size, found.timeout, found.connection_string) == (2, 5, "${ORDERS_URL}")
    assert read(tmp_path, ORDERS_DB_ENVIRONMENT="sandbox") == found


def test_variables_win_over_the_file(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        ORDERS_DB_TIMEOUT="7",
        ORDERS_DB_RATE_LIMIT="10/second",
        ORDERS_DB_MAX_ATTEMPTS="1",
        ORDERS_DB_CONNECTION_STRING="sqlite:///x",
    )
    assert (found.timeout, found.rate_limit, found.retry.max_attempts) == (7, "10/second", 1)
    assert found.connection_string == "sqlite:///x"


@pytest.mark.parametrize(
    ("environment", "written", "said"),
    [
        ("nowhere", WRITTEN, "has no environment 'nowhere'; it has sandbox, wrong"),
        ("wrong", WRITTEN, "pool_sise"),
        (None, "service: Orders\npool_size: many\n", "pool_size"),
        (None, "just text", "config.yaml"),
        (None, "a: [", "is not valid YAML"),
    ],
)
def test_what_is_wrong_names_the_file_and_the_key(
    tmp_path: Path, environment: str | None, written: str, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"config\.yaml") as caught:
        read(tmp_path, environment, written)
    assert said in str(caught.value)


def test_references_are_filled_and_the_result_is_secret() -> None:
    secrets = SecretManager(environ={"USER_OF_DB": "ada", "PASSWORD_OF_DB": "pa55"}, mounts=())
    made = filled("postgresql://${USER_OF_DB}:${PASSWORD_OF_DB}@db/orders", secrets)
    assert made.reveal() == "postgresql://ada:pa55@db/orders"
    assert "pa55" not in f"{made} {made!r}"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("postgresql://${USER}:${WORD}@${HOST}/orders", "postgresql://ada:p%40ss%2Fw%3Aord@db:5432/orders"),
        ("amqps://app:${WORD}@h/%2F", "amqps://app:p%40ss%2Fw%3Aord@h/%2F"),
        ("${URL}", "redis://:a@b/0"),
        ("sqlite:///${FILE}", "sqlite:///data/x.db"),
    ],
)
def test_a_password_in_a_url_may_hold_any_character(text: str, made: str) -> None:
    environ = {"USER": "ada", "WORD": "p@ss/w:ord", "HOST": "db:5432", "URL": "redis://:a@b/0"}
    secrets = SecretManager(environ={**environ, "FILE": "data/x.db"}, mounts=())
    assert filled(text, secrets).reveal() == made


def test_a_reference_to_nothing_names_the_variable() -> None:
    with pytest.raises(MissingSecretError, match="ORDERS_URL is not set"):
        filled("${ORDERS_URL}", SecretManager(environ={}, mounts=()))
