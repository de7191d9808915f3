"""What publishing and consuming by an adapter yields beside the bare client with the same messages.

Both talk to one broker, in turns; messages a second, medians of the rounds; the ratio is what counts. Both
encode and decode the same messages, call the same handler with each, take as many at a time, and settle
what was handled. Consuming begins when all messages are at the broker, by a new subscription of each: nothing
is in its client's memory before it joins. Each has published and consumed a thousand before it counts.

- RabbitMQ: pika publishes without confirmation, and acks each message; ours confirms, and acks by batch.
- Kafka: the bare client confirms, and commits after each batch; ours commits every 50 ms at most.
- NATS: the bare client confirms and acks, as ours does.

Run: `python benchmarks/queues.py [NAME …] [--rounds 5] [--messages 10000]`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._queue_contest import KAFKA_BATCH, Bare, Contest, compared
from integrations.runtime.testing import server

TARGET = 0.8


def rabbit(url: str, address: str) -> Bare:
    from benchmarks._bare_rabbitmq import BareRabbit

    return BareRabbit(url, address)


def kafka(url: str, address: str) -> Bare:
    from benchmarks._bare_kafka import BareKafka

    return BareKafka(url, address, plain=False)


def plain_kafka(url: str, address: str) -> Bare:
    from benchmarks._bare_kafka import BareKafka

    return BareKafka(url, address, plain=True)


def nats(url: str, address: str) -> Bare:
    from benchmarks._bare_nats import BareNats

    return BareNats(url, address)


CONTESTS = {
    "rabbitmq": Contest("rabbitmq", "rabbitmq", rabbit, told="pika, nothing confirmed; ours confirms all"),
    "rabbitmq-classic": Contest(
        "rabbitmq", "rabbitmq", rabbit, {"queue_type": "classic"}, "the same on a classic queue"
    ),
    "kafka": Contest(
        *("kafka", "kafka", kafka, {"partitions": 1}),
        told="confluent-kafka: the same messages, idempotent, confirmed, committed; from the first on",
        steady=True,
        prefetch=KAFKA_BATCH,
    ),
    "kafka-plain": Contest(
        *("kafka", "kafka", plain_kafka, {"partitions": 1}),
        told="the same without headers (id, trace) and not idempotent",
        steady=True,
        prefetch=KAFKA_BATCH,
    ),
    "nats": Contest("nats", "nats", nats, told="nats-py, confirmed and acked too", steady=True),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contests", nargs="*", default=list(CONTESTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=10_000)
    asked = parser.parse_args()
    print(
        "| broker | | bare/s | ours/s | ours ÷ bare | |", "| --- | --- | ---: | ---: | ---: | --- |", sep="\n"
    )
    met = True
    for name in asked.contests:
        contest = CONTESTS[name]
        found = server(contest.system)
        url = found.fresh("contest")
        done = compared(contest, url, asked.rounds, asked.messages)
        for what, got in zip(("publish", "consume"), done, strict=True):
            figures = f"{got.bare:,.0f} | {got.ours:,.0f} | {got.ratio:.2f}"
            print(f"| {name} {found.version} | {what} | {figures} | {contest.told} |", flush=True)
            met = met and got.ratio >= TARGET
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
