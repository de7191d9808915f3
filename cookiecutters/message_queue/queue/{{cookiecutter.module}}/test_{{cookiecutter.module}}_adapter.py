{% from "package" import brief %}
{% set b = cookiecutter._b %}
{% set t = b.test %}
{% set published = b.channels | selectattr("publish") | list %}
{% set consumed = b.channels | selectattr("consume") | list %}
{% macro lam(call) %}lambda {{ b.instance }}: {{ b.instance }}.{{ call }}{% endmacro %}
{% macro given() %}{{ ", connection_string=" ~ t.given | py if t.given }}{% endmacro %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 100, 3) }} without a network: every channel against a broker in memory{{ ", blocking and async" if b.is_async }}."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from integrations.{{ b.module }} import {{ (([b.async_name] if b.is_async else []) + [b.class_name] + b.shown_types) | join(", ") }}, examples
from integrations.runtime import ConnectionFailedError, MissingSecretError, RequestTimeoutError, SecretManager
from integrations.runtime.queues import PartlyPublishedError, RejectMessage, current_delivery
from integrations.runtime.testing import Form, ScriptedBroker

SECRETS{{ ": dict[str, str]" if not t.secrets }} = {{ t.secrets | py }}
ATTEMPTS = {{ t.attempts }}  # of a publish, while the broker is away

{% for c in b.channels %}
{{ c.sample }} = {{ c.made }}
{% if not c.raw %}
{{ c.sample }}_JSON: Any = {{ c.json | py }}
{% endif %}
{% endfor %}


@pytest.fixture(params={{ b.forms | py }})
def broker(request: pytest.FixtureRequest) -> Iterator[ScriptedBroker]:
    with ScriptedBroker.running({{ b.class_name }}, {{ b.async_name if b.is_async else "None" }}, request.param, secrets=SECRETS{{ given() }}{{ ", environ=" ~ {b.prefix ~ "_MAX_ATTEMPTS": "2"} | py if t.once }}) as running:
        yield running

{% for c in published %}

def test_{{ c.publish }}(broker: ScriptedBroker) -> None:
    assert broker.call({{ lam(c.publish) }}({{ c.sample }}))
    broker.published({{ c.publish | py }}, {{ c.address | py }}, {{ c.sample if c.raw else c.sample ~ "_JSON" }}{{ ", key=" ~ c.key_value | py if c.key_value is not none }})


def test_{{ c.publish }}_sends_every_option(broker: ScriptedBroker) -> None:
    found = broker.call(
        {{ lam(c.publish) }}(
            {{ c.sample }}, key="another-key", {{ "delay=7.5, " if c.delay }}headers={"x-tenant": "acme"}, message_id="m-7", timeout=2.5
        )
    )
    broker.published({{ c.publish | py }}, {{ c.address | py }}, {{ c.sample if c.raw else c.sample ~ "_JSON" }}, key="another-key", headers={"x-tenant": "acme"}{{ ", delay=7.5" if c.delay }})
    assert found == "m-7"


def test_{{ c.batch }}_publishes_each(broker: ScriptedBroker) -> None:
    found = broker.call({{ lam(c.batch) }}([{{ c.sample }}] * 3))
    for _ in range(3):
        broker.published({{ c.publish | py }}, {{ c.address | py }}, {{ c.sample if c.raw else c.sample ~ "_JSON" }}{{ ", key=" ~ c.key_value | py if c.key_value is not none }})
    assert len(set(found)) == 3

{% endfor %}
{% for c in consumed %}

def test_{{ c.consume }}(broker: ScriptedBroker) -> None:
    broker.delivers({{ c.name | py }}, {{ c.sample if c.raw else c.sample ~ "_JSON" }})
    seen: list[Any] = []
    found = broker.call({{ lam(c.consume) }}(seen.append, limit=1, concurrency=1))
    broker.settled_as({{ c.consume | py }}, "processed", address={{ c.address | py }}, body={{ c.sample if c.raw else c.sample ~ "_JSON" }})
    assert seen == [{{ c.sample }}]
    assert (found.processed, found.stopped_by) == (1, "limit")


