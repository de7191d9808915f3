"""Kafka: spoken by ``noida-db``, an emulator (Apache Kafka itself does not come by pip)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ._system import HOST, Box, Command, Found, Keeps, System, distribution, site_packages


class Kafka(System):
    name = "kafka"
    title = "Kafka"
    # Written once in a while, and at the end; what comes while it stops may be forgotten though confirmed.
    keeps: Keeps = "stopped"
    missing = "noida-db not found: python -m integrations.runtime.testing.servers install kafka"

    def packaged(self, environment: Path) -> Found | None:
        site = site_packages(environment)
        program = site / "noida_db" / "noida-db" if site else None  # its script would only stand between
        if program is None or not program.exists():
            return None
        if not os.access(program, os.X_OK):  # its script would see to that, at the first start
            program.chmod(program.stat().st_mode | 0o111)
        return Found(program, f"noida-db {distribution(environment, 'noida_db')}", "emulator", "pip")

    def commands(self, box: Box) -> Sequence[Command]:
        where = ("--data-dir", box.data, "--host", HOST, "--only", "kafka", "--kafka-port", box.port)
        return (Command([box.found.program, "start", *map(str, where)]),)

    def url(self, box: Box) -> str:
        return f"kafka://{HOST}:{box.port}"


SYSTEM = Kafka()
