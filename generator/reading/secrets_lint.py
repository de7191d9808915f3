"""
Finds credentials that were written into the manifest, and hides them from every message.

Two kinds: text that looks like a credential wherever it stands, comments included, and values of keys that
hold credentials (``password``, ``auth.secret``, an ``Authorization`` header) but are not the name of an
environment variable.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.shapes import WORDS, Pointer

# (how it starts, what it is, the rest of it). The start is searched as plain text, which is fast.
_TOKENS: tuple[tuple[str, str, str], ...] = (
    ("ghp_", "a GitHub token", r"[A-Za-z0-9]{16,}"),
    ("gho_", "a GitHub token", r"[A-Za-z0-9]{16,}"),
    ("ghu_", "a GitHub token", r"[A-Za-z0-9]{16,}"),
    ("ghs_", "a GitHub token", r"[A-Za-z0-9]{16,}"),
    ("ghr_", "a GitHub token", r"[A-Za-z0-9]{16,}"),
    ("github_pat_", "a GitHub token", r"[A-Za-z0-9_]{16,}"),
    ("glpat-", "a GitLab token", r"[A-Za-z0-9_-]{16,}"),
    ("sk_live_", "a Stripe key", r"[A-Za-z0-9]{8,}"),
    ("sk_test_", "a Stripe key", r"[A-Za-z0-9]{8,}"),
    ("rk_live_", "a Stripe key", r"[A-Za-z0-9]{8,}"),
    ("whsec_", "a webhook secret", r"[A-Za-z0-9+/=]{16,}"),
    ("sk-", "an API key", r"(?=[\w-]*\d)[\w-]{20,}"),
    ("xox", "a Slack token", r"[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("xapp-", "a Slack token", r"[A-Za-z0-9-]{16,}"),
    ("hooks.slack.com/services/", "a Slack webhook", r"T[A-Za-z0-9_/]{16,}"),
    ("AKIA", "an AWS key", r"[A-Z0-9]{16}"),
    ("ASIA", "an AWS key", r"[A-Z0-9]{16}"),
    ("AIza", "a Google API key", r"[\w-]{30,}"),
    ("ya29.", "a Google token", r"[\w-]{16,}"),
    ("SG.", "a SendGrid key", r"[\w-]{16,}\.[\w-]{16,}"),
    ("npm_", "an npm token", r"[A-Za-z0-9]{30,}"),
    ("pypi-", "a PyPI token", r"[\w-]{40,}"),
    ("hf_", "a Hugging Face token", r"[A-Za-z0-9]{24,}"),
    ("dop_v1_", "a DigitalOcean token", r"[a-f0-9]{32,}"),
    ("shpat_", "a Shopify token", r"[A-Fa-f0-9]{24,}"),
    ("dapi", "a Databricks token", r"[a-f0-9]{32}"),
    ("AccountKey=", "an Azure key", r"[A-Za-z0-9+/=]{32,}"),
    ("eyJ", "a JSON Web Token", r"[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    ("Bearer ", "a bearer token", r"(?=\S*\d)[\w.~+/-]{16,}=*"),
    ("Basic ", "a password", r"(?=\S*[\d=])[A-Za-z0-9+/]{16,}=*"),
    ("-----BEGIN ", "a private key", r"(?:[A-Z]+ )*PRIVATE KEY-----(?:\s*[A-Za-z0-9+/=]{16,})*"),
)
_COMPILED = tuple((start, what, re.compile(re.escape(start) + rest)) for start, what, rest in _TOKENS)
_PASSWORD = re.compile(r"://(?P<user>[^\s/@:?#\"']*):(?P<secret>[^\s/\"'#]+)@")
_QUERY = re.compile(
    r"[?&](?:\w*(?:api_?key|token|secret|password|signature))=(?P<secret>[^&\s\"'{}$<#]{8,})", re.I
)

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*\Z")
REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-[^}]*)?\}")
_NAMES_A_VARIABLE = re.compile(r"(?:^|_)secret\Z")
_HOLDS_A_SECRET = re.compile(
    r"(?:^|[_-])(?:password|passwd|token|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|credentials?)\Z"
    r"|^(?:proxy-)?authorization\Z|^cookie\Z",
    re.IGNORECASE,
)
_CONFIGURES = re.compile(r"auth|header|cookie|credential|connection|sasl|tls|login")


@dataclass(frozen=True, slots=True)
class Leak:
    """A credential in the text; only its first ``shown`` characters, which say what it is, may be shown."""

    offset: int
    what: str
    secret: str
    shown: int


def leaks(text: str) -> list[Leak]:
    """Everything in a text that looks like a credential, in order, each once."""
    found = sorted((*_tokens(text), *_in_urls(text)), key=lambda leak: leak.offset)
    apart: list[Leak] = []
    for leak in found:
        if not apart or leak.offset >= apart[-1].offset + len(apart[-1].secret):
            apart.append(leak)
    return apart


def _tokens(text: str) -> Iterator[Leak]:
    for start, what, pattern in _COMPILED:
        at = text.find(start)
        while at >= 0:
            inside_word = at > 0 and (text[at - 1].isalnum() or text[at - 1] in "_-")
            if not inside_word and (found := pattern.match(text, at)):
                yield Leak(at, what, found[0].rstrip(), len(start))
            at = text.find(start, at + 1)


def _in_urls(text: str) -> Iterator[Leak]:
    at = text.find("://")
    while at >= 0:
        found = _PASSWORD.match(text, at)
        if found and not _is_placeholder(found["secret"]):
            yield Leak(found.start("secret"), "a password", found["secret"], 0)
        at = text.find("://", at + 3)
    for found in _QUERY.finditer(text) if "=" in text else ():
        yield Leak(found.start("secret"), "a credential", found["secret"], 0)


def misplaced(entry: Mapping[str, Any]) -> Iterator[tuple[Pointer, str, str]]:
    """Values of credential keys that name no variable: pointer inside the entry, message, what to hide."""
    for at, values in _configuration(entry):
        for key, value in values.items():
            if isinstance(value, str) and (message := _wrong(key, value)):
                yield (*at, key), message.format(variable(entry, (*at, key))), value


def _configuration(entry: Mapping[str, Any]) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """The mappings whose keys configure something; elsewhere ``password`` is a field's name."""
    sections: list[tuple[Pointer, Any]] = [(("requirements",), entry.get("requirements"))]
    environments = entry.get("environments")
    if isinstance(environments, dict):
        sections += [(("environments", name), facts) for name, facts in environments.items()]
    for at, section in sections:
        if isinstance(section, dict):
            yield at, section
            yield from (((*at, key), inner) for key, inner in section.items()
                        if isinstance(inner, dict) and _CONFIGURES.search(key))  # fmt: skip


