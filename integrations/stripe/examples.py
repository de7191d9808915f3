# Generated from integrations.yaml, entry "stripe"; see stripe_adapter.py for how to change it.
"""How Stripe is used. `python -m integrations.stripe.examples` runs those that only read."""

from __future__ import annotations

from integrations.stripe import StripeAdapter


def list_customers(stripe: StripeAdapter) -> None:
    """List the customers, newest first."""
    for customer in stripe.list_customers():
        print(customer)


def get_customer(stripe: StripeAdapter) -> None:
    """Fetch one customer."""
    print(stripe.get_customer("customer-1"))


def create_customer(stripe: StripeAdapter) -> None:
    """Create a customer."""
    print(stripe.create_customer())


READING = (list_customers, get_customer)


def main() -> None:
    """Run the examples that only read."""
    with StripeAdapter.from_config() as stripe:
        for example in READING:
            example(stripe)


if __name__ == "__main__":
    main()
