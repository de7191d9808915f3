"""Watch everything that a person could read, and find secrets in it."""

from __future__ import annotations

import io
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO
from urllib.parse import quote, quote_plus


class Watch:
    """Collects what is logged, printed and raised."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets  # kept, not copied: the credential joins them when it is known
        self._seen: list[tuple[str, str]] = []

    def note(self, where: str, text: str) -> None:
        """Remember *text*, which came out *where*."""
        self._seen.append((where, text))

    def note_error(self, error: BaseException) -> None:
        """Remember all that *error* and its causes would print."""
        self.note("a raised error", "".join(traceback.format_exception(error)) + repr(error))
        for name, value in vars(error).items():
            if name not in ("body", "headers"):
                self.note(f"a raised error's {name}", repr(value))

    def check(self) -> None:
        """Fail if a secret came out anywhere."""
        for name, value in self._secrets.items():
            for form in {value, quote(value, safe=""), quote_plus(value)}:
                for where, text in self._seen:
                    if form in text:
                        raise AssertionError(f"the value of {name} was found in {where}")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Listen to logging (every level), standard output and standard error."""
        handler = _Listener(self)
        root = logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(1)
        try:
            with self.printing():
                yield
        finally:
            root.setLevel(level)
            root.removeHandler(handler)

    @contextmanager
    def printing(self) -> Iterator[None]:
        """Listen to standard output and standard error.

        Needed anew for each call: pytest puts its own streams in place after the fixtures of a test have run.
        """
        out, err = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Tee(out, self, "standard output"), _Tee(err, self, "standard error")
        try:
            yield
        finally:
            sys.stdout, sys.stderr = out, err


class _Listener(logging.Handler):
    def __init__(self, watch: Watch) -> None:
        super().__init__(1)
        self._watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        self._watch.note(f"the log ({record.name})", text)
        self._watch.note(f"a log record ({record.name})", repr(record.args))


class _Tee(io.TextIOBase):
    """Passes text on and remembers it; a line of text may come in several writes."""

    def __init__(self, stream: TextIO, watch: Watch, where: str) -> None:
        self._stream, self._watch, self._where = stream, watch, where
        self._line = ""

    def write(self, text: str) -> int:
        self._line += text
        self._watch.note(self._where, self._line)
        if "\n" in text:
            self._line = ""
        return self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()
