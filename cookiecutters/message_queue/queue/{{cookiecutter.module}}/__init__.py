{% from "package" import brief %}
{% from "shown" import showcase %}
{% set b = cookiecutter._b %}
{{ brief(b) -}}
"""{{ b.service | doc(0, 100, 3) }}, as a typed adapter.

    from integrations.{{ b.module }} import {{ b.class_name }}

{{ showcase(b, "    ") }}
Set-up, channels and errors are in {{ b.module | upper }}_INTEGRATION.md.
"""

from __future__ import annotations

from .{{ b.module }}_custom import {{ b.async_name ~ ", " if b.is_async }}{{ b.class_name }}
{% if b.models.names %}
from .{{ b.module }}_models import {{ b.models.names | join(", ") }}
{% endif %}

__all__ = {{ b.public | py }}
