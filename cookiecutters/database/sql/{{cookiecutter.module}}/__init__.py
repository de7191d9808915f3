{% from "package" import brief %}
{% set b = cookiecutter._b %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 106, 3) }}, as typed queries.

    from integrations.{{ b.module }} import {{ b.class_name }}

    with {{ b.class_name }}.from_config() as {{ b.instance }}:
{% for line in b.showcase %}
        {{ line | doc(8, 1000) if not line.startswith("    ") else "    " ~ line[4:] | doc(12, 1000) }}
{% endfor %}

Set-up, errors and limits are in {{ b.module | upper }}_INTEGRATION.md.
"""

from __future__ import annotations

from .{{ b.module }}_custom import {{ b.async_name ~ ", " if b.asynchronous }}{{ b.class_name }}
{% if b.models %}
from .{{ b.module }}_models import {{ b.models | map(attribute="name") | join(", ") }}
{% endif %}

__all__ = {{ b.public | py }}
