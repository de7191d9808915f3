{% set b = cookiecutter._b %}
# Generated from integrations.yaml, entry "{{ b.name | comment }}"; see {{ b.module }}_adapter.py for how to change it.
"""How {{ b.service | doc(0, 100, 7) }} is used. `python -m integrations.{{ b.module }}.examples` runs those that only read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from integrations.{{ b.module }} import {{ ([b.class_name] + b.imports.example_models) | join(", ") }}

{% for e in b.examples %}

def {{ e.name }}({{ b.instance }}: {{ b.class_name }}) -> None:
    """{{ e.summary | doc(4, 107, 7) }}"""
{% if e.form == "pages" %}
    for {{ e.item }} in {{ b.instance }}.{{ e.call }}({{ e.least.arguments }}):
        print({{ e.item }})
{% elif e.form == "download" %}
    with {{ b.instance }}.{{ e.call }}({{ e.least.arguments }}) as download:
        print(sum(len(chunk) for chunk in download), "bytes")
{% elif e.form == "nothing" %}
    {{ b.instance }}.{{ e.call }}({{ e.least.arguments }})
    print("done")
{% else %}
    print({{ b.instance }}.{{ e.call }}({{ e.least.arguments }}))
{% endif %}

{% endfor %}
{% if b.incomplete %}

def read_anything({{ b.instance }}: {{ b.class_name }}) -> None:
    """Read what no typed method covers yet."""
    print({{ b.instance }}.get("/").json())

{% endif %}

{% if b.reading %}
READING = {{ b.reading }}
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
