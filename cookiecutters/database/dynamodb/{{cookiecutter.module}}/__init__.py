{% from "package" import brief %}
{% set b = cookiecutter._b %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 106, 3) }}, as a typed adapter.

    from integrations.{{ b.module }} import {{ b.class_name }}

    with {{ b.class_name }}.from_config() as {{ b.instance }}:
{% for e in b.examples[:1] %}
        for item in {{ b.instance }}.{{ e.least | doc(8, 1000) }}:
            print(item)
{% else %}
        {{ b.instance }}.healthcheck()
{% endfor %}

Set-up, errors and limits are in {{ b.module | upper }}_INTEGRATION.md.
"""

from __future__ import annotations

from .{{ b.module }}_custom import {{ b.class_name }}
{% if b.models.names %}
from .{{ b.module }}_models import {{ b.models.names | join(", ") }}
{% endif %}

__all__ = {{ b.public | py }}
