{% from "package" import brief %}
{% set b = cookiecutter._b %}
{{ brief(b) -}}
"""How {{ b.service | doc(0, 80, 7) }} is used. `python -m integrations.{{ b.module }}.examples` asks whether the broker is there."""

from __future__ import annotations

import datetime as dt

from integrations.{{ b.module }} import {{ ([b.class_name] + b.shown_types) | join(", ") }}


def ask_the_broker({{ b.instance }}: {{ b.class_name }}) -> None:
    """See whether the broker answers."""
    {{ b.instance }}.healthcheck()
    print("the broker answers")

{% for c in b.channels %}
{% if c.publish %}

def {{ c.publish }}({{ b.instance }}: {{ b.class_name }}) -> None:
    """{{ c.summary | doc(4, 107, 7) }}"""
    print({{ b.instance }}.{{ c.publish }}({{ c.made }}))

{% endif %}
{% if c.consume %}

def {{ c.consume }}({{ b.instance }}: {{ b.class_name }}) -> None:
    """Print what comes, and stop when nothing came for five seconds."""
    print({{ b.instance }}.{{ c.consume }}(print, idle=5))

{% endif %}
{% endfor %}

def main() -> None:
    """Run the example that only asks."""
    with {{ b.class_name }}.from_config() as {{ b.instance }}:
        ask_the_broker({{ b.instance }})


if __name__ == "__main__":
    main()
