"""Kafka: spoken by ``noida-db``, an emulator (Apache Kafka itself does not come by pip)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ._system import HOST, Box, Command, Found, System, script


class Kafka(System):
    name = "kafka"
    title = "Kafka"
    missing = "noida-db not found: python -m integrations.runtime.testing.servers install kafka"

    def packaged(self, environment: Path) -> Found | None:
        return script(environment, "noida-db", "noida_db", product="noida-db")

    def commands(self, box: Box) -> Sequence[Command]:
        where = ("--data-dir", box.data, "--host", HOST, "--only", "kafka", "--kafka-port", box.port)
        return (Command([box.found.program, "start", *map(str, where)]),)

    def url(self, box: Box) -> str:
        return f"kafka://{HOST}:{box.port}"


SYSTEM = Kafka()
