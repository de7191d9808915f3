"""What errors of pika are in our tree.

AMQPConnectionError                  ConnectionFailedError (undone: no connection was made)
├── AuthenticationError, ProbableAuthenticationError             AuthenticationError
├── ProbableAccessDeniedError                                    PermissionDeniedError
├── NoFreeChannels, ConnectionBlockedTimeout                     UnavailableError
├── AMQPHeartbeatTimeout                                         RequestTimeoutError
├── ConnectionClosedByBroker                                     by its reply code, below
└── all others (stream lost, wrong state, closed by us, …)       ConnectionFailedError
AMQPChannelError
├── ChannelClosedByBroker                                        by its reply code
├── DuplicateConsumerTag                                         ConflictError
├── UnroutableError, NackError                                   NotFoundError, UnavailableError
└── all others (wrong state, cancelled, closed by us)            ConnectionFailedError
ProtocolSyntaxError, MethodNotImplemented and their like         ConnectionFailedError
UnsupportedAMQPFieldException, ShortStringTooLong                InvalidArgumentError
AMQPConnectorException (every way in which connecting fails)     by its cause, else ConnectionFailedError
ssl.SSLCertVerificationError                                     ConfigurationError
OSError                                                          ConnectionFailedError
TimeoutError                                                     RequestTimeoutError
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Final

from pika import exceptions as amqp
from pika.adapters.utils import connection_workflow as connecting

from .._errors import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RequestTimeoutError,
    ServiceError,
    UnavailableError,
)

# https://www.rabbitmq.com/amqp-0-9-1-reference.html#constants; 320: the broker shuts down
CODES: Final[Mapping[int, type[ServiceError]]] = {
    311: InvalidRequestError,
    312: NotFoundError,
    313: UnavailableError,
    402: NotFoundError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: ConflictError,
    406: ConflictError,
    506: UnavailableError,
    530: PermissionDeniedError,
    540: InvalidRequestError,
    541: UnavailableError,
}
# A broker that starts or stops says 404 and 530 of queues and hosts that are about to be there.
PASSING: Final = ("home node", "stopped by supervisor", "is down", "timeout")
_OURS: Final[tuple[tuple[type[Exception], type[IntegrationError]], ...]] = (
    (amqp.AuthenticationError, AuthenticationError),
    (amqp.ProbableAuthenticationError, AuthenticationError),
    (amqp.ProbableAccessDeniedError, PermissionDeniedError),
    (amqp.NoFreeChannels, UnavailableError),
    (amqp.ConnectionBlockedTimeout, UnavailableError),
    (amqp.AMQPHeartbeatTimeout, RequestTimeoutError),
    (amqp.DuplicateConsumerTag, ConflictError),
    (amqp.UnroutableError, NotFoundError),
    (amqp.NackError, UnavailableError),
    (amqp.UnsupportedAMQPFieldException, InvalidArgumentError),
    (amqp.ShortStringTooLong, InvalidArgumentError),
    (amqp.AMQPError, ConnectionFailedError),
    (amqp.ChannelError, ConnectionFailedError),
    (amqp.ReentrancyError, ConnectionFailedError),
    (connecting.AMQPConnectorStackTimeout, RequestTimeoutError),
    (connecting.AMQPConnectorException, ConnectionFailedError),
    (ssl.SSLCertVerificationError, ConfigurationError),
    (TimeoutError, RequestTimeoutError),
    (OSError, ConnectionFailedError),
)


class NotConnectedError(ConnectionFailedError):
    """There is no connection: nothing was sent."""

    undone = True


def translate(error: Exception) -> IntegrationError | None:
    """Return the error of the tree that *error* is, or None where it is none of pika's."""
    cause = _cause(error)
    if isinstance(cause, (amqp.ChannelClosedByBroker, amqp.ConnectionClosedByBroker)):
        return _closed(cause.reply_code, cause.reply_text)
    if isinstance(cause, amqp.ProbableAuthenticationError | amqp.ProbableAccessDeniedError):
        return _refused(cause)
    for theirs, ours in _OURS:
        if isinstance(cause, theirs):
            return ours(_said(cause))
    return None


def not_connected(error: Exception) -> IntegrationError:
    """Return what it means that connecting failed with *error*: whatever was to be done, it is not done."""
    found = translate(error)
    if found is None or type(found) is ConnectionFailedError:
        return NotConnectedError(found.reason if found else type(error).__name__)
    found.undone = True
    return found


def unroutable(count: int, where: str) -> NotFoundError:
    """Return the error of messages that no queue takes."""
    return NotFoundError(f"no queue takes messages for {where!r}: {count} came back", code="312 NO_ROUTE")


def refused(count: int, where: str) -> UnavailableError:
    """Return the error of messages that the broker did not accept."""
    return UnavailableError(f"the broker did not accept {count} messages for {where!r}", code="NACK")


def _cause(error: Exception) -> Exception:
    """Return what is inside the errors that only say that connecting failed."""
    inner: object = None
    if type(error) is amqp.AMQPConnectionError and error.args:
        inner = error.args[0]
    elif isinstance(error, connecting.AMQPConnectionWorkflowFailed) and error.exceptions:
        inner = error.exceptions[-1]
    elif isinstance(error, connecting.AMQPConnectorPhaseErrorBase):
        inner = error.exception
    return _cause(inner) if isinstance(inner, Exception) else error


def _closed(code: int, text: str) -> IntegrationError:
    if code == 320:
        return ConnectionFailedError(f"320 {text}")
    kind = CODES.get(code)
    if kind is None:  # 501 to 505: a peer that breaks the protocol; another connection may do better
        return ConnectionFailedError(f"{code} {text}")
    if any(word in text for word in PASSING):
        kind = UnavailableError
    return kind(text, code=str(code))


def _refused(error: amqp.AMQPConnectionError) -> IntegrationError:
    """Tell a refusal from a broker that went away while it was asked."""
    said = _said(error)
    if "ByBroker" not in said or any(word in said for word in PASSING):
        return ConnectionFailedError(said)
    login = isinstance(error, amqp.ProbableAuthenticationError)
    return (AuthenticationError if login else PermissionDeniedError)(said)


def _said(error: Exception) -> str:
    return str(error.args[0]) if error.args and isinstance(error.args[0], str) else repr(error)
