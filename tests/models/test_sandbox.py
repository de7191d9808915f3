"""What code that a model wrote can reach, from inside, at each level that this machine allows."""

from __future__ import annotations

import os
import pwd
import socket
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import sandbox, tools
from generator.errors import ToolError

LEVELS = (sandbox.NAMESPACE, sandbox.NETWORK, sandbox.LIMITS)
BEST = sandbox.level()

walled = pytest.mark.skipif(
    BEST != sandbox.NAMESPACE, reason=f"user, mount or process namespaces are not allowed here: {BEST}"
)
alone = pytest.mark.skipif(BEST == sandbox.LIMITS, reason="network namespaces are not allowed here")


def inside(code: str, home: Path, *, at: str = "", seconds: float = 20) -> tools.Run:
    """Run Python at a level, as gates do: with a cleared environment; *home* alone can be written."""
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return tools.run(sandbox.wrap(command, [home], at=at), cwd=home.parent, home=home, seconds=seconds)


def said(done: tools.Run) -> str:
    assert done.code == 0, done.err.decode()
    return done.out.decode().strip()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def outside() -> Iterator[int]:
    """A server on the machine's own loopback; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@walled
def test_a_server_of_the_machine_cannot_be_reached(home: Path, outside: int) -> None:
    code = f"""
        import socket
        try:
            socket.create_connection(("127.0.0.1", {outside}), timeout=5)
        except ConnectionRefusedError:
            print("refused")
    """
    assert said(inside(code, home)) == "refused"


@alone
def test_no_address_outside_has_a_way(home: Path) -> None:
    code = """
        import socket
        try:
            socket.create_connection(("192.0.2.1", 80), timeout=5)
        except OSError as error:
            print(error.strerror)
    """
    assert said(inside(code, home)) == "Network is unreachable"


@alone
def test_a_server_inside_can_be_reached(home: Path) -> None:
    code = """
        import socket
        with socket.create_server(("127.0.0.1", 0)) as server:
            with socket.create_connection(server.getsockname(), timeout=5) as client:
                server.accept()[0].sendall(b"hello")
                print(client.recv(5).decode())
    """
    assert said(inside(code, home)) == "hello"


@walled
@pytest.mark.parametrize("place", ["{tmp}/new", "{tmp}/old", "{checkout}/new", "/dev/shm/new", "/etc/new"])
def test_nothing_but_the_scratch_folder_can_be_written(home: Path, place: str) -> None:
    (home.parent / "old").write_text("kept")
    checkout = Path(__file__).resolve().parents[2]
    path = place.format(tmp=home.parent, checkout=checkout)
    done = inside(f"open({path!r}, 'w').write('changed')", home)
    assert done.code == 1
    assert b"Read-only file system" in done.err
    assert (home.parent / "old").read_text() == "kept"


@pytest.mark.parametrize("at", LEVELS[LEVELS.index(BEST) :])
def test_the_scratch_folder_can_be_written(home: Path, at: str) -> None:
    said(inside(f"open({str(home / 'new')!r}, 'w').write('kept')", home, at=at))
    assert (home / "new").read_text() == "kept"


@walled
@pytest.mark.parametrize(
    "call",
    [
        "libc.mount(None, b'/', None, 32 | 4096, None)",  # MS_REMOUNT | MS_BIND: writable again
        "libc.umount2(b'/proc', 2)",
        "libc.mount(b'none', b'/', b'tmpfs', 0, None)",
        "libc.sethostname(b'x', 1)",
    ],
)
def test_privileges_are_gone(home: Path, call: str) -> None:
    code = f"import ctypes; libc = ctypes.CDLL(None, use_errno=True); print({call}, ctypes.get_errno())"
    assert said(inside(code, home)).startswith("-1 ")


@walled
def test_a_namespace_of_its_own_gives_nothing_back(home: Path) -> None:
    code = f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        libc.unshare(0x10000000 | 0x20000)  # a user and a mount namespace, if that is allowed
        libc.mount(None, b"/", None, 32 | 4096, None)
        try:
            open({str(home.parent / "new")!r}, "w")
        except OSError as error:
            print(error.strerror)
    """
    assert said(inside(code, home)) == "Read-only file system"


@walled
def test_no_process_of_the_machine_can_be_seen(home: Path) -> None:
    code = f"""
        import os
        seen = sum(name.isdigit() for name in os.listdir("/proc"))
        print(os.path.exists("/proc/{os.getpid()}/environ"), seen <= 2)
        os.kill({os.getpid()}, 0)
    """
    done = inside(code, home)
    assert done.out.decode().split() == ["False", "True"]
    assert b"No such process" in done.err


