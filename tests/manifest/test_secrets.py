"""Credentials in the manifest: found wherever they stand, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.reading.secrets_lint import hide, leaks

from .stand_in import problems

ONE = "version: 1\nintegrations:\n  - name: orders-db\n    service: GitHub\n"
SECRETS = [
    ("ghp_" + "a1B2" * 9, "a GitHub token"),
    ("github_pat_" + "11ABC_" * 6, "a GitHub token"),
    ("glpat-" + "a1-b2" * 4, "a GitLab token"),
    ("sk_live_" + "4eC39Hq" * 3, "a Stripe key"),
    ("sk-proj-" + "a1b2C3d4" * 5, "an API key"),
    ("xoxb-1234567890-" + "abcdef", "a Slack token"),
    ("AKIA" + "ABCDEFGH12345678", "an AWS key"),
    ("AIza" + "SyA-1_" * 6, "a Google API key"),
    ("eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0." + "c2lnbmF0dXJl", "a JSON Web Token"),
    ("-----BEGIN " + "RSA PRIVATE KEY-----", "a private key"),
    ("Bearer " + "abcdef0123456789abcdef", "a bearer token"),
]


@pytest.mark.parametrize(("secret", "what"), SECRETS)
def test_a_token_is_refused_where_it_stands_and_never_shown(tmp_path: Path, secret: str, what: str) -> None:
    text = f'{ONE}    requirements:\n      headers: {{X-Thing: "{secret}"}}\n      # {secret}\n'
    value, comment = problems(tmp_path, text)
    assert value.startswith(f"6:26  headers.X-Thing holds {what}")
    assert value.endswith("Put the value in an environment variable and write ${ORDERS_DB_X_THING}.")
    assert comment.startswith(f"7:9  this line holds {what}")
    assert not any(secret[12:] in message for message in (value, comment))


@pytest.mark.parametrize(
    "lines",
    [
        "    environments: {live: {secret: hunter22}}\n",
        "    requirements:\n      base_url: https://x.at\n      auth: {type: hunter22, secret: hunter22}\n",
        "    requirements: {base_url: https://x.example, pagination: 'https://a:hunter22@b'}\n",
        "    owner: 'https://a:hunter22@b'\n    tags: ['//a:hunter22@b', 'https://a:hunter22@b']\n",
        "    requirements:\n      connection_string: 'postgres://a:hunter22@b\n",
    ],
)
def test_no_other_message_shows_it_either(tmp_path: Path, lines: str) -> None:
    told = problems(tmp_path, ONE + lines)
    assert told
    assert not any("hunter22" in message for message in told)


@pytest.mark.parametrize(
    "lines",
    [
        "      connection_string: ${ORDERS_DB_URL}\n",
        "      connection_string: postgres://app:${ORDERS_DB_PASSWORD}@db/orders\n",
        "      base_url: https://user@orders.example/a:b@c\n",
        "      auth: {type: bearer, secret: ORDERS_TOKEN}\n",
        "      headers: {Authorization: 'Token ${ORDERS_TOKEN}', X-API-Key: '${KEY}', Accept: a/b}\n",
        "      endpoints:\n        - {method: GET, path: /x, parameters: {password: string, token: any}}\n",
        "      types:\n        User: {password: string, secret: string, api_key: '[string]?'}\n",
        "      base_url: https://x.example/desk-2024-a-long-name-with-many-words\n",
    ],
)
def test_references_fields_and_ordinary_words_are_no_credentials(tmp_path: Path, lines: str) -> None:
    assert problems(tmp_path, f"{ONE}    requirements:\n{lines}") == []


@pytest.mark.parametrize(("secret", "what"), SECRETS)
def test_a_text_is_hidden_down_to_what_says_its_kind(secret: str, what: str) -> None:
    shown = hide(f"before {secret} behind", set())
    assert secret not in shown
    assert shown.endswith("… behind")
    assert [leak.what for leak in leaks(secret)] == [what]
