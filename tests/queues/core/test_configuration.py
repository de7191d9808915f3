"""config.yaml of a message queue, its schema, and the drivers that it leads to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import integrations.runtime
from integrations.runtime import SYSTEM_CLOCK, ConfigurationError, MissingSecretError, Secret, SecretManager
from integrations.runtime._queues.drivers import VARIANTS, aconnect, connect
from integrations.runtime._queues.settings import QueueSettings
from integrations.runtime._settings import schema

from .bench import ORDERS, AsyncQueue, Queue

SCHEMA_FILE = Path(integrations.runtime.__file__).with_name("queue-config.schema.json")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return path


def test_the_schema_that_editors_use_is_the_one_that_counts() -> None:
    kept = json.loads(SCHEMA_FILE.read_text("utf-8"))
    assert kept == schema(QueueSettings, "config.yaml of a message queue's adapter")


def test_where_the_broker_is_must_be_said(tmp_path: Path) -> None:
    path = written(tmp_path, "service: Memory\n")
    for kind in (Queue, AsyncQueue):
        with pytest.raises(ConfigurationError, match="Set MEMORY_CONNECTION_STRING"):
            kind.from_config(config=path, environ={})


def test_a_secret_that_is_not_set_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "service: Memory\nconnection_string: amqp://u:${QUEUE_PASSWORD}@h\n")
    with pytest.raises(MissingSecretError, match="QUEUE_PASSWORD"):
        Queue.from_config(config=path, environ={}, secrets=SecretManager(environ={}, mounts=()))


def test_a_driver_that_there_is_none_of_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "service: Memory\nconnection_string: amqp://h\n")
    for kind in (Queue, AsyncQueue):
        with pytest.raises(ConfigurationError, match="no driver for ''; there is one for kafka, mqtt"):
            kind.from_config(config=path, environ={})


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_driver_refuses_an_address_of_another_kind(variant: str) -> None:
    pytest.importorskip(f"integrations.runtime._queues.{variant}")
    settings = QueueSettings(service="X", connection_string="nonsense")
    with pytest.raises(ConfigurationError):
        connect(variant, settings, Secret("smtp://h"), SYSTEM_CLOCK)


def test_a_client_that_is_not_installed_is_named() -> None:
    with pytest.raises(ConfigurationError, match="no driver for 'zeromq'"):
        aconnect("zeromq", QueueSettings(service="X"), Secret("x://"), SYSTEM_CLOCK)


def test_an_adapter_needs_its_configuration() -> None:
    with pytest.raises(ConfigurationError, match=r"has no config\.yaml"):
        Queue.from_config()


def test_what_the_configuration_says_wins_over_the_channel() -> None:
    settings = QueueSettings(service="X", prefetch=7, group="billing", address_prefix="staging.")
    route = ORDERS.route(settings)
    assert (route.address, route.dead_letter) == ("staging.orders", "staging.orders.dead-letter")
    assert (route.prefetch, route.group) == (7, "billing")


def test_a_variable_puts_a_prefix_before_every_address(tmp_path: Path) -> None:
    from integrations.runtime.testing import MemoryBroker

    path = written(tmp_path, "service: Memory\nconnection_string: amqp://h\n")
    environ = {"MEMORY_ADDRESS_PREFIX": "t1."}
    queue = Queue.from_config(config=path, environ=environ, engine=MemoryBroker(SYSTEM_CLOCK))
    assert queue._route(ORDERS).address == "t1.orders"


def test_importing_the_base_loads_no_client() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import integrations.runtime.queues;"
        "print([m for m in ('pika','aio_pika','confluent_kafka','boto3','nats','paho','httpx2')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
