"""Documentation as people write it, Markdown or HTML, turned into a few sentences of plain text.

``prose`` gives paragraphs (between blank lines) for a docstring, ``first_sentence`` a headline. What only
works when rendered goes: tables, code blocks, images, rules, mark-up, addresses of links, invisible
characters. A list becomes part of a sentence, ``one; two; three``. Code in single back-ticks stays. A text
longer than *limit* ends at a sentence, with … behind it. Text that has no mark-up comes back as it was,
white space aside. The result holds no control, bidi or zero-width character; making it inert for Python or
Markdown is the templates' filters' job.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LIMIT = 600
HEADLINE = 160
MAX_READ = 16_384  # characters; what comes after them is nobody's summary
MORE = "…"

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BREAKS = {"\r\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n\n", "\x85": "\n", "\v": "\n", "\f": "\n"}
_MARKED = re.compile(r"[<>&*_`#|\\\[\]!~=]|^[ \t]*(?:[-+\u2022\u00b7]|\d{1,3}[.)])\s|---|:::", re.M)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.M | re.S)
_UNREAD = re.compile(r"(?is)<(script|style|table|pre|svg)\b[^<>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)")
_CODE_TAG = re.compile(r"(?is)<(code|tt|kbd|samp|var)(?:\s[^<>]*)?>([^<>`\n]{1,200})</\1\s*>")
_BLOCKS = "p|br|div|ul|ol|dl|dt|dd|tr|td|th|hr|section|article|blockquote|details|summary|note|important|para"
_BLOCK = re.compile(rf"(?i)</?(?:{_BLOCKS})(?:\s[^<>]*)?/?>")
_ITEM = re.compile(r"(?i)<li(?:\s[^<>]*)?>\s*(?:<p(?:\s[^<>]*)?>)?")
_HEADING_TAG = re.compile(r"(?i)<h[1-6](?:\s[^<>]*)?>\s*")
_INLINE = "a|abbr|b|big|body|center|cite|code|del|em|font|fullname|head|html|i|img|ins|kbd|li|mark|q|s|samp"
_TAG = re.compile(
    rf"(?i)</?(?:{_INLINE}|small|span|strike|strong|sub|sup|tt|u|var|h[1-6]|title|tbody|thead|table|pre)"
    r"(?:\s[^<>]*)?/?>"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_CODE_SPAN = re.compile(r"(`+)([^`]+)\1(?!`)")
_IMAGE = re.compile(r"!\[[^\[\]]*\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\[\]]*\])")
_LINK = re.compile(r"\[([^\[\]]*)\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\])")
_BARE = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_DEFINED = re.compile(r"^ {0,3}\[[^\[\]]+\]:\s+\S.*$", re.M)
_STRONG = re.compile(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1")
_STRESSED = re.compile(
    r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])|(?<!\w)_(?=[^\s_])([^_\n]+?)_(?!\w)"
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_RULE = re.compile(r"^\s*(?:(?:[-*_=]\s*){3,}|:{3,}.*)$")
_SETEXT = re.compile(r"^(?![ \t]*[-*+>|#])([ \t]*\S[^\n]{0,80})\n[ \t]*(?:={3,}|-{3,})[ \t]*$", re.M)
_TABLE = re.compile(r"^[^\n|]*\|[^\n]*\n[ \t|:+-]*-[ \t|:+-]*\|[ \t|:+-]*$(?:\n[^\n|]*\|[^\n]*$)*", re.M)
_ROW = re.compile(r"^\s*(?:\|.*|\+[-=+]+)$")
_HEADING = re.compile(r"^\s*#{1,6}\s+(.*?)\s*#*\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+\u2022\u00b7]|\d{1,3}[.)])\s+(.*)$")
_ALERT = re.compile(r"^\[!(\w+)\]\s*")
_CODE_LINE = re.compile(r"^(?: {4}|\t)")
_ABBREVIATED = re.compile(
    r"(?i)(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|incl|resp|no|nr|st|mr|ms|dr|fig|ca|al)|\b[A-Z])\.$"
)
_STOP = re.compile(r"[.!?][\"')\]”’`]*(?=\s+\S)|[。！？]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, a list's item (``-``) or a heading (``#``)."""

    kind: str
    text: str


def prose(text: object, limit: int = LIMIT) -> str:
    """Return *text* as plain paragraphs of at most about *limit* characters together; "" for none."""
    return _shortened(_paragraphs(_seen(str(text or ""))), limit)


def first_sentence(text: object, limit: int = HEADLINE) -> str:
    """Return the first sentence of *text*, on one line; cut between words, with …, where it is too long."""
    first = next(iter(_paragraphs(_seen(str(text or "")))), "")
    end = next(_ends(first), len(first))
    sentence = re.sub(r"\s*[:;,]$", ".", first[:end].strip())
    return sentence if len(sentence) <= limit else _at_word(sentence, limit)


def _seen(text: str) -> str:
    """The part that is read, without what no reader sees."""
    plain = text[:MAX_READ]
    for odd, usual in _BREAKS.items():
        plain = plain.replace(odd, usual)
    plain = re.sub(r"\n{3,}", "\n\n", plain)
    if plain.replace("\n", "").replace("\t", "").isprintable():
        return plain
    return "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)


