{% set b = cookiecutter._b %}
"""Yours: made once, then never touched again by the generator, and checked after every change.

{{ "These two classes are" if b.is_async else "This class is" }} what `from integrations.{{ b.module }} import …` gives. Add methods to {{ "them" if b.is_async else "it" }}, or override generated ones.
`self` has every generated method, typed.
"""

from __future__ import annotations

from . import {{ b.module }}_adapter as generated


class {{ b.class_name }}(generated.{{ b.class_name }}):
    """{{ b.service | doc(4, 100, 7) }} with your own methods, blocking."""

{% if b.is_async %}


class {{ b.async_name }}(generated.{{ b.async_name }}):
    """{{ b.service | doc(4, 100, 7) }} with your own methods, async."""
{% endif %}
