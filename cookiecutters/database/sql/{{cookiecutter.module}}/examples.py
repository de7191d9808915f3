{% from "package" import brief %}
{% set b = cookiecutter._b %}
{{ brief(b) -}}
"""How {{ b.service | doc(0, 100, 7) }} is used. `python -m integrations.{{ b.module }}.examples` runs those that only read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from integrations.{{ b.module }} import {{ ([b.class_name] + b.names_used) | join(", ") }}

{% for e in b.examples %}

def {{ e.name }}({{ b.instance }}: {{ b.class_name }}) -> None:
    """{{ e.summary | doc(4, 107, 7) }}"""
{% if e.returns == "stream" %}
    with {{ b.instance }}.{{ e.call }}({{ e.arguments }}) as rows:
        for row in rows:
            print(row)
{% elif e.returns == "many" %}
    for row in {{ b.instance }}.{{ e.call }}({{ e.arguments }}):
        print(row)
{% else %}
    print({{ b.instance }}.{{ e.call }}({{ e.arguments }}))
{% endif %}

{% endfor %}
{% if b.incomplete %}

def ask({{ b.instance }}: {{ b.class_name }}) -> None:
    """Ask what no typed method covers yet."""
    print({{ b.instance }}.fetch("SELECT 1"))

{% endif %}
{% set reading = ["ask"] if b.incomplete else b.examples | selectattr("reads") | map(attribute="name") | list %}

{% if reading %}
READING = ({{ reading | join(", ") }},)
{% else %}
READING: tuple[Callable[[{{ b.class_name }}], None], ...] = ()
{% endif %}


def main() -> None:
    """Run the examples that only read."""
    with {{ b.class_name }}.from_config() as {{ b.instance }}:
        for example in READING:
            example({{ b.instance }})


if __name__ == "__main__":
    main()
