"""Where a document may be downloaded from: the web's public part, over https, by a URL that holds no secret.

``check`` judges a URL as it is written, ``places`` the addresses that its host stands for, before anything
is connected to. A host that the manifest allows (``defaults.spec_hosts``) may be a private one and speak
plain http; this machine itself must be called by its name. No message shows a query or a password.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from generator.errors import SpecError
from generator.reading import secrets_lint

LONGEST = 2000
_PORTS = {"https": 443, "http": 80}
_TELLING = re.compile(
    r"(?i)(?:^|[_.-])(?:token|secret|sig|signature|password|passwd|pwd|auth|authorization|credentials?|jwt|sas|code)"
    r"(?:$|[_.-])|(?:api|access|auth|private)[_-]?key|token$|^key$|^x-amz-|^x-goog-"
)
_ODD = re.compile(r"[\s\x00-\x1f\x7f\\]")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart; *target* is its path and query, ready for a request."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, as a URL begins."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    @property
    def shown(self) -> str:
        """The URL without its query, which might hold a secret."""
        return self.origin + self.target.partition("?")[0]

    def next_to(self, path: str) -> Address:
        """Another file, by its path as seen from this one's folder."""
        folder = self.target.partition("?")[0].rpartition("/")[0]
        return Address(self.scheme, self.host, self.port, f"{folder}/{quote(path)}")

    def led_to(self, location: str) -> Address:
        """Where a redirection leads. Raises SpecError."""
        return parse(urljoin(self.origin + self.target, location))


def is_url(text: str) -> bool:
    """Is it an address rather than a file's path?"""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text) is not None


def parse(url: str) -> Address:
    """Take a URL apart. Raises SpecError where it is none, or holds a user's name."""
    if len(url) > LONGEST or _ODD.search(url):
        raise SpecError(
            "the URL is over 2,000 characters long or holds spaces. Write it as https://host/path."
        )
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except ValueError:
        raise SpecError("this is no URL. Write it as https://host/path.") from None
    if parts.scheme not in _PORTS or not host:
        raise SpecError(
            "documents are downloaded over https alone. Write https://host/path, or a file's path."
        )
    if "@" in parts.netloc:
        raise SpecError("the URL holds a user's name or password. Download the file, and give its path.")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._')}" if parts.query else ""
    return Address(parts.scheme, host.lower(), port or _PORTS[parts.scheme], target + query)


def check(url: str, hosts: Collection[str] | None = None) -> Address:
    """Judge a URL that is to be written down; *hosts* are those that the manifest allows, None for any.

    Raises:
        SpecError: it is none, holds what looks like a credential, or is plain http.
    """
    address = parse(url)
    query = address.target.partition("?")[2]
    told = any(_TELLING.search(name) for name, _ in parse_qsl(query, keep_blank_values=True))
    if told or secrets_lint.leaks(url):
        said = f"{address.shown}: the URL holds what looks like a credential, which no file may."
        raise SpecError(f"{said} Download the document, and give its path.")
    secure(address, hosts)
    return address


def secure(address: Address, hosts: Collection[str] | None) -> None:
    """Raises SpecError for plain http to another machine, unless the manifest allows the host."""
    allowed = hosts is None or address.host in hosts or is_here(address.host)
    if address.scheme == "http" and not allowed:
        raise SpecError(
            f"{address.shown}: plain http can be changed on its way. Use https, or {allow(address)}"
        )


def is_here(host: str) -> bool:
    """Does the host's name itself say that it is this machine?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_follow(old: Address, new: Address, hosts: Collection[str]) -> None:
    """Raises SpecError where a redirection leads to a host that was not meant."""
    if old.scheme == "https" and new.scheme == "http":
        raise SpecError(f"{old.shown} leads from https to plain http. Use the document's own address.")
    same = old.host == new.host and (old.port == new.port or (old.port, new.port) == (80, 443))
    if not same and new.host not in hosts:
        raise SpecError(f"{old.shown} leads to {new.origin}. Use the address there, or {allow(new)}")
    secure(new, hosts)


def places(address: Address, hosts: Collection[str], lookup: Lookup | None = None) -> list[str]:
    """The IP addresses to connect to. Raises SpecError where there is none, or any is not meant for this."""
    try:
        found = list(dict.fromkeys((lookup or _look_up)(address.host, address.port)))
    except OSError:
        found = []
    if not found:
        raise SpecError(f"{address.origin}: there is no such host. Check the URL and the network.")
    for ip in found:
        if fault := _fault(_meant(ipaddress.ip_address(ip.partition("%")[0])), address, hosts):
            raise SpecError(f"{address.origin} {fault}")
    return found


def _look_up(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _meant(ip: IP) -> IP:
    """The IPv4 address that an IPv6 one wraps."""
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return inner or ip
    return ip


def _fault(ip: IP, address: Address, hosts: Collection[str]) -> str:
    if ip.is_loopback:
        return "" if is_here(address.host) else "is this machine itself. Call it localhost if that is meant."
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved:
        return "has an address that no document is served from. Download it, and give the file's path."
    if not ip.is_global and address.host not in hosts:
        return f"has a private address. If that is meant, {allow(address)}"
    return ""


def allow(address: Address) -> str:
    """The mend that lets a host be used after all, as the end of a sentence."""
    return f"allow the host: write spec_hosts: [{address.host}] under defaults in integrations.yaml."
