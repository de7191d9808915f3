{% from "tests" import each, setup, tables %}
{% set b = cookiecutter._b %}
{% set g = cookiecutter._p %}
{% set t = g.test %}
# Generated from integrations.yaml, entry "{{ b.name | comment }}"; see {{ b.module }}_adapter.py for how to change it.
"""{{ b.service | doc(0, 100, 3) }} without a network: what `{{ g.name }}` holds, blocking and async."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
{% if not b.wrapped %}
from msgspec import convert, to_builtins
{% endif %}

from integrations.{{ b.module }} import {{ ([b.class_name, b.async_name] + g.imports.test_models) | join(", ") }}
from integrations.runtime import {{ g.imports.errors | join(", ") }}
from integrations.runtime.http import AsyncDownload, Download
from integrations.runtime.testing import ScriptedService, error_table{{ ", plain, typed" if b.wrapped }}

{{ setup(b, t) }}
{{ each(b, t) }}
{{ tables(b, t, false) }}
