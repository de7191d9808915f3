"""What reason codes of MQTT, and errors of paho, are in our tree.

0x10 no matching subscribers                     NotFoundError: the broker dropped the message
0x84 unsupported protocol version                ConfigurationError
0x86, 0x87 (while connecting), 0x8C              AuthenticationError
0x87 (publish, subscribe), 0x8A banned           PermissionDeniedError
0x8E session taken over, 0x91                    ConflictError
0x85 0x8F 0x90 0x95 0x99 0x9A 0x9B 0x9E 0xA1 0xA2  InvalidRequestError
0x96 message rate, 0x97 quota, 0x9F connections  RateLimitedError
0x80 0x83 0x88 0x89 0x9C 0x9D                    UnavailableError
all others                                       ConnectionFailedError: protocol, keep-alive, shutdown
paho: MQTTException, MalformedPacket             InvalidArgumentError: a value that MQTT cannot carry
paho: WebsocketConnectionError                   ConnectionFailedError
ssl.SSLCertVerificationError                     ConfigurationError
TimeoutError                                     RequestTimeoutError
OSError                                          ConnectionFailedError
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Final

from paho.mqtt import MQTTException
from paho.mqtt.reasoncodes import ReasonCode

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
    RateLimitedError,
    RequestTimeoutError,
    ServiceError,
    UnavailableError,
)

NO_SUBSCRIBERS: Final = 0x10
UNSUPPORTED: Final = 0x84
NOT_AUTHORIZED: Final = 0x87
TAKEN_OVER: Final = 0x8E
CODES: Final[Mapping[int, type[ServiceError]]] = {
    NO_SUBSCRIBERS: NotFoundError,
    0x80: UnavailableError,
    0x83: UnavailableError,
    0x85: InvalidRequestError,
    0x86: AuthenticationError,
    NOT_AUTHORIZED: PermissionDeniedError,
    0x88: UnavailableError,
    0x89: UnavailableError,
    0x8A: PermissionDeniedError,
    0x8C: AuthenticationError,
    TAKEN_OVER: ConflictError,
    0x8F: InvalidRequestError,
    0x90: InvalidRequestError,
    0x91: ConflictError,
    0x95: InvalidRequestError,
    0x96: RateLimitedError,
    0x97: RateLimitedError,
    0x99: InvalidRequestError,
    0x9A: InvalidRequestError,
    0x9B: InvalidRequestError,
    0x9C: UnavailableError,
    0x9D: UnavailableError,
    0x9E: InvalidRequestError,
    0x9F: RateLimitedError,
    0xA1: InvalidRequestError,
    0xA2: InvalidRequestError,
}
TEXTS: Final[Mapping[int, str]] = {
    NO_SUBSCRIBERS: "nobody subscribes to it, so the broker dropped the message",
    TAKEN_OVER: "another client uses the same client id: give each its own by the option client_id",
}


def translate(error: Exception) -> IntegrationError | None:
    """Return the error of the tree that *error* is, or None where it is none of paho's."""
    if isinstance(error, MQTTException):
        return InvalidArgumentError(f"MQTT cannot carry a value: {error}")
    if isinstance(error, ssl.SSLCertVerificationError):
        return ConfigurationError(f"the broker's certificate does not fit: {error}")
    if isinstance(error, TimeoutError):
        return RequestTimeoutError("the broker did not answer in time")
    if isinstance(error, OSError):
        return ConnectionFailedError(str(error) or type(error).__name__)
    return None


def refused(code: ReasonCode, *, connecting: bool = False) -> IntegrationError:
    """Return the error that a reason code tells of; while connecting nothing was sent, so it is `undone`."""
    kind = CODES.get(code.value)
    said = TEXTS.get(code.value, code.getName())
    found: IntegrationError
    if code.value == UNSUPPORTED:
        found = ConfigurationError("the broker does not speak this version of MQTT")
    elif kind is None:
        found = ConnectionFailedError(f"{said} ({code.value:#04x})")
    else:
        login = connecting and code.value == NOT_AUTHORIZED
        found = (AuthenticationError if login else kind)(said, code=f"{code.value:#04x}")
    found.undone = connecting
    return found
