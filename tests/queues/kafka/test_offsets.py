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


def test_settling_all_that_is_in_hand_moves_over_all_of_it() -> None:
    orders = lane()
    orders.take_all([3, 9, 27])
    orders.settle_all([3, 9, 27])
    assert (orders.due(), orders.unsettled) == (28, 0)


def test_settling_a_later_part_waits_for_the_earlier_one() -> None:
    orders = lane(1)
    orders.take_all([2, 3])
    orders.settle_all([2, 3])
    assert orders.due() is None
    orders.settle_all([1])
    assert (orders.due(), orders.unsettled) == (4, 0)


def test_settling_the_first_part_stops_before_the_rest() -> None:
    orders = lane(5, 6, 7)
    orders.settle_all([5, 6])
    assert (orders.due(), orders.unsettled) == (7, 1)


def test_settling_nothing_moves_nothing() -> None:
    orders = lane(5)
    orders.settle_all([])
    assert orders.due() is None
