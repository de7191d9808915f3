{% from "package" import brief %}
{% set b = cookiecutter._b %}
{{ brief(b) -}}
"""How {{ b.service | doc(0, 100, 7) }} is used. `python -m integrations.{{ b.module }}.examples` runs those that only read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from integrations.{{ b.module }} import {{ ([b.class_name] + b.models.names) | join(", ") }}

{% for d in b.test.lives if b.examples %}
{{ d.name }} = {{ d.value }}
{% endfor %}
{% for e in b.examples %}


def {{ e.name }}({{ b.instance }}: {{ b.class_name }}) -> None:
    """{{ e.summary | doc(4, 107, 7) }}"""
{% if e.kind in ("query", "index", "scan") %}
    for item in {{ b.instance }}.{{ e.least }}:
        print(item)
{% else %}
    print({{ b.instance }}.{{ e.least }})
{% endif %}
{% endfor %}


def check({{ b.instance }}: {{ b.class_name }}) -> None:
    """Ask for a sign of life."""
    {{ b.instance }}.healthcheck(timeout=5.0)
    print("reachable")


READING = ({% for e in b.examples if e.reads %}{{ e.name }}, {% endfor %}check,)


def main() -> None:
    """Run the examples that only read."""
    with {{ b.class_name }}.from_config() as {{ b.instance }}:
        for example in READING:
            example({{ b.instance }})


if __name__ == "__main__":
    main()
