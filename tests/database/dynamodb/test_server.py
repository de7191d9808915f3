"""The runtime on a real server."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from integrations.runtime import (
    ConflictError,
    ConnectionFailedError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
)
from integrations.runtime.dynamodb import (
    Above,
    AtLeast,
    AtMost,
    BeginsWith,
    Below,
    Between,
    Check,
    Condition,
    Delete,
    DynamoEngine,
    DynamoSettings,
    Get,
    Is,
    Put,
    Table,
    TransactionCanceledError,
    Update,
)

from .conftest import BY_STATUS, JOB, JOBS, MADE, OF_QUEUE, PAGE, PAGES, Job, Page, Work


def test_what_was_put_comes_back_as_it_was(work: Work) -> None:
    job = Job(
        queue="q",
        id="1",
        status="status",
        name="a name",
        size=2**100,
        price=Decimal("19.90"),
        ratio=0.1,
        raw=b"\x00\xff",
        data={"deep": [1, None, True, "x", {"N": "5"}], "empty": {}},
        tags=["a", "b"],
        made_at=dt.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        expires_at=dt.datetime(2126, 1, 1, tzinfo=dt.UTC),
    )
    work._put(JOB, job)
    assert work._get(JOB, "q", "1", consistent=True) == job


@pytest.mark.parametrize(
    "text", ["'; drop", "#n0 = :v0", "a\x00b", '{"S": "x"}', "\u202e\U0001f600", "status"]
)
def test_hostile_text_is_text(text: str, work: Work) -> None:
    job = Job(queue=text, id="1", name=text, tags=[text])
    work._put(JOB, job)
    assert list(work._query(OF_QUEUE, text)) == [job]
    assert work._update(JOB, text, "1", changes={"name": text + "!"}).name == text + "!"
    assert work._delete(JOB, text, "1")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, ["a1", "a2", "b1", "b2"]),
        (Is("a2"), ["a2"]),
        (BeginsWith("a"), ["a1", "a2"]),
        (Between("a2", "b1"), ["a2", "b1"]),
        (Below("a2"), ["a1"]),
        (AtMost("a2"), ["a1", "a2"]),
        (Above("b1"), ["b2"]),
        (AtLeast("b1"), ["b1", "b2"]),
    ],
)
def test_a_condition_on_the_sort_key(
    condition: Condition[str] | None, expected: list[str], work: Work
) -> None:
    work._batch_write(JOB, put=[Job(queue="q", id=id) for id in ("a1", "a2", "b1", "b2")])
    assert [job.id for job in work._query(OF_QUEUE, "q", condition)] == expected
    assert [job.id for job in work._query(OF_QUEUE, "q", condition, forward=False)] == expected[::-1]
    assert [job.id for job in work._query(OF_QUEUE, "q", condition, limit=1)] == expected[:1]


def test_times_sort_as_times_in_an_index(work: Work) -> None:
    times = [MADE + dt.timedelta(microseconds=n * 7, hours=n % 2) for n in range(6)]
    work._batch_write(JOB, put=[Job(queue="q", id=str(n), made_at=time) for n, time in enumerate(times)])
    assert [job.made_at for job in work._query(BY_STATUS, "queued")] == sorted(times)
    early = work._query(BY_STATUS, "queued", Below(MADE + dt.timedelta(minutes=1)))
    assert [job.made_at for job in early] == sorted(times)[:3]


def test_batches_of_any_length_are_cut_and_lose_nothing(work: Work) -> None:
    keys = [("q", f"{n:04}") for n in range(130)]
    work._batch_write(JOB, put=[Job(queue=queue, id=id) for queue, id in keys])
    assert sorted(job.id for job in work._batch_get(JOB, keys)) == [id for _, id in keys]
    work._batch_write(JOB, delete=keys[:129])
    assert [job.id for job in work._scan(JOB)] == ["0129"]


def test_a_version_that_somebody_changed_is_a_conflict(work: Work) -> None:
    first = work._put(PAGE, Page(id="p", text="one"))
    second = work._put(PAGE, Page(id="p", text="two", version=first.version))
    assert (first.version, second.version) == (1, 2)
    for stale in (first, Page(id="p", text="new")):
        with pytest.raises(ConflictError):
            work._put(PAGE, stale)
    assert work._update(PAGE, "p", changes={"text": "three"}, if_version=2) == Page(
        id="p", text="three", version=3
    )
    with pytest.raises(ConflictError):
        work._update(PAGE, "p", changes={"text": "four"}, if_version=2)


def test_an_update_sets_removes_and_needs_its_item(work: Work) -> None:
    work._put(JOB, Job(queue="q", id="1", name="a", tags=["x"]))
    found = work._update(JOB, "q", "1", changes={"name": None, "tags": [], "size": 5})
    assert found == Job(queue="q", id="1", size=5)
    with pytest.raises(ConflictError):
        work._update(JOB, "q", "2", changes={"size": 5})
    with pytest.raises(InvalidArgumentError, match="at least one"):
        work._update(JOB, "q", "1", changes={})


def test_a_transaction_is_done_whole_or_not_at_all(work: Work) -> None:
    work._put(JOB, Job(queue="q", id="1"))
    put = Put(PAGES, Page(id="p", text="x"))
    with pytest.raises(TransactionCanceledError) as raised:
        work.transact_write([put, Check(JOBS, ("q", "2"))])
    assert [(reason.index, reason.code) for reason in raised.value.reasons] == [(1, "ConditionalCheckFailed")]
    assert work._get(PAGE, "p") is None
    changed = Update(JOBS, ("q", "1"), {"status": "done"})
    work.transact_write([put, changed, Check(JOBS, ("q", "2"), absent=True)])
    assert work.transact_get([Get(PAGES, ("p",)), Get(PAGES, ("none",))]) == [
        Page(id="p", text="x", version=1),
        None,
    ]
    work.transact_write([Delete(JOBS, ("q", "1"), if_present=True)])
    assert work._get(JOB, "q", "1") is None


def test_an_item_that_is_too_large_is_refused(work: Work) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        work._put(JOB, Job(queue="q", id="1", name="x" * 410_000))
    assert raised.value.code == "ValidationException"


def test_a_table_that_is_not_there_is_not_found(work: Work) -> None:
    nowhere: Table[Page] = Table("nowhere", Page, "id", keys={"id": "S"})
    with pytest.raises(NotFoundError):
        work._put(dataclasses.replace(PAGE, table=nowhere), Page(id="p", text="x"))


def test_the_time_after_which_items_expire_is_declared(work: Work) -> None:
    told = work._engine.call("describe_time_to_live", {"TableName": work._name(JOBS)}, 5.0)
    assert told["TimeToLiveDescription"]["AttributeName"] == "expires_at"


def test_a_service_that_is_not_there_is_a_connection_error_and_boto_repeats_nothing() -> None:
    settings = DynamoSettings(service="Work", region="eu-central-1", endpoint_url="http://127.0.0.1:1")
    engine = DynamoEngine(settings, ("key", "secret"))
    assert engine._client(1.0).meta.config.retries["total_max_attempts"] == 1
    with (
        Work.from_config(environ={"WORK_MAX_ATTEMPTS": "1"}, engine=engine) as work,
        pytest.raises(ConnectionFailedError) as raised,
    ):
        work.healthcheck(timeout=1.0)
    assert raised.value.undone
