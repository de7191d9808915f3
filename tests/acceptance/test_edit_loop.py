"""Edit the manifest, plan, generate, check: what a platform engineer does in a pull request."""

from __future__ import annotations

import json
import shutil

from .conftest import PETS, Repository


def test_a_new_manifest_plans_creations_with_reasons_and_exits_2(repository: Repository) -> None:
    result = repository.run("plan")
    assert result.code == 2
    assert "+ pets" in result.out
    assert "new entry" in result.out
    assert "base_url" in result.out
    assert "2 to create" in result.out
    assert repository.files().keys() == {"__init__.py"}


def test_a_second_generate_changes_no_byte_and_no_time(generated: Repository) -> None:
    files, stamps = generated.files(), generated.stamps()
    generated.generate()
    assert generated.files() == files
    assert generated.stamps() == stamps
    assert generated.run("plan").code == 0
    assert generated.run("check", "--rebuild").code == 0


def test_an_edited_endpoint_is_named_with_its_reason_and_changes_only_its_folder(
    generated: Repository,
) -> None:
    before = generated.files()
    generated.edit("returns: Pet\n", "returns: Pet\n          errors: {409: The pet exists.}\n")
    plan = generated.run("plan")
    assert plan.code == 2
    assert "~ pets" in plan.out
    assert "endpoints[1].errors added" in plan.out
    assert "weather" not in plan.out
    generated.generate()
    changed = {path for path, data in generated.files().items() if before.get(path) != data}
    assert changed
    assert {path.split("/")[0] for path in changed} == {"pets"}
    assert generated.run("check").code == 0


def test_order_comments_quoting_and_explicit_defaults_plan_nothing(generated: Repository) -> None:
    head, pets, weather = PETS.partition("  - name: pets")[0], *_entries()
    noisy = weather.replace("service: Weather", 'service: "Weather"   # quoted')
    explicit = pets.replace("auth_type: bearer", "auth: {type: bearer}\n      timeout: 30s")
    generated.manifest.write_text(f"{head}  # weather comes first now\n{noisy}{explicit}")
    result = generated.run("plan")
    assert result.code == 0, result.out
    assert "2 unchanged" in result.out


def _entries() -> tuple[str, str]:
    _, pets, weather = PETS.replace("  - name:", "\0  - name:").split("\0")
    return pets, weather


def test_a_removed_entry_is_pruned_and_only_its_own_files_go(generated: Repository) -> None:
    note = generated.root / "integrations/weather/NOTES.txt"
    note.write_text("mine")
    pets, _ = _entries()
    generated.manifest.write_text(PETS.partition("  - name: pets")[0] + pets)
    assert "- weather" in generated.run("plan").out
    generated.generate()
    left = {path for path in generated.files() if path.startswith("weather/")}
    assert "weather/NOTES.txt" in left
    assert "weather/metadata.json" not in left
    assert "weather/weather_adapter.py" not in left
    assert generated.run("check").code == 0


def test_an_emptied_manifest_is_refused_until_allowed(generated: Repository) -> None:
    generated.manifest.write_text("version: 1\nintegrations: []\n")
    before = generated.files()
    refused = generated.run("generate")
    assert refused.code == 3
    assert "--allow-mass-delete" in refused.err
    assert generated.files() == before
    generated.generate("--allow-mass-delete")
    assert not any(path.startswith(("pets/", "weather/")) for path in generated.files())


def test_a_hand_edit_is_never_overwritten_without_the_word(generated: Repository) -> None:
    adapter = generated.root / "integrations/pets/pets_adapter.py"
    edited = adapter.read_bytes() + b"\n# mine\n"
    adapter.write_bytes(edited)
    plan = generated.run("plan")
    assert plan.code == 3
    assert "pets_adapter.py edited by hand" in plan.out
    generated.edit("tag: string?}\n          returns", "tag: string?, born: date?}\n          returns")
    refused = generated.run("generate")
    assert refused.code == 3
    assert "pets_adapter.py" in refused.out
    assert "--overwrite pets" in refused.out
    assert adapter.read_bytes() == edited
    generated.generate("--overwrite", "pets")
    assert b"# mine" not in adapter.read_bytes()
    assert generated.run("check", "--rebuild").code == 0


