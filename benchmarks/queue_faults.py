"""What comes of every message while the broker is restarted in the middle of it: one table row a broker.

Run: `python benchmarks/queue_faults.py [BROKER …] [--messages 100000] [--restarts 10] [--kill]`; exits with 1
where a message was lost, or where a duplicate reached the effect of an idempotent consumer. With --kill the
broker is not stopped but killed, as by a crash, where it says that its data outlive that.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._queue_trial import Outcome, Subject, Trial, row
from integrations.runtime.testing import Server, server

COLUMNS = (
    *("broker", "version", "fidelity", "restarts", "published", "processed", "dead-lettered", "both", "lost"),
    *("duplicates seen", "duplicates in effect", "seconds"),
)
SUBJECTS = {
    "rabbitmq": Subject("rabbitmq", "rabbitmq"),
    "rabbitmq-classic": Subject("rabbitmq", "rabbitmq", {"queue_type": "classic"}),
    "kafka": Subject("kafka", "kafka", {"partitions": 4}, {"options": {"session_timeout": 6}}, fresh=False),
    "nats": Subject("nats", "nats"),
    "mqtt": Subject("mqtt", "mqtt", fresh=False),
    "sqs": Subject("sqs", "sqs", fresh=False),
}


class Crashing:
    """A server that is killed instead of stopped."""

    def __init__(self, inner: Server) -> None:
        self._inner = inner

    def restart(self) -> None:
        self._inner.kill()
        self._inner.restart()


def tried(name: str, messages: int, restarts: int, kill: bool) -> tuple[Server, Outcome]:
    """Try one broker, with restarts where it keeps its data."""
    subject = SUBJECTS[name]
    found = server(subject.system)
    url = found.fresh("faults") if subject.fresh else found.url
    if found.keeps == "nothing":
        print(f"{name}: not restarted: {found.version} keeps nothing on disk ({found.fidelity})", flush=True)
        restarts = 0
    if kill and found.keeps == "stopped":
        print(f"{name}: not killed: {found.version} keeps its data at an orderly end alone", flush=True)
    crashing = Crashing(found) if kill and found.keeps == "killed" else found
    return found, Trial(subject, url, messages).run(crashing, restarts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("brokers", nargs="*", default=list(SUBJECTS))
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--kill", action="store_true", help="kill the broker instead of stopping it")
    asked = parser.parse_args()
    logging.getLogger("integrations").setLevel(logging.ERROR)  # each dead letter is told of, as it should be
    print(row(COLUMNS), row(["---"] * len(COLUMNS)), sep="\n", flush=True)
    well = True
    for name in asked.brokers:
        found, got = tried(name, asked.messages, asked.restarts, asked.kill)
        well = well and got.lost == got.repeated == 0 and got.published == asked.messages
        counted = (got.restarts, got.published, got.processed, got.dead, got.both, got.lost)
        cells = (name, found.version, found.fidelity, *counted, got.duplicates, got.repeated)
        print(row((*cells, f"{got.seconds:.0f}")), flush=True)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
