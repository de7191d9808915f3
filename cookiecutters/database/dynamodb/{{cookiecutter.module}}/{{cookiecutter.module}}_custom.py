{% set b = cookiecutter._b %}
"""Yours: made once, then never touched again by the generator, and checked after every change.

This class is what `from integrations.{{ b.module }} import …` gives. Add methods to it, or override generated ones:

    def is_reachable(self) -> bool:
        self.healthcheck(timeout=1.0)
        return True

`self` has every generated method, typed, and `self.transact_write([…])` makes several writes one.
"""

from __future__ import annotations

from . import {{ b.module }}_adapter as generated


class {{ b.class_name }}(generated.{{ b.class_name }}):
    """{{ b.service | doc(4, 106, 7) }} with your own methods."""