def _paragraphs(text: str) -> list[str]:
    if not _MARKED.search(text):
        return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]
    return _composed(_pieces(_seen(_without_tags(text)))) or _composed(_pieces(_bare(text)))


def _without_tags(text: str) -> str:
    """HTML's blocks as blank lines, its lists and headings as Markdown's, its other tags gone."""
    plain = _UNREAD.sub("\n\n", _FENCE.sub("\n\n", text))
    if "<" in plain:
        plain = _CODE_TAG.sub(lambda m: f"`{' '.join(m[2].split())}`", plain)
        plain = _BARE.sub(r"\1", _HEADING_TAG.sub("\n\n# ", _ITEM.sub("\n- ", plain)))
        plain = _TAG.sub("", _BLOCK.sub("\n\n", plain))
    return _ENTITY.sub(lambda m: html.unescape(m[0]).replace("\xa0", " "), plain)


def _bare(text: str) -> str:
    """The words of a text that is nothing but what ``_without_tags`` leaves out."""
    return re.sub(r"<[^<>]*>|[`~|#*]+", " ", text)


def _pieces(text: str) -> Iterator[_Piece]:
    """Lines put together: a paragraph ends at a blank line, an item or heading also where the next starts."""
    kind, held, after_blank = "", list[str](), True
    for line in _DEFINED.sub("", _TABLE.sub("\n", _SETEXT.sub(r"# \1", text))).split("\n"):
        mark, words = _read(line, after_blank and kind != "-")
        if mark or not words or (after_blank and not line[:1].isspace()):
            yield from _closed(kind, held)
            kind, held = mark if mark else "-" if kind == "-" and not words else "", []
        held += [words] if words else []
        after_blank = not words
        if mark == "#":
            yield from _closed(kind, held)
            kind, held = "", []
    yield from _closed(kind, held)


def _closed(kind: str, held: list[str]) -> Iterator[_Piece]:
    words = " ".join(_unmarked(" ".join(held)).split())
    if words:
        yield _Piece(kind, words)


def _read(line: str, fresh: bool) -> tuple[str, str]:
    """What a line starts (``-`` an item, ``#`` a heading, "" nothing) and its words, none for a table's."""
    if not line.strip() or _RULE.match(line) or _ROW.match(line) or (fresh and _CODE_LINE.match(line)):
        return "", ""
    line = re.sub(r"^\s*(?:>\s?)+", "", line)
    line = _ALERT.sub(lambda m: f"{m[1].capitalize()}: ", line)
    for mark, pattern in (("#", _HEADING), ("-", _BULLET)):
        if found := pattern.match(line):
            return mark, found[1]
    return "", line.strip()


def _unmarked(text: str) -> str:
    """Without emphasis, links and escapes, outside code."""
    parts, last = [], 0
    for span in _CODE_SPAN.finditer(text):
        parts += [_plain(text[last : span.start()]), f"`{span[2].strip()}`"]
        last = span.end()
    joined = "".join([*parts, _plain(text[last:])])
    return _LINK.sub(r"\1", joined) if "](" in joined else joined  # a link's words may be code


def _plain(text: str) -> str:
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    text = _STRONG.sub(r"\2", text)
    text = _STRESSED.sub(lambda m: m[1] or m[2], text)
    return _ESCAPED.sub(r"\1", text)


def _composed(pieces: Iterable[_Piece]) -> list[str]:
    """Paragraphs: items run on in one sentence, a heading leads what is below it; a first one is left out."""
    found: list[str] = []
    before, heading, first_heading = "", "", ""
    for piece in pieces:
        if piece.kind == "#":
            first_heading = first_heading or piece.text
            heading = piece.text if found else ""
        elif piece.kind == "-" and found and (before == "-" or found[-1].endswith(":")) and not heading:
            joint = " " if found[-1].endswith((".", "!", "?", ":", ";")) else "; "
            found[-1] += joint + piece.text
        else:
            found.append(f"{heading.rstrip(':.')}: {piece.text}" if heading else piece.text)
            heading = ""
        before = piece.kind
    return found or ([first_heading] if first_heading else [])


def _shortened(paragraphs: list[str], limit: int) -> str:
    kept: list[str] = []
    room = limit
    for paragraph in paragraphs:
        if len(paragraph) > room:
            return "\n\n".join([*kept, *_part(paragraph, room, alone=not kept)])
        kept.append(paragraph)
        room -= len(paragraph)
    return "\n\n".join(kept)


def _part(paragraph: str, room: int, *, alone: bool) -> list[str]:
    """The sentences of a paragraph that fit, … behind them; of a first one, at least some words."""
    end = max((end for end in _ends(paragraph) if end <= room), default=0)
    if end:
        return [f"{paragraph[:end].rstrip()} {MORE}"]
    return [_at_word(paragraph, room)] if alone else [MORE]


def _at_word(text: str, limit: int) -> str:
    cut = text[: max(limit - 2, 1)]
    head = cut.rpartition(" ")[0] or cut
    return f"{head.rstrip(' ,;:(')} {MORE}"


def _ends(text: str) -> Iterator[int]:
    """Where sentences end."""
    for found in _STOP.finditer(text):
        if not _ABBREVIATED.search(text[max(0, found.start() - 8) : found.start() + 1]):
            yield found.end()
