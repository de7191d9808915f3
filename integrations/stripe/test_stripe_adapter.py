# Generated from integrations.yaml, entry "stripe"; see stripe_adapter.py for how to change it.
"""Stripe without a network: every operation against a scripted service, blocking and async."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import yaml
from msgspec import convert, to_builtins

from integrations.runtime import (
    InvalidRequestError,
    MissingSecretError,
    RequestTimeoutError,
    SecretManager,
    ServiceError,
    UnavailableError,
    UnexpectedResponseError,
)
from integrations.runtime.testing import ScriptedService, error_table
from integrations.stripe import (
    AsyncStripeAdapter,
    Customer,
    Deleted,
    PaymentIntent,
    Refund,
    StripeAdapter,
    examples,
)

SECRETS = {"STRIPE_SECRET_KEY": "secret-of-stripe-secret-key", "STRIPE_TEST_KEY": "secret-of-stripe-test-key"}
BASE_URL = None
ATTEMPTS = 3  # of an operation that may be repeated
TIMEOUT = 30  # seconds, unless the caller says otherwise

CUSTOMER: dict[str, Any] = {
    "created": 42,
    "description": "A short text.",
    "email": "ada@example.com",
    "id": "id-1",
    "livemode": True,
    "metadata": {"key": "value-1"},
    "name": "name-1",
}
DELETED: dict[str, Any] = {"deleted": True, "id": "id-1"}
PAYMENT_INTENT: dict[str, Any] = {
    "amount": 1250,
    "amount_received": 42,
    "client_secret": "client-secret-1",
    "created": 42,
    "currency": "eur",
    "customer": "customer-1",
    "id": "id-1",
    "status": "active",
}
REFUND: dict[str, Any] = {
    "amount": 1250,
    "created": 42,
    "currency": "eur",
    "id": "id-1",
    "payment_intent": "payment-intent-1",
    "status": "active",
}


@pytest.fixture(params=["sync", "async"])
def service(request: pytest.FixtureRequest) -> Iterator[ScriptedService]:
    with ScriptedService.running(
        StripeAdapter, AsyncStripeAdapter, request.param, secrets=SECRETS, base_url=BASE_URL
    ) as running:
        yield running


def test_list_customers_yields_every_page(service: ScriptedService) -> None:
    service.replies(json={"data": [CUSTOMER], "has_more": True})
    service.replies(json={"data": [CUSTOMER], "has_more": False})
    found = service.call(lambda stripe: stripe.list_customers(timeout=7.5))
    service.sent("GET", "/v1/customers", query={"limit": "100"}, timeout=7.5)
    service.sent("GET", "/v1/customers", query={"limit": "100", "starting_after": "id-1"}, timeout=7.5)
    assert found == convert([CUSTOMER] * 2, list[Customer])
    assert to_builtins(found) == [CUSTOMER] * 2


def test_list_customers_sends_every_option(service: ScriptedService) -> None:
    service.replies(json={"data": [], "has_more": False})
    found = service.call(lambda stripe: stripe.list_customers(email="ada@example.com", limit=20, timeout=7.5))
    service.sent("GET", "/v1/customers", query={"limit": "20", "email": "ada@example.com"}, timeout=7.5)
    assert found == []


def test_create_customer(service: ScriptedService) -> None:
    service.replies(json=CUSTOMER)
    found = service.call(
        lambda stripe: stripe.create_customer(
            name="name-1",
            description="A short text.",
            email="ada@example.com",
            metadata={"key": "value-1"},
            idempotency_key="order-1",
            timeout=7.5,
        )
    )
    service.sent(
        "POST",
        "/v1/customers",
        form={
            "name": "name-1",
            "description": "A short text.",
            "email": "ada@example.com",
            "metadata[key]": "value-1",
        },
        headers={"Idempotency-Key": "order-1"},
        timeout=7.5,
    )
    assert found == convert(CUSTOMER, Customer)
    assert to_builtins(found) == CUSTOMER


def test_create_customer_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=CUSTOMER)
    service.call(lambda stripe: stripe.create_customer())
    service.sent("POST", "/v1/customers", form={}, keyed="Idempotency-Key")


def test_get_customer(service: ScriptedService) -> None:
    service.replies(json=CUSTOMER)
    found = service.call(lambda stripe: stripe.get_customer("customer-1", timeout=7.5))
    service.sent("GET", "/v1/customers/customer-1", timeout=7.5)
    assert found == convert(CUSTOMER, Customer)
    assert to_builtins(found) == CUSTOMER


def test_update_customer(service: ScriptedService) -> None:
    service.replies(json=CUSTOMER)
    found = service.call(
        lambda stripe: stripe.update_customer(
            "customer-1",
            name="name-1",
            description="A short text.",
            email="ada@example.com",
            metadata={"key": "value-1"},
            idempotency_key="order-1",
            timeout=7.5,
        )
    )
    service.sent(
        "POST",
        "/v1/customers/customer-1",
        form={
            "name": "name-1",
            "description": "A short text.",
            "email": "ada@example.com",
            "metadata[key]": "value-1",
        },
        headers={"Idempotency-Key": "order-1"},
        timeout=7.5,
    )
    assert found == convert(CUSTOMER, Customer)
    assert to_builtins(found) == CUSTOMER


def test_update_customer_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=CUSTOMER)
    service.call(lambda stripe: stripe.update_customer("customer-1"))
    service.sent("POST", "/v1/customers/customer-1", form={}, keyed="Idempotency-Key")


def test_delete_customer(service: ScriptedService) -> None:
    service.replies(json=DELETED)
    found = service.call(lambda stripe: stripe.delete_customer("customer-1", timeout=7.5))
    service.sent("DELETE", "/v1/customers/customer-1", timeout=7.5)
    assert found == convert(DELETED, Deleted)
    assert to_builtins(found) == DELETED


def test_create_payment_intent(service: ScriptedService) -> None:
    service.replies(json=PAYMENT_INTENT)
    found = service.call(
        lambda stripe: stripe.create_payment_intent(
            amount=1250,
            currency="eur",
            confirm=True,
            customer="customer-1",
            description="A short text.",
            metadata={"key": "value-1"},
            payment_method="payment-method-1",
            idempotency_key="order-1",
            timeout=7.5,
        )
    )
    service.sent(
        "POST",
        "/v1/payment_intents",
        form={
            "amount": "1250",
            "currency": "eur",
            "confirm": "true",
            "customer": "customer-1",
            "description": "A short text.",
            "metadata[key]": "value-1",
            "payment_method": "payment-method-1",
        },
        headers={"Idempotency-Key": "order-1"},
        timeout=7.5,
    )
    assert found == convert(PAYMENT_INTENT, PaymentIntent)
    assert to_builtins(found) == PAYMENT_INTENT


def test_create_payment_intent_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=PAYMENT_INTENT)
    service.call(lambda stripe: stripe.create_payment_intent(amount=1250, currency="eur"))
    service.sent(
        "POST", "/v1/payment_intents", form={"amount": "1250", "currency": "eur"}, keyed="Idempotency-Key"
    )


def test_get_payment_intent(service: ScriptedService) -> None:
    service.replies(json=PAYMENT_INTENT)
    found = service.call(lambda stripe: stripe.get_payment_intent("payment-intent-1", timeout=7.5))
    service.sent("GET", "/v1/payment_intents/payment-intent-1", timeout=7.5)
    assert found == convert(PAYMENT_INTENT, PaymentIntent)
    assert to_builtins(found) == PAYMENT_INTENT


def test_capture_payment_intent(service: ScriptedService) -> None:
    service.replies(json=PAYMENT_INTENT)
    found = service.call(
        lambda stripe: stripe.capture_payment_intent(
            "payment-intent-1", amount_to_capture=42, idempotency_key="order-1", timeout=7.5
        )
    )
    service.sent(
        "POST",
        "/v1/payment_intents/payment-intent-1/capture",
        form={"amount_to_capture": "42"},
        headers={"Idempotency-Key": "order-1"},
        timeout=7.5,
    )
    assert found == convert(PAYMENT_INTENT, PaymentIntent)
    assert to_builtins(found) == PAYMENT_INTENT


def test_capture_payment_intent_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=PAYMENT_INTENT)
    service.call(lambda stripe: stripe.capture_payment_intent("payment-intent-1"))
    service.sent("POST", "/v1/payment_intents/payment-intent-1/capture", form={}, keyed="Idempotency-Key")


def test_list_refunds_yields_every_page(service: ScriptedService) -> None:
    service.replies(json={"data": [REFUND], "has_more": True})
    service.replies(json={"data": [REFUND], "has_more": False})
    found = service.call(lambda stripe: stripe.list_refunds(timeout=7.5))
    service.sent("GET", "/v1/refunds", query={"limit": "100"}, timeout=7.5)
    service.sent("GET", "/v1/refunds", query={"limit": "100", "starting_after": "id-1"}, timeout=7.5)
    assert found == convert([REFUND] * 2, list[Refund])
    assert to_builtins(found) == [REFUND] * 2


def test_list_refunds_sends_every_option(service: ScriptedService) -> None:
    service.replies(json={"data": [], "has_more": False})
    found = service.call(
        lambda stripe: stripe.list_refunds(limit=20, payment_intent="payment-intent-1", timeout=7.5)
    )
    service.sent(
        "GET", "/v1/refunds", query={"limit": "20", "payment_intent": "payment-intent-1"}, timeout=7.5
    )
    assert found == []


def test_create_refund(service: ScriptedService) -> None:
    service.replies(json=REFUND)
    found = service.call(
        lambda stripe: stripe.create_refund(
            payment_intent="payment-intent-1",
            amount=1250,
            reason="duplicate",
            idempotency_key="order-1",
            timeout=7.5,
        )
    )
    service.sent(
        "POST",
        "/v1/refunds",
        form={"payment_intent": "payment-intent-1", "amount": "1250", "reason": "duplicate"},
        headers={"Idempotency-Key": "order-1"},
        timeout=7.5,
    )
    assert found == convert(REFUND, Refund)
    assert to_builtins(found) == REFUND


def test_create_refund_leaves_out_what_is_not_given(service: ScriptedService) -> None:
    service.replies(json=REFUND)
    service.call(lambda stripe: stripe.create_refund(payment_intent="payment-intent-1"))
    service.sent("POST", "/v1/refunds", form={"payment_intent": "payment-intent-1"}, keyed="Idempotency-Key")


# Every operation with the least it takes, and how often it is sent while the service is down.
CALLS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "list_customers": (ATTEMPTS, lambda stripe: stripe.list_customers()),
    "create_customer": (ATTEMPTS, lambda stripe: stripe.create_customer()),
    "get_customer": (ATTEMPTS, lambda stripe: stripe.get_customer("customer-1")),
    "update_customer": (ATTEMPTS, lambda stripe: stripe.update_customer("customer-1")),
    "delete_customer": (ATTEMPTS, lambda stripe: stripe.delete_customer("customer-1")),
    "create_payment_intent": (
        ATTEMPTS,
        lambda stripe: stripe.create_payment_intent(amount=1250, currency="eur"),
    ),
    "get_payment_intent": (ATTEMPTS, lambda stripe: stripe.get_payment_intent("payment-intent-1")),
    "capture_payment_intent": (ATTEMPTS, lambda stripe: stripe.capture_payment_intent("payment-intent-1")),
    "list_refunds": (ATTEMPTS, lambda stripe: stripe.list_refunds()),
    "create_refund": (ATTEMPTS, lambda stripe: stripe.create_refund(payment_intent="payment-intent-1")),
    "request": (ATTEMPTS, lambda stripe: stripe.request("GET", "/anything")),
}
ONE_OF_EACH = {error: (status, error) for status, error in error_table()}.values()


@pytest.mark.parametrize("operation", CALLS)
def test_a_failure_is_raised_after_as_many_attempts_as_are_safe(
    service: ScriptedService, operation: str
) -> None:
    attempts, call = CALLS[operation]
    service.fails(httpx2.ReadTimeout("slow"), times=attempts)
    with pytest.raises(RequestTimeoutError):
        service.call(call)
    for status, error in error_table() if operation == "request" else ONE_OF_EACH:
        service.replies(status, times=attempts if error.retryable else 1)
        with pytest.raises(error) as raised:
            service.call(call)
        assert raised.value.status == status
        assert (raised.value.service, raised.value.operation) == ("Stripe", operation)
    assert {seen.timeout for seen in service.requests} == {TIMEOUT}
    service.forget()


@pytest.mark.parametrize(
    ("operation", "status", "error", "meaning"),
    [
        ("create_payment_intent", 402, InvalidRequestError, "The card was declined."),
        ("capture_payment_intent", 402, InvalidRequestError, "The card was declined."),
    ],
)
def test_a_declared_error_says_what_it_means(
    service: ScriptedService, operation: str, status: int, error: type[ServiceError], meaning: str
) -> None:
    attempts, call = CALLS[operation]
    service.replies(status, times=attempts if error.retryable else 1)
    with pytest.raises(error) as raised:
        service.call(call)
    assert raised.value.status == status
    assert meaning in str(raised.value)
    service.forget()


@pytest.mark.parametrize(
    ("reply", "call", "sent"),
    [
        pytest.param(
            {"json": {"data": [], "has_more": False}},
            lambda stripe: stripe.list_customers(email="example@example.com", limit=10),
            lambda service: service.sent(
                "GET", "/v1/customers", query={"limit": "10", "email": "example@example.com"}
            ),
            id="list_customers 1",
        ),
        pytest.param(
            {"json": CUSTOMER},
            lambda stripe: stripe.create_customer(
                name="John Doe", description="New customer", email="newcustomer@example.com"
            ),
            lambda service: service.sent(
                "POST",
                "/v1/customers",
                form={"name": "John Doe", "description": "New customer", "email": "newcustomer@example.com"},
                keyed="Idempotency-Key",
            ),
            id="create_customer 1",
        ),
        pytest.param(
            {"json": CUSTOMER},
            lambda stripe: stripe.update_customer(
                "12345",
                name="Jane Smith",
                description="Updated customer",
                email="updatedcustomer@example.com",
            ),
            lambda service: service.sent(
                "POST",
                "/v1/customers/12345",
                form={
                    "name": "Jane Smith",
                    "description": "Updated customer",
                    "email": "updatedcustomer@example.com",
                },
                keyed="Idempotency-Key",
            ),
            id="update_customer 1",
        ),
        pytest.param(
            {"json": PAYMENT_INTENT},
            lambda stripe: stripe.create_payment_intent(
                amount=1000, currency="USD", customer="12345", description="Payment for order 12345"
            ),
            lambda service: service.sent(
                "POST",
                "/v1/payment_intents",
                form={
                    "amount": "1000",
                    "currency": "USD",
                    "customer": "12345",
                    "description": "Payment for order 12345",
                },
                keyed="Idempotency-Key",
            ),
            id="create_payment_intent 1",
        ),
        pytest.param(
            {"json": {"data": [], "has_more": False}},
            lambda stripe: stripe.list_refunds(limit=5),
            lambda service: service.sent("GET", "/v1/refunds", query={"limit": "5"}),
            id="list_refunds 1",
        ),
        pytest.param(
            {"json": REFUND},
            lambda stripe: stripe.create_refund(payment_intent="12345", amount=500, reason="fraudulent"),
            lambda service: service.sent(
                "POST",
                "/v1/refunds",
                form={"payment_intent": "12345", "amount": "500", "reason": "fraudulent"},
                keyed="Idempotency-Key",
            ),
            id="create_refund 1",
        ),
    ],
)
def test_a_further_call_sends_what_it_is_given(
    service: ScriptedService,
    reply: dict[str, Any],
    call: Callable[[Any], Any],
    sent: Callable[[ScriptedService], None],
) -> None:
    service.replies(**reply)
    service.call(call)
    sent(service)


@pytest.mark.parametrize(
    ("operation", "replies"),
    [
        ("list_customers", [{"data": [{**CUSTOMER, "unforeseen": [{"new": True}]}], "has_more": False}]),
        ("create_customer", [{**CUSTOMER, "unforeseen": [{"new": True}]}]),
        ("delete_customer", [{**DELETED, "unforeseen": [{"new": True}]}]),
        ("create_payment_intent", [{**PAYMENT_INTENT, "unforeseen": [{"new": True}]}]),
        ("list_refunds", [{"data": [{**REFUND, "unforeseen": [{"new": True}]}], "has_more": False}]),
        ("create_refund", [{**REFUND, "unforeseen": [{"new": True}]}]),
    ],
)
def test_a_field_that_is_not_declared_does_no_harm(
    service: ScriptedService, operation: str, replies: list[Any]
) -> None:
    for reply in replies:
        service.replies(json=reply)
    assert service.call(CALLS[operation][1])
    service.forget()


@pytest.mark.parametrize(
    ("operation", "reply"),
    [
        ("list_customers", {"data": ["unforeseen"], "has_more": False}),
        ("create_customer", "unforeseen"),
        ("get_customer", "unforeseen"),
        ("update_customer", "unforeseen"),
        ("delete_customer", "unforeseen"),
        ("create_payment_intent", "unforeseen"),
        ("get_payment_intent", "unforeseen"),
        ("capture_payment_intent", "unforeseen"),
        ("list_refunds", {"data": ["unforeseen"], "has_more": False}),
        ("create_refund", "unforeseen"),
    ],
)
def test_an_answer_of_another_type_is_an_error_that_carries_it(
    service: ScriptedService, operation: str, reply: Any
) -> None:
    service.replies(json=reply, headers={"X-Request-Id": "r-1"})
    with pytest.raises(UnexpectedResponseError) as raised:
        service.call(CALLS[operation][1])
    assert raised.value.status == 200
    assert raised.value.headers["x-request-id"] == "r-1"
    assert raised.value.body
    service.forget()


@pytest.mark.parametrize(
    "operation",
    [
        "create_customer",
        "update_customer",
        "create_payment_intent",
        "capture_payment_intent",
        "create_refund",
    ],
)
def test_a_call_has_a_key_of_its_own_which_its_attempts_share(
    service: ScriptedService, operation: str
) -> None:
    attempts, call = CALLS[operation]
    service.replies(503, times=2 * attempts)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            service.call(call)
    keys = [seen.headers["idempotency-key"] for seen in service.requests]
    assert keys == [keys[0]] * attempts + [keys[-1]] * attempts
    assert keys[0] != keys[-1]
    service.forget()


@pytest.mark.parametrize("adapter", [StripeAdapter, AsyncStripeAdapter])
def test_a_missing_secret_is_named(adapter: type[StripeAdapter | AsyncStripeAdapter]) -> None:
    nothing = SecretManager(environ={}, mounts=())
    with pytest.raises(MissingSecretError, match="STRIPE_SECRET_KEY"):
        adapter.from_config(secrets=nothing, environ={})


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_an_environment_is_ready_to_use(environment: str) -> None:
    with ScriptedService.running(
        StripeAdapter, AsyncStripeAdapter, "sync", secrets=SECRETS, base_url=BASE_URL, environment=environment
    ) as service:
        service.replies(json=CUSTOMER)
        service.call(lambda stripe: stripe.create_customer())
        service.sent("POST", "/v1/customers", form={}, keyed="Idempotency-Key")


def test_the_configuration_is_what_the_manifest_says() -> None:
    text = Path(__file__).with_name("config.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == {
        "service": "Stripe",
        "base_url": "https://api.stripe.com",
        "auth": {"secret": "STRIPE_SECRET_KEY", "type": "bearer"},
        "headers": {},
        "timeout": 30,
        "retry": {"max_attempts": 3, "base_delay": 0.5, "max_delay": 30},
        "rate_limit": "100/second",
        "environments": {
            "production": {},
            "sandbox": {"auth": {"secret": "STRIPE_TEST_KEY", "type": "bearer"}},
        },
    }


@pytest.mark.parametrize("form", ["sync", "async"])
def test_a_variable_wins_over_the_configuration(form: Literal["sync", "async"]) -> None:
    environ = {"STRIPE_BASE_URL": "https://elsewhere.example"}
    with ScriptedService.running(
        StripeAdapter, AsyncStripeAdapter, form, secrets=SECRETS, environ=environ
    ) as service:
        assert "https://elsewhere.example" in repr(service.adapter)


@pytest.mark.parametrize(
    ("example", "replies"),
    [
        (examples.list_customers, [{"json": {"data": [CUSTOMER], "has_more": False}}]),
        (examples.get_customer, [{"json": CUSTOMER}]),
        (examples.create_customer, [{"json": CUSTOMER}]),
    ],
)
def test_the_example_runs(example: Callable[[StripeAdapter], None], replies: list[dict[str, Any]]) -> None:
    with ScriptedService.running(
        StripeAdapter, AsyncStripeAdapter, "sync", secrets=SECRETS, base_url=BASE_URL
    ) as service:
        for reply in replies:
            service.replies(**reply)
        service.call(example)
        service.forget()
