"""The program that puts a command into its sandbox: ``python -I -S _sandboxed.py REQUEST COMMAND …``.

Standard library only, and nothing of the generator. REQUEST is JSON: ``walls`` (which of ``network``,
``tree`` and ``processes`` must be up; what cannot be put up ends the program before the command starts),
``writable`` (folders), ``limits`` (name of a resource limit to its value), ``most`` (processes). Without a
command it only tries the walls and prints those that stand.

Three processes: this one waits; its child is the first of a process namespace, so that whatever the command
leaves behind ends with it; the grandchild has no privileges left and becomes the command.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import glob
import json
import os
import pwd
import resource
import signal
import socket
import struct
import sys
import time
from typing import Any, NoReturn

LIBC = ctypes.CDLL(None, use_errno=True)
NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV, MS_NOEXEC = 0x1000, 0x4000, 0x40000, 2, 4, 8
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, ATTR_RDONLY = 442, -100, 0x8000, 1
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
PDEATHSIG, CAPBSET_DROP, SECUREBITS, NO_NEW_PRIVS = 1, 24, 28, 38
NOROOT_LOCKED, CAPABILITIES_V3, LAST_CAPABILITY = 0x2F, 0x20080522, 40
# Where a machine's services listen and keep what they are told, and what people keep at home, below ~.
SOCKETS = ("/run", "/var/run", "/tmp/.X11-unix", "/tmp/ssh-*")  # noqa: S108  # hidden, not written to
SECRETS = (".aws", ".azure", ".config", ".docker", ".gnupg", ".kube", ".local/share/keyrings", ".ssh")
FAILED = 126
PID_MAX_OF_ITS_OWN, FEWEST = (6, 14), 301  # Linux; the least that it takes
LOOK = 0.05  # seconds between two counts of the processes


class Refused(Exception):
    """This machine does not allow a wall."""


def main(arguments: list[str]) -> int:
    """Build the sandbox, run the command in it, and end as it ends."""
    request: dict[str, Any] = json.loads(arguments[0])
    if not arguments[1:]:
        return probe()
    try:
        enter(request["walls"])
    except Refused as error:
        print(f"the sandbox cannot be built: {error}", file=sys.stderr)
        return FAILED
    if "processes" not in request["walls"]:
        become(request, arguments[1:])
    return relay(request, arguments[1:])


def probe() -> int:
    """Print the walls that this machine lets us put up, each tried in a process of its own."""
    for walls in (["network"], ["network", "tree", "processes"]):
        child = os.fork()
        if child == 0:
            try:
                enter(walls)
                os._exit(relay({"walls": walls, "writable": [], "limits": {}, "most": 0}, ["/bin/true"]))
            except BaseException:
                os._exit(FAILED)
        if os.waitpid(child, 0)[1] == 0:
            print(*walls, flush=True)
    return 0


def enter(walls: list[str]) -> None:
    """Leave the machine's namespaces for fresh ones; as root without user namespaces, too."""
    if not walls:
        return
    spaces = (NEWNET if "network" in walls else 0) | (NEWNS | NEWPID | NEWIPC if "processes" in walls else 0)
    user, group = os.geteuid(), os.getegid()
    if LIBC.unshare(NEWUSER | spaces) == 0:
        for name, line in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            write(f"/proc/self/{name}", line)
    elif user != 0 or LIBC.unshare(spaces) != 0:
        raise Refused(f"namespaces: {reason()}")
    if "network" in walls:
        raise_loopback()


def raise_loopback() -> None:
    """Bring up the loopback interface, which is down in a fresh network."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            asked = struct.pack("16sh14x", b"lo", 0)
            flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, asked))[1]
            fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
    except OSError as error:
        raise Refused(f"loopback: {error.strerror}") from error


def relay(request: dict[str, Any], command: list[str]) -> int:
    """Run the command below a first process, and end as it ends, by the same signal if need be."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        first(request, command, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        status = told.read()
    os.waitpid(child, 0)
    code = struct.unpack("i", status)[0] if len(status) == 4 else -signal.SIGKILL
    if code < 0:
        if code != -signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return int(code)


