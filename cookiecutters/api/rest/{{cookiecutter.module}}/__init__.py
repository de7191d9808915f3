{% set b = cookiecutter._b %}
# Generated from integrations.yaml, entry "{{ b.name | comment }}"; see {{ b.module }}_adapter.py for how to change it.
"""{{ b.service | doc(0, 106, 3) }}, as a typed adapter.

    from integrations.{{ b.module }} import {{ b.class_name }}

    with {{ b.class_name }}.from_config() as {{ b.instance }}:
{% for line in b.showcase %}
        {{ line | doc(8, 1000) if not line.startswith("    ") else "    " ~ line[4:] | doc(12, 1000) }}
{% endfor %}

Set-up, errors and limits are in {{ b.module | upper }}_INTEGRATION.md.
"""

from __future__ import annotations

{% if b.homes %}
from typing import TYPE_CHECKING, Any

from integrations.runtime.lazy import lazily

{% endif %}
from .{{ b.module }}_custom import {{ b.async_name }}, {{ b.class_name }}
{% if b.homes %}

if TYPE_CHECKING:
{% for home in b.homes %}
    from .{{ home.module }} import {{ home.names | join(", ") }}
{% endfor %}

{% elif b.models.names %}
from .{{ b.module }}_models import {{ b.models.names | join(", ") }}
{% endif %}

__all__ = {{ b.public | py }}
{% if b.homes %}

_HOMES = {
{% for home in b.homes %}
    {{ home.module | py }}: (
{% for line in home.lines %}
        {{ line | py }}
{% endfor %}
    ),
{% endfor %}
}


def __getattr__(name: str) -> Any:
    """Import a type when it is first asked for."""
    return lazily(__name__, name, _HOMES)
{% endif %}
