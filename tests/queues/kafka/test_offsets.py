"""A partition's offset moves only over messages that are settled."""

from __future__ import annotations

from integrations.runtime._queues.kafka_offsets import Lane


def lane(*offsets: int) -> Lane:
    made = Lane("orders", 0)
    for offset in offsets:
        made.take(offset)
    return made


def test_nothing_is_due_before_anything_is_settled() -> None:
    assert lane(7, 8).due() is None


def test_a_message_settled_early_waits_for_those_before_it() -> None:
    orders = lane(7, 8, 9)
    orders.settle(8)
    orders.settle(9)
    assert orders.due() is None
    assert orders.unsettled == 1
    orders.settle(7)
    assert orders.due() == 10


def test_the_offset_stops_before_the_first_unsettled_message() -> None:
    orders = lane(1, 2, 3, 4)
    for offset in (1, 2, 4):
        orders.settle(offset)
    assert orders.due() == 3


def test_gaps_that_compaction_left_do_not_hold_it_up() -> None:
    orders = lane(3, 9, 27)
    orders.settle(9)
    orders.settle(3)
    assert orders.due() == 10


def test_what_is_committed_is_not_committed_again_unless_that_failed() -> None:
    orders = lane(5)
    orders.settle(5)
    orders.committed(6)
    assert orders.due() is None
    orders.forgotten()
    assert orders.due() == 6


def test_a_partition_that_was_revoked_commits_nothing() -> None:
    orders = lane(5)
    orders.settle(5)
    orders.alive = False
    assert orders.due() is None
