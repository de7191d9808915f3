"""The guide's calls with a database, as people copy them: explicit, detected, in parallel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from generator import DatabaseIntegrationPattern, IntegrationBuilder, SmartOrchestrator
from generator.errors import ManifestError

POSTGRESQL: dict[str, Any] = {"connection_string": "postgresql://localhost/dbname", "pool_size": 10}


@pytest.fixture
def builder() -> IntegrationBuilder:
    return IntegrationBuilder(SmartOrchestrator(provider="offline"))


def test_the_type_may_be_said(builder: IntegrationBuilder, tmp_path: Path) -> None:
    package = builder.build_integration(
        service_name="PostgreSQL", integration_type="database", requirements=POSTGRESQL
    )
    assert package.metadata["pattern"] == "database"
    assert package.metadata["build_metrics"]["validation_score"] > 0
    folder = package.save_to_directory(tmp_path / "integrations" / "postgresql")
    assert (folder / "postgresql_adapter.py").is_file()
    assert "pool_size: 10" in (folder / "config.yaml").read_text()


def test_the_type_is_detected_by_the_scheme(builder: IntegrationBuilder) -> None:
    detected = builder.build_integration("Orders", requirements=POSTGRESQL)
    said = builder.build_integration("Orders", "database", POSTGRESQL)
    assert (detected.lock.pattern, detected.lock.variant) == ("database", "postgresql")
    assert detected.files == said.files
    assert DatabaseIntegrationPattern().matches(POSTGRESQL)


def test_databases_are_built_in_parallel(builder: IntegrationBuilder) -> None:
    wanted = {
        "PostgreSQL": "postgresql://localhost/dbname",
        "MySQL": "mysql://localhost/dbname",
        "SQLite": "sqlite:///orders.db",
    }

    def build(service: str) -> Any:
        return builder.build_integration(service, requirements={"connection_string": wanted[service]})

    with ThreadPoolExecutor(max_workers=3) as pool:
        packages = list(pool.map(build, wanted))
    assert [package.lock.variant for package in packages] == ["postgresql", "mysql", "sqlite"]
    assert len(builder.get_build_history()) == 3


def test_a_password_in_the_connection_string_is_refused(builder: IntegrationBuilder) -> None:
    with pytest.raises(ManifestError, match="holds a password") as caught:
        builder.build_integration(
            "PostgreSQL", requirements={"connection_string": "postgresql://u:s3cret@db/x"}
        )
    assert "s3cret" not in str(caught.value)
