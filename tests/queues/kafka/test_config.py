"""What librdkafka is told, from the connection string and config.yaml."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.runtime import ConfigurationError, Secret
from integrations.runtime._queues.kafka_config import Configuration, configuration
from integrations.runtime._queues.settings import QueueSettings, TlsConfig


def configured(url: str, **settings: Any) -> Configuration:
    return configuration(QueueSettings(service="Order events", **settings), Secret(url))


def test_servers_get_the_usual_port() -> None:
    common = configured("kafka://h1,h2:9093,[::1]").common
    assert common["bootstrap.servers"] == "h1:9092,h2:9093,[::1]:9092"
    assert common["security.protocol"] == "PLAINTEXT"


def test_a_user_logs_in_without_showing_the_password() -> None:
    common = configured("kafka://me:p%40ss@h1").common
    assert common["security.protocol"] == "SASL_PLAINTEXT"
    assert common["sasl.mechanism"] == "SCRAM-SHA-512"
    assert (common["sasl.username"], common["sasl.password"]) == ("me", "p@ss")


def test_over_tls_the_password_may_be_sent() -> None:
    common = configured("kafkas://me:pass@h1").common
    assert common["security.protocol"] == "SASL_SSL"
    assert common["sasl.mechanism"] == "PLAIN"
    assert common["enable.ssl.certificate.verification"] is True


def test_certificates_come_from_the_settings() -> None:
    tls = TlsConfig(mode="require", ca="/ca.pem", cert="/me.pem", key="/me.key")
    common = configured("kafka://h1", tls=tls).common
    assert common["security.protocol"] == "SSL"
    assert common["enable.ssl.certificate.verification"] is False
    assert common["ssl.ca.location"] == "/ca.pem"
    assert (common["ssl.certificate.location"], common["ssl.key.location"]) == ("/me.pem", "/me.key")


def test_a_producer_confirms_by_all_replicas_and_doubles_nothing() -> None:
    producer = configured("kafka://h1").producer("")
    assert producer["acks"] == "all"
    assert producer["enable.idempotence"] is True


def test_a_consumer_commits_nothing_by_itself() -> None:
    consumer = configured("kafka://h1").consumer("billing", 10)
    assert consumer["enable.auto.commit"] is False
    assert consumer["group.id"] == "billing"


@pytest.mark.parametrize("name", ["acks", "enable.auto.commit", "enable.idempotence", "sasl.password"])
def test_what_delivery_rests_on_cannot_be_configured_away(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        configured("kafka://h1", options={"librdkafka": {name: "0"}})


def test_other_properties_are_passed_on() -> None:
    common = configured("kafka://h1", options={"librdkafka": {"compression.type": "zstd"}}).common
    assert common["compression.type"] == "zstd"


@pytest.mark.parametrize(
    "url", ["kafka://", "http://h1", "h1:9092", "kafka://h1:port", "kafka://h1:0", "kafka://:9092"]
)
def test_a_wrong_connection_string_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ConfigurationError, match="connection_string") as caught:
        configured(url)
    assert url not in str(caught.value)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"options\.saslmechanism is unknown"):
        configured("kafka://h1", options={"saslmechanism": "PLAIN"})
