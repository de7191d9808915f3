"""What a manifest that is right gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from generator.errors import ManifestError
from generator.manifest import Entry, entry_of, load, raw_digest

from .stand_in import Catalog, read

FULL = """\
\ufeff# yaml-language-server: $schema=schema/integrations.schema.json
version: 1
fail_under: 90
defaults: {answers: offline, timeout: 45s}
integrations:
  - name: orders-api
    service: Orders
    type: api
    description: Orders of our shop.
    requirements: &base
      base_url: https://orders.example
      auth: {type: bearer, secret: ORDERS_TOKEN}
      endpoints:
        - GET /orders/{id}
        - method: POST
          path: /orders
          parameters:
            on: boolean
            since: {type: date, default: 2024-02-29}
            count: {type: integer, default: 012}
            hash: {type: string, default: 818307e00}
      types: {Order: {id: integer, 410: "string?"}}
    environments:
      sandbox: {base_url: https://sandbox.example, secret: SANDBOX_TOKEN, region: eu, account: 7}
    spec: specs/orders.yaml
    methods: {refund_order: Refund it.}
    budget_usd: 0.5
    owner: shop
    tags: [a, b]
    moved_from: orders
    disabled: true
  - {name: mirror, service: Orders, requirements: {<<: *base, base_url: "https://mirror.example"}}
  - {name: github, service: GitHub}
"""


def test_every_key_of_a_manifest_is_read(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/orders.yaml").touch()
    manifest = read(tmp_path, FULL)
    assert (manifest.path, manifest.answers, manifest.timeout) == ("integrations.yaml", "offline", "45s")
    assert manifest.fail_under == 90
    orders, mirror, github = manifest.entries
    assert (orders.name, orders.module, orders.service, orders.type) == (
        "orders-api",
        "orders_api",
        "Orders",
        "api",
    )
    assert orders.environments["sandbox"]["account"] == 7
    assert (orders.spec, orders.methods, orders.budget_usd) == (
        "specs/orders.yaml",
        {"refund_order": "Refund it."},
        0.5,
    )
    assert (orders.owner, orders.tags, orders.moved_from, orders.disabled) == (
        "shop",
        ("a", "b"),
        "orders",
        True,
    )
    assert mirror.requirements == {**orders.requirements, "base_url": "https://mirror.example"}
    assert github == Entry("github", "GitHub", digest=raw_digest({"name": "github", "service": "GitHub"}))


def test_scalars_mean_what_yaml_1_1_says_and_keys_are_text(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/orders.yaml").touch()
    requirements = read(tmp_path, FULL).entries[0].requirements
    parameters = requirements["endpoints"][1]["parameters"]
    assert parameters["on"] == "boolean"
    assert parameters["since"]["default"] == "2024-02-29"
    assert parameters["count"]["default"] == 10
    assert parameters["hash"]["default"] == "818307e00"
    assert requirements["types"]["Order"]["410"] == "string?"


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    manifest = read(tmp_path, "version: 1\nintegrations: []\n")
    assert (manifest.entries, manifest.answers, manifest.timeout, manifest.fail_under) == (
        (),
        "offline",
        "30s",
        0,
    )
    assert read(tmp_path, "version: 1\nintegrations: []\ndefaults: {timeout: 1.5}\n").timeout == "1.5s"


def test_order_comments_and_quotes_do_not_change_an_entrys_digest(tmp_path: Path) -> None:
    one = read(
        tmp_path, "version: 1\nintegrations:\n- name: github  # here\n  service: GitHub\n  tags: [a]\n"
    )
    two = read(tmp_path, 'version: 1\nintegrations: [{tags: ["a"], "service": \'GitHub\', name: github}]\n')
    assert one.entries[0].digest == two.entries[0].digest
    assert re.fullmatch("[0-9a-f]{64}", one.entries[0].digest)


def test_known_entries_are_not_validated_again(tmp_path: Path) -> None:
    text = "version: 1\nintegrations:\n- {name: github, service: GitHub}\n- {name: b, service: GitHub}\n"
    known = {read(tmp_path, text).entries[0].digest}
    catalog = Catalog()
    load(tmp_path, catalog, known=known)
    assert catalog.checked == ["b"]


def test_names_are_compared_even_among_known_entries(tmp_path: Path) -> None:
    entry = {"name": "github", "service": "GitHub"}
    text = yaml.safe_dump({"version": 1, "integrations": [entry, entry]})
    with pytest.raises(ManifestError, match="already the name of the entry in line 2"):
        read(tmp_path, text, known={raw_digest(entry)})


def test_a_raw_entry_from_python_is_held_to_the_same_rules() -> None:
    entry = entry_of(
        {"name": "orders", "service": "Orders", "requirements": {"base_url": "https://x.example"}}, Catalog()
    )
    assert entry.requirements == {"base_url": "https://x.example"}
    raw = {
        "name": "Orders",
        "service": "Orders",
        "requirements": {
            "bas_url": 1,
            "rate_limit": 0,
            "auth": {"type": "bearer", "secret": "hunter2hunter2"},
        },
        "type": "api",
    }
    with pytest.raises(ManifestError) as caught:
        entry_of(raw, Catalog())
    text = str(caught.value)
    assert "'bas_url' is not a key here. Did you mean 'base_url'?" in text
    assert "rate_limit: '0' is under 1. Write 1 or more." in text
    assert "name: 'Orders' is no name" in text
    assert "auth.secret holds a value (hidden here)" in text
    assert "hunter2" not in text


@pytest.mark.parametrize(
    "raw", [{}, {"name": 5}, {"name": "a", "service": "GitHub", "requirements": {1: {2: None}}}]
)
def test_any_python_data_gets_problems_not_tracebacks(raw: dict[str, object]) -> None:
    with pytest.raises(ManifestError):
        entry_of(raw, Catalog())
