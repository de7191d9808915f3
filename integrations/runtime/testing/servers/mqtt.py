"""MQTT: mosquitto where the machine has it, else amqtt, which keeps nothing and speaks 3.1.1 alone."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ._system import HOST, Box, Command, Found, Keeps, System, on_path, script


class Mqtt(System):
    name = "mqtt"
    title = "MQTT"
    missing = "mosquitto not found: scripts/install-servers"

    def installed(self) -> Found | None:
        program = on_path("mosquitto")
        if program is None:
            return None
        told = subprocess.run([program, "-h"], check=False, capture_output=True, text=True).stdout
        version = re.search(r"version (\S+)", told)
        return Found(program, f"mosquitto {version[1] if version else ''}".strip(), "real", "installed")

    def packaged(self, environment: Path) -> Found | None:
        return script(environment, "amqtt", "amqtt")

    def kept(self, found: Found) -> Keeps:
        return "nothing" if found.origin == "pip" else "stopped"

    def prepare(self, box: Box) -> None:
        box.data.mkdir()
        text = _mosquitto(box) if box.found.origin == "installed" else _amqtt(box)
        (box.folder / "server.conf").write_text(text)

    def commands(self, box: Box) -> Sequence[Command]:
        return (Command([box.found.program, "-c", box.folder / "server.conf"]),)

    def url(self, box: Box) -> str:
        return f"mqtt://{HOST}:{box.port}"


def _mosquitto(box: Box) -> str:
    lines = [
        f"listener {box.port} {HOST}",
        "allow_anonymous true",
        "persistence true",
        f"persistence_location {box.data}/",
        "autosave_interval 1",  # seconds; saving at every change writes all of it every time
        "max_queued_messages 0",
        "max_inflight_messages 0",
        *(["user root"] if os.geteuid() == 0 else []),  # it would become another user that cannot write here
    ]
    return "\n".join(lines) + "\n"


def _amqtt(box: Box) -> str:
    return f"""listeners:
  default: {{type: tcp, bind: "{HOST}:{box.port}"}}
plugins:
  amqtt.plugins.authentication.AnonymousAuthPlugin: {{allow_anonymous: true}}
"""


SYSTEM = Mqtt()
