"""What each error of boto3 means: SQS's own by their codes, the client's by their classes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

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

# By the last word of a code: "AWS.SimpleQueueService.NonExistentQueue" and "QueueDoesNotExist" are one.
_CODES: Final[Mapping[type[ServiceError], str]] = {
    NotFoundError: """
        QueueDoesNotExist NonExistentQueue ResourceNotFoundException KmsNotFound NotFoundException""",
    ConflictError: """
        QueueNameExists QueueAlreadyExists QueueDeletedRecently PurgeQueueInProgress MessageNotInflight
        ReceiptHandleIsInvalid""",
    RateLimitedError: """
        RequestThrottled Throttling ThrottlingException KmsThrottled OverLimit RequestLimitExceeded
        TooManyRequestsException""",
    PermissionDeniedError: """
        AccessDenied AccessDeniedException KmsAccessDenied KmsDisabled KmsInvalidKeyUsage KmsInvalidState
        KmsOptInRequired OptInRequired InvalidSecurity UnauthorizedOperation NotAuthorized""",
    AuthenticationError: """
        InvalidClientTokenId SignatureDoesNotMatch UnrecognizedClientException ExpiredToken InvalidAccessKeyId
        ExpiredTokenException IncompleteSignature MissingAuthenticationToken AuthFailure RequestExpired
        MissingAuthenticationTokenException""",
    UnavailableError: "InternalError InternalFailure ServiceUnavailable InternalServerError",
    InvalidRequestError: """
        BatchEntryIdsNotDistinct BatchRequestTooLong EmptyBatchRequest InvalidAddress InvalidAttributeName
        InvalidAttributeValue InvalidBatchEntryId InvalidIdFormat InvalidMessageContents InvalidAction
        InvalidParameterValue InvalidParameterCombination InvalidQueryParameter MissingParameter
        TooManyEntriesInBatchRequest UnsupportedOperation ValidationError MalformedQueryString
        MessageTooLong""",
}
CODES: Final[Mapping[str, type[ServiceError]]] = {
    code: kind for kind, codes in _CODES.items() for code in codes.split()
}
# By class of botocore; the most special one of an error that is listed here decides.
CLASSES: Final[Mapping[str, type[IntegrationError]]] = {
    "BotoCoreError": ConfigurationError,  # profiles, regions, models, endpoints: what is set up
    "HTTPClientError": ConnectionFailedError,
    "ConnectionError": ConnectionFailedError,
    "ConnectTimeoutError": RequestTimeoutError,
    "ReadTimeoutError": RequestTimeoutError,
    "IncompleteReadError": ConnectionFailedError,
    "MetadataRetrievalError": ConnectionFailedError,
    "CapacityNotAvailableError": UnavailableError,
    "ChecksumError": UnexpectedResponseError,
    "AwsChunkedWrapperError": UnexpectedResponseError,
    "EventStreamError": UnexpectedResponseError,
    "PaginationError": UnexpectedResponseError,
    "WaiterError": UnavailableError,
    "NoCredentialsError": AuthenticationError,
    "PartialCredentialsError": AuthenticationError,
    "CredentialRetrievalError": AuthenticationError,
    "NoAuthTokenError": AuthenticationError,
    "TokenRetrievalError": AuthenticationError,
    "SSOError": AuthenticationError,
    "LoginError": AuthenticationError,
    "RefreshWithMFAUnsupportedError": AuthenticationError,
    "UnknownCredentialError": AuthenticationError,
    "ParamValidationError": InvalidArgumentError,
    "ValidationError": InvalidArgumentError,
    "MissingParametersError": InvalidArgumentError,
    "UnseekableStreamError": InvalidArgumentError,
    "OperationNotPageableError": InvalidArgumentError,
    "UnknownClientMethodError": InvalidArgumentError,
    "StubResponseError": ServiceError,
    "UndefinedModelAttributeError": ConfigurationError,
    "ImminentRemovalWarning": ConfigurationError,
    "UnsupportedTLSVersionWarning": ConfigurationError,
}


def driver(name: str) -> Any:
    """Return a module of boto3's, which come without types."""
    return import_module(name)


def translate(error: Exception) -> IntegrationError | None:
    """Return the error of the tree that one of boto3's is; None: it is none of them."""
    if isinstance(error, IntegrationError):
        return error
    if not type(error).__module__.startswith(("botocore.", "boto3.")):
        return None
    response = getattr(error, "response", None)
    if isinstance(response, Mapping) and "Error" in response:
        said, meta = response["Error"], response.get("ResponseMetadata", {})
        return refused(said.get("Code", ""), said.get("Message", ""), int(meta.get("HTTPStatusCode") or 0))
    names = (each.__name__ for each in type(error).__mro__)
    kind = next((CLASSES[name] for name in names if name in CLASSES), ServiceError)
    trusted = False if type(error).__name__ == "SSLError" else None
    return kind(f"{type(error).__name__}: {error}", retryable=trusted)


def refused(code: str, text: str, status: int = 0) -> ServiceError:
    """Return the error of the tree for a code of SQS."""
    kind = CODES.get(code.rpartition(".")[2])
    if kind is None:
        kind = error_for_status(status) if status >= 400 else ServiceError
    return kind(text, status=status, code=code)
