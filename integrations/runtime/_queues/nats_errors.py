"""What each error of nats-py means, by its class; an answer of JetStream's API, by its code."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from nats import errors as client
from nats.js import errors as jetstream

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
    UnexpectedResponseError,
    error_for_status,
)

# The most special class of an error that is listed here decides.
KINDS: Final[Mapping[type[Exception], type[IntegrationError]]] = {
    client.Error: ServiceError,
    client.TimeoutError: RequestTimeoutError,
    client.NoRespondersError: UnavailableError,
    client.StaleConnectionError: ConnectionFailedError,
    client.OutboundBufferLimitError: ConnectionFailedError,
    client.UnexpectedEOF: ConnectionFailedError,
    client.FlushTimeoutError: RequestTimeoutError,
    client.ConnectionClosedError: ConnectionFailedError,
    client.SecureConnRequiredError: ConfigurationError,
    client.SecureConnWantedError: ConfigurationError,
    client.SecureConnFailedError: ConnectionFailedError,
    client.BadSubscriptionError: ConnectionFailedError,  # it ended with its connection
    client.BadSubjectError: InvalidArgumentError,
    client.BadHeaderError: InvalidArgumentError,
    client.SlowConsumerError: UnavailableError,
    client.BadTimeoutError: InvalidArgumentError,
    client.AuthorizationError: AuthenticationError,
    client.NoServersError: ConnectionFailedError,
    client.JsonParseError: UnexpectedResponseError,
    client.MaxPayloadError: InvalidRequestError,
    client.DrainTimeoutError: RequestTimeoutError,
    client.ConnectionDrainingError: ConnectionFailedError,
    client.ConnectionReconnectingError: ConnectionFailedError,
    client.InvalidUserCredentialsError: ConfigurationError,
    client.InvalidCallbackTypeError: InvalidArgumentError,
    client.ProtocolError: UnexpectedResponseError,
    client.ServerNotInPoolError: InvalidArgumentError,
    client.NotJSMessageError: InvalidArgumentError,
    client.MsgAlreadyAckdError: ConflictError,
    jetstream.Error: ServiceError,
    jetstream.APIError: InvalidRequestError,
    jetstream.ServiceUnavailableError: UnavailableError,
    jetstream.ServerError: UnavailableError,
    jetstream.NotFoundError: NotFoundError,
    jetstream.BadRequestError: InvalidRequestError,
    jetstream.ConsumerInvalidResetError: InvalidRequestError,
    jetstream.NoStreamResponseError: NotFoundError,
    jetstream.TooManyStalledMsgsError: RateLimitedError,
    jetstream.FetchTimeoutError: RequestTimeoutError,
    jetstream.ConsumerSequenceMismatchError: UnexpectedResponseError,
    jetstream.BucketNotFoundError: NotFoundError,
    jetstream.BadBucketError: InvalidRequestError,
    jetstream.KeyValueError: InvalidRequestError,
    jetstream.KeyDeletedError: NotFoundError,
    jetstream.KeyNotFoundError: NotFoundError,
    jetstream.KeyWrongLastSequenceError: ConflictError,
    jetstream.NoKeysError: NotFoundError,
    jetstream.KeyHistoryTooLargeError: InvalidRequestError,
    jetstream.InvalidKeyError: InvalidArgumentError,
    jetstream.InvalidBucketNameError: InvalidArgumentError,
    jetstream.InvalidObjectNameError: InvalidArgumentError,
    jetstream.BadObjectMetaError: UnexpectedResponseError,
    jetstream.LinkIsABucketError: InvalidArgumentError,
    jetstream.DigestMismatchError: UnexpectedResponseError,
    jetstream.ObjectNotFoundError: NotFoundError,
    jetstream.ObjectDeletedError: NotFoundError,
    jetstream.ObjectAlreadyExists: ConflictError,
    jetstream.KeyValueLimitMarkerTTLNotSupportedError: InvalidRequestError,
}
# JetStream's own numbers where its HTTP-like code is too coarse: names in use, limits, wrong sequences.
BY_NUMBER: Final[Mapping[int, type[ServiceError]]] = {
    10058: ConflictError,  # the stream's name is in use, with another configuration
    10065: ConflictError,  # the subjects overlap with another stream's
    10071: ConflictError,  # wrong last sequence
    10148: ConflictError,  # the consumer exists already
    10002: UnavailableError,  # resource limits exceeded for account
    10023: UnavailableError,  # insufficient resources
    10047: UnavailableError,  # insufficient storage
    10077: UnavailableError,  # the stream has all the messages that it may hold
    10167: RateLimitedError,  # too many requests
}
# By the words of the server's own errors, which have no class.
SAID: Final[Mapping[str, type[IntegrationError]]] = {
    "permissions violation": PermissionDeniedError,
    "authorization violation": AuthenticationError,
    "authentication": AuthenticationError,  # … expired, … revoked, … timeout
    "stale connection": ConnectionFailedError,
    "maximum connections": UnavailableError,
    "maximum payload": InvalidRequestError,
    "invalid subject": InvalidArgumentError,
}
NO_SERVER: Final = (ConnectionError, OSError, asyncio.IncompleteReadError)


def translate(error: Exception) -> IntegrationError | None:
    """Return the error of the tree that one of nats-py's is; None: it is none of them."""
    if isinstance(error, IntegrationError):
        return error
    text = str(error) or type(error).__name__
    if isinstance(error, jetstream.APIError) and error.code:
        return answered(error.code, error.err_code or 0, error.description or "")
    kind = _said(text.lower()) if type(error) is client.Error else None
    kind = kind or next((KINDS[each] for each in type(error).__mro__ if each in KINDS), None)
    if kind is None and isinstance(error, TimeoutError):
        kind = RequestTimeoutError
    if kind is None and isinstance(error, NO_SERVER):
        kind = ConnectionFailedError
    return None if kind is None else kind(text)


def _said(text: str) -> type[IntegrationError] | None:
    """Return the kind of what a server says without a code."""
    return next((kind for words, kind in SAID.items() if words in text), None)


def answered(status: int, number: int, text: str) -> ServiceError:
    """Return the error of the tree for an answer of JetStream's API."""
    kind = BY_NUMBER.get(number) or error_for_status(status)
    return kind(text, status=status, code=str(number) if number else "")