def test_the_custom_file_survives_every_regeneration(generated: Repository) -> None:
    custom = generated.root / "integrations/pets/pets_custom.py"
    mine = custom.read_bytes() + b"\n# mine\n"
    custom.write_bytes(mine)
    assert generated.run("plan").code == 0
    generated.edit("tag: string?}\n          returns", "tag: string?, born: date?}\n          returns")
    generated.generate()
    assert custom.read_bytes() == mine
    assert generated.run("check").code == 0


def test_a_rename_costs_nothing_and_takes_the_users_methods_along(generated: Repository) -> None:
    custom = generated.root / "integrations/pets/pets_custom.py"
    custom.write_text(custom.read_text() + "\n    def shout(self) -> str:\n        return 'mine'\n")
    generated.edit("- name: pets\n", "- name: animals\n    moved_from: pets\n")
    plan = generated.run("plan")
    assert "→ animals" in plan.out
    assert "moved from pets" in plan.out
    generated.generate()
    assert not (generated.root / "integrations/pets").exists()
    moved = (generated.root / "integrations/animals/animals_custom.py").read_text()
    assert "def shout" in moved
    assert "pets_adapter" not in moved
    assert generated.run("check").code == 0


def test_a_package_is_judged_with_the_users_own_file(generated: Repository) -> None:
    custom = generated.root / "integrations/pets/pets_custom.py"
    custom.write_text(custom.read_text().replace("pets_adapter", "pets_adaptor"))
    before = generated.files()
    generated.edit("tag: string?}\n          returns", "tag: string?, born: date?}\n          returns")
    refused = generated.run("generate")
    assert refused.code == 1
    assert "pets_adaptor" in refused.out
    assert generated.files() == before


def test_names_narrow_a_run(repository: Repository) -> None:
    repository.generate("pets")
    assert any(path.startswith("pets/") for path in repository.files())
    assert not any(path.startswith("weather/") for path in repository.files())
    unknown = repository.run("generate", "wether")
    assert unknown.code == 1
    assert "weather" in unknown.err


def test_plan_and_generate_speak_json(repository: Repository) -> None:
    plan = repository.run("plan", "--json")
    assert plan.code == 2
    assert [action["action"] for action in plan.json["actions"]] == ["create", "create"]
    done = repository.run("generate", "--json")
    assert done.code == 0
    assert {built["name"] for built in done.json["written"]} == {"pets", "weather"}
    listed = repository.run("list", "--json").json
    assert {entry["name"] for entry in listed} == {"pets", "weather"}
    shown = repository.run("show", "pets", "--json").json
    assert shown["name"] == "pets"
    scored = repository.run("score", "pets", "--json").json
    assert 0 < scored["total"] <= 100


def test_a_broken_lock_is_reported_and_rebuilt_not_a_crash(generated: Repository) -> None:
    lock = generated.root / "integrations/pets/metadata.json"
    whole = lock.read_bytes()
    lock.write_bytes(b"<<<<<<< ours\n" + whole + b"=======\n" + whole + b">>>>>>> theirs\n")
    plan = generated.run("plan")
    assert plan.code == 2
    assert "merge-conflict markers" in plan.out
    generated.generate()
    assert json.loads(lock.read_bytes())["reproducible"] == json.loads(whole)["reproducible"]


def test_a_deleted_tree_comes_back_byte_for_byte(generated: Repository) -> None:
    before = generated.files()
    for name in ("pets", "weather"):
        shutil.rmtree(generated.root / "integrations" / name)
    generated.generate("--allow-mass-delete")
    assert generated.files() == before