def first(request: dict[str, Any], command: list[str], writing: int) -> NoReturn:
    """Be the first process: close the tree, start the command, end with it or when a swarm comes of it."""
    LIBC.prctl(PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    try:
        counted = close_tree(request["writable"], request["most"]) if "tree" in request["walls"] else False
        child = os.fork()
        if child == 0:
            os.close(writing)
            become(request, command)
        code = wait(child, request["most"] if counted else 0)
    except (Refused, OSError) as error:
        print(f"the sandbox cannot be built: {error}", file=sys.stderr, flush=True)
        code = FAILED
    os.write(writing, struct.pack("i", code))
    os._exit(0)


def wait(child: int, most: int) -> int:
    """Wait for the command, and for whatever else ends; a swarm of processes is ended."""
    while True:
        found, status = os.waitpid(-1, os.WNOHANG if most else 0)
        if found == child:
            return os.waitstatus_to_exitcode(status)
        if most and sum(name.isdigit() for name in os.listdir("/proc")) > most:
            print(f"more than {most} processes", file=sys.stderr, flush=True)
            return -signal.SIGKILL
        if not found:
            time.sleep(LOOK)


def close_tree(writable: list[str], most: int) -> bool:
    """Make every file read-only but *writable* folders, and hide other processes and the machine's sockets.

    *most* processes may then run at once. Return whether ``/proc`` shows the sandbox's own processes; where
    that may not be, it shows none.
    """
    here = os.getcwd()
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    for folder in writable:
        mount(folder, folder, "", MS_BIND | MS_REC)
    shut = MS_NOSUID | MS_NODEV | MS_NOEXEC
    for folder in hidden((here, sys.executable, sys.base_prefix, *writable)):
        mount("tmpfs", folder, "tmpfs", shut)
    own = bool(LIBC.mount(b"proc", b"/proc", b"proc", shut, None) == 0)
    if not own:
        mount("tmpfs", "/proc", "tmpfs", shut)
    elif most:
        bound_processes(most)
    set_read_only("/", on=True)
    for folder in writable:
        set_read_only(folder, on=False)
    os.chdir(here)
    return own


def hidden(needed: tuple[str, ...]) -> list[str]:
    """Return the folders that show nothing inside, unless something in them is needed."""
    listed = [*SOCKETS, *(f"{home()}/{name}" for name in SECRETS)]
    places = {os.path.realpath(place) for pattern in listed for place in glob.glob(pattern)}
    return sorted(
        place
        for place in places
        if os.path.isdir(place) and not any(f"{path}/".startswith(f"{place}/") for path in needed)
    )


def home() -> str:
    """Return the user's own home, whatever the environment says."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return "/nonexistent"


def bound_processes(most: int) -> None:
    """Bound the processes of this namespace, root's too; an older kernel has one bound for the machine."""
    if tuple(map(int, os.uname().release.split("-")[0].split(".")[:2])) >= PID_MAX_OF_ITS_OWN:
        with contextlib.suppress(Refused):  # they are counted too
            write("/proc/sys/kernel/pid_max", str(max(most, FEWEST)))


def mount(source: str, target: str, kind: str, flags: int) -> None:
    """Call mount(2)."""
    if LIBC.mount(source.encode(), os.fsencode(target), kind.encode() or None, ctypes.c_ulong(flags), None):
        raise Refused(f"mount {target}: {reason()}")


def set_read_only(folder: str, *, on: bool) -> None:
    """Call mount_setattr(2): a folder and whatever is mounted below becomes read-only, or no longer is."""
    wanted = struct.pack("4Q", ATTR_RDONLY if on else 0, 0 if on else ATTR_RDONLY, 0, 0)
    text = ctypes.create_string_buffer(wanted, len(wanted))
    name = os.fsencode(folder)
    if LIBC.syscall(MOUNT_SETATTR, AT_FDCWD, name, AT_RECURSIVE, text, ctypes.c_size_t(len(wanted))):
        raise Refused(f"read-only {folder}: {reason()}")


def become(request: dict[str, Any], command: list[str]) -> NoReturn:
    """Give up every privilege, take on the limits, and become the command."""
    try:
        if request["walls"]:
            drop_privileges()
        LIBC.prctl(NO_NEW_PRIVS, 1, 0, 0, 0)
        os.umask(0o077)
        for name, value in request["limits"].items():
            limit(getattr(resource, f"RLIMIT_{name}"), value)
        os.execv(command[0], command)  # noqa: S606  # to become the command is what this program is for
    except (OSError, ValueError) as error:
        print(f"the sandbox cannot be built: {error}", file=sys.stderr, flush=True)
    os._exit(FAILED)


def drop_privileges() -> None:
    """Give up what a user namespace gave; being root in it gives nothing back."""
    for capability in range(LAST_CAPABILITY + 1):
        LIBC.prctl(CAPBSET_DROP, capability, 0, 0, 0)
    LIBC.prctl(SECUREBITS, NOROOT_LOCKED, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_V3, 0)
    if LIBC.capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "capabilities cannot be dropped")


def limit(kind: int, value: int) -> None:
    """Set a limit, never above the one that there is."""
    most = resource.getrlimit(kind)[1]
    kept = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(kind, (kept, kept))


def write(path: str, text: str) -> None:
    """Write a file of /proc in one go."""
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error


def reason() -> str:
    """Return what the last call of libc complained about."""
    return os.strerror(ctypes.get_errno())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
