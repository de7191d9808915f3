{% from "package" import brief %}
{% set b = cookiecutter._b %}
{{ brief(b) -}}
"""How {{ b.service | doc(0, 100, 7) }} is used. `python -m integrations.{{ b.module }}.examples` runs those that only read."""

from __future__ import annotations

import datetime as dt

from msgspec import convert

from integrations.{{ b.module }} import {{ ([b.class_name] + b.models.names) | join(", ") }}

{% for e in b.examples %}

def {{ e.name }}({{ b.instance }}: {{ b.class_name }}) -> None:
    """{{ e.doc.summary | doc(4, 107, 7) }}"""
{% if e.form == "scan" %}
    for found in {{ b.instance }}.{{ e.name }}({{ e.shown }}):
        print(found)
{% elif e.form == "lock" %}
    with {{ b.instance }}.{{ e.name }}({{ e.shown }}) as held:
        print("held; whoever had it before had a lower number than", held.fence)
{% elif e.result == "None" %}
    {{ b.instance }}.{{ e.name }}({{ e.shown }})
    print("done")
{% else %}
    print({{ b.instance }}.{{ e.name }}({{ e.shown }}))
{% endif %}

{% endfor %}

def check_health({{ b.instance }}: {{ b.class_name }}) -> None:
    """Ask whether the server answers."""
    {{ b.instance }}.healthcheck()
    print("well")


READING = (check_health, {% for e in b.examples if e.reads %}{{ e.name }}, {% endfor %})


def main() -> None:
    """Run the examples that only read."""
    with {{ b.class_name }}.from_config() as {{ b.instance }}:
        for example in READING:
            example({{ b.instance }})


if __name__ == "__main__":
    main()
