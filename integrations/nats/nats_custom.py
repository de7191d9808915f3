"""Yours: made once, then never touched again by the generator, and checked after every change.

These two classes are what `from integrations.nats import …` gives. Add methods to them, or override generated ones.
`self` has every generated method, typed.
"""

from __future__ import annotations

from . import nats_adapter as generated


class NATSAdapter(generated.NATSAdapter):
    """NATS with your own methods, blocking."""


class AsyncNATSAdapter(generated.AsyncNATSAdapter):
    """NATS with your own methods, async."""
