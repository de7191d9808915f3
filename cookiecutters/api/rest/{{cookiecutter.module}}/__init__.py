{% set b = cookiecutter._b %}
# Generated from integrations.yaml, entry "{{ b.name | comment }}"; see {{ b.module }}_adapter.py for how to change it.
"""{{ b.service | doc(0, 96, 3) }}, as a typed adapter.

    from integrations.{{ b.module }} import {{ b.class_name }}

    with {{ b.class_name }}.from_config() as {{ b.instance }}:
{% for line in b.showcase %}
        {{ line | doc(8, 1000) if not line.startswith("    ") else "    " ~ line[4:] | doc(12, 1000) }}
{% endfor %}

Set-up, errors and limits are in {{ b.module | upper }}_INTEGRATION.md.
"""

from __future__ import annotations

from .{{ b.module }}_custom import {{ b.async_name }}, {{ b.class_name }}
{% if b.models.names %}
from .{{ b.module }}_models import {{ b.models.names | join(", ") }}
{% endif %}

__all__ = {{ b.public | py }}
