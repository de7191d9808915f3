"""RabbitMQ: the machine's own, as a node with its own ports, its own epmd and its own folder."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from ._address import host_port, with_path
from ._system import HOST, Box, Command, Found, System, exchange, on_path

USER = "jackfield"
SPACES = 24  # virtual hosts, declared at the first start
SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # the one on the PATH changes the user, this does not
HELLO = b"AMQP\x00\x00\x09\x01"


class RabbitMQ(System):
    name = "rabbitmq"
    title = "RabbitMQ"
    missing = "rabbitmq-server not found: scripts/install-servers"
    unprivileged = True

    def installed(self) -> Found | None:
        if not SERVER.exists() or on_path("epmd") is None:
            return None
        folders = sorted(path.name for path in SERVER.parent.parent.glob("lib/rabbitmq_server-*"))
        return Found(SERVER, folders[-1].rpartition("-")[2] if folders else "", "real", "installed")

    def prepare(self, box: Box) -> None:
        box.ports = {"epmd": box.keeper.port(), "distribution": box.keeper.port()}
        settings = [
            f"listeners.tcp.1 = {HOST}:{box.port}",
            f"load_definitions = {box.folder}/definitions.json",
            "vm_memory_high_watermark.absolute = 1GB",
            "disk_free_limit.absolute = 50MB",
            "log.console = true",
            "log.console.level = warning",
            "log.file = false",
        ]
        (box.folder / "rabbitmq.conf").write_text("\n".join(settings) + "\n")
        (box.folder / "enabled_plugins").write_text("[].\n")
        (box.folder / "definitions.json").write_text(json.dumps(_definitions(box.password)))

    def commands(self, box: Box) -> Sequence[Command]:
        """epmd runs in the foreground, as a child like the node: by itself it would outlive the node."""
        epmd = Command([on_path("epmd") or "", "-port", str(box.ports["epmd"]), "-address", HOST])
        erlang = (
            "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +MBas ageffcbf"
        )
        env = {
            "RABBITMQ_NODENAME": f"jackfield{box.port}@localhost",
            "RABBITMQ_DIST_PORT": str(box.ports["distribution"]),
            "ERL_EPMD_PORT": str(box.ports["epmd"]),
            "ERL_EPMD_ADDRESS": HOST,
            "RABBITMQ_MNESIA_BASE": str(box.data),
            "RABBITMQ_LOG_BASE": str(box.folder / "logs"),
            "RABBITMQ_CONFIG_FILE": str(box.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(box.folder / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(box.folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": erlang,
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the node, so that our PID is the node's
            "NOTIFY_SOCKET": "",
            "HOME": str(box.folder),
            "LANG": "C.UTF-8",
        }
        return (epmd, Command([box.found.program], env))

    def ready(self, box: Box) -> bool:
        return b"RabbitMQ" in exchange(HOST, box.port, HELLO)

    def url(self, box: Box) -> str:
        return f"amqp://{USER}:{box.password}@{HOST}:{box.port}/s0"

    def fresh(self, url: str, name: str, box: Box | None) -> str:
        if box is None:
            return url
        box.spaces += 1
        if box.spaces == SPACES:
            raise AssertionError(f"{SPACES - 1} fresh virtual hosts were given away already")
        return with_path(url, f"s{box.spaces}")

    def asked(self, url: str) -> str:
        found = re.search(
            rb"version(?:S....)?([0-9]+[0-9.]+)", exchange(*host_port(url, 5672), HELLO), re.DOTALL
        )
        return found[1].decode() if found else "–"


def _definitions(password: str) -> dict[str, object]:
    hosts = [f"s{number}" for number in range(SPACES)]
    rights = {"user": USER, "configure": ".*", "write": ".*", "read": ".*"}
    return {
        "users": [{"name": USER, "password": password, "tags": "administrator"}],
        "vhosts": [{"name": host} for host in hosts],
        "permissions": [{**rights, "vhost": host} for host in hosts],
    }


SYSTEM = RabbitMQ()
