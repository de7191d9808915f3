"""A document in the repository, edited upstream: what is planned, written, and left as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from .conftest import Repository, make_repository

MANIFEST = """\
version: 1
integrations:
  - name: shop
    service: Shop
    spec: specs/shop.yaml
    requirements:
      exclude: ["* /internal/*"]
"""
SHOP = """\
openapi: 3.0.3
info: {title: Shop, version: "1"}
servers: [{url: https://shop.example/v1}]
paths:
  /orders:
    get:
      operationId: listOrders
      responses:
        "200":
          description: OK
          content: {application/json: {schema: {type: array, items: {$ref: types.yaml#/Order}}}}
    post:
      operationId: createOrder
      requestBody: {required: true, content: {application/json: {schema: {$ref: types.yaml#/Order}}}}
      responses:
        "201": {description: OK, content: {application/json: {schema: {$ref: types.yaml#/Order}}}}
  /v2/long/people:
    get:
      operationId: listPeople
      responses: {"200": {description: OK, content: {application/json: {schema: {type: object}}}}}
  /internal/reset:
    post: {responses: {"204": {description: Done}}}
"""
TYPES = """\
Order:
  type: object
  required: [id, total]
  properties: {id: {type: string}, total: {type: integer}}
"""


def lay(folder: Path) -> Repository:
    repository = make_repository(folder, MANIFEST)
    (folder / "specs").mkdir()
    (folder / "specs/shop.yaml").write_text(SHOP)
    (folder / "specs/types.yaml").write_text(TYPES)
    return repository


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = lay(tmp_path_factory.mktemp("documents") / "repo")
    repository.generate()
    return repository


@pytest.fixture
def shop(pristine: Repository, tmp_path: Path) -> Repository:
    """A repository whose document was generated from; a copy for this test alone."""
    shutil.copytree(pristine.root, tmp_path / "repo", symlinks=True)
    return Repository(tmp_path / "repo")


def edit(repository: Repository, name: str, old: str, new: str) -> None:
    place = repository.root / "specs" / name
    text = place.read_text()
    assert text.count(old) == 1
    place.write_text(text.replace(old, new))


def methods(repository: Repository) -> set[str]:
    text = (repository.root / "integrations/shop/shop_adapter.py").read_text()
    return {line.split("(")[0].split()[-1] for line in text.splitlines() if line.startswith("    def ")}


def test_every_chosen_operation_is_a_method_and_nothing_else_is(shop: Repository) -> None:
    assert methods(shop) == {"list_orders", "create_order", "list_people"}
    assert shop.run("plan").code == 0
    assert shop.run("check", "--rebuild").code == 0


def test_a_second_run_changes_no_byte_and_no_time(shop: Repository) -> None:
    files, stamps = shop.files(), shop.stamps()
    shop.generate()
    assert (shop.files(), shop.stamps()) == (files, stamps)


def test_an_operation_that_changed_upstream_is_named(shop: Repository) -> None:
    edit(shop, "shop.yaml", "operationId: createOrder", "operationId: createOrder\n      summary: Order it.")
    plan = shop.run("plan")
    assert plan.code == 2
    assert "specs/shop.yaml: POST /orders changed" in plan.out
    shop.generate()
    assert "Order it." in (shop.root / "integrations/shop/shop_adapter.py").read_text()
    assert shop.run("check", "--rebuild").code == 0


def test_a_file_that_the_document_refers_to_counts_as_the_document(shop: Repository) -> None:
    edit(shop, "types.yaml", "total: {type: integer}", "total: {type: number}")
    plan = shop.run("plan")
    assert plan.code == 2
    assert "GET /orders, POST /orders changed" in plan.out


def test_what_was_not_chosen_and_what_is_only_written_otherwise_plans_nothing(shop: Repository) -> None:
    edit(shop, "shop.yaml", "/internal/reset:", "/internal/restart:")
    assert shop.run("plan").code == 0
    place = shop.root / "specs/shop.yaml"
    place.write_text("# the same, sorted\n" + yaml.safe_dump(yaml.safe_load(place.read_text())))
    assert shop.run("plan").code == 0


def test_operations_come_and_go_by_name(shop: Repository) -> None:
    edit(shop, "shop.yaml", "  /v2/long/people:", "  /v2/long/staff:")
    out = shop.run("plan").out
    assert "GET /v2/long/staff added" in out
    assert "GET /v2/long/people removed" in out


def test_a_newcomer_never_takes_a_name_that_is_in_use(shop: Repository) -> None:
    newcomer = "  /people:\n    get:\n      operationId: listPeople\n      responses: {}\n  /v2/long/people:"
    edit(shop, "shop.yaml", "  /v2/long/people:", newcomer)
    shop.generate()
    text = (shop.root / "integrations/shop/shop_adapter.py").read_text()
    assert '"list_people", "GET", "/v2/long/people"' in text.replace("\n    ", " ")
    assert len(methods(shop)) == 4
    assert shop.run("check", "--rebuild").code == 0


def test_a_document_that_is_gone_or_broken_is_told_at_its_line(shop: Repository) -> None:
    place = shop.root / "specs/shop.yaml"
    place.write_text("openapi: 3.0.3\npaths: [1, {\n")
    broken = shop.run("plan")
    assert broken.code == 1
    assert "integrations.yaml:5:" in broken.err + broken.out
    assert "specs/shop.yaml" in broken.err + broken.out
    place.unlink()
    gone = shop.run("plan")
    assert gone.code == 1
    assert "is no file in this repository" in gone.err + gone.out
