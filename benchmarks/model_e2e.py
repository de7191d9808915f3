"""Ask a local model everything that is open of the shipped entries, and say what its answers are worth.

    python benchmarks/model_e2e.py --gguf FILE [--entry NAME …] [--threads N] [--work FOLDER] [--json FILE]

llama.cpp's own server loads FILE, greedy and without caches, so that the same file says the same again. What
asks, checks and judges is what ``generate`` uses, in a copy of the repository: the checked-in tree is only
read. FOLDER keeps every reply: a second run with it asks nothing twice.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import _model_run as model_run
from benchmarks._llama import installed, serving
from benchmarks._model_run import Asked, Judged, Watched
from benchmarks._model_table import report, to_json
from benchmarks._processes import CHECKOUT
from generator.subtasks.exchange import Model, Tier
from generator.subtasks.providers import models

PRICED = ("deepseek", "openai", "anthropic")  # providers whose cheap model's price is shown


def main(arguments: Sequence[str]) -> int:
    """Print the tables; they are the result, whatever they say."""
    said = options(arguments)
    if not installed():
        print('xllamacpp is missing. Run: pip install -e ".[dev]"', file=sys.stderr)
        return 1
    with _folder(said.work) as work:
        log, alias = work / "server.log", said.gguf.stem.lower()
        options_of_server = {"threads": said.threads, "context": said.context}
        with serving(said.gguf, log, alias=alias, **options_of_server) as address:
            asked, judged = measured(address, alias, work, said.entry, kept=said.json)
    print(report(asked, judged, priced()))
    return 0


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--gguf", type=Path, required=True, metavar="FILE", help="the model")
    parser.add_argument("--entry", action="append", default=[], metavar="NAME", help="this entry alone")
    parser.add_argument("--threads", type=int, default=1, help="of the server (default: 1)")
    parser.add_argument("--context", type=int, default=16384, help="tokens (default: 16384)")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="keeps replies, and the server's log")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every answer and figure there too")
    return parser.parse_args(arguments)


def measured(
    address: str, model: str, work: Path, names: Sequence[str] = (), kept: Path | None = None
) -> tuple[list[Asked], list[Judged]]:
    """Ask *model* at *address* about the shipped entries; *work* holds a copy of them, and all replies.

    *kept* gets what is known so far after each entry, as JSON.
    """
    found = model_run.entries(model_run.copy(CHECKOUT, work / "repository"), names)
    orchestrator, judged = Watched(address, model, work, _show), list[Judged]()
    for one in model_run.run(found, orchestrator, work / "stage"):
        judged.append(one)
        if kept is not None:
            told = {"model": model, **to_json(orchestrator.asked, judged, priced())}
            kept.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return orchestrator.asked, judged


def priced() -> tuple[Model, ...]:
    """Return the cheap model of each provider whose price is shown."""
    return tuple(model for model in models(PRICED) if model.tier is Tier.CHEAP)


def _show(one: Asked) -> None:
    ended = "accepted" if one.accepted else one.reason
    print(f"{one.entry:12} {one.subtask:16} {ended:12} {one.seconds:6.1f} s", file=sys.stderr, flush=True)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        yield Path(folder).resolve()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
