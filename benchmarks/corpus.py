"""Real documents, each built whole by the real command: one table, with openapi-python-client beside it.

    python benchmarks/corpus.py [NAME ...] [--work FOLDER] [--json FILE] [--no-peer] [--jobs N] [--limit S]

Documents are those in ``../shared/specs``, where there are any, and those of two npm packages, fetched into
FOLDER; without npm they are left out. NAME narrows: a name of the table, or the beginning of one. The table
is the result whatever it says; the exit code is 1 only where the harness itself fails.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import _corpus_documents as documents
from benchmarks import _corpus_peer as peer
from benchmarks import _corpus_run as corpus_run
from benchmarks._corpus_documents import Document
from benchmarks._corpus_table import HEADER, Row, line, summary

LIMIT = 300.0


def main(arguments: Sequence[str]) -> int:
    """Print one row a document, smallest first, then what they come to."""
    said = options(arguments)
    work = Path(said.work) if said.work else Path(tempfile.mkdtemp(prefix="corpus-"))
    work.mkdir(parents=True, exist_ok=True)
    try:
        chosen = _narrowed([*documents.shared(), *_fetched(work)], said.names)
        commands = None if said.no_peer else peer.installed(work / "peer")
        if commands is None and not said.no_peer:
            print("openapi-python-client could not be installed: it is left out", file=sys.stderr)
        print(HEADER, flush=True)
        rows = []
        for row in _rows(chosen, work, commands, said.jobs, said.limit):
            print(line(row), flush=True)
            rows.append(row)
        print("\n" + summary(rows))
        if said.json:
            Path(said.json).write_text(json.dumps([row.to_json() for row in rows], indent=1) + "\n")
    finally:
        if not said.work:
            shutil.rmtree(work, ignore_errors=True)
    return int(any(row.failed for row in rows))


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--work", metavar="FOLDER", help="keeps what was fetched and installed")
    parser.add_argument("--json", metavar="FILE", help="write every figure and finding there too")
    parser.add_argument("--no-peer", action="store_true", help="leave openapi-python-client out")
    parser.add_argument("--jobs", type=int, default=1, help="documents at once (default: 1)")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for each command (default: 300)")
    return parser.parse_args(arguments)


def _fetched(work: Path) -> list[Document]:
    try:
        return documents.fetched(work / "npm")
    except (FileNotFoundError, RuntimeError) as error:
        print(f"{error}: its documents are left out", file=sys.stderr)
        return []


def _narrowed(found: Sequence[Document], names: Sequence[str]) -> list[Document]:
    """Return the documents that were asked for, the smallest first."""
    kept = [d for d in found if not names or any(d.name.startswith(name) for name in names)]
    return sorted(kept, key=lambda document: document.file.stat().st_size)


def _rows(
    chosen: Sequence[Document], work: Path, commands: Path | None, jobs: int, limit: float
) -> Iterator[Row]:
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda document: _row(document, work, commands, limit), chosen)


def _row(document: Document, work: Path, commands: Path | None, limit: float) -> Row:
    """Build one document in a folder of its own; whatever happens to it stays in its row."""
    with tempfile.TemporaryDirectory(dir=work, prefix="run-") as folder:
        place = Path(folder)
        try:
            built = corpus_run.build(document.name, document.file, place / "ours", limit)
            version = built.raw["version"]
            theirs = commands and peer.generate(commands, document.file, place / "peer", version, limit)
        except Exception as error:  # the other documents have their rows all the same
            return Row(document.name, failed=f"{type(error).__name__}: {error}")
        return Row(document.name, built, theirs or None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
