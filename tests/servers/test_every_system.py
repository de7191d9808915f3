"""Every system that this machine has: on loopback alone, back on its port, with the data that it promises."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from integrations.runtime.testing.servers import Server, names, server

LISTENING = "0A"  # the state's number in /proc/net/tcp
MANY = 200
Call = Callable[[str], Any]
SLOW = ("rabbitmq",)  # seconds a start: tests of its own


@pytest.mark.parametrize("name", [name for name in names() if name not in SLOW])
def test_a_server_is_on_loopback_and_comes_back_at_its_address(name: str) -> None:
    running = server(name)
    url, version = running.url, running.version
    assert version
    for stop in (running.restart, running.kill):
        stop()
        running.restart()
        assert (running.url, running.version, running.running()) == (url, version, True)
        assert [where for where in listening(running.pids) if not where.startswith("127.")] == []


def test_rabbitmq_is_on_loopback_and_keeps_what_it_confirmed_when_it_is_restarted() -> None:
    running = server("rabbitmq")
    url = running.fresh("kept")
    put_rabbitmq(url)
    running.restart()  # killed within seconds after a queue was declared, 3.10 may forget the queue
    assert count_rabbitmq(url) == MANY
    found = listening(server("rabbitmq").pids)
    assert len(found) >= 3  # clients, the other nodes, and epmd
    assert [where for where in found if not where.startswith("127.")] == []


@pytest.mark.parametrize("name", ["postgresql", "mysql", "mongodb", "nats"])
def test_what_was_confirmed_is_there_after_a_kill(name: str) -> None:
    running = server(name)
    assert running.keeps == "killed"
    keeps(running, globals()[f"put_{name}"], globals()[f"count_{name}"])


def test_kafka_keeps_what_it_confirmed_when_it_is_restarted_in_order() -> None:
    running = server("kafka")
    assert running.keeps == "stopped"
    put_kafka(running.url)
    running.restart()
    assert count_kafka(running.url) == MANY


def keeps(running: Server, put: Call, count: Call) -> None:
    url = running.fresh("kept")
    put(url)
    running.kill()
    running.restart()
    assert count(url) == MANY


def put_postgresql(url: str) -> None:
    with driver("psycopg").connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        for number in range(MANY):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])


def count_postgresql(url: str) -> Any:
    with driver("psycopg").connect(url) as connection:
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


def mysql(url: str) -> Any:
    parts = urlsplit(url)
    where = {"host": parts.hostname, "port": parts.port, "user": parts.username, "password": parts.password}
    return driver("pymysql").connect(**where, database=parts.path[1:], autocommit=True)


def put_mysql(url: str) -> None:
    with mysql(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (number int)")
        for number in range(MANY):
            cursor.execute("INSERT INTO kept VALUES (%s)", [number])


def count_mysql(url: str) -> Any:
    with mysql(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        return cursor.fetchone()[0]


def put_mongodb(url: str) -> None:
    with driver("pymongo").MongoClient(url) as client:
        for number in range(MANY):
            client.get_default_database().kept.insert_one({"number": number})


def count_mongodb(url: str) -> Any:
    with driver("pymongo").MongoClient(url) as client:
        return client.get_default_database().kept.count_documents({})


def put_nats(url: str) -> None:
    async def put() -> None:
        connection = await driver("nats").connect(url)
        stream = connection.jetstream()
        await stream.add_stream(name="KEPT", subjects=["kept"])
        for number in range(MANY):
            await stream.publish("kept", str(number).encode())
        await connection.close()

    asyncio.run(put())


def count_nats(url: str) -> Any:
    async def count() -> Any:
        connection = await driver("nats").connect(url)
        told = await connection.jetstream().stream_info("KEPT")
        await connection.close()
        return told.state.messages

    return asyncio.run(count())


def put_kafka(url: str) -> None:
    producer = driver("confluent_kafka").Producer({"bootstrap.servers": urlsplit(url).netloc, "acks": "all"})
    for number in range(MANY):
        producer.produce("kept", str(number).encode(), partition=0)
    assert producer.flush(20) == 0


def count_kafka(url: str) -> Any:
    kafka = driver("confluent_kafka")
    consumer = kafka.Consumer({"bootstrap.servers": urlsplit(url).netloc, "group.id": "count"})
    first, after = consumer.get_watermark_offsets(kafka.TopicPartition("kept", 0), timeout=10)
    consumer.close()
    return after - first


def put_rabbitmq(url: str) -> None:
    pika = driver("pika")
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("kept", durable=True)
        for number in range(MANY):
            channel.basic_publish("", "kept", str(number), pika.BasicProperties(delivery_mode=2))


def count_rabbitmq(url: str) -> Any:
    pika = driver("pika")
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        return connection.channel().queue_declare("kept", passive=True).method.message_count


def driver(name: str) -> Any:
    """Import a client, or skip the test where it is not installed."""
    pytest.importorskip(name)
    return import_module(name)


def listening(pids: list[int]) -> list[str]:
    """Return the addresses that processes listen on: "127.0.0.1", "::1" as "127.", anything else as it is."""
    sockets = {link for pid in pids for link in links(pid)}
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == LISTENING and f"socket:[{words[9]}]" in sockets:
                found.append(address(words[1].partition(":")[0]))
    return found


def links(pid: int) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):  # a process of the family may end meanwhile
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                found.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    return found


def address(words: str) -> str:
    """Return an address of /proc/net: words of 32 bits, each with its bytes the other way round."""
    if words in ("00000000000000000000000001000000", "0000000000000000FFFF00000100007F"):
        return "127.0.0.1 as IPv6"
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(words)))
