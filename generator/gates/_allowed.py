"""What managed code may import: for each module of the standard library the names that are harmless.

A module that is not here is refused, and so is a name that is not in its module's row: nearly every module
holds others (``json.codecs.builtins.exec``), and some names run text (``typing.get_type_hints``).
"""

from __future__ import annotations

from collections.abc import Mapping


def words(text: str) -> frozenset[str]:
    """Return the words of *text* as a set."""
    return frozenset(text.split())


STDLIB: Mapping[str, frozenset[str]] = {
    module: words(names)
    for module, names in {
        "__future__": "annotations",
        "abc": "ABC ABCMeta abstractmethod",
        "asyncio": (
            "CancelledError Event Future Lock Queue Semaphore Task TaskGroup TimeoutError"
            " create_task gather run sleep timeout to_thread wait_for"
        ),
        "base64": "b64decode b64encode urlsafe_b64decode urlsafe_b64encode",
        "collections": "ChainMap Counter OrderedDict abc defaultdict deque",
        "collections.abc": (
            "AsyncGenerator AsyncIterable AsyncIterator Awaitable Callable Collection Container Coroutine"
            " Generator Hashable ItemsView Iterable Iterator KeysView Mapping MutableMapping MutableSequence"
            " MutableSet Reversible Sequence Set Sized ValuesView"
        ),
        "contextlib": (
            "AbstractAsyncContextManager AbstractContextManager AsyncExitStack ExitStack aclosing"
            " asynccontextmanager closing contextmanager nullcontext suppress"
        ),
        "dataclasses": "asdict astuple dataclass field fields replace",
        "datetime": "UTC date datetime time timedelta timezone tzinfo",
        "decimal": "ROUND_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP Decimal InvalidOperation",
        "email.utils": "format_datetime formatdate parsedate_to_datetime",
        "enum": "Enum Flag IntEnum IntFlag StrEnum auto unique",
        "fractions": "Fraction",
        "functools": "cache cached_property lru_cache partial singledispatch total_ordering wraps",
        "hashlib": "blake2b md5 new sha1 sha256 sha512",
        "hmac": "compare_digest digest new",
        "io": "BufferedIOBase BufferedReader BytesIO RawIOBase StringIO TextIOWrapper",
        "ipaddress": "IPv4Address IPv6Address ip_address ip_network",
        "itertools": (
            "accumulate batched chain combinations count cycle dropwhile groupby islice pairwise permutations"
            " product repeat starmap takewhile zip_longest"
        ),
        "json": "JSONDecodeError dumps loads",
        "logging": "DEBUG ERROR INFO WARNING Logger LoggerAdapter NullHandler getLogger",
        "math": "ceil floor inf isclose isfinite isinf isnan log nan pi sqrt trunc",
        "numbers": "Integral Number Real",
        "operator": "itemgetter",
        "pathlib": "Path PurePath PurePosixPath",
        "queue": "Empty Full LifoQueue PriorityQueue Queue SimpleQueue",
        "re": (
            "ASCII DOTALL IGNORECASE MULTILINE Match Pattern VERBOSE compile escape finditer findall "
            "fullmatch match search split sub"
        ),
        "secrets": "compare_digest token_bytes token_hex token_urlsafe",
        "statistics": "mean median quantiles",
        "string": "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits",
        "textwrap": "dedent indent shorten wrap",
        "threading": "Barrier Condition Event Lock RLock Semaphore Thread",
        "time": "monotonic monotonic_ns perf_counter perf_counter_ns sleep time time_ns",
        "types": "GenericAlias MappingProxyType NoneType SimpleNamespace TracebackType UnionType",
        "typing": (
            "AbstractSet Annotated Any AnyStr BinaryIO ClassVar Concatenate Final Generic IO Literal"
            " LiteralString NamedTuple Never NewType NoReturn NotRequired Optional ParamSpec Protocol "
            "Required Self SupportsFloat SupportsInt TYPE_CHECKING Text TextIO TypeAlias TypeGuard TypeVar"
            " TypedDict Union Unpack assert_never assert_type cast final get_args overload runtime_checkable"
        ),
        "urllib": "parse",
        "urllib.parse": "parse_qs parse_qsl quote quote_plus unquote unquote_plus urlencode urljoin urlsplit",
        "uuid": "UUID uuid4 uuid5",
        "warnings": "catch_warnings warn",
        "zoneinfo": "ZoneInfo",
    }.items()
}

TESTS: Mapping[str, frozenset[str]] = {
    "pytest": words(
        "CaptureFixture ExceptionInfo FixtureRequest LogCaptureFixture MonkeyPatch approx fail fixture mark"
        " param raises skip warns"
    ),
}

# Names that an allowed dependency has in common with a dangerous module of the standard library.
DEPENDENCIES: Mapping[str, frozenset[str]] = {"msgspec": frozenset({"json"})}
