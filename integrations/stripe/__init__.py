# Generated from integrations.yaml, entry "stripe"; see stripe_adapter.py for how to change it.
"""Stripe, as a typed adapter.

    from integrations.stripe import StripeAdapter

    with StripeAdapter.from_config() as stripe:
        for customer in stripe.list_customers():
            print(customer)

Set-up, errors and limits are in STRIPE_INTEGRATION.md.
"""

from __future__ import annotations

from .stripe_custom import AsyncStripeAdapter, StripeAdapter
from .stripe_models import Customer, Deleted, PaymentIntent, Refund

__all__ = ["AsyncStripeAdapter", "Customer", "Deleted", "PaymentIntent", "Refund", "StripeAdapter"]
