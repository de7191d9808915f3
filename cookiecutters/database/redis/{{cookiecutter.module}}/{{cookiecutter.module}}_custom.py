{% set b = cookiecutter._b %}
"""Yours: made once, then never touched again by the generator, and checked after every change.

These two classes are what `from integrations.{{ b.module }} import …` gives. Add methods to them, or override generated ones.
`self` has every generated method, typed; `self.command("OBJECT", "FREQ", "key")` reaches what none covers, with
the same limits, retries and errors.
"""

from __future__ import annotations

from . import {{ b.module }}_adapter as generated


class {{ b.class_name }}(generated.{{ b.class_name }}):
    """{{ b.service | doc(4, 106, 7) }} with your own methods, blocking."""


class {{ b.async_name }}(generated.{{ b.async_name }}):
    """{{ b.service | doc(4, 106, 7) }} with your own methods, async."""
