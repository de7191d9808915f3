"""Bytes change only with what a fingerprint holds: skeleton, pattern, formatter or epoch."""

from __future__ import annotations

from dataclasses import replace

from generator import tree
from generator.lock import dumps
from generator.reconcile import prepare
from generator.verify import rebuild

from .conftest import CHECKOUT, Repository


def test_the_shipped_packages_are_what_this_generator_renders() -> None:
    differing = rebuild(prepare(CHECKOUT))
    assert not differing, "other bytes: raise GENERATOR_EPOCH in generator/render.py, then generate"


def test_a_change_that_no_fingerprint_holds_is_noticed(generated: Repository) -> None:
    lock = tree.observe(generated.root, ["pets"])["pets"].lock
    assert lock is not None
    adapter = lock.files["pets_adapter.py"]
    other = replace(lock, files={**lock.files, "pets_adapter.py": replace(adapter, sha256="0" * 64)})
    prepared = prepare(generated.root)
    assert not rebuild(prepared)
    tree.commit(generated.root, tree.Change("pets", {}, dumps(other)))
    assert rebuild(prepared) == ("integrations/pets/pets_adapter.py",)
