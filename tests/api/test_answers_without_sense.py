"""Answers that have the right form and no sense are refused: of a form alone, a grammar could make them."""

from __future__ import annotations

import pytest

from generator.patterns import catalog

from .entries import STRIPE, entry

ENDPOINTS = [{"method": "GET", "path": "/pets/{pet_id}"}, {"method": "GET", "path": "/users/@me/channels"}]


def refused(subtask: str, answer: object) -> list[str]:
    """What is wrong with an answer about ENDPOINTS."""
    pattern = catalog().pattern("api")
    normal = pattern.normalise(entry(STRIPE, endpoints=ENDPOINTS))
    task = next(task for task in pattern.questions(normal) if task.id == subtask)
    return list(pattern.verify(subtask, task.slice(normal), answer))


@pytest.mark.parametrize("name", ["get_a35", "get_tivlqhqh", "get_it"])
def test_a_name_without_a_word_of_its_path_is_refused(name: str) -> None:
    (fault,) = refused("naming", {"GET /pets/{pet_id}": name})
    assert "has no word of its path" in fault


@pytest.mark.parametrize("name", ["get_pet", "get_one_pet"])
def test_a_name_with_a_word_of_its_path_is_taken(name: str) -> None:
    assert refused("naming", {"GET /pets/{pet_id}": name}) == []


@pytest.mark.parametrize("text", ["GHGHGH.", f"Get a {'GH' * 20}."])
def test_a_sentence_that_is_no_words_is_refused(text: str) -> None:
    (fault,) = refused("summaries", {"GET /pets/{pet_id}": text})
    assert "write plain words" in fault


def test_a_short_sentence_is_words() -> None:
    assert refused("summaries", {"GET /users/@me/channels": "List channels."}) == []


@pytest.mark.parametrize("value", ["a string", "String", "an example"])
def test_the_word_for_a_value_is_no_example(value: str) -> None:
    (fault,) = refused("examples", {"pet_id": value})
    assert "says nothing" in fault


@pytest.mark.parametrize("value", ["rex", "a dog", "string quartet"])
def test_a_value_is_an_example(value: str) -> None:
    assert refused("examples", {"pet_id": value}) == []
