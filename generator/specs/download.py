"""Downloads one document, within bounds of bytes and time, from nowhere but where it was said to be.

The address that was checked is the one that is connected to: a name is not looked up a second time. Nothing
of this machine's environment is sent along, neither proxies' nor .netrc's credentials nor cookies.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

from generator.errors import SpecError
from generator.specs.address import Address, Lookup, check, may_follow, places

T = TypeVar("T")
_HEADERS = {
    "accept": "application/json, application/yaml, text/yaml, */*;q=0.5",
    "accept-encoding": "identity",
    "user-agent": "jackfield",
}
_LED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Limits:
    """What all files of one document may cost together; *redirects* is for each."""

    bytes: int = 64 * 2**20
    seconds: float = 60
    redirects: int = 5


LIMITS = Limits()


@dataclass(slots=True)
class Downloads:
    """Fetches files, one after another, until the bytes or the time are used up. *lookup* resolves hosts."""

    hosts: Collection[str] = ()
    limits: Limits = LIMITS
    lookup: Lookup | None = None
    now: Callable[[], float] = time.monotonic
    came_from: Address | None = None  # where the last file was in the end
    _spent: int = 0
    _start: float = field(default=-1.0)

    def fetch(self, url: str) -> bytes:
        """The bytes of a document at a URL that may be written down. Raises SpecError."""
        return self.get(check(url, self.hosts))

    def get(self, address: Address) -> bytes:
        """The bytes at an address. Raises SpecError."""
        if self._start < 0:
            self._start = self.now()
        left = self._start + self.limits.seconds - self.now()
        return _within(left, lambda: self._follow(address), self._too_slow(address))

    def _follow(self, address: Address) -> bytes:
        for _ in range(self.limits.redirects + 1):
            answer = self._ask(address)
            if isinstance(answer, bytes):
                self.came_from = address
                return answer
            may_follow(address, answer, self.hosts)
            address = answer
        most = self.limits.redirects
        raise SpecError(f"{address.shown}: led on over {most} times. Use the document's own address.")

    def _ask(self, address: Address) -> bytes | Address:
        """One request: the body, or where the answer leads."""
        import httpx2

        error: Exception | None = None
        for ip in places(address, self.hosts, self.lookup)[:4]:
            try:
                return self._request(address, ip)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as failure:
                error = failure
            except httpx2.HTTPError as failure:
                error = failure
                break
        why = str(error) or type(error).__name__
        raise SpecError(f"{address.shown} cannot be downloaded: {why[:200]}. Check the URL and the network.")

    def _request(self, address: Address, ip: str) -> bytes | Address:
        import httpx2

        there = f"[{ip}]" if ":" in ip else ip
        url = f"{address.scheme}://{there}:{address.port}{address.target}"
        headers = {**_HEADERS, "host": address.origin.partition("://")[2]}
        named, trusted = {"sni_hostname": address.host}, httpx2.create_ssl_context()  # a company's own, too
        with (
            httpx2.Client(trust_env=False, verify=trusted, timeout=10, follow_redirects=False) as client,
            client.stream("GET", url, headers=headers, extensions=named) as answer,
        ):
            location = answer.headers.get("location")
            if answer.status_code in _LED and location:
                return address.led_to(location)
            if answer.status_code != 200:
                raise SpecError(_refused(address, answer.status_code))
            return self._body(answer, address)

    def _body(self, answer: Any, address: Address) -> bytes:
        parts = []
        for part in answer.iter_bytes():
            self._spent += len(part)
            if self._spent > self.limits.bytes:
                most = f"{self.limits.bytes / 2**20:.1f}"
                raise SpecError(
                    f"{address.shown}: over {most} MiB. Cut the document down, and give its path."
                )
            if self.now() - self._start > self.limits.seconds:
                raise self._too_slow(address)
            parts.append(part)
        return b"".join(parts)

    def _too_slow(self, address: Address) -> SpecError:
        most = f"{self.limits.seconds:g}"
        said = f"{address.shown}: not here after {most} seconds."
        return SpecError(f"{said} Try again, or download it and give the file's path.")


def _refused(address: Address, status: int) -> str:
    told = status in (401, 403)
    mend = "It wants a sign-in: download it, and give the file's path." if told else "Check the URL."
    return f"{address.shown} answered {status}. {mend}"


def _within(seconds: float, work: Callable[[], T], late: Exception) -> T:
    """What *work* gives, if it does in time; else it is left behind, since no socket can stop it sooner."""
    done: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()

    def run() -> None:
        try:
            value = work()
        except Exception as error:
            done.put(_raising(error))
        else:
            done.put(lambda: value)

    threading.Thread(target=run, daemon=True).start()
    try:
        result = done.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        raise late from None
    return result()


def _raising(error: Exception) -> Callable[[], NoReturn]:
    def fail() -> NoReturn:
        raise error

    return fail
