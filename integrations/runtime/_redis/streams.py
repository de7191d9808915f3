"""Keys that hold messages in the order in which they came, for readers and for groups of consumers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec

from .._errors import InvalidArgumentError, UnexpectedResponseError
from .codec import FieldsCodec
from .command import Ask, Command, Flow, Steps, first_refusal, milliseconds
from .engine import Replies, Words
from .errors import error_of
from .keys import At, Key, count
from .scripts import Script

T = TypeVar("T")


class Entry(msgspec.Struct, Generic[T], frozen=True):
    """A message of a stream: its id there, and how often it was given to a consumer of the group."""

    id: str
    message: T
    deliveries: int = 1


class DeadLetter(msgspec.Struct, frozen=True):
    """A message that was given up: its id there and in the stream that it is of, why, and its raw fields."""

    id: str
    of: str
    reason: str
    deliveries: int
    fields: dict[str, bytes]


_BURY: Final = """
local function bury(id, fields, count, reason)
  local n = #fields
  local words = {}
  for i = 1, n do words[i] = fields[i] end
  for i, word in ipairs({'x-id', id, 'x-deliveries', count, 'x-reason', reason}) do words[n + i] = word end
  redis.call('XADD', KEYS[2], '*', unpack(words))
  redis.call('XACK', KEYS[1], ARGV[1], id)
end
local function deliveries(id)
  local told = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)
  return told[1] and told[1][4] or 0
end
"""
# KEYS: stream, dead letters. ARGV: group, consumer, idle milliseconds, count, most deliveries.
CLAIM: Final = Script[Any](
    "claim",
    _BURY
    + """
