"""Yours: made once, then never touched again by the generator, and checked after every change.

These two classes are what `from integrations.stripe import …` gives. Add methods, or override generated ones:

    def close_all(self, ids: Iterable[str]) -> None:
        for id in ids:
            self.…(id)  # every generated method is here, typed

`self.request("GET", "/path")` reaches what no method covers, with the same limits, retries and errors.
"""

from __future__ import annotations

from . import stripe_adapter as generated


class StripeAdapter(generated.StripeAdapter):
    """Stripe with your own methods, blocking."""


class AsyncStripeAdapter(generated.AsyncStripeAdapter):
    """Stripe with your own methods, async."""
