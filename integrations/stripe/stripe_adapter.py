# Generated from integrations.yaml, entry "stripe". To change it, edit that entry (or cookiecutters/api/)
# and run `nox -s generate -- stripe`. Your own methods belong in stripe_custom.py.
"""Stripe: 10 operations, each a typed method, blocking and async."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from integrations.runtime.http import AsyncHttpAdapter, CursorPages, HttpAdapter, Operation, awaited, iterated

from .stripe_models import Customer, Deleted, PaymentIntent, Refund

LIST_CUSTOMERS: Operation[list[Customer]] = Operation(
    "list_customers",
    "GET",
    "/v1/customers",
    returns=list[Customer],
    pages=CursorPages(parameter="starting_after", last="id", more="has_more"),
)
CREATE_CUSTOMER: Operation[Customer] = Operation(
    "create_customer",
    "POST",
    "/v1/customers",
    returns=Customer,
    body="form",
    idempotency_header="Idempotency-Key",
)
GET_CUSTOMER: Operation[Customer] = Operation("get_customer", "GET", "/v1/customers/{id}", returns=Customer)
UPDATE_CUSTOMER: Operation[Customer] = Operation(
    "update_customer",
    "POST",
    "/v1/customers/{id}",
    returns=Customer,
    body="form",
    idempotency_header="Idempotency-Key",
)
DELETE_CUSTOMER: Operation[Deleted] = Operation(
    "delete_customer", "DELETE", "/v1/customers/{id}", returns=Deleted
)
CREATE_PAYMENT_INTENT: Operation[PaymentIntent] = Operation(
    "create_payment_intent",
    "POST",
    "/v1/payment_intents",
    returns=PaymentIntent,
    body="form",
    idempotency_header="Idempotency-Key",
    errors={402: "The card was declined."},
)
GET_PAYMENT_INTENT: Operation[PaymentIntent] = Operation(
    "get_payment_intent", "GET", "/v1/payment_intents/{id}", returns=PaymentIntent
)
CAPTURE_PAYMENT_INTENT: Operation[PaymentIntent] = Operation(
    "capture_payment_intent",
    "POST",
    "/v1/payment_intents/{id}/capture",
    returns=PaymentIntent,
    body="form",
    idempotency_header="Idempotency-Key",
    errors={402: "The card was declined."},
)
LIST_REFUNDS: Operation[list[Refund]] = Operation(
    "list_refunds",
    "GET",
    "/v1/refunds",
    returns=list[Refund],
    pages=CursorPages(parameter="starting_after", last="id", more="has_more"),
)
CREATE_REFUND: Operation[Refund] = Operation(
    "create_refund", "POST", "/v1/refunds", returns=Refund, body="form", idempotency_header="Idempotency-Key"
)


class StripeAdapter(HttpAdapter):
    """Reads and creates customers and payment intents, captures payments, and refunds.

    Every method takes `timeout`, seconds for one attempt, and raises an `IntegrationError` when it fails. What
    is not safe to repeat, a POST or PATCH, is tried again only where it says so.
    """

    SERVICE = "Stripe"
    PACKAGE = "stripe"
    CONFIG = Path(__file__).with_name("config.yaml")

    def list_customers(
        self, *, email: str | None = None, limit: int = 100, timeout: float | None = None
    ) -> Iterator[Customer]:
        """List the customers, newest first.

        Args:
            email: Only customers with exactly this address.

        Yields:
            Every customer; pages are fetched as they are needed.
        """
        return self._pages(LIST_CUSTOMERS, query={"email": email, "limit": limit}, timeout=timeout)

    def create_customer(
        self,
        *,
        name: str | None = None,
        description: str | None = None,
        email: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Customer:
        """Create a customer.

        Safe to repeat: every attempt carries the same Idempotency-Key, yours or a fresh one.
        """
        return self._call(
            CREATE_CUSTOMER,
            body={"name": name, "description": description, "email": email, "metadata": metadata},
            idempotency_key=idempotency_key,
            timeout=timeout,
        )

    def get_customer(self, id: str, *, timeout: float | None = None) -> Customer:
        """Fetch one customer.

        Raises:
            NotFoundError: The customer does not exist (404).
        """
        return self._call(GET_CUSTOMER, path={"id": id}, timeout=timeout)

    def update_customer(
        self,
        id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        email: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Customer:
        """Change a customer; what is left out stays.

        Safe to repeat: every attempt carries the same Idempotency-Key, yours or a fresh one.

        Raises:
            NotFoundError: The customer does not exist (404).
        """
        return self._call(
            UPDATE_CUSTOMER,
            path={"id": id},
            body={"name": name, "description": description, "email": email, "metadata": metadata},
            idempotency_key=idempotency_key,
            timeout=timeout,
        )

    def delete_customer(self, id: str, *, timeout: float | None = None) -> Deleted:
        """Delete a customer for good, and end every subscription.

        Raises:
            NotFoundError: The customer does not exist (404).
        """
        return self._call(DELETE_CUSTOMER, path={"id": id}, timeout=timeout)

    def create_payment_intent(
        self,
        *,
        amount: int,
        currency: str,
        confirm: bool | None = None,
        customer: str | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        payment_method: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> PaymentIntent:
        """Start to collect a payment.

        Safe to repeat: every attempt carries the same Idempotency-Key, yours or a fresh one.

        Args:
            amount: In the currency's smallest unit.
            currency: Three letters, ISO 4217, in lower case.

        Raises:
            InvalidRequestError: The card was declined (402).
        """
        return self._call(
            CREATE_PAYMENT_INTENT,
            body={
                "amount": amount,
                "currency": currency,
                "confirm": confirm,
                "customer": customer,
                "description": description,
                "metadata": metadata,
                "payment_method": payment_method,
            },
            idempotency_key=idempotency_key,
            timeout=timeout,
        )

    def get_payment_intent(self, id: str, *, timeout: float | None = None) -> PaymentIntent:
        """Fetch one payment.

        Raises:
            NotFoundError: The payment intent does not exist (404).
        """
        return self._call(GET_PAYMENT_INTENT, path={"id": id}, timeout=timeout)

    def capture_payment_intent(
        self,
        id: str,
        *,
        amount_to_capture: int | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> PaymentIntent:
        """Take the money of a payment that was authorised before.

        Safe to repeat: every attempt carries the same Idempotency-Key, yours or a fresh one.

        Raises:
            InvalidRequestError: The card was declined (402).
        """
        return self._call(
            CAPTURE_PAYMENT_INTENT,
            path={"id": id},
            body={"amount_to_capture": amount_to_capture},
            idempotency_key=idempotency_key,
            timeout=timeout,
        )

    def list_refunds(
        self, *, limit: int = 100, payment_intent: str | None = None, timeout: float | None = None
    ) -> Iterator[Refund]:
        """List the refunds, newest first.

        Yields:
            Every refund; pages are fetched as they are needed.
        """
        return self._pages(
            LIST_REFUNDS, query={"limit": limit, "payment_intent": payment_intent}, timeout=timeout
        )

    def create_refund(
        self,
        *,
        payment_intent: str,
        amount: int | None = None,
        reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Refund:
        """Give back all or a part of a payment.

        Safe to repeat: every attempt carries the same Idempotency-Key, yours or a fresh one.
        """
        return self._call(
            CREATE_REFUND,
            body={"payment_intent": payment_intent, "amount": amount, "reason": reason},
            idempotency_key=idempotency_key,
            timeout=timeout,
        )


class AsyncStripeAdapter(AsyncHttpAdapter):
    """The same operations, to be awaited; `StripeAdapter` documents their arguments and errors."""

    SERVICE = "Stripe"
    PACKAGE = "stripe"
    CONFIG = Path(__file__).with_name("config.yaml")

    list_customers = iterated(StripeAdapter.list_customers)
    create_customer = awaited(StripeAdapter.create_customer)
    get_customer = awaited(StripeAdapter.get_customer)
    update_customer = awaited(StripeAdapter.update_customer)
    delete_customer = awaited(StripeAdapter.delete_customer)
    create_payment_intent = awaited(StripeAdapter.create_payment_intent)
    get_payment_intent = awaited(StripeAdapter.get_payment_intent)
    capture_payment_intent = awaited(StripeAdapter.capture_payment_intent)
    list_refunds = iterated(StripeAdapter.list_refunds)
    create_refund = awaited(StripeAdapter.create_refund)