def test_{{ c.consume }}_gives_a_rejected_message_to_the_dead_letters(broker: ScriptedBroker) -> None:
    def reject(message: object) -> None:
        raise RejectMessage("the order is closed")

    broker.delivers({{ c.name | py }}, {{ c.sample if c.raw else c.sample ~ "_JSON" }})
    broker.call({{ lam(c.consume) }}(reject, limit=1, concurrency=1))
    broker.settled_as(
        {{ c.consume | py }},
        "dead_lettered",
        address={{ c.address | py }},
        dead_letter={{ c.dead_letter | py }},
        body={{ c.sample if c.raw else c.sample ~ "_JSON" }},
        reason="rejected: the order is closed",
    )

{% if c.wrong %}

def test_{{ c.consume }}_gives_unreadable_bytes_to_the_dead_letters(broker: ScriptedBroker) -> None:
    broker.delivers({{ c.name | py }}, {{ c.wrong }})
    broker.call({{ lam(c.consume) }}(pytest.fail, limit=1, concurrency=1))
    broker.settled_as({{ c.consume | py }}, "dead_lettered", dead_letter={{ c.dead_letter | py }}, body={{ c.wrong }})
    assert "unreadable" in broker.script.calls[-1]["reason"]

{% endif %}
{% endfor %}
{% if published %}

@pytest.mark.parametrize(
    "call",
    [
{% for c in published %}
        {{ lam(c.publish) }}({{ c.sample }}),
        {{ lam(c.batch) }}([{{ c.sample }}]),
{% endfor %}
    ],
)
def test_a_publish_is_repeated_while_the_broker_is_away_and_then_fails(broker: ScriptedBroker, call: Callable[[Any], Any]) -> None:
    broker.call({{ lam("declare") }}())
    broker.fails(ConnectionFailedError("away"), times=ATTEMPTS - 1)
    broker.call(call)
    for error in (ConnectionFailedError, RequestTimeoutError):
        broker.fails(error("nothing was confirmed"), times=ATTEMPTS)
        with pytest.raises(error) as raised:
            broker.call(call)
        assert raised.value.attempts == ATTEMPTS
        assert raised.value.service == {{ b.service | py }}
    broker.forget()

{% set c = published[0] %}

def test_a_batch_repeats_what_the_broker_refused_alone_and_tells_what_failed(broker: ScriptedBroker) -> None:
    broker.call({{ lam("declare") }}())
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.call({{ lam(c.batch) }}([{{ c.sample }}] * 3))
    broker.published({{ c.publish | py }}, {{ c.address | py }}, {{ c.sample if c.raw else c.sample ~ "_JSON" }}{{ ", key=" ~ c.key_value | py if c.key_value is not none }})
    broker.fails(PartlyPublishedError("refused", failed=[0, 2]))
    broker.fails(PartlyPublishedError("refused", failed=[1]))
    broker.fails(PartlyPublishedError("refused", failed=[0]), times=ATTEMPTS - 2)
    with pytest.raises(PartlyPublishedError) as raised:
        broker.call({{ lam(c.batch) }}([{{ c.sample }}] * 3))
    assert raised.value.failed == (2,)

{% endif %}
{% if consumed %}
# Every consumer: its channel, a message, how it is called, its attempts and the seconds between them.
CONSUMERS: dict[str, tuple[str, Any, Callable[[Any, Callable[[Any], object]], Any], list[float]]] = {
{% for c in consumed %}
    {{ c.consume | py }}: ({{ c.name | py }}, {{ c.sample if c.raw else c.sample ~ "_JSON" }}, lambda queue, handler: queue.{{ c.consume }}(handler, limit=1, concurrency=1), {{ c.delays | py }}),
{% endfor %}
}


