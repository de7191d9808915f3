"""What SQS and DynamoDB share: moto's server, an emulator that keeps nothing and checks no secret."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ._system import HOST, Box, Command, Found, Keeps, System, script


class Moto(System):
    keeps: Keeps = "nothing"

    def packaged(self, environment: Path) -> Found | None:
        return script(environment, "moto_server", "moto")

    def commands(self, box: Box) -> Sequence[Command]:
        return (Command([box.found.program, "-H", HOST, "-p", str(box.port)]),)

    def url(self, box: Box) -> str:
        return f"http://{HOST}:{box.port}"
