"""A large adapter is laid out in groups: for each a property, a module, types and a suite, imported late."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from generator.gates import Subject, Verdict, judge
from generator.lock import canonical
from generator.patterns import IntegrationPattern

from .entries import api, entry
from .test_hostile import EVIL as EVIL_TEXTS
from .test_hostile import hostile

Resolve = Callable[[Mapping[str, Any]], dict[str, Any]]
Render = Callable[[Path, Sequence[Mapping[str, Any]]], Path]
MONEY = {"amount": "integer", "currency": {"enum": ["EUR", "USD"]}}
TYPES: dict[str, Any] = {
    "Money": MONEY,
    "Order": {"id": "string", "total": "Money", "lines": "[Line]"},
    "Line": {"sku": "string", "price": "Money?"},
    "Customer": {"id": "string", "credit": "Money", "name": "string"},
    "Card": {"number": "string"},
    "Iban": {"iban": "string"},
    "Payment": {"oneOf": ["Card", "Iban"]},
}
ENDPOINTS: list[Any] = [
    {
        "method": "GET",
        "path": "/orders",
        "name": "list_orders",
        "parameters": {"since": "date?", "status": {"enum": ["open", "paid"], "default": "open"}},
        "returns": ["Order"],
        "paginate": {"style": "page"},
    },
    {"method": "GET", "path": "/orders/{id}", "name": "fetch", "returns": "Order", "errors": {410: "Gone."}},
    {
        "method": "POST",
        "path": "/orders",
        "name": "create",
        "body": {"lines": ["Line"], "note": "string?", "payment": "Payment?"},
        "returns": "Order",
    },
    {"method": "GET", "path": "/orders/{id}/invoice", "returns": "bytes"},
    {"method": "GET", "path": "/customers/{id}", "name": "fetch", "returns": "Customer"},
    {"method": "DELETE", "path": "/customers/{id}", "name": "remove", "returns": None},
    {"method": "GET", "path": "/payments/{id}", "returns": "Payment", "deprecated": True},
]


def shop(name: str = "shop", **requirements: Any) -> dict[str, Any]:
    said = {
        "base_url": "https://api.shop.example",
        "auth": [
            {"type": "api_key", "name": "X-Api-Key", "secret": "SHOP_API_KEY"},
            {"type": "api_key", "name": "X-App-Key", "secret": "SHOP_APP_KEY"},
        ],
        "idempotency": "Idempotency-Key",
        "layout": "grouped",
        "endpoints": ENDPOINTS,
        "types": TYPES,
    }
    base = {"name": name, "service": "Shop", "environments": {"sandbox": "https://sandbox.shop.example"}}
    return entry(base, **{**said, **requirements})


# Paths whose groups are called like what an adapter, a module or Python has already.
TAKEN = ("metrics", "request", "close", "list", "import", "big", "models", "custom", "adapter", "issues")
ODD = (*TAKEN, "issues-models", "my-custom", "Big.Shop", "big_shop", "123", "__init__", "é", "test", "dt")


def odd() -> dict[str, Any]:
    """Every group has a type of its own that is called like a group's class, and one that all share."""
    types: dict[str, Any] = {
        "IssuesGroup": {"a": "string"},
        "AsyncListGroup": {"b": "Shared"},
        "Shared": MONEY,
    }
    endpoints: list[Any] = [{"method": "GET", "path": f"/{word}/{{id}}", "returns": "Shared"} for word in ODD]
    endpoints.append({"method": "GET", "path": "/issues", "returns": ["IssuesGroup"]})
    endpoints.append({"method": "POST", "path": "/list", "body": {"x": "AsyncListGroup"}, "returns": None})
    told = {"base_url": "https://big.example", "layout": "grouped", "endpoints": endpoints, "types": types}
    return entry({"name": "big", "service": "Big"}, **told)


ONE = api("GET /things", "GET /things/{id}", layout="grouped")
EVIL = hostile(EVIL_TEXTS, "evil")
EVIL["requirements"]["layout"] = "grouped"
ALL = {"shop": shop(), "big": odd(), "acme": ONE, "evil": EVIL}


