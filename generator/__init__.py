"""Jackfield: typed, tested adapters from one YAML file.

The Python API: ``IntegrationBuilder``, ``SmartOrchestrator``, ``IntegrationPackage``, ``IntegrationPattern``
with ``register_pattern``, and one class a pattern folder (``APIIntegrationPattern``, …), named by that
folder's ``pattern.yaml``. Everything is imported when it is first asked for.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from generator.builder import IntegrationBuilder as IntegrationBuilder
    from generator.builder import IntegrationPackage as IntegrationPackage
    from generator.patterns import IntegrationPattern as IntegrationPattern
    from generator.patterns import register_pattern as register_pattern
    from generator.patterns import unregister_pattern as unregister_pattern
    from generator.subtasks.contracts import Subtask as Subtask
    from generator.subtasks.orchestrator import SmartOrchestrator as SmartOrchestrator

_HOMES = {
    "IntegrationBuilder": "generator.builder",
    "IntegrationPackage": "generator.builder",
    "IntegrationPattern": "generator.patterns",
    "SmartOrchestrator": "generator.subtasks.orchestrator",
    "Subtask": "generator.subtasks.contracts",
    "register_pattern": "generator.patterns",
    "unregister_pattern": "generator.patterns",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name.endswith("IntegrationPattern"):
        found = import_module("generator.patterns").folder_class(name)
        if found is not None:
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
