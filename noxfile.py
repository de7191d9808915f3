"""What people run: ``nox -s generate`` reconciles, ``nox -s test`` proves. ``nox -l`` lists the rest."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["generate", "test"]

ROOT = Path(__file__).parent
OWN = ("generator", "integrations/runtime", "tests", "benchmarks", "noxfile.py")
CHROMA = "chromadb==1.5.9"  # a REST server that publishes its own document
PRISM = "@stoplight/prism-cli@5.16.0"
# The runtime's own tests, some against real servers: run with the generated suites.
SUITES = ("integrations", "tests/runtime", "tests/sql", "tests/queues", "tests/database", "tests/servers")
PENDING = 2  # jackfield's exit code for "changes pending", which is what plan is asked for


def install(session: nox.Session) -> None:
    """Install the project, editable, unless this environment already holds this very pyproject.toml."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = Path(session.virtualenv.location) / "installed.sha256"
    if stamp.exists() and stamp.read_text() == digest:
        return
    session.install("-e", ".[dev]")
    stamp.write_text(digest)


@nox.session
def generate(session: nox.Session) -> None:
    """Bring integrations/ to what integrations.yaml says. Names narrow it: nox -s generate -- github"""
    install(session)
    session.run("jackfield", "generate", *session.posargs)


@nox.session
def plan(session: nox.Session) -> None:
    """Say what generate would do, and why."""
    install(session)
    session.run("jackfield", "plan", *session.posargs, success_codes=[0, PENDING])


@nox.session
def check(session: nox.Session) -> None:
    """Fail unless the tree is what the manifest says, byte for byte."""
    install(session)
    session.run("jackfield", "fmt", "--check")
    session.run("jackfield", "check", "--rebuild", *session.posargs)


@nox.session
def test(session: nox.Session) -> None:
    """Run every generated suite and the runtime's own, against real servers.

    nox -s test -- --require-servers   fails where a server is missing, instead of counting what did not run
    """
    install(session)
    servers(session)
    suites = [] if any(map(is_test, session.posargs)) else filter(is_test, SUITES)
    session.run("python", "-m", "pytest", "-q", "-p", "generator.suites", *session.posargs, *suites)


@nox.session
def unit(session: nox.Session) -> None:
    """Run the generator's own tests, two at a time; those of the runtime belong to `test`."""
    install(session)
    folders = sorted(map(str, Path("tests").glob("[a-z]*/")))
    own = [] if any(map(is_test, session.posargs)) else [folder for folder in folders if folder not in SUITES]
    at_once = () if own == [] else ("-n", "2", "--dist", "worksteal")
    session.run("python", "-m", "pytest", "-q", *at_once, *session.posargs, *own)


def is_test(argument: str) -> bool:
    """Say whether an argument of pytest names tests: a path, with or without a test's name behind it."""
    return not argument.startswith("-") and (ROOT / argument.partition("::")[0]).exists()


def servers(session: nox.Session) -> None:
    """Install what the checked-in packages import, as their locks say it, and the servers of their kinds."""
    locks = [json.loads(path.read_bytes()) for path in (ROOT / "integrations").glob("*/metadata.json")]
    wanted = sorted({name for lock in locks for name in lock["reproducible"]["dependencies"]})
    stamp = Path(session.virtualenv.location) / "drivers.txt"
    if wanted and (not stamp.exists() or stamp.read_text().splitlines() != wanted):
        session.install(*wanted)
        stamp.write_text("\n".join(wanted) + "\n")
    session.run("python", "-m", "integrations.runtime.testing.servers", "install")


@nox.session
def lint(session: nox.Session) -> None:
    """Lint and check the format of hand-written code; generated code has its gates."""
    install(session)
    patterns = sorted(map(str, Path("cookiecutters").glob("*/*.py")))
    session.run("ruff", "check", *OWN, *patterns)
    session.run("ruff", "format", "--check", *OWN, *patterns)


@nox.session
def types(session: nox.Session) -> None:
    """Type-check strictly: hand-written code and every adapter."""
    install(session)
    session.run("mypy", "generator", "integrations", "tests", "benchmarks")


@nox.session
def bench(session: nox.Session) -> None:
    """Print the benchmark tables (ratios measured in one run)."""
    install(session)
    servers(session)
    for script in sorted(Path("benchmarks").glob("[a-z]*.py")):
        if script.stem not in ("corpus", "model_e2e", "queue_faults"):  # long ones have their own sessions
            session.run("python", str(script), *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """Count every message while brokers are restarted: nox -s faults -- rabbitmq --messages 10000"""
    install(session)
    servers(session)
    session.run("python", "benchmarks/queue_faults.py", *session.posargs)


@nox.session
def corpus(session: nox.Session) -> None:
    """Build real documents whole, fetched when it runs: nox -s corpus -- stripe --json FILE"""
    install(session)
    kept = Path(session.virtualenv.location) / "corpus"  # what is fetched and installed, for the next run
    session.run("python", "benchmarks/corpus.py", "--work", str(kept), *session.posargs)


@nox.session(name="model-e2e")
def model_e2e(session: nox.Session) -> None:
    """Ask a local model what is open of the shipped entries: nox -s model-e2e -- --gguf FILE"""
    install(session)
    session.run("python", "benchmarks/model_e2e.py", *session.posargs)


@nox.session
def real(session: nox.Session) -> None:
    """Drive real servers through adapters made from their own documents; installs Chroma (large)."""
    install(session)
    chroma = Path(session.virtualenv.location).resolve() / "chroma"  # its dependencies are its own
    if not chroma.exists():
        session.run("python", "-m", "venv", str(chroma))
        session.run(str(chroma / "bin" / "pip"), "install", "--quiet", CHROMA, external=True)
    program = {"JACKFIELD_CHROMA": str(chroma / "bin" / "chroma")}
    tests = session.posargs or ["tests/acceptance/test_real_documents.py", "-q"]
    session.run("python", "-m", "pytest", *tests, env=program)


@nox.session
def crosscheck(session: nox.Session) -> None:
    """Compare the oracle of OpenAPI documents with Prism, over HTTP on this machine; needs npm."""
    install(session)
    program = prism(session)
    if not program:
        session.skip(f"npm is absent, or could not install {PRISM}")
    tests = session.posargs or ["tests/crosscheck", "-q", "-s"]
    session.run("python", "-m", "pytest", *tests, env={"JACKFIELD_PRISM": program})


def prism(session: nox.Session) -> str:
    """Install Prism into the session's own folder, unless it is there; return its program, or ""."""
    npm = shutil.which("npm")
    folder = Path(session.virtualenv.location).resolve() / PRISM.replace("/", "-")
    program = folder / "node_modules" / ".bin" / "prism"
    if npm is None or program.exists():
        return str(program) if program.exists() else ""
    folder.mkdir(parents=True, exist_ok=True)
    options = ("--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts")
    quiet = {"CI": "true", "npm_config_update_notifier": "false"}
    session.run(
        npm, "install", *options, PRISM, external=True, silent=True, success_codes=range(256), env=quiet
    )
    return str(program) if program.exists() else ""