@pytest.fixture(scope="module")
def grouped(rendered: Render, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("grouped"), list(ALL.values()))


@pytest.fixture(scope="module")
def verdicts(grouped: Path, pattern: IntegrationPattern, blueprint: Resolve) -> dict[str, Verdict]:
    subjects = []
    for name, raw in ALL.items():
        facts, folder = blueprint(raw), grouped / "integrations" / name
        subjects.append(
            Subject(
                name=name,
                module=name,
                entry=canonical(pattern.normalise(dict(raw))),
                public_names=tuple(facts["public"]),
                files=tuple(sorted(path.name for path in folder.iterdir() if path.is_file())),
                dependencies=pattern.folder.variants["rest"].dependencies,
                operations=facts["names"],
            )
        )
    return judge(grouped, subjects)


@pytest.mark.parametrize("name", ALL)
def test_every_gate_passes(verdicts: dict[str, Verdict], name: str) -> None:
    assert [str(finding) for finding in verdicts[name].findings] == []


def test_every_operation_conforms_and_every_public_name_is_documented(verdicts: dict[str, Verdict]) -> None:
    for verdict in verdicts.values():
        counts = verdict.counts
        assert counts["conformance"]["conforming"] == counts["conformance"]["operations"] > 0
        assert counts["documentation"]["documented"] == counts["documentation"]["public"] > 0


def test_a_group_has_a_module_types_and_a_suite(grouped: Path) -> None:
    names = {path.name for path in (grouped / "integrations/shop").glob("*.py")}
    assert names == {
        "__init__.py",
        "examples.py",
        "shop_adapter.py",
        "shop_custom.py",
        "shop_customers.py",
        "shop_customers_models.py",
        "shop_models.py",
        "shop_orders.py",
        "shop_orders_models.py",
        "shop_payments.py",
        "test_shop_adapter.py",
        "test_shop_customers.py",
        "test_shop_orders.py",
        "test_shop_payments.py",
    }


def test_the_adapter_reads_like_this(grouped: Path) -> None:
    source = (grouped / "integrations/shop/shop_adapter.py").read_text("utf-8")
    assert PROPERTY in source
    assert "class AsyncOrdersGroup(AsyncHttpGroup):" in (
        grouped / "integrations/shop/shop_orders.py"
    ).read_text("utf-8")


PROPERTY = '''
    @cached_property
    def customers(self) -> CustomersGroup:
        """Customers: `fetch` and `remove`."""
        from .shop_customers import CustomersGroup

        return CustomersGroup(self)
'''


def test_names_are_those_that_callers_write(blueprint: Resolve) -> None:
    names = blueprint(shop())["names"]
    assert names["GET /customers/{id}"] == "customers.fetch"
    assert names["POST /orders"] == "orders.create"


def classes(path: Path) -> set[str]:
    return {n.name for n in ast.parse(path.read_text("utf-8")).body if isinstance(n, ast.ClassDef)}


def test_a_type_that_two_groups_use_is_shared_and_so_is_what_it_refers_to(grouped: Path) -> None:
    folder = grouped / "integrations/shop"
    assert classes(folder / "shop_models.py") == {"Money", "Card", "Iban", "Payment"}
    assert classes(folder / "shop_orders_models.py") == {"Order", "Line"}
    assert classes(folder / "shop_customers_models.py") == {"Customer"}
    assert "import" not in (folder / "shop_models.py").read_text("utf-8").partition("OneOf")[2]


