{% set b = cookiecutter._b %}
"""Yours: made once, then never touched again by the generator, and checked after every change.

{% if b.asynchronous %}
These two classes are what `from integrations.{{ b.module }} import …` gives. Add methods to them, or override generated ones:
{% else %}
This class is what `from integrations.{{ b.module }} import …` gives. Add methods to it, or override generated ones:
{% endif %}

    def version(self) -> str:
        return str(self.fetch("SELECT version()")[0][0])

`self` has every generated method, typed; `self.fetch` runs what none covers, with the same limits and errors. Values are
always bound: `self.fetch("SELECT … WHERE id = {{ b.mark }}", {"id": id})`.
"""

from __future__ import annotations

from . import {{ b.module }}_adapter as generated


class {{ b.class_name }}(generated.{{ b.class_name }}):
    """{{ b.service | doc(4, 106, 7) }} with your own methods, blocking."""
{% if b.asynchronous %}


class {{ b.async_name }}(generated.{{ b.async_name }}):
    """{{ b.service | doc(4, 106, 7) }} with your own methods, async."""
{% endif %}
