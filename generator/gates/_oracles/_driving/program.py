"""The process that calls every operation of a package: its one argument is a path to JSON.

It knows no document: it binds what it is given to the arguments of each method, calls the method in both
forms, plays the service, and writes down what left and what came back. Who reads the report judges.

Request: ``stage``, ``report``, ``package``, ``secrets`` {name: value}, ``base_url``, ``seconds`` (a call),
perhaps ``forms`` and ``forward`` (calls go to the service at base_url, for real), and ``operations``, each

    key, name (behind its group), path (names in the template's order), parameters [[place, name], …],
    fields (of the body; null: none, or not an object), needed (fields), body (whether there is one), calls

A call has ``values`` [[place, name, value], …], perhaps ``body``, ``replies`` (one of them is chosen by the
Accept header: {status, type, content}) and ``end``, what every request after the first is answered with.
Bytes travel as {"\\u0000bytes": base64}. A result is packed, see ``results``.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import ipaddress
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from generator.gates._oracles._driving.binding import Method, Refused
from generator.gates._oracles._driving.results import collected, gathered, packed
from generator.gates._oracles._driving.service import Clock, Forwarder, Service

MESSAGE = 300
Json = dict[str, Any]


class Stopped(BaseException):
    """A call took too long, or asked for another machine."""


class Lacking(Exception):
    """A valid answer has not what the adapter's types promise."""


def insist(record: logging.LogRecord) -> bool:
    """Refuse the leniency that the runtime has, and tells of, with answers of real services."""
    raise Lacking(record.getMessage())


def guard_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what would leave this machine; an audit hook sees every socket."""
    if event not in ("socket.getaddrinfo", "socket.connect", "socket.sendto", "socket.sendmsg"):
        return
    host = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    host = host[0] if isinstance(host, tuple) else host if event == "socket.getaddrinfo" else None
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    try:
        here = name in (None, "", "localhost") or ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        here = False
    if not here:
        raise Stopped(f"asked for {name}, and nothing may leave this machine")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """End what takes longer."""

    def too_long(number: int, frame: Any) -> None:
        raise Stopped(f"took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def outcome(service: Service, run: Callable[[Any], Any], method: Method, call: Json, seconds: float) -> Json:
    """Do one call; return what was sent, and what came back or was raised."""
    service.expect(call, method.paged)
    found: Json = {}
    try:
        with within(seconds):
            arguments = method.arguments(call)
            found["result"] = packed(run(lambda: method.function(**arguments)))
    except Refused as error:
        found["refused"] = str(error)
    except (Exception, Stopped) as error:
        found["raised"] = [kind.__name__ for kind in type(error).__mro__]
        found["message"] = " ".join(str(error).split())[:MESSAGE]
        body = getattr(error, "body", b"")
        found["body"] = base64.b64encode(body if isinstance(body, bytes) else b"").decode()
    return {**found, "requests": service.seen}


def adapters(package: Any) -> tuple[Any, Any]:
    """Return the blocking and the async adapter that a package exports."""
    names = [name for name in getattr(package, "__all__", dir(package)) if name.endswith("Adapter")]
    plain = next(name for name in names if not name.startswith("Async"))
    return getattr(package, plain), getattr(package, f"Async{plain}")


def drive(request: Json, form: str, kind: Any) -> Iterator[tuple[Json, Json]]:
    """Yield each operation with what one form did."""
    service = Forwarder() if request.get("forward") else Service()
    environ = {**request["secrets"], f"{kind.PACKAGE.upper()}_BASE_URL": request["base_url"]}
    adapter = kind.from_config(transport=service, clock=Clock(), environ=environ)
    with asyncio.Runner() as runner:

        def run(function: Callable[[], Any]) -> Any:
            return collected(function) if form == "sync" else runner.run(gathered(function))

        for operation in request["operations"]:
            try:
                method = Method(adapter, operation)
            except Exception as error:
                yield operation, {"lost": f"{type(error).__name__}: {error}"[:MESSAGE]}
                continue
            calls = [outcome(service, run, method, call, request["seconds"]) for call in operation["calls"]]
            told = {"unknown": method.binding.unknown, "paged": method.paged, "whole": method.binding.whole}
            yield operation, {**told, "takes": [list(wire) for wire in method.binding.takes], "calls": calls}


def main(request_path: str) -> NoReturn:
    """Drive the package of a request and write the report."""
    request = json.loads(Path(request_path).read_text(encoding="utf-8"))
    os.chdir(request["stage"])
    sys.path.insert(0, request["stage"])
    sys.addaudithook(guard_network)
    if not request.get("forward"):
        logging.getLogger("integrations").addFilter(insist)
    found: dict[str, Json] = {operation["key"]: {} for operation in request["operations"]}
    blocking, concurrent = adapters(importlib.import_module(request["package"]))
    for form, kind in (("sync", blocking), ("async", concurrent)):
        if form in request.get("forms", ("sync", "async")):
            for operation, told in drive(request, form, kind):
                found[operation["key"]][form] = told
    report = Path(request["report"])
    report.with_suffix(".part").write_text(json.dumps(found), encoding="utf-8")
    report.with_suffix(".part").rename(report)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # a thread that a package left behind must not keep the process
