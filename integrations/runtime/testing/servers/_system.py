"""What a system is to the test kit: where its server is found, how it is started, and what its address is.

One module a system defines ``SYSTEM``, an object of a class below `System`; the package finds the modules by
their names, so a new system is one new file (and ``requirements/<name>.txt`` where it comes by pip).
"""

from __future__ import annotations

import shutil
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ._keeper import Keeper

Fidelity = Literal["real", "vendor emulator", "emulator"]
Keeps = Literal["killed", "stopped", "nothing"]  # what of its data is there after a restart
HOST = "127.0.0.1"
UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Found:
    """A server that could be started (or, for an address, that somebody else runs).

    Args:
        program: what is run; for an address, an empty path.
        version: of the server, with the product's name where that is not the system's: "Valkey 9.0.1".
        origin: "address", "installed", "pip" or "in process".
    """

    program: Path
    version: str
    fidelity: Fidelity
    origin: str


@dataclass(slots=True, eq=False)
class Box:
    """One server's own things: they stay the same when it restarts."""

    found: Found
    folder: Path
    port: int
    password: str
    keeper: Keeper
    ports: dict[str, int] = field(default_factory=dict)
    spaces: int = 0  # how many fresh ones were given away

    @property
    def data(self) -> Path:
        return self.folder / "data"


@dataclass(frozen=True, slots=True)
class Command:
    """One process of a server, in the order of starting."""

    words: Sequence[str | Path]
    env: Mapping[str, str] = field(default_factory=dict)


class System:
    """One system, and the server that stands for it in the tests."""

    name = ""  # as in the manifest's variants: "postgresql"
    title = ""  # as people write it: "PostgreSQL"
    missing = ""  # what to say where no server was found
    keeps: Keeps = "killed"
    in_process = False  # a library: there is no server to start, stop or kill
    unprivileged = False  # where this process is root's, it is run as a user that is not
    stop = signal.SIGTERM
    patience = 60.0  # seconds to be ready

    def installed(self) -> Found | None:
        """Find a server that the machine has."""
        return None

    def packaged(self, environment: Path) -> Found | None:
        """Find one among what pip installed into an environment."""
        return None

    def kept(self, found: Found) -> Keeps:
        """Return what of its data is there after a restart."""
        return self.keeps

    def prepare(self, box: Box) -> None:
        """Do once what comes before the first start."""

    def commands(self, box: Box) -> Sequence[Command]:
        """Return the processes that make the server; none where it is in this process."""
        return ()

    def ready(self, box: Box) -> bool:
        """Say whether clients can be served; errors of the network count as no."""
        return listens(box.port)

    def killed(self, box: Box) -> None:
        """Clear away what a killed server leaves outside its folder."""

    def url(self, box: Box) -> str:
        raise AssertionError(f"{self.name} has no address")

    def fresh(self, url: str, name: str, box: Box | None) -> str:
        """Return the address of a fresh, empty space, or *url* itself where the system has no spaces.

        Args:
            name: letters, digits and underscores, unique in this run.
            box: None where somebody else runs the server.
        """
        return url

    def drop(self, url: str) -> None:
        """Remove a space of a server that somebody else runs."""

    def asked(self, url: str) -> str:
        """Ask a server that somebody else runs for its version; UNKNOWN where it tells none."""
        return UNKNOWN


def listens(port: int, host: str = HOST) -> bool:
    """Say whether somebody accepts connections."""
    with socket.create_connection((host, port), 0.5):
        return True


def exchange(host: str, port: int, sent: bytes = b"", *, until: bytes = b"", most: int = 65_536) -> bytes:
    """Send bytes and return what comes back first, or all of it up to a mark."""
    with socket.create_connection((host, port), 2.0) as connection:
        if sent:
            connection.sendall(sent)
        answer = connection.recv(most)
        while until and until not in answer and len(answer) < most:
            more = connection.recv(most)
            if not more:
                break
            answer += more
        return answer


def on_path(*programs: str, folders: Sequence[str] = ("/usr/sbin", "/usr/local/sbin")) -> Path | None:
    """Return the first of these programs that the machine has; servers are often outside a user's PATH."""
    for program in programs:
        if path := shutil.which(program):
            return Path(path)
        for folder in folders:
            if (path := shutil.which(program, path=folder)) is not None:
                return Path(path)
    return None


def site_packages(environment: Path) -> Path | None:
    """Return where an environment keeps what pip installed."""
    return next(iter(sorted(environment.glob("lib/python3.*/site-packages"))), None)


def distribution(environment: Path, name: str) -> str:
    """Return the version of an installed distribution, from its folder's name; "" where it is not there."""
    site = site_packages(environment)
    found = sorted(site.glob(f"{name}-*.dist-info")) if site else []
    return found[-1].name.removesuffix(".dist-info").rpartition("-")[2] if found else ""


def script(environment: Path, program: str, package: str, *, product: str = "") -> Found | None:
    """Find an emulator that pip installed: a script of the environment, and the version of its package."""
    path = environment / "bin" / program
    version = distribution(environment, package)
    if not version or not path.exists():
        return None
    return Found(path, f"{product or package} {version}", "emulator", "pip")