@pytest.mark.parametrize("operation", CONSUMERS)
def test_a_message_whose_handler_fails_comes_again_later_and_is_then_a_dead_letter(broker: ScriptedBroker, operation: str) -> None:
    channel, body, consume, delays = CONSUMERS[operation]
    attempts: list[int] = []

    def fail(message: object) -> None:
        delivery = current_delivery()
        assert delivery is not None
        attempts.append(delivery.attempt)
        raise ZeroDivisionError("no")

    broker.delivers(channel, body)
    found = broker.call(lambda queue: consume(queue, fail))
    assert attempts == list(range(1, len(delays) + 2))
    assert sum(broker.clock.slept) == pytest.approx(sum(delays))
    assert (found.retried, found.dead_lettered, found.processed) == (len(delays), 1, 0)
    assert broker.script.calls[-1]["reason"] == f"{len(attempts)} attempts used up, the last with ZeroDivisionError: no"
    broker.forget()


@pytest.mark.parametrize("operation", CONSUMERS)
def test_a_consumer_subscribes_again_when_its_connection_is_gone(broker: ScriptedBroker, operation: str) -> None:
    channel, body, consume, _ = CONSUMERS[operation]
    broker.delivers(channel, body)

    def lose_the_connection(message: object) -> None:
        if broker.connections == 1:
            broker.drop()

    found = broker.call(lambda queue: consume(queue, lose_the_connection))
    assert (found.processed, broker.connections) == (1, 2)
    broker.settled_as(operation, "processed", body=body)

{% endif %}
{% if t.missing %}

@pytest.mark.parametrize("adapter", [{{ b.class_name }}{{ ", " ~ b.async_name if b.is_async }}])
def test_a_missing_secret_is_named(adapter: type[{{ b.class_name }}{{ " | " ~ b.async_name if b.is_async }}]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match={{ "r" if "|" in t.missing }}{{ t.missing | py }}):
        adapter.from_config(secrets=nothing, environ={})

{% endif %}

@pytest.mark.parametrize("environment", {{ ([none] + t.environments) | py }})
def test_an_environment_is_ready_to_use(environment: str | None) -> None:
    with ScriptedBroker.running({{ b.class_name }}, {{ b.async_name if b.is_async else "None" }}, "sync", secrets=SECRETS, environment=environment{{ given() }}) as broker:
        broker.call({{ lam("healthcheck") }}())
        broker.call({{ lam("declare") }}())
        assert len(broker.declared) == {{ b.channels | selectattr("declares") | list | length }}


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {{ b.config | py }}


{% set made = b.channels | selectattr("declares") | list %}
{% if made %}
@pytest.mark.parametrize("form", {{ b.forms | py }})
def test_a_variable_wins_over_the_configuration(form: Form) -> None:
    environ = { {{- (b.prefix ~ "_ADDRESS_PREFIX") | py }}: "t1-"{{ ", " ~ (b.prefix ~ "_CONNECTION_STRING") | py ~ ": " ~ t.given | py if t.given }}}
    with ScriptedBroker.running({{ b.class_name }}, {{ b.async_name if b.is_async else "None" }}, form, secrets=SECRETS, environ=environ) as broker:
        broker.call({{ lam("declare") }}())
        assert broker.declared == {{ made | map(attribute="prefixed") | list | py }}


{% endif %}
@pytest.mark.parametrize(
    "example",
    [
        examples.ask_the_broker,
{% for c in b.channels %}
{% for kind, method in c.methods.items() if kind != "batch" %}
        examples.{{ method }},
{% endfor %}
{% endfor %}
    ],
)
def test_the_example_runs(example: Callable[[{{ b.class_name }}], None]) -> None:
    with ScriptedBroker.running({{ b.class_name }}, {{ b.async_name if b.is_async else "None" }}, "sync", secrets=SECRETS{{ given() }}) as broker:
        broker.call(example)
        broker.forget()
