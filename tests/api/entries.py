"""Entries that the tests of the API pattern share."""

from __future__ import annotations

import copy
from typing import Any

GITHUB: dict[str, Any] = {
    "name": "github",
    "service": "GitHub",
    "description": "Repositories and issues of our organisation.",
    "requirements": {
        "base_url": "https://api.github.com",
        "auth": {"type": "bearer", "secret": "GITHUB_TOKEN"},
        "rate_limit": "5000/hour",
        "pagination": "link",
        "endpoints": [
            "GET /repos/{owner}/{repo}",
            {
                "method": "GET",
                "path": "/repos/{owner}/{repo}/issues",
                "name": "list_issues",
                "summary": "Issues of a repository, newest first.",
                "parameters": {
                    "state": {"type": "string", "enum": ["open", "closed", "all"], "default": "open"},
                    "since": "datetime?",
                },
                "returns": ["Issue"],
                "paginate": True,
            },
            {
                "method": "POST",
                "path": "/repos/{owner}/{repo}/issues",
                "name": "create_issue",
                "body": {"title": "string", "body": "string?", "labels": "[string]?"},
                "returns": "Issue",
                "errors": {410: "Issues are disabled in this repository."},
            },
        ],
        "types": {
            "Issue": {
                "number": "integer",
                "title": "string",
                "state": {"enum": ["open", "closed"]},
                "body": "string?",
                "created_at": "datetime",
            }
        },
    },
}

STRIPE: dict[str, Any] = {
    "name": "stripe",
    "service": "Stripe",
    "requirements": {
        "base_url": "https://api.stripe.com",
        "auth_type": "bearer",
        "secret": "STRIPE_SECRET_KEY",
        "encoding": "form",
        "idempotency": "Idempotency-Key",
        "pagination": {"style": "cursor", "parameter": "starting_after", "last": "id", "more": "has_more"},
        "endpoints": [
            {"method": "GET", "path": "/v1/charges", "returns": ["Charge"], "paginate": True},
            {
                "method": "POST",
                "path": "/v1/charges",
                "body": {"amount": "integer", "metadata": "object?", "shipping": {"name": "string?"}},
                "returns": "Charge",
                "errors": {402: "The card was declined."},
            },
            {"method": "DELETE", "path": "/v1/customers/{id}", "returns": None},
            {
                "method": "POST",
                "path": "/v1/files",
                "body": {"file": "file", "purpose": "string"},
                "returns": "any",
            },
            {"method": "GET", "path": "/v1/files/{id}/contents", "returns": "bytes"},
        ],
        "types": {
            "Charge": {"id": "string", "amount": "integer", "status": {"enum": ["succeeded", "failed"]}}
        },
    },
    "environments": {"sandbox": {"secret": "STRIPE_TEST_KEY"}},
}

ODD: dict[str, Any] = {
    "name": "odd-api",
    "service": "3D Odd",
    "requirements": {
        "base_url": "${ODD_API_BASE_URL}",
        "auth": {"type": "api_key", "name": "key", "in": "query"},
        "timeout": "5s",
        "retry": {"max_attempts": 1},
        "pagination": {"style": "offset", "size": 50},
        "endpoints": [
            "GET /api/v2/heartbeat",
            {"method": "HEAD", "path": "/api/v2/things/{id}"},
            {"method": "PUT", "path": "/api/v2/things/{id}/raw", "encoding": "binary", "returns": None},
            {"method": "GET", "path": "/api/v2/things", "returns": ["Thing"], "paginate": True},
            {"method": "POST", "path": "/api/v2/things", "body": ["Thing"], "returns": "integer"},
            {
                "method": "POST",
                "path": "/api/v2/things/{id}/query",
                "idempotent": True,
                "body": {"vector": ["number"], "top": {"type": "integer", "default": 10}},
                "returns": {"ids": [["string"]], "scores": "[number]?"},
            },
            {
                "method": "GET",
                "path": "/api/v2/from/{class}",
                "parameters": {
                    "class": {"type": "integer", "in": "path"},
                    "from": "date",
                    "page[size]": {"type": "integer", "default": 10},
                    "timeout": "integer?",
                    "trace": {"type": "string", "in": "header", "name": "X-Trace"},
                    "session": {"type": "string?", "in": "cookie"},
                    "tags": "[string]",
                },
                "returns": {"type": "object", "additionalProperties": "integer"},
            },
            {
                "method": "GET",
                "path": "/api/v2/events",
                "returns": ["Event"],
                "paginate": {
                    "style": "page",
                    "size_parameter": "per_page",
                    "size": 30,
                    "items": "data.events",
                },
            },
            {
                "method": "GET",
                "path": "/api/v2/logs",
                "returns": {"entries": ["Log"], "next": "string?"},
                "paginate": {"style": "cursor", "next": "next", "items": "entries"},
            },
            {
                "method": "GET",
                "path": "/api/v2/numbers",
                "returns": ["integer"],
                "paginate": {"style": "page"},
            },
            {"method": "GET", "path": "/api/v2/node", "returns": "Node"},
        ],
        "types": {
            "Thing": {"id": "string", "dimension": "integer?", "metadata": "object"},
            "Created": {
                "kind": {"const": "created"},
                "at": "datetime",
                "by": {"userName": "string", "lastSeen": "date"},
            },
            "Removed": {"kind": {"const": "removed"}, "reason": "string"},
            "Event": {"oneOf": ["Created", "Removed"]},
            "Log": {
                "date": "date?",
                "list": "[string]",
                "took": "duration",
                "raw": "bytes",
                "+1": "integer",
                "@type": "string",
                "either": {"oneOf": ["Thing", "Node"]},
            },
            "Node": {"value": "integer", "children": "[Node]", "parent": "Node?"},
        },
    },
}

NAME_ONLY: dict[str, Any] = {"name": "acme-crm", "service": "Acme CRM"}


def entry(base: dict[str, Any], **requirements: Any) -> dict[str, Any]:
    """A copy of *base* with every key of an entry, and some of its requirements replaced."""
    full = {"description": "", "environments": {}, "requirements": {}, **copy.deepcopy(base)}
    full["requirements"] |= requirements
    return full


def api(*endpoints: Any, **requirements: Any) -> dict[str, Any]:
    """An entry with these endpoints."""
    base = {"name": "acme", "service": "Acme"}
    return entry(
        base, **{"base_url": "https://api.example.com", "endpoints": list(endpoints), **requirements}
    )
