"""May an invented value be shown: no credential, and nobody's address, host or telephone number?"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from generator.modelling.fitting import shows
from generator.reading.secrets_lint import leaks

_RESERVED = re.compile(
    r"(?:[\w-]+\.)*(?:example(?:\.(?:com|org|net|edu))?|test|invalid|localhost)\Z", re.IGNORECASE
)
_HOST = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|ai|app|co|cloud|edu|gov|de|eu|uk|fr|nl)(?![\w.-])",
    re.IGNORECASE,
)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/@\s]*@)?([^/:?#\s]*)", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@([\w.-]+)")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_PHONE = re.compile(r"\+?\d[\d ().-]{7,}\d\Z")
_CALLED = re.compile(r"phone|mobile|msisdn|fax|(?:^|_)tel(?:_|$)|sms", re.IGNORECASE)
_RANDOM = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w+/=-]{24,}\Z")
_DOCUMENTED = tuple(
    map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "127.0.0.0/8"))
)


def faults(value: Any, name: str = "", *, shaped: bool = False) -> Iterator[str]:
    """What forbids to show *value* as that of *name*, each with its mend.

    *shaped* says that its look is declared, so that to look random tells nothing.
    """
    if not isinstance(value, str):
        return
    if leaks(value) or (_RANDOM.match(value) and not shaped):
        yield "it looks like a credential. Write a short made-up word."
        return
    if any(not _RESERVED.match(host) for host in _hosts(value)):
        yield "no real host or mail address. Write one under example.com."
    elif not shows(value):
        yield "it cannot be shown. Write a short text of plain characters."
    if any(not _is_documented(found) for found in _IPV4.findall(value)):
        yield "no real IP address. Write 192.0.2.1."
    if _is_telephone(value, name) and re.sub(r"\D", "", value)[-7:-2] != "55501":
        yield "no real telephone number. Write +12025550123."


def _hosts(text: str) -> list[str]:
    found = [*_URL.findall(text), *_MAIL.findall(text), *_HOST.findall(text)]
    return [host.rstrip(".") for host in found if host and not _IPV4.fullmatch(host)]


def _is_documented(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return True  # a version
    return any(address in network for network in _DOCUMENTED)


def _is_telephone(text: str, name: str) -> bool:
    return bool(_PHONE.match(text)) and (text.startswith("+") or bool(_CALLED.search(name)))
