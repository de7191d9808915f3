"""Real documentation becomes a few plain sentences, whatever it was written in."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.modelling.prose import HEADLINE, LIMIT, first_sentence, prose


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain text.\nGoes on.\n\nA second one.", "Plain text. Goes on.\n\nA second one."),
        (
            '<p>Makes a <a href="x">thing</a>. See <code>Foo</code> &amp; more.</p>',
            "Makes a thing. See `Foo` & more.",
        ),
        ("Can be:<ul><li><p>one</p></li><li>two</li></ul>", "Can be: one; two"),
        ("One of:\n* a\n\n  more of a\n* **b**\n\nAfter", "One of: a; more of a; b\n\nAfter"),
        ("# Title\n\nBody.\n\n## Errors\nNone.", "Body.\n\nErrors: None."),
        ("Title\n=====\nBody", "Body"),
        ("Before\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nafter", "Before\n\nafter"),
        ("a | b\n--|--\n1 | 2\n\ntext", "text"),
        ("Text.\n\n```json\n{}\n```\nEnd.", "Text.\n\nEnd."),
        ("> [!NOTE]\n> Only sometimes.", "Note: Only sometimes."),
        (
            "[A link](http://x.y/z_(a)), ![a picture](x)**strong**, _soft_, snake_case_name",
            "A link, strong, soft, snake_case_name",
        ),
        ("`**x**` and [`b`](http://x) and x\\_y", "`**x**` and `b` and x_y"),
        ("See [there][1].\n\n[1]: http://x", "See there."),
        (
            "List<String>, a < b > c, 2 * 3 * 4, *.py and **/*.js, ?a=1&copy=2",
            "List<String>, a < b > c, 2 * 3 * 4, *.py and **/*.js, ?a=1&copy=2",
        ),
        ("Line<br/>break", "Line\n\nbreak"),
        ("<script>alert(1)</script>Text<!-- hidden -->", "Text"),
        ("a\u200bb\u202ec\x00d &#8203;x &#x202e;y \ud800z", "abcd x y z"),
        ("```\ncode alone\n```", "code alone"),
        ("", ""),
        ("  \n ", ""),
        ("---", ""),
    ],
)
def test_mark_up_becomes_plain_words(text: str, expected: str) -> None:
    assert prose(text) == expected


def test_what_is_no_text_has_none() -> None:
    assert prose(None) == first_sentence(None) == ""


def test_a_long_text_ends_at_a_sentence() -> None:
    text = prose("A sentence of a few words, e.g. this one. " * 100)
    assert 400 < len(text) <= LIMIT + 2
    assert text.endswith("e.g. this one. …")


def test_a_text_without_sentences_ends_at_a_word() -> None:
    assert prose("word " * 1000).endswith("word …")
    assert len(prose("x" * 1000)) <= LIMIT


def test_paragraphs_that_do_not_fit_are_left_out_visibly() -> None:
    assert prose("First.\n\n" + "long " * 200) == "First.\n\n…"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gets one. Then more.", "Gets one."),
        ("Gets one, i.e. this. Then more.", "Gets one, i.e. this."),
        ("Costs 1.5 units.", "Costs 1.5 units."),
        ("No full stop\n\nSecond", "No full stop"),
        ("The following:\n\n* a", "The following: a"),
        ("日本語の説明。次の文。", "日本語の説明。"),
        ("## Usage\n\nDo **this** first. Or not.", "Do this first."),
    ],
)
def test_a_headline_is_the_first_sentence(text: str, expected: str) -> None:
    assert first_sentence(text) == expected


def test_a_headline_is_never_long() -> None:
    assert len(first_sentence("word " * 100)) <= HEADLINE


MARKS = [
    "<p>",
    "</p>",
    "<li>",
    "<code>",
    "</code>",
    "<a",
    "href='",
    "[a](b)",
    "![",
    "**",
    "__",
    "*",
    "_",
    "`",
    "```",
    "~~~",
    "#",
    "|",
    "---",
    "===",
    "-",
    "1.",
    "&amp;",
    "&#0;",
    "\\",
    ">",
    "\n",
    "\n\n",
]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([*MARKS, "word", "a.", " ", "\u202e", "é"]) | st.text(max_size=5), max_size=40)
)
def test_any_text_becomes_something_short_and_visible(parts: list[str]) -> None:
    for text in (prose("".join(parts)), first_sentence("".join(parts))):
        assert len(text) <= LIMIT + 8
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text.replace("\n", ""))
        assert not any(line != line.strip() or not line for line in text.split("\n\n") if text)


@pytest.mark.parametrize(
    "part", [*MARKS, "<", "[[a](", "<!--", "a\n---\n", "a|\n-|", "- - ", "[a]: ", "\n", "e.g. "]
)
def test_no_text_takes_long(part: str) -> None:
    before = time.process_time()
    prose((part or " ") * 20_000)
    assert time.process_time() - before < 0.6