def python(root: Path, code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


LATE = """
import json, sys
from integrations.runtime.testing import ScriptedService
from integrations.shop import AsyncShopAdapter, ShopAdapter

def loaded():
    return sorted(n.removeprefix("integrations.shop.") for n in sys.modules if ".shop." in n)

steps = [loaded()]
secrets = {"SHOP_API_KEY": "k-e-y-1", "SHOP_APP_KEY": "k-e-y-2"}
with ScriptedService.running(ShopAdapter, AsyncShopAdapter, "sync", secrets=secrets) as service:
    service.replies(204)
    service.call(lambda shop: shop.customers.remove("1"))
    service.forget()
    assert service.adapter.customers is service.adapter.customers
steps.append(loaded())
import integrations.shop
integrations.shop.Order
steps.append(loaded())
print(json.dumps(steps))
"""


def test_nothing_is_imported_before_it_is_used(grouped: Path) -> None:
    first, called, typed = json.loads(python(grouped, LATE))
    assert first == ["shop_adapter", "shop_custom"]
    assert set(called) - set(first) == {"shop_customers", "shop_customers_models", "shop_models"}
    assert set(typed) - set(called) == {"shop_orders_models"}


def test_a_name_that_the_package_has_not_is_an_attribute_error(grouped: Path) -> None:
    code = "import integrations.shop\ntry: integrations.shop.Nothing\nexcept AttributeError as e: print(e)"
    assert python(grouped, code) == "module 'integrations.shop' has no attribute 'Nothing'"


def test_rendering_again_or_in_another_order_changes_no_byte(
    grouped: Path, rendered: Render, tmp_path: Path
) -> None:
    turned = shop(endpoints=ENDPOINTS[::-1], types=dict(reversed(TYPES.items())))
    other = rendered(tmp_path / "stage", [turned]) / "integrations/shop"
    for path in sorted((grouped / "integrations/shop").iterdir()):
        if path.is_file():
            assert (other / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_documentation_has_a_table_of_groups_and_one_for_each(grouped: Path) -> None:
    text = (grouped / "integrations/shop/SHOP_INTEGRATION.md").read_text("utf-8")
    assert "| [`shop.orders`](#orders) | 4 |" in text
    assert "\n### orders\n" in text
    assert "[`orders.create`](#orderscreate)" in text
    assert "\n#### orders.create\n" in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize("count", [60, 61])
def test_very_many_operations_are_told_in_tables_alone(blueprint: Resolve, count: int) -> None:
    facts = blueprint(api(*(f"GET /things/{{id}}/part{n}" for n in range(count)), layout="flat"))
    assert facts["detailed"] == (count <= 60)


def test_reasons_of_what_was_inferred_are_told(pattern: IntegrationPattern) -> None:
    normal = canonical(pattern.normalise(api("GET /things")))
    normal["requirements"]["endpoints"][0]["because"] = {"idempotent": "the verb says so"}
    facts = pattern.resolve(normal, {})
    (row,) = facts["inferred"]
    assert (row["call"], row["why"]) == ("list_things", "the verb says so")


def test_a_text_that_is_no_json_is_answered_as_text(pattern: IntegrationPattern) -> None:
    normal = canonical(pattern.normalise(api({"method": "GET", "path": "/ping", "returns": "string"})))
    normal["requirements"]["endpoints"][0]["media_returned"] = "text/plain"
    (test,) = pattern.resolve(normal, {})["test"]["operations"]
    assert test["reply"].endswith('headers={"Content-Type": "text/plain"}')
    assert test["reply"].startswith("body=b'")


def test_several_credentials_are_configured_and_told(grouped: Path) -> None:
    folder = grouped / "integrations/shop"
    one = "{type: api_key, secret: SHOP_API_KEY, name: X-Api-Key, in: header}"
    other = "{type: api_key, secret: SHOP_APP_KEY, name: X-App-Key, in: header}"
    assert f"auth: [{one}, {other}]" in (folder / "config.yaml").read_text("utf-8")
    text = (folder / "SHOP_INTEGRATION.md").read_text("utf-8")
    assert text.count("Every request carries the key of") == 2


def test_what_stays_open_is_told(rendered: Render, tmp_path: Path) -> None:
    endpoint = {"method": "GET", "path": "/x", "returns": "Odd"}
    stage = rendered(tmp_path / "stage", [api(endpoint, types={"Odd": {'a"b': "string"}})])
    text = (stage / "integrations/acme/ACME_INTEGRATION.md").read_text("utf-8")
    assert "## What stays open" in text
    assert "| `types.Odd` |" in text
    assert "\n\n\n" not in text