def _wrong(key: str, value: str) -> str:
    """What is wrong with the value of such a key, with {} for the variable to use instead."""
    if _NAMES_A_VARIABLE.search(key) and not VARIABLE.match(value):
        if named := REFERENCE.fullmatch(value):
            return f"takes the variable's name alone. Write {named[1]}."
        return "holds a value (hidden here), not a variable's name. Put it in the environment and write {}."
    if _HOLDS_A_SECRET.search(key) and not _is_placeholder(value):
        return "holds a value (hidden here). Put it in an environment variable and write ${{{}}}."
    return ""


def _is_placeholder(value: str) -> bool:
    word = value.strip("[]? ")
    return not value or bool(REFERENCE.search(value)) or word in WORDS or value.startswith("<")


def variable(entry: Any, pointer: Pointer) -> str:
    """The environment variable to use for a credential at this place: ``GITHUB_TOKEN``, ``ORDERS_DB_URL``."""
    name = str(entry.get("name", "")) if isinstance(entry, dict) else ""
    words = [name or "SERVICE"]
    if pointer[:1] == ("environments",) and len(pointer) > 1:
        words.append(str(pointer[1]))
    words.append(_kind(str(pointer[-1]) if pointer else "", entry, pointer))
    text = re.sub(r"[^A-Z0-9]+", "_", "_".join(words).upper()).strip("_")
    return text if VARIABLE.match(text) else f"SERVICE_{text}"


def _kind(key: str, entry: Any, pointer: Pointer) -> str:
    if key == "base_url":
        return key
    if key.endswith(("url", "uri", "connection_string", "dsn", "broker", "endpoint")):
        return "URL"
    if key == "secret":
        kind = str(_at(entry, (*pointer[:-1], "type")) or _at(entry, ("requirements", "auth_type")) or "")
        return {"api_key": "API_KEY", "basic": "PASSWORD"}.get(kind, "TOKEN")
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", key) and key.lower() not in (
        "authorization",
        "cookie",
        "default",
    ):
        return key.removesuffix("_secret")
    return "TOKEN"


def _at(value: Any, pointer: Pointer) -> Any:
    for step in pointer:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def hide(message: str, secrets: Collection[str]) -> str:
    """The message without any credential in it."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 3:
            message = message.replace(secret, "…")
    for leak in leaks(message):
        message = message.replace(leak.secret, f"{leak.secret[: leak.shown]}…")
    return message