local claimed = redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], '0-0', 'COUNT', ARGV[4])[2]
local kept = {}
for _, entry in ipairs(claimed) do
  if entry and entry[2] then
    local count = deliveries(entry[1])
    if count > tonumber(ARGV[5]) then
      bury(entry[1], entry[2], count - 1, 'attempts used up')
    else
      kept[#kept + 1] = {entry[1], entry[2], count}
    end
  end
end
return kept
""",
)
# KEYS: stream, dead letters. ARGV: group, id, reason.
DEAD: Final = Script[Any](
    "dead_letter",
    _BURY
    + """
local count = deliveries(ARGV[2])
local found = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])
if count == 0 or not found[1] then return 0 end
bury(ARGV[2], found[1][2], count, ARGV[3])
return 1
""",
    repeatable=True,
)
UNREADABLE: Final = "unreadable"


class StreamKey(Key, Generic[T]):
    """A key that holds messages.

    Args:
        template: like `jobs`.
        kind: the messages' type, a Struct; each field is one of the stream's.
        ttl: seconds.
        replica: whether replicas may answer reads.
        maxlen: about how many are kept; the oldest go first.
        group: the group of consumers; "" where there is none.
        max_deliveries: how often a message is given to consumers before it is given up.
        claim_after: seconds after which a message that is not acknowledged may be claimed.
        dead_letter: the template of the stream for messages that are given up.
    """

    __slots__ = ("claim_after", "codec", "dead", "group", "max_deliveries", "maxlen")

    def __init__(
        self,
        template: str,
        kind: type[T] | Any,
        *,
        ttl: float | None = None,
        replica: bool = False,
        maxlen: int | None = None,
        group: str = "",
        max_deliveries: int = 5,
        claim_after: float = 60.0,
        dead_letter: str = "",
    ) -> None:
        super().__init__(template, ttl=ttl, replica=replica)
        self.codec: FieldsCodec[T] = FieldsCodec(kind, template)
        self.maxlen, self.group, self.max_deliveries = maxlen, group, max_deliveries
        self.claim_after = claim_after
        self.dead = Key(dead_letter or f"{template}:dead").template

    def at(self, **parameters: Any) -> StreamAt[T]:
        """Return one key."""
        return StreamAt(self, self.template.key(parameters))


class StreamAt(At[StreamKey[T]], Generic[T]):
    """One stream."""

    __slots__ = ()

    def add(self, message: T) -> Command[str]:
        """Add a message at the end, and return its id."""
        most = self.of.maxlen
        trim: Words = () if most is None else ("MAXLEN", "~", most)
        fields = self.of.codec.written(message)
        if not fields:
            raise InvalidArgumentError(f"a message of {self.of.template.text} has at least one field")
        return self._writing(("XADD", self.key, *trim, "*", *fields), read=_id)

    def read(self, after: str = "0-0", count: int = 100, wait: float = 0.0) -> Command[list[Entry[T]]]:
        """The messages after an id, the oldest first; up to *wait* seconds for the first of them."""
        words: Words = ("XREAD", "COUNT", count, *_block(wait), "STREAMS", self.key, after)
        return Command((words,), self._entries, replica=self.of.replica, wait=wait)

    def count(self) -> Command[int]:
        """How many messages there are."""
        return self._reading(("XLEN", self.key), count)

    def read_group(self, consumer: str, count: int = 10, wait: float = 0.0) -> Flow[list[Entry[T]]]:
        """Messages that no consumer of the group has had yet; an unreadable one is given up at once."""
        words: Words = (
            *("XREADGROUP", "GROUP", self.of.group, _name(consumer), "COUNT", count, *_block(wait)),
            *("STREAMS", self.key, ">"),
        )

        def given(replies: Replies) -> list[Any]:
            return [(*entry, 1) for entry in replies[0][0][1]] if replies[0] else []

        return Flow(lambda: self._grouped(words, wait, given))

    def claim(self, consumer: str, idle: float | None = None, count: int = 10) -> Flow[list[Entry[T]]]:
        """Messages that a consumer has had for *idle* seconds without acknowledging them.

        One that was delivered as often as is allowed is given up instead, in the same step.
        """
        least = milliseconds(self.of.claim_after if idle is None else idle, "idle")
        told = (self.of.group, _name(consumer), least, count, self.of.max_deliveries)
        command = CLAIM.run([self.key, self._dead()], told, None)
        return Flow(lambda: self._grouped(command.whole, 0.0, lambda replies: replies[0]))

    def ack(self, ids: Iterable[str]) -> Command[int]:
        """Acknowledge messages; the result says how many were still waiting for it."""
        told = list(ids)
        if not told:
            raise InvalidArgumentError("name at least one id")
        return Command((("XACK", self.key, self.of.group, *told),), count)

    def bury(self, id: str, reason: str) -> Command[bool]:
        """Give a message up: to the dead letters, and acknowledged; False: it was settled already."""
        told = (self.of.group, id, reason or "rejected")
        return DEAD.run([self.key, self._dead()], told, lambda replies: replies[0] == 1)

    def dead(self, after: str = "0-0", count: int = 100) -> Command[list[DeadLetter]]:
        """The messages that were given up after an id of theirs, the oldest first."""
        words: Words = ("XREAD", "COUNT", count, "STREAMS", self._dead(), after)
        return Command((words,), _buried)

    def _dead(self) -> str:
        names, key = self.of.dead.names, self.key.encode()
        values = self.of.template.values(key) or ()
        found = dict(zip(self.of.template.names, values, strict=True))
        return self.of.dead.key({name: found[name] for name in names})

    def _grouped(
        self, words: Words, wait: float, given: Callable[[Replies], list[Any]]
    ) -> Steps[list[Entry[T]]]:
        """Ask for messages, making the group where there is none yet, and give up what cannot be read."""
        replies = yield Ask((words,), wait)
        refusal = first_refusal(replies)
        if refusal is not None and "NOGROUP" in (refusal.code, *refusal.text.split()):
            made = yield Ask((("XGROUP", "CREATE", self.key, self.of.group, "0", "MKSTREAM"),))
            refusal = first_refusal(made)
            if refusal is None or refusal.code == "BUSYGROUP":
                replies = yield Ask((words,), wait)
                refusal = first_refusal(replies)
        if refusal is not None:
            raise error_of(refusal)
        found: list[Entry[T]] = []
        for id, flat, deliveries in given(replies):
            entry = self._entry(id, flat, deliveries)
            if entry is not None:
                found.append(entry)
                continue
            buried = yield Ask((self.bury(id.decode(), UNREADABLE).whole,))
            if refusal := first_refusal(buried):
                raise error_of(refusal)
        return found

    def _entry(self, id: bytes, flat: list[bytes], deliveries: int) -> Entry[T] | None:
        try:
            return Entry(id.decode(), self.of.codec.paired(flat), deliveries)
        except UnexpectedResponseError:
            return None

    def _entries(self, replies: Replies) -> list[Entry[T]]:
        entries: Sequence[Any] = replies[0][0][1] if replies[0] else ()
        return [Entry(id.decode(), self.of.codec.paired(flat)) for id, flat in entries]


def _buried(replies: Replies) -> list[DeadLetter]:
    entries: Sequence[Any] = replies[0][0][1] if replies[0] else ()
    found = []
    for id, flat in entries:
        fields = {k.decode("utf-8", "replace"): v for k, v in zip(flat[::2], flat[1::2], strict=True)}
        told = {name: fields.pop(f"x-{name}", b"").decode() for name in ("id", "reason", "deliveries")}
        letter = DeadLetter(id.decode(), told["id"], told["reason"], int(told["deliveries"] or 0), fields)
        found.append(letter)
    return found


def _id(replies: Replies) -> str:
    return str(replies[0].decode())


def _block(wait: float) -> Words:
    return ("BLOCK", milliseconds(wait, "wait")) if wait else ()


def _name(consumer: str) -> str:
    if not consumer:
        raise InvalidArgumentError("a consumer has a name")
    return consumer
