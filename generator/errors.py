"""
Every error the generator may raise (findings and problems are values, not errors):

JackfieldError                 exit 1
├── ManifestError              the manifest cannot be used; holds every problem at once
├── SpecError                  a document cannot be read safely, or is none
├── PatternError               a pattern folder or class is broken
├── RenderError                a skeleton could not be rendered
├── ToolError                  a tool (ruff, mypy, pytest) could not be run at all
├── GateError                  a package fails a hard gate
├── TreeError                  the checked-in tree is not what it must be (edited meanwhile, full disk)
│   ├── NotPlainError          a link, or something else that is no plain file or folder, stands there
│   └── LockUnreadable         a lock cannot be read; its package counts as stale
├── BusyError                  another run holds the lock
├── InterruptedRunError        an earlier run stopped in mid-commit; ``generate`` recovers
├── DependencyError            the adapters' dependencies cannot be installed together
├── AnswerError                no answerer can answer, and falling back is not allowed
│   ├── UnavailableError       a provider cannot be asked: no key, outage, a model that it has no more
│   ├── PriceError             nobody knows what a model costs, so it is not asked
│   ├── RecordingError         a recorded answer is missing, or is not the one that the lock names
│   ├── SecretInPromptError    a text that could be a credential was about to be sent; nothing was sent
│   └── BudgetError            exit 4: a call would cost more than may still be spent; nothing was sent
└── RefusedError               exit 3: a person must decide (hand edits, mass deletion)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file that a person wrote: where it is, what is wrong, what mends it."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}  {self.message}"


class JackfieldError(Exception):
    """Base class. The message says what happened, where, and what to do about it."""

    exit_code = 1


class ManifestError(JackfieldError):
    """The manifest cannot be used. ``problems`` lists every mistake, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.path, p.line, p.column, p.message)))
        super().__init__("\n".join(map(str, self.problems)))


class SpecError(JackfieldError):
    """A document cannot be read safely, or is none. The message ends with the mend."""


class PatternError(JackfieldError):
    """A pattern folder or class is broken."""


class RenderError(JackfieldError):
    """A skeleton could not be rendered."""


class ToolError(JackfieldError):
    """A tool could not be run at all, so nothing was judged."""


class GateError(JackfieldError):
    """A package fails a hard gate, so it is neither written nor handed out."""


class TreeError(JackfieldError):
    """The checked-in tree is not what it must be before anything is written."""


class BusyError(JackfieldError):
    """Another run holds the lock."""


class InterruptedRunError(JackfieldError):
    """An earlier run stopped in mid-commit."""


class DependencyError(JackfieldError):
    """The adapters' dependencies cannot be installed together."""


class AnswerError(JackfieldError):
    """No answerer can answer, and falling back is not allowed."""


class UnavailableError(AnswerError):
    """A provider cannot be asked: it has no key, does not answer, or has this model no more."""


class PriceError(AnswerError):
    """Nobody knows what a model costs, so it is not asked."""


class RecordingError(AnswerError):
    """A recorded answer is missing, or is not the one that the lock names."""


class SecretInPromptError(AnswerError):
    """A text that could be a credential was about to be sent to a model; nothing was sent."""


class BudgetError(AnswerError):
    """A call would cost more than may still be spent; nothing was sent."""

    exit_code = 4


class RefusedError(JackfieldError):
    """Nothing was written: a person must decide first."""

    exit_code = 3