@pytest.mark.parametrize("at", LEVELS[LEVELS.index(BEST) :])
def test_the_environment_is_clean(home: Path, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSEEK_API_KEY", "made-up-key")
    code = "import os; print('made-up-key' in str(os.environ), os.environ['HOME'], os.environ['TMPDIR'])"
    assert said(inside(code, home, at=at)) == f"False {home} {home}"


@pytest.mark.parametrize("at", LEVELS[LEVELS.index(BEST) :])
def test_memory_is_bounded(home: Path, at: str) -> None:
    done = inside("bytearray(1 << 33)", home, at=at)
    assert done.code == 1
    assert b"MemoryError" in done.err


@pytest.mark.parametrize("at", LEVELS[LEVELS.index(BEST) :])
def test_a_file_is_bounded(home: Path, at: str) -> None:
    code = f"""
        with open({str(home / "big")!r}, "wb") as file:
            file.truncate(1 << 40)
    """
    done = inside(code, home, at=at)
    assert done.code != 0
    assert (home / "big").stat().st_size <= 1 << 30


@pytest.mark.parametrize("at", LEVELS[LEVELS.index(BEST) :])
def test_open_files_are_bounded(home: Path, at: str) -> None:
    done = inside("files = [open('/dev/null') for _ in range(5000)]", home, at=at)
    assert b"Too many open files" in done.err


@pytest.mark.parametrize("at", LEVELS[LEVELS.index(BEST) :])
def test_an_endless_loop_ends_with_its_time(home: Path, at: str) -> None:
    started = time.monotonic()
    done = inside("while True: pass", home, at=at, seconds=1)
    assert done.timed_out
    assert time.monotonic() - started < 10


@walled
def test_a_swarm_of_processes_is_ended_whole(home: Path) -> None:
    code = """
        import os, time
        while True:
            try:
                os.fork()
            except OSError:
                time.sleep(0.01)
    """
    started = time.monotonic()
    done = inside(code, home, seconds=15)
    assert done.code < 0
    assert not done.timed_out
    assert time.monotonic() - started < 15
    assert b"processes" in done.err


@walled
def test_sockets_and_secrets_of_the_machine_are_hidden(home: Path) -> None:
    own = Path(pwd.getpwuid(os.geteuid()).pw_dir)
    places = [Path("/run"), *(own / name for name in (".aws", ".config", ".docker", ".kube", ".ssh"))]
    kept = [str(place) for place in places if place.is_dir() and os.listdir(place)]
    if not kept:
        pytest.skip("this machine has nothing there to hide")
    code = f"""
        import os
        for place in {kept!r}:
            print(os.listdir(place))
    """
    assert {*said(inside(code, home)).splitlines()} == {"[]"}


@walled
def test_what_a_command_leaves_behind_ends_with_it(home: Path) -> None:
    code = """
        import os, sys, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                sys.stdin.close()
                for number in range(200):
                    open("alive", "w").write(str(number))
                    time.sleep(0.05)
            os._exit(0)
        time.sleep(0.5)
    """
    said(inside(f"import os; os.chdir({str(home)!r})\n" + textwrap.dedent(code), home))
    before = (home / "alive").read_text()
    time.sleep(0.3)
    assert (home / "alive").read_text() == before


@pytest.mark.parametrize("at", LEVELS[LEVELS.index(BEST) :])
def test_exit_codes_signals_and_output_come_back(home: Path, at: str) -> None:
    done = inside("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", home, at=at)
    assert (done.code, done.out, done.err) == (3, b"out\n", b"err\n")
    assert inside("import os; os.kill(os.getpid(), 11)", home, at=at).ending == "was ended by SIGSEGV"
    assert inside("import os; os.abort()", home, at=at).ending == "was ended by SIGABRT"


@walled
def test_stopping_a_run_ends_the_sandbox(home: Path) -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    command = sandbox.wrap([sys.executable, "-c", "import time; time.sleep(60)"], [home])
    with pytest.raises(ToolError):
        tools.run(command, cwd=home, home=home, seconds=60, stop=stop)


@walled
def test_a_sandbox_that_cannot_be_built_runs_nothing(home: Path) -> None:
    command = [sys.executable, "-c", f"open({str(home / 'ran')!r}, 'w')"]
    wrapped = sandbox.wrap(command, [home, home.parent / "absent"])
    done = tools.run(wrapped, cwd=home, home=home, seconds=20)
    assert done.code == 126
    assert b"cannot be built" in done.err
    assert not (home / "ran").exists()


def test_a_level_says_what_it_lacks() -> None:
    assert sandbox.missing(sandbox.NAMESPACE) == ()
    assert sandbox.missing(sandbox.NETWORK) == ("tree", "processes")
    assert sandbox.missing(sandbox.LIMITS) == ("network", "tree", "processes")
    assert sandbox.level() in LEVELS
